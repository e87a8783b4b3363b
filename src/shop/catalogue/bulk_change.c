/* How it works: a bounded number of statements writes all products, but for their stock, which has its one function, and for
 * their words in the index.
 *
 *     lock the index  →  read and lock the products by seq  →  work out what they become; refuse all if one cannot
 *     →  one UPDATE  →  stock, product by product  →  doc values, block by block; words of those that have others
 *
 * Rows are locked in the order in which orders lock them, so that neither waits for the other in a circle. */
#include "shop/catalogue/bulk_change.h"

#include "base/buf.h"
#include "shop/index/indexer.h"
#include "shop/outbox/event.h"
#include "shop/stock.h"

#include <stdlib.h>
#include <string.h>

static bool bulk_changes_row(const struct bulk_change *c) {
    return c->category.data || c->price.is_set || c->price_e4.is_set || c->is_active.is_set;
}

static int bulk_compare_ids(const void *a, const void *b) {
    return memcmp(a, b, sizeof(struct uuid));
}

/* Writes the ids one after the other, each once. */
static struct str bulk_ids(struct arena *arena, const struct list *ids, int64_t *count) {
    struct uuid *sorted = arena_array(arena, ids->count, sizeof *sorted);
    size_t kept = 0;
    if (!sorted)
        return (struct str){0};
    memcpy(sorted, ids->data, ids->count * sizeof *sorted);
    qsort(sorted, ids->count, sizeof *sorted, bulk_compare_ids);
    for (size_t i = 0; i < ids->count; i++)
        if (kept == 0 || !uuid_equal(&sorted[kept - 1], &sorted[i]))
            sorted[kept++] = sorted[i];
    *count = (int64_t)kept;
    return (struct str){(const char *)sorted, kept * sizeof *sorted};
}

#define BULK_COLUMNS "p." PRODUCT_COLUMNS PRODUCT_MORE_COLUMNS ", is_active"

/* Reads and locks the products. STATUS_PRODUCT_NOT_FOUND if one is not there. */
static enum status bulk_read(struct shop_ctx *ctx, const struct list *ids, struct list *out) {
    static const struct sql sql = {
        "WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < $1)"
        " SELECT " BULK_COLUMNS
        " FROM n CROSS JOIN products AS p ON p.id = substr($2, 1 + 16 * n.i, 16)"
        " WHERE " VISIBLE_PRODUCT " ORDER BY seq",
        "SELECT " BULK_COLUMNS
        " FROM generate_series(0, CAST($1 AS bigint) - 1) AS n (i) JOIN products AS p"
        " ON p.id = CAST(encode(substr(CAST($2 AS bytea), CAST(1 + 16 * n.i AS int), 16), 'hex') AS uuid)"
        " WHERE " VISIBLE_PRODUCT " ORDER BY seq FOR NO KEY UPDATE OF p"};
    int64_t count = 0;
    struct str text = bulk_ids(ctx->arena, ids, &count);
    struct bulk_product *products = arena_array(ctx->arena, (size_t)count, sizeof *products);
    *out = (struct list){products, 0};
    if (!text.data || !products)
        return STATUS_NO_MEMORY;
    struct db_rows *rows = db_query(ctx->db, &sql, ARGS(db_int(count), db_blob(text)));
    while (out->count < (size_t)count && db_step(rows)) {
        struct bulk_product *p = &products[out->count++];
        product_read_row(ctx, rows, &p->before);
        product_read_more(ctx, rows, product_columns, &p->before);
        p->was_active = p->is_active = db_column_int(rows, product_columns + product_more_columns) != 0;
        p->after = p->before;
    }
    TRY(db_finish(rows));
    return out->count == (size_t)count ? STATUS_OK : STATUS_PRODUCT_NOT_FOUND;
}

/* A price with so many ten-thousandths of it added. It is less than 2^53, and what it is multiplied with less than 2^17: so
 * whole and rest are multiplied apart. */
static int64_t price_add_e4(int64_t price, int64_t e4) {
    int64_t times = 10000 + e4;
    return price / 10000 * times + (price % 10000 * times + 5000) / 10000;
}

/* Works out what a product becomes. STATUS_STOCK_OUT_OF_RANGE; STATUS_PRICE_OUT_OF_RANGE. */
static enum status bulk_product_change(const struct bulk_change *change, struct bulk_product *p) {
    struct product *after = &p->after;
    if (change->category.data)
        after->category = change->category;
    if (change->price.is_set)
        after->price = change->price.value;
    if (change->price_e4.is_set)
        after->price = price_add_e4(after->price, change->price_e4.value);
    if (change->is_active.is_set)
        p->is_active = change->is_active.value;
    if (change->stock_delta.is_set)
        after->stock_quantity += change->stock_delta.value;
    if (after->price > money_max)
        return STATUS_PRICE_OUT_OF_RANGE;
    return after->stock_quantity < 0 || after->stock_quantity > money_max ? STATUS_STOCK_OUT_OF_RANGE
                                                                          : STATUS_OK;
}

/* Works out what all become. Returns the first refusal, with the first products that are refused. */
static enum status bulk_work_out(struct shop_ctx *ctx, const struct bulk_change *change,
                                 const struct list *all, struct list *refused) {
    struct bulk_product *products = (struct bulk_product *)all->data;
    struct product *bad = arena_array(ctx->arena, bulk_refused_max, sizeof *bad);
    enum status first = STATUS_OK;
    *refused = (struct list){bad, 0};
    if (!bad)
        return STATUS_NO_MEMORY;
    for (size_t i = 0; i < all->count; i++) {
        enum status s = bulk_product_change(change, &products[i]);
        if (s != STATUS_OK && refused->count < bulk_refused_max)
            bad[refused->count++] = products[i].before;
        if (first == STATUS_OK)
            first = s;
    }
    return first;
}

/* Writes all rows, but for the stock: [[seq, price], …] are a parameter. */
static enum status bulk_write_rows(struct shop_ctx *ctx, const struct bulk_change *change,
                                   const struct list *all) {
    static const struct sql sql = {
        "UPDATE products SET category = coalesce($1, category), is_active = coalesce($2, is_active),"
        " price = k.price FROM (SELECT json_extract(value, '$[0]') AS seq, json_extract(value, '$[1]') AS price"
        " FROM json_each($3)) AS k WHERE products.seq = k.seq",
        "UPDATE products SET category = coalesce($1, category), is_active = coalesce($2, is_active),"
        " price = k.price FROM (SELECT CAST(value ->> 0 AS bigint) AS seq, CAST(value ->> 1 AS bigint) AS price"
        " FROM json_array_elements(CAST($3 AS json)) AS j (value)) AS k WHERE products.seq = k.seq"};
    const struct bulk_product *products = all->data;
    struct maybe_int active = {change->is_active.is_set, change->is_active.value};
    struct buf pairs = buf_new(ctx->arena);
    for (size_t i = 0; i < all->count; i++) {
        buf_put(&pairs, i ? STR(",[") : STR("[["));
        buf_put_int(&pairs, products[i].before.seq);
        buf_put_char(&pairs, ',');
        buf_put_int(&pairs, products[i].after.price);
        buf_put_char(&pairs, ']');
    }
    buf_put_char(&pairs, ']');
    if (!buf_ok(&pairs))
        return STATUS_NO_MEMORY;
    ctx->changes |= TOPIC_CATALOGUE;
    return db_exec(ctx->db, &sql,
                   ARGS(db_text(change->category), db_maybe_int(active), db_text(buf_str(&pairs))), NULL);
}

static enum status bulk_write_index(struct shop_ctx *ctx, const struct list *all) {
    const struct bulk_product *products = all->data;
    struct index_document *before = arena_array(ctx->arena, all->count, sizeof *before);
    struct index_document *after = arena_array(ctx->arena, all->count, sizeof *after);
    if (!before || !after)
        return STATUS_NO_MEMORY;
    for (size_t i = 0; i < all->count; i++) {
        before[i] = product_document(&products[i].before, products[i].before.seq, products[i].was_active);
        after[i] = product_document(&products[i].after, products[i].after.seq, products[i].is_active);
    }
    return index_update_all(ctx, before, after, all->count);
}

static enum status bulk_write_stock(struct shop_ctx *ctx, const struct bulk_change *change,
                                    const struct list *all) {
    const struct bulk_product *products = all->data;
    struct str reason = change->reason.data ? change->reason : STR("");
    int64_t delta = change->stock_delta.value;
    for (size_t i = 0; i < all->count; i++)
        stock_adjust_prefetch(ctx, products[i].before.seq, delta);
    for (size_t i = 0; i < all->count; i++)
        TRY(stock_adjust(ctx, products[i].before.seq, delta, reason));
    return STATUS_OK;
}

static enum status bulk_write_events(struct shop_ctx *ctx, const struct list *all) {
    const struct bulk_product *products = all->data;
    for (size_t i = 0; i < all->count; i++) {
        bool is_gone = products[i].was_active && !products[i].is_active;
        TRY(event_record_product(ctx, is_gone ? EVENT_PRODUCT_DELETED : EVENT_PRODUCT_UPDATED,
                                 &products[i].before.id));
    }
    return STATUS_OK;
}

enum status products_change_all(struct shop_ctx *ctx, const struct list *ids,
                                const struct bulk_change *change, struct list *out, struct list *refused) {
    bool changes_rows = bulk_changes_row(change);
    *refused = (struct list){NULL, 0};
    TRY(changes_rows ? index_hold(ctx) : STATUS_OK);
    TRY(bulk_read(ctx, ids, out));
    TRY(bulk_work_out(ctx, change, out, refused));
    TRY(changes_rows ? bulk_write_rows(ctx, change, out) : STATUS_OK);
    TRY(change->stock_delta.is_set ? bulk_write_stock(ctx, change, out) : STATUS_OK);
    TRY(changes_rows ? bulk_write_index(ctx, out) : STATUS_OK);
    return bulk_write_events(ctx, out);
}
