/* till seed: fills a database with the demo shop, or with invented products
 * (files/fake_products.h).
 *
 * The random numbers start at the same seed every time, so each run makes the same products with the same
 * ids. A second run into the same database thus fails at the first product, and adds nothing. */
#include "cli/command.h"
#include "console/progress.h"
#include "files/demo_shop.h"
#include "files/fake_products.h"

#include "shop/catalogue/import.h"
#include "shop/schema/schema.h"
#include "shop/staff/audit_log.h"

#include <inttypes.h>
#include <stdio.h>

enum {
    texts_kept = 256, /* products whose texts are in memory at a time */
    texts_bytes_max = 16 * 1024 * 1024,
};

/* Stages `count` products. Their texts are in memory only until the arena is emptied, texts_kept later: the
 * index has taken its terms from them by then. */
static enum status seed_add_products(struct shop_ctx *ctx, struct import *import, const struct random *random,
                                     int64_t count) {
    struct product given;
    struct progress progress = progress_new();
    enum status s = STATUS_OK;
    for (int64_t i = 0; i < count && s == STATUS_OK; i++) {
        if (i % texts_kept == 0)
            arena_reset(ctx->arena);
        s = fake_product(ctx->arena, random, &given);
        if (s == STATUS_OK)
            s = import_add(import, ctx, &given);
        progress_show(&progress, (double)i / (double)count, "%" PRId64 " products", i);
    }
    progress_wipe(&progress);
    return s;
}

/* Adds invented products as an import does: staged, and published at once at the end. */
static enum status seed_products(struct shop_ctx *ctx, int64_t count) {
    uint64_t state = 1;
    struct random random = random_seeded(&state);
    struct import import = {.action = "till seed"};
    enum status s = import_begin(&import, ctx, count);
    if (s == STATUS_OK)
        s = seed_add_products(ctx, &import, &random, count);
    if (s == STATUS_OK)
        s = import_publish(&import, ctx);
    import_close(&import, ctx);
    return s;
}

static enum status seed_note_demo(struct shop_ctx *ctx, int64_t count) {
    struct change_list changes = change_list_new(ctx->arena);
    change_list_put_int(&changes, "products_added", NULL, &count);
    return audit_log_add_system(ctx, "till seed", NULL, &changes);
}

/* Adds the demo shop, in one transaction. */
static enum status seed_demo(struct shop_ctx *ctx) {
    char error[catalogue_error_size] = "";
    size_t count;
    enum status s = db_begin(ctx->db, true);
    if (s == STATUS_OK)
        s = demo_shop_add(ctx, &count, error);
    if (s == STATUS_OK)
        s = seed_note_demo(ctx, (int64_t)count);
    if (s == STATUS_OK)
        return db_commit(ctx->db);
    db_rollback(ctx->db);
    if (error[0])
        fprintf(stderr, "till: %s\n", error);
    return s;
}

/* Seeds what was asked for, and prints what went wrong. */
static int seed_database(struct db *db, bool demo, int64_t count) {
    struct arena arena;
    arena_init(&arena, texts_bytes_max);
    struct shop_ctx ctx = {.db = db, .arena = &arena, .clock = &clock_system, .random = &random_system};
    enum status s = demo ? seed_demo(&ctx) : STATUS_OK;
    if (s == STATUS_OK && count > 0)
        s = seed_products(&ctx, count);
    arena_free(&arena);
    if (s == STATUS_PRODUCT_EXISTS)
        fprintf(stderr,
                "till: this database has been seeded before; give another --db, or remove it first\n");
    else if (s != STATUS_OK)
        fprintf(stderr, "till: %s\n", status_text(s));
    return s == STATUS_OK ? exit_done : exit_failed;
}

enum { FLAG_DB, FLAG_DEMO, FLAG_PRODUCTS };

static int seed_command_run(const char *const values[], const char *operand) {
    (void)operand;
    char error[db_error_size];
    struct db *db;
    int64_t count = 0;
    if (!values[FLAG_DEMO] && !values[FLAG_PRODUCTS])
        return usage_error("seed needs --demo or --products; see till seed --help");
    if (values[FLAG_PRODUCTS] && !flag_number("products", values[FLAG_PRODUCTS], 0, 100000000, &count))
        return exit_usage;
    enum status s = shop_db_open(values[FLAG_DB], DB_CREATE, &db, error);
    if (s != STATUS_OK)
        return status_error(s, error);
    int code = seed_database(db, values[FLAG_DEMO] != NULL, count);
    db_close(db);
    return code;
}

static const struct flag flags[] = {
    [FLAG_DB] = DB_FLAG,
    [FLAG_DEMO] = {"demo", NULL, NULL, "the demo shop"},
    [FLAG_PRODUCTS] = {"products", "N", NULL, "N made-up products, the same ones every time"},
    {0},
};

const struct command seed_command = {
    .name = "seed",
    .summary = "Fill a database with products",
    .flags = flags,
    .run = seed_command_run,
};
