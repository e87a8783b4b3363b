/* Carts as rows.
 *
 *     carts       one row a session: used_at, its last use as far as that was written
 *     cart_items  one row a line: UNIQUE (session, product); `seq` keeps the order in which lines were added
 *
 * How it works: a cart takes no stock, so its lines are wishes that order_place checks again. Still an add is
 * refused if the line would exceed what can be bought now. That check is in the statement that writes the
 * line, because two adds at the same time must add up and not overwrite each other.
 *
 * When a cart was last used decides when it is swept, 30 days later. Writing that for each request would turn
 * every read into a write, and every add into two. So it may lag behind:
 *
 *     adds and changes    written if the stored time is older than cart_note_us (10 minutes)
 *     looks               if it is older than cart_touch_us (a day), put into cart_touches, which the
 *                         chores store; readers never write
 *
 * The sweep therefore allows a day more than the 30 days. */
#include "shop/cart/cart.h"

#include "shop/cart/cart_touches.h"

/* A product that is no longer sold (is_active = 0) shows a stock of 0. */
#define SHOWN_COLUMNS                                                                                        \
    "p.id, p.name, p.description, p.price, p.stock_quantity * p.is_active, p.category, p.image_url"
#define LINE_COLUMNS SHOWN_COLUMNS ", c.id, c.quantity"
#define LINE_TABLES "cart_items AS c JOIN products AS p ON p.seq = c.product"

static void cart_read_line(struct shop_ctx *ctx, struct db_rows *rows, struct cart_item *out) {
    product_read_row(ctx, rows, &out->product);
    out->id = db_column_uuid(rows, product_columns);
    out->quantity = db_column_int(rows, product_columns + 1);
}

#define LIST_COLUMNS LINE_COLUMNS ", (SELECT used_at FROM carts WHERE session = $1)"
#define LIST_ROWS " FROM " LINE_TABLES " WHERE c.session = $1 ORDER BY c.seq LIMIT $2"

enum status cart_list(struct shop_ctx *ctx, const struct uuid *session, unsigned include, struct list *out) {
    static const struct sql sql[] = {
        SQL("SELECT " LIST_COLUMNS LIST_ROWS),
        SQL("SELECT " LIST_COLUMNS ", p.created_at, p.weight_grams, p.ships, p.tax_class, p.seq" LIST_ROWS)};
    int64_t used_at = INT64_MAX;
    struct cart_item *lines = arena_array(ctx->arena, cart_lines_max, sizeof *lines);
    if (!lines)
        return STATUS_NO_MEMORY;
    size_t count = 0;
    struct db_rows *rows =
        db_query(ctx->db, &sql[include != 0], ARGS(db_uuid(session), db_int(cart_lines_max)));
    while (db_step(rows)) {
        cart_read_line(ctx, rows, &lines[count]);
        used_at = db_column_int(rows, product_columns + 2);
        if (include)
            product_read_more(ctx, rows, product_columns + 3, &lines[count].product);
        count++;
    }
    *out = (struct list){lines, count};
    if (ctx->cart_touches && used_at < clock_now_us(ctx->clock) - cart_touch_us)
        cart_touches_put(ctx->cart_touches, session);
    TRY(db_finish(rows));
    return count ? products_add_images(ctx, include, &lines->product, count, sizeof *lines) : STATUS_OK;
}

/* Reads one of the session's lines. */
static enum status cart_get_line(struct shop_ctx *ctx, const struct uuid *session, const struct uuid *item,
                                 struct cart_item *out) {
    static const struct sql sql =
        SQL("SELECT " LINE_COLUMNS " FROM " LINE_TABLES " WHERE c.id = $1 AND c.session = $2");
    struct db_rows *rows = db_query(ctx->db, &sql, ARGS(db_uuid(item), db_uuid(session)));
    if (db_step(rows))
        cart_read_line(ctx, rows, out);
    return db_finish_or(rows, STATUS_CART_ITEM_NOT_FOUND);
}

/* What an add needs to know: the product, and the state of the session's cart. */
struct cart_target {
    struct product product;
    int64_t product_seq;
    int64_t other_lines; /* lines of the cart for other products */
    int64_t used_at;     /* as it was written last; 0 if there is no cart */
};

static enum status cart_find_target(struct shop_ctx *ctx, const struct uuid *session,
                                    const struct uuid *product, struct cart_target *out) {
    static const struct sql sql =
        SQL("SELECT " SHOWN_COLUMNS
            ", p.seq,"
            " (SELECT count(*) FROM cart_items AS c WHERE c.session = $1 AND c.product <> p.seq),"
            " (SELECT used_at FROM carts WHERE session = $1)"
            " FROM products AS p WHERE p.id = $2 AND p.is_active = 1 AND p." VISIBLE_PRODUCT);
    struct db_rows *rows = db_query(ctx->db, &sql, ARGS(db_uuid(session), db_uuid(product)));
    if (db_step(rows)) {
        product_read_row(ctx, rows, &out->product);
        out->product_seq = db_column_int(rows, product_columns);
        out->other_lines = db_column_int(rows, product_columns + 1);
        out->used_at = db_column_int(rows, product_columns + 2);
    }
    return db_finish_or(rows, STATUS_PRODUCT_NOT_FOUND);
}

/* Locks the cart's row on PostgreSQL, where transactions run side by side. Two adds to one cart then wait for
 * each other, so that both cannot pass the check of cart_lines_max. Orders only take lines away. */
static enum status cart_lock(struct shop_ctx *ctx, const struct uuid *session) {
    static const struct sql sql = {NULL, "SELECT 1 FROM carts WHERE session = $1 FOR NO KEY UPDATE"};
    return db_exec_deferred(ctx->db, &sql, ARGS(db_uuid(session)));
}

/* Makes the session's cart if there is none, and writes its last use if the stored one is old. */
static enum status cart_mark_used(struct shop_ctx *ctx, const struct uuid *session) {
    static const struct sql sql =
        SQL("INSERT INTO carts (session, used_at) VALUES ($1, $2)"
            " ON CONFLICT (session) DO UPDATE SET used_at = excluded.used_at WHERE carts.used_at < $3");
    int64_t now = clock_now_us(ctx->clock);
    return db_exec_deferred(ctx->db, &sql, ARGS(db_uuid(session), db_int(now), db_int(now - cart_note_us)));
}

/* Adds to the session's line of the product, or makes the line. The WHERE holds for an existing line only:
 * the caller has checked that the quantity alone can be bought. */
static enum status cart_put_line(struct shop_ctx *ctx, const struct uuid *session,
                                 const struct cart_target *target, int64_t quantity, struct cart_item *out) {
    static const struct sql sql =
        SQL("INSERT INTO cart_items (id, session, product, quantity, created_at) VALUES ($1, $2, $3, $4, $5)"
            " ON CONFLICT (session, product) DO UPDATE SET quantity = cart_items.quantity + excluded.quantity"
            " WHERE cart_items.quantity + excluded.quantity <= $6 RETURNING id, quantity");
    struct uuid id = uuid_new(ctx->clock, ctx->random);
    struct db_rows *rows =
        db_query(ctx->db, &sql,
                 ARGS(db_uuid(&id), db_uuid(session), db_int(target->product_seq), db_int(quantity),
                      db_int(clock_now_us(ctx->clock)), db_int(target->product.stock_quantity)));
    while (db_step(rows))
        *out = (struct cart_item){
            .id = db_column_uuid(rows, 0), .product = target->product, .quantity = db_column_int(rows, 1)};
    return db_finish_or(rows, STATUS_INSUFFICIENT_STOCK);
}

static enum status cart_update_line(struct shop_ctx *ctx, const struct uuid *session, const struct uuid *item,
                                    int64_t quantity) {
    static const struct sql sql = SQL("UPDATE cart_items SET quantity = $1 WHERE id = $2 AND session = $3");
    return db_exec_or(ctx->db, &sql, ARGS(db_int(quantity), db_uuid(item), db_uuid(session)),
                      STATUS_CART_ITEM_NOT_FOUND);
}

enum status cart_add(struct shop_ctx *ctx, const struct uuid *session, const struct cart_add *add,
                     struct cart_item *out) {
    struct cart_target target = {0};
    TRY(cart_lock(ctx, session));
    TRY(cart_find_target(ctx, session, &add->product_id, &target));
    if (add->quantity > target.product.stock_quantity)
        return STATUS_INSUFFICIENT_STOCK;
    if (target.other_lines >= cart_lines_max)
        return STATUS_CART_FULL;
    if (target.used_at < clock_now_us(ctx->clock) - cart_note_us)
        TRY(cart_mark_used(ctx, session));
    return cart_put_line(ctx, session, &target, add->quantity, out);
}

enum status cart_set(struct shop_ctx *ctx, const struct uuid *session, const struct uuid *item,
                     int64_t quantity, struct cart_item *out) {
    TRY(cart_get_line(ctx, session, item, out));
    if (quantity > out->product.stock_quantity)
        return STATUS_INSUFFICIENT_STOCK;
    TRY(cart_mark_used(ctx, session));
    out->quantity = quantity;
    return cart_update_line(ctx, session, item, quantity);
}

enum status cart_remove(struct shop_ctx *ctx, const struct uuid *session, const struct uuid *item) {
    static const struct sql sql = SQL("DELETE FROM cart_items WHERE id = $1 AND session = $2");
    return db_exec_or(ctx->db, &sql, ARGS(db_uuid(item), db_uuid(session)), STATUS_CART_ITEM_NOT_FOUND);
}

enum status cart_store_touches(struct shop_ctx *ctx) {
    static const struct sql sql = {"UPDATE carts SET used_at = $1 WHERE session = $2 AND used_at < $1",
                                   "UPDATE carts SET used_at = $1 WHERE session = (SELECT session FROM carts"
                                   " WHERE session = $2 AND used_at < $1 FOR UPDATE SKIP LOCKED)"};
    struct uuid sessions[cart_touches_max];
    size_t count = ctx->cart_touches ? cart_touches_take(ctx->cart_touches, sessions) : 0;
    enum status s = STATUS_OK;
    for (size_t i = 0; i < count && s == STATUS_OK; i++)
        s = db_exec_deferred(ctx->db, &sql, ARGS(db_int(clock_now_us(ctx->clock)), db_uuid(&sessions[i])));
    return s;
}

enum status cart_sweep(struct shop_ctx *ctx, int64_t since_us, int64_t limit, int64_t *removed) {
    static const struct sql sql = {
        "DELETE FROM carts WHERE session IN"
        " (SELECT session FROM carts WHERE used_at < $1 ORDER BY used_at LIMIT $2)",
        "DELETE FROM carts WHERE session IN (SELECT session FROM carts WHERE used_at < $1"
        " ORDER BY used_at LIMIT $2 FOR UPDATE SKIP LOCKED)"};
    return db_exec(ctx->db, &sql, ARGS(db_int(since_us), db_int(limit)), removed);
}
