/* The writer's side of an import: rows of the spool are staged and published, and changed if that is asked for. */
#include "base/kill_point.h"
#include "files/import/internal.h"
#include "shop/catalogue/reindex.h"

#include <inttypes.h>
#include <stdlib.h>

/* The last tenth of the bar is for the index. */
static void import_show_staging(struct import_run *run, const struct spooled *row, int64_t rows) {
    double part = run->size_bytes ? 0.9 * (double)row->at_bytes / (double)run->size_bytes : 0;
    import_show(run, part, rows, "");
}

/* Called between two transactions of staging and publishing. */
static bool import_goes_on(void *context) {
    struct import_run *run = context;
    if (run->is_publishing)
        import_show(run, 0.95, run->added - run->added % import_show_every, ", writing the index");
    return !run->should_stop;
}

const char *import_row_lacks_key(const struct import_run *run, const struct product *product) {
    static const struct uuid nil;
    return run->updates && uuid_equal(&product->id, &nil) && !product->key.data ? run->listener->no_key_error
                                                                                : NULL;
}

const char *import_row_exists(const struct import_run *run) {
    return run->updates ? "another row above means the same product" : run->listener->exists_error;
}

/* Adds a row's product, or finds out what it changes; `number` is that of the row in the spool. Returns a message if the
 * row is a bad one, which only the database knows, or NULL. */
static const char *import_stage_row(struct import_run *run, struct shop_ctx *ctx,
                                    const struct product *product, int64_t number, enum status *s) {
    enum import_match match = MATCH_NEW;
    const char *error = import_row_lacks_key(run, product);
    *s = STATUS_OK;
    if (error)
        return error;
    *s = run->updates ? import_update_match(&run->update, &run->import, ctx, product, &match)
                      : import_add(&run->import, ctx, product);
    if (*s == STATUS_OK && match == MATCH_DIFFERS)
        run->differs[number / 8] |= (unsigned char)(1 << number % 8);
    run->added += *s == STATUS_OK && match == MATCH_NEW;
    if (*s != STATUS_PRODUCT_EXISTS)
        return NULL;
    *s = STATUS_OK;
    return import_row_exists(run);
}

/* Stages what comes through the spool. */
static enum status import_stage_rows(struct import_run *run, struct shop_ctx *ctx) {
    struct spooled row;
    enum status s = STATUS_OK;
    for (; s == STATUS_OK && !atomic_load(&run->stop_writing); run->row_count++) {
        s = spool_take(&run->spool, &row);
        if (s != STATUS_OK)
            break;
        const char *error = import_stage_row(run, ctx, &row.product, run->row_count, &s);
        if (error && !import_remark_bad_row(run, row.line, error))
            s = STATUS_INVALID;
        import_show_staging(run, &row, run->row_count);
        if (s == STATUS_OK && run->should_stop)
            s = STATUS_STOPPING;
    }
    return s == STATUS_NOT_FOUND ? STATUS_OK : s;
}

/* Changes the products that differ, once the new ones are published. */
static enum status import_change_rows(struct import_run *run, struct shop_ctx *ctx) {
    struct spooled row;
    int64_t all = run->update.counts[MATCH_DIFFERS];
    spool_rewind(&run->spool);
    run->update.sliced_tx.should_continue = import_goes_on;
    run->update.sliced_tx.context = run;
    run->is_publishing = false;
    TRY(import_update_begin(&run->update, ctx));
    for (int64_t number = 0; run->changed < all; number++) {
        TRY(spool_take(&run->spool, &row));
        if (!(run->differs[number / 8] & 1 << number % 8))
            continue;
        TRY(import_update_change(&run->update, ctx, &row.product));
        run->changed++;
        import_show(run, 0.95, run->changed, " changed");
        kill_point("import-changed");
    }
    return import_update_end(&run->update, ctx);
}

/* Makes what an update of `rows` rows needs. */
static enum status import_open_update(struct import_run *run, int64_t rows) {
    if (!run->updates)
        return STATUS_OK;
    run->differs = calloc((size_t)rows / 8 + 1, 1);
    enum status s = import_update_open(&run->update, run->import.next_seq);
    return run->differs ? s : STATUS_NO_MEMORY;
}

/* Gives a shop without products the language that was asked for. STATUS_INVALID, after a remark, if it has
 * products in another one: a server makes their index anew, because it would search in the old language until then. */
static enum status import_set_language(struct import_run *run, struct shop_ctx *ctx) {
    const struct language *now;
    if (!run->language)
        return STATUS_OK;
    TRY(reindex_begin_in(ctx, run->language));
    TRY(index_read_language(ctx, &now));
    if (now == run->language)
        return STATUS_OK;
    import_remark(
        run, REMARK_FILE, 0,
        "the shop has products whose language is '%s'; start `till serve --language %s` to change that",
        now->code, run->language->code);
    return STATUS_INVALID;
}

/* Stages everything, once the import has begun. */
static enum status import_stage(struct import_run *run, struct shop_ctx *ctx, int64_t expected) {
    TRY(import_set_language(run, ctx));
    TRY(import_open_update(run, expected));
    TRY(import_stage_rows(run, ctx));
    kill_point("import-staged");
    return import_is_spoilt(run) ? STATUS_INVALID : STATUS_OK;
}

/* Stages everything, and publishes it if nothing is wrong by then. `expected` is a guess at how many products
 * there will be, which is how many are in the spool. */
static enum status import_write(struct import_run *run, struct shop_ctx *ctx, int64_t expected) {
    run->import.sliced_tx.should_continue = import_goes_on;
    run->import.sliced_tx.context = run;
    enum status s = import_begin(&run->import, ctx, expected);
    if (s == STATUS_OK)
        s = import_stage(run, ctx, expected);
    if (s == STATUS_OK) {
        run->is_publishing = true;
        run->import.changing = run->update.counts[MATCH_DIFFERS];
        s = import_publish(&run->import, ctx);
        run->is_published = s == STATUS_OK;
    }
    import_close(&run->import, ctx);
    if (s == STATUS_OK && run->updates && run->update.counts[MATCH_DIFFERS] > 0) {
        s = import_change_rows(run, ctx);
        db_rollback(ctx->db); /* the slice that failed, if one did */
    }
    if (run->updates)
        import_update_close(&run->update);
    free(run->differs);
    run->differs = NULL;
    return s;
}

enum status import_run_write(struct import_run *run, const struct shop_ctx *ctx, int64_t rows) {
    struct arena arena;
    struct shop_ctx own = *ctx;
    arena_init(&arena, import_arena_bytes_max);
    own.arena = &arena;
    enum status s = run->only_checks ? import_check(run, &own) : import_write(run, &own, rows);
    arena_free(&arena);
    return s;
}
