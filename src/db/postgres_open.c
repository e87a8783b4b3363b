/* Connections to PostgreSQL: what they are made with, and what is looked at before one is used. */
#include "db/postgres.h"

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

enum status postgres_run(PGconn *conn, const char *statements, char why[static db_why_size]) {
    PGresult *result = PQexec(conn, statements);
    ExecStatusType code = PQresultStatus(result);
    PQclear(result);
    if (code == PGRES_COMMAND_OK || code == PGRES_TUPLES_OK)
        return STATUS_OK;
    const char *words = PQerrorMessage(conn);
    snprintf(why, db_why_size, "PostgreSQL: %.*s", (int)strcspn(words, "\n"), words);
    return STATUS_STORAGE;
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
    enum status s = postgres_run(conn, settings, why);
    if (s == STATUS_OK && (mode == DB_READ || mode == DB_COPY))
        s = postgres_run(conn, "SET default_transaction_read_only = on", why);
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
