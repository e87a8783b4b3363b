#include "db/pool.h"

#include "base/wake.h"

#include <assert.h>
#include <stdlib.h>

enum { wait_ms = 60 * 1000 }; /* nothing hangs on it: a thread just looks again */

struct job_pool {
    struct job_queue queue;
    struct job_pool_options options;
    _Atomic size_t places;
    size_t places_max;
    size_t count;
    pthread_t threads[];
};

static void run_jobs(struct job_pool *pool, struct job *jobs, size_t count) {
    for (struct job *job = jobs; job; job = job->next)
        job->status = job->run(job, NULL);
    enum status synced = pool->options.sync ? pool->options.sync(pool->options.context) : STATUS_OK;
    job_queue_ran(&pool->queue, count);
    wake_hold();
    for (struct job *job = jobs, *next; job; job = next) {
        next = job->next; /* done() may free the job */
        job->done(job, job->status == STATUS_OK ? synced : job->status);
    }
    wake_release();
}

static void *pool_main(void *context) {
    struct job_pool *pool = context;
    size_t count, most = pool->options.sync ? pool->places_max : 1;
    while (!job_queue_ended(&pool->queue)) {
        struct job *jobs = job_queue_take(&pool->queue, most, wait_ms, &count);
        if (jobs)
            run_jobs(pool, jobs, count);
    }
    return NULL;
}

enum status job_pool_open(const struct job_pool_options *options, struct job_pool **out) {
    assert(options->calls >= 1 && options->calls <= pool_threads_max);
    size_t threads = options->sync ? 1 : options->calls;
    struct job_pool *pool = calloc(1, sizeof *pool + threads * sizeof pool->threads[0]);
    if (!pool)
        return STATUS_NO_MEMORY;
    pool->options = *options;
    pool->places_max = options->calls * pool_places_per_call;
    job_queue_init(&pool->queue, pool->places_max, NULL, METRIC_POOL_DEPTH);
    while (pool->count < threads) {
        if (pthread_create(&pool->threads[pool->count], NULL, pool_main, pool) != 0) {
            job_pool_close(pool);
            return STATUS_NO_MEMORY;
        }
        pool->count++;
    }
    *out = pool;
    return STATUS_OK;
}

/* Several threads take and leave at once, so unlike other gauges this one is added to. */
static void show(struct job_pool *pool, int64_t by) {
    if (pool->options.shard)
        atomic_fetch_add_explicit(&pool->options.shard->counters[METRIC_POOL_DEPTH], (uint64_t)by,
                                  memory_order_relaxed);
}

enum status job_pool_enter(struct job_pool *pool) {
    if (atomic_fetch_add(&pool->places, 1) >= pool->places_max) {
        atomic_fetch_sub(&pool->places, 1);
        return STATUS_QUEUE_FULL;
    }
    show(pool, 1);
    return STATUS_OK;
}

void job_pool_leave(struct job_pool *pool) {
    size_t taken = atomic_fetch_sub(&pool->places, 1);
    assert(taken > 0);
    show(pool, -1);
}

void job_pool_put(struct job_pool *pool, struct job *job) {
    enum status s = job_queue_put_over(&pool->queue, job);
    assert(s == STATUS_OK); /* the pool outlives all who have a place */
}

struct waiting {
    struct job job;
    void (*run)(void *context);
    void *context;
    pthread_mutex_t lock;
    pthread_cond_t ended;
    bool done;
    enum status status;
};

static enum status waiting_run(struct job *job, struct db *db) {
    struct waiting *w = (struct waiting *)job;
    (void)db;
    w->run(w->context);
    return STATUS_OK;
}

static void waiting_done(struct job *job, enum status status) {
    struct waiting *w = (struct waiting *)job;
    pthread_mutex_lock(&w->lock);
    w->status = status;
    w->done = true;
    pthread_cond_signal(&w->ended);
    pthread_mutex_unlock(&w->lock);
}

enum status job_pool_call(struct job_pool *pool, void (*run)(void *context), void *context) {
    struct waiting w = {
        .job = {.run = waiting_run, .done = waiting_done},
        .run = run,
        .context = context,
        .lock = PTHREAD_MUTEX_INITIALIZER,
        .ended = PTHREAD_COND_INITIALIZER,
    };
    job_pool_put(pool, &w.job);
    pthread_mutex_lock(&w.lock);
    while (!w.done)
        pthread_cond_wait(&w.ended, &w.lock);
    pthread_mutex_unlock(&w.lock);
    return w.status;
}

void job_pool_close(struct job_pool *pool) {
    if (!pool)
        return;
    job_queue_stop(&pool->queue);
    for (size_t i = 0; i < pool->count; i++)
        pthread_join(pool->threads[i], NULL);
    job_queue_free(&pool->queue);
    free(pool);
}
