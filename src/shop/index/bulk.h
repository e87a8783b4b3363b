/* Indexing many new products at once.
 *
 *     struct bulk_index bulk;
 *     bulk_index_begin(&bulk, NULL);
 *     s = bulk_index_add(&bulk, ctx, &document);      for each, with ever larger seq
 *     s = bulk_index_flush(&bulk, ctx);               before the transaction commits
 *     bulk_index_end(&bulk);                          in any case
 *
 * Postings are gathered in memory. A flush writes each row once for all products that it brings, so the more
 * products it brings, the less each costs. bulk_index_add() flushes by itself when memory reaches its bound.
 *
 * Without a sliced transaction all of it happens in one transaction of the caller, or with a flush before
 * each commit. With one, these functions end a slice when it is over and go on in the next. Only an import
 * may do that, because shoppers do not see what it wrote before it is published. */
#pragma once

#include "shop/index/doc_values.h"
#include "shop/index/postings.h"
#include "shop/sliced_tx.h"

enum {
    /* A flush is due from here on: after some 800,000 products of 30 words. */
    bulk_bytes_flush = 120 * 1024 * 1024,
    bulk_bytes_max = 176 * 1024 * 1024, /* with what sorting takes, and one more product */
    bulk_entries_max = 256 * 1024,      /* of one block's documents, before they are packed */
    bulk_categories_max = 64,           /* whose ids are remembered */
};

struct bulk_term;

struct bulk_index {
    struct sliced_tx *sliced_tx; /* an import's; NULL: all is one transaction */
    size_t
        bytes_flush; /* of memory, from which on a flush is due; bulk_bytes_flush unless the caller sets it */
    struct arena arena; /* of everything below, until a flush */
    struct stemmer stemmer;
    struct collector collector; /* all terms, and the entries of the current block */
    struct bulk_term *terms;    /* one for each of the collector's, by the same index */
    size_t term_room;
    size_t count;            /* of documents that are not flushed */
    int64_t block;           /* of postings: the current one */
    int64_t last_block;      /* of postings: later ones have no rows in the database yet */
    struct doc_block values; /* the current block of doc values */
    int64_t values_block;    /* its number; -1: there is none yet */
    struct {
        struct str name;
        int64_t id;
    } categories[bulk_categories_max];
    size_t category_count;
};

/* Begins without products. The sliced transaction, or NULL, is the caller's and outlives the bulk. */
void bulk_index_begin(struct bulk_index *bulk, struct sliced_tx *sliced_tx);

/* Adds a product, whose seq is above those of all products before it. Copies what it keeps. */
MUST_CHECK enum status bulk_index_add(struct bulk_index *bulk, struct shop_ctx *ctx,
                                      const struct index_document *d);

/* Writes what is gathered and frees its memory. After a failure the transaction must be rolled back. */
MUST_CHECK enum status bulk_index_flush(struct bulk_index *bulk, struct shop_ctx *ctx);

/* Frees all memory; products that were not flushed are forgotten. */
void bulk_index_end(struct bulk_index *bulk);
