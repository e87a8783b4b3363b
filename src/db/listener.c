#include "db/listener.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/random.h"
#include "db/postgres.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum {
    retry_ms = 250,        /* between attempts to connect */
    quiet_check_ms = 2000, /* without a word, the connection is asked whether it still is one … */
    answer_ms_max = 3000,  /* … and is given up where this long nothing is said to it */
    node_size = 16,
};

/* A payload: `<node> catalogue` or `<node> stock`. */
struct listener {
    const char *url;
    struct commits *commits;
    char node[node_size + 1];
    PGconn *conn; /* the thread's own */
    int64_t checked_us, stock_guessed_us, told_us, marked_us;
    _Atomic bool sold, stopping;
    pthread_t thread;
};

/* Where the primary's log ends; -1 where the connection is lost. */
static int64_t read_log_end(struct listener *l) {
    PGresult *result = postgres_ask(l->conn, "SELECT pg_current_wal_insert_lsn() - '0/0'", answer_ms_max);
    int64_t at = PQresultStatus(result) == PGRES_TUPLES_OK ? strtoll(PQgetvalue(result, 0, 0), NULL, 10) : -1;
    PQclear(result);
    return at;
}

/* Whatever another has committed and told of is in the log by now. False where the connection is lost. */
static bool fence(struct listener *l) {
    int64_t at = l->commits->log.every_ms ? read_log_end(l) : 0;
    if (at > 0)
        commits_fence(l->commits, at);
    return at >= 0;
}

static bool mark(struct listener *l) {
    int64_t now = monotonic_us(); /* before asking: the log is not shorter when it answers */
    if (!l->commits->log.every_ms || now - l->marked_us < (int64_t)l->commits->log.every_ms * 1000)
        return true;
    uint64_t unplaced = atomic_load(&l->commits->log.unplaced);
    int64_t at = read_log_end(l);
    if (at < 0)
        return false;
    if (unplaced != atomic_load(&l->commits->log.placed)) {
        commits_fence(l->commits, at);
        atomic_store(&l->commits->log.placed, unplaced);
    }
    commits_mark(l->commits, now, at);
    l->marked_us = now;
    return true;
}

/* False where the connection is lost. */
static bool hear(struct listener *l, const char *payload) {
    if (strncmp(payload, l->node, node_size) == 0)
        return true;
    bool stock = strcmp(payload + strnlen(payload, node_size), " stock") == 0;
    if (!stock && !fence(l))
        return false;
    commits_publish(l->commits, stock ? CHANGES_STOCK : CHANGES_CATALOGUE | CHANGES_STOCK);
    return true;
}

static bool run(struct listener *l, const char *statement) {
    PGresult *result = postgres_ask(l->conn, statement, answer_ms_max);
    bool done = PQresultStatus(result) == PGRES_COMMAND_OK || PQresultStatus(result) == PGRES_TUPLES_OK;
    PQclear(result);
    return done;
}

/* Whatever was committed before LISTEN was heard of by nobody here: all of it may have changed. */
static bool open_connection(struct listener *l) {
    static const char *const keywords[] = {"application_name",     "connect_timeout", "tcp_user_timeout",
                                           "target_session_attrs", "dbname",          NULL};
    const char *const values[] = {"till listener", "3", "4000", "primary", l->url, NULL};
    l->conn = PQconnectdbParams(keywords, values, 1);
    if (PQstatus(l->conn) != CONNECTION_OK || !run(l, "LISTEN till") || !fence(l)) {
        PQfinish(l->conn);
        l->conn = NULL;
        return false;
    }
    commits_publish(l->commits, CHANGES_CATALOGUE | CHANGES_STOCK);
    atomic_store(&l->commits->deaf, false);
    return true;
}

static void close_connection(struct listener *l) {
    atomic_store(&l->commits->deaf, true);
    PQfinish(l->conn);
    l->conn = NULL;
}

static bool tell_sold(struct listener *l) {
    char statement[64];
    if (!atomic_exchange(&l->sold, false))
        return true;
    /* The node's name is 16 of this program's own letters. */
    snprintf(statement, sizeof statement, "NOTIFY till, '%s stock'", l->node);
    return run(l, statement);
}

/* One look at what came and what there is to tell; false where the connection is lost. */
static bool listen_once(struct listener *l) {
    struct pollfd fd = {.fd = PQsocket(l->conn), .events = POLLIN};
    int every_ms = l->commits->log.every_ms;
    bool heard = poll(&fd, 1, every_ms > 0 && every_ms < stock_told_ms ? every_ms : stock_told_ms) > 0;
    bool whole = true;
    int64_t now = monotonic_us();
    if (heard && PQconsumeInput(l->conn) != 1)
        return false;
    if (heard)
        l->checked_us = now;
    for (PGnotify *told; (told = PQnotifies(l->conn)); PQfreemem(told))
        whole = hear(l, told->extra) && whole;
    if (!whole || !mark(l))
        return false;
    if (now - l->stock_guessed_us > (int64_t)stock_unheard_ms * 1000) {
        l->stock_guessed_us = now;
        commits_publish(l->commits, CHANGES_STOCK);
    }
    if (now - l->checked_us > (int64_t)quiet_check_ms * 1000) {
        l->checked_us = now;
        if (!run(l, "SELECT 1"))
            return false;
    }
    return tell_sold(l);
}

static void *listener_main(void *context) {
    struct listener *l = context;
    while (!atomic_load(&l->stopping)) {
        if (!l->conn && !open_connection(l))
            usleep(retry_ms * 1000);
        else if (!listen_once(l)) {
            struct str why = postgres_words(l->conn);
            log_warning("database: other nodes cannot be heard of: %.*s", (int)why.size, why.at);
            close_connection(l);
        }
    }
    if (l->conn)
        tell_sold(l);
    PQfinish(l->conn);
    return NULL;
}

struct listener *listener_start(const char *url, struct commits *commits) {
    struct listener *l = calloc(1, sizeof *l);
    if (!l)
        return NULL;
    *l = (struct listener){.url = url, .commits = commits};
    random_token(&random_system, l->node, node_size);
    atomic_store(&commits->deaf, true);
    if (pthread_create(&l->thread, NULL, listener_main, l) == 0)
        return l;
    free(l);
    return NULL;
}

void listener_stop(struct listener *l) {
    if (!l)
        return;
    atomic_store(&l->stopping, true);
    pthread_join(l->thread, NULL);
    free(l);
}

enum status listener_tell(struct listener *l, struct db *db) {
    static const struct sql sql = {NULL, "SELECT pg_notify('till', $1 || ' catalogue')"};
    return db_exec_later(db, &sql, ARGS(db_text((struct str){l->node, node_size})));
}

void listener_sold(struct listener *l) {
    atomic_store(&l->sold, true);
}
