#include "db/team.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/random.h"
#include "db/listener.h"
#include "db/standby.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    wait_ms = 1000,      /* nothing hangs on it: a worker just looks again */
    retry_ms_min = 50,   /* between attempts to reach a database that is down; doubled … */
    retry_ms_max = 1000, /* … up to this */
    settle_pause_ms = 20,
    incarnation_size = 96,
};

struct worker {
    struct team *team;
    struct job_queue *queue;
    struct db *db;                      /* NULL: to be opened */
    char incarnation[incarnation_size]; /* of the server that db is on */
    pthread_t thread;
};

struct team {
    const char *url;
    struct commits *commits;
    struct metrics_shard *shard;
    struct listener *listener;
    struct standby *standby; /* NULL: there is none */
    struct job_queue queues[JOB_KINDS];
    pthread_mutex_t lock; /* of the rest */
    bool down;            /* the last attempt to connect failed */
    int64_t retry_us;     /* when the next one is due */
    int retry_ms;
    size_t worker_count;
    struct worker workers[];
};

/* ---- Connections. */

/* Whether this thread may try to connect: while the database is down, one at a time does. */
static bool may_connect(struct team *t) {
    pthread_mutex_lock(&t->lock);
    int64_t now = monotonic_us();
    bool may = !t->down || now >= t->retry_us;
    if (may && t->down)
        t->retry_us = now + (int64_t)t->retry_ms * 1000;
    pthread_mutex_unlock(&t->lock);
    return may;
}

static void tried(struct team *t, bool connected, const char *why) {
    pthread_mutex_lock(&t->lock);
    if (connected && t->down)
        log_info("database: reached again");
    else if (!connected && !t->down)
        log_warning("%s", why);
    t->retry_ms = connected || !t->down ? retry_ms_min : t->retry_ms * 2;
    if (t->retry_ms > retry_ms_max)
        t->retry_ms = retry_ms_max;
    t->retry_us = monotonic_us() + (int64_t)t->retry_ms * 1000;
    t->down = !connected;
    pthread_mutex_unlock(&t->lock);
}

/* Which run of which server a connection is on: numbers of transactions are given out again after a crash. */
static enum status learn_incarnation(struct worker *w) {
    static const struct sql sql = {
        NULL,
        "SELECT pg_postmaster_start_time() || ' ' || coalesce(stats_reset::text, '') || ' ' ||"
        " (SELECT system_identifier FROM pg_control_system()) FROM pg_stat_bgwriter"};
    struct db_rows *rows = db_query(w->db, &sql, NO_ARGS);
    while (db_step(rows)) {
        struct str text = db_column_bytes(rows, 0);
        snprintf(w->incarnation, sizeof w->incarnation, "%.*s", (int)text.size, text.at);
    }
    return db_finish(rows);
}

static enum status open_connection(struct worker *w, enum db_mode mode, char *why) {
    enum status s = db_open(w->team->url, mode, &w->db, why);
    if (s != STATUS_OK) {
        w->db = NULL;
        return s;
    }
    s = db_limit(w->db, transaction_ms_max);
    if (s == STATUS_OK)
        s = learn_incarnation(w);
    if (s != STATUS_OK) {
        snprintf(why, db_why_size, "the database cannot be used: %s", status_text(s));
        db_close(w->db);
        w->db = NULL;
    }
    return s;
}

/* Sees to it that there is a connection. */
static enum status connect(struct worker *w) {
    char why[db_why_size];
    if (w->db && !db_is_lost(w->db))
        return STATUS_OK;
    db_close(w->db);
    w->db = NULL;
    if (!may_connect(w->team))
        return STATUS_STORAGE;
    enum status s = open_connection(w, DB_WRITE, why);
    tried(w->team, s == STATUS_OK, why);
    return s == STATUS_OK ? s : STATUS_STORAGE;
}

/* ---- What came of a COMMIT that was not answered. */

struct transaction {
    int64_t number;
    char incarnation[incarnation_size];
};

/* Asked ahead, so that the number travels with the job's first statement. */
static const struct sql number_sql = {NULL, "SELECT pg_current_xact_id()::text::bigint"};

static enum status read_number(struct worker *w, struct transaction *out) {
    struct db_rows *rows = db_query(w->db, &number_sql, NO_ARGS);
    while (db_step(rows))
        out->number = db_column_int(rows, 0);
    memcpy(out->incarnation, w->incarnation, sizeof out->incarnation);
    return db_finish(rows);
}

/* STATUS_OK: committed; STATUS_RETRY: undone; STATUS_UNKNOWN: something of that number was committed, but
 * after the server began anew; STATUS_STORAGE: not to be told yet. */
static enum status look_up(struct worker *w, const struct transaction *transaction) {
    static const struct sql sql = {
        NULL,
        "SELECT CASE WHEN n < pg_snapshot_xmax(pg_current_snapshot()) THEN pg_xact_status(n) END"
        " FROM (SELECT ($1::bigint)::text::xid8 AS n) AS numbered"};
    enum status found = STATUS_STORAGE;
    struct db_rows *rows = db_query(w->db, &sql, ARGS(db_int(transaction->number)));
    while (db_step(rows)) {
        struct str text = db_column_bytes(rows, 0);
        if (!text.at || str_equal(text, STR("aborted")))
            found = STATUS_RETRY;
        else if (str_equal(text, STR("committed")))
            found = strcmp(transaction->incarnation, w->incarnation) == 0 ? STATUS_OK : STATUS_UNKNOWN;
    }
    enum status s = db_finish(rows);
    return s == STATUS_OK ? found : STATUS_STORAGE;
}

static enum status settle(struct worker *w, const struct job *job, const struct transaction *transaction) {
    int64_t until = monotonic_us() + (int64_t)settle_ms_max * 1000;
    enum status s = STATUS_STORAGE;
    while (s == STATUS_STORAGE && monotonic_us() < until) {
        if (connect(w) == STATUS_OK)
            s = look_up(w, transaction);
        if (s == STATUS_STORAGE)
            usleep(settle_pause_ms * 1000);
    }
    if (s == STATUS_STORAGE || s == STATUS_UNKNOWN)
        s = job->repeatable && s == STATUS_UNKNOWN ? STATUS_RETRY : STATUS_UNKNOWN;
    if (s == STATUS_UNKNOWN)
        log_warning("database: it is not known whether transaction %lld was committed",
                    (long long)transaction->number);
    return s;
}

/* ---- Jobs. */

/* How far a standby must be to have what was just committed. */
static void fence(struct worker *w) {
    static const struct sql sql = {NULL, "SELECT (pg_current_wal_insert_lsn() - '0/0')::bigint"};
    struct commits_log *log = &w->team->commits->log;
    int64_t at = 0;
    struct db_rows *rows = db_query(w->db, &sql, NO_ARGS);
    while (db_step(rows))
        at = db_column_int(rows, 0);
    if (db_finish(rows) == STATUS_OK)
        commits_fence(w->team->commits, at);
    else
        atomic_fetch_add(&log->unplaced, 1); /* the listener makes up for it */
}

static void publish(struct worker *w, const struct job *job) {
    struct team *t = w->team;
    if (t->standby && job->changes & CHANGES_CATALOGUE)
        fence(w);
    commits_publish(t->commits, job->changes);
    if (job->changes & CHANGES_STOCK)
        listener_sold(t->listener);
}

static enum status commit(struct worker *w, struct job *job) {
    struct transaction transaction = {0};
    enum status s = read_number(w, &transaction);
    if (s == STATUS_OK && job->changes & CHANGES_CATALOGUE)
        s = listener_tell(w->team->listener, w->db);
    if (s == STATUS_OK) {
        s = db_commit(w->db);
        if (s != STATUS_OK && db_is_lost(w->db))
            s = settle(w, job, &transaction);
        else if (s == STATUS_CONFLICT)
            s = STATUS_RETRY; /* another was first to a key: see what it left */
    } else if (db_is_lost(w->db)) {
        s = STATUS_RETRY;
    }
    if (s == STATUS_OK)
        publish(w, job);
    else if (w->db)
        db_rollback(w->db);
    return s;
}

/* Runs a job once. STATUS_RETRY: nothing of it happened, and it may be run again. */
static enum status run_once(struct worker *w, struct job *job) {
    job->changes = CHANGES_NOTHING;
    job->commits = commits_now(w->team->commits);
    enum status s = db_begin(w->db, job->kind == JOB_WRITE);
    if (s == STATUS_OK) {
        if (job->kind == JOB_WRITE)
            db_ahead(w->db, &number_sql, NO_ARGS);
        s = job->run(job, w->db);
    }
    if (s == STATUS_OK && job->kind == JOB_WRITE)
        return commit(w, job);
    /* A row that came in between: there it is now. */
    bool again = s == STATUS_RETRY || s == STATUS_CONFLICT || (s != STATUS_OK && db_is_lost(w->db));
    db_rollback(w->db);
    return again ? STATUS_RETRY : s;
}

/* A short wait, different for each who collided. */
static void pause_after(int attempt) {
    uint64_t bits = 0;
    random_system.fill(random_system.context, &bits, sizeof bits);
    usleep((useconds_t)(bits % (2000u << (attempt < 6 ? attempt : 6))));
}

static enum status run_job(struct worker *w, struct job *job) {
    enum status s = STATUS_RETRY;
    for (int attempt = 0; attempt < job_attempts_max && s == STATUS_RETRY; attempt++) {
        if (attempt > 0)
            pause_after(attempt);
        s = connect(w);
        if (s == STATUS_OK)
            s = run_once(w, job);
    }
    return s;
}

static void count(struct team *t, const struct job *job, enum status s) {
    if (!t->shard || job->kind != JOB_WRITE)
        return;
    pthread_mutex_lock(&t->lock);
    if (s == STATUS_OK)
        metric_batch(t->shard, 1);
    else if (s == STATUS_STORAGE || s == STATUS_RETRY || s == STATUS_UNKNOWN)
        metric_add(t->shard, METRIC_COMMITS_FAILED, 1);
    pthread_mutex_unlock(&t->lock);
}

static void *worker_main(void *context) {
    struct worker *w = context;
    size_t taken;
    if (!w->db && connect(w) != STATUS_OK)
        log_warning("database: a connection is missing; it is tried again when it is needed");
    while (!job_queue_ended(w->queue)) {
        struct job *job = job_queue_take(w->queue, 1, wait_ms, &taken);
        if (!job)
            continue;
        enum status s = run_job(w, job);
        count(w->team, job, s);
        job_queue_ran(w->queue, taken);
        job->done(job, s);
    }
    return NULL;
}

enum status team_put(struct team *t, struct job *job, enum job_kind kind) {
    job->kind = kind;
    if (t->standby && kind != JOB_WRITE && job->may_lag && standby_take(t->standby, job))
        return STATUS_OK;
    return job_queue_put(&t->queues[kind], job);
}

enum status team_put_over(struct team *t, struct job *job) {
    job->kind = JOB_WRITE;
    return job_queue_put_over(&t->queues[JOB_WRITE], job);
}

/* ---- Opening and closing. */

static void take_back(void *context, struct job *job) {
    struct team *t = context;
    if (job_queue_put_over(&t->queues[job->kind], job) != STATUS_OK)
        job->done(job, STATUS_STOPPING);
}

static enum status start_standby(struct team *t, const struct team_options *o, char *why) {
    if (!o->standby_url)
        return STATUS_OK;
    t->standby = standby_start(&(struct standby_options){
        .url = o->standby_url,
        .connections = o->connections,
        .jobs_max = o->searches_max,
        .lag_ms = o->standby_lag_ms,
        .commits = o->commits,
        .shard = o->shard,
        .shard_lock = &t->lock,
        .give_back = take_back,
        .context = t,
    });
    snprintf(why, db_why_size, "no more threads can be started");
    return t->standby ? STATUS_OK : STATUS_NO_MEMORY;
}

static void free_team(struct team *t, size_t started) {
    standby_stop(t->standby); /* first, since it gives back what it does not do */
    for (int kind = 0; kind < JOB_KINDS; kind++)
        job_queue_stop(&t->queues[kind]);
    for (size_t i = 0; i < started; i++)
        pthread_join(t->workers[i].thread, NULL);
    listener_stop(t->listener);
    for (size_t i = 0; i < t->worker_count; i++)
        db_close(t->workers[i].db);
    for (int kind = 0; kind < JOB_KINDS; kind++)
        job_queue_free(&t->queues[kind]);
    pthread_mutex_destroy(&t->lock);
    free(t);
}

static enum status start(struct team *t, size_t *started, char *why) {
    enum status s = open_connection(&t->workers[0], DB_CREATE, why);
    if (s != STATUS_OK)
        return s;
    t->listener = listener_start(t->url, t->commits);
    while (t->listener && *started < t->worker_count &&
           pthread_create(&t->workers[*started].thread, NULL, worker_main, &t->workers[*started]) == 0)
        ++*started;
    if (*started == t->worker_count)
        return STATUS_OK;
    snprintf(why, db_why_size, "no more threads can be started");
    return STATUS_NO_MEMORY;
}

enum status team_open(const struct team_options *o, struct team **out, char why[static db_why_size]) {
    assert(o->connections >= team_connections_min && o->connections <= team_connections_max);
    struct team *t = calloc(1, sizeof *t + o->connections * sizeof t->workers[0]);
    if (!t)
        return STATUS_NO_MEMORY;
    *t = (struct team){
        .url = o->url, .commits = o->commits, .shard = o->shard, .worker_count = o->connections};
    pthread_mutex_init(&t->lock, NULL);
    if (o->standby_url)
        commits_keep_log(t->commits, o->standby_lag_ms);
    job_queue_init(&t->queues[JOB_WRITE], o->jobs_max, o->shard, METRIC_QUEUE_DEPTH);
    job_queue_init(&t->queues[JOB_READ], o->jobs_max, NULL, METRIC_QUEUE_DEPTH);
    job_queue_init(&t->queues[JOB_SEARCH], o->searches_max, o->shard, METRIC_SEARCH_DEPTH);
    for (size_t i = 0; i < t->worker_count; i++)
        t->workers[i] = (struct worker){.team = t,
                                        .queue = &t->queues[i % 4 == 1   ? JOB_READ
                                                            : i % 4 == 2 ? JOB_SEARCH
                                                                         : JOB_WRITE]};
    size_t started = 0;
    enum status s = start(t, &started, why);
    if (s == STATUS_OK)
        s = start_standby(t, o, why);
    if (s == STATUS_OK)
        *out = t;
    else
        free_team(t, started);
    return s;
}

void team_close(struct team *t) {
    free_team(t, t->worker_count);
}
