/* From bytes to a struct request: llhttp with every leniency off, and the guards around it.
 *
 * The parser is a connection's own and keeps nothing of a message; what belongs to one message lies in its
 * struct message, whose texts live in that message's arena. */
#pragma once

#include "api/call.h"
#include "http/guard.h"

#include <llhttp.h>

enum {
    head_bytes_max = 16 * 1024,
    target_bytes_max = 8 * 1024,
    fields_max = 100,
    body_bytes_max = 1024 * 1024,
    request_id_bytes_max = 64,
};

/* Where a field's name and value stand in the head, by offset: the head may still move while it grows. */
struct field_span {
    uint32_t name, name_size, value, value_size;
};

struct message {
    struct request request; /* complete once the parser says PARSE_DONE */
    bool is_head;           /* HEAD: the method is GET, and no body is sent back */
    bool http10;
    bool keep_alive;
    bool expects_continue; /* the client waits for 100 before it sends the body */
    bool asterisk;         /* `OPTIONS *` */
    struct str
        request_id; /* the client's or its proxy's own; absent where it sent none that is well formed */
    struct str origin, preflight_method;
    struct str forwarded_proto;
    struct str accept_encoding, if_none_match; /* the first of each, where a client sends several */
    struct buf head, body;
    struct field_span fields[fields_max];
    size_t field_count;
    struct field_span target; /* name is unused */
};

enum parse_result {
    PARSE_MORE, /* all bytes were taken and the message is not whole yet */
    PARSE_HEAD, /* the head is whole; a body is to follow */
    PARSE_DONE, /* the message is whole */
    PARSE_BAD,  /* parser->status says why; nothing more can be read from this connection */
};

struct parser {
    llhttp_t llhttp;
    struct message *message;
    const char *chunk, *chunk_end; /* the bytes being fed, and … */
    const char *framing;           /* … the first of them not yet seen by the chunk guard */
    struct chunk_guard chunks;
    bool in_body, chunked, complete;
    char trailer[24]; /* the start of a trailer field's name: as much as the longest refused one has, and one
                         more */
    uint8_t trailer_size;
    enum status status;
};

void parser_init(struct parser *p);

/* Starts a message, which must be zeroed; its texts will live in the arena. */
void parser_begin(struct parser *p, struct message *message, struct arena *arena);

/* Reads on; `used` is how many bytes were taken. After PARSE_HEAD it is called again with the rest. */
enum parse_result parser_feed(struct parser *p, const char *data, size_t size, size_t *used);
