/* What a database engine gives to db.c. Private to src/db.
 *
 * A function whose comment begins with "NULL" may be missing, and then db.c does what the comment says. */
#pragma once

#include "base/arena.h"
#include "db/schema.h"

struct db_engine {
    void (*close)(struct db *db);
    struct db_rows *(*query)(struct db *db, const struct sql *sql, const struct db_value *args, size_t count);
    bool (*step)(struct db_rows *rows);
    int64_t (*column_int)(struct db_rows *rows, int column);
    struct str (*column_bytes)(struct db_rows *rows, int column);
    struct db_value (*column_value)(struct db_rows *rows, int column);
    enum status (*finish)(struct db_rows *rows, int64_t *changed);
    bool (*in_transaction)(const struct db *db);
    bool (*writable)(const struct db *db);
    bool (*could_write)(const struct db *db); /* NULL: as writable */
    /* NULL: always DB_SOUND. */
    enum db_fault (*fault)(struct db *db);
    /* Called after a COMMIT failed with `s`; returns STATUS_UNKNOWN if the commit may come back after a
     * crash. NULL: it cannot. */
    enum status (*undo_commit)(struct db *db, enum status s);
    enum status (*check)(struct db *db, db_report *report, void *context);
    enum status (*backup)(struct db *db, const char *path, db_progress *progress, void *context, char *error);
    void (*interrupt)(struct db *db);
    bool (*claim)(struct db *db, enum db_claim claim);
    void (*unclaim)(struct db *db, enum db_claim claim);
    bool (*is_claimed)(struct db *db, enum db_claim claim);
    void (*trust_deletes)(struct db *db);
    void (*note_large)(struct db *db, int64_t bytes); /* NULL: the connection keeps no pages */
    /* NULL: a statement costs no round trip. It runs at once, and nothing is prefetched. */
    enum status (*exec_deferred)(struct db *db, const struct sql *sql, const struct db_value *args,
                                 size_t count, enum status otherwise);
    /* NULL: nothing is deferred. */
    enum status (*check_deferred)(struct db *db);
    bool (*prefetch)(struct db *db, const struct sql *sql, const struct db_value *args, size_t count);
    /* Called after COMMIT, and after ROLLBACK was sent. NULL: there is nothing to reset. */
    void (*transaction_ended)(struct db *db);
    /* `in_transaction`: only until the open one ends. NULL: statements have no time limit. */
    enum status (*limit)(struct db *db, int ms, bool in_transaction);
    /* NULL: a connection cannot be lost. */
    bool (*is_lost)(const struct db *db);
    /* NULL: query gives its rows one by one already. */
    struct db_rows *(*stream)(struct db *db, const struct sql *sql);
    /* NULL: rows are inserted one by one. */
    enum status (*bulk_begin)(struct db *db, const struct sql *sql, const struct sql *read);
    enum status (*bulk_row)(struct db *db, const struct db_value *values, size_t count);
    enum status (*bulk_end)(struct db *db, bool keep);
    /* NULL: statements turn triggers off (struct db_table). */
    enum status (*triggers)(struct db *db, bool on);
};

/* Each engine's connection and rows start with these. */
struct db {
    const struct db_engine *engine;
    const struct db_schema *schema;
    uint64_t statements;  /* run so far; each engine counts its own */
    struct arena scratch; /* zero until db_scratch is called */
};

struct db_rows {
    struct db *db;
    enum status status; /* the first failure */
    bool has_row;       /* db_step has returned true */
};

MUST_CHECK enum status sqlite_open(const char *path, enum db_mode mode, const struct db_schema *schema,
                                   struct db **out, char error[static db_error_size]);

/* As db_replace_file. */
MUST_CHECK enum status sqlite_replace_file(const char *part, const char *path,
                                           char error[static db_error_size]);

MUST_CHECK enum status postgres_open(const char *url, enum db_mode mode, const struct db_schema *schema,
                                     struct db **out, char error[static db_error_size]);
