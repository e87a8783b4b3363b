/* The audit of payments against orders: each equation is one statement that selects the rows that break it.
 *
 *     order paid or refunded  ⇔  exactly one payment of its total succeeded and is not overpaid
 *     order refunded          ⇔  that payment's refund is done
 *     paid by hand            ⇔  a payment by hand of the same amount, and the staff took the order
 *     refunded_amount         =  Σ refunds that have succeeded
 *     refund_reserved         =  Σ refunds that are pending or have succeeded, at most the amount
 *     dispute                 ⇒  its payment succeeded */
#include "shop/audit/checks.h"

#include <inttypes.h>

/* Money may be on its way back for this long (an hour) before the owner should look. */
#define refund_us_max (INT64_C(3600) * 1000000)

static enum status audit_count_payments(struct auditor *a) {
    static const struct sql sql = SQL(
        "SELECT count(*), count(CASE WHEN surplus = 1 THEN 1 END), (SELECT count(*) FROM orders WHERE retaken = 1)"
        " FROM payments");
    struct db_rows *rows = db_query(a->ctx->db, &sql, NO_ARGS);
    while (db_step(rows)) {
        a->out->payments = db_column_int(rows, 0);
        a->out->overpaid = db_column_int(rows, 1);
        a->out->reactivated = db_column_int(rows, 2);
    }
    return db_finish(rows);
}

/* Reports refunds that are pending for too long. */
static enum status audit_check_refunds(struct auditor *a) {
    static const struct sql sql =
        SQL("SELECT p.id, r.amount, r.created_at FROM refunds AS r JOIN payments AS p ON p.seq = r.payment"
            " WHERE r.status = 'pending' AND r.created_at < $1");
    char id[audit_id_size];
    int64_t now = clock_now_us(a->ctx->clock);
    struct db_rows *rows = db_query(a->ctx->db, &sql, ARGS(db_int(now - refund_us_max)));
    while (db_step(rows)) {
        struct uuid payment = db_column_uuid(rows, 0);
        audit_breach(a, "payment %s: its %" PRId64 " should have gone back %" PRId64 " minutes ago",
                     audit_id(&payment, id), db_column_int(rows, 1),
                     (now - db_column_int(rows, 2)) / 60000000);
    }
    return db_finish(rows);
}

/* The states of an order that was paid. */
#define MONEY_STATUSES "('paid', 'shipped', 'delivered', 'refunded')"

/* An order's payments that pay it. */
#define PAYING_TABLES                                                                                        \
    " FROM orders AS o LEFT JOIN payments AS p"                                                              \
    " ON p.order_seq = o.seq AND p.status = 'succeeded' AND p.surplus = 0 WHERE o.status IN " MONEY_STATUSES
#define PAYING_COUNT "count(p.seq)"
#define PAYING_DIFFERS                                                                                       \
    PAYING_COUNT                                                                                             \
    " <> 1 OR min(p.amount) <> o.total_amount OR min(p.currency) <> o.currency"

/* What must hold, each with the statement that finds what does not. */
static const struct audit_rule rules[] = {
    /* Paid and refunded orders have exactly one such payment. */
    {{"SELECT o.id, o.status, o.total_amount, " PAYING_COUNT ", coalesce(min(p.amount), 0)" PAYING_TABLES
      " GROUP BY o.seq HAVING " PAYING_DIFFERS,
      "SELECT o.id, o.status, o.total_amount, " PAYING_COUNT ", coalesce(min(p.amount), 0)" PAYING_TABLES
      " GROUP BY o.seq, o.id, o.status, o.total_amount, o.currency HAVING " PAYING_DIFFERS},
     "order %u: %s with a total of %d, and has %d payments that succeeded, of %d"},
    /* The other way round: a payment that succeeded has such an order, and the same refund. */
    {SQL("SELECT p.id, p.refund, o.status FROM payments AS p JOIN orders AS o ON o.seq = p.order_seq"
         " WHERE p.status = 'succeeded' AND p.surplus = 0"
         " AND (o.status NOT IN " MONEY_STATUSES " OR (o.status = 'refunded') <> (p.refund = 'done'))"),
     "payment %u: succeeded, its refund is '%s', and its order is %s"},
    /* What was paid by hand is a payment, of an order that no shopper could pay. */
    {SQL("SELECT o.id, m.amount, m.currency FROM manual_payments AS m JOIN orders AS o ON o.seq = m.order_seq"
         " LEFT JOIN payments AS p ON p.order_seq = o.seq AND p.provider = 'by_hand' AND p.status = 'succeeded'"
         " AND p.amount = m.amount AND p.currency = m.currency WHERE p.seq IS NULL OR o.session IS NOT NULL"),
     "order %u: %d %s were paid for it by hand, without a payment of that, or it is a shopper's"},
    {SQL("SELECT p.id FROM payments AS p LEFT JOIN manual_payments AS m ON m.order_seq = p.order_seq"
         " WHERE p.provider = 'by_hand' AND m.order_seq IS NULL"),
     "payment %u: was made by hand, and nobody says by whose"},
    /* A payment's sums are those of its refunds. */
    {SQL("SELECT p.id, p.refunded_amount, p.refund_reserved, coalesce(r.succeeded, 0), coalesce(r.reserved, 0)"
         " FROM payments AS p LEFT JOIN (SELECT payment, CAST(sum(CASE status WHEN 'succeeded' THEN amount ELSE 0 END)"
         " AS bigint) AS succeeded, CAST(sum(CASE status WHEN 'failed' THEN 0 ELSE amount END) AS bigint) AS reserved"
         " FROM refunds GROUP BY payment) AS r ON r.payment = p.seq WHERE p.refunded_amount <> coalesce(r.succeeded, 0)"
         " OR p.refund_reserved <> CASE WHEN r.reserved > p.amount THEN p.amount ELSE coalesce(r.reserved, 0) END"),
     "payment %u: %d of it went back and %d are reserved, and its refunds come to %d and %d"},
    /* The provider took what was asked for. */
    {SQL("SELECT id, amount, currency, wrong_amount, wrong_currency FROM payments"
         " WHERE wrong_amount IS NOT NULL"),
     "payment %u: asks for %d %s, and the provider says that it took %d %s"},
    /* A refund that the bank sent back was made up for by a later one. */
    {SQL("SELECT p.id, f.id, f.amount, f.currency FROM failed_refunds AS f"
         " JOIN payments AS p ON p.seq = f.payment WHERE f.made_up_at IS NULL"),
     "payment %u: the bank sent its refund %s of %d %s back"},
    /* A payment that never succeeded is not disputed: it would be money that we do not know of. */
    {SQL("SELECT p.id, p.status, d.id FROM payment_disputes AS d"
         " JOIN payments AS p ON p.seq = d.payment WHERE p.status <> 'succeeded'"),
     "payment %u: is %s, and there is a dispute of it, %s"},
};

enum status audit_payments(struct auditor *a) {
    TRY(audit_count_payments(a));
    TRY(audit_check_refunds(a));
    enum status s = STATUS_OK;
    for (size_t i = 0; i < sizeof rules / sizeof *rules && s == STATUS_OK; i++)
        s = audit_report_rows(a, &rules[i]);
    return s;
}
