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
    static const struct sql sql = {
        "SELECT " PRODUCT_COLUMNS " FROM products WHERE id = $1 AND is_active = 1 AND " SEEN_PRODUCT, NULL};
    return read_one(tx, db_query(tx->db, &sql, ARGS(db_uuid(id))), out);
}

enum status product_count(struct tx *tx, int64_t *out) {
    static const struct sql sql = {"SELECT CAST(coalesce(sum(product_count), 0) AS bigint) FROM categories",
                                   NULL};
    struct db_rows *rows = db_query(tx->db, &sql, NO_ARGS);
    if (db_step(rows))
        *out = db_column_int(rows, 0);
    return db_finish(rows);
}

enum status product_list(struct tx *tx, const struct product_page *page, struct list *out, int64_t *next,
                         int64_t *total) {
    static const struct sql sql = {"SELECT " PRODUCT_COLUMNS
                                   ", seq FROM products WHERE is_active = 1 AND seq <"
                                   " (SELECT CASE WHEN staged_seq < $1 THEN staged_seq ELSE $1 END"
                                   " FROM catalogue) ORDER BY seq DESC LIMIT $2 OFFSET $3",
                                   NULL};
    /* One bound, since SQLite starts from the first of two. */
    struct product *products = arena_array(tx->arena, (size_t)page->limit, sizeof *products);
    if (!products)
        return STATUS_NO_MEMORY;
    size_t count = 0;
    struct db_rows *rows =
        db_query(tx->db, &sql, ARGS(db_int(page->before), db_int(page->limit), db_int(page->offset)));
    for (; db_step(rows); count++) {
        read_product(tx, rows, &products[count]);
        *next = db_column_int(rows, 7);
    }
    *out = (struct list){products, count};
    enum status s = db_finish(rows);
    return s == STATUS_OK ? product_count(tx, total) : s;
}

enum status product_walk(struct tx *tx, int64_t *seq, int64_t limit, struct list *out) {
    static const struct sql sql = {"SELECT " PRODUCT_COLUMNS
                                   ", seq FROM products WHERE is_active = 1"
                                   " AND seq > $1 AND " SEEN_PRODUCT " ORDER BY seq LIMIT $2",
                                   NULL};
    struct product *products = arena_array(tx->arena, (size_t)limit, sizeof *products);
    if (!products)
        return STATUS_NO_MEMORY;
    size_t count = 0;
    struct db_rows *rows = db_query(tx->db, &sql, ARGS(db_int(*seq), db_int(limit)));
    for (; db_step(rows); count++) {
        read_product(tx, rows, &products[count]);
        *seq = db_column_int(rows, 7);
    }
    *out = (struct list){products, count};
    return db_finish(rows);
}

enum status product_at(struct tx *tx, int64_t seq, struct product *out) {
    static const struct sql sql = {"SELECT " PRODUCT_COLUMNS " FROM products WHERE seq = $1", NULL};
    return read_one(tx, db_query(tx->db, &sql, ARGS(db_int(seq))), out);
}

/* How the search sees a product. */
static struct search_document document_of(const struct product *product, int64_t seq) {
    return (struct search_document){
        .seq = seq,
        .name = product->name,
        .category = product->category,
        .description = product->description,
        .price = product->price,
    };
}

/* The seq that the next product gets: while an import is under way, out of the room that it left before its
 * own. STATUS_QUEUE_FULL where that is used up. */
static enum status next_seq(struct tx *tx, int64_t *seq) {
    static const struct sql sql = {"SELECT coalesce((SELECT max(seq) FROM products WHERE " SEEN_PRODUCT
                                   "), 0) + 1, staged_seq"
                                   " FROM catalogue",
                                   NULL};
    int64_t end = 0;
    struct db_rows *rows = db_query(tx->db, &sql, NO_ARGS);
    if (db_step(rows)) {
        *seq = db_column_int(rows, 0);
        end = db_column_int(rows, 1);
    }
    enum status s = db_finish(rows);
    return s == STATUS_OK && *seq >= end ? STATUS_QUEUE_FULL : s;
}

/* Writes a new product's row. */
static enum status insert(struct tx *tx, int64_t seq, const struct product *given, struct product *out) {
    static const struct sql sql = {"INSERT INTO products (seq, " PRODUCT_COLUMNS
                                   ", created_at, stock_received)"
                                   " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $6)",
                                   /* A conflict would end the transaction, which an import goes on with. */
                                   "INSERT INTO products (seq, " PRODUCT_COLUMNS
                                   ", created_at, stock_received)"
                                   " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $6)"
                                   " ON CONFLICT (id) DO NOTHING"};
    int64_t changed = 0;
    static const struct uuid nil;
    tx->changes |= CHANGES_CATALOGUE;
    *out = *given;
    if (uuid_equal(&out->id, &nil))
        out->id = uuid_new(tx->clock, tx->random);
    enum status s =
        db_exec(tx->db, &sql,
                ARGS(db_int(seq), db_uuid(&out->id), db_text(out->name), db_text(out->description),
                     db_int(out->price), db_int(out->stock_quantity), db_text(out->category),
                     db_text(out->image_url), db_int(clock_now_us(tx->clock))),
                &changed);
    return s == STATUS_CONFLICT || (s == STATUS_OK && changed == 0) ? STATUS_PRODUCT_EXISTS : s;
}

enum status product_add(struct tx *tx, const struct product *given, struct product *out) {
    int64_t seq = 0;
    enum status s = store_hold(tx);
    if (s == STATUS_OK)
        s = next_seq(tx, &seq);
    if (s == STATUS_OK)
        s = insert(tx, seq, given, out);
    if (s != STATUS_OK)
        return s;
    struct search_document document = document_of(out, seq);
    return search_index_change(tx, NULL, &document);
}

enum status product_import(struct tx *tx, struct search_bulk *bulk, const struct product *given,
                           struct product *out) {
    int64_t seq = 0;
    enum status s = store_hold(tx);
    if (s == STATUS_OK)
        s = next_seq(tx, &seq);
    return s == STATUS_OK ? product_import_at(tx, bulk, seq, given, out) : s;
}

enum status product_import_at(struct tx *tx, struct search_bulk *bulk, int64_t seq,
                              const struct product *given, struct product *out) {
    enum status s = insert(tx, seq, given, out);
    if (s != STATUS_OK)
        return s;
    struct search_document document = document_of(out, seq);
    return search_bulk_add(bulk, tx, &document);
}

/* A product that is about to be changed, active or not. */
static enum status read_any(struct tx *tx, const struct uuid *id, struct product *out, int64_t *seq,
                            bool *active) {
    static const struct sql sql = {
        "SELECT " PRODUCT_COLUMNS ", seq, is_active FROM products WHERE id = $1 AND " SEEN_PRODUCT,
        "SELECT " PRODUCT_COLUMNS ", seq, is_active FROM products WHERE id = $1 AND " SEEN_PRODUCT
        " FOR NO KEY UPDATE",
    };
    struct db_rows *rows = db_query(tx->db, &sql, ARGS(db_uuid(id)));
    bool found = db_step(rows);
    if (found) {
        read_product(tx, rows, out);
        *seq = db_column_int(rows, 7);
        *active = db_column_int(rows, 8) != 0;
    }
    enum status s = db_finish(rows);
    return s == STATUS_OK && !found ? STATUS_PRODUCT_NOT_FOUND : s;
}

/* Whether the index, or the count of a category, may have to follow. */
static bool changes_index(const struct product_change *c) {
    return c->name.at || c->description.at || c->category.at || c->price.given || c->is_active.given;
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
    struct product before;
    int64_t seq;
    bool was_active;
    enum status s = changes_index(change) ? store_hold(tx) : STATUS_OK;
    if (s == STATUS_OK)
        s = read_any(tx, id, &before, &seq, &was_active);
    if (s != STATUS_OK)
        return s;
    s = read_one(
        tx,
        db_query(tx->db, &sql,
                 ARGS(db_text(change->name), db_text(change->description), db_maybe_int(change->price),
                      db_maybe_int(change->stock_quantity), db_text(change->category),
                      db_text(change->image_url), db_maybe_int(active), db_uuid(id))),
        out);
    if (s != STATUS_OK)
        return s;
    struct search_document old = document_of(&before, seq), new = document_of(out, seq);
    bool is_active = change->is_active.given ? change->is_active.value : was_active;
    return search_index_change(tx, was_active ? &old : NULL, is_active ? &new : NULL);
}

enum status product_delete(struct tx *tx, const struct uuid *id) {
    static const struct sql sql = {"UPDATE products SET is_active = 0 WHERE id = $1", NULL};
    tx->changes |= CHANGES_CATALOGUE;
    struct product before;
    int64_t seq;
    bool was_active;
    enum status s = store_hold(tx);
    if (s == STATUS_OK)
        s = read_any(tx, id, &before, &seq, &was_active);
    if (s == STATUS_OK && !was_active)
        s = STATUS_PRODUCT_NOT_FOUND;
    if (s == STATUS_OK)
        s = db_exec(tx->db, &sql, ARGS(db_uuid(id)), NULL);
    if (s != STATUS_OK)
        return s;
    struct search_document document = document_of(&before, seq);
    return search_index_change(tx, &document, NULL);
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
