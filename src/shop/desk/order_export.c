/* How it works: order_search finds the orders of a page. Then one statement reads each of them, with its columns in the
 * order of the file, so that a row is written by going through the table below. On PostgreSQL all of a page travel
 * together. */
#include "shop/desk/order_export.h"

#include "base/file/csv.h"
#include "pay/currency.h"

enum cell_kind { CELL_TEXT, CELL_MAIL, CELL_INT, CELL_MONEY, CELL_TIME, CELL_NUMBER, CELL_ID };
enum cell_scope { EACH_LINE, FIRST_LINE };

struct export_column {
    const char *title;
    enum cell_kind kind;
    enum cell_scope scope;
};

/* The columns of export_sql. */
static const struct export_column columns[] = {
    {"Name", CELL_NUMBER, EACH_LINE},
    {"Email", CELL_MAIL, EACH_LINE},
    {"Status", CELL_TEXT, FIRST_LINE},
    {"Created at", CELL_TIME, FIRST_LINE},
    {"Currency", CELL_TEXT, FIRST_LINE},
    {"Subtotal", CELL_MONEY, FIRST_LINE},
    {"Discount Amount", CELL_MONEY, FIRST_LINE},
    {"Shipping", CELL_MONEY, FIRST_LINE},
    {"Taxes", CELL_MONEY, FIRST_LINE},
    {"Total", CELL_MONEY, FIRST_LINE},
    {"Shipping Method", CELL_TEXT, FIRST_LINE},
    {"Lineitem quantity", CELL_INT, EACH_LINE},
    {"Lineitem name", CELL_TEXT, EACH_LINE},
    {"Lineitem price", CELL_MONEY, EACH_LINE},
    {"Lineitem discount", CELL_MONEY, EACH_LINE},
    {"Lineitem tax", CELL_MONEY, EACH_LINE},
    {"Shipping Name", CELL_TEXT, FIRST_LINE},
    {"Shipping Company", CELL_TEXT, FIRST_LINE},
    {"Shipping Address1", CELL_TEXT, FIRST_LINE},
    {"Shipping Address2", CELL_TEXT, FIRST_LINE},
    {"Shipping City", CELL_TEXT, FIRST_LINE},
    {"Shipping Province", CELL_TEXT, FIRST_LINE},
    {"Shipping Zip", CELL_TEXT, FIRST_LINE},
    {"Shipping Country", CELL_TEXT, FIRST_LINE},
    {"Shipping Phone", CELL_TEXT, FIRST_LINE},
    {"Billing Name", CELL_TEXT, FIRST_LINE},
    {"Billing Company", CELL_TEXT, FIRST_LINE},
    {"Billing Address1", CELL_TEXT, FIRST_LINE},
    {"Billing Address2", CELL_TEXT, FIRST_LINE},
    {"Billing City", CELL_TEXT, FIRST_LINE},
    {"Billing Province", CELL_TEXT, FIRST_LINE},
    {"Billing Zip", CELL_TEXT, FIRST_LINE},
    {"Billing Country", CELL_TEXT, FIRST_LINE},
    {"Billing Phone", CELL_TEXT, FIRST_LINE},
    {"Notes", CELL_TEXT, FIRST_LINE},
    {"Id", CELL_ID, EACH_LINE},
};
enum { column_count = sizeof columns / sizeof *columns };

/* clang-format off */
#define ADDRESS(kind)                                                                                        \
    "c." kind "_name, c." kind "_company, c." kind "_line1, c." kind "_line2, c." kind "_city, c." kind "_region, c." \
    kind "_postal_code, c." kind "_country, c." kind "_phone"
static const struct sql export_sql = SQL(
    "SELECT o.id, c.email, o.status, o.created_at, o.currency, coalesce(t.items, o.total_amount),"
    " coalesce(t.discount, 0), coalesce(t.shipping, 0), coalesce(t.tax, 0), o.total_amount, t.shipping_name,"
    " i.quantity, coalesce(i.name, p.name), i.price_at_purchase, coalesce(l.discount, 0), coalesce(l.tax, 0), "
    ADDRESS("shipping") ", " ADDRESS("billing") ", c.note, o.id"
    " FROM orders AS o JOIN order_items AS i ON i.order_seq = o.seq JOIN products AS p ON p.seq = i.product"
    " LEFT JOIN order_totals AS t ON t.order_seq = o.seq"
    " LEFT JOIN order_line_totals AS l ON l.order_seq = i.order_seq AND l.line = i.line"
    " LEFT JOIN order_contacts AS c ON c.order_seq = o.seq WHERE o.seq = $1 ORDER BY i.line");
/* clang-format on */

/* Writes 1999 as 19.99, if the currency has two digits. */
static void export_put_money(struct buf *out, int64_t amount, int digits) {
    int64_t unit = 1;
    for (int i = 0; i < digits; i++)
        unit *= 10;
    buf_put_int(out, amount / unit);
    if (digits > 0)
        buf_printf(out, ".%0*d", digits, (int)(amount % unit));
}

static void export_put_time(struct buf *out, int64_t us) {
    char text[time_text_size];
    time_format(us, text);
    buf_put(out, (struct str){text, sizeof text});
}

/* Writes an id as text, or the order's number that follows from it. */
static void export_put_id(struct buf *out, const struct uuid *id, enum cell_kind kind) {
    char text[uuid_text_size], number[order_number_size];
    if (kind == CELL_NUMBER) {
        order_number_format(id, number);
        buf_put(out, (struct str){number, sizeof number});
    } else {
        uuid_format(id, text);
        buf_put(out, (struct str){text, sizeof text});
    }
}

static void export_put_cell(struct shop_ctx *ctx, struct db_rows *rows, int i, int digits, struct buf *out) {
    struct uuid id;
    switch (columns[i].kind) {
    case CELL_TEXT:
    case CELL_MAIL:
        csv_put_guarded(out, db_column_text(rows, i, ctx->arena));
        break;
    case CELL_INT:
        buf_put_int(out, db_column_int(rows, i));
        break;
    case CELL_MONEY:
        export_put_money(out, db_column_int(rows, i), digits);
        break;
    case CELL_TIME:
        export_put_time(out, db_column_int(rows, i));
        break;
    case CELL_NUMBER:
    case CELL_ID:
        id = db_column_uuid(rows, i);
        export_put_id(out, &id, columns[i].kind);
        break;
    }
}

static void export_put_head(struct buf *out) {
    for (int i = 0; i < column_count; i++) {
        buf_put_text(out, i > 0 ? "," : "");
        buf_put_text(out, columns[i].title);
    }
    buf_put_text(out, "\r\n");
}

/* Writes the rows of an order. */
static enum status export_put_order(struct shop_ctx *ctx, const struct order_row *order, bool has_mail,
                                    struct buf *out) {
    int digits = currency_digits(order->currency);
    bool is_first = true;
    struct db_rows *rows = db_query(ctx->db, &export_sql, ARGS(db_int(order->seq)));
    for (; db_step(rows); is_first = false) {
        for (int i = 0; i < column_count; i++) {
            bool is_shown =
                (is_first || columns[i].scope == EACH_LINE) && (has_mail || columns[i].kind != CELL_MAIL);
            buf_put_text(out, i > 0 ? "," : "");
            if (is_shown)
                export_put_cell(ctx, rows, i, digits, out);
        }
        buf_put_text(out, "\r\n");
    }
    return db_finish(rows);
}

enum status order_export(struct shop_ctx *ctx, const struct order_filter *filter, struct buf *out,
                         int64_t *count, int64_t *next) {
    struct list found = {0};
    TRY(order_search(ctx, filter, &found, next));
    const struct order_row *orders = found.data;
    *count = (int64_t)found.count;
    if (filter->before == INT64_MAX)
        export_put_head(out);
    for (size_t i = 0; i < found.count; i++)
        db_prefetch(ctx->db, &export_sql, ARGS(db_int(orders[i].seq)));
    for (size_t i = 0; i < found.count; i++)
        TRY(export_put_order(ctx, &orders[i], filter->has_mail, out));
    return buf_ok(out) ? STATUS_OK : STATUS_NO_MEMORY;
}
