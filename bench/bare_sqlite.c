#include "bare_sqlite.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

enum { commits_max = 10000000 };

sqlite3 *db;
static sqlite3_stmt *begin_sql, *commit_sql;

void fail(const char *what) {
    fprintf(stderr, "%s: %s\n", what, db ? sqlite3_errmsg(db) : "failed");
    exit(1);
}

static int64_t now_us(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

void open_database(const char *path) {
    static const char settings[] =
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA journal_size_limit=67108864;"
        "PRAGMA temp_store=MEMORY; PRAGMA secure_delete=OFF; PRAGMA cache_size=-32768; PRAGMA foreign_keys=ON";
    sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    if (sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL) != SQLITE_OK ||
        sqlite3_exec(db, settings, NULL, NULL, NULL) != SQLITE_OK)
        fail(path);
    begin_sql = prepare("BEGIN IMMEDIATE");
    commit_sql = prepare("COMMIT");
}

void begin(void) {
    finish(begin_sql, 0);
}

void commit(void) {
    finish(commit_sql, 0);
}

sqlite3_stmt *prepare(const char *sql) {
    sqlite3_stmt *stmt;
    if (sqlite3_prepare_v3(db, sql, -1, SQLITE_PREPARE_PERSISTENT, &stmt, NULL) != SQLITE_OK)
        fail(sql);
    return stmt;
}

void bind_values(sqlite3_stmt *stmt, const char *kinds, ...) {
    va_list args;
    va_start(args, kinds);
    for (int i = 1; kinds[i - 1]; i++) {
        if (kinds[i - 1] == 'i')
            sqlite3_bind_int64(stmt, i, va_arg(args, int64_t));
        else if (kinds[i - 1] == 'b')
            sqlite3_bind_blob(stmt, i, va_arg(args, const void *), 16, SQLITE_STATIC);
        else
            sqlite3_bind_text(stmt, i, va_arg(args, const char *), -1, SQLITE_STATIC);
    }
    va_end(args);
}

void read_columns(sqlite3_stmt *stmt) {
    for (int i = 0; i < sqlite3_column_count(stmt); i++)
        if (sqlite3_column_type(stmt, i) == SQLITE_BLOB || sqlite3_column_type(stmt, i) == SQLITE_TEXT)
            sqlite3_column_blob(stmt, i);
}

int64_t finish(sqlite3_stmt *stmt, int rows_wanted) {
    int64_t first = 0;
    int rows = 0, code;
    while ((code = sqlite3_step(stmt)) == SQLITE_ROW) {
        if (rows++ == 0)
            first = sqlite3_column_int64(stmt, 0);
        read_columns(stmt);
    }
    sqlite3_reset(stmt);
    if (code != SQLITE_DONE || rows != rows_wanted)
        fail(sqlite3_sql(stmt));
    return first;
}

void look_up(sqlite3_stmt *stmt, unsigned char out[static 16]) {
    if (sqlite3_step(stmt) != SQLITE_ROW || sqlite3_column_bytes(stmt, 0) != 16)
        fail("the database has run out of carts or products");
    memcpy(out, sqlite3_column_blob(stmt, 0), 16);
    sqlite3_reset(stmt);
}

void new_id(unsigned char id[static 16]) {
    int64_t ms = (int64_t)time(NULL) * 1000;
    sqlite3_randomness(16, id);
    for (int i = 0; i < 6; i++)
        id[i] = (unsigned char)(ms >> (40 - 8 * i));
}

/* SplitMix64, by Steele, Lea and Flood. */
void session_key(uint64_t number, unsigned char key[static 16]) {
    uint64_t halves[2];
    for (uint64_t i = 0; i < 2; i++) {
        uint64_t x = (2 * number + i + 1) * 0x9E3779B97F4A7C15u;
        x = (x ^ x >> 30) * 0xBF58476D1CE4E5B9u;
        x = (x ^ x >> 27) * 0x94D049BB133111EBu;
        halves[i] = x ^ x >> 31;
    }
    memcpy(key, halves, sizeof halves);
}

static int by_value(const void *a, const void *b) {
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

static double cpu_seconds(void) {
    struct rusage used;
    getrusage(RUSAGE_SELF, &used);
    return (double)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) +
           (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6;
}

void measure(commit_function *commit_batch, int64_t count, int64_t batch, double seconds) {
    int64_t *took = calloc(commits_max, sizeof *took), us_max = (int64_t)(seconds * 1e6);
    int64_t done = 0, commits = 0, start = now_us(), end = start;
    double cpu = cpu_seconds();
    if (!took)
        fail("out of memory");
    while (end - start < us_max && done + batch <= count && commits < commits_max) {
        int64_t before = end;
        commit_batch(done, batch, before);
        end = now_us();
        took[commits++] = end - before;
        done += batch;
    }
    cpu = cpu_seconds() - cpu;
    if (commits == 0)
        fail("nothing to do");
    qsort(took, (size_t)commits, sizeof *took, by_value);
    printf(
        "{\"requests\": %lld, \"microseconds\": %lld, \"cpu_seconds\": %.6f, \"p50\": %lld, \"p99\": %lld}\n",
        (long long)done, (long long)(end - start), cpu, (long long)took[commits / 2],
        (long long)took[commits * 99 / 100]);
    free(took);
}
