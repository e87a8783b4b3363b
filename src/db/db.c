/* The engines' table of operations behind db.h, and what both engines have in common: transactions,
 * savepoints, locks and notifications are ordinary statements. Operations that an engine lacks are done
 * without here (engine.h). */
#include "db/engine.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

enum { scratch_keep_bytes_max = 1024 * 1024 }; /* what a search of 100,000 products takes */

bool db_is_private(const char *url) {
    return strcmp(url, ":memory:") == 0;
}

bool db_is_shared(const char *url) {
    struct str text = str_from(url);
    return str_starts(text, STR("postgresql://")) || str_starts(text, STR("postgres://"));
}

/* Whether the text begins as libpq's keywords do: `host=db dbname=shop`. */
static bool is_keyword_form(struct str text) {
    struct str word = str_trim((struct str){text.data, str_find(text, '=')});
    return word.size > 0 && word.size < text.size && str_is_alnum(word, "_");
}

/* Refuses what is meant as something else than a file's path. SQLite would make an empty database of that
 * name, and the shop would be served without its products. The message does not repeat the text, which may
 * have a password. */
static enum status db_path_check(const char *path, char *error) {
    struct str text = str_from(path), options = text;
    const char *meant = NULL;
    str_cut(&options, '?');
    if (text.size == 0)
        meant = "a file's path, postgresql://… or :memory:";
    else if (str_starts(text, STR("file:")))
        meant = "the path alone, without file:";
    else if (strstr(path, "://"))
        meant = "postgresql://user@host/name for PostgreSQL, or a file's path";
    else if (path[0] == ':')
        meant = ":memory:, or ./ before a path that begins with a colon";
    else if (is_keyword_form(text))
        meant = "postgresql://user@host/name, or ./ before a path with = in it";
    else if (is_keyword_form(options))
        meant = "the path alone: a file has no options behind a ?";
    if (meant)
        snprintf(error, db_error_size, "the database is neither a file's path nor a URL of ours: give %s",
                 meant);
    return meant ? STATUS_USAGE : STATUS_OK;
}

enum status db_open(const char *url, enum db_mode mode, const struct db_schema *schema, struct db **out,
                    char error[static db_error_size]) {
    if (db_is_shared(url))
        return postgres_open(url, mode, schema, out, error);
    enum status s = db_is_private(url) ? STATUS_OK : db_path_check(url, error);
    return s == STATUS_OK ? sqlite_open(url, mode, schema, out, error) : s;
}

enum status db_replace_file(const char *part, const char *path, char error[static db_error_size]) {
    return sqlite_replace_file(part, path, error);
}

const struct db_schema *db_schema(const struct db *db) {
    return db->schema;
}

const struct db_table *db_schema_table(const struct db_schema *schema, struct str name) {
    for (size_t i = 0; i < schema->table_count; i++)
        if (str_equal(name, str_from(schema->tables[i].name)))
            return &schema->tables[i];
    return NULL;
}

uint64_t db_statements(const struct db *db) {
    return db->statements;
}

struct arena *db_scratch(struct db *db, size_t bytes_max) {
    arena_reset(&db->scratch);
    db->scratch.bytes_max = bytes_max;
    db->scratch.keep_max = scratch_keep_bytes_max;
    return &db->scratch;
}

void db_close(struct db *db) {
    if (!db)
        return;
    arena_free(&db->scratch);
    db->engine->close(db);
}

struct db_rows *db_query(struct db *db, const struct sql *sql, const struct db_value *args, size_t count) {
    struct db_rows *rows = db->engine->query(db, sql, args, count);
    rows->has_row = false;
    return rows;
}

bool db_step(struct db_rows *rows) {
    bool stepped = rows->status == STATUS_OK && rows->db->engine->step(rows);
    rows->has_row |= stepped;
    return stepped;
}

int64_t db_column_int(struct db_rows *rows, int column) {
    return rows->db->engine->column_int(rows, column);
}

struct str db_column_text(struct db_rows *rows, int column, struct arena *arena) {
    struct str bytes = rows->db->engine->column_bytes(rows, column);
    struct str copy = arena_copy(arena, bytes);
    if (bytes.data && !copy.data && rows->status == STATUS_OK)
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
        memcpy(id.bytes, bytes.data, sizeof id.bytes);
    return id;
}

enum status db_finish(struct db_rows *rows) {
    return rows->db->engine->finish(rows, NULL);
}

enum status db_finish_or(struct db_rows *rows, enum status otherwise) {
    bool has_row = rows->has_row;
    enum status s = db_finish(rows);
    return s == STATUS_OK && !has_row ? otherwise : s;
}

enum status db_exec(struct db *db, const struct sql *sql, const struct db_value *args, size_t count,
                    int64_t *changed) {
    struct db_rows *rows = db_query(db, sql, args, count);
    while (db_step(rows))
        ;
    return db->engine->finish(rows, changed);
}

enum status db_exec_or(struct db *db, const struct sql *sql, const struct db_value *args, size_t count,
                       enum status otherwise) {
    int64_t changed = 0;
    enum status s = db_exec(db, sql, args, count, &changed);
    return s == STATUS_OK && changed == 0 ? otherwise : s;
}

enum status db_get_int(struct db *db, const struct sql *sql, const struct db_value *args, size_t count,
                       int64_t *out) {
    struct db_rows *rows = db_query(db, sql, args, count);
    while (db_step(rows))
        *out = db_column_int(rows, 0);
    return db_finish(rows);
}

enum status db_exec_deferred(struct db *db, const struct sql *sql, const struct db_value *args,
                             size_t count) {
    return db_exec_deferred_or(db, sql, args, count, STATUS_OK);
}

enum status db_exec_deferred_or(struct db *db, const struct sql *sql, const struct db_value *args,
                                size_t count, enum status otherwise) {
    if (db->engine->exec_deferred)
        return db->engine->exec_deferred(db, sql, args, count, otherwise);
    return sql->text ? db_exec_or(db, sql, args, count, otherwise) : STATUS_OK;
}

enum status db_check_deferred(struct db *db) {
    return db->engine->check_deferred ? db->engine->check_deferred(db) : STATUS_OK;
}

bool db_prefetch(struct db *db, const struct sql *sql, const struct db_value *args, size_t count) {
    return db->engine->prefetch && db->engine->prefetch(db, sql, args, count);
}

struct db_rows *db_stream(struct db *db, const struct sql *sql) {
    return db->engine->stream ? db->engine->stream(db, sql) : db_query(db, sql, NO_ARGS);
}

struct maybe_int db_column_maybe_int(struct db_rows *rows, int column) {
    bool is_set = db_column_value(rows, column).kind != DB_NULL;
    return (struct maybe_int){is_set, is_set ? db_column_int(rows, column) : 0};
}

int db_column_enum(struct db_rows *rows, int column, const char *const names[]) {
    struct str name = db_column_bytes(rows, column);
    for (int i = 0; names[i]; i++)
        if (str_equal(name, str_from(names[i])))
            return i;
    assert(!"the table's own check allows no other");
    return 0;
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
    return db_exec_deferred(db, &sql, ARGS(db_int(number)));
}

enum status db_notify(struct db *db, const char *topic) {
    static const struct sql sql = {NULL, "SELECT pg_notify('till', 'from-no-node---- ' || $1)"};
    return db_exec_deferred(db, &sql, ARGS(db_text(str_from(topic))));
}

enum status db_limit(struct db *db, int ms) {
    return db->engine->limit ? db->engine->limit(db, ms, false) : STATUS_OK;
}

enum status db_limit_transaction(struct db *db, int ms) {
    return db->engine->limit ? db->engine->limit(db, ms, true) : STATUS_OK;
}

enum status db_begin(struct db *db, bool write) {
    static const struct sql read_sql = {"BEGIN", "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"};
    static const struct sql write_sql = {"BEGIN IMMEDIATE",
                                         "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE"};
    return db_exec_deferred(db, write ? &write_sql : &read_sql, NO_ARGS);
}

enum status db_commit(struct db *db) {
    static const struct sql sql = SQL("COMMIT");
    TRY(db_check_deferred(db));
    enum status s = db_exec(db, &sql, NO_ARGS, NULL);
    if (s != STATUS_OK && db->engine->undo_commit)
        s = db->engine->undo_commit(db, s);
    if (db->engine->transaction_ended)
        db->engine->transaction_ended(db);
    return s;
}

/* A failure is logged, and the next BEGIN finds out whether the connection can still be used. */
void db_rollback(struct db *db) {
    static const struct sql sql = SQL("ROLLBACK");
    enum status s = db_in_transaction(db) ? db_exec_deferred(db, &sql, NO_ARGS) : STATUS_OK;
    if (db->engine->transaction_ended)
        db->engine->transaction_ended(db);
    (void)s;
}

bool db_is_lost(const struct db *db) {
    return db->engine->is_lost && db->engine->is_lost(db);
}

/* Jobs run one after the other on a connection, so one name is enough. */
enum status db_savepoint(struct db *db) {
    static const struct sql sql = SQL("SAVEPOINT job");
    return db_exec(db, &sql, NO_ARGS, NULL);
}

enum status db_release(struct db *db) {
    static const struct sql sql = SQL("RELEASE job");
    return db_exec(db, &sql, NO_ARGS, NULL);
}

/* ROLLBACK TO leaves the savepoint in place, so it is released too. */
enum status db_rollback_to(struct db *db) {
    static const struct sql sql = SQL("ROLLBACK TO job");
    enum status s = db_exec(db, &sql, NO_ARGS, NULL);
    return s == STATUS_OK ? db_release(db) : s;
}

enum db_fault db_fault(struct db *db) {
    return db->engine->fault ? db->engine->fault(db) : DB_SOUND;
}

bool db_writable(const struct db *db) {
    return db->engine->writable(db);
}

bool db_could_write(const struct db *db) {
    return db->engine->could_write ? db->engine->could_write(db) : db->engine->writable(db);
}

bool db_in_transaction(const struct db *db) {
    return db->engine->in_transaction(db);
}

int64_t db_foreign_version(struct db *db) {
    static const struct sql sql = {"PRAGMA data_version", "SELECT 0"};
    int64_t version = -1;
    return db_get_int(db, &sql, NO_ARGS, &version) == STATUS_OK ? version : -1;
}

enum status db_check(struct db *db, db_report *report, void *context) {
    return db->engine->check(db, report, context);
}

enum status db_backup(struct db *db, const char *path, db_progress *progress, void *context,
                      char error[static db_error_size]) {
    return db->engine->backup(db, path, progress, context, error);
}

void db_interrupt(struct db *db) {
    db->engine->interrupt(db);
}

bool db_claim(struct db *db, enum db_claim claim) {
    return db->engine->claim(db, claim);
}

void db_unclaim(struct db *db, enum db_claim claim) {
    db->engine->unclaim(db, claim);
}

bool db_is_claimed(struct db *db, enum db_claim claim) {
    return db->engine->is_claimed(db, claim);
}

void db_trust_deletes(struct db *db) {
    db->engine->trust_deletes(db);
}

void db_note_large(struct db *db, int64_t bytes) {
    if (db->engine->note_large)
        db->engine->note_large(db, bytes);
}
