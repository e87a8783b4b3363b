/* The staff's list of products, and its search: also of those that shoppers do not see. */
#pragma once

#include "shop/search/search.h"

/* What a page must match. */
struct desk_filter {
    struct str q;                 /* words, or an id, or a key of an import; absent or blank: all */
    struct maybe_bool is_active;  /* not set: either */
    struct maybe_int stock_below; /* fewer units than that */
    struct str category;          /* exactly this one; absent: any */
    int sort;                     /* an enum search_sort */
    int64_t limit, offset;
    struct maybe_int cursor; /* in place of the offset: that of the page before */
};

struct desk_products {
    struct list products;   /* struct product, with what INCLUDE_DESK has */
    struct maybe_int total; /* of all pages; not set: it would cost too much to count */
    int64_t next;           /* the cursor of the next page; 0: it is the last */
};

enum {
    desk_offset_max = 10000,   /* how deep a list goes that is not newest first */
    desk_looked_max = 10000,   /* products that a page may look at for those of low stock */
    desk_withdrawn_max = 5000, /* withdrawn products whose whole name is looked through for words */
};

/* Reads a page. With `stock_below` it may have fewer products than `limit`, also none, although `next` leads on. */
MUST_CHECK enum status desk_products_list(struct shop_ctx *ctx, const struct desk_filter *filter,
                                          struct desk_products *out);
