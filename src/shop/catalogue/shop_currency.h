/* The one currency of a shop: what its prices are in, and what its orders are paid in. The first server of a shop, or the
 * first import that names one, decides it; prices are never converted. */
#pragma once

#include "shop/shop_ctx.h"

enum { shop_currency_size = 4 }; /* of a code of ISO 4217 in lower case, with its NUL */

#define SHOP_CURRENCY_FIRST "usd" /* of a shop whose owner names none */

/* Reads the shop's currency. STATUS_NOT_FOUND if none is decided. */
MUST_CHECK enum status shop_currency_load(struct shop_ctx *ctx, char out[static shop_currency_size]);

/* Stores `code` unless the shop has a currency. `out` gets the shop's. */
MUST_CHECK enum status shop_currency_begin(struct shop_ctx *ctx, const char *code,
                                           char out[static shop_currency_size]);

/* Gives a shop whose currency is `before` another one, and writes that into the audit log. */
MUST_CHECK enum status shop_currency_change(struct shop_ctx *ctx, const char *before, const char *code);
