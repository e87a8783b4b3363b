/* Charging a payment: the flow behind POST /payments/confirm. */
#pragma once

#include "shop/payments/flow.h"

/* Finds the session's payment and counts the attempt. Ends here if the payment is over, or of nothing.
 * `method` is the provider's id of a payment method; absent if the page has confirmed by itself.
 * STATUS_PAYMENT_NOT_FOUND, STATUS_ORDER_NOT_PENDING. */
MUST_CHECK enum status confirm_prepare(struct shop_ctx *ctx, const struct uuid *session,
                                       const struct uuid *id, struct str method, struct payment_flow *out);

/* Brings in the answer and ends the flow. */
MUST_CHECK enum status confirm_apply(struct shop_ctx *ctx, enum status called, struct payment_flow *flow);
