/* The wire: commands on their way to PostgreSQL, and their answers.
 *
 * In libpq's pipeline mode a command is sent without waiting for the answer to the one before. The server
 * answers in the order of sending, so a ring of the commands in flight tells which one the next answer
 * belongs to:
 *
 *     commands:   BEGIN      UPDATE …   SELECT a   SELECT b   sync
 *     kind:       DEFERRED   DEFERRED   PREFETCH   QUERY      SYNC
 *                 ^ command_first                             ^ command_first + command_count - 1
 *     answer to:  dropped    dropped    prefetches[0]  rows of b
 *
 * Sending. wire_send() hands a command to libpq and appends it to the ring. wire_wait() alone pays a round
 * trip: it sends a sync, which makes the server send the answers that it has, and reads until the wanted
 * answer is there. The answers in front of it are handed out on the way. Here one round trip brings four
 * answers; the `SELECT a` that follows finds its own in `prefetches`.
 *
 * Failures. After a command fails the server skips the rest up to the sync; for these libpq reports
 * PGRES_PIPELINE_ABORTED. After the sync the transaction is still open and refuses everything but ROLLBACK
 * with SQLSTATE 25P02. So the first failure is kept in `failed`, and every later answer of the transaction
 * reports that one instead. This holds for COMMIT too: PostgreSQL answers it with success and rolls back.
 * `failed` is cleared at a sync at which no transaction is open.
 *
 * A lost connection. Each command in flight fails with STATUS_STORAGE, and so does everything after it. If
 * COMMIT was in flight, it is unknown whether it took effect; db/exec/pg_pool.c deals with that. */
#include "base/clock.h"
#include "base/log.h"
#include "db/postgres/postgres.h"

#include <assert.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>

enum {
    statement_name_size = 16,
    commands_per_call_max = 4, /* PREPARE, DESCRIBE and a statement, and the sync behind them */
};

static const char *statement_name(const struct statement *statement, char out[static statement_name_size]) {
    snprintf(out, statement_name_size, "s%u", statement->number);
    return out;
}

/* ---- Failures. */

/* Marks the connection as lost and logs the first line of `error`, once. Returns STATUS_STORAGE. */
static enum status wire_lose(struct postgres_db *db, const char *error) {
    if (!db->is_lost)
        log_warning("database: %.*s", (int)strcspn(error, "\n"), error);
    db->is_lost = true;
    return STATUS_STORAGE;
}

enum status wire_broken(struct postgres_db *db) {
    return wire_lose(db, PQerrorMessage(db->conn));
}

/* Whether an SQLSTATE starts with these characters: its class, or a part of it. */
static bool sqlstate_starts(const char *state, const char *start) {
    return strncmp(state, start, strlen(start)) == 0;
}

/* SQLSTATEs are listed in PostgreSQL's documentation, appendix A. */
enum status wire_status(struct postgres_db *db, const PGresult *result) {
    const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    const char *message = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
    if (!state) /* libpq's own error: the connection is gone */
        state = "08006";
    if (strcmp(state, "23505") == 0) /* unique_violation */
        return STATUS_CONFLICT;
    if (strcmp(state, "40001") == 0 || strcmp(state, "40P01") == 0) /* serialization failure, deadlock */
        return STATUS_RETRY;
    if (strcmp(state, "25P02") == 0) /* in_failed_sql_transaction: the failure itself came before */
        return db->failed != STATUS_OK ? db->failed : STATUS_FAULT;
    if (strcmp(state, "57014") == 0 && atomic_load(&db->is_interrupted)) /* query_canceled */
        return STATUS_STOPPING;
    /* The connection broke, the server shuts down, or it has become read-only because another is primary
     * now. */
    if (sqlstate_starts(state, "08") || sqlstate_starts(state, "57P") || strcmp(state, "25006") == 0)
        return wire_lose(db, message ? message : PQresultErrorMessage(result));
    log_warning("database: %s (%s)", message ? message : "", state);
    /* Resources, locks, an operator, the system, or an internal error: not the statement's fault. */
    bool is_outside = sqlstate_starts(state, "53") || sqlstate_starts(state, "55") ||
                      sqlstate_starts(state, "57") || sqlstate_starts(state, "58") ||
                      sqlstate_starts(state, "XX");
    return is_outside ? STATUS_STORAGE : STATUS_FAULT;
}

/* ---- Sending. */

static void command_push(struct postgres_db *db, struct wire_command command) {
    assert(db->command_count < commands_max);
    db->commands[(db->command_first + db->command_count++) % commands_max] = command;
    db->unchecked_count += command.otherwise != STATUS_OK;
    db->is_unsynced = command.kind != WIRE_SYNC;
}

static void command_pop(struct postgres_db *db) {
    db->unchecked_count -= db->commands[db->command_first].otherwise != STATUS_OK;
    db->command_first = (db->command_first + 1) % commands_max;
    db->command_count--;
}

/* Empties the ring if the commands of one more call might not fit. */
static void command_make_room(struct postgres_db *db) {
    if (db->command_count + commands_per_call_max > commands_max)
        wire_wait_all(db);
}

static void wire_sync(struct postgres_db *db) {
    if (!db->is_unsynced || db->is_lost)
        return;
    if (PQpipelineSync(db->conn) != 1)
        wire_broken(db);
    else
        command_push(db, (struct wire_command){.kind = WIRE_SYNC});
}

void wire_flush(struct postgres_db *db) {
    wire_sync(db);
    if (!db->is_lost && PQflush(db->conn) < 0)
        wire_broken(db);
}

enum status wire_send(struct postgres_db *db, struct wire_command command, const struct db_value *args,
                      size_t count) {
    const struct statement *statement = command.statement;
    struct encoded encoded[parameters_max];
    const char *values[parameters_max];
    int sizes[parameters_max], formats[parameters_max];
    char name[statement_name_size];
    assert(count == (size_t)statement->parameter_count);
    for (size_t i = 0; i < count; i++) {
        if (!type_encode(statement->parameter_types[i], &args[i], &encoded[i])) {
            log_warning("database: parameter %zu does not fit: %s", i + 1, statement->sql->text);
            return STATUS_FAULT;
        }
        values[i] = encoded[i].data;
        sizes[i] = encoded[i].size;
        formats[i] = 1; /* binary */
    }
    command_make_room(db);
    if (db->is_lost)
        return STATUS_STORAGE;
    if (PQsendQueryPrepared(db->conn, statement_name(statement, name), (int)count, values, sizes, formats,
                            1) != 1)
        return wire_broken(db);
    db->base.statements++;
    command_push(db, command);
    return STATUS_OK;
}

enum status wire_prepare(struct postgres_db *db, struct statement *statement) {
    char name[statement_name_size];
    command_make_room(db);
    if (db->is_lost)
        return STATUS_STORAGE;
    if (PQsendPrepare(db->conn, statement_name(statement, name), postgres_text(statement->sql), 0, NULL) !=
            1 ||
        PQsendDescribePrepared(db->conn, name) != 1)
        return wire_broken(db);
    statement->rows.status = STATUS_OK;
    command_push(db, (struct wire_command){.kind = WIRE_PREPARE, .statement = statement});
    command_push(db, (struct wire_command){.kind = WIRE_DESCRIBE, .statement = statement});
    statement->is_answered = false;
    wire_wait(db, &statement->is_answered);
    return statement->is_prepared ? STATUS_OK : statement->rows.status;
}

/* ---- Receiving. */

/* Waits until libpq has an answer whole. It sends meanwhile: a server whose answers are not read stops
 * reading, so waiting for the one before doing the other could block both sides. */
static void wire_wait_readable(struct postgres_db *db) {
    int64_t until_us = monotonic_us() + (int64_t)db->reply_ms * 1000;
    while (!db->is_lost && PQisBusy(db->conn)) {
        int unsent = PQflush(db->conn);
        struct pollfd fd = {.fd = PQsocket(db->conn), .events = (short)(POLLIN | (unsent ? POLLOUT : 0))};
        int64_t left_ms = db->reply_ms ? (until_us - monotonic_us()) / 1000 : -1;
        int ready = unsent < 0 ? -1 : db->reply_ms && left_ms <= 0 ? 0 : poll(&fd, 1, (int)left_ms);
        if (ready == 0)
            wire_lose(db, "no answer in time");
        else if (unsent < 0 || (ready < 0 && errno != EINTR) || (ready > 0 && PQconsumeInput(db->conn) != 1))
            wire_broken(db);
    }
}

static PGresult *wire_read(struct postgres_db *db) {
    wire_wait_readable(db);
    return db->is_lost ? NULL : PQgetResult(db->conn);
}

/* The outcome of a command. The first failure becomes the transaction's. After it even a success is reported
 * as that failure, because only its tag tells a COMMIT that rolled back. */
static enum status wire_outcome(struct postgres_db *db, const PGresult *result) {
    enum status s;
    switch (PQresultStatus(result)) {
    case PGRES_COMMAND_OK:
    case PGRES_TUPLES_OK:
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

static void statement_keep_types(struct statement *statement, const PGresult *result) {
    statement->parameter_count = PQnparams(result);
    assert(statement->parameter_count <= parameters_max);
    for (int i = 0; i < statement->parameter_count; i++)
        statement->parameter_types[i] = PQparamtype(result, i);
    statement->is_prepared = true;
}

/* Whether a command's tag counts rows, "UPDATE 1" for example. */
static bool wire_has_changed(PGresult *result) {
    const char *count = PQcmdTuples(result);
    return count[0] != '\0' && strcmp(count, "0") != 0;
}

/* Hands an answer to its rows or prefetch, which then own the result, or drops it. */
static void answer_deliver(struct postgres_db *db, const struct wire_command *command, PGresult *result,
                           enum status s) {
    struct statement *statement = command->statement;
    struct prefetch *prefetch = &db->prefetches[command->prefetch];
    switch (command->kind) {
    case WIRE_QUERY:
        statement->rows.status = s;
        statement->is_answered = true;
        statement->result = result;
        return;
    case WIRE_PREFETCH:
        prefetch->is_answered = true;
        prefetch->status = s;
        prefetch->result = result;
        return;
    case WIRE_DESCRIBE: /* in a transaction that has failed too: its ROLLBACK may have to be prepared */
        if (PQresultStatus(result) == PGRES_COMMAND_OK)
            statement_keep_types(statement, result);
        statement->is_answered = true;
        break;
    case WIRE_PREPARE:
        statement->rows.status = s;
        break;
    case WIRE_DEFERRED:
        if (s == STATUS_OK && command->otherwise != STATUS_OK && !wire_has_changed(result))
            db->failed = command->otherwise;
        break;
    case WIRE_SYNC:
        break;
    }
    PQclear(result);
}

/* Reads the answer to the oldest command. libpq ends each command's results with a NULL, a sync's
 * excepted. */
static void wire_receive(struct postgres_db *db) {
    struct wire_command command = db->commands[db->command_first];
    PGresult *result = wire_read(db);
    enum status s = STATUS_STORAGE;
    if (!db->is_lost && !result)
        wire_broken(db);
    if (command.kind == WIRE_SYNC) {
        if (!db->is_lost && PQtransactionStatus(db->conn) == PQTRANS_IDLE)
            db->failed = STATUS_OK;
        PQclear(result);
    } else {
        if (!db->is_lost)
            s = wire_outcome(db, result);
        answer_deliver(db, &command, result, s);
        if (!db->is_lost)
            PQclear(wire_read(db));
    }
    command_pop(db);
}

/* A sync behind the wanted answer arrived with it: it is read too, so that `failed` and the transaction's
 * state are up to date for the caller. */
void wire_wait(struct postgres_db *db, const bool *is_answered) {
    if (*is_answered)
        return;
    wire_sync(db);
    while (db->command_count > 0 && (!*is_answered || db->commands[db->command_first].kind == WIRE_SYNC))
        wire_receive(db);
}

void wire_wait_all(struct postgres_db *db) {
    wire_sync(db);
    while (db->command_count > 0)
        wire_receive(db);
}

/* ---- Rows one by one: libpq gives a result for each row, and an empty one at the end. */

void wire_stream(struct postgres_db *db, struct statement *statement) {
    wire_sync(db);
    statement->is_streaming = !db->is_lost && PQsetSingleRowMode(db->conn) == 1;
}

/* Ends a stream whose last result was read, or which has failed, and reads the sync behind it. */
static void wire_stream_end(struct postgres_db *db, struct statement *statement, enum status s) {
    statement->is_streaming = false;
    statement->is_answered = true;
    statement->rows.status = s;
    if (!db->is_lost)
        PQclear(wire_read(db));
    command_pop(db);
    wire_wait_all(db);
}

bool wire_stream_step(struct postgres_db *db, struct statement *statement) {
    PQclear(statement->result);
    statement->row = 0;
    statement->result = wire_read(db);
    if (PQresultStatus(statement->result) == PGRES_SINGLE_TUPLE)
        return true;
    enum status s = db->is_lost ? STATUS_STORAGE : wire_outcome(db, statement->result);
    wire_stream_end(db, statement, s);
    return false;
}
