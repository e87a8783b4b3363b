/* What a search matches and its filters let through, block by block of the columns. */
#pragma once

#include "shop/search_columns.h"
#include "shop/search_match.h"

struct selection {
    const struct hits *hits; /* NULL: all documents */
    int64_t last;            /* the newest document's seq */
    int64_t category;        /* 0: any */
    int64_t min_price, max_price;
};

/* One block of columns and the places in it of what is selected, newest first. Prices and categories are
 * unpacked. */
struct selected_block {
    int64_t first; /* seq of the block's first document */
    size_t count;
    uint8_t places[column_block_documents];
    int64_t prices[column_block_documents], categories[column_block_documents];
    const uint16_t *scores; /* NULL without hits */
    const uint8_t *lengths;
    const char *names; /* as in column_scan */
};

/* Calls `visit` for every block in which something is selected, newest first. */
MUST_CHECK enum status select_blocks(struct tx *tx, const struct selection *selection, bool names,
                                     void (*visit)(void *context, const struct selected_block *block),
                                     void *context);
