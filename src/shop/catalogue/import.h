/* Adding more products than one transaction may write, because it would hold the writer for too long.
 *
 *     s = import_begin(&import, ctx, expected);
 *     s = import_add(&import, ctx, &product);         for each
 *     s = import_publish(&import, ctx);               if nothing is wrong by then
 *     import_close(&import, ctx);                     in any case
 *
 * An import is staged: written in many short transactions, invisible to shoppers, and published by a last
 * one. Until that one commits, every list, search and category is as if nothing had been written, whichever
 * way the program ends. Only how found products are ranked may differ (postings.h). import.c explains how. */
#pragma once

#include "shop/catalogue/catalogue.h"
#include "shop/sliced_tx.h"

enum {
    import_categories_max = 64, /* counted in memory before they are written */
    category_bytes_max = 400,   /* 100 characters */
    import_room_min = 1024, /* of products that can be added meanwhile; and a quarter of what is imported */
};

struct import {
    struct bulk_index bulk;
    struct sliced_tx sliced_tx;
    int64_t next_seq; /* of its next product */
    bool open;
    struct staged_category {
        char name[category_bytes_max];
        size_t size;
        int64_t count;
    } categories[import_categories_max];
    size_t category_count;
    /* Set by the caller before import_begin(). */
    const char *action; /* `till import`: what the audit log calls it. NULL: no entry */
    bool has_claim;     /* the caller has DB_IMPORTING, and keeps it */
    size_t index_bytes; /* of the index in memory, from which on it is written; 0: bulk_bytes_flush */
    /* Called with `context` in the transaction that publishes the import, which comes to nothing unless it returns STATUS_OK.
     * NULL: it is not called. */
    enum status (*on_publish)(void *context, struct shop_ctx *ctx);
    void *context;

    int64_t changing; /* products that the caller will change after the import, for the audit log too */
    int64_t added;
};

/* Begins an import of some `expected` products, after the clean-up of a broken one. STATUS_CONFLICT if
 * another import is under way. Until import_close(), the connection is for the import alone and has a
 * transaction open. The caller may set `sliced_tx.should_continue` at any time. */
MUST_CHECK enum status import_begin(struct import *import, struct shop_ctx *ctx, int64_t expected);

/* Adds a product. STATUS_PRODUCT_EXISTS if its id is taken; more products can be added after that. */
MUST_CHECK enum status import_add(struct import *import, struct shop_ctx *ctx, const struct product *given);

/* Writes what is still in memory and makes the whole import visible. */
MUST_CHECK enum status import_publish(struct import *import, struct shop_ctx *ctx);

/* Ends an import, and cleans it up if it was not published. Logs if the clean-up fails: the next import or a
 * server's chores do it then. Does nothing if the import is not open. */
void import_close(struct import *import, struct shop_ctx *ctx);

/* Finds out whether there are staged products: an import is under way or was broken off. */
MUST_CHECK enum status import_has_leftovers(struct shop_ctx *ctx, bool *out);

/* Removes what a broken import left, in slices of its own. The caller has the claim DB_IMPORTING, so that no
 * import is under way. STATUS_STOPPING if should_continue() ended it: the next call goes on from there. */
MUST_CHECK enum status import_cleanup(struct sliced_tx *sliced_tx, struct shop_ctx *ctx);
