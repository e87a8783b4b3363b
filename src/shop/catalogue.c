#include "shop/catalogue.h"

#define PRODUCT_COLUMNS "id, name, description, price, stock_quantity, category, image_url"

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

/* The product of a statement that gives one row or none. */
static enum status read_one(struct tx *tx, struct db_rows *rows, struct product *out) {
    bool found = db_step(rows);
    if (found)
        read_product(tx, rows, out);
    enum status s = db_finish(rows);
    return s == STATUS_OK && !found ? STATUS_PRODUCT_NOT_FOUND : s;
}

enum status product_get(struct tx *tx, const struct uuid *id, struct product *out) {
    static const struct sql sql = {"SELECT " PRODUCT_COLUMNS " FROM products WHERE id = $1 AND is_active = 1",
                                   NULL};
    return read_one(tx, db_query(tx->db, &sql, ARGS(db_uuid(id))), out);
}

enum status product_count(struct tx *tx, int64_t *out) {
    static const struct sql sql = {"SELECT coalesce(sum(product_count), 0) FROM categories", NULL};
    struct db_rows *rows = db_query(tx->db, &sql, NO_ARGS);
    if (db_step(rows))
        *out = db_column_int(rows, 0);
    return db_finish(rows);
}

enum status product_list(struct tx *tx, int64_t limit, int64_t offset, struct list *out, int64_t *total) {
    static const struct sql sql = {"SELECT " PRODUCT_COLUMNS
                                   " FROM products WHERE is_active = 1"
                                   " ORDER BY seq DESC LIMIT $1 OFFSET $2",
                                   NULL};
    struct product *products = arena_array(tx->arena, (size_t)limit, sizeof *products);
    if (!products)
        return STATUS_NO_MEMORY;
    size_t count = 0;
    struct db_rows *rows = db_query(tx->db, &sql, ARGS(db_int(limit), db_int(offset)));
    while (db_step(rows))
        read_product(tx, rows, &products[count++]);
    *out = (struct list){products, count};
    enum status s = db_finish(rows);
    return s == STATUS_OK ? product_count(tx, total) : s;
}

enum status product_add(struct tx *tx, const struct product *given, struct product *out) {
    static const struct sql sql = {"INSERT INTO products (" PRODUCT_COLUMNS
                                   ", created_at, stock_received)"
                                   " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $5)",
                                   NULL};
    static const struct uuid nil;
    tx->changes |= CHANGES_CATALOGUE;
    *out = *given;
    if (uuid_equal(&out->id, &nil))
        out->id = uuid_new(tx->clock, tx->random);
    enum status s = db_exec(tx->db, &sql,
                            ARGS(db_uuid(&out->id), db_text(out->name), db_text(out->description),
                                 db_int(out->price), db_int(out->stock_quantity), db_text(out->category),
                                 db_text(out->image_url), db_int(clock_now_us(tx->clock))),
                            NULL);
    return s == STATUS_CONFLICT ? STATUS_PRODUCT_EXISTS : s;
}

enum status product_change(struct tx *tx, const struct uuid *id, const struct product_change *change,
                           struct product *out) {
    static const struct sql sql = {
        "UPDATE products SET name = coalesce($1, name), description = coalesce($2, description),"
        " price = coalesce($3, price),"
        " stock_received = stock_received + coalesce($4, stock_quantity) - stock_quantity,"
        " stock_quantity = coalesce($4, stock_quantity),"
        " category = coalesce($5, category), image_url = coalesce($6, image_url),"
        " is_active = coalesce($7, is_active)"
        " WHERE id = $8 RETURNING " PRODUCT_COLUMNS,
        NULL};
    tx->changes |= CHANGES_CATALOGUE;
    struct maybe_int active = {change->is_active.given, change->is_active.value};
    return read_one(
        tx,
        db_query(tx->db, &sql,
                 ARGS(db_text(change->name), db_text(change->description), db_maybe_int(change->price),
                      db_maybe_int(change->stock_quantity), db_text(change->category),
                      db_text(change->image_url), db_maybe_int(active), db_uuid(id))),
        out);
}

enum status product_delete(struct tx *tx, const struct uuid *id) {
    static const struct sql sql = {"UPDATE products SET is_active = 0 WHERE id = $1 AND is_active = 1", NULL};
    tx->changes |= CHANGES_CATALOGUE;
    int64_t changed = 0;
    enum status s = db_exec(tx->db, &sql, ARGS(db_uuid(id)), &changed);
    return s == STATUS_OK && changed == 0 ? STATUS_PRODUCT_NOT_FOUND : s;
}

enum status category_list(struct tx *tx, struct list *out) {
    static const struct sql sql = {"SELECT name, product_count FROM categories ORDER BY name", NULL};
    struct category *categories = NULL;
    size_t count = 0, room = 0;
    bool no_memory = false;
    struct db_rows *rows = db_query(tx->db, &sql, NO_ARGS);
    while (db_step(rows)) {
        if (count == room) {
            size_t more = room ? room * 2 : 32;
            struct category *grown =
                arena_grow(tx->arena, categories, room * sizeof *categories, more * sizeof *categories);
            if (!grown) {
                no_memory = true;
                break;
            }
            categories = grown, room = more;
        }
        categories[count++] = (struct category){db_column_text(rows, 0, tx->arena), db_column_int(rows, 1)};
    }
    *out = (struct list){categories, count};
    enum status s = db_finish(rows);
    return s == STATUS_OK && no_memory ? STATUS_NO_MEMORY : s;
}
