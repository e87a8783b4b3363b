#include "shop/orders/order_details.h"

#include "shop/email_key.h"
#include "shop/index/text.h"
#include "shop/orders/owed.h"
#include "shop/row_list.h"

/* ---- Writing. */

#define ADDRESS_COLUMNS(kind)                                                                                \
    kind "_name, " kind "_company, " kind "_line1, " kind "_line2, " kind "_city, " kind "_region, " kind    \
         "_postal_code, " kind "_country, " kind "_phone"
#define ADDRESS_VALUES(a)                                                                                    \
    db_text((a)->name), db_text((a)->company), db_text((a)->line1), db_text((a)->line2), db_text((a)->city), \
        db_text((a)->region), db_text((a)->postal_code), db_text((a)->country), db_text((a)->phone)
enum { address_columns = 9 };

/* The name on an order's address. */
static struct str order_name(const struct checkout_wish *wish) {
    const struct address *address = wish->shipping ? wish->shipping : wish->billing;
    return address ? address->name : (struct str){0};
}

/* What the search of the staff finds it by: folded. Absent without memory or a name. */
static struct str order_name_key(struct arena *arena, const struct checkout_wish *wish) {
    struct str name = order_name(wish);
    char *key = name.data ? arena_alloc(arena, order_name_key_max) : NULL;
    return key ? (struct str){key, text_fold(name, key, order_name_key_max)} : (struct str){0};
}

/* `receipt` keeps whether the provider mails one: a setting that is changed between two creations of one intent would
 * make them differ. */
static enum status order_contact_write(struct shop_ctx *ctx, const struct order *order,
                                       const struct checkout_wish *wish, bool receipt) {
    static const struct sql
        sql = SQL("INSERT INTO order_contacts (order_seq, number, email, email_key, note, " ADDRESS_COLUMNS("shipping") ", " ADDRESS_COLUMNS(
            "billing") ", receipt, name_key) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13,"
                       " $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25)");
    static const struct address none;
    const struct address *shipping = wish->shipping ? wish->shipping : &none;
    const struct address *billing = wish->billing ? wish->billing : &none;
    char number[order_number_size];
    if (!wish->email.data && !wish->shipping && !wish->billing && !wish->note.data)
        return STATUS_OK;
    struct str key = email_key(ctx->arena, wish->email);
    struct str name_key = order_name_key(ctx->arena, wish);
    if ((wish->email.data && !key.data) || (order_name(wish).data && !name_key.data))
        return STATUS_NO_MEMORY;
    order_number_format(&order->id, number);
    return db_exec_deferred(ctx->db, &sql,
                            ARGS(db_int(order->seq), db_text((struct str){number, sizeof number}),
                                 db_text(wish->email), db_text(key), db_text(wish->note),
                                 ADDRESS_VALUES(shipping), ADDRESS_VALUES(billing), db_int(receipt),
                                 db_text(name_key)));
}

static enum status order_totals_write(struct shop_ctx *ctx, int64_t order_seq, const struct checkout *c) {
    static const struct sql sql =
        SQL("INSERT INTO order_totals (order_seq, items, discount, shipping, shipping_tax, tax, tax_included,"
            " shipping_method, shipping_name) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)");
    const struct totals *t = &c->totals;
    struct db_value method =
        c->method.name.data ? db_uuid(&c->method.id) : (struct db_value){.kind = DB_NULL};
    return db_exec_deferred(ctx->db, &sql,
                            ARGS(db_int(order_seq), db_int(t->items), db_int(t->discount),
                                 db_int(t->shipping), db_int(t->shipping_tax), db_int(t->tax),
                                 db_int(t->includes_tax), method, db_text(c->method.name)));
}

static enum status order_line_totals_write(struct shop_ctx *ctx, int64_t order_seq,
                                           const struct checkout *c) {
    static const struct sql sql =
        SQL("INSERT INTO order_line_totals (order_seq, line, discount, tax, tax_rate_e5, tax_name)"
            " VALUES ($1, $2, $3, $4, $5, $6)");
    const struct str none = {0};
    enum status s = STATUS_OK;
    for (size_t i = 0; i < c->count && s == STATUS_OK; i++) {
        const struct total_line *line = &c->lines[i];
        const struct tax_rate *rate = c->rate_of[i];
        s = db_exec_deferred(ctx->db, &sql,
                             ARGS(db_int(order_seq), db_int((int64_t)i), db_int(line->discount),
                                  db_int(line->tax), db_int(line->tax_rate),
                                  db_text(rate ? rate->name : none)));
    }
    return s;
}

enum status order_details_write(struct shop_ctx *ctx, const struct order *order,
                                const struct checkout *checkout, const struct checkout_wish *wish) {
    bool has_rate = checkout->totals.tax > 0 || checkout->totals.discount > 0;
    for (size_t i = 0; i < checkout->count; i++)
        has_rate = has_rate || checkout->rate_of[i];
    TRY(order_contact_write(ctx, order, wish, checkout->settings.receipts));
    if (!has_rate && !checkout->method.name.data)
        return STATUS_OK;
    TRY(order_totals_write(ctx, order->seq, checkout));
    return order_line_totals_write(ctx, order->seq, checkout);
}

/* ---- Reading. */

/* Reads an address from a row, from this column on. NULL if its country is SQL's NULL: there is no address. */
static enum status order_address_read(struct shop_ctx *ctx, struct db_rows *rows, int column,
                                      struct address **out) {
    struct str fields[address_columns] = {{0}};
    for (int i = 0; i < address_columns; i++)
        fields[i] = db_column_text(rows, column + i, ctx->arena);
    *out = NULL;
    if (!fields[7].data)
        return STATUS_OK;
    *out = ARENA_NEW(ctx->arena, struct address);
    if (!*out)
        return STATUS_NO_MEMORY;
    **out = (struct address){fields[0], fields[1], fields[2], fields[3], fields[4],
                             fields[5], fields[6], fields[7], fields[8]};
    return STATUS_OK;
}

static enum status order_details_read_row(struct shop_ctx *ctx, struct db_rows *rows,
                                          const struct uuid *session, struct order_details *out,
                                          struct order_times *times) {
    char *number = arena_alloc(ctx->arena, order_number_size);
    if (!number)
        return STATUS_NO_MEMORY;
    struct uuid owner = db_column_uuid(rows, 14 + 2 * address_columns);
    *times = order_times_read(rows, 15 + 2 * address_columns);
    *out = (struct order_details){
        .id = db_column_uuid(rows, 1),
        .total_amount = db_column_int(rows, 2),
        .status = db_column_enum(rows, 3, order_status_names),
        .currency = db_column_text(rows, 4, ctx->arena),
        .created_at = db_column_int(rows, 5),
        .items_total = db_column_int(rows, 6),
        .discount_total = db_column_int(rows, 7),
        .shipping_total = db_column_int(rows, 8),
        .tax_total = db_column_int(rows, 9),
        .tax_included = {true, db_column_int(rows, 10) != 0},
        .shipping_name = db_column_text(rows, 11, ctx->arena),
        .email = db_column_text(rows, 12, ctx->arena),
        .note = db_column_text(rows, 13, ctx->arena),
        .is_own = !session || uuid_equal(&owner, session),
    };
    order_number_format(&out->id, number);
    out->number = (struct str){number, order_number_size};
    out->refunded_amount = db_column_int(rows, 15 + 2 * address_columns + order_times_columns);
    TRY(order_address_read(ctx, rows, 14, &out->shipping));
    return order_address_read(ctx, rows, 14 + address_columns, &out->billing);
}

static void order_line_read_row(struct shop_ctx *ctx, struct db_rows *rows, void *element) {
    struct order_line_details *out = element;
    *out = (struct order_line_details){
        .line = db_column_int(rows, 0),
        .product_id = db_column_uuid(rows, 1),
        .name = db_column_text(rows, 2, ctx->arena),
        .image_url = db_column_text(rows, 3, ctx->arena),
        .quantity = db_column_int(rows, 4),
        .price_at_purchase = db_column_int(rows, 5),
        .discount = db_column_int(rows, 6),
        .tax = db_column_int(rows, 7),
        .tax_rate_e5 = db_column_int(rows, 8),
        .tax_name = db_column_text(rows, 9, ctx->arena),
        .shipped_quantity = db_column_int(rows, 10),
        .owed = db_column_int(rows, 11),
        .refunded_quantity = db_column_int(rows, 12),
    };
}

static enum status order_details_read_items(struct shop_ctx *ctx, int64_t seq, struct order_details *out) {
    static const struct sql sql = SQL(
        "SELECT i.line, p.id, coalesce(i.name, p.name), p.image_url, i.quantity, i.price_at_purchase,"
        " coalesce(t.discount, 0), coalesce(t.tax, 0), coalesce(t.tax_rate_e5, 0), t.tax_name, " LINE_SHIPPED
        ", " LINE_OWED ", " LINE_REFUNDED
        " FROM order_items AS i JOIN products AS p ON p.seq = i.product"
        " LEFT JOIN order_line_totals AS t ON t.order_seq = i.order_seq AND t.line = i.line"
        " WHERE i.order_seq = $1 ORDER BY i.line LIMIT $2");
    struct db_rows *rows = db_query(ctx->db, &sql, ARGS(db_int(seq), db_int(order_lines_max)));
    return row_list_read(ctx, rows, order_line_read_row, sizeof(struct order_line_details), order_lines_max,
                         &out->items);
}

#define DETAILS_COLUMNS                                                                                      \
    "o.seq, o.id, o.total_amount, o.status, o.currency, o.created_at, coalesce(t.items, o.total_amount),"    \
    " coalesce(t.discount, 0), coalesce(t.shipping, 0), coalesce(t.tax, 0), coalesce(t.tax_included, 1),"    \
    " t.shipping_name, c.email, c.note, " ADDRESS_COLUMNS("c.shipping") ", " ADDRESS_COLUMNS(                \
        "c.billing") ", o.session, " ORDER_TIMES                                                             \
                     ", (SELECT coalesce(max(p.refunded_amount), 0) FROM payments AS p"                      \
                     " WHERE p.order_seq = o.seq AND p.status = 'succeeded' AND p.surplus = 0)"
#define DETAILS_TABLES                                                                                       \
    " FROM orders AS o LEFT JOIN order_totals AS t ON t.order_seq = o.seq"                                   \
    " LEFT JOIN order_contacts AS c ON c.order_seq = o.seq"

/* On PostgreSQL what is read after the order's row travels together. */
enum status order_details_get(struct shop_ctx *ctx, const struct uuid *session, const struct uuid *id,
                              struct order_details *out) {
    static const struct sql sql =
        SQL("SELECT " DETAILS_COLUMNS DETAILS_TABLES " WHERE o.id = $1 AND " ORDER_READABLE("o"));
    static const struct sql staff_sql = SQL("SELECT " DETAILS_COLUMNS DETAILS_TABLES " WHERE o.id = $1");
    int64_t now = clock_now_us(ctx->clock);
    struct order_times times = {0};
    enum status s = STATUS_OK;
    struct db_rows *rows = session ? db_query(ctx->db, &sql, ARGS(db_uuid(id), db_uuid(session), db_int(now)))
                                   : db_query(ctx->db, &staff_sql, ARGS(db_uuid(id)));
    if (db_step(rows))
        s = order_details_read_row(ctx, rows, session, out, &times);
    enum status end = db_finish_or(rows, STATUS_ORDER_NOT_FOUND);
    TRY(s);
    TRY(end);
    fulfillments_prefetch(ctx, times.seq);
    order_events_prefetch(ctx, times.seq);
    TRY(order_details_read_items(ctx, times.seq, out));
    TRY(fulfillments_read(ctx, times.seq, &out->fulfillments));
    return order_events_read(ctx, &times, session == NULL, &out->timeline);
}
