/* The mail `low_stock` to the staff: once a day, what has run low since the one before.
 *
 *     a sale crosses stock.low_at → a row of low_stock → the first chores after 06:00 UTC → one mail; the rows go
 *
 * A row is written only when a product crosses the threshold, so an order costs nothing for it otherwise. A product that
 * was restocked meanwhile is not named. */
#pragma once

#include "shop/shop_ctx.h"

/* Writes down that a product has run low. */
MUST_CHECK enum status stock_digest_note(struct shop_ctx *ctx, const struct uuid *product);

/* Writes the mail if it is time and there is something to say. */
MUST_CHECK enum status stock_digest_run(struct shop_ctx *ctx);
