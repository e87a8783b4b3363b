/* Keeping the search index in step with the products, in the transaction of their change.
 *
 * Only what the index knows of a product matters: its name, category, description, price, and whether it is
 * active. A change of stock or picture does not come here. */
#pragma once

#include "shop/search_columns.h"
#include "shop/search_store.h"
#include "shop/turns.h"

/* One product's change: `before` and `after` are how it was and is, NULL where it was or is not there (new,
 * or not active). Both have the same seq. */
MUST_CHECK enum status search_index_change(struct tx *tx, const struct search_document *before,
                                           const struct search_document *after);

/* Many new products: what the index will hold of them is gathered in memory and written sorted by term and
 * block, each row once for what a flush brings.
 *
 *     struct search_bulk bulk;
 *     search_bulk_begin(&bulk, 0, NULL);
 *     s = search_bulk_add(&bulk, tx, &document);      for each, with ever larger seq
 *     s = search_bulk_flush(&bulk, tx);               before the transaction commits
 *     search_bulk_end(&bulk);                         in any case
 *
 * All of it within one transaction, or with a flush before each commit. Where it has turns, these functions
 * change to the next whenever one is over: nobody sees what an import wrote before it is published, and so it
 * may be written in parts. The more products a flush brings, the
 * fewer rows are written for each; search_bulk_add flushes by itself where a bound is reached. */
enum {
    /* What is gathered is written from here on: some 800,000 products of 30 words. */
    bulk_bytes_flush = 120 * 1024 * 1024,
    bulk_bytes_max = 176 * 1024 * 1024, /* with what sorting it takes, and one more product */
    bulk_entries_max = 256 * 1024,      /* of one block's documents until they are packed */
    bulk_categories_max = 64,           /* whose ids are remembered */
};

struct bulk_term;

struct search_bulk {
    int64_t staged_by;   /* the number of the import that they are part of; 0: they are seen at once */
    struct turns *turns; /* an import's; NULL: all is one transaction */
    struct arena arena;
    struct stemmer *stemmer;
    struct collector collector; /* all terms, and the entries of the block at hand */
    struct bulk_term *terms;    /* one for each of the collector's */
    size_t term_room;
    size_t count;       /* of documents */
    int64_t block;      /* of postings, at hand */
    int64_t last_block; /* of postings: the last that there may be rows of */
    struct column_block columns;
    int64_t columns_block; /* which one that is; -1: none yet */
    struct {
        struct str name;
        int64_t id;
    } categories[bulk_categories_max];
    size_t category_count;
};

void search_bulk_begin(struct search_bulk *bulk, int64_t staged_by, struct turns *turns);
MUST_CHECK enum status search_bulk_add(struct search_bulk *bulk, struct tx *tx,
                                       const struct search_document *d);
MUST_CHECK enum status search_bulk_flush(struct search_bulk *bulk, struct tx *tx);
void search_bulk_end(struct search_bulk *bulk);

/* Makes the index anew from the products: for when the words' rules have changed. */
MUST_CHECK enum status search_index_rebuild(struct tx *tx);
