#include "db/standby.h"

#include "base/clock.h"
#include "base/log.h"
#include "db/team.h"

#include <stdio.h>
#include <stdlib.h>

enum {
    idle_ms = 100,      /* how often a connection that takes no reads is looked at again */
    reconnect_ms = 500, /* between attempts */
};

struct worker {
    struct standby *standby;
    struct db *db;    /* NULL: to be opened */
    int64_t replayed; /* of the log, as last asked; -1: it is no standby */
    int64_t retry_us; /* when connecting is due again */
    bool fit;         /* counted in the standby's `fit` */
    pthread_t thread;
};

struct standby {
    struct standby_options options;
    struct job_queue queue;
    _Atomic int fit; /* workers that can take reads */
    _Atomic bool told_unfit;
    size_t worker_count;
    struct worker workers[];
};

/* ---- Whether a read may be done here. */

/* Says once for all connections how it has changed, and why; NULL: there is nothing to say. */
static void set_fit(struct worker *w, bool fit, const char *why) {
    struct standby *s = w->standby;
    if (fit && !w->fit && atomic_fetch_add(&s->fit, 1) == 0) {
        atomic_store(&s->told_unfit, false);
        log_info("standby: reads of the catalogue go there");
    }
    if (!fit && w->fit)
        atomic_fetch_sub(&s->fit, 1);
    w->fit = fit;
    if (!fit && why && atomic_load(&s->fit) == 0 && !atomic_exchange(&s->told_unfit, true))
        log_warning("standby: reads of the catalogue stay with the primary: %s", why);
}

/* Asks how far the standby has come. What is replayed now is seen by every snapshot taken later. */
static enum status look(struct worker *w) {
    static const struct sql sql = {
        NULL,
        "SELECT CASE WHEN pg_is_in_recovery()"
        " THEN coalesce((pg_last_wal_replay_lsn() - '0/0')::bigint, 0) ELSE -1 END"};
    struct db_rows *rows = db_query(w->db, &sql, NO_ARGS);
    w->replayed = db_step(rows) ? db_column_int(rows, 0) : -1;
    return db_finish(rows);
}

/* Also gives the count of commits that a read will see. */
static bool is_fit(struct worker *w, uint64_t *commits) {
    const struct standby_options *o = &w->standby->options;
    if (!w->db)
        return false;
    *commits = commits_now(o->commits);
    int64_t needed = commits_needed(o->commits, monotonic_us(), o->lag_ms);
    if (needed != INT64_MAX && w->replayed < needed && look(w) != STATUS_OK) {
        set_fit(w, false, "it does not answer");
        return false;
    }
    bool fit = needed != INT64_MAX && w->replayed >= needed;
    const char *why = w->replayed == -1 ? "it is none, or is one no more" : "it lags behind";
    set_fit(w, fit, needed == INT64_MAX ? NULL : why); /* that the primary is gone is said elsewhere */
    return fit;
}

/* ---- Threads. */

static void connect(struct worker *w) {
    char why[db_why_size];
    if (monotonic_us() < w->retry_us)
        return;
    enum status s = db_open(w->standby->options.url, DB_READ, &w->db, why);
    if (s == STATUS_OK && db_limit(w->db, transaction_ms_max) != STATUS_OK) {
        db_close(w->db);
        s = STATUS_STORAGE;
        snprintf(why, sizeof why, "it does not answer");
    }
    if (s != STATUS_OK) {
        w->db = NULL;
        set_fit(w, false, why);
    }
    w->replayed = -1;
    w->retry_us = monotonic_us() + (int64_t)reconnect_ms * 1000;
}

static void look_after(struct worker *w) {
    uint64_t commits;
    if (w->db && db_is_lost(w->db)) {
        set_fit(w, false, "the connection is lost");
        db_close(w->db);
        w->db = NULL;
    }
    if (!w->db)
        connect(w);
    if (w->db && !w->fit)
        (void)is_fit(w, &commits);
}

static void count(const struct standby_options *o, enum metric what) {
    if (!o->shard)
        return;
    pthread_mutex_lock(o->shard_lock);
    metric_add(o->shard, what, 1);
    pthread_mutex_unlock(o->shard_lock);
}

/* False where the primary has to do it. */
static bool run_job(struct worker *w, struct job *job, enum status *out) {
    if (!is_fit(w, &job->commits))
        return false;
    enum status s = db_begin(w->db, false);
    if (s == STATUS_OK)
        s = job->run(job, w->db);
    bool broken = s == STATUS_RETRY || s == STATUS_STORAGE || s == STATUS_FAULT || db_is_lost(w->db);
    db_rollback(w->db);
    *out = s;
    return !broken;
}

static void *worker_main(void *context) {
    struct worker *w = context;
    struct standby *standby = w->standby;
    const struct standby_options *o = &standby->options;
    size_t taken;
    while (!job_queue_ended(&standby->queue)) {
        enum status s;
        look_after(w);
        struct job *job = job_queue_take(&standby->queue, 1, idle_ms, &taken);
        if (!job)
            continue;
        bool done = run_job(w, job, &s);
        count(o, done ? METRIC_STANDBY_READS : METRIC_STANDBY_GIVEN_BACK);
        job_queue_ran(&standby->queue, taken);
        if (done)
            job->done(job, s);
        else
            o->give_back(o->context, job);
    }
    return NULL;
}

/* ---- Opening and closing. */

bool standby_take(struct standby *standby, struct job *job) {
    return atomic_load_explicit(&standby->fit, memory_order_relaxed) > 0 &&
           job_queue_put(&standby->queue, job) == STATUS_OK;
}

static void free_standby(struct standby *standby, size_t started) {
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
        struct worker *w = &standby->workers[started];
        *w = (struct worker){.standby = standby, .replayed = -1};
        if (pthread_create(&w->thread, NULL, worker_main, w) != 0)
            break;
    }
    if (started == o->connections)
        return standby;
    free_standby(standby, started);
    return NULL;
}

void standby_stop(struct standby *standby) {
    if (standby)
        free_standby(standby, standby->worker_count);
}
