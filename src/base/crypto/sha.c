#include "base/crypto/sha.h"

#include <nettle/hmac.h>
#include <nettle/memops.h>
#include <string.h>

void sha256_start(struct sha256 *hash) {
    sha256_init(&hash->state);
}

void sha256_add(struct sha256 *hash, const void *data, size_t size) {
    if (size > 0)
        sha256_update(&hash->state, size, data);
}

void sha256_end(struct sha256 *hash, uint8_t out[static sha256_size]) {
    sha256_digest(&hash->state, sha256_size, out);
}

void sha256_of_parts(const struct str *parts, size_t count, uint8_t out[static sha256_size]) {
    struct sha256 hash;
    sha256_start(&hash);
    for (size_t i = 0; i < count; i++)
        sha256_add(&hash, parts[i].data, parts[i].size);
    sha256_end(&hash, out);
    explicit_bzero(&hash, sizeof hash); /* the data may be a token, and its last block is still there */
}

void sha256_of(struct str data, uint8_t out[static sha256_size]) {
    sha256_of_parts(&data, 1, out);
}

void hmac_sha256_of_parts(struct str key, const struct str *parts, size_t count,
                          uint8_t out[static sha256_size]) {
    struct hmac_sha256_ctx hmac;
    hmac_sha256_set_key(&hmac, key.size, (const uint8_t *)key.data);
    for (size_t i = 0; i < count; i++)
        if (parts[i].size > 0)
            hmac_sha256_update(&hmac, parts[i].size, (const uint8_t *)parts[i].data);
    hmac_sha256_digest(&hmac, sha256_size, out);
    explicit_bzero(&hmac, sizeof hmac);
}

void hmac_sha1_of(struct str key, struct str data, uint8_t out[static sha1_size]) {
    struct hmac_sha1_ctx hmac;
    hmac_sha1_set_key(&hmac, key.size, (const uint8_t *)key.data);
    hmac_sha1_update(&hmac, data.size, (const uint8_t *)data.data);
    hmac_sha1_digest(&hmac, sha1_size, out);
    explicit_bzero(&hmac, sizeof hmac);
}

bool secret_equal(const void *a, const void *b, size_t size) {
    return memeql_sec(a, b, size);
}
