/* How it works: an import's products lie in the tables themselves, behind a boundary.
 *
 *     seq  1 ………………………… newest │ …… room …… ┃ the import's products ………………… next_seq
 *          visible products        │            ┃ staged: invisible
 *                                  │            ┗━ catalogue.staged_seq, the boundary
 *                                  └─ products that are added meanwhile: visible at once
 *
 *   1. import_begin() takes the claim DB_IMPORTING and sets the boundary above all products, with room below
 *      it for products that an admin adds meanwhile. If the room is used up, adding is refused until the
 *      import ends.
 *   2. import_add() and the flushes of the bulk index write rows of products, postings and doc values behind
 *      the boundary, in slices. Every statement that finds products says VISIBLE_PRODUCT (catalogue.h), `seq
 *      < staged_seq`, and a search looks no further than the newest visible product. Categories are counted
 *      apart, in staged_categories; the trigger of `products` counts visible products only. Terms' counts, which
 *      only rank, include what is staged (postings.h); if the import comes to nothing, the clean-up corrects them.
 *   3. import_publish() moves the boundary to infinity and adds up the categories, in one transaction. That
 *      costs the same for ten products as for a million. A reader has the snapshot before it or the one after
 *      it.
 *
 * The one row of `catalogue` says all of this: `staged_by` is the number of the staged import (0: there is
 * none), and `published` that of the latest published one.
 *
 * A killed import leaves its rows, the boundary and `staged_by`, but the system gives its claim back. So a
 * process that gets the claim and finds `staged_by` set knows that the rows are leftovers. The next import,
 * or a server's chores, then removes them (import_cleanup.c). */
#include "shop/catalogue/import.h"

#include "base/log.h"
#include "shop/staff/audit_log.h"

#include <assert.h>
#include <string.h>

/* Rounds up to the start of a block of doc values, so that no block has both visible and staged documents. */
static int64_t block_start(int64_t seq) {
    return (seq + doc_block_documents - 1) & ~(int64_t)(doc_block_documents - 1);
}

/* Sets the boundary and takes the seqs from there on. */
static enum status open_range(struct import *import, struct shop_ctx *ctx, int64_t expected) {
    static const struct sql sql =
        SQL("UPDATE catalogue SET staged_by = published + 1, staged_seq = $1, swept_to = ''");
    int64_t newest;
    TRY(index_hold(ctx));
    TRY(product_newest_seq(ctx, &newest));
    import->next_seq = block_start(newest + 1 + import_room_min + expected / 4);
    return db_exec(ctx->db, &sql, ARGS(db_int(import->next_seq)), NULL);
}

static void import_unclaim(const struct import *import, struct shop_ctx *ctx) {
    if (!import->has_claim)
        db_unclaim(ctx->db, DB_IMPORTING);
}

enum status import_begin(struct import *import, struct shop_ctx *ctx, int64_t expected) {
    import->open = false;
    if (!import->has_claim && !db_claim(ctx->db, DB_IMPORTING))
        return STATUS_CONFLICT;
    enum status s = import_cleanup(&import->sliced_tx, ctx);
    if (s == STATUS_OK)
        s = sliced_tx_begin(&import->sliced_tx, ctx);
    if (s == STATUS_OK)
        s = open_range(import, ctx, expected);
    if (s != STATUS_OK) {
        db_rollback(ctx->db);
        import_unclaim(import, ctx);
        return s;
    }
    bulk_index_begin(&import->bulk, &import->sliced_tx);
    if (import->index_bytes)
        import->bulk.bytes_flush = import->index_bytes;
    import->category_count = 0;
    import->added = 0;
    import->open = true;
    return STATUS_OK;
}

/* Adds the counts in memory to the table and empties them. */
static enum status write_categories(struct import *import, struct shop_ctx *ctx) {
    static const struct sql sql =
        SQL("INSERT INTO staged_categories VALUES ($1, $2) ON CONFLICT (name)"
            " DO UPDATE SET product_count = staged_categories.product_count + $2");
    enum status s = STATUS_OK;
    for (size_t i = 0; i < import->category_count && s == STATUS_OK; i++) {
        struct str name = {import->categories[i].name, import->categories[i].size};
        s = db_exec(ctx->db, &sql, ARGS(db_text(name), db_int(import->categories[i].count)), NULL);
    }
    import->category_count = 0;
    return s;
}

/* Counts a product of this category in memory. Writes the counts first if there is no room for another
 * category. */
static enum status count_category(struct import *import, struct shop_ctx *ctx, struct str name) {
    size_t i = 0;
    while (i < import->category_count &&
           !str_equal(name, (struct str){import->categories[i].name, import->categories[i].size}))
        i++;
    enum status s = STATUS_OK;
    if (i == import_categories_max) {
        s = write_categories(import, ctx);
        i = 0;
    }
    struct staged_category *category = &import->categories[i];
    if (i == import->category_count) {
        assert(name.size <= category_bytes_max);
        memcpy(category->name, name.data, name.size);
        category->size = name.size;
        category->count = 0;
        import->category_count++;
    }
    category->count++;
    return s;
}

enum status import_add(struct import *import, struct shop_ctx *ctx, const struct product *given) {
    struct product added;
    TRY(slice_yield(&import->sliced_tx, ctx));
    TRY(product_add_bulk_at(ctx, &import->bulk, import->next_seq, given, &added));
    import->next_seq++;
    import->added++;
    return count_category(import, ctx, given->category);
}

/* Makes the staged products visible, in the transaction that is open. */
static enum status publish_staged(struct shop_ctx *ctx) {
    static const struct sql boundary_sql =
        SQL("UPDATE catalogue SET published = staged_by, staged_by = 0, staged_seq = 9223372036854775807");
    static const struct sql count_sql = SQL(
        "INSERT INTO categories SELECT name, product_count FROM staged_categories WHERE true"
        " ON CONFLICT (name) DO UPDATE SET product_count = categories.product_count + excluded.product_count");
    static const struct sql clear_sql = SQL("DELETE FROM staged_categories");
    TRY(index_hold(ctx));
    TRY(db_exec(ctx->db, &boundary_sql, NO_ARGS, NULL));
    TRY(db_exec(ctx->db, &count_sql, NO_ARGS, NULL));
    TRY(db_exec(ctx->db, &clear_sql, NO_ARGS, NULL));
    return shop_notify_catalogue(ctx->db);
}

/* Writes the import into the audit log, in the transaction that publishes it. */
static enum status import_note(const struct import *import, struct shop_ctx *ctx) {
    if (!import->action)
        return STATUS_OK;
    struct change_list changes = change_list_new(ctx->arena);
    if (import->added)
        change_list_put_int(&changes, "products_added", NULL, &import->added);
    if (import->changing)
        change_list_put_int(&changes, "products_changed", NULL, &import->changing);
    return audit_log_add_system(ctx, import->action, NULL, &changes);
}

enum status import_publish(struct import *import, struct shop_ctx *ctx) {
    TRY(bulk_index_flush(&import->bulk, ctx));
    TRY(write_categories(import, ctx));
    TRY(sliced_tx_next(&import->sliced_tx, ctx)); /* so that the last transaction is short */
    TRY(publish_staged(ctx));
    TRY(import_note(import, ctx));
    if (import->on_publish)
        TRY(import->on_publish(import->context, ctx));
    TRY(sliced_tx_end(&import->sliced_tx, ctx));
    import->open = false;
    bulk_index_end(&import->bulk);
    import_unclaim(import, ctx);
    return STATUS_OK;
}

void import_close(struct import *import, struct shop_ctx *ctx) {
    if (!import->open)
        return;
    import->open = false;
    db_rollback(ctx->db);
    bulk_index_end(&import->bulk);
    enum status s = import_cleanup(&import->sliced_tx, ctx);
    if (s != STATUS_OK && s != STATUS_STOPPING)
        log_warning("import: what it wrote is not removed yet (%s); the next one or the server does it",
                    status_text(s));
    import_unclaim(import, ctx);
}

enum status import_has_leftovers(struct shop_ctx *ctx, bool *out) {
    static const struct sql sql = SQL("SELECT staged_by FROM catalogue");
    int64_t number = 0;
    enum status s = db_get_int(ctx->db, &sql, NO_ARGS, &number);
    *out = number != 0;
    return s;
}
