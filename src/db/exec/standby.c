/* Threads with a connection each to the standby, and one queue.
 *
 * A worker is fit while its connection has replayed what change_clock_needed_lsn() asks for. It checks before
 * each job, and every idle_ms while it is not fit. `replayed` is what the standby last reported. It only
 * grows, so the worker asks again only when that is no longer enough: mostly once for each new sample, and
 * not for each read.
 *
 *     needed  <=  replayed   run the job: a snapshot taken from now on has at least what is replayed
 *     needed  >   replayed   ask; if the standby is still behind, give the job back to the primary
 *
 * The count of commits is taken before the check, so an answer that is cached keeps the promise that it
 * would have on the primary. While no worker is fit, standby_put() takes nothing. */
#include "db/exec/standby.h"

#include "base/clock.h"
#include "base/log.h"
#include "db/exec/executor.h"

#include <stdio.h>
#include <stdlib.h>

enum {
    idle_ms = 100,      /* how often a worker that is not fit checks again */
    reconnect_ms = 500, /* between attempts */
};

struct standby_worker {
    struct standby *standby;
    struct db *db;    /* NULL: to be opened */
    int64_t replayed; /* the LSN, as last asked; -1: the server is no standby */
    int64_t retry_us; /* when connecting is due again */
    bool is_fit;      /* and counted in fit_count */
    pthread_t thread;
};

struct standby {
    struct standby_options options;
    struct job_queue queue;
    _Atomic int fit_count; /* workers that can read */
    _Atomic bool unfit_logged;
    size_t worker_count;
    struct standby_worker workers[];
};

/* ---- Whether a read may run here. */

/* Notes whether a worker is fit. Logs when the first of all workers becomes fit, and why the last of them
 * no longer is (`error` NULL: without a word). */
static void standby_worker_set_fit(struct standby_worker *w, bool fit, const char *error) {
    struct standby *s = w->standby;
    if (fit && !w->is_fit && atomic_fetch_add(&s->fit_count, 1) == 0) {
        atomic_store(&s->unfit_logged, false);
        log_info("standby: reads of the catalogue go there");
    }
    if (!fit && w->is_fit)
        atomic_fetch_sub(&s->fit_count, 1);
    w->is_fit = fit;
    if (!fit && error && atomic_load(&s->fit_count) == 0 && !atomic_exchange(&s->unfit_logged, true))
        log_warning("standby: reads of the catalogue stay with the primary: %s", error);
}

/* Asks how far the standby has replayed the log. */
static enum status standby_worker_read_replayed(struct standby_worker *w) {
    static const struct sql sql = {
        NULL,
        "SELECT CASE WHEN pg_is_in_recovery()"
        " THEN coalesce((pg_last_wal_replay_lsn() - '0/0')::bigint, 0) ELSE -1 END"};
    w->replayed = -1;
    return db_get_int(w->db, &sql, NO_ARGS, &w->replayed);
}

/* Checks whether a read may run now; `commits` gets the count of commits that it will see at least. */
static bool standby_worker_check_fit(struct standby_worker *w, uint64_t *commits) {
    const struct standby_options *o = &w->standby->options;
    if (!w->db)
        return false;
    *commits = change_clock_now(o->clock);
    int64_t needed = change_clock_needed_lsn(o->clock, monotonic_us(), o->lag_ms);
    if (needed != INT64_MAX && w->replayed < needed && standby_worker_read_replayed(w) != STATUS_OK) {
        standby_worker_set_fit(w, false, "it does not answer");
        return false;
    }
    bool fit = needed != INT64_MAX && w->replayed >= needed;
    const char *error = w->replayed == -1 ? "it is none, or is one no more" : "it lags behind";
    if (needed == INT64_MAX)
        error = NULL; /* the primary does not answer, and the pool logs that */
    standby_worker_set_fit(w, fit, error);
    return fit;
}

/* ---- Threads. */

static void standby_worker_connect(struct standby_worker *w) {
    char error[db_error_size];
    if (monotonic_us() < w->retry_us)
        return;
    enum status s = db_open(w->standby->options.url, DB_READ, w->standby->options.schema, &w->db, error);
    if (s == STATUS_OK && db_limit(w->db, transaction_ms_max) != STATUS_OK) {
        db_close(w->db);
        s = STATUS_STORAGE;
        snprintf(error, sizeof error, "it does not answer");
    }
    if (s != STATUS_OK) {
        w->db = NULL;
        standby_worker_set_fit(w, false, error);
    }
    w->replayed = -1;
    w->retry_us = monotonic_us() + (int64_t)reconnect_ms * 1000;
}

/* Opens the connection again if it is lost, and checks a worker that is not fit. */
static void standby_worker_maintain(struct standby_worker *w) {
    uint64_t commits;
    if (w->db && db_is_lost(w->db)) {
        standby_worker_set_fit(w, false, "the connection is lost");
        db_close(w->db);
        w->db = NULL;
    }
    if (!w->db)
        standby_worker_connect(w);
    if (w->db && !w->is_fit)
        (void)standby_worker_check_fit(w, &commits);
}

static void standby_count(const struct standby_options *o, enum metric what) {
    if (!o->shard)
        return;
    pthread_mutex_lock(o->shard_lock);
    metric_add(o->shard, what, 1);
    pthread_mutex_unlock(o->shard_lock);
}

/* Runs a job; `out` gets its status. False if the primary has to run it. */
static bool standby_worker_run(struct standby_worker *w, struct job *job, enum status *out) {
    if (!standby_worker_check_fit(w, &job->commits))
        return false;
    enum status s = db_begin(w->db, false);
    if (s == STATUS_OK)
        s = job->run(job, w->db);
    bool broken = s == STATUS_RETRY || s == STATUS_STORAGE || s == STATUS_FAULT || db_is_lost(w->db);
    db_rollback(w->db);
    *out = s;
    return !broken;
}

static void *standby_worker_main(void *context) {
    struct standby_worker *w = context;
    struct standby *standby = w->standby;
    const struct standby_options *o = &standby->options;
    size_t taken;
    while (!job_queue_ended(&standby->queue)) {
        enum status s;
        standby_worker_maintain(w);
        struct job *job = job_queue_take(&standby->queue, 1, idle_ms, &taken);
        if (!job)
            continue;
        bool done = standby_worker_run(w, job, &s);
        standby_count(o, done ? METRIC_STANDBY_READS : METRIC_STANDBY_GIVEN_BACK);
        job_queue_ran(&standby->queue, taken);
        if (done)
            job->done(job, s);
        else
            o->give_back(o->context, job);
    }
    return NULL;
}

/* ---- Opening and closing. */

bool standby_put(struct standby *standby, struct job *job) {
    return atomic_load_explicit(&standby->fit_count, memory_order_relaxed) > 0 &&
           job_queue_put(&standby->queue, job) == STATUS_OK;
}

static void standby_free(struct standby *standby, size_t started) {
    job_queue_stop(&standby->queue);
    for (size_t i = 0; i < started; i++)
        pthread_join(standby->workers[i].thread, NULL);
    for (size_t i = 0; i < standby->worker_count; i++)
        db_close(standby->workers[i].db);
    job_queue_free(&standby->queue);
    free(standby);
}

struct standby *standby_start(const struct standby_options *o) {
    struct standby *standby = calloc(1, sizeof *standby + o->connections * sizeof standby->workers[0]);
    size_t started = 0;
    if (!standby)
        return NULL;
    standby->options = *o;
    standby->worker_count = o->connections;
    job_queue_init(&standby->queue, o->jobs_max, NULL, METRIC_SEARCH_DEPTH);
    for (; started < o->connections; started++) {
        struct standby_worker *w = &standby->workers[started];
        *w = (struct standby_worker){.standby = standby, .replayed = -1};
        if (pthread_create(&w->thread, NULL, standby_worker_main, w) != 0)
            break;
    }
    if (started == o->connections)
        return standby;
    standby_free(standby, started);
    return NULL;
}

void standby_stop(struct standby *standby) {
    if (standby)
        standby_free(standby, standby->worker_count);
}
