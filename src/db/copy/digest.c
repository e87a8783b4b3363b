#include "db/copy/digest.h"

#include <endian.h>
#include <string.h>

void digest_start(struct digest *d) {
    d->used = 0;
    sha256_start(&d->hash);
}

static void digest_flush(struct digest *d) {
    sha256_add(&d->hash, d->block, d->used);
    d->used = 0;
}

/* Adds bytes through the block, or directly if they are more than the block holds. */
static void digest_put(struct digest *d, const void *data, size_t size) {
    if (size > sizeof d->block - d->used)
        digest_flush(d);
    if (size > sizeof d->block) {
        sha256_add(&d->hash, data, size);
    } else if (size > 0) {
        memcpy(d->block + d->used, data, size);
        d->used += size;
    }
}

void digest_row(struct digest *d, const struct db_value *values, size_t count) {
    for (size_t i = 0; i < count; i++) {
        const struct db_value *v = &values[i];
        bool bytes = v->kind == DB_TEXT || v->kind == DB_BLOB;
        uint64_t number = v->kind == DB_NULL ? 0 : bytes ? v->bytes.size : (uint64_t)v->integer;
        unsigned char head[1 + sizeof number] = {(unsigned char)v->kind};
        number = htole64(number);
        memcpy(head + 1, &number, sizeof number);
        digest_put(d, head, sizeof head);
        if (bytes)
            digest_put(d, v->bytes.data, v->bytes.size);
    }
}

void digest_end(struct digest *d, uint8_t out[static sha256_size]) {
    digest_flush(d);
    sha256_end(&d->hash, out);
}
