/* Bringing the catalogue up to a file: products that are new are added, those that differ are changed.
 *
 *     s = import_update_open(&update, &import);                       after import_begin()
 *     s = import_update_match(&update, &import, ctx, &row, &match);   for each row; adds a product that is new
 *     s = import_publish(&import, ctx);                               if nothing is wrong by then
 *     s = import_update_begin(&update, ctx);                          if anything differs
 *     s = import_update_change(&update, ctx, &row);                   for each row that differs
 *     s = import_update_end(&update, ctx);
 *     import_update_close(&update);                                   in any case
 *
 * A row means the product that has its id, or else the one that has its key. A row's text that is absent stays as
 * it is in the shop. So does the stock, unless the caller says that the file's counts: between the export of a file
 * and its import there were sales.
 *
 * New products become visible together, as any import's. After that the changes are made in short transactions,
 * each product's as a whole. If the process ends between two of them, the same file brings about the rest. */
#pragma once

#include "shop/catalogue/import.h"

enum import_match {
    MATCH_NEW,     /* and added */
    MATCH_DIFFERS, /* from the product in the shop */
    MATCH_SAME,
    MATCH_REMOVED, /* the product is not active, and stays as it is */
    MATCH_COUNT
};

struct import_update {
    bool sets_stock;             /* the file's stock counts; set by the caller */
    int64_t counts[MATCH_COUNT]; /* of rows */
    int64_t other_stock;         /* rows whose stock is not the shop's, and does not count */
    struct sliced_tx sliced_tx;
    struct arena arena;  /* of the product that is compared */
    unsigned char *seen; /* a bit for each seq below `seen_end`: whether a row meant that product */
    int64_t seen_end;
};

/* Prepares for rows that mean products below `seen_end`: an import's next_seq, or behind the newest product if nothing is
 * imported. STATUS_NO_MEMORY; import_update_close() comes last in any case. */
MUST_CHECK enum status import_update_open(struct import_update *update, int64_t seen_end);
void import_update_close(struct import_update *update);

/* Finds out what a row means for the shop. STATUS_PRODUCT_EXISTS if a row before it meant the same product; further
 * rows can follow. */
MUST_CHECK enum status import_update_match(struct import_update *update, struct import *import,
                                           struct shop_ctx *ctx, const struct product *row,
                                           enum import_match *out);

/* The same without adding anything, in the caller's transaction. Without `updates` a product that is there is not one that
 * is changed: STATUS_PRODUCT_EXISTS. */
MUST_CHECK enum status import_update_compare(struct import_update *update, struct shop_ctx *ctx,
                                             const struct product *row, bool updates, enum import_match *out);

/* Begins, goes on with and ends the changes, in slices of their own. STATUS_OK and no change for a product that is no
 * longer there or does not differ any more. */
MUST_CHECK enum status import_update_begin(struct import_update *update, struct shop_ctx *ctx);
MUST_CHECK enum status import_update_change(struct import_update *update, struct shop_ctx *ctx,
                                            const struct product *row);
MUST_CHECK enum status import_update_end(struct import_update *update, struct shop_ctx *ctx);
