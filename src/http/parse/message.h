/* A request as it is read: parser.c finds where its fields are, and message.c what they mean. */
#pragma once

#include "api/call.h"

enum {
    head_bytes_max = 16 * 1024,
    target_bytes_max = 8 * 1024,
    fields_max = 100,
    body_bytes_max = 1024 * 1024,
    request_id_bytes_max = 64,
    method_bytes_max = 32, /* with the empty line that may come before it */
};

/* The position of a field's name and value in the head. These are offsets, because the head moves when it
 * grows. */
struct field_span {
    uint32_t name, name_size, value, value_size;
};

struct message {
    struct request request; /* complete when the parser returns PARSE_DONE */
    bool is_head;           /* HEAD: request.method is GET, and no body is sent back */
    bool http10;
    bool keep_alive;
    bool chunked;
    bool expects_continue; /* the client waits for 100 before it sends the body */
    bool asterisk;         /* `OPTIONS *` */
    struct str request_id; /* of the client or its proxy; absent if it sent no well-formed one */
    bool repeated;         /* a field came twice that may come once */
    struct str content_length, transfer_encoding, expect;
    struct str preflight_method, preflight_headers;
    struct str forwarded, forwarded_for, forwarded_proto, forwarded_host; /* what proxies add */
    struct buf head, body;
    struct field_span fields[fields_max];
    size_t field_count;
    struct field_span target; /* name is unused */
};

/* Sets the members of a complete head from its fields, and checks those that decide where the message ends. It keeps the
 * fields that are in `headers` beside those that every endpoint may read, and believes forwarding headers of peers in
 * `trusted`. */
MUST_CHECK enum status message_read_fields(struct message *m, const struct header_names *headers,
                                           const struct trusted_proxies *trusted);

/* Sets path and query from the target. The method and Host are set before. */
MUST_CHECK enum status message_set_target(struct message *m);
