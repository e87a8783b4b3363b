/* PostgreSQL behind db.h: statements and their rows. */
#include "db/postgres.h"

#include "base/log.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { reply_grace_ms = 2000 };

/* The text for PostgreSQL; NULL where there is nothing to do. */
static const char *text_of(const struct sql *sql) {
    return sql->postgres ? sql->postgres : sql->text;
}

static struct statement *find(struct postgres_db *db, const struct sql *sql) {
    size_t at = ((uintptr_t)sql >> 3) * 0x9E3779B1u % statements_max;
    while (db->statements[at].sql && db->statements[at].sql != sql)
        at = (at + 1) % statements_max;
    struct statement *statement = &db->statements[at];
    if (!statement->sql) {
        assert(db->statement_count < statements_max / 2);
        statement->sql = sql;
        statement->number = db->statement_count++;
        statement->rows.db = &db->base;
        statement->answered = true;
    }
    return statement;
}

/* Sends a statement, preparing it first where this connection has not had it yet. */
static enum status send_statement(struct postgres_db *db, enum sent_kind kind, struct statement *statement,
                                  unsigned ahead, const struct db_value *args, size_t count) {
    if (db->lost)
        return STATUS_STORAGE;
    enum status s = statement->prepared ? STATUS_OK : wire_prepare(db, statement);
    return s == STATUS_OK ? wire_send(db, kind, statement, ahead, args, count) : s;
}

/* ---- Asked ahead. */

static void ahead_query(struct db *base, const struct sql *sql, const struct db_value *args, size_t count) {
    struct postgres_db *db = postgres_of(base);
    if (db->ahead_count == aheads_max)
        return; /* db_query will ask */
    struct statement *statement = find(db, sql);
    if (send_statement(db, SENT_AHEAD, statement, db->ahead_count, args, count) != STATUS_OK)
        return; /* db_query will find out */
    db->aheads[db->ahead_count++] = (struct ahead){.statement = statement};
}

/* Gives the statement's rows the answer asked ahead, the oldest first; false where there is none. */
static bool take_ahead(struct postgres_db *db, struct statement *statement) {
    unsigned i = 0, left = 0;
    while (i < db->ahead_count && db->aheads[i].statement != statement)
        i++;
    if (i == db->ahead_count)
        return false;
    struct ahead *ahead = &db->aheads[i];
    wire_wait(db, &ahead->answered);
    statement->result = ahead->result;
    statement->rows.status = ahead->status;
    statement->answered = true;
    *ahead = (struct ahead){.answered = true};
    for (i = 0; i < db->ahead_count; i++)
        left += db->aheads[i].statement != NULL;
    db->ahead_count = left ? db->ahead_count : 0;
    return true;
}

/* Forgets what was asked ahead and never taken: its transaction is over. */
static void drop_aheads(struct postgres_db *db) {
    if (db->ahead_count == 0)
        return;
    wire_wait_all(db);
    for (unsigned i = 0; i < db->ahead_count; i++)
        PQclear(db->aheads[i].result);
    db->ahead_count = 0;
}

/* ---- Statements. */

static struct db_rows *query(struct db *base, const struct sql *sql, const struct db_value *args,
                             size_t count) {
    struct postgres_db *db = postgres_of(base);
    struct statement *statement = find(db, sql);
    assert(statement->answered && !statement->result);
    statement->row = -1;
    statement->row_count = -1;
    statement->rows.status = STATUS_OK;
    if (!text_of(sql) || (db->ahead_count > 0 && take_ahead(db, statement)))
        return &statement->rows;
    enum status s = send_statement(db, SENT_QUERY, statement, 0, args, count);
    statement->answered = s != STATUS_OK;
    statement->rows.status = s;
    return &statement->rows;
}

static struct db_rows *stream(struct db *base, const struct sql *sql) {
    struct postgres_db *db = postgres_of(base);
    wire_wait_all(db); /* what comes first is the stream's own */
    struct statement *statement = (struct statement *)query(base, sql, NO_ARGS);
    if (!statement->answered)
        wire_stream(db, statement);
    return &statement->rows;
}

static enum status later(struct db *base, const struct sql *sql, const struct db_value *args, size_t count) {
    struct postgres_db *db = postgres_of(base);
    return text_of(sql) ? send_statement(db, SENT_LATER, find(db, sql), 0, args, count) : STATUS_OK;
}

static bool step(struct db_rows *rows) {
    struct statement *statement = (struct statement *)rows;
    if (statement->streams)
        return wire_stream_step(postgres_of(rows->db), statement);
    wire_wait(postgres_of(rows->db), &statement->answered);
    if (rows->status != STATUS_OK || !statement->result)
        return false;
    if (statement->row_count < 0)
        statement->row_count = PQntuples(statement->result);
    return ++statement->row < statement->row_count;
}

static int64_t column_int(struct db_rows *rows, int column) {
    const struct statement *s = (const struct statement *)rows;
    if (PQgetisnull(s->result, s->row, column))
        return 0;
    if (!type_is_int(PQftype(s->result, column))) {
        log_warning("database: column %d is no integer: %s", column, text_of(s->sql));
        rows->status = STATUS_FAULT;
    }
    return type_decode_int(PQftype(s->result, column), PQgetvalue(s->result, s->row, column),
                           PQgetlength(s->result, s->row, column));
}

static struct str column_bytes(struct db_rows *rows, int column) {
    const struct statement *s = (const struct statement *)rows;
    if (PQgetisnull(s->result, s->row, column))
        return (struct str){0};
    return (struct str){PQgetvalue(s->result, s->row, column),
                        (size_t)PQgetlength(s->result, s->row, column)};
}

static struct db_value column_value(struct db_rows *rows, int column) {
    const struct statement *s = (const struct statement *)rows;
    if (PQgetisnull(s->result, s->row, column))
        return (struct db_value){.kind = DB_NULL};
    enum db_kind kind = type_kind(PQftype(s->result, column));
    return kind == DB_INT ? db_int(column_int(rows, column))
                          : (struct db_value){.kind = kind, .bytes = column_bytes(rows, column)};
}

static int64_t number_from(const char *digits) {
    int64_t number = 0;
    for (; *digits >= '0' && *digits <= '9'; digits++)
        number = number * 10 + (*digits - '0');
    return number;
}

static enum status finish(struct db_rows *rows, int64_t *changed) {
    struct statement *statement = (struct statement *)rows;
    while (statement->streams && wire_stream_step(postgres_of(rows->db), statement))
        ;
    wire_wait(postgres_of(rows->db), &statement->answered);
    if (changed)
        *changed = statement->result ? number_from(PQcmdTuples(statement->result)) : 0;
    PQclear(statement->result);
    statement->result = NULL;
    return rows->status;
}

/* ---- The connection. */

/* Also where BEGIN has only been sent. */
static bool in_transaction(const struct db *base) {
    const struct postgres_db *db = (const struct postgres_db *)base;
    return !db->lost && (db->sent_count > 0 || PQtransactionStatus(db->conn) != PQTRANS_IDLE);
}

/* ROLLBACK is not waited for, but on its way: others may wait for its locks. */
static void ended(struct db *base) {
    struct postgres_db *db = postgres_of(base);
    drop_aheads(db);
    wire_flush(db);
}

/* The server gives up first, so that its words are heard; one that is silent is given up a little later. What
 * a node holds that was cut off is let go by the server. */
static enum status limit(struct db *base, int ms) {
    static const struct sql sql = {
        "SELECT set_config('statement_timeout', $1, false),"
        " set_config('idle_in_transaction_session_timeout', $1, false)",
        NULL};
    char text[16];
    snprintf(text, sizeof text, "%d", ms);
    postgres_of(base)->reply_ms = ms ? ms + reply_grace_ms : 0;
    return db_exec(base, &sql, ARGS(db_text(str_from(text))), NULL);
}

static bool lost(const struct db *base) {
    return ((const struct postgres_db *)base)->lost;
}

static bool writable(const struct db *base) {
    return !((const struct postgres_db *)base)->read_only;
}

static enum status backup(struct db *db, const char *path, db_progress *progress, void *context, char *why) {
    (void)db, (void)path, (void)progress, (void)context;
    snprintf(why, db_why_size,
             "PostgreSQL has backups of its own: pg_dump for a copy, pg_basebackup for the whole server");
    return STATUS_USAGE;
}

static void interrupt(struct db *base) {
    struct postgres_db *db = postgres_of(base);
    char why[256];
    atomic_store(&db->interrupted, true);
    PQcancel(db->cancel, why, sizeof why);
}

static void close_db(struct db *base) {
    struct postgres_db *db = postgres_of(base);
    for (unsigned i = 0; i < db->ahead_count; i++)
        PQclear(db->aheads[i].result);
    for (size_t i = 0; i < statements_max; i++)
        PQclear(db->statements[i].result);
    PQfreeCancel(db->cancel);
    PQfinish(db->conn);
    free(db);
}

/* ---- Claims: locks of the session, which end with it however it ends. That it is served, or waited for, is
 * nothing to an import: it is in nobody's way for long. */

static bool try_lock(struct db *db, enum db_claim what) {
    static const struct sql sql = {NULL, "SELECT pg_try_advisory_lock(1416195180, $1)"}; /* "Till" */
    bool locked = false;
    struct db_rows *rows = db_query(db, &sql, ARGS(db_int(what)));
    while (db_step(rows))
        locked = db_column_int(rows, 0) != 0;
    return db_finish(rows) == STATUS_OK && locked;
}

static void unclaim(struct db *db, enum db_claim what) {
    static const struct sql sql = {NULL, "SELECT pg_advisory_unlock(1416195180, $1)"};
    enum status s = db_exec(db, &sql, ARGS(db_int(what)), NULL);
    (void)s; /* logged; the lock ends with the connection */
}

static bool claim(struct db *db, enum db_claim what) {
    return what != DB_IMPORTING || try_lock(db, what);
}

static bool is_claimed(struct db *db, enum db_claim what) {
    if (what != DB_IMPORTING)
        return false;
    bool is_free = try_lock(db, what);
    if (is_free)
        unclaim(db, what);
    return !is_free;
}

/* Keys cannot be left out here. */
static void trust_deletes(struct db *db) {
    (void)db;
}

const struct db_engine postgres_engine = {
    .close = close_db,
    .query = query,
    .later = later,
    .ahead = ahead_query,
    .ended = ended,
    .limit = limit,
    .step = step,
    .column_int = column_int,
    .column_bytes = column_bytes,
    .column_value = column_value,
    .stream = stream,
    .bulk_begin = postgres_bulk_begin,
    .bulk_row = postgres_bulk_row,
    .bulk_end = postgres_bulk_end,
    .finish = finish,
    .in_transaction = in_transaction,
    .lost = lost,
    .writable = writable,
    .check = postgres_check,
    .backup = backup,
    .interrupt = interrupt,
    .claim = claim,
    .unclaim = unclaim,
    .is_claimed = is_claimed,
    .trust_deletes = trust_deletes,
};
