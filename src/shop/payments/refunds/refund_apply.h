/* Brings in what the provider has of a payment's refunds. */
#pragma once

#include "shop/payments/flow.h"

/* Compares our refunds of a payment with the provider's list, which is the truth, and with what it refused when it was
 * asked. Writes what became of each, with what follows for the payment, its order, its timeline and the stock. It may come
 * again, or late. Loads the payment, whatever the answer. */
MUST_CHECK enum status refunds_apply(struct shop_ctx *ctx, struct payment_flow *flow);

/* Lets a refund take effect that needs no provider: one of nothing, which only takes units back, or one of money that was
 * paid by hand and goes back so. The refund was inserted in this transaction. */
MUST_CHECK enum status refund_apply_alone(struct shop_ctx *ctx, struct payment *payment);
