/* PostgreSQL behind db.h. Private to src/db.
 *
 *     postgres.c    statements, rows, and the engine's table of operations
 *     wire.c        commands sent and answers read, in libpq's pipeline mode
 *     types.c       values in the protocol's binary formats
 *     bulk.c        many rows by COPY
 *     connection.c  opening a connection
 *     migrate.c     the schema's version
 *     check.c       damage that the server itself knows of
 *
 * A transaction costs one round trip for each answer that it looks at, not one for each statement: BEGIN,
 * deferred statements (db_exec_deferred) and prefetched ones (db_prefetch) travel with the next statement
 * whose answer is waited for. wire.c explains how. */
#pragma once

#include "db/engine.h"

#include <libpq-fe.h>
#include <stdatomic.h>

enum {
    statements_max = 2048, /* slots for the statements of one connection; a power of two, at most half used */
    parameters_max = 25,   /* of one statement */
    commands_max = 2048,   /* commands whose answers were not read yet; a power of two */
    prefetches_max = 1024, /* prefetched answers that no db_query has taken yet */
    postgres_open_ms_max = 5000, /* for each answer while a connection is opened, unless the schema is made */
};

/* A statement prepared on a connection, and the one set of rows that it can have at a time: db.h demands that
 * a statement is finished before it is started again. */
struct statement {
    struct db_rows rows; /* first: db_query returns its address */
    const struct sql *sql;
    unsigned number; /* its name on the server: s<number> */
    bool is_prepared;
    int parameter_count;
    Oid parameter_types[parameters_max];
    PGresult *result;  /* of the current query; NULL before its answer was read, and after a failure */
    bool is_answered;  /* nothing is on its way for these rows */
    bool is_streaming; /* rows come one by one: `result` is the current row */
    int row, row_count;
};

enum wire_kind {
    WIRE_QUERY,    /* the answer belongs to the statement's rows */
    WIRE_DEFERRED, /* the answer is dropped; a failure is the transaction's, `otherwise` too */
    WIRE_PREFETCH, /* the answer is kept in `prefetches` until a db_query takes it */
    WIRE_PREPARE,
    WIRE_DESCRIBE,
    WIRE_SYNC, /* the server skips everything from a failure up to here */
};

/* A command whose answer was not read yet. */
struct wire_command {
    enum wire_kind kind;
    struct statement *statement; /* NULL: WIRE_SYNC */
    unsigned prefetch;           /* WIRE_PREFETCH: its index in `prefetches` */
    enum status otherwise;       /* WIRE_DEFERRED: the failure if it changes no row; STATUS_OK: none */
};

struct prefetch {
    struct statement *statement; /* NULL: taken */
    PGresult *result;
    enum status status;
    bool is_answered;
};

struct postgres_db {
    struct db base;
    PGconn *conn;
    PGcancel *cancel;
    _Atomic bool is_interrupted;
    int reply_ms;       /* how long an answer may take; 0: no bound */
    int usual_reply_ms; /* the same, of transactions without a limit of their own */
    bool is_read_only;
    bool is_lost;       /* nothing more can be sent on this connection */
    enum status failed; /* the first failure of the open transaction; STATUS_OK: it may commit */
    struct wire_command commands[commands_max];
    unsigned command_first, command_count;
    unsigned unchecked_count; /* of the commands in flight: those with an `otherwise` */
    bool is_unsynced;         /* something was sent after the last WIRE_SYNC */
    struct prefetch prefetches[prefetches_max];
    unsigned prefetch_count;
    struct bulk *bulk; /* NULL: no COPY is running */
    unsigned statement_count;
    struct statement statements[statements_max]; /* open addressing by the address of the sql */
};

static inline struct postgres_db *postgres_of(struct db *db) {
    return (struct postgres_db *)db;
}

/* The text that PostgreSQL runs; NULL if the statement is for SQLite alone, and nothing is to be done. */
static inline const char *postgres_text(const struct sql *sql) {
    return sql->postgres ? sql->postgres : sql->text;
}

/* ---- wire.c */

/* Sends a prepared statement. Returns only a failure to send it; its own failure comes with its answer.
 * STATUS_STORAGE if the connection is lost, STATUS_FAULT if a value does not fit its parameter's type. */
MUST_CHECK enum status wire_send(struct postgres_db *db, struct wire_command command,
                                 const struct db_value *args, size_t count);

/* Prepares a statement, waits for the answer, and keeps the types of its parameters. */
MUST_CHECK enum status wire_prepare(struct postgres_db *db, struct statement *statement);

/* Reads answers until `*is_answered` is true or the connection is lost. */
void wire_wait(struct postgres_db *db, const bool *is_answered);

/* Reads every outstanding answer. */
void wire_wait_all(struct postgres_db *db);

/* Maps a failed command to a status, and logs it unless it is the client's doing or will be tried again. */
enum status wire_status(struct postgres_db *db, const PGresult *result);

/* Makes the rows of a statement arrive one by one. It must be the only command in flight. */
void wire_stream(struct postgres_db *db, struct statement *statement);

/* Moves to the next of those rows; false at the end or after a failure. */
bool wire_stream_step(struct postgres_db *db, struct statement *statement);

/* Puts everything that was sent on the network, without waiting for answers. */
void wire_flush(struct postgres_db *db);

/* Gives the connection up after libpq failed, and logs libpq's error, once. Returns STATUS_STORAGE. */
enum status wire_broken(struct postgres_db *db);

/* ---- types.c */

/* A parameter in the server's binary format. */
struct encoded {
    const char *data; /* in the value or in `room`; NULL: SQL's NULL */
    int size;
    char room[8];
};

/* Encodes a value; false if its kind or its size does not fit the type. `out` points into `value` and
 * itself. */
bool type_encode(Oid type, const struct db_value *value, struct encoded *out);

/* Whether a column of that type can be read as an integer: a numeric, such as a sum of bigints, cannot. */
bool type_is_int(Oid type);

/* The kind as which a column of that type is read. */
enum db_kind type_kind(Oid type);

/* Decodes a column as an integer: a time in microseconds since 1970, a truth value as 0 or 1. */
int64_t type_decode_int(Oid type, const char *data, int size);

/* ---- bulk.c: db_bulk_begin, db_bulk_row and db_bulk_end. */

MUST_CHECK enum status postgres_bulk_begin(struct db *db, const struct sql *sql, const struct sql *read);
MUST_CHECK enum status postgres_bulk_row(struct db *db, const struct db_value *values, size_t count);
MUST_CHECK enum status postgres_bulk_end(struct db *db, bool keep);

/* ---- postgres.c, connection.c, migrate.c, check.c */

extern const struct db_engine postgres_engine;

/* Runs statements outside pipeline mode and returns the last one's result, as PQexec does; the caller clears
 * it. NULL if the server has not answered within `ms` (0: no bound) or the connection is lost. */
PGresult *postgres_exec_timed(PGconn *conn, const char *statements, int ms);

/* The first line of the connection's latest error, valid until its next command. */
struct str postgres_last_error(const PGconn *conn);

/* Runs statements outside pipeline mode without a time limit: for making the schema. */
MUST_CHECK enum status postgres_exec(PGconn *conn, const char *statements, char error[static db_error_size]);

/* Brings the schema to this program's version; if `may_write` is false, only checks that it has that version.
 * A schema that is missing is made if `may_make` is true. */
MUST_CHECK enum status postgres_migrate(PGconn *conn, const struct db_migrations *migrations, bool may_make,
                                        bool may_write, char error[static db_error_size]);

/* As db_check. */
MUST_CHECK enum status postgres_check(struct db *db, db_report *report, void *context);
