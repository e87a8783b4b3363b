/* PostgreSQL behind db.h: statements and their rows.
 *
 * A statement is prepared on a connection when it is first used, and found again by the address of its
 * `struct sql`, which is static: a hash table with open addressing in the connection, without any removal.
 * 256 different statements fit; Till has about 200.
 *
 * Prefetches. db_prefetch() sends a query whose rows will be asked for later in the transaction, and adds an
 * entry to `prefetches`. db_query() of the same statement then takes the oldest entry of that statement
 * instead of sending anything:
 *
 *     prefetches:  a   b   a   -        db_query(a) takes index 0, the next db_query(a) index 2
 *
 * An entry keeps its index until it is taken, because the command in flight refers to it by its index. Then it is
 * free again once those behind it are taken too.
 * Entries that the transaction never took are dropped when it ends. The caller must not change in between
 * what the query reads. */
#include "db/postgres/postgres.h"

#include "base/log.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { reply_grace_ms = 2000 };

/* Finds the statement of this sql, or takes a slot for it. Addresses are multiples of 8; the factor spreads
 * them (Knuth's multiplicative hashing, 2^32 divided by the golden ratio). */
static struct statement *statement_find(struct postgres_db *db, const struct sql *sql) {
    size_t slot = ((uintptr_t)sql >> 3) * 0x9E3779B1u % statements_max;
    while (db->statements[slot].sql && db->statements[slot].sql != sql)
        slot = (slot + 1) % statements_max;
    struct statement *statement = &db->statements[slot];
    if (!statement->sql) {
        assert(db->statement_count < statements_max / 2);
        statement->sql = sql;
        statement->number = db->statement_count++;
        statement->rows.db = &db->base;
        statement->is_answered = true;
    }
    return statement;
}

/* Sends a statement, preparing it first if this connection has not used it yet. */
static enum status statement_send(struct postgres_db *db, struct wire_command command,
                                  const struct db_value *args, size_t count) {
    if (db->is_lost)
        return STATUS_STORAGE;
    enum status s = command.statement->is_prepared ? STATUS_OK : wire_prepare(db, command.statement);
    return s == STATUS_OK ? wire_send(db, command, args, count) : s;
}

/* ---- Prefetches. */

/* Does nothing if there is no room or sending fails: db_query then sends the query itself, and reports
 * why. */
static bool postgres_prefetch(struct db *base, const struct sql *sql, const struct db_value *args,
                              size_t count) {
    struct postgres_db *db = postgres_of(base);
    if (db->prefetch_count == prefetches_max)
        return false;
    struct wire_command command = {
        .kind = WIRE_PREFETCH, .statement = statement_find(db, sql), .prefetch = db->prefetch_count};
    bool sent = statement_send(db, command, args, count) == STATUS_OK;
    if (sent)
        db->prefetches[db->prefetch_count++] = (struct prefetch){.statement = command.statement};
    return sent;
}

/* Gives the statement's rows its oldest prefetched answer; false if it has none. */
static bool prefetch_take(struct postgres_db *db, struct statement *statement) {
    unsigned i = 0;
    while (i < db->prefetch_count && db->prefetches[i].statement != statement)
        i++;
    if (i == db->prefetch_count)
        return false;
    struct prefetch *prefetch = &db->prefetches[i];
    wire_wait(db, &prefetch->is_answered);
    statement->result = prefetch->result;
    statement->rows.status = prefetch->status;
    statement->is_answered = true;
    *prefetch = (struct prefetch){.is_answered = true};
    while (db->prefetch_count > 0 && !db->prefetches[db->prefetch_count - 1].statement)
        db->prefetch_count--;
    return true;
}

/* Drops the prefetched answers that were never taken. */
static void prefetch_drop_all(struct postgres_db *db) {
    if (db->prefetch_count == 0)
        return;
    wire_wait_all(db);
    for (unsigned i = 0; i < db->prefetch_count; i++)
        PQclear(db->prefetches[i].result);
    db->prefetch_count = 0;
}

/* ---- Statements. */

static struct db_rows *postgres_query(struct db *base, const struct sql *sql, const struct db_value *args,
                                      size_t count) {
    struct postgres_db *db = postgres_of(base);
    struct statement *statement = statement_find(db, sql);
    assert(statement->is_answered && !statement->result);
    statement->row = -1;
    statement->row_count = -1;
    statement->rows.status = STATUS_OK;
    if (!postgres_text(sql) || (db->prefetch_count > 0 && prefetch_take(db, statement)))
        return &statement->rows;
    enum status s =
        statement_send(db, (struct wire_command){.kind = WIRE_QUERY, .statement = statement}, args, count);
    statement->is_answered = s != STATUS_OK;
    statement->rows.status = s;
    return &statement->rows;
}

static struct db_rows *postgres_stream(struct db *base, const struct sql *sql) {
    struct postgres_db *db = postgres_of(base);
    wire_wait_all(db); /* single-row mode is for the command whose answer comes next */
    struct statement *statement = (struct statement *)postgres_query(base, sql, NO_ARGS);
    if (!statement->is_answered)
        wire_stream(db, statement);
    return &statement->rows;
}

static enum status postgres_exec_deferred(struct db *base, const struct sql *sql, const struct db_value *args,
                                          size_t count, enum status otherwise) {
    struct postgres_db *db = postgres_of(base);
    if (!postgres_text(sql))
        return STATUS_OK;
    struct wire_command command = {
        .kind = WIRE_DEFERRED, .statement = statement_find(db, sql), .otherwise = otherwise};
    return statement_send(db, command, args, count);
}

static enum status postgres_check_deferred(struct db *base) {
    struct postgres_db *db = postgres_of(base);
    if (db->unchecked_count > 0)
        wire_wait_all(db);
    return db->is_lost ? STATUS_STORAGE : db->failed;
}

static bool postgres_step(struct db_rows *rows) {
    struct statement *statement = (struct statement *)rows;
    if (statement->is_streaming)
        return wire_stream_step(postgres_of(rows->db), statement);
    wire_wait(postgres_of(rows->db), &statement->is_answered);
    if (rows->status != STATUS_OK || !statement->result)
        return false;
    if (statement->row_count < 0)
        statement->row_count = PQntuples(statement->result);
    return ++statement->row < statement->row_count;
}

static int64_t postgres_column_int(struct db_rows *rows, int column) {
    const struct statement *s = (const struct statement *)rows;
    if (PQgetisnull(s->result, s->row, column))
        return 0;
    if (!type_is_int(PQftype(s->result, column))) {
        log_warning("database: column %d is no integer: %s", column, postgres_text(s->sql));
        rows->status = STATUS_FAULT;
    }
    return type_decode_int(PQftype(s->result, column), PQgetvalue(s->result, s->row, column),
                           PQgetlength(s->result, s->row, column));
}

static struct str postgres_column_bytes(struct db_rows *rows, int column) {
    const struct statement *s = (const struct statement *)rows;
    if (PQgetisnull(s->result, s->row, column))
        return (struct str){0};
    return (struct str){PQgetvalue(s->result, s->row, column),
                        (size_t)PQgetlength(s->result, s->row, column)};
}

static struct db_value postgres_column_value(struct db_rows *rows, int column) {
    const struct statement *s = (const struct statement *)rows;
    if (PQgetisnull(s->result, s->row, column))
        return (struct db_value){.kind = DB_NULL};
    enum db_kind kind = type_kind(PQftype(s->result, column));
    return kind == DB_INT ? db_int(postgres_column_int(rows, column))
                          : (struct db_value){.kind = kind, .bytes = postgres_column_bytes(rows, column)};
}

/* `changed` is the number in the command's tag, "UPDATE 3" for example; a tag without a number counts as
 * 0. */
static enum status postgres_finish(struct db_rows *rows, int64_t *changed) {
    struct statement *statement = (struct statement *)rows;
    while (statement->is_streaming && wire_stream_step(postgres_of(rows->db), statement))
        ;
    wire_wait(postgres_of(rows->db), &statement->is_answered);
    if (changed &&
        (!statement->result || !str_to_int(str_from(PQcmdTuples(statement->result)), INT64_MAX, changed)))
        *changed = 0;
    PQclear(statement->result);
    statement->result = NULL;
    return rows->status;
}

/* ---- The connection. */

/* True already when BEGIN was sent and not answered yet. */
static bool postgres_in_transaction(const struct db *base) {
    const struct postgres_db *db = (const struct postgres_db *)base;
    return !db->is_lost && (db->command_count > 0 || PQtransactionStatus(db->conn) != PQTRANS_IDLE);
}

/* ROLLBACK's answer is not waited for, but it is sent at once because others may wait for the locks. It is waited
 * for if the transaction has failed, or may have, so that its failure does not become the next one's. */
static void postgres_transaction_ended(struct db *base) {
    struct postgres_db *db = postgres_of(base);
    prefetch_drop_all(db);
    if (db->failed != STATUS_OK || db->command_count > 1)
        wire_wait_all(db);
    else
        wire_flush(db);
    db->reply_ms = db->usual_reply_ms;
}

/* The server's own limit comes first, so that its error is seen; a server that is silent is given up
 * reply_grace_ms later. The second setting lets the server end the transaction of a node that was cut off. */
static enum status postgres_limit(struct db *base, int ms, bool in_transaction) {
    static const struct sql sql =
        SQL("SELECT set_config('statement_timeout', $1, $2 <> 0),"
            " set_config('idle_in_transaction_session_timeout', $1, $2 <> 0)");
    struct postgres_db *db = postgres_of(base);
    char text[16];
    snprintf(text, sizeof text, "%d", ms);
    db->reply_ms = ms ? ms + reply_grace_ms : 0;
    if (!in_transaction)
        db->usual_reply_ms = db->reply_ms;
    return db_exec(base, &sql, ARGS(db_text(str_from(text)), db_int(in_transaction)), NULL);
}

static bool postgres_is_lost(const struct db *base) {
    return ((const struct postgres_db *)base)->is_lost;
}

static bool postgres_is_writable(const struct db *base) {
    return !((const struct postgres_db *)base)->is_read_only;
}

static enum status postgres_backup(struct db *db, const char *path, db_progress *progress, void *context,
                                   char *error) {
    (void)db, (void)path, (void)progress, (void)context;
    snprintf(error, db_error_size,
             "PostgreSQL has backups of its own: pg_dump for a copy, pg_basebackup for the whole server");
    return STATUS_USAGE;
}

/* From any thread: PQcancel uses a connection of its own. */
static void postgres_interrupt(struct db *base) {
    struct postgres_db *db = postgres_of(base);
    char error[256];
    atomic_store(&db->is_interrupted, true);
    PQcancel(db->cancel, error, sizeof error);
}

static void postgres_close(struct db *base) {
    struct postgres_db *db = postgres_of(base);
    for (unsigned i = 0; i < db->prefetch_count; i++)
        PQclear(db->prefetches[i].result);
    for (size_t i = 0; i < statements_max; i++)
        PQclear(db->statements[i].result);
    PQfreeCancel(db->cancel);
    PQfinish(db->conn);
    free(db);
}

/* ---- Claims: advisory locks of the session, which end with it, by a crash too. Only imports exclude each
 * other here. DB_SERVING and DB_WAITING tell an import on SQLite to make way for other writers; on PostgreSQL
 * it does not block them for long, so these claims are always granted and never seen. */

static bool import_lock_try(struct db *db) {
    static const struct sql sql = {NULL, "SELECT pg_try_advisory_lock(1416195180, $1)"}; /* "Till" */
    bool is_locked = false;
    struct db_rows *rows = db_query(db, &sql, ARGS(db_int(DB_IMPORTING)));
    while (db_step(rows))
        is_locked = db_column_int(rows, 0) != 0;
    return db_finish(rows) == STATUS_OK && is_locked;
}

static bool postgres_claim(struct db *db, enum db_claim what) {
    return what != DB_IMPORTING || import_lock_try(db);
}

static void postgres_unclaim(struct db *db, enum db_claim what) {
    static const struct sql sql = {NULL, "SELECT pg_advisory_unlock(1416195180, $1)"};
    enum status s = db_exec(db, &sql, ARGS(db_int(what)), NULL);
    (void)s; /* logged; the lock ends with the connection */
}

static bool postgres_is_claimed(struct db *db, enum db_claim what) {
    if (what != DB_IMPORTING)
        return false;
    bool is_free = import_lock_try(db);
    if (is_free)
        postgres_unclaim(db, what);
    return !is_free;
}

/* Nothing to do: PostgreSQL cannot be told to skip the check of foreign keys. */
static void postgres_trust_deletes(struct db *db) {
    (void)db;
}

const struct db_engine postgres_engine = {
    .close = postgres_close,
    .query = postgres_query,
    .exec_deferred = postgres_exec_deferred,
    .check_deferred = postgres_check_deferred,
    .prefetch = postgres_prefetch,
    .transaction_ended = postgres_transaction_ended,
    .limit = postgres_limit,
    .step = postgres_step,
    .column_int = postgres_column_int,
    .column_bytes = postgres_column_bytes,
    .column_value = postgres_column_value,
    .stream = postgres_stream,
    .bulk_begin = postgres_bulk_begin,
    .bulk_row = postgres_bulk_row,
    .bulk_end = postgres_bulk_end,
    .finish = postgres_finish,
    .in_transaction = postgres_in_transaction,
    .is_lost = postgres_is_lost,
    .writable = postgres_is_writable,
    .check = postgres_check,
    .backup = postgres_backup,
    .interrupt = postgres_interrupt,
    .claim = postgres_claim,
    .unclaim = postgres_unclaim,
    .is_claimed = postgres_is_claimed,
    .trust_deletes = postgres_trust_deletes,
};
