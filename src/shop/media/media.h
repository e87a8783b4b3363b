/* The shop's own pictures. One is known by the SHA-256 of its bytes, so its address never changes its content, and the same
 * picture is kept once however often it is uploaded. Narrower copies of a picture, its sizes, are pictures too.
 *
 *     media           the pictures
 *     media_sizes     media ──width──▶ hash: the copy of that width
 *     product_images  product, position ──▶ media (product_images.h)
 *     media_orphans   those that no product and no other picture refers to, and since when
 *
 * Orphans are deleted after a day, which an upload has to be put to use. All that changes what refers to a picture takes
 * one lock (media_lock), so that two transactions cannot each take the other for one that still uses it. */
#pragma once

#include "shop/shop_ctx.h"

enum {
    media_hash_size = 32,
    media_hash_text_size = 2 * media_hash_size,
    media_sizes_max = 10,
    media_bytes_max = 1024 * 1024,
};

struct media_hash {
    uint8_t bytes[media_hash_size];
};

/* A picture. */
struct media {
    struct str hash; /* as text */
    struct str type; /* `image/webp` */
    int64_t width, height, size_bytes;
    struct str url;    /* its address in this server */
    struct list sizes; /* of struct media_size, narrowest first */
};

struct media_size {
    int64_t width, height;
    struct str url;
};

/* A picture that comes in. */
struct media_file {
    struct media_hash hash;
    struct str type;
    int64_t width, height;
    struct str bytes;
};

static inline struct str media_hash_bytes(const struct media_hash *hash) {
    return (struct str){(const char *)hash->bytes, sizeof hash->bytes};
}

/* Reads 64 lower-case hexadecimal digits. False if text is anything else. */
bool media_hash_read(struct str text, struct media_hash *out);

/* Writes a hash as text into the arena; absent without memory. */
struct str media_hash_text(struct arena *arena, struct str bytes);

/* Writes the address of a picture, or if `width` is not 0 of its size, into the arena; absent without memory. */
struct str media_url(struct arena *arena, struct str hash_text, int64_t width);

/* Makes other transactions that change what refers to pictures wait until this one ends. */
MUST_CHECK enum status media_lock(struct shop_ctx *ctx);

/* Takes a picture in, and returns it as it is then. If it was there, the day that it has to be put to use begins anew. */
MUST_CHECK enum status media_put(struct shop_ctx *ctx, const struct media_file *file, struct media *out);

/* Takes a picture in as the size of another one, and returns that one. STATUS_MEDIA_NOT_FOUND; STATUS_MEDIA_SIZE_TOO_WIDE
 * if it is not narrower; STATUS_MEDIA_SIZE_EXISTS if the other one has a size of this width that has other bytes;
 * STATUS_MEDIA_SIZES_FULL. */
MUST_CHECK enum status media_put_size(struct shop_ctx *ctx, const struct media_hash *of,
                                      const struct media_file *file, struct media *out);

/* Reads the type and the bytes of a picture, or of its size of that width if `width` is not 0. STATUS_MEDIA_NOT_FOUND. */
MUST_CHECK enum status media_read(struct shop_ctx *ctx, const struct media_hash *hash, int64_t width,
                                  struct media_file *out);

/* Notes a picture as an orphan unless something refers to it, or as one that is in use. For product_images.c, with the lock. */
MUST_CHECK enum status media_note_orphan(struct shop_ctx *ctx, struct str hash_bytes);
MUST_CHECK enum status media_note_use(struct shop_ctx *ctx, const struct media_hash *hash);

/* Deletes up to `limit` pictures that have been orphans for a day, but for those that a product names as its image_url. Their
 * sizes become orphans. `removed`: how many it has looked at. */
MUST_CHECK enum status media_sweep(struct shop_ctx *ctx, int64_t limit, int64_t *removed);
