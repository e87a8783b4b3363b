/* Completions for a search box. */
#pragma once

#include "shop/shop_ctx.h"

enum suggestion_kind {
    SUGGESTION_WORDS,   /* a text to search for */
    SUGGESTION_PRODUCT, /* one product, by its name */
};

struct suggestion {
    struct str text;
    int kind;              /* enum suggestion_kind */
    struct str product_id; /* of a product; otherwise absent */
};

enum { suggestions_max = 8 };

/* Suggests what a shopper who has typed `q` so far may be about to type: the text with its last word completed,
 * then names of products. `out` gets at most suggestions_max of struct suggestion, with different texts. */
MUST_CHECK enum status product_suggest(struct shop_ctx *ctx, struct str q, struct list *out);
