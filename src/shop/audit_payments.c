#include "shop/audit_checks.h"

#include <inttypes.h>

/* How long money may be on its way back before somebody should look. */
#define refund_us_max (INT64_C(3600) * 1000000)

static enum status count_payments(struct auditor *a) {
    static const struct sql sql = {
        "SELECT count(*), count(CASE WHEN surplus = 1 THEN 1 END), (SELECT count(*) FROM orders WHERE retaken = 1)"
        " FROM payments",
        NULL};
    struct db_rows *rows = db_query(a->tx->db, &sql, NO_ARGS);
    while (db_step(rows)) {
        a->out->payments = db_column_int(rows, 0);
        a->out->surplus = db_column_int(rows, 1);
        a->out->retaken = db_column_int(rows, 2);
    }
    return db_finish(rows);
}

/* An order is paid, or was until it was refunded, exactly where one payment of exactly its total succeeded.
 */
static enum status check_paid(struct auditor *a) {
    static const struct sql sql = {
        "SELECT o.id, o.status, o.total_amount, o.currency, count(p.seq), coalesce(min(p.amount), 0)"
        " FROM orders AS o LEFT JOIN payments AS p"
        " ON p.order_seq = o.seq AND p.status = 'succeeded' AND p.surplus = 0"
        " WHERE o.status IN ('paid', 'refunded') GROUP BY o.seq HAVING count(p.seq) <> 1"
        " OR min(p.amount) <> o.total_amount OR min(p.currency) <> o.currency",
        "SELECT o.id, o.status, o.total_amount, o.currency, count(p.seq), coalesce(min(p.amount), 0)"
        " FROM orders AS o LEFT JOIN payments AS p"
        " ON p.order_seq = o.seq AND p.status = 'succeeded' AND p.surplus = 0"
        " WHERE o.status IN ('paid', 'refunded') GROUP BY o.seq, o.id, o.status, o.total_amount, o.currency"
        " HAVING count(p.seq) <> 1 OR min(p.amount) <> o.total_amount OR min(p.currency) <> o.currency"};
    char id[audit_id_size];
    struct db_rows *rows = db_query(a->tx->db, &sql, NO_ARGS);
    while (db_step(rows)) {
        struct uuid order = db_column_uuid(rows, 0);
        struct str status = db_column_bytes(rows, 1);
        audit_breach(a,
                     "order %s: %.*s with a total of %" PRId64 ", and has %" PRId64
                     " payments that succeeded, of %" PRId64,
                     audit_id(&order, id), (int)status.size, status.at, db_column_int(rows, 2),
                     db_column_int(rows, 4), db_column_int(rows, 5));
    }
    return db_finish(rows);
}

/* The other way round: what succeeded paid its order, or was more than it had a use for and goes back. */
static enum status check_succeeded(struct auditor *a) {
    static const struct sql sql = {
        "SELECT p.id, o.status, p.refund FROM payments AS p JOIN orders AS o ON o.seq = p.order_seq"
        " WHERE p.status = 'succeeded' AND p.surplus = 0"
        " AND (o.status NOT IN ('paid', 'refunded') OR (o.status = 'refunded') <> (p.refund = 'done'))",
        NULL};
    char id[audit_id_size];
    struct db_rows *rows = db_query(a->tx->db, &sql, NO_ARGS);
    while (db_step(rows)) {
        struct uuid payment = db_column_uuid(rows, 0);
        struct str order = db_column_bytes(rows, 1), refund = db_column_bytes(rows, 2);
        audit_breach(a, "payment %s: succeeded, its refund is '%.*s', and its order is %.*s",
                     audit_id(&payment, id), (int)refund.size, refund.at, (int)order.size, order.at);
    }
    return db_finish(rows);
}

static enum status check_refunds(struct auditor *a) {
    static const struct sql sql = {
        "SELECT id, amount, changed_at FROM payments WHERE refund = 'wanted' AND changed_at < $1", NULL};
    char id[audit_id_size];
    int64_t now = clock_now_us(a->tx->clock);
    struct db_rows *rows = db_query(a->tx->db, &sql, ARGS(db_int(now - refund_us_max)));
    while (db_step(rows)) {
        struct uuid payment = db_column_uuid(rows, 0);
        audit_breach(a, "payment %s: its %" PRId64 " should have gone back %" PRId64 " minutes ago",
                     audit_id(&payment, id), db_column_int(rows, 1),
                     (now - db_column_int(rows, 2)) / 60000000);
    }
    return db_finish(rows);
}

static enum status check_amounts(struct auditor *a) {
    static const struct sql sql = {
        "SELECT id, amount, currency, wrong_amount, wrong_currency FROM payments"
        " WHERE wrong_amount IS NOT NULL",
        NULL};
    char id[audit_id_size];
    struct db_rows *rows = db_query(a->tx->db, &sql, NO_ARGS);
    while (db_step(rows)) {
        struct uuid payment = db_column_uuid(rows, 0);
        struct str currency = db_column_text(rows, 2, a->tx->arena), wrong = db_column_bytes(rows, 4);
        audit_breach(
            a, "payment %s: asks for %" PRId64 " %.*s, and the provider says that it took %" PRId64 " %.*s",
            audit_id(&payment, id), db_column_int(rows, 1), (int)currency.size, currency.at,
            db_column_int(rows, 3), (int)wrong.size, wrong.at);
        arena_reset(a->tx->arena);
    }
    return db_finish(rows);
}

enum status audit_payments(struct auditor *a) {
    static enum status (*const checks[])(struct auditor *) = {count_payments, check_paid, check_succeeded,
                                                              check_refunds, check_amounts};
    enum status s = STATUS_OK;
    for (size_t i = 0; i < sizeof checks / sizeof *checks && s == STATUS_OK; i++)
        s = checks[i](a);
    return s;
}
