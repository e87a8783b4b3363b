/* The demo shop: what it sells, how it ships and which taxes are in its prices. It requires nothing at checkout. */
#pragma once

#include "files/catalogue_file.h"

/* Fills a shop in the caller's one transaction; `count` gets how many products were added. Shipping methods and tax rates
 * are added only to a shop without methods. Fails as catalogue_read_json does, and then the caller must roll back. */
MUST_CHECK enum status demo_shop_add(struct shop_ctx *ctx, size_t *count,
                                     char error[static catalogue_error_size]);
