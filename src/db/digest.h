/* A content hash of rows that is the same whichever engine they were read from: SHA-256 over each value's
 * kind and its bytes. Integers are eight bytes with the lowest first (a time is its microseconds since 1970,
 * a truth 0 or 1); texts and blobs (a UUID is one of 16 bytes) are their length and themselves. */
#pragma once

#include "db/db.h"

#include <openssl/evp.h>

enum { digest_size = 32 };

struct digest {
    EVP_MD_CTX *hash; /* NULL: out of memory */
    size_t used;
    bool broken;
    unsigned char block[16 * 1024];
};

void digest_start(struct digest *d);
void digest_row(struct digest *d, const struct db_value *values, size_t count);
/* False where it could not be computed. */
bool digest_end(struct digest *d, unsigned char out[static digest_size]);
