/* Reconciliation: payments that are due are compared with what the provider has.
 *
 * A payment is due because its request was cut off, its provider did not answer, its order ended before it
 * was paid, its money has to go back, or an event reported a refund. serve/reconciler.h runs the steps. */
#pragma once

#include "shop/payments/flow.h"

/* Payments that can still change. */
struct reconcile_backlog {
    int64_t open, due; /* how many there are, and how many of them are due */
    int64_t next_us;   /* when the next one is due; INT64_MAX: there is none */
};

/* Takes up to `limit` due payments into `flows`; `count` gets how many. Each is put off by
 * idempotency_lease_us, so that no other node takes it meanwhile, and a crash brings it back. `backlog` is
 * what there was before; NULL spares counting. */
MUST_CHECK enum status reconcile_prepare(struct shop_ctx *ctx, struct payment_flow *flows, size_t limit,
                                         size_t *count, struct reconcile_backlog *backlog);

/* Brings in the answer to a flow that asked about anything but refunds (refunds/refund.h does those). The payment is not due
 * any more if no money is on its way, unless an event has made it due again since prepare. Without an answer it is put
 * off. */
MUST_CHECK enum status reconcile_apply(struct shop_ctx *ctx, enum status called, struct payment_flow *flow);

/* Makes due now what an earlier process left in the middle. For a server that starts. */
MUST_CHECK enum status payments_recover(struct shop_ctx *ctx);
