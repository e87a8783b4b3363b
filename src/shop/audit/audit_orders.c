/* The audit of carts and orders.
 *
 * Orders: total = Σ price × quantity of its lines − discount + shipping, + tax if that is not in the prices, and each of
 * these is the sum of its parts; no product twice, and the movements that its status asks
 * for:
 *
 *     status                 each line is  reserved   returned   sold
 *     pending                              1          0          0
 *     paid, shipped, delivered             1          0          1
 *     cancelled, expired                   1          1          0
 *     refunded                             1          0          1
 *     if it was reactivated               +1         +1          -
 *
 * Each item of a refund that has succeeded asks for one `returned` of the units that it restocks.
 *
 * Orders and movements are compared as two sets. For each order of a window (audit_windows) there is one
 * number: the hashes (kind, order, product, quantity) of all movements that its lines ask for, added up, less
 * those of the movements there are. It is 0 if the sets are equal, and by chance with a probability of 2^-64.
 * So one scan of each table in any order is enough, with 24 bytes an order; what differs is read again to
 * report it. */
#include "shop/audit/checks.h"

#include <inttypes.h>

/* ---- Carts. */

/* Counts lines along the unique index that forbids two for one product, and so finds out if it is damaged. */
enum status audit_carts(struct auditor *a) {
    static const struct sql sql = {
        "SELECT count(*), p.id FROM cart_items AS c JOIN products AS p ON p.seq = c.product"
        " GROUP BY c.session, c.product",
        "SELECT count(*), p.id FROM cart_items AS c JOIN products AS p ON p.seq = c.product"
        " GROUP BY c.session, c.product, p.id"};
    char id[audit_id_size];
    struct db_rows *rows = db_query(a->ctx->db, &sql, NO_ARGS);
    while (db_step(rows)) {
        struct uuid product = db_column_uuid(rows, 1);
        int64_t lines = db_column_int(rows, 0);
        a->out->cart_lines += lines;
        if (lines > 1)
            audit_breach(a, "product %s: has %" PRId64 " lines in one cart", audit_id(&product, id), lines);
    }
    return db_finish(rows);
}

/* ---- Orders. */

enum movement { RESERVED, RETURNED, SOLD };

/* What an order's lines and status ask of its movements, less the movements there are. */
struct order_tally {
    uint64_t difference; /* a sum of hashes; 0 if they agree */
    int32_t lines;
    int32_t moved[3]; /* movements by enum movement, for the report */
};

static uint64_t audit_hash_movement(enum movement kind, int64_t order, int64_t product, int64_t quantity) {
    return audit_hash(audit_hash(audit_hash((uint64_t)kind, (uint64_t)order), (uint64_t)product),
                      (uint64_t)quantity);
}

struct order_row {
    int64_t seq, total;
    int64_t beside; /* what the total has beside its lines: of order_totals */
    struct uuid id;
    unsigned moves[3]; /* how often its status moves each line, by enum movement */
};

/* Adds the movements that an order asks for to its tally, and checks its total. */
static enum status audit_read_lines(struct auditor *a, const struct order_row *order,
                                    struct order_tally *tally) {
    static const struct sql sql =
        SQL("SELECT product, quantity, price_at_purchase FROM order_items"
            " WHERE order_seq = $1 ORDER BY line");
    char id[audit_id_size];
    int64_t total = 0, amount;
    bool fits = true;
    struct db_rows *rows = db_query(a->ctx->db, &sql, ARGS(db_int(order->seq)));
    for (; db_step(rows); tally->lines++) {
        int64_t product = db_column_int(rows, 0), quantity = db_column_int(rows, 1);
        fits = fits && !__builtin_mul_overflow(db_column_int(rows, 2), quantity, &amount) &&
               !__builtin_add_overflow(total, amount, &total);
        for (enum movement kind = RESERVED; kind <= SOLD; kind++)
            tally->difference +=
                order->moves[kind] * audit_hash_movement(kind, order->seq, product, quantity);
    }
    enum status s = db_finish(rows);
    if (s == STATUS_OK && tally->lines == 0)
        audit_breach(a, "order %s: has no lines", audit_id(&order->id, id));
    else if (s == STATUS_OK && !fits)
        audit_breach(a, "order %s: its lines come to more than 64 bits hold", audit_id(&order->id, id));
    else if (s == STATUS_OK && total != order->total - order->beside)
        audit_breach(a, "order %s: its total is %" PRId64 " and its lines come to %" PRId64,
                     audit_id(&order->id, id), order->total - order->beside, total);
    return s;
}

static enum status audit_read_orders(struct auditor *a, int64_t first, int64_t end,
                                     struct order_tally *tallies) {
    static const struct sql sql = SQL(
        "SELECT seq, total_amount, id, retaken, CASE WHEN status IN ('paid', 'shipped', 'delivered', 'refunded') THEN 1 ELSE 0 END,"
        " CASE WHEN status IN ('cancelled', 'expired') THEN 1 ELSE 0 END,"
        " coalesce(t.shipping - t.discount + CASE t.tax_included WHEN 1 THEN 0 ELSE t.tax END, 0)"
        " FROM orders LEFT JOIN order_totals AS t ON t.order_seq = seq"
        " WHERE seq >= $1 AND seq < $2 ORDER BY seq");
    enum status s = STATUS_OK;
    struct db_rows *rows = db_query(a->ctx->db, &sql, ARGS(db_int(first), db_int(end)));
    for (; s == STATUS_OK && db_step(rows); a->out->orders++) {
        unsigned again = (unsigned)db_column_int(rows, 3);
        struct order_row order = {db_column_int(rows, 0),
                                  db_column_int(rows, 1),
                                  db_column_int(rows, 6),
                                  db_column_uuid(rows, 2),
                                  {[RESERVED] = 1 + again,
                                   [RETURNED] = (unsigned)db_column_int(rows, 5) + again,
                                   [SOLD] = (unsigned)db_column_int(rows, 4)}};
        s = audit_read_lines(a, &order, &tallies[order.seq - first]);
    }
    enum status finished = db_finish(rows);
    return s == STATUS_OK ? finished : s;
}

/* Adds the movements that refunds ask for. */
static enum status audit_read_restocks(struct auditor *a, int64_t first, int64_t end,
                                       struct order_tally *tallies) {
    static const struct sql sql = SQL(
        "SELECT i.order_seq, i.product, ri.restock FROM refunds AS r JOIN refund_items AS ri ON ri.refund = r.seq"
        " JOIN order_items AS i ON i.order_seq = r.order_seq AND i.line = ri.line"
        " WHERE r.order_seq >= $1 AND r.order_seq < $2 AND r.succeeded_at IS NOT NULL AND ri.restock > 0");
    struct db_rows *rows = db_query(a->ctx->db, &sql, ARGS(db_int(first), db_int(end)));
    while (db_step(rows)) {
        int64_t order = db_column_int(rows, 0);
        tallies[order - first].difference +=
            audit_hash_movement(RETURNED, order, db_column_int(rows, 1), db_column_int(rows, 2));
    }
    return db_finish(rows);
}

/* Subtracts the movements there are. */
static enum status audit_read_movements(struct auditor *a, int64_t first, int64_t end,
                                        struct order_tally *tallies) {
    static const struct sql sql =
        SQL("SELECT order_seq, CASE kind WHEN 'reserved' THEN 0 WHEN 'returned' THEN 1 ELSE 2 END,"
            " product, quantity FROM stock_movements WHERE order_seq >= $1 AND order_seq < $2");
    struct db_rows *rows = db_query(a->ctx->db, &sql, ARGS(db_int(first), db_int(end)));
    for (; db_step(rows); a->out->movements++) {
        int64_t order = db_column_int(rows, 0);
        enum movement kind = (enum movement)db_column_int(rows, 1);
        struct order_tally *l = &tallies[order - first];
        l->difference -= audit_hash_movement(kind, order, db_column_int(rows, 2), db_column_int(rows, 3));
        l->moved[kind]++;
    }
    return db_finish(rows);
}

static enum status audit_report_order(struct auditor *a, int64_t seq, const struct order_tally *l) {
    static const struct sql sql = SQL("SELECT id, status FROM orders WHERE seq = $1");
    char id[audit_id_size];
    bool found = false;
    struct db_rows *rows = db_query(a->ctx->db, &sql, ARGS(db_int(seq)));
    while (db_step(rows)) {
        struct uuid uuid = db_column_uuid(rows, 0);
        struct str status = db_column_bytes(rows, 1);
        found = true;
        audit_breach(
            a, "order %s: %.*s with %d lines, and its movements differ: %d reserved, %d returned, %d sold",
            audit_id(&uuid, id), (int)status.size, status.data, l->lines, l->moved[RESERVED],
            l->moved[RETURNED], l->moved[SOLD]);
    }
    if (!found)
        audit_breach(a, "order number %" PRId64 ": is not there, but has movements", seq);
    return db_finish(rows);
}

static enum status audit_check_orders_window(struct auditor *a, int64_t first, int64_t end, void *tallies) {
    const struct order_tally *tally = tallies;
    enum status s = audit_read_orders(a, first, end, tallies);
    if (s == STATUS_OK)
        s = audit_read_restocks(a, first, end, tallies);
    if (s == STATUS_OK)
        s = audit_read_movements(a, first, end, tallies);
    for (int64_t i = 0; i < end - first && s == STATUS_OK; i++)
        if (tally[i].difference != 0)
            s = audit_report_order(a, first + i, &tally[i]);
    return s;
}

enum status audit_orders(struct auditor *a) {
    static const struct sql last_sql = SQL("SELECT coalesce(max(seq), 0) FROM orders");
    return audit_windows(a, &last_sql, sizeof(struct order_tally), audit_check_orders_window);
}

/* Reports products that are on two lines of one order. stock_return() joins on the product, so it would
 * return only one of the two. */
enum status audit_order_products(struct auditor *a) {
    static const struct audit_rule rule = {
        SQL("SELECT o.id, l.line, m.line FROM order_items AS l"
            " JOIN order_items AS m ON m.order_seq = l.order_seq AND m.line > l.line AND m.product = l.product"
            " JOIN orders AS o ON o.seq = l.order_seq"),
        "order %u: its lines %d and %d are of one product"};
    return audit_report_rows(a, &rule);
}

/* Reports orders whose totals are not the sums of what their lines say. */
enum status audit_order_totals(struct auditor *a) {
    static const struct audit_rule rule = {
        SQL("SELECT o.id, t.items, t.tax FROM order_totals AS t JOIN orders AS o ON o.seq = t.order_seq"
            " WHERE t.items <> (SELECT sum(i.quantity * i.price_at_purchase) FROM order_items AS i"
            " WHERE i.order_seq = t.order_seq)"
            " OR t.discount <> (SELECT coalesce(sum(l.discount), 0) FROM order_line_totals AS l"
            " WHERE l.order_seq = t.order_seq)"
            " OR t.tax <> t.shipping_tax + (SELECT coalesce(sum(l.tax), 0) FROM order_line_totals AS l"
            " WHERE l.order_seq = t.order_seq)"),
        "order %u: its items of %d, discount or tax of %d are not the sums of its lines"};
    return audit_report_rows(a, &rule);
}
