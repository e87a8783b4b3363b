#include "shop/payments/event.h"

#include "shop/payments/apply.h"
#include "shop/payments/reversal.h"

/* Stripe delivers an event again for three days. */
#define event_keep_us (INT64_C(30) * 24 * 3600 * 1000000)

/* Records an event's id; `is_new` gets whether it is the first delivery. */
static enum status event_record(struct shop_ctx *ctx, struct str id, bool *is_new) {
    static const struct sql sql =
        SQL("INSERT INTO payment_events (id, taken_at) VALUES ($1, $2) ON CONFLICT (id) DO NOTHING");
    int64_t changed = 0;
    enum status s = db_exec(ctx->db, &sql, ARGS(db_text(id), db_int(clock_now_us(ctx->clock))), &changed);
    *is_new = changed == 1;
    ctx->outcomes |= s != STATUS_OK ? 0u : *is_new ? OUTCOME_EVENT : OUTCOME_EVENT_REPEATED;
    return s;
}

static const struct sql find_sql = SQL("SELECT id FROM payments WHERE provider_payment_id = $1");

/* Locks and reads the payment of an intent. The event may come before the answer to our create has been written,
 * and with it the provider's id. Then our own id, which the intent carries, finds it. STATUS_PAYMENT_NOT_FOUND
 * if it is not ours. */
static enum status event_load_payment(struct shop_ctx *ctx, const struct intent *intent,
                                      struct payment *out) {
    struct uuid id = intent->payment;
    struct db_rows *rows = db_query(ctx->db, &find_sql, ARGS(db_text(intent->id)));
    while (db_step(rows))
        id = db_column_uuid(rows, 0);
    TRY(db_finish(rows));
    return payment_load(ctx, &id, out);
}

/* Makes a payment due for a look at its refunds. If all of the money has gone back, only a failure can be news. A
 * payment that failed and can never be charged has nothing to refund. */
static enum status event_make_due(struct shop_ctx *ctx, const struct payment *p,
                                  const struct payment_event *event) {
    static const struct sql sql =
        SQL("UPDATE payments SET due_at = $1 WHERE seq = $2"
            " AND (status = 'succeeded' OR due_at IS NOT NULL)");
    if (p->status == PAYMENT_SUCCEEDED && p->refunded_amount == p->amount &&
        !refund_is_failed(&event->reversal))
        return STATUS_OK;
    return db_exec_deferred(ctx->db, &sql, ARGS(db_int(clock_now_us(ctx->clock)), db_int(p->seq)));
}

enum status payment_event_apply(struct shop_ctx *ctx, const struct payment_event *event) {
    struct payment p;
    bool is_new = false;
    db_prefetch(ctx->db, &find_sql, ARGS(db_text(event->intent.id)));
    TRY(event_record(ctx, event->id, &is_new));
    if (!is_new || !(event->about_intent || event->about_refund || event->about_dispute))
        return STATUS_OK;
    enum status s = event_load_payment(ctx, &event->intent, &p);
    if (s != STATUS_OK)
        return s == STATUS_PAYMENT_NOT_FOUND ? STATUS_OK : s;
    if (event->about_intent)
        return payment_apply(ctx, &p, &event->intent);
    if (event->about_dispute)
        return dispute_record(ctx, &p, event);
    TRY(refund_failure_record(ctx, &p, event));
    return event_make_due(ctx, &p, event);
}

enum status payment_events_sweep(struct shop_ctx *ctx, int64_t limit, int64_t *removed) {
    static const struct sql sql = {
        "DELETE FROM payment_events WHERE id IN"
        " (SELECT id FROM payment_events WHERE taken_at < $1 ORDER BY taken_at LIMIT $2)",
        "DELETE FROM payment_events WHERE id IN (SELECT id FROM payment_events WHERE taken_at < $1"
        " ORDER BY taken_at LIMIT $2 FOR UPDATE SKIP LOCKED)"};
    return db_exec(ctx->db, &sql, ARGS(db_int(clock_now_us(ctx->clock) - event_keep_us), db_int(limit)),
                   removed);
}
