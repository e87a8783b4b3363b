/* How a payment is charged.
 *
 *     the payment is         and          confirm
 *     succeeded              -            ends: the payment, or STATUS_ORDER_NOT_PENDING if it was overpaid
 *     failed                 a method     ends: the payment. Another must be created first
 *     failed, still due      no method    retrieves it: the page may have paid with another card since
 *     pending                -            counts an attempt and charges
 *
 * A declined card is not an error: the flow ends with a payment that has failed. */
#include "shop/payments/confirm.h"

#include "shop/idempotency.h"
#include "shop/payments/apply.h"

/* Counts an attempt, which is a part of the provider's idempotency key: an attempt that is asked for again is
 * the same attempt. The payment is due once the request must be over. */
static enum status confirm_count_attempt(struct shop_ctx *ctx, struct payment *p) {
    static const struct sql sql = SQL("UPDATE payments SET attempts = $1, due_at = $2 WHERE seq = $3");
    p->attempts++;
    return db_exec_deferred(
        ctx->db, &sql,
        ARGS(db_int(p->attempts), db_int(clock_now_us(ctx->clock) + idempotency_lease_us), db_int(p->seq)));
}

/* Ends the flow with the payment, or with an error if its money goes back because the order had no use for
 * it. */
static enum status confirm_end(struct payment_flow *flow) {
    payment_flow_end(flow, flow->payment.overpaid ? STATUS_ORDER_NOT_PENDING : STATUS_OK);
    return STATUS_OK;
}

/* Pays an order of nothing, without the provider. */
static enum status confirm_nothing(struct shop_ctx *ctx, struct payment_flow *flow) {
    struct intent paid = {.status = INTENT_SUCCEEDED, .currency = flow->payment.currency};
    payment_flow_end(flow, STATUS_OK);
    return payment_apply(ctx, &flow->payment, &paid);
}

enum status confirm_prepare(struct shop_ctx *ctx, const struct uuid *session, const struct uuid *id,
                            struct str method, struct payment_flow *out) {
    *out = (struct payment_flow){.op = PROVIDER_OP_CONFIRM, .method = method};
    struct payment *p = &out->payment;
    TRY(payment_lock(ctx, id));
    TRY(payment_get(ctx, session, id, p));
    if (p->status == PAYMENT_SUCCEEDED || (p->status == PAYMENT_FAILED && (method.data || p->due_at == 0)))
        return confirm_end(out);
    if (p->order_status != ORDER_PENDING)
        return STATUS_ORDER_NOT_PENDING;
    if (p->amount == 0)
        return confirm_nothing(ctx, out);
    if (p->status == PAYMENT_PENDING)
        return confirm_count_attempt(ctx, p);
    out->op = PROVIDER_OP_RETRIEVE;
    return STATUS_OK;
}

enum status confirm_apply(struct shop_ctx *ctx, enum status called, struct payment_flow *flow) {
    TRY(payment_flow_apply(ctx, flow));
    bool is_known = called == STATUS_OK || flow->payment.status == PAYMENT_SUCCEEDED;
    return is_known ? confirm_end(flow) : payment_flow_fail(ctx, called, flow);
}
