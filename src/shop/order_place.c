/* Placing an order: the one transaction in which prices are fixed, stock is taken and lines leave the cart.
 */
#include "shop/order.h"

#include "shop/stock.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* A cart line on its way into an order. */
struct line {
    int64_t cart_seq;
    int64_t product_seq;
    struct uuid product_id;
    int64_t quantity, price;
    size_t place; /* in the request */
};

/* Locked: another order of the same line waits, and then finds it gone. */
static const struct sql line_sql = {
    "SELECT c.seq, c.product, c.quantity, p.id FROM cart_items AS c"
    " JOIN products AS p ON p.seq = c.product WHERE c.id = $1 AND c.session = $2",
    "SELECT c.seq, c.product, c.quantity, p.id FROM cart_items AS c"
    " JOIN products AS p ON p.seq = c.product WHERE c.id = $1 AND c.session = $2 FOR UPDATE OF c"};

static enum status find_line(struct tx *tx, const struct uuid *session, const struct uuid *item,
                             struct line *out) {
    struct db_rows *rows = db_query(tx->db, &line_sql, ARGS(db_uuid(item), db_uuid(session)));
    bool found = db_step(rows);
    if (found) {
        out->cart_seq = db_column_int(rows, 0);
        out->product_seq = db_column_int(rows, 1);
        out->quantity = db_column_int(rows, 2);
        out->product_id = db_column_uuid(rows, 3);
    }
    enum status s = db_finish(rows);
    return s == STATUS_OK && !found ? STATUS_CART_ITEM_NOT_FOUND : s;
}

/* An id of the request, and its place there. */
struct wanted {
    struct uuid id;
    size_t place;
};

static int by_id(const void *a, const void *b) {
    const struct wanted *x = a, *y = b;
    int order = memcmp(x->id.bytes, y->id.bytes, sizeof x->id.bytes);
    return order ? order : (x->place > y->place) - (x->place < y->place);
}

static int by_place(const void *a, const void *b) {
    const struct line *x = a, *y = b;
    return (x->place > y->place) - (x->place < y->place);
}

/* The ids in their order, each once. */
static size_t sort_ids(const struct list *item_ids, struct wanted *wanted) {
    const struct uuid *ids = item_ids->at;
    size_t count = 0;
    assert(item_ids->count >= 1 && item_ids->count <= order_lines_max); /* the model lets no other through */
    for (size_t i = 0; i < item_ids->count; i++)
        wanted[i] = (struct wanted){ids[i], i};
    qsort(wanted, item_ids->count, sizeof *wanted, by_id);
    for (size_t i = 0; i < item_ids->count; i++)
        if (count == 0 || !uuid_equal(&wanted[count - 1].id, &wanted[i].id))
            wanted[count++] = wanted[i];
    return count;
}

/* Finds and locks the lines in the order of their ids, as every order does. */
static enum status find_lines(struct tx *tx, const struct uuid *session, const struct list *item_ids,
                              struct line *lines, size_t *count) {
    struct wanted wanted[order_lines_max];
    enum status s = STATUS_OK;
    *count = sort_ids(item_ids, wanted);
    for (size_t i = 0; i < *count; i++)
        db_ahead(tx->db, &line_sql, ARGS(db_uuid(&wanted[i].id), db_uuid(session)));
    for (size_t i = 0; i < *count && s == STATUS_OK; i++) {
        lines[i].place = wanted[i].place;
        s = find_line(tx, session, &wanted[i].id, &lines[i]);
    }
    qsort(lines, *count, sizeof *lines, by_place);
    for (size_t i = 0; i < *count; i++)
        lines[i].place = i;
    return s;
}

static int by_product(const void *a, const void *b) {
    const struct line *x = a, *y = b;
    return (x->product_seq > y->product_seq) - (x->product_seq < y->product_seq);
}

/* Takes the stock of all lines in the order of the products, which two orders at once share, so that on an
 * engine with row locks neither waits for the other in a circle. Goes on after a shortage, to name them all.
 */
static enum status take_stock(struct tx *tx, struct line *lines, size_t count, struct list *short_of) {
    struct shortage *shortages = arena_array(tx->arena, count, sizeof *shortages);
    if (!shortages)
        return STATUS_NO_MEMORY;
    *short_of = (struct list){shortages, 0};
    qsort(lines, count, sizeof *lines, by_product);
    for (size_t i = 0; i < count; i++)
        stock_take_ahead(tx, lines[i].product_seq, lines[i].quantity);
    for (size_t i = 0; i < count; i++) {
        enum status s = stock_take(tx, lines[i].product_seq, lines[i].quantity, &lines[i].price);
        if (s == STATUS_INSUFFICIENT_STOCK) {
            struct shortage *missing = &shortages[short_of->count++];
            *missing = (struct shortage){.product_id = lines[i].product_id, .requested = lines[i].quantity};
            s = stock_available(tx, lines[i].product_seq, &missing->available);
        }
        if (s != STATUS_OK)
            return s;
    }
    return short_of->count ? STATUS_INSUFFICIENT_STOCK : STATUS_OK;
}

/* Adds up the lines, in the order in which they were asked for. */
static enum status fill_items(struct tx *tx, const struct line *lines, size_t count, struct order *order) {
    struct order_item *items = arena_array(tx->arena, count, sizeof *items);
    if (!items)
        return STATUS_NO_MEMORY;
    for (size_t i = 0; i < count; i++) {
        const struct line *l = &lines[i];
        int64_t amount;
        if (__builtin_mul_overflow(l->price, l->quantity, &amount) ||
            __builtin_add_overflow(order->total_amount, amount, &order->total_amount) ||
            order->total_amount > money_max)
            return STATUS_TOTAL_TOO_LARGE;
        items[l->place] = (struct order_item){l->product_id, l->quantity, l->price};
    }
    order->items = (struct list){items, count};
    return STATUS_OK;
}

static enum status insert_order(struct tx *tx, const struct uuid *session, struct order *order,
                                int64_t *seq) {
    static const struct sql sql = {
        "INSERT INTO orders (id, session, total_amount, currency, status, created_at, expires_at)"
        " VALUES ($1, $2, $3, $4, 'pending', $5, $6) RETURNING seq",
        NULL};
    order->id = uuid_new(tx->clock, tx->random);
    order->created_at = clock_now_us(tx->clock);
    order->currency = str_from(tx->settings->currency);
    order->status = ORDER_PENDING;
    struct db_rows *rows = db_query(tx->db, &sql,
                                    ARGS(db_uuid(&order->id), db_uuid(session), db_int(order->total_amount),
                                         db_text(order->currency), db_int(order->created_at),
                                         db_int(order->created_at + tx->settings->reserve_us)));
    while (db_step(rows))
        *seq = db_column_int(rows, 0);
    return db_finish(rows);
}

static enum status insert_items(struct tx *tx, int64_t order_seq, const struct line *lines, size_t count) {
    static const struct sql sql = {
        "INSERT INTO order_items (order_seq, line, product, quantity, price_at_purchase)"
        " VALUES ($1, $2, $3, $4, $5)",
        NULL};
    enum status s = STATUS_OK;
    for (size_t i = 0; i < count && s == STATUS_OK; i++)
        s = db_exec_later(tx->db, &sql,
                          ARGS(db_int(order_seq), db_int((int64_t)lines[i].place),
                               db_int(lines[i].product_seq), db_int(lines[i].quantity),
                               db_int(lines[i].price)));
    return s;
}

/* A session has one line of a product, so the order's products say which lines they were. */
static enum status empty_cart(struct tx *tx, const struct uuid *session, int64_t order_seq) {
    static const struct sql sql = {
        "DELETE FROM cart_items WHERE session = $1 AND product IN"
        " (SELECT product FROM order_items WHERE order_seq = $2)",
        NULL};
    return db_exec_later(tx->db, &sql, ARGS(db_uuid(session), db_int(order_seq)));
}

enum status order_place(struct tx *tx, const struct uuid *session, const struct list *item_ids,
                        struct order *out, struct list *short_of) {
    struct line lines[order_lines_max];
    size_t count;
    int64_t seq = 0;
    memset(lines, 0, sizeof lines);
    enum status s = find_lines(tx, session, item_ids, lines, &count);
    if (s == STATUS_OK)
        s = take_stock(tx, lines, count, short_of);
    if (s == STATUS_OK)
        s = fill_items(tx, lines, count, out);
    if (s == STATUS_OK)
        s = insert_order(tx, session, out, &seq);
    if (s == STATUS_OK)
        s = insert_items(tx, seq, lines, count);
    if (s == STATUS_OK)
        s = stock_reserved(tx, seq);
    return s == STATUS_OK ? empty_cart(tx, session, seq) : s;
}
