#include "shop/alerts/stock_alerts.h"

#include "shop/alerts/stock_digest.h"
#include "shop/checkout/checkout_settings.h"
#include "shop/outbox/event.h"

/* How low stock is reported. */
struct low_stock_rule {
    int64_t at; /* the threshold; 0: it is not reported */
    bool is_mailed;
};

static enum status low_stock_rule_get(struct shop_ctx *ctx, struct low_stock_rule *out) {
    struct checkout_settings settings;
    TRY(checkout_settings_get(ctx, &settings));
    out->is_mailed = checkout_settings_mail(&settings, MAIL_LOW_STOCK);
    out->at = out->is_mailed || event_is_wanted(ctx, EVENT_PRODUCT_LOW_STOCK) ? settings.low_at : 0;
    return STATUS_OK;
}

static enum status low_stock_report(struct shop_ctx *ctx, const struct low_stock_rule *rule,
                                    const struct uuid *product) {
    TRY(event_record_stock(ctx, EVENT_PRODUCT_LOW_STOCK, product));
    return rule->is_mailed ? stock_digest_note(ctx, product) : STATUS_OK;
}

enum status stock_alert(struct shop_ctx *ctx, const struct uuid *product, int64_t before, int64_t after) {
    struct low_stock_rule rule;
    if (before == 0 && after > 0)
        return event_record_stock(ctx, EVENT_PRODUCT_BACK_IN_STOCK, product);
    if (after >= before)
        return STATUS_OK;
    TRY(low_stock_rule_get(ctx, &rule));
    return rule.at > 0 && before > rule.at && after <= rule.at ? low_stock_report(ctx, &rule, product)
                                                               : STATUS_OK;
}

/* Reads the products of a statement, which names their ids. */
static enum status stock_alert_read(struct db_rows *rows, struct uuid products[static order_lines_max],
                                    size_t *count) {
    *count = 0;
    while (*count < order_lines_max && db_step(rows))
        products[(*count)++] = db_column_uuid(rows, 0);
    return db_finish(rows);
}

enum status stock_alert_taken(struct shop_ctx *ctx, int64_t order_seq) {
    static const struct sql sql =
        SQL("SELECT p.id FROM order_items AS i JOIN products AS p ON p.seq = i.product"
            " WHERE i.order_seq = $1 AND p.stock_quantity <= $2 AND p.stock_quantity + i.quantity > $2"
            " ORDER BY i.line LIMIT 100");
    struct uuid products[order_lines_max];
    struct low_stock_rule rule;
    size_t count;
    TRY(low_stock_rule_get(ctx, &rule));
    if (rule.at == 0)
        return STATUS_OK;
    TRY(stock_alert_read(db_query(ctx->db, &sql, ARGS(db_int(order_seq), db_int(rule.at))), products,
                         &count));
    for (size_t i = 0; i < count; i++)
        TRY(low_stock_report(ctx, &rule, &products[i]));
    return STATUS_OK;
}

/* Records that each product of a statement is back in stock, if a webhook asks for that. */
static enum status stock_alert_back(struct shop_ctx *ctx, const struct sql *sql, struct db_value of) {
    if (!event_is_wanted(ctx, EVENT_PRODUCT_BACK_IN_STOCK))
        return STATUS_OK;
    struct uuid products[order_lines_max];
    size_t count;
    TRY(stock_alert_read(db_query(ctx->db, sql, ARGS(of)), products, &count));
    for (size_t i = 0; i < count; i++)
        TRY(event_record_stock(ctx, EVENT_PRODUCT_BACK_IN_STOCK, &products[i]));
    return STATUS_OK;
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
