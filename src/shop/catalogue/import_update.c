/* How it works: the rows are gone through twice.
 *
 *      rows ──> 1. match ──┬─ new ──────> staged ──> published
 *                          ├─ differs ──> remembered by the caller ──> 2. change, in slices
 *                          └─ same, removed: nothing
 *
 * The first time nothing becomes visible, so that a row that is refused (its product had a row before) ends the
 * import without a trace. The second time a product is compared again, since the shop went on in between. */
#include "shop/catalogue/import_update.h"

#include "shop/schema/schema.h"

#include <stdlib.h>

enum { update_arena_bytes_max = 1024 * 1024 };

#define MATCH_COLUMNS PRODUCT_COLUMNS ", seq, is_active" PRODUCT_MORE_COLUMNS

/* The product in the shop that a row means. */
struct known_product {
    struct product product;
    int64_t seq;
    bool is_there, is_active;
};

enum status import_update_open(struct import_update *update, int64_t seen_end) {
    *update = (struct import_update){.sets_stock = update->sets_stock, .seen_end = seen_end};
    arena_init(&update->arena, update_arena_bytes_max);
    update->seen = calloc((size_t)update->seen_end / 8 + 1, 1);
    return update->seen ? STATUS_OK : STATUS_NO_MEMORY;
}

void import_update_close(struct import_update *update) {
    free(update->seen);
    update->seen = NULL;
    arena_free(&update->arena);
}

/* Reads the product of a statement with at most one row of MATCH_COLUMNS. */
static enum status known_product_read(struct shop_ctx *ctx, struct db_rows *rows, struct known_product *out) {
    if (db_step(rows)) {
        product_read_row(ctx, rows, &out->product);
        out->seq = db_column_int(rows, product_columns);
        out->is_active = db_column_int(rows, product_columns + 1) != 0;
        product_read_more(ctx, rows, product_columns + 2, &out->product);
        out->is_there = true;
    }
    return db_finish(rows);
}

static enum status known_product_find(struct shop_ctx *ctx, const struct product *row,
                                      struct known_product *out) {
    static const struct sql by_id_sql =
        SQL("SELECT " MATCH_COLUMNS " FROM products WHERE id = $1 AND " VISIBLE_PRODUCT);
    static const struct sql by_key_sql =
        SQL("SELECT " MATCH_COLUMNS " FROM products WHERE import_key = $1 AND " VISIBLE_PRODUCT);
    static const struct uuid nil;
    *out = (struct known_product){0};
    if (!uuid_equal(&row->id, &nil))
        TRY(known_product_read(ctx, db_query(ctx->db, &by_id_sql, ARGS(db_uuid(&row->id))), out));
    if (out->is_there || !row->key.data)
        return STATUS_OK;
    return known_product_read(ctx, db_query(ctx->db, &by_key_sql, ARGS(db_text(row->key))), out);
}

/* The row's text if it is another one; absent otherwise, as it is if the row has no such text. */
static struct str text_if_other(struct str row, struct str now) {
    const struct str none = {0};
    return str_equal(row, now) ? none : row;
}

/* Finds out in what a row differs from its product. */
static bool product_differs(const struct product *row, const struct product *now, bool sets_stock,
                            struct product_change *out) {
    *out = (struct product_change){
        .name = text_if_other(row->name, now->name),
        .description = text_if_other(row->description, now->description),
        .price = {row->price != now->price, row->price},
        .stock_quantity = {sets_stock && row->stock_quantity != now->stock_quantity, row->stock_quantity},
        .category = text_if_other(row->category, now->category),
        .image_url = text_if_other(row->image_url, now->image_url),
        .weight_grams = {row->weight_grams.is_set && (!now->weight_grams.is_set ||
                                                      row->weight_grams.value != now->weight_grams.value),
                         row->weight_grams.value},
        .ships = {row->ships.is_set && row->ships.value != now->ships.value, row->ships.value},
        .tax_class = text_if_other(row->tax_class, now->tax_class),
    };
    return out->weight_grams.is_set || out->ships.is_set || out->tax_class.data || out->name.data ||
           out->description.data || out->price.is_set || out->stock_quantity.is_set || out->category.data ||
           out->image_url.data;
}

/* Remembers that a row meant the product with this seq; returns whether another row did before. */
static bool was_seen(struct import_update *update, int64_t seq) {
    if (seq >= update->seen_end)
        return false;
    unsigned char *byte = &update->seen[seq / 8], bit = (unsigned char)(1 << seq % 8);
    bool before = *byte & bit;
    *byte |= bit;
    return before;
}

/* A context with an arena that is empty. */
static struct shop_ctx context_for_row(struct import_update *update, const struct shop_ctx *ctx) {
    struct shop_ctx own = *ctx;
    arena_reset(&update->arena);
    own.arena = &update->arena;
    return own;
}

enum status import_update_compare(struct import_update *update, struct shop_ctx *ctx,
                                  const struct product *row, bool updates, enum import_match *out) {
    struct shop_ctx own = context_for_row(update, ctx);
    struct known_product known;
    struct product_change change;
    TRY(known_product_find(&own, row, &known));
    if (known.is_there && (!updates || was_seen(update, known.seq)))
        return STATUS_PRODUCT_EXISTS;
    *out = MATCH_NEW;
    if (known.is_there && !known.is_active)
        *out = MATCH_REMOVED;
    else if (known.is_there)
        *out = product_differs(row, &known.product, update->sets_stock, &change) ? MATCH_DIFFERS : MATCH_SAME;
    update->counts[*out]++;
    update->other_stock +=
        known.is_active && !update->sets_stock && row->stock_quantity != known.product.stock_quantity;
    return STATUS_OK;
}

enum status import_update_match(struct import_update *update, struct import *import, struct shop_ctx *ctx,
                                const struct product *row, enum import_match *out) {
    TRY(slice_yield(&import->sliced_tx, ctx));
    TRY(import_update_compare(update, ctx, row, true, out));
    return *out == MATCH_NEW ? import_add(import, ctx, row) : STATUS_OK;
}

enum status import_update_begin(struct import_update *update, struct shop_ctx *ctx) {
    return sliced_tx_begin(&update->sliced_tx, ctx);
}

enum status import_update_change(struct import_update *update, struct shop_ctx *ctx,
                                 const struct product *row) {
    struct shop_ctx own = context_for_row(update, ctx);
    struct known_product known;
    struct product_change change;
    struct product changed;
    TRY(slice_yield(&update->sliced_tx, ctx));
    TRY(known_product_find(&own, row, &known));
    if (!known.is_active || !product_differs(row, &known.product, update->sets_stock, &change))
        return STATUS_OK;
    TRY(product_change(&own, &known.product.id, &change, NULL, &changed));
    return shop_notify_catalogue(ctx->db);
}

enum status import_update_end(struct import_update *update, struct shop_ctx *ctx) {
    return sliced_tx_end(&update->sliced_tx, ctx);
}
