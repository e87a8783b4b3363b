/* Orders as rows, and the ways in which an order ends.
 *
 * How it works: each function that changes a status begins with
 *
 *     UPDATE orders SET status = <to> WHERE seq = … AND status = <from>
 *
 * and moves the stock only if that changed a row. Two transactions may try to close one order at a time: a
 * payment and the sweep, two cancels, two webhooks. With one writer (SQLite) they run one after the other; on
 * PostgreSQL the second waits for the row lock and then matches no row. So exactly one moves the stock.
 *
 * Every transaction locks an order's row first, then products by seq, then payments, so that no two wait for
 * each other in a circle. order_expire closes many orders in one transaction, so it locks the products of all
 * of them before it closes the first. */
#include "shop/orders/order.h"

#include "shop/alerts/stock_alerts.h"
#include "shop/orders/owed.h"
#include "shop/outbox/event.h"
#include "shop/row_list.h"
#include "shop/stock.h"

#include <assert.h>

const char *const order_status_names[] = {"pending",   "paid",    "shipped",  "delivered",
                                          "cancelled", "expired", "refunded", NULL};

#define ORDER_COLUMNS "seq, id, total_amount, status, currency, created_at"
enum { order_columns = 6 };

void order_read_row(struct shop_ctx *ctx, struct db_rows *rows, void *element) {
    struct order *out = element;
    *out = (struct order){
        .seq = db_column_int(rows, 0),
        .id = db_column_uuid(rows, 1),
        .total_amount = db_column_int(rows, 2),
        .status = db_column_enum(rows, 3, order_status_names),
        .currency = db_column_text(rows, 4, ctx->arena),
        .created_at = db_column_int(rows, 5),
    };
}

/* Reads the items of `count` orders, newest first, from a statement that has the items of the oldest first, and
 * finishes it. (That is the order of their table, so nothing is sorted.) Most orders have a few, so the array of an order grows by one: order_lines_max of them at once would be 4 KB for
 * each order of a page. */
static enum status order_read_items(struct shop_ctx *ctx, struct db_rows *rows, struct order *orders,
                                    size_t count) {
    struct order_item *items = NULL; /* of orders[i] */
    size_t i = count - 1, size = sizeof *items;
    bool has_room = true;
    while (has_room && db_step(rows)) {
        for (; i < count && orders[i].seq != db_column_int(rows, 0); i--)
            items = NULL;
        assert(i < count); /* orders and items are of one snapshot */
        size_t before = orders[i].items.count;
        struct order_item *grown = arena_grow(ctx->arena, items, before * size, (before + 1) * size);
        has_room = grown != NULL;
        if (has_room) {
            items = grown;
            items[before] =
                (struct order_item){db_column_uuid(rows, 1), db_column_int(rows, 2), db_column_int(rows, 3)};
            orders[i].items = (struct list){items, before + 1};
        }
    }
    enum status s = db_finish(rows);
    return has_room ? s : STATUS_NO_MEMORY;
}

#define ITEM_COLUMNS "o.order_seq, p.id, o.quantity, o.price_at_purchase"
#define ITEM_TABLES "order_items AS o JOIN products AS p ON p.seq = o.product"

/* Reads the one order of a statement, with its items. `email` is read from the column behind the order's; or NULL. */
static enum status order_read(struct shop_ctx *ctx, struct db_rows *rows, struct order *out,
                              struct str *email) {
    static const struct sql sql =
        SQL("SELECT " ITEM_COLUMNS " FROM " ITEM_TABLES " WHERE o.order_seq = $1 ORDER BY o.line");
    if (db_step(rows)) {
        order_read_row(ctx, rows, out);
        if (email)
            *email = db_column_text(rows, order_columns, ctx->arena);
    }
    TRY(db_finish_or(rows, STATUS_ORDER_NOT_FOUND));
    return order_read_items(ctx, db_query(ctx->db, &sql, ARGS(db_int(out->seq))), out, 1);
}

#define ORDER_AND_EMAIL                                                                                      \
    "SELECT " ORDER_COLUMNS                                                                                  \
    ", (SELECT email FROM order_contacts WHERE order_seq = orders.seq) FROM orders"                          \
    " WHERE id = $1"

enum status order_get(struct shop_ctx *ctx, const struct uuid *session, const struct uuid *id,
                      struct order *out, struct str *email) {
    static const struct sql sql = SQL(ORDER_AND_EMAIL " AND session = $2");
    static const struct sql staff_sql = SQL(ORDER_AND_EMAIL);
    struct db_rows *rows = session ? db_query(ctx->db, &sql, ARGS(db_uuid(id), db_uuid(session)))
                                   : db_query(ctx->db, &staff_sql, ARGS(db_uuid(id)));
    return order_read(ctx, rows, out, email);
}

enum status order_get_readable(struct shop_ctx *ctx, const struct uuid *session, const struct uuid *id,
                               struct order *out) {
    static const struct sql sql =
        SQL("SELECT " ORDER_COLUMNS " FROM orders WHERE id = $1 AND " ORDER_READABLE("orders"));
    int64_t now = clock_now_us(ctx->clock);
    return order_read(ctx, db_query(ctx->db, &sql, ARGS(db_uuid(id), db_uuid(session), db_int(now))), out,
                      NULL);
}

enum status order_find(struct shop_ctx *ctx, const struct uuid *id, struct order *out) {
    static const struct sql sql = SQL("SELECT " ORDER_COLUMNS " FROM orders WHERE id = $1");
    return order_read(ctx, db_query(ctx->db, &sql, ARGS(db_uuid(id))), out, NULL);
}

#define ORDER_PAGE "FROM orders WHERE session = $1 ORDER BY seq DESC LIMIT $2 OFFSET $3"

/* On PostgreSQL the three statements travel together. */
enum status order_list(struct shop_ctx *ctx, const struct uuid *session, int64_t limit, int64_t offset,
                       struct list *out, int64_t *total) {
    static const struct sql sql = SQL("SELECT " ORDER_COLUMNS " " ORDER_PAGE);
    static const struct sql item_sql =
        SQL("SELECT " ITEM_COLUMNS " FROM " ITEM_TABLES " WHERE o.order_seq IN (SELECT seq " ORDER_PAGE
            ") ORDER BY o.order_seq, o.line");
    static const struct sql count_sql = SQL("SELECT count(*) FROM orders WHERE session = $1");
    const struct db_value page[] = {db_uuid(session), db_int(limit), db_int(offset)};
    size_t page_size = sizeof page / sizeof *page;
    db_prefetch(ctx->db, &sql, page, page_size);
    db_prefetch(ctx->db, &item_sql, page, page_size);
    db_prefetch(ctx->db, &count_sql, page, 1);
    struct db_rows *rows = db_query(ctx->db, &sql, page, page_size);
    TRY(row_list_read(ctx, rows, order_read_row, sizeof(struct order), limit, out));
    TRY(order_read_items(ctx, db_query(ctx->db, &item_sql, page, page_size), (struct order *)out->data,
                         out->count));
    return db_get_int(ctx->db, &count_sql, page, 1, total);
}

enum status order_lock(struct shop_ctx *ctx, const struct uuid *id) {
    static const struct sql sql = {NULL, "SELECT 1 FROM orders WHERE id = $1 FOR NO KEY UPDATE"};
    return db_exec_deferred(ctx->db, &sql, ARGS(db_uuid(id)));
}

enum status order_extend_hold(struct shop_ctx *ctx, int64_t order_seq, int64_t created_at) {
    static const struct sql sql =
        SQL("UPDATE orders SET expires_at = $1 WHERE seq = $2 AND status = 'pending' AND expires_at < $1");
    return db_exec_deferred(ctx->db, &sql,
                            ARGS(db_int(created_at + ctx->settings->reserve_us), db_int(order_seq)));
}

/* ---- Ends. */

static enum event_type order_end_event(enum order_status to) {
    return to == ORDER_PAID      ? EVENT_ORDER_PAID
           : to == ORDER_EXPIRED ? EVENT_ORDER_EXPIRED
                                 : EVENT_ORDER_CANCELLED;
}

static enum status order_return_stock(struct shop_ctx *ctx, int64_t order_seq) {
    TRY(stock_return(ctx, order_seq));
    return stock_alert_returned(ctx, order_seq);
}

enum status order_close(struct shop_ctx *ctx, int64_t order_seq, enum order_status to) {
    static const struct sql sql =
        SQL("UPDATE orders SET status = $1, closed_at = $2 WHERE seq = $3 AND status = 'pending'");
    assert(to == ORDER_PAID || to == ORDER_CANCELLED || to == ORDER_EXPIRED);
    TRY(db_exec_deferred_or(
        ctx->db, &sql,
        ARGS(db_text(str_from(order_status_names[to])), db_int(clock_now_us(ctx->clock)), db_int(order_seq)),
        STATUS_ORDER_NOT_PENDING));
    TRY(event_record_order(ctx, order_end_event(to), order_seq));
    return to == ORDER_PAID ? stock_sell(ctx, order_seq) : order_return_stock(ctx, order_seq);
}

static enum status order_try_reactivate(struct shop_ctx *ctx, int64_t order_seq) {
    static const struct sql sql =
        SQL("UPDATE orders SET status = 'paid', retaken = 1, closed_at = $1"
            " WHERE seq = $2 AND status = 'expired'");
    TRY(db_exec_or(ctx->db, &sql, ARGS(db_int(clock_now_us(ctx->clock)), db_int(order_seq)),
                   STATUS_ORDER_NOT_PENDING));
    TRY(stock_take_order(ctx, order_seq));
    TRY(stock_alert_taken(ctx, order_seq));
    TRY(event_record_order(ctx, EVENT_ORDER_PAID, order_seq));
    return stock_sell(ctx, order_seq);
}

/* A shortage may be found after some lines were taken already. The savepoint gives those back, while the
 * caller's transaction goes on and records the money as overpaid. */
enum status order_reactivate(struct shop_ctx *ctx, int64_t order_seq) {
    TRY(db_savepoint(ctx->db));
    enum status s = order_try_reactivate(ctx, order_seq);
    enum status end = s == STATUS_OK ? db_release(ctx->db) : db_rollback_to(ctx->db);
    return end == STATUS_OK ? s : end;
}

enum status order_refund(struct shop_ctx *ctx, int64_t order_seq) {
    static const struct sql sql =
        SQL("UPDATE orders SET status = 'refunded', refunded_at = $1"
            " WHERE seq = $2 AND status IN " SOLD_STATUSES);
    TRY(db_exec_deferred_or(ctx->db, &sql, ARGS(db_int(clock_now_us(ctx->clock)), db_int(order_seq)),
                            STATUS_ORDER_NOT_PAID));
    return event_record_order(ctx, EVENT_ORDER_REFUNDED, order_seq);
}

enum status order_update_shipping(struct shop_ctx *ctx, int64_t order_seq) {
    static const struct sql sql =
        SQL("UPDATE orders SET status = " SHIPPING_STATUS " WHERE seq = $1 AND status IN " SOLD_STATUSES);
    return db_exec_deferred(ctx->db, &sql, ARGS(db_int(order_seq)));
}

/* ---- Expiry. */

/* Finds orders whose time has passed, oldest first. `until` gets the time of the last of them. On PostgreSQL
 * the orders are locked, and those that another node's sweep has locked are skipped. */
static enum status order_find_expired(struct shop_ctx *ctx, int64_t limit, int64_t *seqs, size_t *count,
                                      int64_t *until) {
    static const struct sql sql = {
        "SELECT seq, expires_at FROM orders WHERE status = 'pending' AND expires_at <= $1"
        " ORDER BY expires_at LIMIT $2",
        "SELECT seq, expires_at FROM orders WHERE status = 'pending' AND expires_at <= $1"
        " ORDER BY expires_at LIMIT $2 FOR UPDATE SKIP LOCKED"};
    struct db_rows *rows = db_query(ctx->db, &sql, ARGS(db_int(clock_now_us(ctx->clock)), db_int(limit)));
    for (; db_step(rows); ++*count) {
        seqs[*count] = db_column_int(rows, 0);
        *until = db_column_int(rows, 1);
    }
    return db_finish(rows);
}

/* Locks the products of all orders that expired by `until`, in the order of their seq as order_place does. */
static enum status order_lock_expired(struct shop_ctx *ctx, int64_t until) {
    static const struct sql sql = {
        NULL,
        "SELECT seq FROM products WHERE seq IN (SELECT i.product FROM order_items AS i"
        " JOIN orders AS o ON o.seq = i.order_seq WHERE o.status = 'pending' AND o.expires_at <= $1)"
        " ORDER BY seq FOR NO KEY UPDATE"};
    return db_exec_deferred(ctx->db, &sql, ARGS(db_int(until)));
}

enum status order_expire(struct shop_ctx *ctx, int64_t limit, struct list *out) {
    int64_t *seqs = arena_array(ctx->arena, (size_t)limit, sizeof *seqs), until = 0;
    *out = (struct list){seqs, 0};
    if (!seqs)
        return STATUS_NO_MEMORY;
    enum status s = order_find_expired(ctx, limit, seqs, &out->count, &until);
    if (s == STATUS_OK && out->count > 0)
        s = order_lock_expired(ctx, until);
    for (size_t i = 0; i < out->count && s == STATUS_OK; i++)
        s = order_close(ctx, seqs[i], ORDER_EXPIRED);
    return s;
}
