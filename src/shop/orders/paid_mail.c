#include "shop/orders/paid_mail.h"

#include "base/buf.h"
#include "shop/checkout/checkout_settings.h"
#include "shop/orders/order_link.h"
#include "shop/orders/order_mail.h"
#include "shop/orders/order_number.h"
#include "shop/outbox/staff_mail.h"

/* The texts that the mails have. */
struct paid_order {
    struct uuid id;
    struct buf items, totals, address;
};

/* `2 × Desk lamp: 39.98 USD`. */
static void paid_order_put_line(struct db_rows *rows, struct arena *arena, struct str currency,
                                struct buf *out) {
    int64_t quantity = db_column_int(rows, 1);
    buf_put_text(out, out->size > 0 ? "\n" : "");
    buf_put_int(out, quantity);
    buf_put_text(out, " × ");
    buf_put(out, db_column_text(rows, 0, arena));
    buf_put_text(out, ": ");
    order_mail_put_money(out, quantity * db_column_int(rows, 2), currency);
}

static void paid_order_put_total(struct buf *out, struct str name, int64_t amount, struct str currency) {
    buf_put(out, name);
    buf_put_text(out, ": ");
    order_mail_put_money(out, amount, currency);
    buf_put_char(out, '\n');
}

/* Shipping and tax if they are in the total, then the total. */
static void paid_order_put_totals(struct db_rows *rows, struct arena *arena, struct str currency,
                                  struct buf *out) {
    struct str method = db_column_text(rows, 6, arena);
    int64_t discount = db_column_int(rows, 7), tax = db_column_int(rows, 9);
    if (discount > 0)
        paid_order_put_total(out, STR("Discount"), -discount, currency);
    if (method.data)
        paid_order_put_total(out, method, db_column_int(rows, 8), currency);
    if (tax > 0 && db_column_int(rows, 10) == 0)
        paid_order_put_total(out, STR("Tax"), tax, currency);
    buf_put_text(out, "Total: ");
    order_mail_put_money(out, db_column_int(rows, 4), currency);
    if (tax > 0 && db_column_int(rows, 10) != 0) {
        buf_put_text(out, ", with tax of ");
        order_mail_put_money(out, tax, currency);
    }
}

/* The address that the parcels go to, a line each; nothing if there is none. */
static void paid_order_put_address(struct db_rows *rows, struct arena *arena, struct buf *out) {
    enum { first = 11, count = 7 };
    for (int i = 0; i < count; i++) {
        struct str line = db_column_text(rows, first + i, arena);
        if (line.size == 0)
            continue;
        buf_put_text(out, out->size > 0 ? "\n" : "It goes to:\n");
        buf_put(out, line);
    }
}

/* One statement reads all of it: a row for each line of the order. */
static enum status paid_order_read(struct shop_ctx *ctx, int64_t order_seq, struct paid_order *out) {
    static const struct sql sql = SQL(
        "SELECT coalesce(i.name, p.name), i.quantity, i.price_at_purchase, o.id, o.total_amount, o.currency,"
        " t.shipping_name, coalesce(t.discount, 0), coalesce(t.shipping, 0), coalesce(t.tax, 0),"
        " coalesce(t.tax_included, 1), c.shipping_name, c.shipping_company, c.shipping_line1, c.shipping_line2,"
        " c.shipping_postal_code, c.shipping_city, c.shipping_country"
        " FROM orders AS o JOIN order_items AS i ON i.order_seq = o.seq JOIN products AS p ON p.seq = i.product"
        " LEFT JOIN order_totals AS t ON t.order_seq = o.seq"
        " LEFT JOIN order_contacts AS c ON c.order_seq = o.seq WHERE o.seq = $1 ORDER BY i.line");
    struct db_rows *rows = db_query(ctx->db, &sql, ARGS(db_int(order_seq)));
    for (size_t n = 0; db_step(rows); n++) {
        struct str currency = db_column_text(rows, 5, ctx->arena);
        paid_order_put_line(rows, ctx->arena, currency, &out->items);
        if (n > 0)
            continue;
        out->id = db_column_uuid(rows, 3);
        paid_order_put_totals(rows, ctx->arena, currency, &out->totals);
        paid_order_put_address(rows, ctx->arena, &out->address);
    }
    TRY(db_finish(rows));
    return buf_ok(&out->items) && buf_ok(&out->totals) && buf_ok(&out->address) ? STATUS_OK
                                                                                : STATUS_NO_MEMORY;
}

static enum status paid_mail_to_shopper(struct shop_ctx *ctx, int64_t order_seq, struct str email,
                                        struct str number, struct paid_order *order) {
    struct str link = {0};
    TRY(order_link_make(ctx, order_seq, &link));
    struct mail mail = {.kind = MAIL_ORDER_CONFIRMED,
                        .to = email,
                        .values = {{"number", number},
                                   {"items", buf_str(&order->items)},
                                   {"totals", buf_str(&order->totals)},
                                   {"address", order->address.size > 0 ? buf_str(&order->address) : STR("")},
                                   {"order_link", link}}};
    return mail_queue(ctx, &mail);
}

enum status order_paid_mail(struct shop_ctx *ctx, int64_t order_seq, struct str email) {
    struct checkout_settings settings;
    char number[order_number_size];
    TRY(checkout_settings_get(ctx, &settings));
    bool confirms = email.data && checkout_settings_mail(&settings, MAIL_ORDER_CONFIRMED);
    bool reports = checkout_settings_mail(&settings, MAIL_NEW_ORDER);
    if (!confirms && !reports)
        return STATUS_OK;
    struct paid_order order = {
        .items = buf_new(ctx->arena), .totals = buf_new(ctx->arena), .address = buf_new(ctx->arena)};
    TRY(paid_order_read(ctx, order_seq, &order));
    order_number_format(&order.id, number);
    struct str number_text = {number, sizeof number};
    if (confirms)
        TRY(paid_mail_to_shopper(ctx, order_seq, email, number_text, &order));
    struct mail mail = {.kind = MAIL_NEW_ORDER,
                        .values = {{"number", number_text},
                                   {"items", buf_str(&order.items)},
                                   {"totals", buf_str(&order.totals)}}};
    return reports ? staff_mail_queue(ctx, &mail) : STATUS_OK;
}
