/* A connection to a database: prepared statements, transactions, rows. SQLite and PostgreSQL stand behind
 * this header, and no code above it knows which one runs.
 *
 * A statement is a `static const struct sql` beside the rule that uses it, with parameters $1, $2, … in the
 * order of their first appearance. Each connection prepares it once. SQL is never formatted at run time.
 *
 *     static const struct sql by_name = SQL("SELECT id FROM products WHERE name = $1");
 *     struct db_rows *rows = db_query(db, &by_name, ARGS(db_text(name)));
 *     while (db_step(rows))
 *         id = db_column_uuid(rows, 0);
 *     return db_finish(rows);
 *
 * A connection belongs to one thread at a time. */
#pragma once

#include "base/arena.h"
#include "base/status.h"
#include "base/uuid.h"

struct sql {
    const char *text;     /* NULL: for PostgreSQL alone; db_exec_deferred then does nothing on SQLite */
    const char *postgres; /* if PostgreSQL needs another text; NULL: it runs `text` too */
};

/* A statement that both engines run as it is. */
#define SQL(words) {.text = words}

enum db_kind { DB_NULL, DB_INT, DB_TEXT, DB_BLOB };

/* A parameter. What it points at must live until the statement is finished. */
struct db_value {
    enum db_kind kind;
    int64_t integer;
    struct str bytes;
};

static inline struct db_value db_int(int64_t value) {
    return (struct db_value){.kind = DB_INT, .integer = value};
}

/* A text without data is SQL's NULL. */
static inline struct db_value db_text(struct str text) {
    return (struct db_value){.kind = text.data ? DB_TEXT : DB_NULL, .bytes = text};
}

static inline struct db_value db_blob(struct str bytes) {
    return (struct db_value){.kind = bytes.data ? DB_BLOB : DB_NULL, .bytes = bytes};
}

static inline struct db_value db_uuid(const struct uuid *id) {
    return (struct db_value){.kind = DB_BLOB, .bytes = {(const char *)id->bytes, sizeof id->bytes}};
}

static inline struct db_value db_maybe_int(struct maybe_int maybe) {
    return (struct db_value){.kind = maybe.is_set ? DB_INT : DB_NULL, .integer = maybe.value};
}

#define ARGS(...)                                                                                            \
    (const struct db_value[]){__VA_ARGS__},                                                                  \
        sizeof((const struct db_value[]){__VA_ARGS__}) / sizeof(struct db_value)
#define NO_ARGS NULL, 0

struct db;
struct db_rows;
struct db_schema; /* db/schema.h */

enum db_mode {
    DB_CREATE, /* read and write; make the database and its schema if they are missing */
    DB_WRITE,  /* read and write; the database must exist */
    DB_READ,   /* read only */
    DB_COPY,   /* read only, for db_backup alone: the schema may have an older version */
};

enum { db_error_size = 512 };

/* Opens `url` (a file's path, `:memory:` or `postgresql://…`), and makes or migrates its schema if the
 * mode allows it. On failure `error` says in one line what is wrong and what to do; STATUS_USAGE if `url` is
 * none of them (`host=db`, `x.db?mode=ro`). `schema` outlives the connection, which the caller closes. */
MUST_CHECK enum status db_open(const char *url, enum db_mode mode, const struct db_schema *schema,
                               struct db **out, char error[static db_error_size]);
/* Returns the schema that the database was opened with. */
const struct db_schema *db_schema(const struct db *db);
void db_close(struct db *db); /* NULL is allowed */

/* Returns the connection's own arena, emptied, for at most bytes_max bytes of work in this transaction: what an earlier caller made
 * in it is invalid, so it does not nest. Never NULL. Up to a mebibyte is kept for the next caller, because memory that each
 * search takes and gives back costs it a page fault for every 4 KiB. */
struct arena *db_scratch(struct db *db, size_t bytes_max);

/* Starts a statement. Never NULL: db_finish returns the first failure. A statement must be finished before
 * it is started again. */
struct db_rows *db_query(struct db *db, const struct sql *sql, const struct db_value *args, size_t count);

/* Moves to the next row; false at the end or after a failure. */
bool db_step(struct db_rows *rows);

/* Read a column of the current row, counted from 0. A text is copied into the arena (SQL's NULL gives one
 * without data); if the arena is full, db_finish returns STATUS_NO_MEMORY. */
int64_t db_column_int(struct db_rows *rows, int column);
struct str db_column_text(struct db_rows *rows, int column, struct arena *arena);
/* Returns the bytes without a copy: valid until the next db_step or db_finish. */
struct str db_column_bytes(struct db_rows *rows, int column);
struct uuid db_column_uuid(struct db_rows *rows, int column);
struct maybe_int db_column_maybe_int(struct db_rows *rows, int column); /* absent: SQL's NULL */
/* The index of the column's text among `names`, which NULL ends. The table's own check allows no other text. */
int db_column_enum(struct db_rows *rows, int column, const char *const names[]);

/* Ends the statement and returns its first failure: STATUS_CONFLICT (a unique constraint), STATUS_RETRY (a
 * concurrent transaction got in the way), STATUS_STORAGE (full, read-only, busy, lost), STATUS_NO_MEMORY,
 * STATUS_STOPPING (db_interrupt) or STATUS_FAULT. Failures that no client can cause have been logged. */
MUST_CHECK enum status db_finish(struct db_rows *rows);

/* As db_finish, for a db_query that must return a row: returns `otherwise` if db_step has found none. */
MUST_CHECK enum status db_finish_or(struct db_rows *rows, enum status otherwise);

/* Runs a statement without rows; `changed` (or NULL) gets the number of rows that it changed. */
MUST_CHECK enum status db_exec(struct db *db, const struct sql *sql, const struct db_value *args,
                               size_t count, int64_t *changed);

/* As db_exec, for a statement that must change something: returns `otherwise` if it changed no row. */
MUST_CHECK enum status db_exec_or(struct db *db, const struct sql *sql, const struct db_value *args,
                                  size_t count, enum status otherwise);

/* Runs a statement that returns at most one row, and stores its first column. `*out` stays as it is if
 * there is no row. */
MUST_CHECK enum status db_get_int(struct db *db, const struct sql *sql, const struct db_value *args,
                                  size_t count, int64_t *out);

/* As db_exec, for a statement of a transaction whose outcome the caller does not look at. On PostgreSQL it
 * travels with the next statement, which saves a round trip, and its failure becomes the failure of that
 * statement or of db_commit. */
MUST_CHECK enum status db_exec_deferred(struct db *db, const struct sql *sql, const struct db_value *args,
                                        size_t count);

/* As db_exec_deferred, for a statement that must change something: if it changes no row, the transaction fails
 * with `otherwise`. On PostgreSQL that is the failure of the next statement whose outcome is looked at, or of
 * db_check_deferred, so the caller must not go on in another way. */
MUST_CHECK enum status db_exec_deferred_or(struct db *db, const struct sql *sql, const struct db_value *args,
                                           size_t count, enum status otherwise);

/* Waits for the outcomes of the statements before that must change something. db_commit does it too; after a
 * failure here, COMMIT was not sent. */
MUST_CHECK enum status db_check_deferred(struct db *db);

/* Announces a db_query or db_exec of this statement with these values later in this transaction, so that
 * PostgreSQL may run it together with the statement before. Several announcements of one statement are
 * taken up in their order. Returns whether it was sent ahead: on SQLite it never is, because nothing is gained. */
bool db_prefetch(struct db *db, const struct sql *sql, const struct db_value *args, size_t count);

/* As db_query, for more rows than memory should hold: they arrive as db_step asks for them. Until
 * db_finish, the connection can run nothing else. */
struct db_rows *db_stream(struct db *db, const struct sql *sql);

/* Returns a column of the current row in its own kind, without a copy: valid until the next db_step or
 * db_finish. */
struct db_value db_column_value(struct db_rows *rows, int column);

/* Insert many rows into a table, in the open transaction: an INSERT for each on SQLite, one COPY on
 * PostgreSQL. `read` selects the same columns in the same order. Until db_bulk_end, which must follow each
 * db_bulk_begin that succeeded, the connection can run nothing else. If something failed, `keep` is false,
 * and the caller rolls the transaction back. */
MUST_CHECK enum status db_bulk_begin(struct db *db, const struct sql *sql, const struct sql *read);
MUST_CHECK enum status db_bulk_row(struct db *db, const struct sql *sql, const struct db_value *values,
                                   size_t count);
MUST_CHECK enum status db_bulk_end(struct db *db, bool keep);

/* Turns triggers on (as they are at first) or off for this connection's writes, outside a transaction.
 * PostgreSQL's are turned off table by table instead (struct db_table). */
MUST_CHECK enum status db_triggers(struct db *db, bool on);

/* Makes other transactions that lock the same number wait until this one ends. With SQLite's one writer,
 * they wait already. */
MUST_CHECK enum status db_lock(struct db *db, int64_t number);

/* Transactions. A savepoint lies inside one, and is either released or rolled back. */
MUST_CHECK enum status db_begin(struct db *db, bool write);
/* STATUS_UNKNOWN: the commit failed, and a crash may bring it back. Any other failure means that it has
 * not happened, unless the connection is lost (db_is_lost). */
MUST_CHECK enum status db_commit(struct db *db);
void db_rollback(struct db *db);
MUST_CHECK enum status db_savepoint(struct db *db);
MUST_CHECK enum status db_release(struct db *db);
MUST_CHECK enum status db_rollback_to(struct db *db);

/* Whether a transaction is open. An engine may end one by itself after a fault. */
bool db_in_transaction(const struct db *db);

/* Returns a number that changes when another connection changes the database; -1 if it cannot be read. */
int64_t db_foreign_version(struct db *db);

/* What may be wrong with the database's files although statements succeed. */
enum db_fault {
    DB_SOUND,
    DB_MOVED,       /* removed, renamed or replaced: what is written is lost. The files may come back */
    DB_SYNC_FAILED, /* the disk refused a sync: only a new process can trust the files again */
};
enum db_fault db_fault(struct db *db);

/* Whether the connection can write at all: a file may be read-only, whatever the mode it was opened in. */
bool db_writable(const struct db *db);

/* Whether a connection that cannot write could, if it were opened anew now: its files have become writable. */
bool db_could_write(const struct db *db);

/* Notifies every server of this database, when the transaction commits, that the topic has changed
 * (schema.h): for a process that is no server itself. A file's server finds out by itself. */
MUST_CHECK enum status db_notify(struct db *db, const char *topic);

/* Makes statements that take longer fail with STATUS_STORAGE from now on; 0: no limit. Only on PostgreSQL,
 * where the network and other transactions can hold a statement up. */
MUST_CHECK enum status db_limit(struct db *db, int ms);

/* The same until the transaction that is open ends, for one that may have to wait for another server's. */
MUST_CHECK enum status db_limit_transaction(struct db *db, int ms);

/* Whether the connection is gone, and a new one must be opened. A transaction that was open is undone, but
 * if db_commit failed, it may have been committed. */
bool db_is_lost(const struct db *db);

/* Returns how many statements the connection has run, those of BEGIN and COMMIT included. On PostgreSQL a
 * deferred or prefetched statement counts when it is sent. */
uint64_t db_statements(const struct db *db);

/* Whether the database is a server's (PostgreSQL), which takes many connections that write. */
bool db_is_shared(const char *url);

/* Whether the database belongs to one connection (`:memory:`), so that a second one cannot be opened. */
bool db_is_private(const char *url);

/* Get one line about a problem, without a newline; and how far long work has come. */
typedef void db_report(void *context, const char *line);
typedef void db_progress(void *context, int64_t done_bytes, int64_t total_bytes);

/* Looks for damage in what the engine itself holds: pages, indexes, constraints, foreign keys. Reads
 * everything, in the open transaction, and reports up to a hundred problems and as many broken foreign
 * keys. STATUS_OK also if there is damage. */
MUST_CHECK enum status db_check(struct db *db, db_report *report, void *context);

/* Copies the database as it is now to `path`, which is missing or an empty file. Others may write to the
 * database meanwhile, and do not wait. On STATUS_OK the copy is whole, but not synced to the disk;
 * otherwise `error` says what went wrong. No transaction is open. */
MUST_CHECK enum status db_backup(struct db *db, const char *path, db_progress *progress, void *context,
                                 char error[static db_error_size]);

/* Puts the database `part`, which db_backup wrote to the same file system and which is synced, in the place of the
 * SQLite database `path`. What was there becomes `path`.old with its log. No connection may have `path` open: in
 * use is an error. On STATUS_OK the replacement is on the disk. */
MUST_CHECK enum status db_replace_file(const char *part, const char *path, char error[static db_error_size]);

/* Makes the statement that runs now, if any, end with STATUS_STOPPING. From any thread, while the
 * connection is open. */
void db_interrupt(struct db *db);

/* What processes announce to each other about their use of the database. A claim lasts until it is given
 * back, or until the connection or the process ends, by a crash too. */
enum db_claim {
    DB_SERVING,   /* a server uses it; any number of processes may have this claim */
    DB_IMPORTING, /* an import is running; one process at a time */
    DB_WAITING,   /* a writer waits for another one's transaction to end; db_begin itself makes it */
};

/* Makes a claim. False if another connection's claim excludes it, or it cannot be made (in a read-only
 * folder). */
bool db_claim(struct db *db, enum db_claim claim);
void db_unclaim(struct db *db, enum db_claim claim);

/* Whether another connection has the claim. */
bool db_is_claimed(struct db *db, enum db_claim claim);

/* Lets this connection delete rows from now on without checking for rows that refer to them. The check
 * scans a whole table if its reference has no index. Only for rows that nothing can refer to; outside a
 * transaction. */
void db_trust_deletes(struct db *db);

/* Notes that so many bytes were read, written or deleted which will hardly be needed again, such as those of a picture. After
 * some MiB of them the connection lets go of the pages that it keeps in memory: they would push out, or stand beside, all
 * that is needed often. */
void db_note_large(struct db *db, int64_t bytes);
