/* Payments as rows: read and locked. apply.c changes them. */
#include "shop/payments/payment.h"

const char *const payment_status_names[] = {"pending", "succeeded", "failed", NULL};
const char *const refund_state_names[] = {"none", "wanted", "done", NULL};
const char *const dispute_status_names[] = {"warning_needs_response",
                                            "warning_under_review",
                                            "warning_closed",
                                            "needs_response",
                                            "under_review",
                                            "won",
                                            "lost",
                                            "prevented",
                                            NULL};

bool payment_is_by_hand(const struct payment *p) {
    return str_equal(p->provider, STR(PROVIDER_BY_HAND));
}

void payment_count(unsigned outcomes, struct metrics_shard *shard) {
    /* In the order of enum payment_outcome's bits. */
    static const enum metric metrics[] = {METRIC_PAYMENTS_SUCCEEDED,
                                          METRIC_PAYMENTS_FAILED,
                                          METRIC_PAYMENTS_LATE,
                                          METRIC_PAYMENTS_OVERPAID,
                                          METRIC_PAYMENTS_MISMATCH,
                                          METRIC_REFUNDS,
                                          METRIC_EVENTS,
                                          METRIC_EVENTS_REPEATED,
                                          METRIC_REFUNDS_FAILED,
                                          METRIC_DISPUTES_WARNING_NEEDS_RESPONSE,
                                          METRIC_DISPUTES_WARNING_UNDER_REVIEW,
                                          METRIC_DISPUTES_WARNING_CLOSED,
                                          METRIC_DISPUTES_NEEDS_RESPONSE,
                                          METRIC_DISPUTES_UNDER_REVIEW,
                                          METRIC_DISPUTES_WON,
                                          METRIC_DISPUTES_LOST,
                                          METRIC_DISPUTES_PREVENTED,
                                          METRIC_DISPUTES_OTHER};
    _Static_assert(OUTCOME_DISPUTE << DISPUTE_OTHER == 1 << (sizeof metrics / sizeof *metrics - 1),
                   "a metric for each bit");
    for (size_t i = 0; i < sizeof metrics / sizeof *metrics; i++)
        if (outcomes & 1u << i)
            metric_add(shard, metrics[i], 1);
}

/* c.receipt is NULL if there is no contact, or if the order was placed before contacts were given to the provider: its
 * intent may have been created without. */
struct intent_contact payment_read_contact(struct shop_ctx *ctx, struct db_rows *rows) {
    struct intent_contact contact = {0};
    if (!db_column_maybe_int(rows, payment_column_receipt).is_set)
        return contact;
    for (int i = 0; i < CONTACT_FIELD_COUNT; i++)
        contact.fields[i] = db_column_text(rows, payment_column_receipt + 1 + i, ctx->arena);
    return contact;
}

void payment_read_row(struct shop_ctx *ctx, struct db_rows *rows, struct payment *out) {
    *out = (struct payment){
        .seq = db_column_int(rows, payment_column_seq),
        .order_seq = db_column_int(rows, 1),
        .id = db_column_uuid(rows, 2),
        .order_id = db_column_uuid(rows, 3),
        .provider = db_column_text(rows, 4, ctx->arena),
        .provider_payment_id = db_column_text(rows, 5, ctx->arena),
        .amount = db_column_int(rows, 6),
        .currency = db_column_text(rows, 7, ctx->arena),
        .status = db_column_enum(rows, 8, payment_status_names),
        .failure_message = db_column_text(rows, 9, ctx->arena),
        .created_at = db_column_int(rows, 10),
        .attempts = db_column_int(rows, 11),
        .order_status = db_column_enum(rows, payment_column_order_status, order_status_names),
        .overpaid = db_column_int(rows, 13) != 0,
        .refund = db_column_enum(rows, 14, refund_state_names),
        .due_at = db_column_int(rows, 15),
        .amount_mismatch = {.is_set = db_column_int(rows, 16) != 0, .value = db_column_int(rows, 17)},
        .currency_mismatch = db_column_text(rows, 18, ctx->arena),
        .contact = payment_read_contact(ctx, rows),
        .refund_reserved = db_column_int(rows, payment_column_refund_reserved),
        .refunded_amount = db_column_int(rows, payment_column_refunded_amount),
        .email = db_column_text(rows, payment_column_email, ctx->arena),
    };
}

/* Reads the one payment of a statement. */
static enum status payment_read(struct shop_ctx *ctx, struct db_rows *rows, struct payment *out) {
    if (db_step(rows))
        payment_read_row(ctx, rows, out);
    return db_finish_or(rows, STATUS_PAYMENT_NOT_FOUND);
}

enum status payment_get(struct shop_ctx *ctx, const struct uuid *session, const struct uuid *id,
                        struct payment *out) {
    static const struct sql sql =
        SQL("SELECT " PAYMENT_COLUMNS PAYMENT_TABLES " WHERE p.id = $1 AND o.session = $2");
    return payment_read(ctx, db_query(ctx->db, &sql, ARGS(db_uuid(id), db_uuid(session))), out);
}

enum status payment_load(struct shop_ctx *ctx, const struct uuid *id, struct payment *out) {
    static const struct sql sql = SQL("SELECT " PAYMENT_COLUMNS PAYMENT_TABLES " WHERE p.id = $1");
    struct uuid key = *id; /* a copy, because it may be out->id */
    TRY(payment_lock(ctx, &key));
    return payment_read(ctx, db_query(ctx->db, &sql, ARGS(db_uuid(&key))), out);
}

enum status payment_lock(struct shop_ctx *ctx, const struct uuid *id) {
    static const struct sql sql = {
        NULL,
        "SELECT 1 FROM orders WHERE seq = (SELECT order_seq FROM payments WHERE id = $1)"
        " FOR NO KEY UPDATE"};
    return db_exec_deferred(ctx->db, &sql, ARGS(db_uuid(id)));
}

enum status payments_make_due(struct shop_ctx *ctx, int64_t order_seq) {
    static const struct sql sql =
        SQL("UPDATE payments SET due_at = $1 WHERE order_seq = $2 AND due_at IS NOT NULL");
    return db_exec_deferred(ctx->db, &sql, ARGS(db_int(clock_now_us(ctx->clock)), db_int(order_seq)));
}
