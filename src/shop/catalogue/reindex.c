#include "shop/catalogue/reindex.h"

#include "shop/catalogue/catalogue.h"
#include "shop/catalogue/import.h"
#include "shop/index/bulk.h"
#include "shop/schema/index_version.h"
#include "shop/synonyms/synonyms.h"

enum {
    reindex_rows = 256, /* products read at a time */
    reindex_arena_bytes_max = 32 * 1024 * 1024,
};

enum status reindex_is_due(struct shop_ctx *ctx, const struct language *wanted, const struct language **now,
                           bool *out) {
    static const struct sql sql = SQL("SELECT version, language FROM search_state");
    int64_t version = 0;
    *now = NULL;
    struct db_rows *rows = db_query(ctx->db, &sql, NO_ARGS);
    if (db_step(rows)) {
        version = db_column_int(rows, 0);
        *now = language_find(db_column_bytes(rows, 1));
    }
    TRY(db_finish(rows));
    if (!*now)
        *now = &language_english;
    *out = version != INDEX_VERSION || (wanted && wanted != *now);
    return STATUS_OK;
}

enum status reindex_begin_in(struct shop_ctx *ctx, const struct language *language) {
    static const struct sql sql =
        SQL("UPDATE search_state SET language = $1 WHERE NOT EXISTS (SELECT 1 FROM products)");
    return db_exec(ctx->db, &sql, ARGS(db_text(str_from(language->code))), NULL);
}

static enum status reindex_clear(struct shop_ctx *ctx) {
    static const struct sql clear_sql[] = {
        SQL("DELETE FROM search_postings"),
        SQL("DELETE FROM search_terms"),
        SQL("DELETE FROM search_columns"),
        SQL("DELETE FROM search_names"),
    };
    for (size_t i = 0; i < sizeof clear_sql / sizeof *clear_sql; i++)
        TRY(db_exec(ctx->db, &clear_sql[i], NO_ARGS, NULL));
    return STATUS_OK;
}

/* Reads the next products after `seq`. Returns how many; their texts are in the arena. */
static enum status reindex_read(struct shop_ctx *ctx, int64_t seq,
                                struct index_document out[static reindex_rows], size_t *count) {
    static const struct sql sql =
        SQL("SELECT seq, name, category, description, price, is_active FROM products"
            " WHERE seq > $1 ORDER BY seq LIMIT $2");
    *count = 0;
    struct db_rows *rows = db_query(ctx->db, &sql, ARGS(db_int(seq), db_int(reindex_rows)));
    while (db_step(rows))
        out[(*count)++] = (struct index_document){
            .seq = db_column_int(rows, 0),
            .name = db_column_text(rows, 1, ctx->arena),
            .category = db_column_text(rows, 2, ctx->arena),
            .description = db_column_text(rows, 3, ctx->arena),
            .price = db_column_int(rows, 4),
            .is_withdrawn = db_column_int(rows, 5) == 0,
        };
    return db_finish(rows);
}

/* Indexes all products; those that are withdrawn get doc values alone. The arena is emptied after every few. */
static enum status reindex_add(struct shop_ctx *ctx, struct bulk_index *bulk, const struct reindex *reindex) {
    struct index_document documents[reindex_rows];
    int64_t seq = 0, all = 0, done = 0;
    size_t count = reindex_rows;
    TRY(product_count(ctx, &all));
    while (count == reindex_rows) {
        TRY(reindex_read(ctx, seq, documents, &count));
        for (size_t i = 0; i < count; i++)
            TRY(bulk_index_add(bulk, ctx, &documents[i]));
        arena_free(ctx->arena);
        seq = count > 0 ? documents[count - 1].seq : seq;
        for (size_t i = 0; i < count; i++)
            done += !documents[i].is_withdrawn;
        if (reindex->show)
            reindex->show(reindex->context, done, all);
    }
    return bulk_index_flush(bulk, ctx);
}

static enum status reindex_write(struct shop_ctx *ctx, struct bulk_index *bulk,
                                 const struct reindex *reindex) {
    static const struct sql state_sql = SQL("UPDATE search_state SET version = $1, language = $2");
    TRY(db_begin(ctx->db, true));
    TRY(index_hold(ctx));
    TRY(reindex_clear(ctx));
    TRY(db_exec(ctx->db, &state_sql, ARGS(db_int(INDEX_VERSION), db_text(str_from(reindex->language->code))),
                NULL));
    TRY(reindex_add(ctx, bulk, reindex));
    TRY(synonyms_refresh(ctx));
    TRY(shop_notify_catalogue(ctx->db));
    return db_commit(ctx->db);
}

enum status reindex_run(struct shop_ctx *given, const struct reindex *reindex) {
    if (!db_claim(given->db, DB_IMPORTING))
        return STATUS_CONFLICT;
    struct arena arena;
    struct shop_ctx ctx = *given;
    struct sliced_tx sliced_tx = {.should_continue = NULL};
    struct bulk_index bulk;
    arena_init(&arena, reindex_arena_bytes_max);
    ctx.arena = &arena;
    bulk_index_begin(&bulk, NULL);
    enum status s = import_cleanup(&sliced_tx, &ctx);
    if (s == STATUS_OK)
        s = reindex_write(&ctx, &bulk, reindex);
    if (s != STATUS_OK)
        db_rollback(ctx.db);
    bulk_index_end(&bulk);
    arena_free(&arena);
    db_unclaim(ctx.db, DB_IMPORTING);
    return s;
}
