/* The executor for PostgreSQL: threads with a connection each.
 *
 *     executor_write  ──▶ queue of writes   ──▶ half of the threads     READ COMMITTED
 *     executor_read   ──▶ queue of reads    ──▶ a quarter of them       REPEATABLE READ, read only
 *     executor_search ──▶ queue of searches ──▶ a quarter of them       the same
 *                  └────▶ standby.c, if there is one and the job may lag
 *
 * Every job is a transaction of its own, and writes run side by side. Conditional updates, constraints and
 * row locks keep the shop's rules; nothing relies on the isolation level. All transactions lock in one order, so
 * that few of them deadlock: the index's row (changes of products only), an Idempotency-Key or a cart, cart lines
 * by id, the order, products by seq.
 *
 * A job runs again from its start, at most job_attempts_max times, if
 *
 *     - another transaction got in its way (40001, 40P01, or a unique violation: a concurrent transaction inserted
 *       the row first, and the next attempt will see it), or
 *     - its connection was lost before COMMIT was sent: nothing of it happened.
 *
 * If the connection is lost while COMMIT is under way, it may have happened. Each writing job has asked for its
 * transaction's number, so the thread looks that up on a new connection (commit_look_up):
 *
 *     the server says     in the same incarnation          after a restart
 *     committed           it happened: answer              another transaction may have been given the number:
 *                                                          unknown
 *     aborted             nothing happened: run again      the same: a durable commit's number is never given to
 *                                                          another transaction
 *     still running       look again                       nothing was kept: run again
 *     nothing: it is away look again, for settle_ms_max; then unknown
 *
 * (An incarnation is one run of one server, between two starts. A crash may lose the numbers that were given out
 * last, so the next run gives them out again.)
 *
 * Unknown becomes STATUS_UNKNOWN, which a client gets as 503 "It is not known whether this was done". But if the
 * job is repeatable, because its request has an Idempotency-Key, it runs again and finds its own answer if it was
 * done. */
#include "base/clock.h"
#include "base/log.h"
#include "base/random.h"
#include "db/exec/executor_ops.h"
#include "db/exec/listener.h"
#include "db/exec/standby.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    wait_ms = 1000,      /* how often a thread without a job looks whether it should end */
    retry_ms_min = 50,   /* between attempts to reach a database that is down; doubled … */
    retry_ms_max = 1000, /* … up to this */
    away_ms = 2000, /* how long jobs wait for a database that cannot be reached; after that, 503 at once */
    settle_pause_ms = 20,
    settle_ms_max = 8000, /* until the outcome of a COMMIT is called unknown */
    incarnation_size = 96,
    job_attempts_max = 8,
};

struct pg_worker {
    struct pg_pool *pool;
    struct job_queue *queue;
    struct db *db;                      /* NULL: to be opened */
    char incarnation[incarnation_size]; /* of the server that db is on */
    pthread_t thread;
};

struct pg_pool {
    struct executor base;
    struct executor_options options;
    unsigned urgent_topics;
    struct listener *listener;
    struct standby *standby; /* NULL: there is no standby */
    struct job_queue queues[JOB_KINDS];
    pthread_mutex_t lock; /* of the rest */
    bool down;            /* the last attempt to connect failed … */
    int64_t down_us;      /* … and this was the first one that did */
    int64_t retry_us;     /* when the next one is due */
    int retry_ms;
    size_t worker_count;
    struct pg_worker workers[];
};

/* ---- Connections. */

/* Whether this thread may try to connect: while the database is down, one at a time does. */
static bool pool_may_connect(struct pg_pool *pool) {
    pthread_mutex_lock(&pool->lock);
    int64_t now = monotonic_us();
    bool may = !pool->down || now >= pool->retry_us;
    if (may && pool->down)
        pool->retry_us = now + (int64_t)pool->retry_ms * 1000;
    pthread_mutex_unlock(&pool->lock);
    return may;
}

/* Notes how an attempt ended, and logs when the database goes down and comes back. */
static void pool_note_attempt(struct pg_pool *pool, bool connected, const char *error) {
    pthread_mutex_lock(&pool->lock);
    if (connected && pool->down)
        log_info("database: reached again");
    else if (!connected && !pool->down)
        log_warning("%s", error);
    pool->retry_ms = connected || !pool->down ? retry_ms_min : pool->retry_ms * 2;
    if (pool->retry_ms > retry_ms_max)
        pool->retry_ms = retry_ms_max;
    int64_t now = monotonic_us();
    pool->retry_us = now + (int64_t)pool->retry_ms * 1000;
    if (!pool->down && !connected)
        pool->down_us = now;
    pool->down = !connected;
    pthread_mutex_unlock(&pool->lock);
}

/* Reads which run of which server the connection is on: after a crash, numbers of transactions are given out
 * again. */
static enum status worker_read_incarnation(struct pg_worker *w) {
    static const struct sql sql = {
        NULL,
        "SELECT pg_postmaster_start_time() || ' ' || coalesce(stats_reset::text, '') || ' ' ||"
        " (SELECT system_identifier FROM pg_control_system()) FROM pg_stat_bgwriter"};
    struct db_rows *rows = db_query(w->db, &sql, NO_ARGS);
    while (db_step(rows)) {
        struct str text = db_column_bytes(rows, 0);
        snprintf(w->incarnation, sizeof w->incarnation, "%.*s", (int)text.size, text.data);
    }
    return db_finish(rows);
}

static enum status worker_open(struct pg_worker *w, enum db_mode mode, char *error) {
    enum status s = db_open(w->pool->options.url, mode, w->pool->options.schema, &w->db, error);
    if (s != STATUS_OK) {
        w->db = NULL;
        return s;
    }
    s = db_limit(w->db, transaction_ms_max);
    if (s == STATUS_OK)
        s = worker_read_incarnation(w);
    if (s != STATUS_OK) {
        snprintf(error, db_error_size, "the database cannot be used: %s", status_text(s));
        db_close(w->db);
        w->db = NULL;
    }
    return s;
}

/* Opens the connection if it is missing or lost. STATUS_STORAGE: that failed, or another thread tries. */
static enum status worker_connect(struct pg_worker *w) {
    char error[db_error_size];
    if (w->db && !db_is_lost(w->db))
        return STATUS_OK;
    db_close(w->db);
    w->db = NULL;
    if (!pool_may_connect(w->pool))
        return STATUS_STORAGE;
    enum status s = worker_open(w, DB_WRITE, error);
    pool_note_attempt(w->pool, s == STATUS_OK, error);
    return s == STATUS_OK ? s : STATUS_STORAGE;
}

/* Whether the database has been out of reach for so long that jobs should not wait for it. */
static bool pool_is_away(struct pg_pool *pool) {
    pthread_mutex_lock(&pool->lock);
    bool away = pool->down && monotonic_us() - pool->down_us >= (int64_t)away_ms * 1000;
    pthread_mutex_unlock(&pool->lock);
    return away;
}

/* As worker_connect, but waits while the database may only have dropped its connections: a restart, a
 * failover's first moment, an administrator's pg_terminate_backend. */
static enum status worker_connect_patiently(struct pg_worker *w) {
    enum status s;
    while ((s = worker_connect(w)) != STATUS_OK && !pool_is_away(w->pool))
        usleep(settle_pause_ms * 1000);
    return s;
}

/* ---- The outcome of a COMMIT that was not answered. */

struct transaction {
    int64_t number;
    char incarnation[incarnation_size];
};

/* Prefetched, so that it travels with the job's first statement. */
static const struct sql number_sql = {NULL, "SELECT pg_current_xact_id()::text::bigint"};

static enum status commit_read_number(struct pg_worker *w, struct transaction *out) {
    memcpy(out->incarnation, w->incarnation, sizeof out->incarnation);
    return db_get_int(w->db, &number_sql, NO_ARGS, &out->number);
}

/* Looks the transaction up. STATUS_OK: committed. STATUS_RETRY: rolled back. STATUS_UNKNOWN: a transaction
 * with that number was committed, but the server has restarted since. STATUS_STORAGE: not known yet, because
 * the transaction is still running or the server is away.
 *
 * A snapshot's xmax is one more than the number of the latest transaction that has ended. So a number from
 * there on is still running: its COMMIT may be waiting for the disk or for a synchronous standby. But if
 * the server has restarted, it has forgotten that number, and nothing of the transaction was kept. */
static enum status commit_look_up(struct pg_worker *w, const struct transaction *transaction) {
    static const struct sql sql = {
        NULL,
        "SELECT CASE WHEN n < pg_snapshot_xmax(pg_current_snapshot()) THEN pg_xact_status(n) END"
        " FROM (SELECT ($1::bigint)::text::xid8 AS n) AS numbered"};
    bool is_same_server = strcmp(transaction->incarnation, w->incarnation) == 0;
    enum status found = STATUS_STORAGE;
    struct db_rows *rows = db_query(w->db, &sql, ARGS(db_int(transaction->number)));
    while (db_step(rows)) {
        struct str text = db_column_bytes(rows, 0);
        if (!text.data)
            found = is_same_server ? STATUS_STORAGE : STATUS_RETRY;
        else if (str_equal(text, STR("aborted")))
            found = STATUS_RETRY;
        else if (str_equal(text, STR("committed")))
            found = is_same_server ? STATUS_OK : STATUS_UNKNOWN;
    }
    enum status s = db_finish(rows);
    return s == STATUS_OK ? found : STATUS_STORAGE;
}

/* Looks the transaction up until the answer is known, or settle_ms_max is over: STATUS_OK, STATUS_RETRY or
 * STATUS_UNKNOWN. */
static enum status commit_settle(struct pg_worker *w, const struct job *job,
                                 const struct transaction *transaction) {
    int64_t until = monotonic_us() + (int64_t)settle_ms_max * 1000;
    enum status s = STATUS_STORAGE;
    while (s == STATUS_STORAGE && monotonic_us() < until) {
        if (worker_connect(w) == STATUS_OK)
            s = commit_look_up(w, transaction);
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

/* Reads the log's end, which a standby must have replayed to have what was just committed. */
static void commit_raise_min_lsn(struct pg_worker *w) {
    static const struct sql sql = {NULL, "SELECT (pg_current_wal_insert_lsn() - '0/0')::bigint"};
    struct change_clock *clock = &w->pool->base.clock;
    int64_t lsn = 0;
    if (db_get_int(w->db, &sql, NO_ARGS, &lsn) == STATUS_OK)
        change_clock_raise_min_lsn(clock, lsn);
    else
        atomic_fetch_add(&clock->log.unplaced, 1); /* the listener makes up for it */
}

/* Counts the commit. min_lsn goes up first: from the count on, an answer of a standby may be cached as
 * current. */
static void commit_publish(struct pg_worker *w, const struct job *job) {
    struct pg_pool *pool = w->pool;
    if (pool->standby && job->changes & pool->urgent_topics)
        commit_raise_min_lsn(w);
    change_clock_publish(&pool->base.clock, job->changes);
    listener_note(pool->listener, job->changes);
}

static enum status worker_commit(struct pg_worker *w, struct job *job) {
    struct transaction transaction = {0};
    enum status s = commit_read_number(w, &transaction);
    if (s == STATUS_OK)
        s = listener_notify(w->pool->listener, w->db, job->changes);
    if (s == STATUS_OK)
        s = db_check_deferred(w->db); /* if the connection is lost here, COMMIT was not sent */
    if (s == STATUS_OK) {
        s = db_commit(w->db);
        if (s != STATUS_OK && db_is_lost(w->db))
            s = commit_settle(w, job, &transaction);
        else if (s == STATUS_CONFLICT)
            s = STATUS_RETRY; /* a concurrent transaction inserted the key first: the next attempt sees it */
    } else if (db_is_lost(w->db)) {
        s = STATUS_RETRY;
    }
    if (s == STATUS_OK)
        commit_publish(w, job);
    else if (w->db)
        db_rollback(w->db);
    return s;
}

/* Runs a job once. STATUS_RETRY: nothing of it happened, and it may be run again. */
static enum status worker_run_once(struct pg_worker *w, struct job *job) {
    job->changes = 0;
    job->commits = change_clock_now(&w->pool->base.clock);
    enum status s = db_begin(w->db, job->kind == JOB_WRITE);
    if (s == STATUS_OK) {
        if (job->kind == JOB_WRITE)
            db_prefetch(w->db, &number_sql, NO_ARGS);
        s = job->run(job, w->db);
    }
    if (s == STATUS_OK && job->kind == JOB_WRITE)
        return worker_commit(w, job);
    /* A conflict: a concurrent transaction inserted the row first. The next attempt will see it. */
    bool again = s == STATUS_RETRY || s == STATUS_CONFLICT || (s != STATUS_OK && db_is_lost(w->db));
    db_rollback(w->db);
    return again ? STATUS_RETRY : s;
}

/* Waits up to 4 ms after the first attempt and up to 128 ms after the sixth, at random, so that jobs that
 * collided do not collide again. */
static void collision_pause(int attempt) {
    uint64_t bits = 0;
    random_fill(&random_system, &bits, sizeof bits);
    usleep((useconds_t)(bits % (2000u << (attempt < 6 ? attempt : 6))));
}

static enum status worker_run_job(struct pg_worker *w, struct job *job) {
    enum status s = STATUS_RETRY;
    for (int attempt = 0; attempt < job_attempts_max && s == STATUS_RETRY; attempt++) {
        if (attempt > 0)
            collision_pause(attempt);
        s = worker_connect_patiently(w);
        if (s == STATUS_OK)
            s = worker_run_once(w, job);
    }
    return s;
}

static void pool_count(struct pg_pool *pool, const struct job *job, enum status s) {
    if (!pool->options.shard || job->kind != JOB_WRITE)
        return;
    pthread_mutex_lock(&pool->lock);
    if (s == STATUS_OK)
        metric_batch(pool->options.shard, 1);
    else if (s == STATUS_STORAGE || s == STATUS_RETRY || s == STATUS_UNKNOWN)
        metric_add(pool->options.shard, METRIC_COMMITS_FAILED, 1);
    pthread_mutex_unlock(&pool->lock);
}

static void *pg_worker_main(void *context) {
    struct pg_worker *w = context;
    size_t taken;
    if (!w->db && worker_connect(w) != STATUS_OK)
        log_warning("database: a connection is missing; it is tried again when it is needed");
    while (!job_queue_ended(w->queue)) {
        struct job *job = job_queue_take(w->queue, 1, wait_ms, &taken);
        if (!job)
            continue;
        enum status s = worker_run_job(w, job);
        pool_count(w->pool, job, s);
        job_queue_ran(w->queue, taken);
        executor_job_done(&w->pool->base, job, s);
    }
    return NULL;
}

static enum status pg_pool_put(struct executor *base, struct job *job, enum job_kind kind, bool force) {
    struct pg_pool *pool = (struct pg_pool *)base;
    job->kind = kind;
    if (force)
        return job_queue_put_force(&pool->queues[kind], job);
    if (pool->standby && kind != JOB_WRITE && job->may_lag && standby_put(pool->standby, job))
        return STATUS_OK;
    return job_queue_put(&pool->queues[kind], job);
}

/* ---- Opening and closing. */

/* Queues on the primary a job that the standby could not run. */
static void pool_take_back(void *context, struct job *job) {
    struct pg_pool *pool = context;
    if (job_queue_put_force(&pool->queues[job->kind], job) != STATUS_OK)
        job->done(job, STATUS_STOPPING);
}

static enum status pool_start_standby(struct pg_pool *pool, char *error) {
    const struct executor_options *o = &pool->options;
    if (!o->standby_url)
        return STATUS_OK;
    pool->standby = standby_start(&(struct standby_options){
        .schema = o->schema,
        .url = o->standby_url,
        .connections = o->connections,
        .jobs_max = searches_held_max,
        .lag_ms = o->standby_lag_ms,
        .clock = &pool->base.clock,
        .shard = o->shard,
        .shard_lock = &pool->lock,
        .give_back = pool_take_back,
        .context = pool,
    });
    snprintf(error, db_error_size, "no more threads can be started");
    return pool->standby ? STATUS_OK : STATUS_NO_MEMORY;
}

/* Frees the pool, of whose threads `started` run. */
static void pool_free(struct pg_pool *pool, size_t started) {
    standby_stop(pool->standby); /* first, because it gives back the jobs that it does not do */
    for (int kind = 0; kind < JOB_KINDS; kind++)
        job_queue_stop(&pool->queues[kind]);
    for (size_t i = 0; i < started; i++)
        pthread_join(pool->workers[i].thread, NULL);
    listener_stop(pool->listener);
    for (size_t i = 0; i < pool->worker_count; i++)
        db_close(pool->workers[i].db);
    for (int kind = 0; kind < JOB_KINDS; kind++)
        job_queue_free(&pool->queues[kind]);
    pthread_mutex_destroy(&pool->lock);
    free(pool);
}

/* Makes or migrates the schema on the first connection, and starts the threads, which open the others. */
static enum status pool_start(struct pg_pool *pool, size_t *started, char *error) {
    TRY(worker_open(&pool->workers[0], DB_CREATE, error));
    pool->listener = listener_start(pool->options.schema, pool->options.url, &pool->base.clock);
    while (pool->listener && *started < pool->worker_count &&
           pthread_create(&pool->workers[*started].thread, NULL, pg_worker_main, &pool->workers[*started]) ==
               0)
        ++*started;
    if (*started == pool->worker_count)
        return STATUS_OK;
    snprintf(error, db_error_size, "no more threads can be started");
    return STATUS_NO_MEMORY;
}

static void pg_pool_close(struct executor *base) {
    struct pg_pool *pool = (struct pg_pool *)base;
    pool_free(pool, pool->worker_count);
}

/* Of four threads, two write, one reads and one searches, so that they do not hold up each other. */
static struct job_queue *pool_queue_of(struct pg_pool *pool, size_t worker) {
    static const enum job_kind kinds[] = {JOB_WRITE, JOB_READ, JOB_SEARCH, JOB_WRITE};
    return &pool->queues[kinds[worker % 4]];
}

enum status pg_pool_open(const struct executor_options *o, struct executor **out,
                         char error[static db_error_size]) {
    static const struct executor_ops ops = {.put = pg_pool_put, .close = pg_pool_close};
    assert(o->connections >= pg_connections_min && o->connections <= pg_connections_max);
    struct pg_pool *pool = calloc(1, sizeof *pool + o->connections * sizeof pool->workers[0]);
    if (!pool)
        return STATUS_NO_MEMORY;
    pool->base.ops = &ops;
    pool->options = *o;
    pool->urgent_topics = schema_topics(o->schema, true);
    pool->worker_count = o->connections;
    pthread_mutex_init(&pool->lock, NULL);
    if (o->standby_url)
        change_clock_keep_log(&pool->base.clock, o->standby_lag_ms);
    job_queue_init(&pool->queues[JOB_WRITE], queue_jobs_max, o->shard, METRIC_QUEUE_DEPTH);
    job_queue_init(&pool->queues[JOB_READ], queue_jobs_max, NULL, METRIC_QUEUE_DEPTH);
    job_queue_init(&pool->queues[JOB_SEARCH], searches_held_max, o->shard, METRIC_SEARCH_DEPTH);
    for (size_t i = 0; i < pool->worker_count; i++)
        pool->workers[i] = (struct pg_worker){.pool = pool, .queue = pool_queue_of(pool, i)};
    size_t started = 0;
    enum status s = pool_start(pool, &started, error);
    if (s == STATUS_OK)
        s = pool_start_standby(pool, error);
    if (s == STATUS_OK)
        *out = &pool->base;
    else
        pool_free(pool, started);
    return s;
}
