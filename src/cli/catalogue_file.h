/* Products in files: what `till import` reads and `till seed` fills a database with. */
#pragma once

#include "shop/tx.h"

/* Adds every product of a JSON array of objects with ProductCreate's fields and perhaps an `id`. `count` gets
 * how many. On STATUS_INVALID and STATUS_PRODUCT_EXISTS `why` says which row is wrong and how, and nothing
 * may be kept. */
enum { catalogue_why_size = 1024 };
MUST_CHECK enum status catalogue_read_json(struct tx *tx, struct str text, size_t *count,
                                           char why[static catalogue_why_size]);

/* The demo shop's catalogue, as catalogue_read_json takes it. */
extern const struct str asset_demo_catalogue;
