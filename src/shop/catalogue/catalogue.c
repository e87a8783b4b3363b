/* How it works. A change of a product (change_product) takes the same way for the API, the desk and a withdrawal:
 *
 *     1. lock the index, if it may change with the product. product_add() locks it first as well.
 *     2. lock and read the row, and let the caller's guard judge it.
 *     3. write the stock, as a difference so that the audit can follow it, and then the other columns.
 *     4. record the event, and hand the index the product before and after. Triggers count the categories.
 *
 * Rows are read by the numbers of their columns. PRODUCT_COLUMNS come first; behind them stand those that a client may ask
 * for (PRODUCT_MORE_COLUMNS) and those for the staff (PRODUCT_DESK_COLUMNS). A statement is written once for each. */
#include "shop/catalogue/catalogue.h"

#include "base/buf.h"
#include "shop/index/indexer.h"
#include "shop/outbox/event.h"
#include "shop/stock.h"

#include <assert.h>

/* A statement without and with the columns that a client asks for, by whether it does. */
#define PRODUCT_STATEMENTS(columns, rest)                                                                    \
    {SQL("SELECT " PRODUCT_COLUMNS columns rest),                                                            \
     SQL("SELECT " PRODUCT_COLUMNS columns PRODUCT_MORE_COLUMNS rest)}

void product_read_row(struct shop_ctx *ctx, struct db_rows *rows, struct product *out) {
    *out = (struct product){
        .id = db_column_uuid(rows, 0),
        .name = db_column_text(rows, 1, ctx->arena),
        .description = db_column_text(rows, 2, ctx->arena),
        .price = db_column_int(rows, 3),
        .stock_quantity = db_column_int(rows, 4),
        .category = db_column_text(rows, 5, ctx->arena),
        .image_url = db_column_text(rows, 6, ctx->arena),
    };
}

void product_read_more(struct shop_ctx *ctx, struct db_rows *rows, int column, struct product *out) {
    out->created_at = db_column_int(rows, column);
    out->weight_grams = db_column_maybe_int(rows, column + 1);
    out->ships = (struct maybe_bool){true, db_column_int(rows, column + 2) != 0};
    out->tax_class = db_column_text(rows, column + 3, ctx->arena);
    out->seq = db_column_int(rows, column + 4);
}

enum status products_add_images(struct shop_ctx *ctx, unsigned include, void *products, size_t count,
                                size_t stride) {
    if (!(include & INCLUDE_IMAGES))
        return STATUS_OK;
    int64_t *seqs = arena_array(ctx->arena, count, sizeof *seqs);
    struct list *images = arena_array(ctx->arena, count, sizeof *images);
    if (!seqs || !images)
        return STATUS_NO_MEMORY;
    for (size_t i = 0; i < count; i++)
        seqs[i] = ((struct product *)(void *)((char *)products + i * stride))->seq;
    TRY(product_images_read(ctx, seqs, count, images));
    for (size_t i = 0; i < count; i++)
        ((struct product *)(void *)((char *)products + i * stride))->images = images[i];
    return STATUS_OK;
}

/* Adds what PRODUCT_DESK_COLUMNS have, which begin with number `column` of the row. */
static void product_read_desk(struct shop_ctx *ctx, struct db_rows *rows, int column, struct product *out) {
    out->is_active = (struct maybe_bool){true, db_column_int(rows, column) != 0};
    out->key = db_column_text(rows, column + 1, ctx->arena);
}

/* Reads the product of a statement with at most one row, and finishes it. `more`: the row has PRODUCT_MORE_COLUMNS
 * too. STATUS_PRODUCT_NOT_FOUND without a row. */
static enum status read_one_product(struct shop_ctx *ctx, struct db_rows *rows, bool more,
                                    struct product *out) {
    if (db_step(rows)) {
        product_read_row(ctx, rows, out);
        if (more)
            product_read_more(ctx, rows, product_columns, out);
    }
    return db_finish_or(rows, STATUS_PRODUCT_NOT_FOUND);
}

enum status product_get(struct shop_ctx *ctx, const struct uuid *id, unsigned include, struct product *out) {
    static const struct sql sql[] =
        PRODUCT_STATEMENTS("", " FROM products WHERE id = $1 AND is_active = 1 AND " VISIBLE_PRODUCT);
    TRY(read_one_product(ctx, db_query(ctx->db, &sql[include != 0], ARGS(db_uuid(id))), include != 0, out));
    return products_add_images(ctx, include, out, 1, sizeof *out);
}

enum status product_find_seq(struct shop_ctx *ctx, const struct uuid *id, int64_t *out) {
    static const struct sql sql = SQL("SELECT seq FROM products WHERE id = $1 AND " VISIBLE_PRODUCT);
    struct db_rows *rows = db_query(ctx->db, &sql, ARGS(db_uuid(id)));
    if (db_step(rows))
        *out = db_column_int(rows, 0);
    return db_finish_or(rows, STATUS_PRODUCT_NOT_FOUND);
}

static const struct sql count_sql =
    SQL("SELECT CAST(coalesce(sum(product_count), 0) AS bigint) FROM categories");

enum status product_exists_any(struct shop_ctx *ctx, bool *out) {
    static const struct sql sql =
        SQL("SELECT count(*) FROM (SELECT 1 FROM products WHERE " VISIBLE_PRODUCT " LIMIT 1) AS p");
    int64_t count = 0;
    enum status s = db_get_int(ctx->db, &sql, NO_ARGS, &count);
    *out = count > 0;
    return s;
}

enum status product_count(struct shop_ctx *ctx, int64_t *out) {
    return db_get_int(ctx->db, &count_sql, NO_ARGS, out);
}

enum status product_newest_seq(struct shop_ctx *ctx, int64_t *out) {
    static const struct sql sql = SQL("SELECT coalesce(max(seq), 0) FROM products WHERE " VISIBLE_PRODUCT);
    *out = 0;
    return db_get_int(ctx->db, &sql, NO_ARGS, out);
}

/* Reads at most `limit` products of a statement that has their seq behind the product's columns, and with `more`
 * PRODUCT_MORE_COLUMNS behind that. Finishes it. `seq` becomes that of the last one, if there is any. */
static enum status read_product_rows(struct shop_ctx *ctx, struct db_rows *rows, bool more, int64_t limit,
                                     int64_t *seq, struct list *out) {
    struct product *products = arena_array(ctx->arena, (size_t)limit, sizeof *products);
    size_t count = 0;
    for (; products && db_step(rows); count++) {
        product_read_row(ctx, rows, &products[count]);
        *seq = db_column_int(rows, product_columns);
        if (more)
            product_read_more(ctx, rows, product_columns + 1, &products[count]);
    }
    *out = (struct list){products, count};
    enum status s = db_finish(rows);
    return products ? s : STATUS_NO_MEMORY;
}

enum status product_list(struct shop_ctx *ctx, const struct product_page *page, struct list *out,
                         int64_t *next, int64_t *total) {
    /* The cursor and the boundary are one condition: of two, SQLite uses only the first to find where to
     * start. */
    static const struct sql sql[] =
        PRODUCT_STATEMENTS(", seq",
                           " FROM products WHERE is_active = 1 AND seq <"
                           " (SELECT CASE WHEN staged_seq < $1 THEN staged_seq ELSE $1 END"
                           " FROM catalogue) ORDER BY seq DESC LIMIT $2 OFFSET $3");
    bool more = page->include != 0;
    db_prefetch(ctx->db, &count_sql, NO_ARGS);
    struct db_rows *rows =
        db_query(ctx->db, &sql[more], ARGS(db_int(page->before), db_int(page->limit), db_int(page->offset)));
    TRY(read_product_rows(ctx, rows, more, page->limit, next, out));
    TRY(products_add_images(ctx, page->include, (void *)out->data, out->count, sizeof(struct product)));
    return product_count(ctx, total);
}

enum status product_walk(struct shop_ctx *ctx, int64_t *seq, int64_t limit, struct list *out) {
    static const struct sql sql = SQL("SELECT " PRODUCT_COLUMNS ", seq" PRODUCT_MORE_COLUMNS
                                      " FROM products WHERE is_active = 1"
                                      " AND seq > $1 AND " VISIBLE_PRODUCT " ORDER BY seq LIMIT $2");
    struct db_rows *rows = db_query(ctx->db, &sql, ARGS(db_int(*seq), db_int(limit)));
    return read_product_rows(ctx, rows, true, limit, seq, out);
}

/* The seqs are one parameter, a JSON array, which both engines read as a table. On PostgreSQL a statement for each
 * would be a round trip for each, and on SQLite it is no quicker. */
#define SEQ_KEYS "json_each($1) AS k CROSS JOIN products AS p ON p.seq = k.value"
#define SEQ_KEYS_POSTGRES                                                                                    \
    "json_array_elements_text(CAST($1 AS json)) WITH ORDINALITY AS k (value, i)"                             \
    " JOIN products AS p ON p.seq = CAST(k.value AS bigint) ORDER BY k.i"

static enum status seqs_text(struct shop_ctx *ctx, const int64_t *seqs, size_t count, struct str *out) {
    struct buf text = buf_new(ctx->arena);
    for (size_t i = 0; i < count; i++) {
        buf_put_char(&text, i ? ',' : '[');
        buf_put_int(&text, seqs[i]);
    }
    buf_put_char(&text, ']');
    *out = buf_str(&text);
    return buf_ok(&text) ? STATUS_OK : STATUS_NO_MEMORY;
}

enum status products_by_seqs(struct shop_ctx *ctx, const int64_t *seqs, size_t count, unsigned include,
                             struct product *out) {
    static const struct sql sql[] = {
        {"SELECT p." PRODUCT_COLUMNS ", seq FROM " SEQ_KEYS,
         "SELECT p." PRODUCT_COLUMNS ", seq FROM " SEQ_KEYS_POSTGRES},
        {"SELECT p." PRODUCT_COLUMNS ", seq" PRODUCT_MORE_COLUMNS " FROM " SEQ_KEYS,
         "SELECT p." PRODUCT_COLUMNS ", seq" PRODUCT_MORE_COLUMNS " FROM " SEQ_KEYS_POSTGRES},
        {"SELECT p." PRODUCT_COLUMNS ", seq" PRODUCT_MORE_COLUMNS PRODUCT_DESK_COLUMNS " FROM " SEQ_KEYS,
         "SELECT p." PRODUCT_COLUMNS ", seq" PRODUCT_MORE_COLUMNS PRODUCT_DESK_COLUMNS
         " FROM " SEQ_KEYS_POSTGRES}};
    bool is_desk = include & INCLUDE_DESK;
    struct str text;
    if (count == 0)
        return STATUS_OK;
    TRY(seqs_text(ctx, seqs, count, &text));
    struct db_rows *rows = db_query(ctx->db, &sql[is_desk ? 2 : include != 0], ARGS(db_text(text)));
    for (size_t i = 0; db_step(rows); i++) {
        for (; i < count && seqs[i] != db_column_int(rows, product_columns); i++)
            ;
        assert(i < count); /* the rows come in the order of the seqs */
        product_read_row(ctx, rows, &out[i]);
        if (include)
            product_read_more(ctx, rows, product_columns + 1, &out[i]);
        if (is_desk)
            product_read_desk(ctx, rows, product_columns + 1 + product_more_columns, &out[i]);
        out[i].seq = seqs[i];
    }
    TRY(db_finish(rows));
    return products_add_images(ctx, include, out, count, sizeof *out);
}

static const struct sql names_sql = {"SELECT name, seq FROM " SEQ_KEYS,
                                     "SELECT name, seq FROM " SEQ_KEYS_POSTGRES};

enum status product_names_announce(struct shop_ctx *ctx, const int64_t *seqs, size_t count) {
    struct str text;
    if (count == 0)
        return STATUS_OK;
    TRY(seqs_text(ctx, seqs, count, &text));
    db_prefetch(ctx->db, &names_sql, ARGS(db_text(text)));
    return STATUS_OK;
}

enum status product_names_by_seqs(struct shop_ctx *ctx, const int64_t *seqs, size_t count,
                                  product_name_visitor *visit, void *context) {
    struct str text;
    if (count == 0)
        return STATUS_OK;
    TRY(seqs_text(ctx, seqs, count, &text));
    struct db_rows *rows = db_query(ctx->db, &names_sql, ARGS(db_text(text)));
    for (size_t i = 0; db_step(rows); i++) {
        for (; i < count && seqs[i] != db_column_int(rows, 1); i++)
            ;
        assert(i < count);
        visit(context, i, db_column_bytes(rows, 0));
    }
    return db_finish(rows);
}

struct index_document product_document(const struct product *product, int64_t seq, bool is_active) {
    return (struct index_document){
        .is_withdrawn = !is_active,
        .seq = seq,
        .name = product->name,
        .category = product->category,
        .description = product->description,
        .price = product->price,
    };
}

/* Locks the index and finds the seq of a new product: after the newest visible one. While an import is under
 * way that is in the room below it. STATUS_QUEUE_FULL if the room is used up. */
static enum status next_seq(struct shop_ctx *ctx, int64_t *seq) {
    static const struct sql sql = SQL("SELECT coalesce((SELECT max(seq) FROM products WHERE " VISIBLE_PRODUCT
                                      "), 0) + 1, staged_seq"
                                      " FROM catalogue");
    int64_t boundary = 0;
    TRY(index_hold(ctx));
    struct db_rows *rows = db_query(ctx->db, &sql, NO_ARGS);
    if (db_step(rows)) {
        *seq = db_column_int(rows, 0);
        boundary = db_column_int(rows, 1);
    }
    enum status s = db_finish(rows);
    return s == STATUS_OK && *seq >= boundary ? STATUS_QUEUE_FULL : s;
}

/* Writes a new product's row, with a new id if it has none. */
static enum status insert_product(struct shop_ctx *ctx, int64_t seq, const struct product *given,
                                  struct product *out) {
#define INSERT_PRODUCT                                                                                       \
    "INSERT INTO products (" PRODUCT_COLUMNS PRODUCT_MORE_COLUMNS                                            \
    ", import_key, stock_received)"                                                                          \
    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $5)"
    static const struct sql sql = {
        INSERT_PRODUCT,
        /* A failed statement ends a transaction, but an import goes on after a conflict. */
        INSERT_PRODUCT " ON CONFLICT DO NOTHING"};
    int64_t changed = 0;
    static const struct uuid nil;
    ctx->changes |= TOPIC_CATALOGUE;
    *out = *given;
    out->created_at = clock_now_us(ctx->clock);
    out->seq = seq;
    if (uuid_equal(&out->id, &nil))
        out->id = uuid_new(ctx->clock, ctx->random);
    if (!out->description.data)
        out->description = STR("");
    if (!out->image_url.data)
        out->image_url = STR("");
    if (!out->ships.is_set)
        out->ships = (struct maybe_bool){true, true};
    if (!out->tax_class.data)
        out->tax_class = STR("standard");
    enum status s =
        db_exec(ctx->db, &sql,
                ARGS(db_uuid(&out->id), db_text(out->name), db_text(out->description), db_int(out->price),
                     db_int(out->stock_quantity), db_text(out->category), db_text(out->image_url),
                     db_int(out->created_at), db_maybe_int(out->weight_grams), db_int(out->ships.value),
                     db_text(out->tax_class), db_int(seq), db_text(out->key)),
                &changed);
    return s == STATUS_CONFLICT || (s == STATUS_OK && changed == 0) ? STATUS_PRODUCT_EXISTS : s;
}

enum status product_add(struct shop_ctx *ctx, const struct product *given, struct product *out) {
    int64_t seq = 0;
    TRY(next_seq(ctx, &seq));
    TRY(insert_product(ctx, seq, given, out));
    struct index_document document = product_document(out, seq, true);
    TRY(event_record_product(ctx, EVENT_PRODUCT_CREATED, &out->id));
    return index_update(ctx, NULL, &document);
}

enum status product_add_bulk(struct shop_ctx *ctx, struct bulk_index *bulk, const struct product *given,
                             struct product *out) {
    int64_t seq = 0;
    enum status s = next_seq(ctx, &seq);
    return s == STATUS_OK ? product_add_bulk_at(ctx, bulk, seq, given, out) : s;
}

enum status product_add_bulk_at(struct shop_ctx *ctx, struct bulk_index *bulk, int64_t seq,
                                const struct product *given, struct product *out) {
    TRY(insert_product(ctx, seq, given, out));
    struct index_document document = product_document(out, seq, true);
    return bulk_index_add(bulk, ctx, &document);
}

#define ANY_PRODUCT                                                                                          \
    PRODUCT_COLUMNS ", seq, is_active" PRODUCT_MORE_COLUMNS                                                  \
                    " FROM products WHERE id = $1 AND " VISIBLE_PRODUCT

/* Reads a product that is about to be changed, active or not, and locks its row. */
static enum status read_any_product(struct shop_ctx *ctx, const struct uuid *id, struct product *out,
                                    int64_t *seq, bool *active) {
    static const struct sql sql = {
        "SELECT " ANY_PRODUCT,
        "SELECT " ANY_PRODUCT " FOR NO KEY UPDATE",
    };
    struct db_rows *rows = db_query(ctx->db, &sql, ARGS(db_uuid(id)));
    if (db_step(rows)) {
        product_read_row(ctx, rows, out);
        *seq = db_column_int(rows, product_columns);
        *active = db_column_int(rows, product_columns + 1) != 0;
        product_read_more(ctx, rows, product_columns + 2, out);
    }
    return db_finish_or(rows, STATUS_PRODUCT_NOT_FOUND);
}

/* Returns whether a change may concern the index or the count of a category. */
static bool changes_index(const struct product_change *c) {
    return c->name.data || c->description.data || c->category.data || c->price.is_set || c->is_active.is_set;
}

/* Writes a change into a product's row, but for its stock. */
static enum status product_write_change(struct shop_ctx *ctx, const struct uuid *id,
                                        const struct product_change *change, struct product *out) {
    static const struct sql sql =
        SQL("UPDATE products SET name = coalesce($1, name), description = coalesce($2, description),"
            " price = coalesce($3, price), category = coalesce($4, category),"
            " image_url = coalesce($5, image_url), is_active = coalesce($6, is_active),"
            " weight_grams = coalesce($7, weight_grams), ships = coalesce($8, ships),"
            " tax_class = coalesce($9, tax_class) WHERE id = $10 RETURNING " PRODUCT_COLUMNS
                PRODUCT_MORE_COLUMNS);
    struct maybe_int active = {change->is_active.is_set, change->is_active.value};
    struct maybe_int ships = {change->ships.is_set, change->ships.value};
    return read_one_product(
        ctx,
        db_query(ctx->db, &sql,
                 ARGS(db_text(change->name), db_text(change->description), db_maybe_int(change->price),
                      db_text(change->category), db_text(change->image_url), db_maybe_int(active),
                      db_maybe_int(change->weight_grams), db_maybe_int(ships), db_text(change->tax_class),
                      db_uuid(id))),
        true, out);
}

/* Moves the stock by what is missing to the value that the owner has set. The row is locked, so no sale is
 * lost. */
static enum status product_set_stock(struct shop_ctx *ctx, int64_t seq, const struct product *before,
                                     const struct product_change *change) {
    if (change->expected_stock.is_set && change->expected_stock.value != before->stock_quantity)
        return STATUS_STOCK_CHANGED;
    if (!change->stock_quantity.is_set || change->stock_quantity.value == before->stock_quantity)
        return STATUS_OK;
    return stock_adjust(ctx, seq, change->stock_quantity.value - before->stock_quantity, STR("set"));
}

/* Changes a product and brings the index up to it. With `only_active`, a product that is not active is not
 * found. */
static enum status change_product(struct shop_ctx *ctx, const struct uuid *id,
                                  const struct product_change *change, const struct product_guard *guard,
                                  bool only_active, struct product *out) {
    struct product before = {.stock_quantity = 0};
    int64_t seq = 0;
    bool was_active = false;
    ctx->changes |= TOPIC_CATALOGUE;
    TRY(changes_index(change) ? index_hold(ctx) : STATUS_OK);
    TRY(read_any_product(ctx, id, &before, &seq, &was_active));
    if (only_active && !was_active)
        return STATUS_PRODUCT_NOT_FOUND;
    TRY(guard ? guard->check(guard->context, &before, was_active) : STATUS_OK);
    *out = before;
    TRY(product_set_stock(ctx, seq, &before, change));
    TRY(product_write_change(ctx, id, change, out));
    bool is_active = change->is_active.is_set ? change->is_active.value : was_active;
    struct index_document old = product_document(&before, seq, was_active),
                          new = product_document(out, seq, is_active);
    TRY(event_record_product(ctx, was_active && !is_active ? EVENT_PRODUCT_DELETED : EVENT_PRODUCT_UPDATED,
                             id));
    return index_update(ctx, &old, &new);
}

enum status product_change(struct shop_ctx *ctx, const struct uuid *id, const struct product_change *change,
                           const struct product_guard *guard, struct product *out) {
    return change_product(ctx, id, change, guard, false, out);
}

enum status product_adjust_stock(struct shop_ctx *ctx, const struct uuid *id, int64_t delta,
                                 struct str reason, struct product *out) {
    int64_t seq = 0;
    bool active;
    TRY(read_any_product(ctx, id, out, &seq, &active));
    TRY(stock_adjust(ctx, seq, delta, reason));
    out->stock_quantity += delta; /* the row is locked since it was read */
    return event_record_product(ctx, EVENT_PRODUCT_UPDATED, id);
}

enum status product_delete(struct shop_ctx *ctx, const struct uuid *id, const struct product_guard *guard) {
    static const struct product_change change = {.is_active = {true, false}};
    struct product deleted;
    return change_product(ctx, id, &change, guard, true, &deleted);
}

enum status category_list(struct shop_ctx *ctx, struct list *out) {
    static const struct sql sql = SQL("SELECT name, product_count FROM categories ORDER BY name");
    struct buf categories = buf_new(ctx->arena); /* an array that grows */
    struct db_rows *rows = db_query(ctx->db, &sql, NO_ARGS);
    while (buf_ok(&categories) && db_step(rows)) {
        struct category category = {db_column_text(rows, 0, ctx->arena), db_column_int(rows, 1)};
        buf_put(&categories, (struct str){(const char *)&category, sizeof category});
    }
    *out = (struct list){categories.data, categories.size / sizeof(struct category)};
    enum status s = db_finish(rows);
    return s == STATUS_OK && !buf_ok(&categories) ? STATUS_NO_MEMORY : s;
}
