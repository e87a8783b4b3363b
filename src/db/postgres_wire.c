/* What is sent to PostgreSQL and what comes back, in the order in which it was sent.
 *
 * `sent` has an entry for each command whose answer is outstanding. A SENT_SYNC ends each stretch of them:
 * where one fails, the server skips what follows up to there. */
#include "base/clock.h"
#include "base/log.h"
#include "db/postgres.h"

#include <assert.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>

enum { statement_name_size = 16 };

static const char *name_of(const struct statement *statement, char out[static statement_name_size]) {
    snprintf(out, statement_name_size, "s%u", statement->number);
    return out;
}

/* ---- Failures. */

void wire_lose(struct postgres_db *db, const char *why) {
    if (!db->lost)
        log_warning("database: %.*s", (int)strcspn(why, "\n"), why);
    db->lost = true;
}

static bool is_class(const char *state, const char *class) {
    return strncmp(state, class, 2) == 0;
}

/* What a failed command comes to. What another transaction has caused is not logged, since it is tried again;
 * what is not the client's doing is. */
enum status wire_status(struct postgres_db *db, const PGresult *result) {
    const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    const char *words = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
    if (!state) /* libpq's own words: the connection is gone */
        state = "08006";
    if (strcmp(state, "23505") == 0) /* unique_violation */
        return STATUS_CONFLICT;
    if (strcmp(state, "40001") == 0 || strcmp(state, "40P01") == 0) /* serialization, deadlock */
        return STATUS_RETRY;
    if (strcmp(state, "25P02") == 0) /* in_failed_sql_transaction: told before */
        return db->failed != STATUS_OK ? db->failed : STATUS_FAULT;
    if (strcmp(state, "57014") == 0 && atomic_load(&db->interrupted)) /* query_canceled */
        return STATUS_STOPPING;
    if (is_class(state, "08") || is_class(state, "57P") || strcmp(state, "25006") == 0) {
        /* Connection, shutdown, or a primary that is one no more. */
        wire_lose(db, words ? words : PQresultErrorMessage(result));
        return STATUS_STORAGE;
    }
    log_warning("database: %s (%s)", words ? words : "", state);
    bool outside = is_class(state, "53") || is_class(state, "55") || is_class(state, "57") ||
                   is_class(state, "58") || is_class(state, "XX");
    return outside ? STATUS_STORAGE : STATUS_FAULT;
}

/* ---- Sending. */

static void push(struct postgres_db *db, struct sent sent) {
    assert(db->sent_count < sent_max);
    db->sent[(db->sent_first + db->sent_count++) % sent_max] = sent;
    db->unsynced = sent.kind != SENT_SYNC;
}

/* Leaves room for what one call may send, and a SENT_SYNC. */
static void make_room(struct postgres_db *db) {
    if (db->sent_count + 4 > sent_max)
        wire_wait_all(db);
}

static void sync(struct postgres_db *db) {
    if (!db->unsynced || db->lost)
        return;
    if (PQpipelineSync(db->conn) != 1)
        wire_lose(db, PQerrorMessage(db->conn));
    else
        push(db, (struct sent){.kind = SENT_SYNC});
}

void wire_flush(struct postgres_db *db) {
    sync(db);
    if (!db->lost && PQflush(db->conn) < 0)
        wire_lose(db, PQerrorMessage(db->conn));
}

static enum status unfit(const struct statement *statement, size_t parameter) {
    log_warning("database: parameter %zu does not fit: %s", parameter + 1, statement->sql->text);
    return STATUS_FAULT;
}

enum status wire_send(struct postgres_db *db, enum sent_kind kind, struct statement *statement,
                      unsigned ahead, const struct db_value *args, size_t count) {
    struct encoded encoded[parameters_max];
    const char *values[parameters_max];
    int sizes[parameters_max], formats[parameters_max];
    char name[statement_name_size];
    assert(count == (size_t)statement->parameter_count);
    for (size_t i = 0; i < count; i++) {
        if (!type_encode(statement->parameters[i], &args[i], &encoded[i]))
            return unfit(statement, i);
        values[i] = encoded[i].at;
        sizes[i] = encoded[i].size;
        formats[i] = 1;
    }
    make_room(db);
    if (db->lost)
        return STATUS_STORAGE;
    if (PQsendQueryPrepared(db->conn, name_of(statement, name), (int)count, values, sizes, formats, 1) != 1) {
        wire_lose(db, PQerrorMessage(db->conn));
        return STATUS_STORAGE;
    }
    push(db, (struct sent){.kind = kind, .statement = statement, .ahead = ahead});
    return STATUS_OK;
}

enum status wire_prepare(struct postgres_db *db, struct statement *statement) {
    const char *text = statement->sql->postgres ? statement->sql->postgres : statement->sql->text;
    char name[statement_name_size];
    make_room(db);
    if (db->lost)
        return STATUS_STORAGE;
    if (PQsendPrepare(db->conn, name_of(statement, name), text, 0, NULL) != 1 ||
        PQsendDescribePrepared(db->conn, name) != 1) {
        wire_lose(db, PQerrorMessage(db->conn));
        return STATUS_STORAGE;
    }
    statement->rows.status = STATUS_OK;
    push(db, (struct sent){.kind = SENT_PREPARE, .statement = statement});
    push(db, (struct sent){.kind = SENT_DESCRIBE, .statement = statement});
    statement->answered = false;
    wire_wait(db, &statement->answered);
    return statement->prepared ? STATUS_OK : statement->rows.status;
}

/* ---- Receiving. */

/* Waits until libpq has an answer whole. */
static void wait_readable(struct postgres_db *db) {
    int64_t until = monotonic_us() + (int64_t)db->reply_ms * 1000;
    while (!db->lost && PQisBusy(db->conn)) {
        int unsent = PQflush(db->conn);
        struct pollfd fd = {.fd = PQsocket(db->conn), .events = (short)(POLLIN | (unsent ? POLLOUT : 0))};
        int64_t left_ms = db->reply_ms ? (until - monotonic_us()) / 1000 : -1;
        int ready = unsent < 0 ? -1 : db->reply_ms && left_ms <= 0 ? 0 : poll(&fd, 1, (int)left_ms);
        if (ready == 0)
            wire_lose(db, "no answer in time");
        else if (unsent < 0 || (ready < 0 && errno != EINTR) || (ready > 0 && PQconsumeInput(db->conn) != 1))
            wire_lose(db, PQerrorMessage(db->conn));
    }
}

static PGresult *read_result(struct postgres_db *db) {
    wait_readable(db);
    return db->lost ? NULL : PQgetResult(db->conn);
}

/* The outcome of a command; the first failure is the transaction's from then on. */
static enum status outcome(struct postgres_db *db, const PGresult *result) {
    enum status s;
    switch (PQresultStatus(result)) {
    case PGRES_COMMAND_OK:
    case PGRES_TUPLES_OK:
        /* COMMIT of a transaction that has failed says so in its tag alone. */
        return db->failed;
    case PGRES_PIPELINE_ABORTED:
        s = db->failed != STATUS_OK ? db->failed : STATUS_FAULT;
        break;
    default:
        s = wire_status(db, result);
    }
    if (db->failed == STATUS_OK)
        db->failed = s;
    return s;
}

static void learn_types(struct statement *statement, const PGresult *result) {
    statement->parameter_count = PQnparams(result);
    assert(statement->parameter_count <= parameters_max);
    for (int i = 0; i < statement->parameter_count; i++)
        statement->parameters[i] = PQparamtype(result, i);
    statement->prepared = true;
}

static void give(struct postgres_db *db, const struct sent *sent, PGresult *result, enum status s) {
    struct statement *statement = sent->statement;
    struct ahead *ahead = &db->aheads[sent->ahead];
    switch (sent->kind) {
    case SENT_QUERY:
        statement->rows.status = s;
        statement->answered = true;
        statement->result = result;
        return; /* the rows' own now */
    case SENT_AHEAD:
        ahead->answered = true;
        ahead->status = s;
        ahead->result = result;
        return;
    case SENT_DESCRIBE:
        if (s == STATUS_OK)
            learn_types(statement, result);
        statement->answered = true;
        break;
    case SENT_PREPARE:
        statement->rows.status = s;
        break;
    case SENT_LATER:
    case SENT_SYNC:
        break;
    }
    PQclear(result);
}

/* Reads the answer to the oldest command. */
static void receive(struct postgres_db *db) {
    struct sent sent = db->sent[db->sent_first];
    PGresult *result = read_result(db);
    enum status s = STATUS_STORAGE;
    if (!db->lost && !result)
        wire_lose(db, PQerrorMessage(db->conn));
    if (sent.kind == SENT_SYNC) {
        if (!db->lost && PQtransactionStatus(db->conn) == PQTRANS_IDLE)
            db->failed = STATUS_OK;
        PQclear(result);
    } else {
        if (!db->lost)
            s = outcome(db, result);
        give(db, &sent, result, s);
        if (!db->lost)
            PQclear(read_result(db)); /* the end of its results */
    }
    db->sent_first = (db->sent_first + 1) % sent_max;
    db->sent_count--;
}

/* The server sends what it has at a SENT_SYNC, so that of the one behind the answer is there with it. */
void wire_wait(struct postgres_db *db, const bool *answered) {
    if (*answered)
        return;
    sync(db);
    while (db->sent_count > 0 && (!*answered || db->sent[db->sent_first].kind == SENT_SYNC))
        receive(db);
}

void wire_wait_all(struct postgres_db *db) {
    sync(db);
    while (db->sent_count > 0)
        receive(db);
}

/* ---- Rows one by one. */

void wire_stream(struct postgres_db *db, struct statement *statement) {
    sync(db);
    statement->streams = !db->lost && PQsetSingleRowMode(db->conn) == 1;
}

/* Its last answer has come, or none will: reads on to the end of what was sent. */
static void end_stream(struct postgres_db *db, struct statement *statement, enum status s) {
    statement->streams = false;
    statement->answered = true;
    statement->rows.status = s;
    if (!db->lost)
        PQclear(read_result(db));
    db->sent_first = (db->sent_first + 1) % sent_max;
    db->sent_count--;
    wire_wait_all(db);
}

bool wire_stream_step(struct postgres_db *db, struct statement *statement) {
    PQclear(statement->result);
    statement->row = 0;
    statement->result = read_result(db);
    if (PQresultStatus(statement->result) == PGRES_SINGLE_TUPLE)
        return true;
    enum status s = db->lost ? STATUS_STORAGE : outcome(db, statement->result);
    end_stream(db, statement, s);
    return false;
}
