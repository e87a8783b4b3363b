/* till seed: fills a database with products that nobody had to write. */
#include "cli/catalogue_file.h"
#include "cli/command.h"

#include "base/buf.h"
#include "shop/catalogue.h"

#include <stdio.h>

enum { batch = 10000, batch_arena_bytes_max = 64 * 1024 * 1024 };

static const char *const adjectives[] = {"Quiet",   "Folding", "Brass",  "Everyday", "Travel", "Oak",
                                         "Compact", "Soft",    "Heavy",  "Little",   "Garden", "Winter",
                                         "Striped", "Plain",   "Studio", "Slow"};
static const char *const nouns[] = {"lamp",   "kettle", "backpack",   "notebook", "keyboard", "speaker",
                                    "mug",    "tent",   "headphones", "chair",    "blanket",  "knife",
                                    "camera", "pen",    "bottle",     "clock"};
static const char *const categories[] = {"lighting",    "kitchen", "bags",    "stationery",
                                         "electronics", "audio",   "outdoor", "home"};

#define PICK(list, random) ((list)[(random) % (sizeof(list) / sizeof *(list))])

/* Product number `number` of the catalogue of a seed: the same one every time. */
static enum status add_product(struct tx *tx, const struct random *random, int64_t number) {
    uint32_t dice[6];
    struct product given = {0}, added;
    random_fill(random, dice, sizeof dice);
    struct buf name = buf_new(tx->arena), text = buf_new(tx->arena), image = buf_new(tx->arena);
    const char *adjective = PICK(adjectives, dice[0]), *noun = PICK(nouns, dice[1]);
    buf_printf(&name, "%s %s %lld", adjective, noun, (long long)number);
    buf_printf(&text, "A %s that does one thing well. %s, made to be repaired, number %lld of its kind.",
               noun, adjective, (long long)number);
    buf_printf(&image, "/media/%s.svg", noun);
    if (!buf_ok(&name) || !buf_ok(&text) || !buf_ok(&image))
        return STATUS_NO_MEMORY;
    given.name = buf_str(&name);
    given.description = buf_str(&text);
    given.price = 500 + dice[2] % 40000;
    given.stock_quantity = dice[3] % 500;
    given.category = str_from(PICK(categories, dice[4]));
    given.image_url = buf_str(&image);
    random_fill(random, given.id.bytes, sizeof given.id.bytes);
    given.id.bytes[6] = (uint8_t)(0x40 | (given.id.bytes[6] & 0x0F)); /* version 4 */
    given.id.bytes[8] = (uint8_t)(0x80 | (given.id.bytes[8] & 0x3F));
    return product_add(tx, &given, &added);
}

static enum status add_batch(struct tx *tx, const struct random *random, int64_t first, int64_t end) {
    enum status s = db_begin(tx->db, true);
    for (int64_t i = first; i < end && s == STATUS_OK; i++)
        s = add_product(tx, random, i);
    if (s == STATUS_OK)
        s = db_commit(tx->db);
    if (s != STATUS_OK)
        db_rollback(tx->db);
    return s;
}

static enum status seed_products(struct tx *tx, int64_t count) {
    uint64_t state = 1;
    struct random random = random_seeded(&state);
    enum status s = STATUS_OK;
    for (int64_t first = 0; first < count && s == STATUS_OK; first += batch) {
        int64_t end = first + batch < count ? first + batch : count;
        s = add_batch(tx, &random, first, end);
        arena_reset(tx->arena);
        if (count > batch)
            fprintf(stderr, "\r%lld of %lld products%s", (long long)end, (long long)count,
                    end == count ? "\n" : "");
    }
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
    arena_init(&arena, batch_arena_bytes_max);
    struct tx tx = {.db = db, .arena = &arena, .clock = &clock_system, .random = &random_system};
    enum status s = demo ? seed_demo(&tx) : STATUS_OK;
    if (s == STATUS_OK)
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
    if (db_open(values[FLAG_DB], DB_CREATE, &db, why) != STATUS_OK)
        return usage_error("%s", why);
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
