/* What RFC 9112 forbids and llhttp lets through, looked for in the raw bytes: the framing of a message must
 * read the same to everyone between the client and us, or a request can be smuggled inside of another. */
#pragma once

#include "base/status.h"
#include "base/str.h"

/* A whole head, from the first byte of the request line to the empty line: line ends are CRLF and nothing
 * else, no control characters, no folded lines, tokens for names, single spaces in the request line. One
 * empty line before it is let through (RFC 9112 §2.2). */
MUST_CHECK enum status guard_head(struct str head);

/* The characters of a request target: those of RFC 3986, and in the query those that browsers leave as they
 * are. */
MUST_CHECK enum status guard_target(struct str path, struct str query);

/* The value of Host, or the authority of a target: a name or address and perhaps a port, never a list or a
 * user. */
MUST_CHECK enum status guard_host(struct str host);

/* A Content-Length: digits alone, no leading zero that somebody could take for octal. */
MUST_CHECK enum status guard_length(struct str value, uint64_t *out);

enum {
    framing_line_bytes_max = 1024,   /* a chunk's size with its extensions, or a trailer field */
    framing_bytes_free = 16 * 1024,  /* all of them together, plus … */
    framing_bytes_per_body_byte = 8, /* … this for each byte they carry: a chunk of one byte costs five */
};

/* The bytes between the data of chunks, over as many reads as it takes. */
struct chunk_guard {
    char before; /* the byte before the next */
    uint32_t line;
    uint64_t total;
};

MUST_CHECK enum status chunk_guard_feed(struct chunk_guard *g, struct str bytes, uint64_t body_bytes);
