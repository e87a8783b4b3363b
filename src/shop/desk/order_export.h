/* Orders as CSV: a row for each line item, with the columns' names of Shopify's export where there is such a column.
 *
 * What an order has once (totals, addresses) stands in the row of its first line, so that a column adds up. */
#pragma once

#include "base/buf.h"
#include "shop/desk/order_search.h"

/* Orders of one page: 100 of 100 lines with all that they may have are some 10 MB. */
enum { order_export_max = 100 };

/* Writes a page of orders, newest first, behind the columns' names if it is the first (filter->before is INT64_MAX). `count`
 * gets the number of orders, and `next` the cursor of the next page, 0 at the end. */
MUST_CHECK enum status order_export(struct shop_ctx *ctx, const struct order_filter *filter, struct buf *out,
                                    int64_t *count, int64_t *next);
