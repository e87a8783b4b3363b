/* How fast `till import` is, against a bare loop over SQLite that fills the same tables and indexes.
 *
 *     import TILL SOURCE FOLDER [FORMAT [ROUNDS]]
 *
 * TILL is the program and SOURCE a database that `till seed --products N` made. First it is exported to a file
 * in FOLDER (csv, jsonl or json). Then both sides take turns, each in a process of its own, at a new database
 * in FOLDER with the same schema and settings:
 *
 * - the bare loop copies every row of every table from SOURCE, those of the search index included, in
 *   transactions of half a million rows;
 * - the import does all that the command does: reading, validating, spooling, indexing.
 *
 * Each round prints products per second of both, the ratio, and the memory of the import. */
#include "base/clock.h"
#include "db/db.h"
#include "shop/schema/schema.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

enum { batch = 512 * 1024 };

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

/* Makes a new database with the shop's schema. */
static void create(const char *path) {
    char error[db_error_size], name[512];
    struct db *db;
    static const char *const ends[] = {"", "-wal", "-shm"};
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        snprintf(name, sizeof name, "%s%s", path, ends[i]);
        unlink(name);
    }
    if (shop_db_open(path, DB_CREATE, &db, error) != STATUS_OK)
        fail(error);
    db_close(db);
}

/* Copies one table in transactions of `size` rows; 0: in one. */
static void copy_table(sqlite3 *from, sqlite3 *to, const char *select, const char *insert, int64_t size) {
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
}

static int run_bare(const char *source, const char *path) {
    sqlite3 *from, *to;
    check(NULL, sqlite3_open_v2(source, &from, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX, NULL));
    check(NULL, sqlite3_open_v2(path, &to, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL));
    check(to, sqlite3_exec(to,
                           "PRAGMA synchronous=FULL; PRAGMA secure_delete=OFF; PRAGMA cache_size=-32768;"
                           "PRAGMA temp_store=MEMORY; PRAGMA journal_size_limit=67108864",
                           NULL, NULL, NULL));
    copy_table(from, to,
               "SELECT id, name, description, price, stock_quantity, category, image_url, created_at,"
               " stock_received FROM products ORDER BY seq",
               "INSERT INTO products (id, name, description, price, stock_quantity, category,"
               " image_url, created_at, stock_received) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
               batch);
    copy_table(from, to, "SELECT * FROM search_terms ORDER BY term",
               "INSERT INTO search_terms VALUES (?, ?, ?, ?, ?)", 0);
    copy_table(from, to, "SELECT key, data FROM search_postings ORDER BY key",
               "INSERT INTO search_postings VALUES (?, ?)", 0);
    copy_table(from, to, "SELECT * FROM search_columns", "INSERT INTO search_columns VALUES (?, ?, ?, ?, ?)",
               0);
    copy_table(from, to, "SELECT * FROM search_names", "INSERT INTO search_names VALUES (?, ?)", 0);
    copy_table(from, to, "SELECT * FROM search_categories", "INSERT INTO search_categories VALUES (?, ?)", 0);
    sqlite3_close(from);
    sqlite3_close(to); /* checkpoints the rest of the WAL */
    return 0;
}

static const char *till; /* the program */

/* Becomes `till COMMAND --db PATH … FILE`, which prints nothing. Does not return. */
static int run_till(const char *const arguments[]) {
    dup2(open("/dev/null", O_WRONLY), STDOUT_FILENO);
    execv(till, (char *const *)arguments);
    fail(till);
    return 0;
}

static int run_import(const char *file, const char *path) {
    return run_till((const char *const[]){till, "import", "--db", path, file, NULL});
}

static void export_to(const char *file, const char *format, const char *source) {
    int status;
    pid_t pid = fork();
    if (pid == 0)
        _exit(
            run_till((const char *const[]){till, "export", "--db", source, "--format", format, file, NULL}));
    if (pid < 0 || waitpid(pid, &status, 0) != pid || status != 0)
        fail(file);
}

/* What one side took. */
struct took {
    double rows_a_second, processor_s;
    long rss_mib;
};

/* Runs one side in a process of its own, on a new database. */
static struct took measure(int (*side)(const char *, const char *), const char *from, const char *path,
                           int64_t rows) {
    struct rusage usage;
    int status;
    create(path);
    int64_t start = monotonic_us();
    pid_t pid = fork();
    if (pid == 0)
        _exit(side(from, path));
    if (pid < 0 || wait4(pid, &status, 0, &usage) != pid || status != 0)
        fail(path);
    double wall_s = (double)(monotonic_us() - start) / 1e6;
    return (struct took){
        .rows_a_second = (double)rows / wall_s,
        .processor_s = (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
                       (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6,
        .rss_mib = usage.ru_maxrss / 1024,
    };
}

static int64_t count_rows(const char *source) {
    sqlite3 *db;
    check(NULL, sqlite3_open_v2(source, &db, SQLITE_OPEN_READONLY, NULL));
    sqlite3_stmt *stmt = prepare(db, "SELECT count(*) FROM products");
    check(db, sqlite3_step(stmt));
    int64_t rows = sqlite3_column_int64(stmt, 0);
    sqlite3_finalize(stmt);
    sqlite3_close(db);
    return rows;
}

int main(int argc, char **argv) {
    char bare[512], import[512], file[512];
    const char *format = argc > 4 ? argv[4] : "jsonl";
    size_t rounds = argc > 5 ? strtoul(argv[5], NULL, 10) : 3;
    if (argc < 4) {
        fprintf(stderr, "usage: import TILL SOURCE FOLDER [FORMAT [ROUNDS]]\n");
        return 2;
    }
    till = argv[1];
    const char *source = argv[2];
    snprintf(bare, sizeof bare, "%s/bare.db", argv[3]);
    snprintf(import, sizeof import, "%s/import.db", argv[3]);
    snprintf(file, sizeof file, "%s/products.%s", argv[3], format);
    export_to(file, format, source);
    int64_t rows = count_rows(source);
    for (size_t i = 0; i < rounds; i++) {
        struct took loop = measure(run_bare, source, bare, rows),
                    ours = measure(run_import, file, import, rows);
        printf(
            "bare loop %.0f rows/s, import %.0f rows/s, ratio %.2f, of the processor's time %.2f, %ld MiB\n",
            loop.rows_a_second, ours.rows_a_second, ours.rows_a_second / loop.rows_a_second,
            loop.processor_s / ours.processor_s, ours.rss_mib);
        fflush(stdout);
    }
    return 0;
}
