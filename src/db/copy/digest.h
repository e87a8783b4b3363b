/* A content hash of rows that does not depend on the engine that they were read from: SHA-256 over
 *
 *     kind (1 byte)  integer or size (8 bytes, lowest first)  bytes of a text or blob
 *
 * for each value. A time is its microseconds since 1970, a truth value 0 or 1, a UUID a blob of 16 bytes,
 * NULL a kind of its own with size 0. Sizes come first, so that two different rows cannot have the same
 * bytes. */
#pragma once

#include "db/db.h"

#include <openssl/evp.h>

enum { digest_size = 32 };

struct digest {
    EVP_MD_CTX *hash; /* NULL: out of memory */
    size_t used;
    bool failed;
    unsigned char block[16 * 1024]; /* most values have a few bytes: hashed one by one, the calls cost more */
};

void digest_start(struct digest *d);
void digest_row(struct digest *d, const struct db_value *values, size_t count);

/* Writes the hash and ends the digest; false if it could not be computed. */
bool digest_end(struct digest *d, unsigned char out[static digest_size]);
