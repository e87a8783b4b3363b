#include "shop/cart.h"

/* A line with its product; a product that is no longer sold has nothing in stock. */
#define LINE_COLUMNS                                                                                         \
    "c.id, c.quantity, p.id, p.name, p.description, p.price, p.stock_quantity * p.is_active, p.category, p.image_url"
#define LINE_TABLES "cart_items AS c JOIN products AS p ON p.seq = c.product"

static void read_line(struct tx *tx, struct db_rows *rows, struct cart_item *out) {
    *out = (struct cart_item){
        .id = db_column_uuid(rows, 0),
        .quantity = db_column_int(rows, 1),
        .product =
            {
                .id = db_column_uuid(rows, 2),
                .name = db_column_text(rows, 3, tx->arena),
                .description = db_column_text(rows, 4, tx->arena),
                .price = db_column_int(rows, 5),
                .stock_quantity = db_column_int(rows, 6),
                .category = db_column_text(rows, 7, tx->arena),
                .image_url = db_column_text(rows, 8, tx->arena),
            },
    };
}

enum status cart_list(struct tx *tx, const struct uuid *session, struct list *out) {
    static const struct sql sql = {
        "SELECT " LINE_COLUMNS " FROM " LINE_TABLES " WHERE c.session = $1 ORDER BY c.seq LIMIT $2", NULL};
    struct cart_item *lines = arena_array(tx->arena, cart_lines_max, sizeof *lines);
    if (!lines)
        return STATUS_NO_MEMORY;
    size_t count = 0;
    struct db_rows *rows = db_query(tx->db, &sql, ARGS(db_uuid(session), db_int(cart_lines_max)));
    while (db_step(rows))
        read_line(tx, rows, &lines[count++]);
    *out = (struct list){lines, count};
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

/* The product to be added, and the id and quantity of the line that it has already (0 where there is none).
 */
struct target {
    int64_t product_seq;
    int64_t available;
    struct uuid line;
    int64_t quantity;
};

static enum status find_target(struct tx *tx, const struct uuid *session, const struct uuid *product,
                               struct target *out) {
    static const struct sql sql = {
        "SELECT p.seq, p.stock_quantity, c.id, coalesce(c.quantity, 0) FROM products AS p"
        " LEFT JOIN cart_items AS c ON c.session = $1 AND c.product = p.seq"
        " WHERE p.id = $2 AND p.is_active = 1 AND p." SEEN_PRODUCT,
        NULL};
    struct db_rows *rows = db_query(tx->db, &sql, ARGS(db_uuid(session), db_uuid(product)));
    bool found = db_step(rows);
    if (found)
        *out = (struct target){db_column_int(rows, 0), db_column_int(rows, 1), db_column_uuid(rows, 2),
                               db_column_int(rows, 3)};
    enum status s = db_finish(rows);
    return s == STATUS_OK && !found ? STATUS_PRODUCT_NOT_FOUND : s;
}

/* Makes the session's cart where there is none, and notes that it is in use. */
static enum status use_cart(struct tx *tx, const struct uuid *session) {
    static const struct sql sql = {
        "INSERT INTO carts (session, used_at) VALUES ($1, $2)"
        " ON CONFLICT (session) DO UPDATE SET used_at = excluded.used_at",
        NULL};
    return db_exec(tx->db, &sql, ARGS(db_uuid(session), db_int(clock_now_us(tx->clock))), NULL);
}

static enum status check_room(struct tx *tx, const struct uuid *session) {
    static const struct sql sql = {"SELECT count(*) FROM cart_items WHERE session = $1", NULL};
    int64_t lines = 0;
    struct db_rows *rows = db_query(tx->db, &sql, ARGS(db_uuid(session)));
    while (db_step(rows))
        lines = db_column_int(rows, 0);
    enum status s = db_finish(rows);
    return s == STATUS_OK && lines >= cart_lines_max ? STATUS_CART_FULL : s;
}

static enum status insert_line(struct tx *tx, const struct uuid *session, const struct target *target,
                               int64_t quantity) {
    static const struct sql sql = {
        "INSERT INTO cart_items (id, session, product, quantity, created_at)"
        " VALUES ($1, $2, $3, $4, $5)",
        NULL};
    return db_exec(tx->db, &sql,
                   ARGS(db_uuid(&target->line), db_uuid(session), db_int(target->product_seq),
                        db_int(quantity), db_int(clock_now_us(tx->clock))),
                   NULL);
}

static enum status update_line(struct tx *tx, const struct uuid *session, const struct uuid *item,
                               int64_t quantity) {
    static const struct sql sql = {"UPDATE cart_items SET quantity = $1 WHERE id = $2 AND session = $3",
                                   NULL};
    return db_exec(tx->db, &sql, ARGS(db_int(quantity), db_uuid(item), db_uuid(session)), NULL);
}

enum status cart_add(struct tx *tx, const struct uuid *session, const struct cart_add *add,
                     struct cart_item *out) {
    struct target target;
    int64_t wanted;
    enum status s = find_target(tx, session, &add->product_id, &target);
    if (s != STATUS_OK)
        return s;
    if (__builtin_add_overflow(target.quantity, add->quantity, &wanted) || wanted > target.available)
        return STATUS_INSUFFICIENT_STOCK;
    s = use_cart(tx, session);
    if (s == STATUS_OK && target.quantity == 0) {
        target.line = uuid_new(tx->clock, tx->random);
        s = check_room(tx, session);
        if (s == STATUS_OK)
            s = insert_line(tx, session, &target, wanted);
    } else if (s == STATUS_OK) {
        s = update_line(tx, session, &target.line, wanted);
    }
    return s == STATUS_OK ? get_line(tx, session, &target.line, out) : s;
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

enum status cart_sweep(struct tx *tx, int64_t since_us, int64_t limit, int64_t *removed) {
    static const struct sql sql = {
        "DELETE FROM carts WHERE session IN"
        " (SELECT session FROM carts WHERE used_at < $1 ORDER BY used_at LIMIT $2)",
        NULL};
    return db_exec(tx->db, &sql, ARGS(db_int(since_us), db_int(limit)), removed);
}
