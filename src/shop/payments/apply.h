/* How a payment changes. The caller has loaded the payment in this transaction (payment_load). */
#pragma once

#include "shop/payments/payment.h"

/* Brings in what the provider has of a payment, and moves the order with it. It does not matter how we
 * learned of it: by a call, a webhook or reconciliation. What comes again, or late, changes nothing. */
MUST_CHECK enum status payment_apply(struct shop_ctx *ctx, struct payment *payment,
                                     const struct intent *intent);

/* Fails a pending payment of which the provider has no intent; `error` is for the shopper. Does nothing if
 * the payment is not pending any more. */
MUST_CHECK enum status payment_refuse(struct shop_ctx *ctx, struct payment *payment, struct str error);

/* Takes a payment that succeeded off the list of what is due, if no money of it is on its way back and no event has made it
 * due since. */
MUST_CHECK enum status payment_clear_due(struct shop_ctx *ctx, const struct payment *payment);

/* Puts off a payment whose provider did not answer: what it did is not known, so it is looked up soon, and
 * ever less often. */
MUST_CHECK enum status payment_postpone(struct shop_ctx *ctx, const struct payment *payment);
