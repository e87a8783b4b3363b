#include "db/engine.h"

#include <stdio.h>
#include <string.h>

bool db_is_private(const char *url) {
    return strcmp(url, ":memory:") == 0;
}

bool db_is_shared(const char *url) {
    struct str text = str_from(url);
    return str_starts(text, STR("postgresql://")) || str_starts(text, STR("postgres://"));
}

enum status db_open(const char *url, enum db_mode mode, struct db **out, char why[static db_why_size]) {
    return db_is_shared(url) ? postgres_open(url, mode, out, why) : sqlite_open(url, mode, out, why);
}

void db_close(struct db *db) {
    if (db)
        db->engine->close(db);
}

struct db_rows *db_query(struct db *db, const struct sql *sql, const struct db_value *args, size_t count) {
    return db->engine->query(db, sql, args, count);
}

bool db_step(struct db_rows *rows) {
    return rows->status == STATUS_OK && rows->db->engine->step(rows);
}

int64_t db_column_int(struct db_rows *rows, int column) {
    return rows->db->engine->column_int(rows, column);
}

struct str db_column_text(struct db_rows *rows, int column, struct arena *arena) {
    struct str bytes = rows->db->engine->column_bytes(rows, column);
    struct str copy = arena_copy(arena, bytes);
    if (bytes.at && !copy.at && rows->status == STATUS_OK)
        rows->status = STATUS_NO_MEMORY;
    return copy;
}

struct str db_column_bytes(struct db_rows *rows, int column) {
    return rows->db->engine->column_bytes(rows, column);
}

struct uuid db_column_uuid(struct db_rows *rows, int column) {
    struct uuid id = {0};
    struct str bytes = rows->db->engine->column_bytes(rows, column);
    if (bytes.size == sizeof id.bytes)
        memcpy(id.bytes, bytes.at, sizeof id.bytes);
    return id;
}

enum status db_finish(struct db_rows *rows) {
    return rows->db->engine->finish(rows, NULL);
}

enum status db_exec(struct db *db, const struct sql *sql, const struct db_value *args, size_t count,
                    int64_t *changed) {
    struct db_rows *rows = db_query(db, sql, args, count);
    while (db_step(rows))
        ;
    return db->engine->finish(rows, changed);
}

enum status db_exec_later(struct db *db, const struct sql *sql, const struct db_value *args, size_t count) {
    if (db->engine->later)
        return db->engine->later(db, sql, args, count);
    return sql->text ? db_exec(db, sql, args, count, NULL) : STATUS_OK;
}

void db_ahead(struct db *db, const struct sql *sql, const struct db_value *args, size_t count) {
    if (db->engine->ahead)
        db->engine->ahead(db, sql, args, count);
}

struct db_rows *db_stream(struct db *db, const struct sql *sql) {
    return db->engine->stream ? db->engine->stream(db, sql) : db_query(db, sql, NO_ARGS);
}

struct db_value db_column_value(struct db_rows *rows, int column) {
    return rows->db->engine->column_value(rows, column);
}

enum status db_bulk_begin(struct db *db, const struct sql *sql, const struct sql *read) {
    return db->engine->bulk_begin ? db->engine->bulk_begin(db, sql, read) : STATUS_OK;
}

enum status db_bulk_row(struct db *db, const struct sql *sql, const struct db_value *values, size_t count) {
    return db->engine->bulk_row ? db->engine->bulk_row(db, values, count)
                                : db_exec(db, sql, values, count, NULL);
}

enum status db_bulk_end(struct db *db, bool keep) {
    return db->engine->bulk_end ? db->engine->bulk_end(db, keep) : STATUS_OK;
}

enum status db_triggers(struct db *db, bool on) {
    return db->engine->triggers ? db->engine->triggers(db, on) : STATUS_OK;
}

enum status db_lock(struct db *db, int64_t number) {
    static const struct sql sql = {NULL, "SELECT pg_advisory_xact_lock($1)"};
    return db_exec_later(db, &sql, ARGS(db_int(number)));
}

enum status db_tell(struct db *db) {
    static const struct sql sql = {NULL, "SELECT pg_notify('till', 'from-no-node---- catalogue')"};
    return db_exec_later(db, &sql, NO_ARGS);
}

enum status db_limit(struct db *db, int ms) {
    return db->engine->limit ? db->engine->limit(db, ms) : STATUS_OK;
}

enum status db_begin(struct db *db, bool write) {
    static const struct sql read_sql = {"BEGIN", "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"};
    static const struct sql write_sql = {"BEGIN IMMEDIATE",
                                         "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE"};
    return db_exec_later(db, write ? &write_sql : &read_sql, NO_ARGS);
}

enum status db_commit(struct db *db) {
    static const struct sql sql = {"COMMIT", NULL};
    enum status s = db_exec(db, &sql, NO_ARGS, NULL);
    if (db->engine->ended)
        db->engine->ended(db);
    return s;
}

/* Where it fails, that is logged, and the next BEGIN tells whether the connection is of use. */
void db_rollback(struct db *db) {
    static const struct sql sql = {"ROLLBACK", NULL};
    enum status s = db_in_transaction(db) ? db_exec_later(db, &sql, NO_ARGS) : STATUS_OK;
    if (db->engine->ended)
        db->engine->ended(db);
    (void)s;
}

bool db_is_lost(const struct db *db) {
    return db->engine->lost && db->engine->lost(db);
}

enum status db_savepoint(struct db *db) {
    static const struct sql sql = {"SAVEPOINT job", NULL};
    return db_exec(db, &sql, NO_ARGS, NULL);
}

enum status db_release(struct db *db) {
    static const struct sql sql = {"RELEASE job", NULL};
    return db_exec(db, &sql, NO_ARGS, NULL);
}

enum status db_rollback_to(struct db *db) {
    static const struct sql sql = {"ROLLBACK TO job", NULL};
    enum status s = db_exec(db, &sql, NO_ARGS, NULL);
    return s == STATUS_OK ? db_release(db) : s;
}

bool db_writable(const struct db *db) {
    return db->engine->writable(db);
}

bool db_in_transaction(const struct db *db) {
    return db->engine->in_transaction(db);
}

int64_t db_foreign_version(struct db *db) {
    static const struct sql sql = {"PRAGMA data_version", "SELECT 0"};
    int64_t version = -1;
    struct db_rows *rows = db_query(db, &sql, NO_ARGS);
    if (db_step(rows))
        version = db_column_int(rows, 0);
    return db_finish(rows) == STATUS_OK ? version : -1;
}

enum status db_check(struct db *db, db_report *report, void *context) {
    return db->engine->check(db, report, context);
}

enum status db_backup(struct db *db, const char *path, db_progress *progress, void *context,
                      char why[static db_why_size]) {
    return db->engine->backup(db, path, progress, context, why);
}

void db_interrupt(struct db *db) {
    db->engine->interrupt(db);
}

bool db_claim(struct db *db, enum db_claim what) {
    return db->engine->claim(db, what);
}

void db_unclaim(struct db *db, enum db_claim what) {
    db->engine->unclaim(db, what);
}

bool db_is_claimed(struct db *db, enum db_claim what) {
    return db->engine->is_claimed(db, what);
}

void db_trust_deletes(struct db *db) {
    db->engine->trust_deletes(db);
}
