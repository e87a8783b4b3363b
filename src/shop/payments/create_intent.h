/* Creating the provider's intent of an order: the flow behind POST /payments/create-intent. */
#pragma once

#include "shop/payments/flow.h"

struct create_intent {
    /* The payment that the client gets, and a failed one of the same order that can still be charged: it must
     * be canceled first. older.payment.seq is 0 if there is none. */
    struct payment_flow flow, older;
    struct create_intent *next; /* set by apply: the flow that replaces this one; or NULL */
    /* What prepare was asked for. */
    struct str provider;
    struct uuid session, order;
    bool is_second; /* it replaced another */
};

/* Finds the session's pending order, and its pending payment or writes a new one. A payment of nothing ends
 * here. STATUS_ORDER_NOT_FOUND, STATUS_ORDER_NOT_PENDING. `provider` is the provider's name. */
MUST_CHECK enum status create_intent_prepare(struct shop_ctx *ctx, struct str provider,
                                             const struct uuid *session, const struct uuid *order,
                                             struct create_intent *out);

/* Cancels the older payment's intent, then creates or retrieves this one's. */
MUST_CHECK enum status create_intent_call(struct provider *provider, struct arena *arena,
                                          struct create_intent *intent);

/* Brings in both answers. The flow ends, or `next` must be called and applied, once this is committed. */
MUST_CHECK enum status create_intent_apply(struct shop_ctx *ctx, enum status called,
                                           struct create_intent *intent);
