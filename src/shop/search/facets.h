/* Counts of what a search finds, by category and price: for a shop's filters. */
#pragma once

#include "shop/search/search.h"

struct price_band {
    int64_t min_price, max_price; /* both inclusive, as the filters are */
    int64_t product_count;
};

enum { price_bands_max = 8 };

struct facets {
    int64_t total;
    struct list categories; /* struct category, most products first, then by name */
    struct list
        price_bands; /* struct price_band, cheapest first, at most price_bands_max; no band is empty */
};

/* Counts what the search finds. Its sort, limit and offset are ignored. */
MUST_CHECK enum status product_facets(struct shop_ctx *ctx, const struct search *search, struct facets *out);
