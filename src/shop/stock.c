/* How stock moves.
 *
 * For each product, at every commit:
 *
 *     stock_received  =  stock_quantity  +  Σ lines of pending orders  +  Σ lines of orders that were paid,
 *     (ever put in)      (can be bought)    (held)                          less what refunds restocked (taken)
 *
 * The owner's changes move stock_received by the same amount as stock_quantity, and each is a row of
 * stock_adjustments with what stock_received is after it. So the rows of a product are a chain, whose last link
 * is the product's stock_received. What orders do:
 *
 *     movement    when                              stock_quantity
 *     reserved    placed, or reactivated            - quantity      stock_take, stock_take_order
 *     returned    cancelled or expired              + quantity      stock_return
 *     returned    a refund succeeds                 + its restock   stock_restock
 *     sold        paid                              unchanged       stock_sell
 *
 * One row of stock_movements is written for each line of an order, or item of a refund, and each movement. They are not needed to
 * run the shop: the audit compares them with the orders' status and lines, and so finds a movement that
 * happened twice or not at all.
 *
 * Overselling is excluded by the UPDATE itself (`stock_quantity >= $1`), not by a check before it. Products
 * are always locked in the order of their seq, so that two orders never wait for each other in a circle. */
#include "shop/stock.h"

static const struct sql adjust_sql =
    SQL("UPDATE products SET stock_quantity = stock_quantity + $1, stock_received = stock_received + $1"
        " WHERE seq = $2 AND stock_quantity + $1 BETWEEN 0 AND 9007199254740991 RETURNING stock_received");

void stock_adjust_prefetch(struct shop_ctx *ctx, int64_t product_seq, int64_t delta) {
    db_prefetch(ctx->db, &adjust_sql, ARGS(db_int(delta), db_int(product_seq)));
}

enum status stock_adjust(struct shop_ctx *ctx, int64_t product_seq, int64_t delta, struct str reason) {
    static const struct sql record_sql =
        SQL("INSERT INTO stock_adjustments (product, delta, received, reason, created_at)"
            " VALUES ($1, $2, $3, $4, $5)");
    int64_t received = -1; /* stays if no row matched */
    ctx->changes |= TOPIC_STOCK;
    TRY(db_get_int(ctx->db, &adjust_sql, ARGS(db_int(delta), db_int(product_seq)), &received));
    if (received < 0)
        return STATUS_STOCK_OUT_OF_RANGE;
    return db_exec_deferred(ctx->db, &record_sql,
                            ARGS(db_int(product_seq), db_int(delta), db_int(received), db_text(reason),
                                 db_int(clock_now_us(ctx->clock))));
}

static const struct sql take_sql =
    SQL("UPDATE products SET stock_quantity = stock_quantity - $1"
        " WHERE seq = $2 AND is_active = 1 AND stock_quantity >= $1 RETURNING price");

void stock_take_prefetch(struct shop_ctx *ctx, int64_t product_seq, int64_t quantity) {
    db_prefetch(ctx->db, &take_sql, ARGS(db_int(quantity), db_int(product_seq)));
}

enum status stock_take(struct shop_ctx *ctx, int64_t product_seq, int64_t quantity, int64_t *price) {
    ctx->changes |= TOPIC_STOCK;
    *price = -1; /* stays if no row matched */
    enum status s = db_get_int(ctx->db, &take_sql, ARGS(db_int(quantity), db_int(product_seq)), price);
    return s == STATUS_OK && *price < 0 ? STATUS_INSUFFICIENT_STOCK : s;
}

static const struct sql available_sql =
    SQL("SELECT stock_quantity FROM products WHERE seq = $1 AND is_active = 1");

void stock_available_prefetch(struct shop_ctx *ctx, int64_t product_seq) {
    db_prefetch(ctx->db, &available_sql, ARGS(db_int(product_seq)));
}

enum status stock_available(struct shop_ctx *ctx, int64_t product_seq, int64_t *out) {
    *out = 0;
    return db_get_int(ctx->db, &available_sql, ARGS(db_int(product_seq)), out);
}

/* Records one kind of movement for every line of an order. */
static enum status stock_record(struct shop_ctx *ctx, int64_t order_seq, struct str kind) {
    static const struct sql sql =
        SQL("INSERT INTO stock_movements (product, order_seq, kind, quantity, created_at)"
            " SELECT product, order_seq, $1, quantity, $2 FROM order_items"
            " WHERE order_seq = $3 ORDER BY line");
    return db_exec_deferred(ctx->db, &sql,
                            ARGS(db_text(kind), db_int(clock_now_us(ctx->clock)), db_int(order_seq)));
}

enum status stock_record_reserved(struct shop_ctx *ctx, int64_t order_seq) {
    return stock_record(ctx, order_seq, STR("reserved"));
}

enum status stock_take_order(struct shop_ctx *ctx, int64_t order_seq) {
    static const struct sql sql =
        SQL("SELECT product, quantity FROM order_items WHERE order_seq = $1 ORDER BY product LIMIT $2");
    int64_t products[order_lines_max], quantities[order_lines_max], price;
    size_t count = 0;
    struct db_rows *rows = db_query(ctx->db, &sql, ARGS(db_int(order_seq), db_int(order_lines_max)));
    for (; db_step(rows); count++) {
        products[count] = db_column_int(rows, 0);
        quantities[count] = db_column_int(rows, 1);
    }
    enum status s = db_finish(rows);
    for (size_t i = 0; i < count && s == STATUS_OK; i++)
        stock_take_prefetch(ctx, products[i], quantities[i]);
    for (size_t i = 0; i < count && s == STATUS_OK; i++)
        s = stock_take(ctx, products[i], quantities[i], &price);
    return s == STATUS_OK ? stock_record_reserved(ctx, order_seq) : s;
}

/* The statements that give units back. `units(of)` is a SELECT of product, order_seq and quantity by the parameter `of`.
 *
 * The owner may have filled the stock up meanwhile. What would then pass money_max (2^53 - 1) is adjusted away,
 * because an order that cannot be closed would stop the sweep of expired orders for ever. UPDATE … FROM would lock the
 * products in any order, so they are locked first. */
#define RETURN_UNITS(units)                                                                                    \
    static const struct sql lock_sql = {                                                                       \
        NULL, "SELECT seq FROM products WHERE seq IN (SELECT product FROM (" units(                            \
                  "$1") ") AS u) ORDER BY seq FOR NO KEY UPDATE"};                                             \
    static const struct sql spill_sql =                                                                      \
        SQL("INSERT INTO stock_adjustments (product, delta, received, reason, created_at)"                   \
            " SELECT p.seq, 9007199254740991 - o.quantity - p.stock_quantity,"                               \
            " p.stock_received + 9007199254740991 - o.quantity - p.stock_quantity,"                          \
            " 'more than can be counted', $1 FROM (" units("$2") ") AS o"                                    \
            " JOIN products AS p ON p.seq = o.product"                                                       \
            " WHERE p.stock_quantity > 9007199254740991 - o.quantity"); \
    static const struct sql sql = {                                                                            \
        "UPDATE products SET stock_quantity = min(stock_quantity + o.quantity, 9007199254740991),"             \
        " stock_received = stock_received - max(stock_quantity + o.quantity - 9007199254740991, 0)"            \
        " FROM (" units("$1") ") AS o WHERE o.product = products.seq",                                         \
        "UPDATE products SET stock_quantity = least(stock_quantity + o.quantity, 9007199254740991),"           \
        " stock_received = stock_received - greatest(stock_quantity + o.quantity - 9007199254740991, 0)"       \
        " FROM (" units("$1") ") AS o WHERE o.product = products.seq"};                                        \
    static const struct sql record_sql =                                                                       \
        SQL("INSERT INTO stock_movements (product, order_seq, kind, quantity, created_at)"                     \
            " SELECT product, order_seq, 'returned', quantity, $1 FROM (" units("$2") ") AS o")

#define UNITS_OF_ORDER(of)                                                                                   \
    "SELECT product, order_seq, quantity FROM order_items WHERE order_seq = " of " ORDER BY line"

#define UNITS_OF_REFUND(of)                                                                                  \
    "SELECT i.product, i.order_seq, ri.restock AS quantity FROM refunds AS r"                                \
    " JOIN refund_items AS ri ON ri.refund = r.seq"                                                          \
    " JOIN order_items AS i ON i.order_seq = r.order_seq AND i.line = ri.line"                               \
    " WHERE r.id = " of " AND ri.restock > 0 ORDER BY ri.line"

/* Runs the statements of RETURN_UNITS. */
static enum status stock_run_return(struct shop_ctx *ctx, const struct sql *const statements[4],
                                    struct db_value of) {
    struct db_value now = db_int(clock_now_us(ctx->clock));
    ctx->changes |= TOPIC_STOCK;
    TRY(db_exec_deferred(ctx->db, statements[0], ARGS(of)));
    TRY(db_exec_deferred(ctx->db, statements[1], ARGS(now, of)));
    TRY(db_exec_deferred(ctx->db, statements[2], ARGS(of)));
    return db_exec_deferred(ctx->db, statements[3], ARGS(now, of));
}

enum status stock_return(struct shop_ctx *ctx, int64_t order_seq) {
    RETURN_UNITS(UNITS_OF_ORDER);
    const struct sql *const statements[] = {&lock_sql, &spill_sql, &sql, &record_sql};
    return stock_run_return(ctx, statements, db_int(order_seq));
}

enum status stock_restock(struct shop_ctx *ctx, const struct uuid *refund) {
    RETURN_UNITS(UNITS_OF_REFUND);
    const struct sql *const statements[] = {&lock_sql, &spill_sql, &sql, &record_sql};
    return stock_run_return(ctx, statements, db_uuid(refund));
}

enum status stock_sell(struct shop_ctx *ctx, int64_t order_seq) {
    return stock_record(ctx, order_seq, STR("sold"));
}
