/* One thread with a connection of its own. A turn of its loop takes at most topic_notify_ms:
 *
 *     hear      other nodes' notifications: raise min_lsn if the topic is urgent, then count the commit
 *     sample    the end of the primary's log, if there is a standby
 *     guess     every topic_unheard_ms: the topics that are not urgent have changed
 *     check     after quiet_check_ms of silence: does the server still answer?
 *     send      the topics that this node has collected
 *
 * The order of hear and count matters: from the count on, a standby may answer, and it must have replayed
 * the change. */
#include "db/exec/listener.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/random.h"
#include "db/postgres/postgres.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    retry_ms = 250,        /* between attempts to connect */
    quiet_check_ms = 2000, /* after such a silence, ask the server whether the connection still works … */
    answer_ms_max = 3000,  /* … and give it up without an answer: a server that is cut off sends nothing */
    node_size = 16,
};

struct listener {
    const struct db_schema *schema;
    const char *url;
    struct change_clock *clock;
    char node[node_size + 1];
    PGconn *conn; /* the thread's own */
    int64_t checked_us, guessed_us, sampled_us;
    _Atomic unsigned collected; /* topics that this node changed and has not notified yet */
    _Atomic bool stopping;
    pthread_t thread;
};

/* Returns the end of the primary's log; -1 if the connection is lost. */
static int64_t listener_read_lsn(struct listener *l) {
    PGresult *result =
        postgres_exec_timed(l->conn, "SELECT pg_current_wal_insert_lsn() - '0/0'", answer_ms_max);
    int64_t at = PQresultStatus(result) == PGRES_TUPLES_OK ? strtoll(PQgetvalue(result, 0, 0), NULL, 10) : -1;
    PQclear(result);
    return at;
}

/* Raises min_lsn to the end of the log: what another node has committed and notified lies before it. False
 * if the connection is lost. */
static bool listener_raise_min_lsn(struct listener *l) {
    int64_t at = l->clock->log.every_ms ? listener_read_lsn(l) : 0;
    if (at > 0)
        change_clock_raise_min_lsn(l->clock, at);
    return at >= 0;
}

/* Samples the log's end if it is time to. False if the connection is lost. */
static bool listener_sample_lsn(struct listener *l) {
    int64_t now = monotonic_us(); /* before asking, so that a sample is never younger than its time */
    if (!l->clock->log.every_ms || now - l->sampled_us < (int64_t)l->clock->log.every_ms * 1000)
        return true;
    uint64_t unplaced = atomic_load(&l->clock->log.unplaced); /* before asking: these lie before the answer */
    int64_t at = listener_read_lsn(l);
    if (at < 0)
        return false;
    if (unplaced != atomic_load(&l->clock->log.placed)) {
        change_clock_raise_min_lsn(l->clock, at);
        atomic_store(&l->clock->log.placed, unplaced);
    }
    change_clock_sample_lsn(l->clock, now, at);
    l->sampled_us = now;
    return true;
}

/* Publishes the topic of a notification. False if the connection is lost. */
static bool listener_hear(struct listener *l, const char *payload) {
    if (strncmp(payload, l->node, node_size) == 0)
        return true;
    const char *name = payload + strnlen(payload, node_size + 1);
    unsigned topics = topics_all; /* of a newer program's */
    bool is_urgent = true;
    for (size_t i = 0; i < l->schema->topic_count; i++)
        if (strcmp(name, l->schema->topics[i].name) == 0) {
            is_urgent = l->schema->topics[i].is_urgent;
            /* A command notifies of the urgent topic alone, and may have changed the others as well. */
            topics = 1u << i | (is_urgent ? schema_topics(l->schema, false) : 0);
        }
    if (is_urgent && !listener_raise_min_lsn(l))
        return false;
    change_clock_publish(l->clock, topics);
    return true;
}

static bool listener_exec(struct listener *l, const char *statement) {
    PGresult *result = postgres_exec_timed(l->conn, statement, answer_ms_max);
    bool done = PQresultStatus(result) == PGRES_COMMAND_OK || PQresultStatus(result) == PGRES_TUPLES_OK;
    PQclear(result);
    return done;
}

/* Connects. This node has heard of no commit before its LISTEN, so every topic may have changed. */
static bool listener_connect(struct listener *l) {
    static const char *const keywords[] = {"application_name",     "connect_timeout", "tcp_user_timeout",
                                           "target_session_attrs", "dbname",          NULL};
    const char *const values[] = {"till listener", "3", "4000", "primary", l->url, NULL};
    l->conn = PQconnectdbParams(keywords, values, 1);
    if (PQstatus(l->conn) != CONNECTION_OK || !listener_exec(l, "LISTEN till") ||
        !listener_raise_min_lsn(l)) {
        PQfinish(l->conn);
        l->conn = NULL;
        return false;
    }
    change_clock_publish(l->clock, topics_all);
    atomic_store(&l->clock->listener_down, false);
    return true;
}

static void listener_disconnect(struct listener *l) {
    atomic_store(&l->clock->listener_down, true);
    PQfinish(l->conn);
    l->conn = NULL;
}

/* Notifies the collected topics. False if the connection is lost; they are collected again then. */
static bool listener_send(struct listener *l) {
    unsigned topics = atomic_exchange(&l->collected, 0);
    for (size_t i = 0; i < l->schema->topic_count; i++) {
        char statement[64]; /* the node's name and the topic's are letters of this program's own */
        if (!(topics & 1u << i))
            continue;
        snprintf(statement, sizeof statement, "NOTIFY till, '%s %s'", l->node, l->schema->topics[i].name);
        if (!listener_exec(l, statement)) {
            atomic_fetch_or(&l->collected, topics);
            return false;
        }
    }
    return true;
}

/* Waits for notifications for a moment, publishes them, and sends what is collected. False if the
 * connection is lost. */
static bool listener_turn(struct listener *l) {
    struct pollfd fd = {.fd = PQsocket(l->conn), .events = POLLIN};
    int every_ms = l->clock->log.every_ms;
    bool heard = poll(&fd, 1, every_ms > 0 && every_ms < topic_notify_ms ? every_ms : topic_notify_ms) > 0;
    bool whole = true;
    int64_t now = monotonic_us();
    if (heard && PQconsumeInput(l->conn) != 1)
        return false;
    if (heard)
        l->checked_us = now;
    for (PGnotify *notification; (notification = PQnotifies(l->conn)); PQfreemem(notification))
        whole = listener_hear(l, notification->extra) && whole;
    if (!whole || !listener_sample_lsn(l))
        return false;
    if (now - l->guessed_us > (int64_t)topic_unheard_ms * 1000) {
        l->guessed_us = now;
        change_clock_publish(l->clock, schema_topics(l->schema, false));
    }
    if (now - l->checked_us > (int64_t)quiet_check_ms * 1000) {
        l->checked_us = now;
        if (!listener_exec(l, "SELECT 1"))
            return false;
    }
    return listener_send(l);
}

static void *listener_main(void *context) {
    struct listener *l = context;
    while (!atomic_load(&l->stopping)) {
        if (!l->conn && !listener_connect(l))
            usleep(retry_ms * 1000);
        else if (!listener_turn(l)) {
            struct str error = postgres_last_error(l->conn);
            log_warning("database: other nodes cannot be heard of: %.*s", (int)error.size, error.data);
            listener_disconnect(l);
        }
    }
    if (l->conn)
        listener_send(l);
    PQfinish(l->conn);
    return NULL;
}

struct listener *listener_start(const struct db_schema *schema, const char *url, struct change_clock *clock) {
    struct listener *l = calloc(1, sizeof *l);
    if (!l)
        return NULL;
    *l = (struct listener){.url = url, .schema = schema, .clock = clock};
    random_token(&random_system, l->node, node_size);
    atomic_store(&clock->listener_down, true);
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

enum status listener_notify(struct listener *l, struct db *db, unsigned topics) {
    static const struct sql sql = {NULL, "SELECT pg_notify('till', $1 || ' ' || $2)"};
    enum status s = STATUS_OK;
    for (size_t i = 0; i < l->schema->topic_count && s == STATUS_OK; i++)
        if (l->schema->topics[i].is_urgent && topics & 1u << i)
            s = db_exec_deferred(db, &sql,
                                 ARGS(db_text((struct str){l->node, node_size}),
                                      db_text(str_from(l->schema->topics[i].name))));
    return s;
}

void listener_note(struct listener *l, unsigned topics) {
    atomic_fetch_or(&l->collected, topics & schema_topics(l->schema, false));
}
