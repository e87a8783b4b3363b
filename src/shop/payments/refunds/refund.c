#include "shop/payments/refunds/refund.h"

#include "shop/idempotency.h"
#include "shop/orders/order_mail.h"
#include "shop/payments/apply.h"
#include "shop/payments/refunds/refund_apply.h"

/* Each may take as long as a call may, and so may the list. Half a minute is for lines before them. */
_Static_assert(idempotency_lease_us >= INT64_C(1000) * ((refund_asks_max + 1) * provider_call_ms_max + 30000),
               "a retry must not take the key while the first request still runs");

/* Locks an order and reads the payment that pays it, not an overpaid one; its seq is 0 if there is none. */
static enum status refund_find_payment(struct shop_ctx *ctx, const struct uuid *order, struct payment *out) {
    static const struct sql sql =
        SQL("SELECT " PAYMENT_COLUMNS
            " FROM orders AS o"
            " LEFT JOIN payments AS p ON p.order_seq = o.seq"
            " AND p.status = 'succeeded' AND p.surplus = 0" PAYMENT_CONTACT " WHERE o.id = $1");
    *out = (struct payment){0};
    TRY(order_lock(ctx, order));
    struct db_rows *rows = db_query(ctx->db, &sql, ARGS(db_uuid(order)));
    if (db_step(rows) && db_column_int(rows, payment_column_seq) != 0)
        payment_read_row(ctx, rows, out);
    return db_finish_or(rows, STATUS_ORDER_NOT_FOUND);
}

/* Reserves the amount, if that much of the payment is left, and makes the payment due once the request must be over. */
static enum status refund_reserve(struct shop_ctx *ctx, struct payment *p, int64_t amount) {
    static const struct sql sql = SQL(
        "UPDATE payments SET refund_reserved = refund_reserved + $1, due_at = $2, changed_at = $3,"
        " refund = CASE WHEN refund = 'none' AND refund_reserved + $1 = amount THEN 'wanted' ELSE refund END"
        " WHERE seq = $4 AND refund_reserved + $1 <= amount");
    int64_t now = clock_now_us(ctx->clock);
    TRY(db_exec_deferred_or(
        ctx->db, &sql, ARGS(db_int(amount), db_int(now + idempotency_lease_us), db_int(now), db_int(p->seq)),
        STATUS_REFUND_TOO_LARGE));
    p->refund_reserved += amount;
    return STATUS_OK;
}

static const struct sql count_sql =
    SQL("SELECT count(*) FROM refunds WHERE payment = $1 AND origin = 'staff'");

/* Whether the staff may make another refund of a payment. */
static enum status refund_check_count(struct shop_ctx *ctx, const struct payment *p) {
    int64_t count = 0;
    TRY(db_get_int(ctx->db, &count_sql, ARGS(db_int(p->seq)), &count));
    return count < refunds_max ? STATUS_OK : STATUS_REFUNDS_FULL;
}

/* Plans a refund, reserves its amount, which `wanted` gets, and writes it. */
static enum status refund_write_new(struct shop_ctx *ctx, const struct refund_request *request,
                                    struct payment *p, int64_t *wanted) {
    const struct refund_wish *wish = &request->wish;
    struct refund new = {
        .id = request->id,
        .order_seq = p->order_seq,
        .payment = p->seq,
        .status = REFUND_PENDING,
        .origin = REFUND_BY_STAFF,
        .reason = wish->reason,
        .actor_kind = str_from(actor_kind_names[request->actor->kind]),
        .created_at = clock_now_us(ctx->clock),
    };
    TRY(order_mail_is_wanted(ctx, MAIL_ORDER_REFUNDED, wish->notify, &new.notify));
    TRY(refund_check_count(ctx, p));
    TRY(actor_id_text(ctx->arena, request->actor, &new.actor));
    TRY(refund_plan(ctx, p, wish, &new));
    TRY(refund_reserve(ctx, p, new.amount));
    *wanted = new.amount;
    TRY(refund_insert(ctx, &new));
    const struct refund_item *items = new.items.data;
    for (size_t i = 0; i < new.items.count; i++)
        TRY(refund_item_insert(ctx, &new.id, &items[i]));
    /* All of the money goes back, so nothing more is to be sent. */
    if (p->refund_reserved == p->amount && p->refund != REFUND_DONE)
        TRY(refund_claim_unsent(ctx, &new.id));
    return order_update_shipping(ctx, p->order_seq); /* what it claims is not owed from now on */
}

/* Whether the request needs no refund of its own: it came before, or nothing is left for it to give. */
static enum status refund_is_written(struct shop_ctx *ctx, const struct refund_request *request,
                                     struct payment_flow *flow, bool *out) {
    const struct payment *p = &flow->payment;
    struct refund known = {.status = REFUND_PENDING};
    enum status s = request->id_is_new ? STATUS_NOT_FOUND : refund_find(ctx, &request->id, &known);
    flow->refund_status = known.status;
    *out = s == STATUS_OK ||
           (request->wish.is_rest && p->refund != REFUND_NONE && p->refund_reserved == p->amount);
    return s == STATUS_NOT_FOUND ? STATUS_OK : s;
}

/* The provider is asked for all that is pending. If that is the new refund alone, it need not be read. */
static enum status refund_choose_asks(struct shop_ctx *ctx, bool is_written, struct payment_flow *flow) {
    const struct payment *p = &flow->payment;
    if (is_written || flow->wanted == 0 || p->refund_reserved != p->refunded_amount + flow->wanted)
        return refunds_to_ask(ctx, p->seq, refund_asks_max, &flow->asked);
    struct refund_ask *own = ARENA_NEW(ctx->arena, struct refund_ask);
    if (!own)
        return STATUS_NO_MEMORY;
    *own = (struct refund_ask){.id = flow->refund, .amount = flow->wanted};
    flow->asked = (struct list){own, 1};
    return STATUS_OK;
}

enum status refund_prepare(struct shop_ctx *ctx, const struct refund_request *request,
                           struct payment_flow *out) {
    *out = (struct payment_flow){
        .op = PROVIDER_OP_REFUND, .refund = request->id, .needs_rest = request->wish.is_rest};
    struct payment *p = &out->payment;
    bool is_written = false;
    TRY(refund_find_payment(ctx, &request->order, p));
    if (p->seq == 0)
        return STATUS_ORDER_NOT_PAID;
    out->is_ended = request->wish.is_rest && p->refund == REFUND_DONE && p->refunded_amount == p->amount;
    if (out->is_ended)
        return STATUS_OK;
    db_prefetch(ctx->db, &count_sql, ARGS(db_int(p->seq)));
    if (!request->wish.is_rest)
        refund_plan_prefetch(ctx, p->order_seq);
    TRY(refund_is_written(ctx, request, out, &is_written));
    if (!is_written)
        TRY(refund_write_new(ctx, request, p, &out->wanted));
    if (!is_written && (out->wanted == 0 || payment_is_by_hand(p))) {
        TRY(refund_apply_alone(ctx, p));
        TRY(payment_clear_due(ctx, p));
    }
    TRY(refund_choose_asks(ctx, is_written, out));
    out->is_ended = out->asked.count == 0;
    if (out->is_ended && out->refund_status == REFUND_FAILED)
        payment_flow_end(out, STATUS_PAYMENT_REFUSED); /* as it was answered the first time */
    return STATUS_OK;
}

enum status refund_apply(struct shop_ctx *ctx, enum status called, struct payment_flow *flow) {
    struct payment *p = &flow->payment;
    TRY(refunds_apply(ctx, flow));
    bool is_done = flow->needs_rest ? p->refund == REFUND_DONE : flow->refund_status == REFUND_SUCCEEDED;
    if (is_done || flow->refund_status == REFUND_FAILED) {
        payment_flow_end(flow, is_done ? STATUS_OK : STATUS_PAYMENT_REFUSED);
        return payment_clear_due(ctx, p);
    }
    TRY(payment_flow_fail(ctx, called, flow));
    if (!flow->needs_rest)
        flow->failure = STATUS_OK;
    return STATUS_OK;
}

enum status refund_reconcile(struct shop_ctx *ctx, enum status called, struct payment_flow *flow) {
    TRY(refunds_apply(ctx, flow));
    bool is_settled = called == STATUS_OK && flow->payment.refund_reserved == flow->payment.refunded_amount;
    return is_settled ? payment_clear_due(ctx, &flow->payment) : payment_postpone(ctx, &flow->payment);
}
