/* PostgreSQL behind db.h, by subject: postgres.c statements and rows, postgres_wire.c what is sent and what
 * comes back, postgres_types.c values, postgres_open.c connections, postgres_schema.c tables. Private to
 * src/db.
 *
 * The connection is in libpq's pipeline mode always. What needs no answer of its own (db_exec_later, BEGIN)
 * and what is asked ahead (db_ahead) travels with the next statement whose answer is waited for, so that a
 * transaction costs a round trip for each answer that it looks at, and not for each statement. */
#pragma once

#include "db/engine.h"

#include <libpq-fe.h>
#include <stdatomic.h>

enum {
    statements_max = 512, /* different statements of one connection; a power of two, at most half used */
    parameters_max = 20,  /* of one statement */
    sent_max = 512,       /* commands whose answers have not been read; a power of two */
    aheads_max = 256,     /* answers asked ahead and not yet taken */
    sqlstate_size = 5,
    postgres_open_ms_max =
        5000, /* for each answer while a connection is opened that may not wait for a schema */
};

/* A statement prepared on a connection, and its one set of rows (db.h: finished before started again). */
struct statement {
    struct db_rows rows; /* first: what db_query gives */
    const struct sql *sql;
    unsigned number; /* its name on the server */
    bool prepared;
    int parameter_count;
    Oid parameters[parameters_max];
    PGresult *result; /* of the query that runs; NULL before its answer was read, and after a failure */
    bool answered;
    bool streams; /* its rows come one by one: `result` is the current one */
    int row, row_count;
};

enum sent_kind {
    SENT_QUERY, /* its answer goes to its statement's rows */
    SENT_LATER, /* nobody waits for it; its failure is the transaction's */
    SENT_AHEAD, /* its answer is kept until it is asked for */
    SENT_PREPARE,
    SENT_DESCRIBE,
    SENT_SYNC, /* the end of what fails together */
};

struct sent {
    enum sent_kind kind;
    struct statement *statement; /* NULL: SENT_SYNC */
    unsigned ahead;              /* SENT_AHEAD: its place in `aheads` */
};

struct ahead {
    struct statement *statement; /* NULL: taken or given up */
    PGresult *result;
    enum status status;
    bool answered;
};

struct postgres_db {
    struct db base;
    PGconn *conn;
    PGcancel *cancel;
    _Atomic bool interrupted;
    int reply_ms; /* how long an answer may take; 0: as long as it likes */
    bool read_only;
    bool lost;          /* nothing more can be asked of this connection */
    enum status failed; /* what the open transaction has failed with */
    struct sent sent[sent_max];
    unsigned sent_first, sent_count;
    bool unsynced; /* something was sent after the last SENT_SYNC */
    struct ahead aheads[aheads_max];
    unsigned ahead_count;
    struct bulk *bulk; /* NULL: none runs */
    unsigned statement_count;
    struct statement statements[statements_max]; /* open addressing by the address of the sql */
};

static inline struct postgres_db *postgres_of(struct db *db) {
    return (struct postgres_db *)db;
}

/* ---- postgres_wire.c */

/* Sends a statement that is prepared; what it fails with is told by its answer, or here where it cannot be
 * sent at all. */
MUST_CHECK enum status wire_send(struct postgres_db *db, enum sent_kind kind, struct statement *statement,
                                 unsigned ahead, const struct db_value *args, size_t count);

/* Prepares a statement and learns the types of its parameters, waiting for the answer. */
MUST_CHECK enum status wire_prepare(struct postgres_db *db, struct statement *statement);

/* Reads answers until `*answered` holds, or the connection is lost. */
void wire_wait(struct postgres_db *db, const bool *answered);

/* Reads every answer that is outstanding. */
void wire_wait_all(struct postgres_db *db);

/* What a failed command comes to; logged where it is not the client's doing. */
enum status wire_status(struct postgres_db *db, const PGresult *result);

/* Lets the rows of a statement that was sent, and nothing with it, come one by one. */
void wire_stream(struct postgres_db *db, struct statement *statement);
/* Moves to the next of them; false at the end or after a failure. */
bool wire_stream_step(struct postgres_db *db, struct statement *statement);

/* Lets what was sent go, without waiting for its answers. */
void wire_flush(struct postgres_db *db);

/* Gives up the connection, logging why. */
void wire_lose(struct postgres_db *db, const char *why);

/* ---- postgres_types.c */

/* A parameter as the server wants it, in its binary format: points into the value or into `room`. */
struct encoded {
    const char *at; /* NULL: NULL */
    int size;
    char room[8];
};
/* False where a value of this kind cannot be a parameter of that type. */
bool type_encode(Oid type, const struct db_value *value, struct encoded *out);

/* Whether a column of that type can be read as an integer: a numeric, such as a sum of bigints, cannot. */
bool type_is_int(Oid type);

/* Which of the shop's kinds a column of that type is. */
enum db_kind type_kind(Oid type);

/* A column of a row as an integer: a time in microseconds since 1970, a truth as 0 or 1. */
int64_t type_decode_int(Oid type, const char *at, int size);

/* ---- postgres_bulk.c: as db_bulk_begin and so on. */

MUST_CHECK enum status postgres_bulk_begin(struct db *db, const struct sql *sql, const struct sql *read);
MUST_CHECK enum status postgres_bulk_row(struct db *db, const struct db_value *values, size_t count);
MUST_CHECK enum status postgres_bulk_end(struct db *db, bool keep);

/* ---- postgres_open.c, postgres_schema.c, postgres_check.c */

extern const struct db_engine postgres_engine;

MUST_CHECK enum status postgres_open(const char *url, enum db_mode mode, struct db **out,
                                     char why[static db_why_size]);

/* Runs statements outside pipeline mode and gives the last one's result, for the caller to clear, as PQexec
 * does; but NULL where the server has not answered within `ms` (0: it may take as long as it likes). */
PGresult *postgres_ask(PGconn *conn, const char *statements, int ms);

/* Why that failed: a line, without its end; the connection's own. */
struct str postgres_words(const PGconn *conn);

/* Runs statements outside pipeline mode, however long it takes: while making the schema. */
MUST_CHECK enum status postgres_run(PGconn *conn, const char *statements, char why[static db_why_size]);

/* Brings the schema to this program's version, or (not `may_write`) looks whether it is. Where there is none,
 * it is made only if that is wanted. */
MUST_CHECK enum status postgres_migrate(PGconn *conn, bool may_make, bool may_write,
                                        char why[static db_why_size]);

/* As db_check. */
MUST_CHECK enum status postgres_check(struct db *db, db_report *report, void *context);
