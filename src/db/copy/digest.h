/* A content hash of rows that does not depend on the engine that they were read from: SHA-256 over
 *
 *     kind (1 byte)  integer or size (8 bytes, lowest first)  bytes of a text or blob
 *
 * for each value. A time is its microseconds since 1970, a truth value 0 or 1, a UUID a blob of 16 bytes,
 * NULL a kind of its own with size 0. Sizes come first, so that two different rows cannot have the same
 * bytes. */
#pragma once

#include "base/crypto/sha.h"
#include "db/db.h"

struct digest {
    struct sha256 hash;
    size_t used;
    unsigned char block[16 * 1024]; /* most values have a few bytes: hashed one by one, the calls cost more */
};

void digest_start(struct digest *d);
void digest_row(struct digest *d, const struct db_value *values, size_t count);

/* Writes the hash, and ends the digest. */
void digest_end(struct digest *d, uint8_t out[static sha256_size]);
