/* Giving an order's money back: the flow behind POST /orders/{order_id}/refunds and /refund.
 *
 *     prepare   locks the order, decides on amount and units (refund_plan.h), and reserves the amount with one UPDATE that
 *               matches only if that much is left; writes the refund as pending
 *     call      asks the provider, with the refund's id as its key, and lists the intent's refunds
 *     apply     brings the list in (refund_apply.h)
 *
 * A refund that was cut off stays pending and its payment due, so reconciliation asks again under the same key. */
#pragma once

#include "shop/payments/flow.h"
#include "shop/payments/refunds/refund_plan.h"

struct refund_request {
    struct uuid order;
    struct uuid id; /* of the new refund: the same for a request that is repeated, so that it is made once */
    bool id_is_new; /* no request before this one had it, so it need not be looked for */
    const struct actor *actor;
    struct refund_wish wish;
};

/* Writes a refund of the payment that pays an order, of any session. Ends here if nothing is to be asked. A request whose
 * refund is written already goes on with that. STATUS_ORDER_NOT_FOUND; STATUS_ORDER_NOT_PAID;
 * STATUS_REFUND_TOO_LARGE; STATUS_REFUNDS_FULL if the payment has refunds_max refunds. */
MUST_CHECK enum status refund_prepare(struct shop_ctx *ctx, const struct refund_request *request,
                                      struct payment_flow *out);

/* Brings in the answer and ends the flow. A refund that the provider refused is STATUS_PAYMENT_REFUSED. If the provider did
 * not answer, the refund stays pending, which is STATUS_OK; for a refund of the rest it is
 * STATUS_PROVIDER_UNAVAILABLE, and STATUS_OK means that all of the money has gone back. */
MUST_CHECK enum status refund_apply(struct shop_ctx *ctx, enum status called, struct payment_flow *flow);

/* Brings in the answer to a flow of reconciliation (reconcile.h) that asked about refunds. */
MUST_CHECK enum status refund_reconcile(struct shop_ctx *ctx, enum status called, struct payment_flow *flow);
