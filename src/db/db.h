/* A connection to a database: prepared statements, transactions, rows. SQLite and PostgreSQL stand behind
 * this header and nothing above it knows which one runs.
 *
 * A statement is a `static const struct sql` beside the rule that uses it, with parameters $1, $2, … in the
 * order of their first appearance; it is prepared once per connection. Nothing ever formats SQL.
 *
 *     static const struct sql by_name = {"SELECT id FROM products WHERE name = $1"};
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
    const char *text;     /* NULL: for PostgreSQL alone, by db_exec_later; nothing is done elsewhere */
    const char *postgres; /* where PostgreSQL's words differ; NULL where they do not */
};

enum db_kind { DB_NULL, DB_INT, DB_TEXT, DB_BLOB };

/* A parameter; what it points at must stay until the statement is finished. */
struct db_value {
    enum db_kind kind;
    int64_t integer;
    struct str bytes;
};

static inline struct db_value db_int(int64_t value) {
    return (struct db_value){.kind = DB_INT, .integer = value};
}

/* An absent text is NULL. */
static inline struct db_value db_text(struct str text) {
    return (struct db_value){.kind = text.at ? DB_TEXT : DB_NULL, .bytes = text};
}

static inline struct db_value db_blob(struct str bytes) {
    return (struct db_value){.kind = bytes.at ? DB_BLOB : DB_NULL, .bytes = bytes};
}

static inline struct db_value db_uuid(const struct uuid *id) {
    return (struct db_value){.kind = DB_BLOB, .bytes = {(const char *)id->bytes, sizeof id->bytes}};
}

static inline struct db_value db_maybe_int(struct maybe_int maybe) {
    return (struct db_value){.kind = maybe.given ? DB_INT : DB_NULL, .integer = maybe.value};
}

#define ARGS(...)                                                                                            \
    (const struct db_value[]){__VA_ARGS__},                                                                  \
        sizeof((const struct db_value[]){__VA_ARGS__}) / sizeof(struct db_value)
#define NO_ARGS NULL, 0

struct db;
struct db_rows;

enum db_mode {
    DB_CREATE, /* make the file where it is not there; read and write */
    DB_WRITE,  /* it must be there */
    DB_READ,   /* read only */
    DB_COPY,   /* read only, for db_backup alone: its schema may be an older one */
};

enum { db_why_size = 512 };

/* Opens `url` (a file's path, `:memory:` or `postgresql://…`), creating or migrating its schema where the
 * mode allows it. On failure `why` says in one line what is wrong and what to do. The caller closes what it
 * was given. */
MUST_CHECK enum status db_open(const char *url, enum db_mode mode, struct db **out,
                               char why[static db_why_size]);
void db_close(struct db *db);

/* Starts a statement. Never NULL: a failure is remembered and told by db_finish. A statement must be finished
 * before it is started again. */
struct db_rows *db_query(struct db *db, const struct sql *sql, const struct db_value *args, size_t count);

/* Moves to the next row; false at the end or after a failure. */
bool db_step(struct db_rows *rows);

/* Columns of the current row, from 0. Texts are copied into the arena (NULL gives an absent text); where it
 * is full, db_finish says so. */
int64_t db_column_int(struct db_rows *rows, int column);
struct str db_column_text(struct db_rows *rows, int column, struct arena *arena);
/* The bytes themselves, without a copy: valid until the next db_step or db_finish. */
struct str db_column_bytes(struct db_rows *rows, int column);
struct uuid db_column_uuid(struct db_rows *rows, int column);

/* Ends the statement. STATUS_OK, STATUS_CONFLICT (a unique constraint), STATUS_STORAGE (full, read-only,
 * busy, lost), STATUS_NO_MEMORY, STATUS_STOPPING (db_interrupt) or STATUS_FAULT; what is not the client's
 * doing has been logged. STATUS_RETRY where another transaction was in the way. */
MUST_CHECK enum status db_finish(struct db_rows *rows);

/* A statement without rows; `changed` (or NULL) gets the number of rows that it changed. */
MUST_CHECK enum status db_exec(struct db *db, const struct sql *sql, const struct db_value *args,
                               size_t count, int64_t *changed);

/* The same for a statement of a transaction whose outcome is not looked at: where the engine is across a
 * network, it travels with the next statement, and what it fails with is what that one, or db_commit, fails
 * with. */
MUST_CHECK enum status db_exec_later(struct db *db, const struct sql *sql, const struct db_value *args,
                                     size_t count);

/* Says that db_query (or db_exec) of this statement with these values follows in this transaction, so that an
 * engine across a network may run it with the one before. What is asked ahead of one statement several times
 * is taken in that order. */
void db_ahead(struct db *db, const struct sql *sql, const struct db_value *args, size_t count);

/* As db_query, for more rows than should be held at once: they are read as db_step asks for them, and until
 * db_finish nothing else may be asked of this connection. */
struct db_rows *db_stream(struct db *db, const struct sql *sql);

/* A column of the current row as what it is, without a copy: valid until the next db_step or db_finish. */
struct db_value db_column_value(struct db_rows *rows, int column);

/* Many rows into a table, in the transaction that is open: an INSERT for each of them, or a COPY in
 * PostgreSQL's words. `read` selects the same columns in the same order. Until db_bulk_end, which follows
 * every db_bulk_begin that succeeded, nothing else may be asked of this connection; `keep` is false where
 * something failed, and then the transaction is to be rolled back. */
MUST_CHECK enum status db_bulk_begin(struct db *db, const struct sql *sql, const struct sql *read);
MUST_CHECK enum status db_bulk_row(struct db *db, const struct sql *sql, const struct db_value *values,
                                   size_t count);
MUST_CHECK enum status db_bulk_end(struct db *db, bool keep);

/* Whether this connection's writes set triggers off, as they do at first; no transaction is open.
 * PostgreSQL's are switched table by table (tables.h). */
MUST_CHECK enum status db_triggers(struct db *db, bool on);

/* Keeps every other transaction that locks the same number waiting until this one ends. Where there is one
 * writer, it is locked already. */
MUST_CHECK enum status db_lock(struct db *db, int64_t number);

/* Transactions. A savepoint stands inside one, and is either released or rolled back. */
MUST_CHECK enum status db_begin(struct db *db, bool write);
MUST_CHECK enum status db_commit(struct db *db);
void db_rollback(struct db *db);
MUST_CHECK enum status db_savepoint(struct db *db);
MUST_CHECK enum status db_release(struct db *db);
MUST_CHECK enum status db_rollback_to(struct db *db);

/* Whether a transaction is open: an engine may have ended it by itself after a fault. */
bool db_in_transaction(const struct db *db);

/* A number that changes when another connection than this one changes the database; -1 where it cannot be
 * told. */
int64_t db_foreign_version(struct db *db);

/* Whether the connection can write at all: not where the file is read-only, however it was opened. */
bool db_writable(const struct db *db);

/* Tells every server on this database, once the transaction commits, that the catalogue has changed; for
 * those who are no server. A file's server finds out by itself. */
MUST_CHECK enum status db_tell(struct db *db);

/* Ends a statement that takes longer with STATUS_STORAGE from now on; 0: none. Only where others may hold it
 * up: across a network. */
MUST_CHECK enum status db_limit(struct db *db, int ms);

/* Whether the connection is gone, and another must be opened. A transaction that was open is undone, unless
 * it was db_commit that failed: then it may have been committed. */
bool db_is_lost(const struct db *db);

/* Whether the database is a server's (PostgreSQL), which takes many connections that write. */
bool db_is_shared(const char *url);

/* Whether the database is one connection's own (`:memory:`), so that no second one can be opened to it. */
bool db_is_private(const char *url);

/* Told a line of what is wrong, without its end; or how far a long work has come. */
typedef void db_report(void *context, const char *line);
typedef void db_progress(void *context, int64_t done_bytes, int64_t total_bytes);

/* Looks for damage in what the engine itself holds: pages, indexes, constraints, foreign keys. Each is told,
 * up to a hundred of them and as many broken keys. It reads everything, in the transaction that is open.
 * STATUS_OK also where there was damage. */
MUST_CHECK enum status db_check(struct db *db, db_report *report, void *context);

/* Copies the database as it is now to `path`, an empty file or none; others may write to the database
 * meanwhile, and nobody waits. On STATUS_OK the copy is whole, but not flushed to the disk; otherwise `why`
 * says what went wrong. No transaction is open. */
MUST_CHECK enum status db_backup(struct db *db, const char *path, db_progress *progress, void *context,
                                 char why[static db_why_size]);

/* Makes the statement that runs now, if there is one, end with STATUS_STOPPING. From any thread, as long as
 * the connection is open. */
void db_interrupt(struct db *db);

/* What processes tell each other of what they are doing with the database. A claim lasts until it is given
 * back or the connection ends, by a crash too. */
enum db_claim {
    DB_SERVING,   /* a server is on it: by as many as want */
    DB_IMPORTING, /* an import is under way: by one at a time */
    DB_WAITING,   /* a writer waits for another's transaction to end: made by db_begin itself */
};

/* False where another connection has a claim that is in the way, or it cannot be made (a folder that is
 * read-only). */
bool db_claim(struct db *db, enum db_claim what);
void db_unclaim(struct db *db, enum db_claim what);

/* Whether another connection has the claim. */
bool db_is_claimed(struct db *db, enum db_claim what);

/* Lets the connection from now on delete rows without a look for what points at them, which costs a whole
 * table for each: for rows that nobody can have pointed at. Outside a transaction. */
void db_trust_deletes(struct db *db);
