/* Events about a product's stock, for the webhooks that ask for them: once for each crossing, and not for each sale.
 *
 *     product.low_stock        it fell from above the setting stock.low_at to that or less; never if that is 0. It is noted
 *                              for the staff's daily mail too (stock_digest.h)
 *     product.back_in_stock    it was 0, and can be bought again
 *
 * To be called in the transaction that has changed the stock, after the change: the row is locked, so of two that sell at
 * the same time one crosses. No statement is run if stock.low_at is 0, or if neither a webhook nor the staff asks for it. */
#pragma once

#include "shop/shop_ctx.h"

/* Of a product whose stock was `before` and is `after`. */
MUST_CHECK enum status stock_alert(struct shop_ctx *ctx, const struct uuid *product, int64_t before,
                                   int64_t after);

/* Of the products of an order that has taken their stock, or returned it. */
MUST_CHECK enum status stock_alert_taken(struct shop_ctx *ctx, int64_t order_seq);
MUST_CHECK enum status stock_alert_returned(struct shop_ctx *ctx, int64_t order_seq);

/* Of the products that a refund has restocked. */
MUST_CHECK enum status stock_alert_restocked(struct shop_ctx *ctx, const struct uuid *refund);
