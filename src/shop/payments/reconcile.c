#include "shop/payments/reconcile.h"

#include "shop/idempotency.h"
#include "shop/payments/apply.h"
#include "shop/payments/refund_rows.h"

/* Chooses what to ask the provider about a payment that is due. */
static enum provider_op reconcile_op(const struct payment *p) {
    if (p->status == PAYMENT_SUCCEEDED) /* a refund is pending, or an event reported one */
        return PROVIDER_OP_REFUND;
    if (p->order_status != ORDER_PENDING)
        return PROVIDER_OP_CANCEL;
    return p->provider_payment_id.data ? PROVIDER_OP_RETRIEVE : PROVIDER_OP_CREATE;
}

static enum status reconcile_count(struct shop_ctx *ctx, struct reconcile_backlog *out) {
    static const struct sql sql =
        SQL("SELECT count(*), count(CASE WHEN due_at <= $1 THEN 1 END), min(due_at)"
            " FROM payments WHERE due_at IS NOT NULL");
    struct db_rows *rows = db_query(ctx->db, &sql, ARGS(db_int(clock_now_us(ctx->clock))));
    while (db_step(rows)) {
        struct maybe_int next = db_column_maybe_int(rows, 2);
        *out = (struct reconcile_backlog){db_column_int(rows, 0), db_column_int(rows, 1),
                                          next.is_set ? next.value : INT64_MAX};
    }
    return db_finish(rows);
}

static enum status reconcile_read_due(struct shop_ctx *ctx, struct payment_flow *flows, size_t limit,
                                      size_t *count) {
#define DUE "SELECT " PAYMENT_COLUMNS PAYMENT_TABLES " WHERE p.due_at <= $1 ORDER BY p.due_at LIMIT $2"
    static const struct sql sql = {DUE, DUE " FOR UPDATE OF p SKIP LOCKED"};
    struct db_rows *rows =
        db_query(ctx->db, &sql, ARGS(db_int(clock_now_us(ctx->clock)), db_int((int64_t)limit)));
    for (*count = 0; db_step(rows); ++*count) {
        struct payment_flow *flow = &flows[*count];
        *flow = (struct payment_flow){0};
        payment_read_row(ctx, rows, &flow->payment);
        flow->op = reconcile_op(&flow->payment);
    }
    return db_finish(rows);
}

enum status reconcile_prepare(struct shop_ctx *ctx, struct payment_flow *flows, size_t limit, size_t *count,
                              struct reconcile_backlog *backlog) {
    static const struct sql sql = SQL("UPDATE payments SET due_at = $1 WHERE seq = $2");
    int64_t later = clock_now_us(ctx->clock) + idempotency_lease_us;
    enum status s = backlog ? reconcile_count(ctx, backlog) : STATUS_OK;
    if (s == STATUS_OK)
        s = reconcile_read_due(ctx, flows, limit, count);
    for (size_t i = 0; s == STATUS_OK && i < *count; i++) {
        const struct payment *p = &flows[i].payment;
        s = db_exec_deferred(ctx->db, &sql, ARGS(db_int(later), db_int(p->seq)));
        if (s == STATUS_OK && p->refund_reserved != p->refunded_amount)
            s = refunds_to_ask(ctx, p->seq, refund_asks_max, &flows[i].asked);
    }
    return s;
}

enum status reconcile_apply(struct shop_ctx *ctx, enum status called, struct payment_flow *flow) {
    TRY(payment_flow_apply(ctx, flow));
    return called == STATUS_OK ? payment_clear_due(ctx, &flow->payment)
                               : payment_postpone(ctx, &flow->payment);
}

/* A call was about to be made for whatever is due within the lease, and for little else. */
enum status payments_recover(struct shop_ctx *ctx) {
    static const struct sql sql = SQL("UPDATE payments SET due_at = $1 WHERE due_at <= $2");
    int64_t now = clock_now_us(ctx->clock);
    return db_exec(ctx->db, &sql, ARGS(db_int(now), db_int(now + idempotency_lease_us)), NULL);
}
