#include "shop/cart.h"

#include "shop/carts_seen.h"

/* A product that is no longer sold has nothing in stock. */
#define PRODUCT_COLUMNS                                                                                      \
    "p.id, p.name, p.description, p.price, p.stock_quantity * p.is_active, p.category, p.image_url"
#define LINE_COLUMNS PRODUCT_COLUMNS ", c.id, c.quantity"
#define LINE_TABLES "cart_items AS c JOIN products AS p ON p.seq = c.product"

static void read_product(struct tx *tx, struct db_rows *rows, struct product *out) {
    *out = (struct product){
        .id = db_column_uuid(rows, 0),
        .name = db_column_text(rows, 1, tx->arena),
        .description = db_column_text(rows, 2, tx->arena),
        .price = db_column_int(rows, 3),
        .stock_quantity = db_column_int(rows, 4),
        .category = db_column_text(rows, 5, tx->arena),
        .image_url = db_column_text(rows, 6, tx->arena),
    };
}

static void read_line(struct tx *tx, struct db_rows *rows, struct cart_item *out) {
    read_product(tx, rows, &out->product);
    out->id = db_column_uuid(rows, 7);
    out->quantity = db_column_int(rows, 8);
}

enum status cart_list(struct tx *tx, const struct uuid *session, struct list *out) {
    static const struct sql sql = {"SELECT " LINE_COLUMNS
                                   ", (SELECT used_at FROM carts WHERE session = $1) FROM " LINE_TABLES
                                   " WHERE c.session = $1 ORDER BY c.seq LIMIT $2",
                                   NULL};
    int64_t used_at = INT64_MAX;
    struct cart_item *lines = arena_array(tx->arena, cart_lines_max, sizeof *lines);
    if (!lines)
        return STATUS_NO_MEMORY;
    size_t count = 0;
    struct db_rows *rows = db_query(tx->db, &sql, ARGS(db_uuid(session), db_int(cart_lines_max)));
    while (db_step(rows)) {
        read_line(tx, rows, &lines[count++]);
        used_at = db_column_int(rows, 9);
    }
    *out = (struct list){lines, count};
    if (tx->carts_seen && used_at < clock_now_us(tx->clock) - cart_seen_us)
        carts_seen_put(tx->carts_seen, session);
    return db_finish(rows);
}

/* The session's line with this id. */
static enum status get_line(struct tx *tx, const struct uuid *session, const struct uuid *item,
                            struct cart_item *out) {
    static const struct sql sql = {
        "SELECT " LINE_COLUMNS " FROM " LINE_TABLES " WHERE c.id = $1 AND c.session = $2", NULL};
    struct db_rows *rows = db_query(tx->db, &sql, ARGS(db_uuid(item), db_uuid(session)));
    bool found = db_step(rows);
    if (found)
        read_line(tx, rows, out);
    enum status s = db_finish(rows);
    return s == STATUS_OK && !found ? STATUS_CART_ITEM_NOT_FOUND : s;
}

/* What an add needs to know: the product, and how the session's cart stands. */
struct target {
    struct product product;
    int64_t product_seq;
    int64_t other_lines; /* of the cart, for other products */
    int64_t used_at;     /* as noted; 0 where there is no cart */
};

static enum status find_target(struct tx *tx, const struct uuid *session, const struct uuid *product,
                               struct target *out) {
    static const struct sql sql = {
        "SELECT " PRODUCT_COLUMNS
        ", p.seq,"
        " (SELECT count(*) FROM cart_items AS c WHERE c.session = $1 AND c.product <> p.seq),"
        " (SELECT used_at FROM carts WHERE session = $1)"
        " FROM products AS p WHERE p.id = $2 AND p.is_active = 1 AND p." SEEN_PRODUCT,
        NULL};
    struct db_rows *rows = db_query(tx->db, &sql, ARGS(db_uuid(session), db_uuid(product)));
    bool found = db_step(rows);
    if (found) {
        read_product(tx, rows, &out->product);
        out->product_seq = db_column_int(rows, 7);
        out->other_lines = db_column_int(rows, 8);
        out->used_at = db_column_int(rows, 9);
    }
    enum status s = db_finish(rows);
    return s == STATUS_OK && !found ? STATUS_PRODUCT_NOT_FOUND : s;
}

/* Where transactions run side by side, the cart's row is what two of one cart wait at: how many lines it has
 * stays so, but for those that an order takes. */
static enum status lock_cart(struct tx *tx, const struct uuid *session) {
    static const struct sql sql = {NULL, "SELECT 1 FROM carts WHERE session = $1 FOR NO KEY UPDATE"};
    return db_exec_later(tx->db, &sql, ARGS(db_uuid(session)));
}

/* Makes the session's cart where there is none, and notes that it is in use where that was noted some time
 * ago. */
static enum status use_cart(struct tx *tx, const struct uuid *session) {
    static const struct sql sql = {
        "INSERT INTO carts (session, used_at) VALUES ($1, $2)"
        " ON CONFLICT (session) DO UPDATE SET used_at = excluded.used_at WHERE carts.used_at < $3",
        NULL};
    int64_t now = clock_now_us(tx->clock);
    return db_exec_later(tx->db, &sql, ARGS(db_uuid(session), db_int(now), db_int(now - cart_note_us)));
}

/* Adds to the session's line of the product, or makes it. The line itself is asked whether it would pass what
 * is available, so that adds at the same time add up. */
static enum status put_line(struct tx *tx, const struct uuid *session, const struct target *target,
                            int64_t quantity, struct cart_item *out) {
    static const struct sql sql = {
        "INSERT INTO cart_items (id, session, product, quantity, created_at) VALUES ($1, $2, $3, $4, $5)"
        " ON CONFLICT (session, product) DO UPDATE SET quantity = cart_items.quantity + excluded.quantity"
        " WHERE cart_items.quantity + excluded.quantity <= $6 RETURNING id, quantity",
        NULL};
    struct uuid id = uuid_new(tx->clock, tx->random);
    struct db_rows *rows =
        db_query(tx->db, &sql,
                 ARGS(db_uuid(&id), db_uuid(session), db_int(target->product_seq), db_int(quantity),
                      db_int(clock_now_us(tx->clock)), db_int(target->product.stock_quantity)));
    bool put = false;
    while (db_step(rows)) {
        *out = (struct cart_item){
            .id = db_column_uuid(rows, 0), .product = target->product, .quantity = db_column_int(rows, 1)};
        put = true;
    }
    enum status s = db_finish(rows);
    return s == STATUS_OK && !put ? STATUS_INSUFFICIENT_STOCK : s;
}

static enum status update_line(struct tx *tx, const struct uuid *session, const struct uuid *item,
                               int64_t quantity) {
    static const struct sql sql = {"UPDATE cart_items SET quantity = $1 WHERE id = $2 AND session = $3",
                                   NULL};
    int64_t changed = 0;
    enum status s = db_exec(tx->db, &sql, ARGS(db_int(quantity), db_uuid(item), db_uuid(session)), &changed);
    return s == STATUS_OK && changed == 0 ? STATUS_CART_ITEM_NOT_FOUND : s;
}

enum status cart_add(struct tx *tx, const struct uuid *session, const struct cart_add *add,
                     struct cart_item *out) {
    struct target target;
    enum status s = lock_cart(tx, session);
    if (s == STATUS_OK)
        s = find_target(tx, session, &add->product_id, &target);
    if (s != STATUS_OK)
        return s;
    if (add->quantity > target.product.stock_quantity)
        return STATUS_INSUFFICIENT_STOCK;
    if (target.other_lines >= cart_lines_max)
        return STATUS_CART_FULL;
    if (target.used_at < clock_now_us(tx->clock) - cart_note_us)
        s = use_cart(tx, session);
    return s == STATUS_OK ? put_line(tx, session, &target, add->quantity, out) : s;
}

enum status cart_set(struct tx *tx, const struct uuid *session, const struct uuid *item, int64_t quantity,
                     struct cart_item *out) {
    enum status s = get_line(tx, session, item, out);
    if (s == STATUS_OK && quantity > out->product.stock_quantity)
        s = STATUS_INSUFFICIENT_STOCK;
    if (s == STATUS_OK)
        s = use_cart(tx, session);
    if (s == STATUS_OK)
        s = update_line(tx, session, item, quantity);
    out->quantity = quantity;
    return s;
}

enum status cart_remove(struct tx *tx, const struct uuid *session, const struct uuid *item) {
    static const struct sql sql = {"DELETE FROM cart_items WHERE id = $1 AND session = $2", NULL};
    int64_t changed = 0;
    enum status s = db_exec(tx->db, &sql, ARGS(db_uuid(item), db_uuid(session)), &changed);
    return s == STATUS_OK && changed == 0 ? STATUS_CART_ITEM_NOT_FOUND : s;
}

enum status cart_note_seen(struct tx *tx) {
    static const struct sql sql = {"UPDATE carts SET used_at = $1 WHERE session = $2 AND used_at < $1",
                                   "UPDATE carts SET used_at = $1 WHERE session = (SELECT session FROM carts"
                                   " WHERE session = $2 AND used_at < $1 FOR UPDATE SKIP LOCKED)"};
    struct uuid sessions[carts_seen_max];
    size_t count = tx->carts_seen ? carts_seen_take(tx->carts_seen, sessions) : 0;
    enum status s = STATUS_OK;
    for (size_t i = 0; i < count && s == STATUS_OK; i++)
        s = db_exec(tx->db, &sql, ARGS(db_int(clock_now_us(tx->clock)), db_uuid(&sessions[i])), NULL);
    return s;
}

enum status cart_sweep(struct tx *tx, int64_t since_us, int64_t limit, int64_t *removed) {
    static const struct sql sql = {
        "DELETE FROM carts WHERE session IN"
        " (SELECT session FROM carts WHERE used_at < $1 ORDER BY used_at LIMIT $2)",
        "DELETE FROM carts WHERE session IN (SELECT session FROM carts WHERE used_at < $1"
        " ORDER BY used_at LIMIT $2 FOR UPDATE SKIP LOCKED)"};
    return db_exec(tx->db, &sql, ARGS(db_int(since_us), db_int(limit)), removed);
}
