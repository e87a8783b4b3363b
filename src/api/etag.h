/* Entity tags: a strong tag is made of the bytes that a GET of the resource sends (RFC 9110 §8.8.3). */
#pragma once

#include "base/str.h"

enum {
    etag_size = 34, /* 128 bits in hex, in quotes */
    etag_gzip_size = etag_size + 3,
};

/* `if-match` */
extern const struct str if_match_header;

/* Writes the tag of a body: the first half of its SHA-256. No NUL ends it. */
void etag_write(struct str body, char out[static etag_size]);

/* The same from the body's SHA-256. */
void etag_write_hash(const uint8_t *sha256, char out[static etag_size]);

/* Writes the tag of the same body's gzip form: two forms of a body with one strong tag would let a proxy join
 * parts of both. */
void etag_write_gzip(const char etag[static etag_size], char out[static etag_gzip_size]);

/* Returns whether a list of tags, of If-Match or If-None-Match, has `*` or one of the two tags of a body. With
 * `weak`, a weak tag `W/"…"` matches too (§8.8.3.2): only If-None-Match compares so. */
bool etag_listed(struct str list, const char etag[static etag_size], bool weak);
