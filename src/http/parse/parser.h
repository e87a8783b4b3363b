/* Parses bytes into a struct request: llhttp with every leniency off, and the checks of strict_http.h.
 *
 * Each connection has a parser, which keeps nothing of a message. What belongs to one message is in its
 * struct message, whose texts live in that message's arena. */
#pragma once

#include "http/parse/message.h"
#include "http/parse/strict_http.h"

#include <llhttp.h>

enum parse_result {
    PARSE_MORE, /* all bytes were used and the message is not complete */
    PARSE_HEAD, /* the head is complete; feed the rest to read the body */
    PARSE_DONE, /* the message is complete */
    PARSE_BAD,  /* parser->status has the reason; nothing more can be read from this connection */
};

struct parser {
    llhttp_t llhttp;
    const struct header_names *headers; /* those that go to request.headers */
    const struct trusted_proxies *trusted;
    struct client_address peer; /* set by the connection, once it has one */
    struct message *message;
    const char *piece, *piece_end; /* the bytes being fed */
    const char *framing;           /* the first of them that the chunk guard has not seen */
    struct chunk_guard chunks;
    bool method_read, in_body, complete;
    char trailer[24]; /* the start of a trailer field's name; longer than the longest one that is refused */
    uint8_t trailer_size;
    enum status status;
};

/* Prepares a parser. It keeps `headers` beside those that every endpoint may read, and believes forwarding headers
 * of peers in `trusted`. Both outlive it. */
void parser_init(struct parser *p, const struct header_names *headers, const struct trusted_proxies *trusted);

/* Starts a message, which must be zeroed. Its texts will live in the arena. */
void parser_begin(struct parser *p, struct message *message, struct arena *arena);

/* Parses a piece and sets `used` to the number of bytes used. Call it again with the rest after
 * PARSE_HEAD. */
enum parse_result parser_feed(struct parser *p, const char *data, size_t size, size_t *used);
