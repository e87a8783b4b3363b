/* The page of a search: which of the documents that pass are shown, and in which order. */
#pragma once

#include "shop/catalogue/catalogue.h"
#include "shop/search/filter.h"

enum search_sort {
    SORT_RELEVANCE, /* best score, then shorter name, then newest; without hits, newest */
    SORT_PRICE_ASC,
    SORT_PRICE_DESC,
    SORT_NAME_ASC, /* by the bytes of the folded names */
    SORT_NAME_DESC,
    SORT_NEWEST,
};

static inline bool sort_is_by_name(enum search_sort sort) {
    return sort == SORT_NAME_ASC || sort == SORT_NAME_DESC;
}

/* What the filter must read for it. */
static inline struct doc_columns sort_columns(enum search_sort sort) {
    bool by_price = sort == SORT_PRICE_ASC || sort == SORT_PRICE_DESC;
    return (struct doc_columns){by_price ? DOC_PRICES : DOC_LENGTHS, sort_is_by_name(sort)};
}

enum {
    /* The limit of products whose names are read to order them: of a group of names that share their first
     * name_key_bytes bytes, when folded. A larger group is ordered newest first. Reading a name takes some
     * 3 us, so a group takes 12 ms at most. */
    name_ties_max = 4096,
};

struct ranking_wish {
    enum search_sort sort;
    int64_t limit, offset;
    int64_t before; /* by SORT_NEWEST: only documents of a smaller seq are on the page; 0: all may be */
};

struct ranked_page {
    int64_t *seqs;    /* in the caller's arena */
    uint16_t *scores; /* by relevance, theirs */
    size_t count;
    bool *
        ties; /* by name: whether a document shares the name key of the one before; NULL if the order is whole */
    size_t skip;     /* how many come before the page: those that share its first name key */
    int64_t total;   /* of documents that pass and lead, on whichever page; if none does, of the tail */
    int64_t further; /* of documents of the tail that follow those */
};

/* Puts those that share a name key in order by their names, on a page with `ties`. `products` are those of its seqs. */
MUST_CHECK enum status rank_order_products(struct shop_ctx *ctx, enum search_sort sort,
                                           const struct ranked_page *page, struct product *products);

/* Finds the documents from `offset` on, at most `limit`, in the order of `sort`. By name it may find a few more before
 * and behind those, and leave some of their order to rank_order_products(): so the caller reads names and rows at once. Memory is 24 bytes for each
 * of the first offset + limit documents, however many pass. */
MUST_CHECK enum status rank_page(struct shop_ctx *ctx, const struct filter *filter,
                                 const struct ranking_wish *wish, struct ranked_page *out);
