/* Finding products by words, category, price and stock.
 *
 *     q ──> query ──> match ──> filter ──> rank ──> products ──> rerank
 *           words     scores    category,  first    rows, one    by names
 *           terms               price,     N        statement          (facets.h counts in place of rank)
 *                               stock
 *            └─ spell, if few documents match
 *
 * - query.c reads the text into words, finds the terms that each may stand for, and scores them;
 * - match.c reads the terms' postings, and adds up a score for each document that has all words;
 * - filter.c goes through the documents' prices and categories, which lie in arrays beside the postings;
 * - sold_out.c says which of them have no stock, if a search asks;
 * - rank.c keeps the first documents in a heap, and puts them in order;
 * - rerank.c reads the names of the first 50, and puts a thing before its accessories;
 * - shop/suggest completes what is typed into a search box.
 *
 * All of it reads the index in the snapshot of its transaction. The cost grows with how many products match,
 * and never with how long their texts are; with a million products it is milliseconds. */
#pragma once

#include "shop/catalogue/catalogue.h"
#include "shop/search/rank.h"

struct search {
    struct str q;         /* absent or blank: no filter */
    struct list category; /* struct str; empty: any; else exactly one of these */
    struct maybe_int min_price, max_price;
    struct maybe_bool in_stock; /* not set: either */
    int sort;                   /* enum search_sort */
    int64_t limit, offset;
    uint32_t include; /* bits of INCLUDE_…, for the answer */
    /* Of the staff's list. */
    enum shelf_side side;       /* with words only SIDE_ACTIVE */
    bool always_scans;          /* also if all of the catalogue is asked for */
    int64_t before;             /* newest first: a page begins behind this seq; 0: with the first */
    const struct sold_out *low; /* one of these; NULL: any */
};

struct search_found {
    struct list products; /* struct product; the page */
    int64_t total;        /* how many have all words, or if none has, the most words */
    int64_t further;      /* how many follow that have fewer of the words */
    struct str corrected; /* what was searched in place of the text, if words were corrected; else absent */
    bool at_least;        /* there are more than `total`: see hit_blocks_max */
};

/* Finds the products of a page. A text that is not blank and has no word in it (`!!!`) finds nothing. */
MUST_CHECK enum status product_search(struct shop_ctx *ctx, const struct search *search,
                                      struct search_found *out);

/* Reads a search into a filter; `match` gets what its text matches, and the filter points to its hits. `columns`: what
 * its visitors will need. `any` is false if nothing can pass: unknown categories alone, a price range without
 * prices, or a text without a word. */
MUST_CHECK enum status search_read_filter(struct shop_ctx *ctx, const struct search *search,
                                          struct doc_columns columns, struct filter *out, struct match *match,
                                          bool *any);
