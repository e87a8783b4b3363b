/* Stock: the only place that moves it.
 *
 * `stock_quantity` is what can still be bought. An order takes its lines' quantities when it is placed
 * (reserved). Later it returns them once if it comes to nothing, or keeps them for good when it is paid
 * (sold). Each of these is recorded as movements. The owner adjusts it, which is recorded as adjustments. See
 * stock.c for the equation that holds between them. */
#pragma once

#include "shop/shop_ctx.h"

/* Adds `delta`, which may be negative, to a product's stock for the owner, and records why. It is relative, so it
 * loses no sale in between. STATUS_STOCK_OUT_OF_RANGE, with nothing changed, if the stock would be less than 0 or
 * more than money_max. */
MUST_CHECK enum status stock_adjust(struct shop_ctx *ctx, int64_t product_seq, int64_t delta,
                                    struct str reason);

/* Announces a stock_adjust with the same values later in this transaction (db_prefetch). */
void stock_adjust_prefetch(struct shop_ctx *ctx, int64_t product_seq, int64_t delta);

/* Takes `quantity` (at least 1) of an active product; `price` gets the product's price.
 * STATUS_INSUFFICIENT_STOCK if there is less, or the product is no longer sold. The caller records the
 * order's movements with stock_record_reserved in the same transaction. */
MUST_CHECK enum status stock_take(struct shop_ctx *ctx, int64_t product_seq, int64_t quantity,
                                  int64_t *price);

/* Announce a stock_take or stock_available with the same values later in this transaction, so that an engine across
 * a network may run it along with the statement before (db_prefetch). */
void stock_take_prefetch(struct shop_ctx *ctx, int64_t product_seq, int64_t quantity);
void stock_available_prefetch(struct shop_ctx *ctx, int64_t product_seq);

/* Records that an order holds what was taken for its lines. */
MUST_CHECK enum status stock_record_reserved(struct shop_ctx *ctx, int64_t order_seq);

/* Takes all lines of an order once more, after it had returned them, and records that.
 * STATUS_INSUFFICIENT_STOCK if some line is short; then the caller rolls back. */
MUST_CHECK enum status stock_take_order(struct shop_ctx *ctx, int64_t order_seq);

/* Reads how much of a product can be bought now; 0 if it is no longer sold. */
MUST_CHECK enum status stock_available(struct shop_ctx *ctx, int64_t product_seq, int64_t *out);

/* Returns all that an order holds. Only the change of its status calls this, so that it happens once. */
MUST_CHECK enum status stock_return(struct shop_ctx *ctx, int64_t order_seq);

/* Returns the units that a refund says can be bought again. Called once, when it succeeds for the first time. */
MUST_CHECK enum status stock_restock(struct shop_ctx *ctx, const struct uuid *refund);

/* Records that all that an order holds is sold. Called once, as stock_return. */
MUST_CHECK enum status stock_sell(struct shop_ctx *ctx, int64_t order_seq);
