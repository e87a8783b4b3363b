/* till seed: fills a database with products that nobody had to write. */
#include "cli/catalogue_file.h"
#include "cli/command.h"
#include "cli/made_up.h"

#include "shop/stage.h"

#include <stdio.h>

enum {
    texts_kept = 256,   /* products whose texts are in memory at a time */
    texts_told = 10000, /* products between two words of how far it has come */
    texts_bytes_max = 16 * 1024 * 1024,
};

/* How far it has come, of so many. */
struct progress {
    int64_t done, all;
};

static void show(const struct progress *progress) {
    if (progress->all > texts_told && (progress->done % texts_told == 0 || progress->done == progress->all))
        fprintf(stderr, "\r%lld of %lld products%s", (long long)progress->done, (long long)progress->all,
                progress->done == progress->all ? "\n" : "");
}

static enum status add_products(struct tx *tx, struct stage *stage, const struct random *random,
                                int64_t count, struct progress *progress) {
    struct product given;
    enum status s = STATUS_OK;
    for (int64_t i = 0; i < count && s == STATUS_OK; i++) {
        if (i % texts_kept == 0)
            arena_reset(tx->arena);
        s = made_up_product(tx->arena, random, &given);
        if (s == STATUS_OK)
            s = stage_add(stage, tx, &given);
        progress->done++;
        show(progress);
    }
    return s;
}

static enum status seed_products(struct tx *tx, int64_t count) {
    uint64_t state = 1;
    struct random random = random_seeded(&state);
    struct progress progress = {.all = count};
    struct stage stage = {.number = 0};
    enum status s = stage_begin(&stage, tx, count);
    if (s == STATUS_OK)
        s = add_products(tx, &stage, &random, count, &progress);
    if (s == STATUS_OK)
        s = stage_publish(&stage, tx);
    stage_close(&stage, tx);
    return s;
}

static enum status seed_demo(struct tx *tx) {
    char why[catalogue_why_size] = "";
    size_t count;
    enum status s = db_begin(tx->db, true);
    if (s == STATUS_OK)
        s = catalogue_read_json(tx, asset_demo_catalogue, &count, why);
    if (s == STATUS_OK)
        return db_commit(tx->db);
    db_rollback(tx->db);
    if (why[0])
        fprintf(stderr, "till: %s\n", why);
    return s;
}

static int seed(struct db *db, bool demo, int64_t count) {
    struct arena arena;
    arena_init(&arena, texts_bytes_max);
    struct tx tx = {.db = db, .arena = &arena, .clock = &clock_system, .random = &random_system};
    enum status s = demo ? seed_demo(&tx) : STATUS_OK;
    if (s == STATUS_OK && count > 0)
        s = seed_products(&tx, count);
    arena_free(&arena);
    if (s == STATUS_PRODUCT_EXISTS)
        fprintf(stderr,
                "till: this database has been seeded before; give another --db, or remove it first\n");
    else if (s != STATUS_OK)
        fprintf(stderr, "till: %s\n", status_text(s));
    return s == STATUS_OK ? exit_done : exit_failed;
}

enum { FLAG_DB, FLAG_DEMO, FLAG_PRODUCTS };

static int run(const char *const values[], const char *operand) {
    (void)operand;
    char why[db_why_size];
    struct db *db;
    int64_t count = 0;
    if (!values[FLAG_DEMO] && !values[FLAG_PRODUCTS])
        return usage_error("seed needs --demo or --products; see till seed --help");
    if (values[FLAG_PRODUCTS] && !parse_number("products", values[FLAG_PRODUCTS], 0, 100000000, &count))
        return exit_usage;
    enum status s = db_open(values[FLAG_DB], DB_CREATE, &db, why);
    if (s != STATUS_OK)
        return open_error(s, why);
    int code = seed(db, values[FLAG_DEMO] != NULL, count);
    db_close(db);
    return code;
}

static const struct flag flags[] = {
    [FLAG_DB] = DB_FLAG,
    [FLAG_DEMO] = {"demo", NULL, NULL, "the demo shop's catalogue"},
    [FLAG_PRODUCTS] = {"products", "N", NULL, "N made-up products, the same ones every time"},
    {0},
};

const struct command seed_command = {
    .name = "seed",
    .summary = "Fill a database with products",
    .flags = flags,
    .run = run,
};
