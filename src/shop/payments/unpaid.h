/* Orders that end without being paid: cancelled by the shopper, or expired.
 *
 * order_close ends the order and returns its stock. What could still be charged for it is made due in the
 * same transaction, so that reconciliation cancels it at the provider. */
#pragma once

#include "shop/orders/order.h"

/* Cancels a pending order of the session, with a `session` of NULL anybody's, for the staff; `out` is the order after that. STATUS_ORDER_NOT_FOUND,
 * STATUS_ORDER_NOT_PENDING. */
MUST_CHECK enum status unpaid_order_cancel(struct shop_ctx *ctx, const struct uuid *session,
                                           const struct uuid *id, struct order *out);

/* Finds when the next pending order expires; INT64_MAX: there is none. */
MUST_CHECK enum status unpaid_orders_next(struct shop_ctx *ctx, int64_t *out);

/* Expires up to `limit` pending orders whose time has passed; `expired` gets how many. */
MUST_CHECK enum status unpaid_orders_expire(struct shop_ctx *ctx, int64_t limit, int64_t *expired);
