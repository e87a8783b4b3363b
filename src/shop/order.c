#include "shop/order.h"

#include "shop/payment.h"
#include "shop/stock.h"

#include <assert.h>

const char *const order_status_names[] = {"pending", "paid", "cancelled", "expired", "refunded", NULL};

#define ORDER_COLUMNS "seq, id, total_amount, status, currency, created_at"

static int status_from(struct str name) {
    for (int i = 0; order_status_names[i]; i++)
        if (str_equal(name, str_from(order_status_names[i])))
            return i;
    assert(!"the table's own check allows no other");
    return ORDER_PENDING;
}

static void read_order(struct tx *tx, struct db_rows *rows, int64_t *seq, struct order *out) {
    *seq = db_column_int(rows, 0);
    *out = (struct order){
        .id = db_column_uuid(rows, 1),
        .total_amount = db_column_int(rows, 2),
        .status = status_from(db_column_text(rows, 3, tx->arena)),
        .currency = db_column_text(rows, 4, tx->arena),
        .created_at = db_column_int(rows, 5),
    };
}

static enum status read_items(struct tx *tx, int64_t seq, struct order *order) {
    static const struct sql sql = {
        "SELECT p.id, o.quantity, o.price_at_purchase FROM order_items AS o"
        " JOIN products AS p ON p.seq = o.product WHERE o.order_seq = $1 ORDER BY o.line",
        NULL};
    struct order_item *items = NULL;
    size_t count = 0;
    bool no_memory = false;
    struct db_rows *rows = db_query(tx->db, &sql, ARGS(db_int(seq)));
    while (!no_memory && db_step(rows)) {
        struct order_item *grown =
            arena_grow(tx->arena, items, count * sizeof *items, (count + 1) * sizeof *items);
        no_memory = !grown;
        if (no_memory)
            break;
        items = grown;
        items[count++] =
            (struct order_item){db_column_uuid(rows, 0), db_column_int(rows, 1), db_column_int(rows, 2)};
    }
    order->items = (struct list){items, count};
    enum status s = db_finish(rows);
    return no_memory ? STATUS_NO_MEMORY : s;
}

/* The session's order with this id, and its seq. */
static enum status find_order(struct tx *tx, const struct uuid *session, const struct uuid *id, int64_t *seq,
                              struct order *out) {
    static const struct sql sql = {"SELECT " ORDER_COLUMNS " FROM orders WHERE id = $1 AND session = $2",
                                   NULL};
    struct db_rows *rows = db_query(tx->db, &sql, ARGS(db_uuid(id), db_uuid(session)));
    bool found = db_step(rows);
    if (found)
        read_order(tx, rows, seq, out);
    enum status s = db_finish(rows);
    if (s != STATUS_OK || !found)
        return s == STATUS_OK ? STATUS_ORDER_NOT_FOUND : s;
    return read_items(tx, *seq, out);
}

enum status order_get(struct tx *tx, const struct uuid *session, const struct uuid *id, struct order *out) {
    int64_t seq;
    return find_order(tx, session, id, &seq, out);
}

enum status order_find(struct tx *tx, const struct uuid *id, struct order *out) {
    static const struct sql sql = {"SELECT " ORDER_COLUMNS " FROM orders WHERE id = $1", NULL};
    int64_t seq;
    struct db_rows *rows = db_query(tx->db, &sql, ARGS(db_uuid(id)));
    bool found = db_step(rows);
    if (found)
        read_order(tx, rows, &seq, out);
    enum status s = db_finish(rows);
    if (s != STATUS_OK || !found)
        return s == STATUS_OK ? STATUS_ORDER_NOT_FOUND : s;
    return read_items(tx, seq, out);
}

static enum status count_orders(struct tx *tx, const struct uuid *session, int64_t *total) {
    static const struct sql sql = {"SELECT count(*) FROM orders WHERE session = $1", NULL};
    struct db_rows *rows = db_query(tx->db, &sql, ARGS(db_uuid(session)));
    while (db_step(rows))
        *total = db_column_int(rows, 0);
    return db_finish(rows);
}

enum status order_list(struct tx *tx, const struct uuid *session, int64_t limit, int64_t offset,
                       struct list *out, int64_t *total) {
    static const struct sql sql = {"SELECT " ORDER_COLUMNS
                                   " FROM orders WHERE session = $1"
                                   " ORDER BY seq DESC LIMIT $2 OFFSET $3",
                                   NULL};
    struct order *orders = arena_array(tx->arena, (size_t)limit, sizeof *orders);
    int64_t *seqs = arena_array(tx->arena, (size_t)limit, sizeof *seqs);
    size_t count = 0;
    if (!orders || !seqs)
        return STATUS_NO_MEMORY;
    struct db_rows *rows = db_query(tx->db, &sql, ARGS(db_uuid(session), db_int(limit), db_int(offset)));
    for (; db_step(rows); count++)
        read_order(tx, rows, &seqs[count], &orders[count]);
    enum status s = db_finish(rows);
    for (size_t i = 0; i < count && s == STATUS_OK; i++)
        s = read_items(tx, seqs[i], &orders[i]);
    *out = (struct list){orders, count};
    return s == STATUS_OK ? count_orders(tx, session, total) : s;
}

enum status order_close(struct tx *tx, int64_t order_seq, enum order_status to) {
    static const struct sql sql = {"UPDATE orders SET status = $1 WHERE seq = $2 AND status = 'pending'",
                                   NULL};
    int64_t changed = 0;
    assert(to != ORDER_PENDING);
    enum status s =
        db_exec(tx->db, &sql, ARGS(db_text(str_from(order_status_names[to])), db_int(order_seq)), &changed);
    if (s == STATUS_OK && changed == 0)
        return STATUS_ORDER_NOT_PENDING;
    if (s != STATUS_OK)
        return s;
    if (to == ORDER_PAID)
        return stock_sell(tx, order_seq);
    s = stock_return(tx, order_seq);
    return s == STATUS_OK ? payments_order_closed(tx, order_seq) : s;
}

/* The status first, so that of two who try one does. */
static enum status retake(struct tx *tx, int64_t order_seq) {
    static const struct sql sql = {
        "UPDATE orders SET status = 'paid', retaken = 1 WHERE seq = $1 AND status = 'expired'", NULL};
    int64_t changed = 0;
    enum status s = db_exec(tx->db, &sql, ARGS(db_int(order_seq)), &changed);
    if (s == STATUS_OK && changed == 0)
        return STATUS_ORDER_NOT_PENDING;
    if (s == STATUS_OK)
        s = stock_take_order(tx, order_seq);
    return s == STATUS_OK ? stock_sell(tx, order_seq) : s;
}

enum status order_retake(struct tx *tx, int64_t order_seq) {
    enum status s = db_savepoint(tx->db);
    if (s != STATUS_OK)
        return s;
    s = retake(tx, order_seq);
    enum status end = s == STATUS_OK ? db_release(tx->db) : db_rollback_to(tx->db);
    return end == STATUS_OK ? s : end;
}

enum status order_refund(struct tx *tx, int64_t order_seq) {
    static const struct sql sql = {"UPDATE orders SET status = 'refunded' WHERE seq = $1 AND status = 'paid'",
                                   NULL};
    int64_t changed = 0;
    enum status s = db_exec(tx->db, &sql, ARGS(db_int(order_seq)), &changed);
    if (s == STATUS_OK && changed == 0)
        return STATUS_ORDER_NOT_PAID;
    return s == STATUS_OK ? stock_return(tx, order_seq) : s;
}

enum status order_cancel(struct tx *tx, const struct uuid *session, const struct uuid *id,
                         struct order *out) {
    int64_t seq;
    enum status s = find_order(tx, session, id, &seq, out);
    if (s == STATUS_OK)
        s = order_close(tx, seq, ORDER_CANCELLED);
    out->status = ORDER_CANCELLED;
    return s;
}

/* The orders that are due, oldest first, and when the last of them was; on an engine with row locks, those
 * that no other node has taken up. */
static enum status find_due(struct tx *tx, int64_t limit, int64_t *seqs, int64_t *count, int64_t *until) {
    static const struct sql sql = {
        "SELECT seq, expires_at FROM orders WHERE status = 'pending' AND expires_at <= $1"
        " ORDER BY expires_at LIMIT $2",
        "SELECT seq, expires_at FROM orders WHERE status = 'pending' AND expires_at <= $1"
        " ORDER BY expires_at LIMIT $2 FOR UPDATE SKIP LOCKED"};
    *count = 0;
    struct db_rows *rows = db_query(tx->db, &sql, ARGS(db_int(clock_now_us(tx->clock)), db_int(limit)));
    for (; db_step(rows); ++*count) {
        seqs[*count] = db_column_int(rows, 0);
        *until = db_column_int(rows, 1);
    }
    return db_finish(rows);
}

/* Locks what orders that are due hold, in the order of the products, as those do who place an order. */
static enum status lock_due(struct tx *tx, int64_t until) {
    static const struct sql sql = {
        NULL,
        "SELECT seq FROM products WHERE seq IN (SELECT i.product FROM order_items AS i"
        " JOIN orders AS o ON o.seq = i.order_seq WHERE o.status = 'pending' AND o.expires_at <= $1)"
        " ORDER BY seq FOR NO KEY UPDATE"};
    return db_exec_later(tx->db, &sql, ARGS(db_int(until)));
}

enum status order_sweep(struct tx *tx, int64_t limit, int64_t *expired) {
    int64_t *seqs = arena_array(tx->arena, (size_t)limit, sizeof *seqs), until = 0;
    if (!seqs)
        return STATUS_NO_MEMORY;
    enum status s = find_due(tx, limit, seqs, expired, &until);
    if (s == STATUS_OK && *expired > 0)
        s = lock_due(tx, until);
    for (int64_t i = 0; i < *expired && s == STATUS_OK; i++)
        s = order_close(tx, seqs[i], ORDER_EXPIRED);
    return s;
}
