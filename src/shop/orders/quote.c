/* One statement reads the whole cart, because it has a hundred lines at most; the wanted ones are then found in it. */
#include "shop/orders/quote.h"

/* A line of the cart. */
struct quote_line {
    struct uuid item, product;
    struct checkout_ware ware;
    int64_t stock;
};

static enum status quote_read_cart(struct shop_ctx *ctx, const struct uuid *session, struct quote_line *lines,
                                   size_t *count) {
    static const struct sql sql =
        SQL("SELECT c.id, p.id, c.quantity, p.price, p.weight_grams, p.ships, p.tax_class,"
            " p.stock_quantity * p.is_active FROM cart_items AS c JOIN products AS p ON p.seq = c.product"
            " WHERE c.session = $1 ORDER BY c.seq LIMIT $2");
    struct db_rows *rows = db_query(ctx->db, &sql, ARGS(db_uuid(session), db_int(cart_lines_max)));
    for (*count = 0; db_step(rows); ++*count)
        lines[*count] = (struct quote_line){
            .item = db_column_uuid(rows, 0),
            .product = db_column_uuid(rows, 1),
            .ware = {.quantity = db_column_int(rows, 2),
                     .price = db_column_int(rows, 3),
                     .weight_grams = db_column_int(rows, 4),
                     .ships = db_column_int(rows, 5) != 0,
                     .tax_class = db_column_text(rows, 6, ctx->arena)},
            .stock = db_column_int(rows, 7),
        };
    return db_finish(rows);
}

static struct quote_line *quote_find_line(struct quote_line *lines, size_t count, const struct uuid *item) {
    for (size_t i = 0; i < count; i++)
        if (uuid_equal(&lines[i].item, item))
            return &lines[i];
    return NULL;
}

/* Adds a line to the checkout, once, and notes if there is too little of its product. */
static void quote_add_line(struct quote *quote, struct quote_line *line) {
    struct shortage *shortages = (struct shortage *)quote->short_of.data;
    if (line->ware.quantity == 0)
        return; /* its id is there twice */
    checkout_add(&quote->checkout, &line->ware);
    if (line->ware.quantity > line->stock)
        shortages[quote->short_of.count++] =
            (struct shortage){line->product, line->ware.quantity, line->stock};
    line->ware.quantity = 0;
}

static enum status quote_add_lines(struct shop_ctx *ctx, const struct uuid *session,
                                   const struct list *item_ids, struct quote *out) {
    const struct uuid *ids = item_ids->data;
    size_t count;
    struct quote_line *lines = arena_array(ctx->arena, cart_lines_max, sizeof *lines);
    struct shortage *shortages = arena_array(ctx->arena, item_ids->count, sizeof *shortages);
    if (!lines || !shortages)
        return STATUS_NO_MEMORY;
    out->short_of = (struct list){shortages, 0};
    TRY(quote_read_cart(ctx, session, lines, &count));
    for (size_t i = 0; i < item_ids->count; i++) {
        struct quote_line *line = quote_find_line(lines, count, &ids[i]);
        if (!line)
            return STATUS_CART_ITEM_NOT_FOUND;
        quote_add_line(out, line);
    }
    return checkout_items(&out->checkout);
}

/* Lists the ways to ship that can be chosen, in the order of the shop. */
static enum status quote_list_options(struct shop_ctx *ctx, struct quote *out) {
    struct list methods;
    if (!out->checkout.ships)
        return STATUS_OK;
    TRY(shipping_method_list(ctx, true, &methods));
    const struct shipping_method *method = methods.data;
    struct shipping_option *options = arena_array(ctx->arena, methods.count, sizeof *options);
    size_t count = 0;
    int64_t price;
    if (!options)
        return STATUS_NO_MEMORY;
    for (size_t i = 0; i < methods.count; i++)
        if (checkout_offer(&out->checkout, &method[i], &price))
            options[count++] =
                (struct shipping_option){method[i].id, method[i].name,     method[i].description,
                                         price,        method[i].min_days, method[i].max_days};
    out->options = (struct list){options, count};
    return STATUS_OK;
}

enum status quote_make(struct shop_ctx *ctx, const struct uuid *session, const struct list *item_ids,
                       const struct checkout_wish *wish, struct quote *out) {
    *out = (struct quote){.is_unshippable = false};
    TRY(checkout_begin(ctx, wish->shipping, item_ids->count, &out->checkout));
    TRY(quote_add_lines(ctx, session, item_ids, out));
    TRY(quote_list_options(ctx, out));
    enum status s = wish->shipping_method.is_set
                        ? checkout_choose(ctx, &out->checkout, &wish->shipping_method.value)
                        : STATUS_OK;
    out->is_unshippable = s == STATUS_NO_SHIPPING || !checkout_is_served(&out->checkout);
    TRY(s == STATUS_NO_SHIPPING ? STATUS_OK : s);
    return checkout_finish(&out->checkout);
}
