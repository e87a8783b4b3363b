#include "shop/desk/shelf.h"

#include "shop/catalogue/catalogue.h"
#include "shop/orders/owed.h"

#define OPEN_STATUSES "('pending', 'paid')"

/* Reads the product's row; `seq` gets its number. */
static enum status shelf_read_product(struct shop_ctx *ctx, const struct uuid *product, int64_t *seq,
                                      struct shelf *out) {
    static const struct sql sql =
        SQL("SELECT seq, stock_quantity FROM products WHERE id = $1 AND " VISIBLE_PRODUCT);
    struct db_rows *rows = db_query(ctx->db, &sql, ARGS(db_uuid(product)));
    if (db_step(rows)) {
        *seq = db_column_int(rows, 0);
        *out = (struct shelf){.product_id = *product, .stock_quantity = db_column_int(rows, 1)};
    }
    return db_finish_or(rows, STATUS_PRODUCT_NOT_FOUND);
}

/* Reads whether the orders that may hold something are few enough to be added up. */
static enum status shelf_is_countable(struct shop_ctx *ctx, bool *out) {
    static const struct sql sql =
        SQL("SELECT count(*) FROM (SELECT seq FROM orders"
            " WHERE status IN " OPEN_STATUSES " LIMIT $1) AS o");
    int64_t count = 0;
    TRY(db_get_int(ctx->db, &sql, ARGS(db_int(shelf_orders_max + 1)), &count));
    *out = count <= shelf_orders_max;
    return STATUS_OK;
}

enum status shelf_count(struct shop_ctx *ctx, const struct uuid *product, struct shelf *out) {
    static const struct sql sql =
        SQL("SELECT CASE WHEN o.status = 'paid' THEN 1 ELSE 0 END, CAST(sum(" LINE_OWED
            ") AS bigint)"
            " FROM orders AS o JOIN order_items AS i ON i.order_seq = o.seq"
            " WHERE o.status IN " OPEN_STATUSES " AND i.product = $1 GROUP BY o.status");
    int64_t seq = 0, held[2] = {0, 0}; /* of pending and of paid orders */
    bool is_countable;
    TRY(shelf_read_product(ctx, product, &seq, out));
    TRY(shelf_is_countable(ctx, &is_countable));
    if (!is_countable)
        return STATUS_OK;
    struct db_rows *rows = db_query(ctx->db, &sql, ARGS(db_int(seq)));
    while (db_step(rows))
        held[db_column_int(rows, 0) != 0] = db_column_int(rows, 1);
    out->held_unpaid = (struct maybe_int){true, held[0]};
    out->held_unsent = (struct maybe_int){true, held[1]};
    out->on_shelf = (struct maybe_int){true, out->stock_quantity + held[0] + held[1]};
    return db_finish(rows);
}
