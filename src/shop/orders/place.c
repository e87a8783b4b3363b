/* Placing an order: the one transaction in which prices are fixed, stock is taken and lines leave the cart.
 *
 * How it works, in the order of the locks that PostgreSQL takes (SQLite has one writer, and needs none):
 *
 *     1. cart lines, by id    order_find_lines locks each, so that a second order of the same line waits and then
 *                             finds it gone: a double click cannot buy twice. The same statement adds up what the
 *                             session's unpaid orders hold of the product
 *     2. products, by seq     order_take_stock runs a conditional UPDATE for each, which also reads the price
 *     3. the total            order_price: what the checkout comes to (shop/checkout/), within the bounds of the
 *                             provider; no lock
 *     4. the order's rows     order_insert, order_insert_items, and the movements `reserved`
 *     5. cart lines again     order_empty_cart deletes what step 1 locked
 *
 * Every order sorts its lines by id for step 1 and by product for step 2. The request's order is kept in
 * `position`, for the answer and order_items.line. A shortage in step 2 does not stop the loop, because the
 * client gets the list of all products that are short. Nothing is undone here: the caller rolls back.
 *
 * On PostgreSQL this takes one round trip for each of the steps 1, 2 and 4, however many lines there are:
 * db_prefetch announces the statements of 1 and 2, and all that follow the order's INSERT are deferred. */
#include "shop/orders/order_details.h"

#include "pay/currency.h"
#include "shop/alerts/stock_alerts.h"
#include "shop/catalogue/catalogue.h"
#include "shop/outbox/event.h"
#include "shop/stock.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* A cart line on its way into an order. */
struct order_line {
    int64_t product_seq;
    struct uuid product_id;
    int64_t quantity, price;
    int64_t held;    /* of the product, by the session's unpaid orders; 0 if holds are not limited */
    size_t position; /* in the request, from 0 */
    struct str name; /* of the product, as is the rest */
    int64_t weight_grams;
    bool ships;
    struct str tax_class;
};

/* What the session holds is added up over its 32 newest orders, so that a session with thousands of orders costs
 * the writer no more. To hide an older one takes 32 orders, and another session takes none. EXISTS spares a
 * session's first order most of the work. */
#define LINE_COLUMNS                                                                                         \
    "c.seq, c.product, c.quantity, p.id, CASE WHEN CAST($1 AS bigint) = 1"                                   \
    " AND EXISTS (SELECT 1 FROM orders WHERE session = $2) THEN"                                             \
    " (SELECT CAST(coalesce(sum(i.quantity), 0) AS bigint) FROM order_items AS i"                            \
    " WHERE i.product = c.product AND i.order_seq IN (SELECT CASE status WHEN 'pending' THEN seq END"        \
    " FROM orders WHERE session = $2 ORDER BY seq DESC LIMIT 32)) ELSE 0 END,"                               \
    " p.name, p.weight_grams, p.ships, p.tax_class"
#define LINE_ROWS                                                                                            \
    " FROM cart_items AS c JOIN products AS p ON p.seq = c.product WHERE c.id = $3 AND c.session = $2"
static const struct sql line_sql = {"SELECT " LINE_COLUMNS LINE_ROWS,
                                    "SELECT " LINE_COLUMNS LINE_ROWS " FOR UPDATE OF c"};

static struct db_value hold_is_limited(const struct shop_ctx *ctx) {
    return db_int(ctx->settings->hold_max < money_max);
}

static enum status order_find_line(struct shop_ctx *ctx, const struct uuid *session, const struct uuid *item,
                                   struct order_line *out) {
    struct db_rows *rows =
        db_query(ctx->db, &line_sql, ARGS(hold_is_limited(ctx), db_uuid(session), db_uuid(item)));
    if (db_step(rows)) {
        out->product_seq = db_column_int(rows, 1);
        out->quantity = db_column_int(rows, 2);
        out->product_id = db_column_uuid(rows, 3);
        out->held = db_column_int(rows, 4);
        out->name = db_column_text(rows, 5, ctx->arena);
        out->weight_grams = db_column_int(rows, 6);
        out->ships = db_column_int(rows, 7) != 0;
        out->tax_class = db_column_text(rows, 8, ctx->arena);
    }
    return db_finish_or(rows, STATUS_CART_ITEM_NOT_FOUND);
}

/* An id of the request, and its position there. */
struct wanted_line {
    struct uuid id;
    size_t position;
};

static int compare_wanted_ids(const void *a, const void *b) {
    const struct wanted_line *x = a, *y = b;
    int order = memcmp(x->id.bytes, y->id.bytes, sizeof x->id.bytes);
    return order ? order : (x->position > y->position) - (x->position < y->position);
}

static int compare_line_positions(const void *a, const void *b) {
    const struct order_line *x = a, *y = b;
    return (x->position > y->position) - (x->position < y->position);
}

/* Sorts the ids and drops repeated ones; returns how many are left. Of equal ids the first position stays. */
static size_t order_sort_ids(const struct list *item_ids, struct wanted_line *wanted) {
    const struct uuid *ids = item_ids->data;
    size_t count = 0;
    assert(item_ids->count >= 1 &&
           item_ids->count <= order_lines_max); /* the request's model allows no other */
    for (size_t i = 0; i < item_ids->count; i++)
        wanted[i] = (struct wanted_line){ids[i], i};
    qsort(wanted, item_ids->count, sizeof *wanted, compare_wanted_ids);
    for (size_t i = 0; i < item_ids->count; i++)
        if (count == 0 || !uuid_equal(&wanted[count - 1].id, &wanted[i].id))
            wanted[count++] = wanted[i];
    return count;
}

/* Reads and locks the lines in the order of their ids. Then numbers them by their positions, since ids that
 * were repeated left gaps there. */
static enum status order_find_lines(struct shop_ctx *ctx, const struct uuid *session,
                                    const struct list *item_ids, struct order_line *lines, size_t *count) {
    struct wanted_line wanted[order_lines_max];
    *count = order_sort_ids(item_ids, wanted);
    for (size_t i = 0; i < *count; i++)
        db_prefetch(ctx->db, &line_sql, ARGS(hold_is_limited(ctx), db_uuid(session), db_uuid(&wanted[i].id)));
    for (size_t i = 0; i < *count; i++) {
        lines[i] = (struct order_line){.position = wanted[i].position};
        TRY(order_find_line(ctx, session, &wanted[i].id, &lines[i]));
    }
    if (*count > 1)
        qsort(lines, *count, sizeof *lines, compare_line_positions);
    for (size_t i = 0; i < *count; i++)
        lines[i].position = i;
    return STATUS_OK;
}

static int compare_line_products(const void *a, const void *b) {
    const struct order_line *x = a, *y = b;
    return (x->product_seq > y->product_seq) - (x->product_seq < y->product_seq);
}

/* Refuses an order of more than one order may have, or than the session may hold without paying. `short_of` gets
 * the lines that are too large, with what would be allowed. */
static enum status order_check_quantities(struct shop_ctx *ctx, const struct order_line *lines, size_t count,
                                          struct list *short_of) {
    const struct shop_settings *settings = ctx->settings;
    struct shortage *shortages = arena_array(ctx->arena, count, sizeof *shortages);
    enum status s = STATUS_OK;
    if (!shortages)
        return STATUS_NO_MEMORY;
    *short_of = (struct list){shortages, 0};
    for (size_t i = 0; i < count; i++) {
        int64_t left = settings->hold_max > lines[i].held ? settings->hold_max - lines[i].held : 0;
        int64_t allowed = left < settings->order_quantity_max ? left : settings->order_quantity_max;
        if (lines[i].quantity <= allowed)
            continue;
        shortages[short_of->count++] = (struct shortage){lines[i].product_id, lines[i].quantity, allowed};
        s = lines[i].quantity > settings->order_quantity_max ? STATUS_QUANTITY_TOO_LARGE
            : s == STATUS_OK                                 ? STATUS_HOLD_TOO_LARGE
                                                             : s;
    }
    return s;
}

/* Takes the stock of all lines, in the order of their products. Goes on after a shortage, so that `short_of`,
 * which has room for all, lists all of them. */
static enum status order_take_stock(struct shop_ctx *ctx, struct order_line *lines, size_t count,
                                    struct list *short_of) {
    struct shortage *shortages = (struct shortage *)short_of->data;
    int64_t short_seqs[order_lines_max];
    size_t missing = 0;
    qsort(lines, count, sizeof *lines, compare_line_products);
    for (size_t i = 0; i < count; i++)
        stock_take_prefetch(ctx, lines[i].product_seq, lines[i].quantity);
    for (size_t i = 0; i < count; i++) {
        enum status s = stock_take(ctx, lines[i].product_seq, lines[i].quantity, &lines[i].price);
        if (s == STATUS_INSUFFICIENT_STOCK) {
            short_seqs[missing] = lines[i].product_seq;
            shortages[missing++] =
                (struct shortage){.product_id = lines[i].product_id, .requested = lines[i].quantity};
            stock_available_prefetch(ctx, lines[i].product_seq);
        } else if (s != STATUS_OK) {
            return s;
        }
    }
    for (size_t i = 0; i < missing; i++)
        TRY(stock_available(ctx, short_seqs[i], &shortages[i].available));
    short_of->count = missing;
    return missing ? STATUS_INSUFFICIENT_STOCK : STATUS_OK;
}

/* Fills in the items in the order of the request, which the lines then have too, and adds them to the checkout. */
static enum status order_fill_items(struct shop_ctx *ctx, struct order_line *lines, size_t count,
                                    struct checkout *checkout, struct order *order) {
    struct order_item *items = arena_array(ctx->arena, count, sizeof *items);
    if (!items)
        return STATUS_NO_MEMORY;
    qsort(lines, count, sizeof *lines, compare_line_positions);
    for (size_t i = 0; i < count; i++) {
        const struct order_line *l = &lines[i];
        struct checkout_ware ware = {l->quantity, l->price, l->weight_grams, l->ships, l->tax_class};
        checkout_add(checkout, &ware);
        items[i] = (struct order_item){l->product_id, l->quantity, l->price};
    }
    order->items = (struct list){items, count};
    return checkout_items(checkout);
}

/* Whose order it is, and on which terms. */
struct order_terms {
    const struct uuid *session; /* NULL: the staff's, which no session can read */
    int64_t hold_us;            /* how long it keeps its stock if it is not paid */
};

/* Computes what the order costs with shipping and taxes. Refuses it if something is missing that the shop requires of
 * shoppers, or if it costs more than they have seen. */
static enum status order_price(struct shop_ctx *ctx, const struct order_terms *terms,
                               struct checkout *checkout, const struct checkout_wish *wish,
                               struct order *order, struct order_refusal *why) {
    why->missing = terms->session ? checkout_missing(checkout, wish) : 0;
    if (why->missing)
        return STATUS_INVALID;
    if (!checkout_is_served(checkout))
        return STATUS_NO_SHIPPING;
    TRY(wish->shipping_method.is_set ? checkout_choose(ctx, checkout, &wish->shipping_method.value)
                                     : STATUS_OK);
    TRY(checkout_finish(checkout));
    order->total_amount = checkout->totals.total;
    why->checkout = checkout;
    return wish->expected_total.is_set && wish->expected_total.value < order->total_amount
               ? STATUS_TOTAL_CHANGED
               : STATUS_OK;
}

/* Refuses a total that the provider would not charge, so that no order holds stock and can never be paid. An order of
 * nothing, or that is paid by hand, needs no provider. */
static enum status order_check_total(struct shop_ctx *ctx, const struct order_terms *terms, int64_t total) {
    struct str currency = str_from(ctx->settings->currency);
    if (!terms->session)
        return STATUS_OK;
    if (total > currency_amount_max(currency))
        return STATUS_TOTAL_TOO_LARGE;
    return total > 0 && total < currency_amount_min(currency) ? STATUS_TOTAL_TOO_SMALL : STATUS_OK;
}

static enum status order_insert(struct shop_ctx *ctx, const struct order_terms *terms, struct order *order) {
    static const struct db_value null = {.kind = DB_NULL};
    static const struct sql sql =
        SQL("INSERT INTO orders (id, session, total_amount, currency, status, created_at, expires_at)"
            " VALUES ($1, $2, $3, $4, 'pending', $5, $6) RETURNING seq");
    order->id = uuid_new(ctx->clock, ctx->random);
    order->created_at = clock_now_us(ctx->clock);
    order->currency = str_from(ctx->settings->currency);
    order->status = ORDER_PENDING;
    return db_get_int(ctx->db, &sql,
                      ARGS(db_uuid(&order->id), terms->session ? db_uuid(terms->session) : null,
                           db_int(order->total_amount), db_text(order->currency), db_int(order->created_at),
                           db_int(order->created_at + terms->hold_us)),
                      &order->seq);
}

static enum status order_insert_items(struct shop_ctx *ctx, int64_t order_seq, const struct order_line *lines,
                                      size_t count) {
    static const struct sql sql =
        SQL("INSERT INTO order_items (order_seq, line, product, quantity, price_at_purchase, name)"
            " VALUES ($1, $2, $3, $4, $5, $6)");
    enum status s = STATUS_OK;
    for (size_t i = 0; i < count && s == STATUS_OK; i++)
        s = db_exec_deferred(ctx->db, &sql,
                             ARGS(db_int(order_seq), db_int((int64_t)lines[i].position),
                                  db_int(lines[i].product_seq), db_int(lines[i].quantity),
                                  db_int(lines[i].price), db_text(lines[i].name)));
    return s;
}

/* Removes the ordered lines from the cart. A session has one line of a product, so the order's products
 * identify them. */
static enum status order_empty_cart(struct shop_ctx *ctx, const struct uuid *session, int64_t order_seq) {
    static const struct sql sql =
        SQL("DELETE FROM cart_items WHERE session = $1 AND product IN"
            " (SELECT product FROM order_items WHERE order_seq = $2)");
    return db_exec_deferred(ctx->db, &sql, ARGS(db_uuid(session), db_int(order_seq)));
}

/* Takes the stock of the lines, fixes the total, and writes the order. */
static enum status order_place_lines(struct shop_ctx *ctx, const struct order_terms *terms,
                                     struct order_line *lines, size_t count, const struct checkout_wish *wish,
                                     struct order *out, struct order_refusal *why) {
    struct checkout *checkout = ARENA_NEW(ctx->arena, struct checkout);
    if (!checkout)
        return STATUS_NO_MEMORY;
    TRY(order_take_stock(ctx, lines, count, &why->short_of));
    TRY(checkout_begin(ctx, wish->shipping, count, checkout));
    TRY(order_fill_items(ctx, lines, count, checkout, out));
    TRY(order_price(ctx, terms, checkout, wish, out, why));
    TRY(order_check_total(ctx, terms, out->total_amount));
    TRY(order_insert(ctx, terms, out));
    TRY(order_insert_items(ctx, out->seq, lines, count));
    TRY(order_details_write(ctx, out, checkout, wish));
    TRY(stock_record_reserved(ctx, out->seq));
    TRY(event_record_order(ctx, EVENT_ORDER_CREATED, out->seq));
    return stock_alert_taken(ctx, out->seq);
}

enum status order_place(struct shop_ctx *ctx, const struct uuid *session, const struct list *item_ids,
                        const struct checkout_wish *wish, struct order *out, struct order_refusal *why) {
    struct order_terms terms = {session, ctx->settings->hold_us};
    struct order_line lines[order_lines_max];
    size_t count;
    *why = (struct order_refusal){.missing = 0};
    TRY(order_find_lines(ctx, session, item_ids, lines, &count));
    TRY(order_check_quantities(ctx, lines, count, &why->short_of));
    TRY(order_place_lines(ctx, &terms, lines, count, wish, out, why));
    return order_empty_cart(ctx, session, out->seq);
}

/* ---- Orders that the staff takes: from products, without a cart. */

static const struct sql product_sql =
    SQL("SELECT seq, name, weight_grams, ships, tax_class FROM products"
        " WHERE id = $1 AND is_active = 1 AND " VISIBLE_PRODUCT);

/* Reads the line's product. */
static enum status order_find_product(struct shop_ctx *ctx, struct order_line *out) {
    struct db_rows *rows = db_query(ctx->db, &product_sql, ARGS(db_uuid(&out->product_id)));
    if (db_step(rows)) {
        out->product_seq = db_column_int(rows, 0);
        out->name = db_column_text(rows, 1, ctx->arena);
        out->weight_grams = db_column_int(rows, 2);
        out->ships = db_column_int(rows, 3) != 0;
        out->tax_class = db_column_text(rows, 4, ctx->arena);
    }
    return db_finish_or(rows, STATUS_PRODUCT_NOT_FOUND);
}

/* Makes a line of each product: one that is named twice is one line of both quantities. */
static size_t order_gather_products(const struct list *wares, struct order_line *lines) {
    const struct order_ware *all = wares->data;
    size_t count = 0;
    assert(wares->count >= 1 && wares->count <= order_lines_max); /* the request's model allows no other */
    for (size_t i = 0; i < wares->count; i++) {
        size_t at = 0;
        while (at < count && !uuid_equal(&lines[at].product_id, &all[i].product_id))
            at++;
        if (at == count)
            lines[count++] = (struct order_line){.product_id = all[i].product_id, .position = at};
        lines[at].quantity += all[i].quantity;
    }
    return count;
}

enum status order_place_by_staff(struct shop_ctx *ctx, const struct list *wares, int64_t hold_us,
                                 const struct checkout_wish *wish, struct order *out,
                                 struct order_refusal *why) {
    struct order_terms terms = {NULL, hold_us};
    struct order_line lines[order_lines_max];
    size_t count = order_gather_products(wares, lines);
    struct shortage *shortages = arena_array(ctx->arena, count, sizeof *shortages);
    *why = (struct order_refusal){.short_of = {shortages, 0}};
    if (!shortages)
        return STATUS_NO_MEMORY;
    for (size_t i = 0; i < count; i++)
        db_prefetch(ctx->db, &product_sql, ARGS(db_uuid(&lines[i].product_id)));
    for (size_t i = 0; i < count; i++)
        TRY(order_find_product(ctx, &lines[i]));
    return order_place_lines(ctx, &terms, lines, count, wish, out, why);
}
