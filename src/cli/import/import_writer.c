/* The writer's side of an import: rows of the spool are staged and published, and changed if that is asked for. */
#include "cli/import/import_job.h"
#include "console/errors.h"
#include "shop/catalogue/reindex.h"
#include "shop/schema/schema.h"

#include <inttypes.h>
#include <stdlib.h>

enum {
    ahead_rows = 20000, /* in the spool before the database is opened: about a quarter of a second */
    import_arena_bytes_max = 16 * 1024 * 1024,
    import_show_every = 256, /* rows, between two looks at the clock */
};

/* Whether there is a reason not to publish. */
static bool import_is_spoilt(const struct import_command *im) {
    return atomic_load(&im->bad_rows) > 0 || atomic_load(&im->stop_writing);
}

/* Shows the progress; `part` of the whole counts if the file's size is known. A look at the clock every so many rows is
 * enough. */
static void import_show(struct import_command *im, double part, int64_t rows, const char *what) {
    if (!im->progress.terminal || rows % import_show_every != 0)
        return;
    pthread_mutex_lock(&im->lock);
    progress_show(&im->progress, im->size_bytes ? part : -1, "%" PRId64 " products%s", rows, what);
    pthread_mutex_unlock(&im->lock);
}

/* The last tenth of the bar is for the index. */
static void import_show_staging(struct import_command *im, const struct spooled *row, int64_t rows) {
    double part = im->size_bytes ? 0.9 * (double)row->at_bytes / (double)im->size_bytes : 0;
    import_show(im, part, rows, "");
}

/* Called between two transactions of publishing; it always goes on. */
static bool import_show_indexing(void *context) {
    struct import_command *im = context;
    import_show(im, 0.95, im->added - im->added % import_show_every, ", writing the index");
    return true;
}

/* Adds a row's product, or finds out what it changes; `number` is that of the row in the spool. Returns a message if the
 * row is a bad one, which only the database knows, or NULL. */
static const char *import_stage_row(struct import_command *im, struct shop_ctx *ctx,
                                    const struct product *product, int64_t number, enum status *s) {
    static const struct uuid nil;
    enum import_match match = MATCH_NEW;
    if (im->updates && uuid_equal(&product->id, &nil) && !product->key.data) {
        *s = STATUS_OK;
        return "neither an id nor a key, so that --update could not find it again: name a column with keys (--key)";
    }
    *s = im->updates ? import_update_match(&im->update, &im->import, ctx, product, &match)
                     : import_add(&im->import, ctx, product);
    if (*s == STATUS_OK && match == MATCH_DIFFERS)
        im->differs[number / 8] |= (unsigned char)(1 << number % 8);
    im->added += *s == STATUS_OK && match == MATCH_NEW;
    if (*s != STATUS_PRODUCT_EXISTS)
        return NULL;
    *s = STATUS_OK;
    return im->updates
               ? "another row above means the same product"
               : "a product with this id or key is there already, in the shop or above; --update would change it";
}

/* Stages what comes through the spool. */
static enum status import_stage_rows(struct import_command *im, struct shop_ctx *ctx) {
    struct spooled row;
    enum status s = STATUS_OK;
    for (int64_t number = 0; s == STATUS_OK && !atomic_load(&im->stop_writing); number++) {
        s = spool_take(&im->spool, &row);
        if (s != STATUS_OK)
            break;
        const char *error = import_stage_row(im, ctx, &row.product, number, &s);
        if (error && !import_print_bad_row(im, row.line, error))
            s = STATUS_INVALID;
        import_show_staging(im, &row, number);
    }
    return s == STATUS_NOT_FOUND ? STATUS_OK : s;
}

/* Changes the products that differ, once the new ones are published. */
static enum status import_change_rows(struct import_command *im, struct shop_ctx *ctx) {
    struct spooled row;
    int64_t all = im->update.counts[MATCH_DIFFERS];
    spool_rewind(&im->spool);
    TRY(import_update_begin(&im->update, ctx));
    for (int64_t number = 0; im->changed < all; number++) {
        TRY(spool_take(&im->spool, &row));
        if (!(im->differs[number / 8] & 1 << number % 8))
            continue;
        TRY(import_update_change(&im->update, ctx, &row.product));
        im->changed++;
        import_show(im, 0.95, im->changed, " changed");
    }
    return import_update_end(&im->update, ctx);
}

/* Makes what an update of `rows` rows needs. */
static enum status import_open_update(struct import_command *im, int64_t rows) {
    if (!im->updates)
        return STATUS_OK;
    im->differs = calloc((size_t)rows / 8 + 1, 1);
    enum status s = import_update_open(&im->update, &im->import);
    return im->differs ? s : STATUS_NO_MEMORY;
}

/* Gives a shop without products the language that was asked for. STATUS_INVALID, with the error printed, if it has
 * products in another one: a server makes their index anew, because it would search in the old language until then. */
static enum status import_set_language(struct import_command *im, struct shop_ctx *ctx) {
    const struct language *now;
    if (!im->language)
        return STATUS_OK;
    TRY(reindex_begin_in(ctx, im->language));
    TRY(index_read_language(ctx, &now));
    if (now == im->language)
        return STATUS_OK;
    import_print(
        im, 0,
        "the shop has products whose language is '%s'; start `till serve --language %s` to change that",
        now->code, im->language->code);
    return STATUS_INVALID;
}

/* Stages everything, and publishes it if nothing is wrong by then. `expected` is a guess at how many products
 * there will be, which is how many are in the spool. */
static enum status import_write(struct import_command *im, struct db *db, int64_t expected) {
    struct arena arena;
    arena_init(&arena, import_arena_bytes_max);
    struct shop_ctx ctx = {.db = db, .arena = &arena, .clock = &clock_system, .random = &random_system};
    im->import.action = "till import";
    enum status s = import_begin(&im->import, &ctx, expected);
    if (s == STATUS_CONFLICT)
        import_print(im, 0, "another import into this database is under way; try again when it is done");
    if (s == STATUS_OK)
        s = import_set_language(im, &ctx);
    if (s == STATUS_OK)
        s = import_open_update(im, expected);
    if (s == STATUS_OK)
        s = import_stage_rows(im, &ctx);
    if (s == STATUS_OK && !import_is_spoilt(im)) {
        im->import.sliced_tx.should_continue = import_show_indexing;
        im->import.sliced_tx.context = im;
        im->import.changing = im->update.counts[MATCH_DIFFERS];
        s = import_publish(&im->import, &ctx);
        im->is_published = s == STATUS_OK;
    } else if (s == STATUS_OK) {
        s = STATUS_INVALID;
    }
    import_close(&im->import, &ctx);
    if (s == STATUS_OK && im->updates && im->update.counts[MATCH_DIFFERS] > 0) {
        s = import_change_rows(im, &ctx);
        db_rollback(db); /* the slice that failed, if one did */
    }
    if (im->updates)
        import_update_close(&im->update);
    free(im->differs);
    arena_free(&arena);
    return s;
}

enum status import_write_database(struct import_command *im, const char *url) {
    char error[db_error_size];
    struct db *db;
    int64_t rows = spool_wait(&im->spool, im->updates ? INT64_MAX : ahead_rows);
    if (import_is_spoilt(im))
        return STATUS_INVALID;
    enum status s = shop_db_open(url, DB_CREATE, &db, error);
    if (s != STATUS_OK) {
        print_error("%s", error);
        return STATUS_USAGE; /* a message was printed */
    }
    s = import_write(im, db, rows);
    db_close(db);
    return s;
}
