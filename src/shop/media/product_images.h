/* The pictures of products, in the order in which shoppers see them. The first one is also what the product's image_url
 * names, which whoever changes them sees to (api/resources/media/product_images.c). */
#pragma once

#include "shop/media/media.h"

enum { product_images_max = 20, image_alt_length_max = 200 };

/* A picture of a product as it is read. */
struct product_image {
    struct str media; /* its hash as text */
    struct str alt;   /* what it shows, for those who do not see it */
    struct str url;
    int64_t width, height;
    struct list sizes; /* of struct media_size, narrowest first */
};

struct image_choice {
    struct media_hash hash;
    struct str alt;
};

/* Reads the pictures of products by their seqs in one statement: out[i] is a list of struct product_image, of seqs[i]. */
MUST_CHECK enum status product_images_read(struct shop_ctx *ctx, const int64_t *seqs, size_t count,
                                           struct list *out);

/* Gives a product these pictures, at most product_images_max, in place of those that it has. `before` are those.
 * STATUS_MEDIA_NOT_FOUND. The caller has the lock of media.h. */
MUST_CHECK enum status product_images_set(struct shop_ctx *ctx, int64_t product_seq,
                                          const struct image_choice *choices, size_t count,
                                          const struct list *before);
