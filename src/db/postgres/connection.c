/* Opening a connection to PostgreSQL.
 *
 *     connect       URL and defaults; a dead network is noticed within 10 s
 *     settings      time zone, time limits, read-only or not; encoding and version are checked
 *     schema        postgres_migrate(); skipped for DB_COPY, which may read an older one
 *     pipeline      the mode that the connection stays in (wire.c); only COPY leaves it (bulk.c)
 *
 * Until the last step statements run one at a time through postgres_exec_timed(), with a time limit: a server
 * may accept connections and never answer. */
#include "base/clock.h"
#include "db/postgres/libpq.h"
#include "db/postgres/postgres.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* libpq's settings. `dbname` takes the URL; it comes last, so that the URL's own settings win. A dead peer is
 * noticed within 10 s: unacknowledged data by tcp_user_timeout (ms), an idle connection after 4 + 3 × 2 s of
 * keepalives. */
static const char *const keywords[] = {"application_name", "connect_timeout",
                                       "keepalives_idle",  "keepalives_interval",
                                       "keepalives_count", "tcp_user_timeout",
                                       "client_encoding",  "options",
                                       "dbname",           NULL};
static const char *const values[] = {"till", "3", "4", "2", "3", "10000", "UTF8", "", NULL, NULL};

/* Drops the server's notices, such as "relation already exists, skipping". */
static void notice_ignore(void *context, const char *message) {
    (void)context, (void)message;
}

static PGconn *postgres_connect(const char *url, char *error) {
    const char *with[sizeof values / sizeof *values];
    if (!libpq_load(error))
        return NULL;
    memcpy(with, values, sizeof values);
    with[sizeof with / sizeof *with - 2] = url;
    PGconn *conn = PQconnectdbParams(keywords, with, 1);
    if (!conn) {
        snprintf(error, db_error_size, "out of memory");
        return NULL;
    }
    PQsetNoticeProcessor(conn, notice_ignore, NULL);
    if (PQstatus(conn) == CONNECTION_OK)
        return conn;
    struct str reason = postgres_last_error(conn);
    snprintf(error, db_error_size, "the database cannot be reached: %.*s", (int)reason.size, reason.data);
    PQfinish(conn);
    return NULL;
}

/* Waits until libpq has the next result whole; false if the connection is lost or the time is over
 * (`until_us` 0: no bound). */
static bool result_wait(PGconn *conn, int64_t until_us) {
    struct pollfd fd = {.fd = PQsocket(conn), .events = POLLIN};
    while (PQisBusy(conn)) {
        int64_t left_ms = until_us ? (until_us - monotonic_us()) / 1000 : -1;
        int ready = until_us && left_ms <= 0 ? 0 : poll(&fd, 1, (int)left_ms);
        if (ready == 0 || (ready < 0 && errno != EINTR) || (ready > 0 && PQconsumeInput(conn) != 1))
            return false;
    }
    return true;
}

PGresult *postgres_exec_timed(PGconn *conn, const char *statements, int ms) {
    int64_t until_us = ms ? monotonic_us() + (int64_t)ms * 1000 : 0;
    PGresult *last = NULL, *result;
    if (PQsendQuery(conn, statements) != 1)
        return NULL;
    while (result_wait(conn, until_us)) {
        result = PQgetResult(conn);
        if (!result)
            return last;
        PQclear(last);
        last = result;
    }
    PQclear(last);
    return NULL;
}

struct str postgres_last_error(const PGconn *conn) {
    const char *error = PQerrorMessage(conn);
    return error[0] ? (struct str){error, strcspn(error, "\n")} : STR("no answer in time");
}

/* As postgres_exec_timed, for statements without rows; `error` is filled on failure. */
static enum status exec_checked(PGconn *conn, const char *statements, int ms, char *error) {
    PGresult *result = postgres_exec_timed(conn, statements, ms);
    ExecStatusType code = PQresultStatus(result);
    PQclear(result);
    if (code == PGRES_COMMAND_OK || code == PGRES_TUPLES_OK)
        return STATUS_OK;
    struct str reason = postgres_last_error(conn);
    snprintf(error, db_error_size, "PostgreSQL: %.*s", (int)reason.size, reason.data);
    return STATUS_STORAGE;
}

enum status postgres_exec(PGconn *conn, const char *statements, char error[static db_error_size]) {
    return exec_checked(conn, statements, 0, error);
}

/* Checks the server's encoding and version, and makes the session's settings. If a node is cut off, the
 * server itself ends its transaction (60 s) and its connection (keepalives), so that its locks do not
 * stay. Statements take milliseconds, and compiling one takes tens: no JIT. */
static enum status session_configure(PGconn *conn, enum db_mode mode, char *error) {
    static const char settings[] =
        "SET timezone = 'UTC'; SET lock_timeout = 0; SET idle_in_transaction_session_timeout = '60s';"
        "SET tcp_keepalives_idle = 4; SET tcp_keepalives_interval = 2; SET tcp_keepalives_count = 3;"
        "SET client_min_messages = error; SET plan_cache_mode = auto; SET jit = off;";
    const char *encoding = PQparameterStatus(conn, "server_encoding");
    if (!encoding || strcmp(encoding, "UTF8") != 0) {
        snprintf(error, db_error_size, "the database's encoding is %s; make one with ENCODING 'UTF8'",
                 encoding ? encoding : "unknown");
        return STATUS_USAGE;
    }
    if (PQserverVersion(conn) < 140000) {
        snprintf(error, db_error_size, "PostgreSQL %d is too old; Till needs 14 or newer",
                 PQserverVersion(conn) / 10000);
        return STATUS_USAGE;
    }
    enum status s = exec_checked(conn, settings, postgres_open_ms_max, error);
    if (s == STATUS_OK && (mode == DB_READ || mode == DB_COPY))
        s = exec_checked(conn, "SET default_transaction_read_only = on", postgres_open_ms_max, error);
    return s;
}

static bool parameter_is_on(PGconn *conn, const char *parameter) {
    const char *value = PQparameterStatus(conn, parameter);
    return value && strcmp(value, "on") == 0;
}

/* Makes a connection ready for use; on failure the caller closes it. */
static enum status connection_prepare(PGconn *conn, enum db_mode mode, const struct db_schema *schema,
                                      struct db **out, char *error) {
    bool is_read_only = mode == DB_READ || mode == DB_COPY || parameter_is_on(conn, "in_hot_standby") ||
                        parameter_is_on(conn, "default_transaction_read_only");
    enum status s = session_configure(conn, mode, error);
    if (s == STATUS_OK && mode != DB_COPY)
        s = postgres_migrate(conn, schema->postgres, mode == DB_CREATE, !is_read_only, error);
    if (s != STATUS_OK)
        return s;
    struct postgres_db *db = calloc(1, sizeof *db);
    if (!db || PQenterPipelineMode(conn) != 1 || PQsetnonblocking(conn, 1) != 0 ||
        !(db->cancel = PQgetCancel(conn))) {
        free(db);
        snprintf(error, db_error_size, "out of memory");
        return STATUS_NO_MEMORY;
    }
    db->base = (struct db){.engine = &postgres_engine, .schema = schema};
    db->conn = conn;
    db->is_read_only = is_read_only;
    *out = &db->base;
    return STATUS_OK;
}

enum status postgres_open(const char *url, enum db_mode mode, const struct db_schema *schema, struct db **out,
                          char error[static db_error_size]) {
    PGconn *conn = postgres_connect(url, error);
    if (!conn)
        return STATUS_STORAGE;
    enum status s = connection_prepare(conn, mode, schema, out, error);
    if (s != STATUS_OK)
        PQfinish(conn);
    return s;
}
