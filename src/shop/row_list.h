/* Reading the rows of a statement into an array. */
#pragma once

#include "shop/shop_ctx.h"

/* Fills an element from the current row. */
typedef void row_reader(struct shop_ctx *ctx, struct db_rows *rows, void *element);

/* Reads the first `most` rows into an array of elements of `size` bytes, and finishes the statement. */
MUST_CHECK enum status row_list_read(struct shop_ctx *ctx, struct db_rows *rows, row_reader *read,
                                     size_t size, int64_t most, struct list *out);
