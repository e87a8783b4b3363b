/* What a database engine gives to db.c. Private to src/db. */
#pragma once

#include "db/db.h"

struct db_engine {
    void (*close)(struct db *db);
    struct db_rows *(*query)(struct db *db, const struct sql *sql, const struct db_value *args, size_t count);
    bool (*step)(struct db_rows *rows);
    int64_t (*column_int)(struct db_rows *rows, int column);
    /* Valid until the next step. */
    struct str (*column_bytes)(struct db_rows *rows, int column);
    struct db_value (*column_value)(struct db_rows *rows, int column);
    enum status (*finish)(struct db_rows *rows, int64_t *changed);
    bool (*in_transaction)(const struct db *db);
    bool (*writable)(const struct db *db);
    enum status (*check)(struct db *db, db_report *report, void *context);
    enum status (*backup)(struct db *db, const char *path, db_progress *progress, void *context, char *why);
    void (*interrupt)(struct db *db);
    bool (*claim)(struct db *db, enum db_claim what);
    void (*unclaim)(struct db *db, enum db_claim what);
    bool (*is_claimed)(struct db *db, enum db_claim what);
    void (*trust_deletes)(struct db *db);
    /* NULL where a statement costs no round trip and a connection cannot be lost. */
    enum status (*later)(struct db *db, const struct sql *sql, const struct db_value *args, size_t count);
    void (*ahead)(struct db *db, const struct sql *sql, const struct db_value *args, size_t count);
    void (*ended)(struct db *db); /* after COMMIT, or after ROLLBACK was sent */
    enum status (*limit)(struct db *db, int ms);
    bool (*lost)(const struct db *db);
    struct db_rows *(*stream)(struct db *db, const struct sql *sql);
    enum status (*bulk_begin)(struct db *db, const struct sql *sql, const struct sql *read);
    enum status (*bulk_row)(struct db *db, const struct db_value *values, size_t count);
    enum status (*bulk_end)(struct db *db, bool keep);
    /* NULL where they are switched by statements. */
    enum status (*triggers)(struct db *db, bool on);
};

/* Each engine's connection and rows start with these. */
struct db {
    const struct db_engine *engine;
};

struct db_rows {
    struct db *db;
    enum status status; /* the first failure */
};

MUST_CHECK enum status sqlite_open(const char *path, enum db_mode mode, struct db **out,
                                   char why[static db_why_size]);

MUST_CHECK enum status postgres_open(const char *url, enum db_mode mode, struct db **out,
                                     char why[static db_why_size]);

/* SQLite's schema, oldest step first: step i brings version i to i + 1. Each is a run of statements. */
extern const char *const sqlite_migrations[];
extern const int schema_version;
