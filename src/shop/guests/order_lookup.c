#include "shop/guests/order_lookup.h"

#include "shop/orders/order_link.h"
#include "shop/orders/order_number.h"
#include "shop/outbox/mail.h"
#include "shop/row_list.h"

struct found_order {
    struct order_times times; /* times.seq is 0 if there is no such order */
    struct str number,
        email; /* as numbers are written, absent if it was not a number; and as the shopper typed it */
};

/* Finds the order. Two orders may have one number. */
static enum status order_lookup_find(struct shop_ctx *ctx, struct str number, struct str email_key,
                                     struct found_order *out) {
    static const struct sql sql =
        SQL("SELECT " ORDER_TIMES
            ", c.email_key, c.email FROM order_contacts AS c"
            " JOIN orders AS o ON o.seq = c.order_seq WHERE c.number = $1 AND c.email_key IS NOT NULL");
    char *canonical = arena_alloc(ctx->arena, order_number_size);
    uint64_t bits;
    if (!canonical)
        return STATUS_NO_MEMORY;
    bool is_number = order_number_parse(number, &bits);
    order_number_write(bits, canonical);
    *out = (struct found_order){.number = {canonical, is_number ? order_number_size : 0}};
    struct db_rows *rows = db_query(ctx->db, &sql, ARGS(db_text(out->number)));
    while (db_step(rows))
        if (str_equal(db_column_bytes(rows, order_times_columns), email_key)) {
            out->times = order_times_read(rows, 0);
            out->email = db_column_text(rows, order_times_columns + 1, ctx->arena);
        }
    return db_finish(rows);
}

static void tracked_item_read_row(struct shop_ctx *ctx, struct db_rows *rows, void *element) {
    struct tracked_item *out = element;
    *out = (struct tracked_item){db_column_text(rows, 0, ctx->arena), db_column_int(rows, 1)};
}

static enum status order_lookup_items(struct shop_ctx *ctx, int64_t seq, struct list *out) {
    static const struct sql sql =
        SQL("SELECT coalesce(i.name, p.name), i.quantity FROM order_items AS i"
            " JOIN products AS p ON p.seq = i.product WHERE i.order_seq = $1 ORDER BY i.line LIMIT $2");
    struct db_rows *rows = db_query(ctx->db, &sql, ARGS(db_int(seq), db_int(order_lines_max)));
    return row_list_read(ctx, rows, tracked_item_read_row, sizeof(struct tracked_item), order_lines_max, out);
}

enum status order_lookup(struct shop_ctx *ctx, struct str number, struct str email_key,
                         struct tracked_order *out) {
    struct found_order found;
    TRY(order_lookup_find(ctx, number, email_key, &found));
    *out = (struct tracked_order){
        .number = found.number, .status = found.times.status, .created_at = found.times.created_at};
    order_events_prefetch(ctx, found.times.seq);
    fulfillments_prefetch(ctx, found.times.seq);
    TRY(order_lookup_items(ctx, found.times.seq, &out->items));
    TRY(order_events_read(ctx, &found.times, false, &out->timeline));
    TRY(fulfillments_read(ctx, found.times.seq, &out->fulfillments));
    return found.times.seq ? STATUS_OK : STATUS_ORDER_NOT_FOUND;
}

enum status order_lookup_send_link(struct shop_ctx *ctx, struct str number, struct str email_key) {
    struct found_order found;
    struct str link = {0};
    bool may_be_sent = false;
    TRY(order_lookup_find(ctx, number, email_key, &found));
    TRY(order_link_may_be_sent(ctx, found.times.seq, &may_be_sent));
    if (!found.times.seq || !may_be_sent)
        return STATUS_OK;
    TRY(order_link_make(ctx, found.times.seq, &link));
    struct mail mail = {.kind = MAIL_ORDER_LINK,
                        .to = found.email,
                        .values = {{"number", found.number}, {"order_link", link}}};
    return mail_queue(ctx, &mail);
}
