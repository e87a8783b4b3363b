/* How fast products are imported, against a bare loop over SQLite that fills the same tables and indexes.
 *
 *     import SOURCE FOLDER [ROUNDS]
 *
 * SOURCE is a database that `till seed --products N` made. Both sides read it, write a new database in FOLDER
 * with the same schema, settings and size of transaction, and take turns. The bare loop copies every row of
 * every table, the search index's included, as it is; the other side adds the products through the shop's
 * rules, which work the index out. A round's figures are rows of products per second and their ratio. */
#include "base/clock.h"
#include "shop/catalogue.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { batch = 512 * 1024, arena_bytes_max = 128 * 1024 * 1024 };

static void fail(const char *what) {
    fprintf(stderr, "import: %s\n", what);
    exit(2);
}

static void check(sqlite3 *db, int code) {
    if (code != SQLITE_OK && code != SQLITE_ROW && code != SQLITE_DONE)
        fail(sqlite3_errmsg(db));
}

static sqlite3_stmt *prepare(sqlite3 *db, const char *text) {
    sqlite3_stmt *stmt;
    check(db, sqlite3_prepare_v2(db, text, -1, &stmt, NULL));
    return stmt;
}

/* A new database with the shop's schema. */
static void create(const char *path) {
    char why[db_why_size], name[512];
    struct db *db;
    static const char *const ends[] = {"", "-wal", "-shm"};
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        snprintf(name, sizeof name, "%s%s", path, ends[i]);
        unlink(name);
    }
    if (db_open(path, DB_CREATE, &db, why) != STATUS_OK)
        fail(why);
    db_close(db);
}

/* Copies one table, a transaction for each `batch` rows (0: one for all). */
static int64_t copy_table(sqlite3 *from, sqlite3 *to, const char *select, const char *insert, int64_t size) {
    sqlite3_stmt *in = prepare(from, select), *out = prepare(to, insert);
    int columns = sqlite3_column_count(in);
    int64_t rows = 0;
    check(to, sqlite3_exec(to, "BEGIN IMMEDIATE", NULL, NULL, NULL));
    for (; sqlite3_step(in) == SQLITE_ROW; rows++) {
        if (size && rows % size == size - 1)
            check(to, sqlite3_exec(to, "COMMIT; BEGIN IMMEDIATE", NULL, NULL, NULL));
        for (int i = 0; i < columns; i++)
            check(to, sqlite3_bind_value(out, i + 1, sqlite3_column_value(in, i)));
        check(to, sqlite3_step(out));
        sqlite3_reset(out);
    }
    check(to, sqlite3_exec(to, "COMMIT", NULL, NULL, NULL));
    sqlite3_finalize(in);
    sqlite3_finalize(out);
    return rows;
}

/* What a side took. */
struct took {
    double rows_a_second, processor_s;
};

static struct took took_since(int64_t start_us, clock_t start_clock, int64_t rows) {
    return (struct took){(double)rows * 1e6 / (double)(monotonic_us() - start_us),
                         (double)(clock() - start_clock) / CLOCKS_PER_SEC};
}

static struct took run_bare(const char *source, const char *path) {
    sqlite3 *from, *to;
    create(path);
    int64_t start = monotonic_us();
    clock_t start_clock = clock();
    check(NULL, sqlite3_open_v2(source, &from, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX, NULL));
    check(NULL, sqlite3_open_v2(path, &to, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL));
    check(to, sqlite3_exec(to,
                           "PRAGMA synchronous=FULL; PRAGMA secure_delete=OFF; PRAGMA cache_size=-32768;"
                           "PRAGMA temp_store=MEMORY; PRAGMA journal_size_limit=67108864",
                           NULL, NULL, NULL));
    int64_t products =
        copy_table(from, to,
                   "SELECT id, name, description, price, stock_quantity, category, image_url, created_at,"
                   " stock_received FROM products ORDER BY seq",
                   "INSERT INTO products (id, name, description, price, stock_quantity, category,"
                   " image_url, created_at, stock_received) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                   batch);
    copy_table(from, to, "SELECT term, id, documents, words, titles FROM search_terms ORDER BY term",
               "INSERT INTO search_terms VALUES (?, ?, ?, ?, ?)", 0);
    copy_table(from, to, "SELECT key, data FROM search_postings ORDER BY key",
               "INSERT INTO search_postings VALUES (?, ?)", 0);
    copy_table(from, to, "SELECT * FROM search_columns", "INSERT INTO search_columns VALUES (?, ?, ?, ?)", 0);
    copy_table(from, to, "SELECT * FROM search_names", "INSERT INTO search_names VALUES (?, ?)", 0);
    copy_table(from, to, "SELECT * FROM search_categories", "INSERT INTO search_categories VALUES (?, ?)", 0);
    sqlite3_close(from);
    sqlite3_close(to); /* which writes the last of the WAL back */
    return took_since(start, start_clock, products);
}

static struct str column_text(sqlite3_stmt *stmt, int column) {
    const char *at = (const char *)sqlite3_column_text(stmt, column);
    return (struct str){at, (size_t)sqlite3_column_bytes(stmt, column)};
}

/* Adds up to `batch` products in one transaction; false at the end. */
static bool add_batch(struct tx *tx, sqlite3_stmt *in, int64_t *count) {
    struct search_bulk bulk;
    struct product given, added;
    enum status s = db_begin(tx->db, true);
    bool more = true;
    search_bulk_begin(&bulk, 0, NULL);
    for (size_t i = 0; i < batch && s == STATUS_OK && (more = sqlite3_step(in) == SQLITE_ROW);
         i++, ++*count) {
        given = (struct product){
            .name = column_text(in, 1),
            .description = column_text(in, 2),
            .price = sqlite3_column_int64(in, 3),
            .stock_quantity = sqlite3_column_int64(in, 4),
            .category = column_text(in, 5),
            .image_url = column_text(in, 6),
        };
        memcpy(given.id.bytes, sqlite3_column_blob(in, 0), sizeof given.id.bytes);
        s = product_import(tx, &bulk, &given, &added);
    }
    s = s == STATUS_OK ? search_bulk_flush(&bulk, tx) : s;
    search_bulk_end(&bulk);
    s = s == STATUS_OK ? db_commit(tx->db) : s;
    if (s != STATUS_OK)
        fail(status_text(s));
    arena_reset(tx->arena);
    return more;
}

static struct took run_rules(const char *source, const char *path) {
    char why[db_why_size];
    sqlite3 *from;
    struct arena arena;
    struct tx tx = {.arena = &arena, .clock = &clock_system, .random = &random_system};
    int64_t count = 0;
    create(path);
    arena_init(&arena, arena_bytes_max);
    int64_t start = monotonic_us();
    clock_t start_clock = clock();
    check(NULL, sqlite3_open_v2(source, &from, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX, NULL));
    if (db_open(path, DB_WRITE, &tx.db, why) != STATUS_OK)
        fail(why);
    sqlite3_stmt *in = prepare(from,
                               "SELECT id, name, description, price, stock_quantity, category, image_url"
                               " FROM products ORDER BY seq");
    while (add_batch(&tx, in, &count))
        ;
    sqlite3_finalize(in);
    sqlite3_close(from);
    db_close(tx.db);
    arena_free(&arena);
    return took_since(start, start_clock, count);
}

int main(int argc, char **argv) {
    char bare[512], rules[512];
    size_t rounds = argc > 3 ? strtoul(argv[3], NULL, 10) : 3;
    if (argc < 3) {
        fprintf(stderr, "usage: import SOURCE FOLDER [ROUNDS]\n");
        return 2;
    }
    snprintf(bare, sizeof bare, "%s/bare.db", argv[2]);
    snprintf(rules, sizeof rules, "%s/rules.db", argv[2]);
    for (size_t i = 0; i < rounds; i++) {
        struct took loop = run_bare(argv[1], bare), shop = run_rules(argv[1], rules);
        printf("bare loop %.0f rows/s, import %.0f rows/s, ratio %.2f, of the processor's time %.2f\n",
               loop.rows_a_second, shop.rows_a_second, shop.rows_a_second / loop.rows_a_second,
               loop.processor_s / shop.processor_s);
    }
    return 0;
}
