/* Fills a shop with the products of a JSON array in memory, in the caller's one transaction: for a catalogue
 * as small as the demo's. `till import` is for large ones. */
#pragma once

#include "shop/shop_ctx.h"

enum { catalogue_error_size = 1024 };

/* Adds every product of an array of objects that have ProductCreate's fields and perhaps an `id`. `count`
 * gets how many. On STATUS_INVALID and STATUS_PRODUCT_EXISTS `error` says which product is wrong and how. On
 * any error the caller must roll back, because some of the products may have been added. */
MUST_CHECK enum status catalogue_read_json(struct shop_ctx *ctx, struct str text, size_t *count,
                                           char error[static catalogue_error_size]);

/* The demo shop's catalogue, as catalogue_read_json takes it. */
extern const struct str asset_demo_catalogue;
