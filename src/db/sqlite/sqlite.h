/* SQLite behind db.h. Private to src/db/sqlite.
 *
 *     sqlite.c        statements, rows, and the engine's table of operations
 *     open.c          opening a file, its settings and its schema
 *     shared_file.c   several processes on one file: locks, claims, checkpoints
 *     durability.c    what the disk may lose all the same
 *     maintenance.c   SQLite's own check, and its online backup */
#pragma once

#include "db/engine.h"
#include "db/sqlite/shared_file.h"

enum {
    large_bytes_kept =
        4 * 1024 *
        1024, /* of large values in the pages of one connection, but for those of one transaction */
    statements_max = 1024, /* slots for the statements of one connection; a power of two, at most half used */
};

/* A prepared statement and the one set of rows that it can have at a time: db.h demands that a statement
 * is finished before it is started again. */
struct sqlite_rows {
    struct db_rows base;
    const struct sql *sql;
    sqlite3_stmt *stmt;
};

struct sqlite_db {
    struct db base;
    sqlite3 *handle;
    struct sqlite_shared shared;
    int64_t large_bytes;                       /* noted since pages were let go */
    int fault_code;                            /* of the latest failure that is not a statement's own */
    struct sqlite_rows *cache[statements_max]; /* open addressing by the address of the sql */
    struct sqlite_rows broken;                 /* the rows of a statement that cannot be prepared */
};

static inline struct sqlite_db *sqlite_of(struct db *db) {
    return (struct sqlite_db *)db;
}

/* The version of the schema that this program needs. */
static inline int sqlite_schema_version(const struct sqlite_db *db) {
    return db->base.schema->sqlite->count;
}

extern const struct db_engine sqlite_engine;

/* Closes a connection, opened or half opened. */
void sqlite_close_db(struct db *db);

/* Whether the files of a database can be written (open.c). Beside one that is missing, the folder must be. */
bool sqlite_files_writable(const char *path);

/* As db_check and db_backup (maintenance.c). */
MUST_CHECK enum status sqlite_check(struct db *db, db_report *report, void *context);
MUST_CHECK enum status sqlite_backup(struct db *db, const char *path, db_progress *progress, void *context,
                                     char error[static db_error_size]);
