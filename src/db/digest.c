#include "db/digest.h"

#include <endian.h>
#include <string.h>

void digest_start(struct digest *d) {
    d->used = 0;
    d->hash = EVP_MD_CTX_new();
    d->broken = !d->hash || EVP_DigestInit_ex(d->hash, EVP_sha256(), NULL) != 1;
}

static void update(struct digest *d, const void *at, size_t size) {
    if (!d->broken && size > 0 && EVP_DigestUpdate(d->hash, at, size) != 1)
        d->broken = true;
}

static void flush(struct digest *d) {
    update(d, d->block, d->used);
    d->used = 0;
}

/* Through a block: most values are a few bytes, and each call of the hash costs more than they do. */
static void put(struct digest *d, const void *at, size_t size) {
    if (size > sizeof d->block - d->used)
        flush(d);
    if (size > sizeof d->block) {
        update(d, at, size);
    } else if (size > 0) {
        memcpy(d->block + d->used, at, size);
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
        put(d, head, sizeof head);
        if (bytes)
            put(d, v->bytes.at, v->bytes.size);
    }
}

bool digest_end(struct digest *d, unsigned char out[static digest_size]) {
    flush(d);
    bool done = !d->broken && EVP_DigestFinal_ex(d->hash, out, NULL) == 1;
    EVP_MD_CTX_free(d->hash);
    d->hash = NULL;
    return done;
}
