/* Finding products: by words, category and price; what a search box may complete; counts for filters.
 *
 * All of it reads the search index (search_index.h) in the snapshot of its transaction. The cost grows with
 * how many products match and never with how long their texts are; at a million products it is milliseconds.
 */
#pragma once

#include "shop/catalogue.h"
#include "shop/search_page.h"

struct search {
    struct str q;        /* absent or blank: whatever the words */
    struct str category; /* absent: any; else exactly this one */
    struct maybe_int min_price, max_price;
    int sort; /* enum search_sort */
    int64_t limit, offset;
};

struct search_found {
    struct list products;
    int64_t total;
    bool at_least; /* there are more than `total`: see hit_blocks_max */
};

/* The page of what is found. A text without a word in it finds nothing. */
MUST_CHECK enum status product_search(struct tx *tx, const struct search *search, struct search_found *out);

struct price_band {
    int64_t min_price, max_price; /* both inclusive, as the filters are */
    int64_t product_count;
};

enum { price_bands_max = 8 };

struct facets {
    int64_t total;
    struct list categories;  /* struct category, most products first, then by name */
    struct list price_bands; /* struct price_band, cheapest first; none is empty; at most price_bands_max */
};

/* How what is found is spread over categories and prices. Sort, limit and offset play no part. */
MUST_CHECK enum status product_facets(struct tx *tx, const struct search *search, struct facets *out);

enum suggestion_kind { SUGGESTION_WORDS, SUGGESTION_PRODUCT };

struct suggestion {
    struct str text;
    int kind;              /* enum suggestion_kind */
    struct str product_id; /* of a product */
};

enum { suggestions_max = 8 };

/* What somebody who has typed `q` so far may be about to type: the last word completed, then products' names.
 */
MUST_CHECK enum status product_suggest(struct tx *tx, struct str q, struct list *out);
