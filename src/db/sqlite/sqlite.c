/* SQLite's statements and rows.
 *
 * A connection prepares each statement once and keeps it in a hash table by the address of its `struct
 * sql`, which is a constant of the program. So looking a statement up costs no comparison of texts. */
#include "db/sqlite/sqlite.h"

#include "base/log.h"
#include "db/sqlite/durability.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Maps SQLite's code to a status. Logs faults in SQLite's words; a conflict is for the caller. */
static enum status sqlite_status(struct sqlite_db *db, int code) {
    switch (code & 0xFF) {
    case SQLITE_OK:
    case SQLITE_ROW:
    case SQLITE_DONE:
        return STATUS_OK;
    case SQLITE_CONSTRAINT:
        if (code == SQLITE_CONSTRAINT_UNIQUE || code == SQLITE_CONSTRAINT_PRIMARYKEY)
            return STATUS_CONFLICT;
        log_warning("database: %s", sqlite3_errmsg(db->handle));
        return STATUS_FAULT;
    case SQLITE_NOMEM:
        return STATUS_NO_MEMORY;
    case SQLITE_INTERRUPT:
        return STATUS_STOPPING;
    case SQLITE_ERROR:
    case SQLITE_MISUSE:
    case SQLITE_RANGE:
        log_warning("database: %s", sqlite3_errmsg(db->handle));
        return STATUS_FAULT;
    default:
        log_warning("database: %s (%s)", sqlite3_errmsg(db->handle), sqlite3_errstr(code));
        db->fault_code = code;
        return STATUS_STORAGE;
    }
}

/* Parameters are bound by position. That is right only if $1, $2, … first appear in this order. */
static void statement_check_parameters(sqlite3_stmt *stmt) {
    int count = sqlite3_bind_parameter_count(stmt);
    for (int i = 1; i <= count; i++) {
        char name[16];
        snprintf(name, sizeof name, "$%d", i);
        assert(strcmp(sqlite3_bind_parameter_name(stmt, i), name) == 0);
    }
}

/* The rows of a statement that could not be prepared. */
static struct sqlite_rows *statement_broken(struct sqlite_db *db, int code) {
    db->broken.base = (struct db_rows){.db = &db->base, .status = sqlite_status(db, code)};
    return &db->broken;
}

/* Finds a statement in the cache, or prepares it. 0x9E3779B1 is 2^32 divided by the golden ratio: it
 * spreads addresses that lie close together (Knuth, TAOCP 3, 6.4). */
static struct sqlite_rows *statement_prepare(struct sqlite_db *db, const struct sql *sql) {
    size_t slot = ((uintptr_t)sql >> 3) * 0x9E3779B1u % statements_max, tries = 0;
    while (db->cache[slot] && db->cache[slot]->sql != sql) {
        slot = (slot + 1) % statements_max;
        tries++;
        assert(tries < statements_max / 2);
    }
    if (db->cache[slot])
        return db->cache[slot];
    struct sqlite_rows *rows = calloc(1, sizeof *rows);
    if (!rows)
        return statement_broken(db, SQLITE_NOMEM);
    int code = sqlite3_prepare_v3(db->handle, sql->text, -1, SQLITE_PREPARE_PERSISTENT, &rows->stmt, NULL);
    if (code != SQLITE_OK) {
        free(rows);
        return statement_broken(db, code);
    }
    statement_check_parameters(rows->stmt);
    rows->sql = sql;
    rows->base.db = &db->base;
    db->cache[slot] = rows;
    return rows;
}

static int statement_bind(sqlite3_stmt *stmt, int position, const struct db_value *value) {
    switch (value->kind) {
    case DB_INT:
        return sqlite3_bind_int64(stmt, position, value->integer);
    case DB_TEXT:
        return sqlite3_bind_text64(stmt, position, value->bytes.data, value->bytes.size, SQLITE_STATIC,
                                   SQLITE_UTF8);
    case DB_BLOB:
        return sqlite3_bind_blob64(stmt, position, value->bytes.data, value->bytes.size, SQLITE_STATIC);
    case DB_NULL:
        break;
    }
    return sqlite3_bind_null(stmt, position);
}

static struct db_rows *sqlite_query(struct db *base, const struct sql *sql, const struct db_value *args,
                                    size_t count) {
    struct sqlite_db *db = sqlite_of(base);
    struct sqlite_rows *rows = statement_prepare(db, sql);
    if (!rows->stmt)
        return &rows->base;
    assert(!sqlite3_stmt_busy(rows->stmt));
    assert((size_t)sqlite3_bind_parameter_count(rows->stmt) == count);
    rows->base.status = STATUS_OK;
    base->statements++;
    for (size_t i = 0; i < count && rows->base.status == STATUS_OK; i++)
        rows->base.status = sqlite_status(db, statement_bind(rows->stmt, (int)i + 1, &args[i]));
    return &rows->base;
}

static bool sqlite_step(struct db_rows *base) {
    struct sqlite_rows *rows = (struct sqlite_rows *)base;
    int code = sqlite3_step(rows->stmt);
    if (code == SQLITE_ROW)
        return true;
    base->status = sqlite_status(sqlite_of(base->db), code);
    return false;
}

static int64_t sqlite_column_int(struct db_rows *rows, int column) {
    return sqlite3_column_int64(((struct sqlite_rows *)rows)->stmt, column);
}

static struct str sqlite_column_bytes(struct db_rows *base, int column) {
    sqlite3_stmt *stmt = ((struct sqlite_rows *)base)->stmt;
    const char *data = sqlite3_column_blob(stmt, column);
    if (!data) /* SQLite returns NULL for an empty value too */
        return (struct str){sqlite3_column_type(stmt, column) == SQLITE_NULL ? NULL : "", 0};
    return (struct str){data, (size_t)sqlite3_column_bytes(stmt, column)};
}

static struct db_value sqlite_column_value(struct db_rows *base, int column) {
    int type = sqlite3_column_type(((struct sqlite_rows *)base)->stmt, column);
    if (type == SQLITE_NULL)
        return (struct db_value){.kind = DB_NULL};
    if (type == SQLITE_INTEGER)
        return db_int(sqlite_column_int(base, column));
    struct str bytes = sqlite_column_bytes(base, column);
    return type == SQLITE_BLOB ? db_blob(bytes) : db_text(bytes);
}

static enum status sqlite_finish(struct db_rows *base, int64_t *changed) {
    struct sqlite_rows *rows = (struct sqlite_rows *)base;
    if (changed)
        *changed = sqlite3_changes64(sqlite_of(base->db)->handle);
    if (rows->stmt)
        sqlite3_reset(rows->stmt); /* it returns the last step's code, which was handled there */
    sqlite_shared_waited(&sqlite_of(base->db)->shared);
    return base->status;
}

static bool sqlite_in_transaction(const struct db *db) {
    return !sqlite3_get_autocommit(((const struct sqlite_db *)db)->handle);
}

static bool sqlite_writable(const struct db *db) {
    return sqlite3_db_readonly(((const struct sqlite_db *)db)->handle, "main") == 0;
}

static bool sqlite_could_write(const struct db *db) {
    const char *path = sqlite3_db_filename(((const struct sqlite_db *)db)->handle, "main");
    return path && path[0] && sqlite_files_writable(path);
}

static enum db_fault sqlite_fault(struct db *base) {
    struct sqlite_db *db = sqlite_of(base);
    return db->shared.sync_failed ? DB_SYNC_FAILED : durability_is_moved(db->handle) ? DB_MOVED : DB_SOUND;
}

/* Only a failure of the disk can leave a commit behind that comes back. */
static enum status sqlite_undo_commit(struct db *base, enum status s) {
    struct sqlite_db *db = sqlite_of(base);
    if (s != STATUS_STORAGE || !sqlite_writable(base))
        return s;
    int code = durability_undo_commit(db->handle, db->fault_code, sqlite_schema_version(db));
    if (code == SQLITE_OK)
        return s;
    log_warning("database: a commit failed and cannot be undone: %s", sqlite3_errstr(code));
    return STATUS_UNKNOWN;
}

void sqlite_close_db(struct db *base) {
    struct sqlite_db *db = sqlite_of(base);
    for (size_t i = 0; i < statements_max; i++)
        if (db->cache[i]) {
            sqlite3_finalize(db->cache[i]->stmt);
            free(db->cache[i]);
        }
    sqlite_shared_close(&db->shared);
    sqlite3_close(db->handle);
    free(db);
}

static void sqlite_interrupt_db(struct db *db) {
    sqlite3_interrupt(sqlite_of(db)->handle);
}

static bool sqlite_claim_db(struct db *db, enum db_claim claim) {
    return sqlite_claim(&sqlite_of(db)->shared, claim);
}

static void sqlite_unclaim_db(struct db *db, enum db_claim claim) {
    sqlite_unclaim(&sqlite_of(db)->shared, claim);
}

static bool sqlite_is_claimed_db(struct db *db, enum db_claim claim) {
    return sqlite_is_claimed(&sqlite_of(db)->shared, claim);
}

static void sqlite_trust_deletes(struct db *db) {
    sqlite3_db_config(sqlite_of(db)->handle, SQLITE_DBCONFIG_ENABLE_FKEY, 0, NULL);
}

static enum status sqlite_set_triggers(struct db *db, bool on) {
    return sqlite_status(sqlite_of(db), sqlite3_db_config(sqlite_of(db)->handle,
                                                          SQLITE_DBCONFIG_ENABLE_TRIGGER, (int)on, NULL));
}

/* Pages that the transaction has changed stay, and so does what a statement is on. */
static void sqlite_note_large(struct db *base, int64_t bytes) {
    struct sqlite_db *db = sqlite_of(base);
    db->large_bytes += bytes;
    if (db->large_bytes < large_bytes_kept)
        return;
    db->large_bytes = 0;
    sqlite3_db_release_memory(db->handle);
}

const struct db_engine sqlite_engine = {
    .close = sqlite_close_db,
    .query = sqlite_query,
    .step = sqlite_step,
    .column_int = sqlite_column_int,
    .column_bytes = sqlite_column_bytes,
    .column_value = sqlite_column_value,
    .triggers = sqlite_set_triggers,
    .finish = sqlite_finish,
    .in_transaction = sqlite_in_transaction,
    .writable = sqlite_writable,
    .could_write = sqlite_could_write,
    .fault = sqlite_fault,
    .undo_commit = sqlite_undo_commit,
    .check = sqlite_check,
    .backup = sqlite_backup,
    .interrupt = sqlite_interrupt_db,
    .claim = sqlite_claim_db,
    .unclaim = sqlite_unclaim_db,
    .is_claimed = sqlite_is_claimed_db,
    .trust_deletes = sqlite_trust_deletes,
    .note_large = sqlite_note_large,
};
