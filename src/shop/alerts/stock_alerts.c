#include "shop/alerts/stock_alerts.h"

#include "shop/checkout/checkout_settings.h"
#include "shop/outbox/event.h"

/* Reads the threshold of low stock; 0 if it is not reported. */
static enum status stock_low_at(struct shop_ctx *ctx, int64_t *out) {
    struct checkout_settings settings;
    *out = 0;
    if (!event_is_wanted(ctx, EVENT_PRODUCT_LOW_STOCK))
        return STATUS_OK;
    TRY(checkout_settings_get(ctx, &settings));
    *out = settings.low_at;
    return STATUS_OK;
}

enum status stock_alert(struct shop_ctx *ctx, const struct uuid *product, int64_t before, int64_t after) {
    int64_t low_at = 0;
    if (before == 0 && after > 0)
        return event_record_stock(ctx, EVENT_PRODUCT_BACK_IN_STOCK, product);
    if (after >= before)
        return STATUS_OK;
    TRY(stock_low_at(ctx, &low_at));
    return low_at > 0 && before > low_at && after <= low_at
               ? event_record_stock(ctx, EVENT_PRODUCT_LOW_STOCK, product)
               : STATUS_OK;
}

/* Records an event of each product of a statement, which names their ids. */
static enum status stock_alert_rows(struct shop_ctx *ctx, struct db_rows *rows, enum event_type type) {
    struct uuid products[order_lines_max];
    size_t count = 0;
    while (count < order_lines_max && db_step(rows))
        products[count++] = db_column_uuid(rows, 0);
    TRY(db_finish(rows));
    for (size_t i = 0; i < count; i++)
        TRY(event_record_stock(ctx, type, &products[i]));
    return STATUS_OK;
}

enum status stock_alert_taken(struct shop_ctx *ctx, int64_t order_seq) {
    static const struct sql sql =
        SQL("SELECT p.id FROM order_items AS i JOIN products AS p ON p.seq = i.product"
            " WHERE i.order_seq = $1 AND p.stock_quantity <= $2 AND p.stock_quantity + i.quantity > $2"
            " ORDER BY i.line LIMIT 100");
    int64_t low_at = 0;
    TRY(stock_low_at(ctx, &low_at));
    if (low_at == 0)
        return STATUS_OK;
    return stock_alert_rows(ctx, db_query(ctx->db, &sql, ARGS(db_int(order_seq), db_int(low_at))),
                            EVENT_PRODUCT_LOW_STOCK);
}

/* Records that each product of a statement is back in stock, if a webhook asks for that. */
static enum status stock_alert_back(struct shop_ctx *ctx, const struct sql *sql, struct db_value of) {
    if (!event_is_wanted(ctx, EVENT_PRODUCT_BACK_IN_STOCK))
        return STATUS_OK;
    return stock_alert_rows(ctx, db_query(ctx->db, sql, ARGS(of)), EVENT_PRODUCT_BACK_IN_STOCK);
}

enum status stock_alert_returned(struct shop_ctx *ctx, int64_t order_seq) {
    static const struct sql sql =
        SQL("SELECT p.id FROM order_items AS i JOIN products AS p ON p.seq = i.product"
            " WHERE i.order_seq = $1 AND p.stock_quantity = i.quantity ORDER BY i.line LIMIT 100");
    return stock_alert_back(ctx, &sql, db_int(order_seq));
}

enum status stock_alert_restocked(struct shop_ctx *ctx, const struct uuid *refund) {
    static const struct sql sql = SQL(
        "SELECT p.id FROM refunds AS r JOIN refund_items AS ri ON ri.refund = r.seq"
        " JOIN order_items AS i ON i.order_seq = r.order_seq AND i.line = ri.line"
        " JOIN products AS p ON p.seq = i.product"
        " WHERE r.id = $1 AND ri.restock > 0 AND p.stock_quantity = ri.restock ORDER BY ri.line LIMIT 100");
    return stock_alert_back(ctx, &sql, db_uuid(refund));
}
