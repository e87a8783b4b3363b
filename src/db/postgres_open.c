/* Connections to PostgreSQL: what they are made with, and what is looked at before one is used. */
#include "base/clock.h"
#include "db/postgres.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What is asked of libpq where the URL does not say otherwise: the URL comes last and wins. A connection
 * whose packets are not acknowledged, or that is idle and dead, is noticed within 10 s. */
static const char *const keywords[] = {"application_name", "connect_timeout",
                                       "keepalives_idle",  "keepalives_interval",
                                       "keepalives_count", "tcp_user_timeout",
                                       "client_encoding",  "options",
                                       "dbname",           NULL};
static const char *const values[] = {"till", "3", "4", "2", "3", "10000", "UTF8", "", NULL, NULL};

static void keep_quiet(void *context, const char *message) {
    (void)context, (void)message; /* "there is already a table": nothing that anybody has to act on */
}

static PGconn *connect(const char *url, char *why) {
    const char *with[sizeof values / sizeof *values];
    memcpy(with, values, sizeof values);
    with[sizeof with / sizeof *with - 2] = url;
    PGconn *conn = PQconnectdbParams(keywords, with, 1);
    if (!conn) {
        snprintf(why, db_why_size, "out of memory");
        return NULL;
    }
    PQsetNoticeProcessor(conn, keep_quiet, NULL);
    if (PQstatus(conn) == CONNECTION_OK)
        return conn;
    const char *words = PQerrorMessage(conn);
    snprintf(why, db_why_size, "the database cannot be reached: %.*s", (int)strcspn(words, "\n"), words);
    PQfinish(conn);
    return NULL;
}

/* Waits until libpq has the next result whole; false where the connection is lost or silent. */
static bool arrives(PGconn *conn, int64_t until_us) {
    struct pollfd fd = {.fd = PQsocket(conn), .events = POLLIN};
    while (PQisBusy(conn)) {
        int64_t left_ms = until_us ? (until_us - monotonic_us()) / 1000 : -1;
        int ready = until_us && left_ms <= 0 ? 0 : poll(&fd, 1, (int)left_ms);
        if (ready == 0 || (ready < 0 && errno != EINTR) || (ready > 0 && PQconsumeInput(conn) != 1))
            return false;
    }
    return true;
}

PGresult *postgres_ask(PGconn *conn, const char *statements, int ms) {
    int64_t until_us = ms ? monotonic_us() + (int64_t)ms * 1000 : 0;
    PGresult *last = NULL, *result;
    if (PQsendQuery(conn, statements) != 1)
        return NULL;
    while (arrives(conn, until_us)) {
        result = PQgetResult(conn);
        if (!result)
            return last;
        PQclear(last);
        last = result;
    }
    PQclear(last);
    return NULL;
}

struct str postgres_words(const PGconn *conn) {
    const char *words = PQerrorMessage(conn);
    return words[0] ? (struct str){words, strcspn(words, "\n")} : STR("no answer in time");
}

static enum status run_within(PGconn *conn, const char *statements, int ms, char *why) {
    PGresult *result = postgres_ask(conn, statements, ms);
    ExecStatusType code = PQresultStatus(result);
    PQclear(result);
    if (code == PGRES_COMMAND_OK || code == PGRES_TUPLES_OK)
        return STATUS_OK;
    struct str words = postgres_words(conn);
    snprintf(why, db_why_size, "PostgreSQL: %.*s", (int)words.size, words.at);
    return STATUS_STORAGE;
}

enum status postgres_run(PGconn *conn, const char *statements, char why[static db_why_size]) {
    return run_within(conn, statements, 0, why);
}

/* Settings of the session. What a node that was cut off holds is let go by the server by itself. */
static enum status configure(PGconn *conn, enum db_mode mode, char *why) {
    static const char settings[] =
        "SET timezone = 'UTC'; SET lock_timeout = 0; SET idle_in_transaction_session_timeout = '60s';"
        "SET tcp_keepalives_idle = 4; SET tcp_keepalives_interval = 2; SET tcp_keepalives_count = 3;"
        "SET client_min_messages = error; SET plan_cache_mode = auto;";
    const char *encoding = PQparameterStatus(conn, "server_encoding");
    if (!encoding || strcmp(encoding, "UTF8") != 0) {
        snprintf(why, db_why_size, "the database's encoding is %s; make one with ENCODING 'UTF8'",
                 encoding ? encoding : "unknown");
        return STATUS_USAGE;
    }
    if (PQserverVersion(conn) < 140000) {
        snprintf(why, db_why_size, "PostgreSQL %d is too old; Till needs 14 or newer",
                 PQserverVersion(conn) / 10000);
        return STATUS_USAGE;
    }
    enum status s = run_within(conn, settings, postgres_open_ms_max, why);
    if (s == STATUS_OK && (mode == DB_READ || mode == DB_COPY))
        s = run_within(conn, "SET default_transaction_read_only = on", postgres_open_ms_max, why);
    return s;
}

static bool is_on(PGconn *conn, const char *parameter) {
    const char *value = PQparameterStatus(conn, parameter);
    return value && strcmp(value, "on") == 0;
}

static enum status open_connection(PGconn *conn, enum db_mode mode, struct db **out, char *why) {
    bool read_only = mode == DB_READ || mode == DB_COPY || is_on(conn, "in_hot_standby") ||
                     is_on(conn, "default_transaction_read_only");
    enum status s = configure(conn, mode, why);
    if (s == STATUS_OK && mode != DB_COPY)
        s = postgres_migrate(conn, mode == DB_CREATE, !read_only, why);
    if (s != STATUS_OK)
        return s;
    struct postgres_db *db = calloc(1, sizeof *db);
    if (!db || PQenterPipelineMode(conn) != 1 || PQsetnonblocking(conn, 1) != 0 ||
        !(db->cancel = PQgetCancel(conn))) {
        free(db);
        snprintf(why, db_why_size, "out of memory");
        return STATUS_NO_MEMORY;
    }
    db->base.engine = &postgres_engine;
    db->conn = conn;
    db->read_only = read_only;
    *out = &db->base;
    return STATUS_OK;
}

enum status postgres_open(const char *url, enum db_mode mode, struct db **out, char why[static db_why_size]) {
    PGconn *conn = connect(url, why);
    if (!conn)
        return STATUS_STORAGE;
    enum status s = open_connection(conn, mode, out, why);
    if (s != STATUS_OK)
        PQfinish(conn);
    return s;
}
