/* Checks of what RFC 9112 forbids and llhttp lets through, in the raw bytes of a request.
 *
 * A request can be smuggled inside another if a proxy and the server disagree on where a message ends or on
 * what a header says. So whatever two implementations could read differently is refused, though some of it
 * could be guessed. */
#pragma once

#include "base/status.h"
#include "base/str.h"

/* Checks a complete head, from the first byte of the request line to the empty line: lines end in CRLF and
 * nothing else, no control characters, no folded lines, tokens for names, single spaces in the request line.
 * One empty line before the request line is allowed (RFC 9112 §2.2). */
MUST_CHECK enum status strict_head(struct str head);

/* Whether text is a token (RFC 9110 §5.6.2): a method, a header's name. */
bool strict_is_token(struct str text);

/* Checks the characters of a request target: those of RFC 3986, and in the query also those that browsers do
 * not encode. */
MUST_CHECK enum status strict_target(struct str path, struct str query);

/* Checks the value of Host, or the authority of a target: one name or address and an optional port; no list,
 * no user. */
MUST_CHECK enum status strict_host(struct str host);

/* Reads a Content-Length: digits alone, and no leading zero, which some parsers take for octal. */
MUST_CHECK enum status strict_length(struct str value, uint64_t *out);

enum {
    framing_line_bytes_max = 1024,   /* a chunk's size with its extensions, or a trailer field */
    framing_bytes_free = 16 * 1024,  /* all of them together, plus … */
    framing_bytes_per_body_byte = 8, /* … this for each byte of the body: a chunk of one byte needs five */
};

/* The state of chunk_guard_feed between two reads of one body. */
struct chunk_guard {
    char before;    /* the byte before the next one */
    uint32_t line;  /* bytes of the current line so far */
    uint64_t total; /* bytes of framing so far */
};

/* Checks the next bytes between the data of chunks: chunk sizes with their extensions, and trailer fields.
 * `body_bytes` is how much of the body came before them. */
MUST_CHECK enum status chunk_guard_feed(struct chunk_guard *g, struct str bytes, uint64_t body_bytes);
