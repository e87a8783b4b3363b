#include "shop/stock.h"

#include "shop/order.h"

static const struct sql take_sql = {
    "UPDATE products SET stock_quantity = stock_quantity - $1"
    " WHERE seq = $2 AND is_active = 1 AND stock_quantity >= $1 RETURNING price",
    NULL};

void stock_take_ahead(struct tx *tx, int64_t product_seq, int64_t quantity) {
    db_ahead(tx->db, &take_sql, ARGS(db_int(quantity), db_int(product_seq)));
}

enum status stock_take(struct tx *tx, int64_t product_seq, int64_t quantity, int64_t *price) {
    tx->changes |= CHANGES_STOCK;
    struct db_rows *rows = db_query(tx->db, &take_sql, ARGS(db_int(quantity), db_int(product_seq)));
    bool taken = false;
    while (db_step(rows)) {
        *price = db_column_int(rows, 0);
        taken = true;
    }
    enum status s = db_finish(rows);
    return s == STATUS_OK && !taken ? STATUS_INSUFFICIENT_STOCK : s;
}

enum status stock_available(struct tx *tx, int64_t product_seq, int64_t *out) {
    static const struct sql sql = {"SELECT stock_quantity FROM products WHERE seq = $1 AND is_active = 1",
                                   NULL};
    *out = 0;
    struct db_rows *rows = db_query(tx->db, &sql, ARGS(db_int(product_seq)));
    while (db_step(rows))
        *out = db_column_int(rows, 0);
    return db_finish(rows);
}

/* Writes a movement of one kind for every line of an order. */
static enum status write_movements(struct tx *tx, int64_t order_seq, struct str kind) {
    static const struct sql sql = {
        "INSERT INTO stock_movements (product, order_seq, kind, quantity, created_at)"
        " SELECT product, order_seq, $1, quantity, $2 FROM order_items"
        " WHERE order_seq = $3 ORDER BY line",
        NULL};
    return db_exec_later(tx->db, &sql,
                         ARGS(db_text(kind), db_int(clock_now_us(tx->clock)), db_int(order_seq)));
}

enum status stock_reserved(struct tx *tx, int64_t order_seq) {
    return write_movements(tx, order_seq, STR("reserved"));
}

enum status stock_take_order(struct tx *tx, int64_t order_seq) {
    static const struct sql sql = {
        "SELECT product, quantity FROM order_items WHERE order_seq = $1 ORDER BY product LIMIT $2", NULL};
    int64_t products[order_lines_max], quantities[order_lines_max], price;
    size_t count = 0;
    struct db_rows *rows = db_query(tx->db, &sql, ARGS(db_int(order_seq), db_int(order_lines_max)));
    for (; db_step(rows); count++) {
        products[count] = db_column_int(rows, 0);
        quantities[count] = db_column_int(rows, 1);
    }
    enum status s = db_finish(rows);
    for (size_t i = 0; i < count && s == STATUS_OK; i++)
        stock_take_ahead(tx, products[i], quantities[i]);
    for (size_t i = 0; i < count && s == STATUS_OK; i++)
        s = stock_take(tx, products[i], quantities[i], &price);
    return s == STATUS_OK ? stock_reserved(tx, order_seq) : s;
}

/* What would pass 2^53 - 1 in stock, which the owner has filled up meanwhile, is counted as never received:
 * an order that could not be closed would hold the sweeper up for ever. */
enum status stock_return(struct tx *tx, int64_t order_seq) {
    static const struct sql sql = {
        "UPDATE products SET stock_quantity = min(stock_quantity + o.quantity, 9007199254740991),"
        " stock_received = stock_received - max(stock_quantity + o.quantity - 9007199254740991, 0)"
        " FROM order_items AS o WHERE o.order_seq = $1 AND o.product = products.seq",
        "UPDATE products SET stock_quantity = least(stock_quantity + o.quantity, 9007199254740991),"
        " stock_received = stock_received - greatest(stock_quantity + o.quantity - 9007199254740991, 0)"
        " FROM order_items AS o WHERE o.order_seq = $1 AND o.product = products.seq"};
    /* Everybody locks products in the order of their seq, so that nobody waits for another in a circle. */
    static const struct sql lock_sql = {
        NULL,
        "SELECT seq FROM products WHERE seq IN (SELECT product FROM order_items WHERE order_seq = $1)"
        " ORDER BY seq FOR NO KEY UPDATE"};
    tx->changes |= CHANGES_STOCK;
    enum status s = db_exec_later(tx->db, &lock_sql, ARGS(db_int(order_seq)));
    if (s == STATUS_OK)
        s = db_exec_later(tx->db, &sql, ARGS(db_int(order_seq)));
    return s == STATUS_OK ? write_movements(tx, order_seq, STR("returned")) : s;
}

enum status stock_sell(struct tx *tx, int64_t order_seq) {
    return write_movements(tx, order_seq, STR("sold"));
}
