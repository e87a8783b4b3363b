/* Disputes and failed refunds, by the events that report them.
 *
 * Events come in any order. Each carries the whole dispute as it was at `created`, which Stripe gives in seconds.
 * So the newest one counts, and of two within a second the one whose status is further in a dispute's life. */
#include "shop/payments/reversal.h"

#include "base/log.h"
#include "shop/orders/order_events.h"

static struct str reversal_reason(const struct reversal *r) {
    return r->reason.data ? r->reason : STR("unknown");
}

static int dispute_status_of(struct str name) {
    int i = 0;
    while (dispute_status_names[i] && !str_equal(name, str_from(dispute_status_names[i])))
        i++;
    return i;
}

struct dispute_known {
    bool is_known;
    int status; /* an enum dispute_status */
    int64_t changed_at;
};

static enum status dispute_find(struct shop_ctx *ctx, struct str id, struct dispute_known *out) {
    static const struct sql sql = SQL("SELECT status, changed_at FROM payment_disputes WHERE id = $1");
    *out = (struct dispute_known){0};
    struct db_rows *rows = db_query(ctx->db, &sql, ARGS(db_text(id)));
    if (db_step(rows))
        *out = (struct dispute_known){.is_known = true,
                                      .status = dispute_status_of(db_column_bytes(rows, 0)),
                                      .changed_at = db_column_int(rows, 1)};
    return db_finish(rows);
}

static enum status dispute_write(struct shop_ctx *ctx, const struct payment *p, const struct reversal *r,
                                 int64_t at) {
    static const struct sql sql =
        SQL("INSERT INTO payment_disputes (id, payment, amount, currency, reason, status, evidence_due_at,"
            " changed_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (id) DO UPDATE SET"
            " amount = excluded.amount, currency = excluded.currency, reason = excluded.reason,"
            " status = excluded.status, evidence_due_at = excluded.evidence_due_at,"
            " changed_at = excluded.changed_at");
    struct maybe_int due = {.is_set = r->due_at != 0, .value = r->due_at};
    return db_exec_deferred(ctx->db, &sql,
                            ARGS(db_text(r->id), db_int(p->seq), db_int(r->amount), db_text(r->currency),
                                 db_text(r->reason), db_text(r->status), db_maybe_int(due), db_int(at)));
}

static void dispute_log(const struct payment *p, const struct payment_event *event) {
    const struct reversal *r = &event->reversal;
    struct str reason = reversal_reason(r);
    char id[uuid_text_size], due[time_text_size];
    uuid_format(&p->id, id);
    if (r->due_at)
        time_format(r->due_at, due);
    log_warning("dispute %.*s of payment %.*s: %.*s, %lld %.*s, reason %.*s, evidence until %.*s (%.*s)",
                (int)r->id.size, r->id.data, uuid_text_size, id, (int)r->status.size, r->status.data,
                (long long)r->amount, (int)r->currency.size, r->currency.data, (int)reason.size, reason.data,
                r->due_at ? time_text_size : 1, r->due_at ? due : "-", (int)event->type.size,
                event->type.data);
}

enum status dispute_record(struct shop_ctx *ctx, const struct payment *p, const struct payment_event *event) {
    struct dispute_known known;
    int status = dispute_status_of(event->reversal.status);
    TRY(dispute_find(ctx, event->reversal.id, &known));
    if (known.is_known && (event->created_at < known.changed_at ||
                           (event->created_at == known.changed_at && status < known.status)))
        return STATUS_OK;
    dispute_log(p, event);
    if (!known.is_known || status != known.status) {
        struct order_event_new entry = {.kind = ORDER_EVENT_DISPUTED,
                                        .amount = {true, event->reversal.amount},
                                        .text = event->reversal.status};
        ctx->outcomes |= (unsigned)OUTCOME_DISPUTE << status;
        TRY(order_event_add(ctx, p->order_seq, &entry));
    }
    return dispute_write(ctx, p, &event->reversal, event->created_at);
}

/* ---- Refunds. */

enum status refund_failure_write(struct shop_ctx *ctx, const struct payment *p, const struct reversal *r,
                                 int64_t failed_at) {
    static const struct sql sql =
        SQL("INSERT INTO failed_refunds (id, payment, amount, currency, reason, failed_at)"
            " VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (id) DO NOTHING");
    struct str reason = reversal_reason(r);
    char id[uuid_text_size];
    int64_t changed = 0;
    TRY(db_exec(ctx->db, &sql,
                ARGS(db_text(r->id), db_int(p->seq), db_int(r->amount), db_text(r->currency),
                     db_text(r->reason), db_int(failed_at)),
                &changed));
    if (changed == 0)
        return STATUS_OK;
    uuid_format(&p->id, id);
    log_warning(
        "refund %.*s of payment %.*s: the bank did not take the %lld %.*s (%.*s); give them back in"
        " another way",
        (int)r->id.size, r->id.data, uuid_text_size, id, (long long)r->amount, (int)r->currency.size,
        r->currency.data, (int)reason.size, reason.data);
    ctx->outcomes |= OUTCOME_REFUND_FAILED;
    return STATUS_OK;
}

enum status refund_failures_make_up(struct shop_ctx *ctx, const struct payment *p, const struct reversal *r,
                                    int64_t succeeded_at) {
    static const struct sql sql =
        SQL("UPDATE failed_refunds SET made_up_at = $1"
            " WHERE payment = $2 AND made_up_at IS NULL AND failed_at < $1 AND amount <= $3 AND id <> $4");
    return db_exec_deferred(ctx->db, &sql,
                            ARGS(db_int(succeeded_at), db_int(p->seq), db_int(r->amount), db_text(r->id)));
}

bool refund_is_failed(const struct reversal *r) {
    return str_equal(r->status, STR("failed")) || str_equal(r->status, STR("canceled"));
}

enum status refund_failure_record(struct shop_ctx *ctx, const struct payment *p,
                                  const struct payment_event *event) {
    const struct reversal *r = &event->reversal;
    if (refund_is_failed(r))
        return refund_failure_write(ctx, p, r, event->created_at);
    if (!str_equal(r->status, STR("succeeded")))
        return STATUS_OK;
    return refund_failures_make_up(ctx, p, r, event->created_at);
}
