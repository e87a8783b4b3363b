/* The workers are plain threads around one queue. Each takes a job, makes its call, which may last half a minute,
 * and hands the job on through `done`. Nothing is shared between two calls.
 *
 *     places  ░░░░░░░░░░░░░░░░░░░░▓▓▓▓▓▓▓▓▓▓▓   taken by requests that have begun: counted in `places`
 *     queue                       ▓▓▓▓▓         of them, wait for a worker
 *     threads                          ▓▓▓      of them, are in a call
 *     writer                              ▓▓▓   of them, are in the transaction before or after the call
 *
 * The places bound the queue, so that it takes a job by force and never refuses one. */
#include "api/provider_workers.h"

#include "base/thread/thread.h"

#include <assert.h>
#include <stdlib.h>

enum { worker_wait_ms = 60 * 1000 }; /* a worker that waited in vain just waits again */

struct provider_workers {
    struct job_queue queue;
    struct metrics_shard *shard;
    _Atomic size_t places; /* taken */
    size_t places_max;
    bool in_background;
    size_t count;
    pthread_t threads[];
};

static void *provider_worker_main(void *context) {
    struct provider_workers *w = context;
    size_t count;
    if (w->in_background)
        thread_set_background();
    while (!job_queue_ended(&w->queue)) {
        struct job *job = job_queue_take(&w->queue, 1, worker_wait_ms, &count);
        if (!job)
            continue;
        enum status s = job->run(job, NULL);
        job_queue_ran(&w->queue, count);
        job->done(job, s); /* may free the job */
    }
    return NULL;
}

enum status provider_workers_open(const struct provider_workers_options *options,
                                  struct provider_workers **out) {
    assert(options->calls >= 1 && options->calls <= provider_workers_max);
    struct provider_workers *w = calloc(1, sizeof *w + options->calls * sizeof w->threads[0]);
    if (!w)
        return STATUS_NO_MEMORY;
    w->shard = options->shard;
    w->in_background = options->in_background;
    w->places_max = options->places ? options->places : options->calls * places_per_worker;
    job_queue_init(&w->queue, w->places_max, NULL, METRIC_POOL_DEPTH);
    while (w->count < options->calls) {
        if (pthread_create(&w->threads[w->count], NULL, provider_worker_main, w) != 0) {
            provider_workers_close(w);
            return STATUS_NO_MEMORY;
        }
        w->count++;
    }
    *out = w;
    return STATUS_OK;
}

/* Adds to the gauge, because several threads take and leave places at once; other gauges have one writer. */
static void provider_workers_count(struct provider_workers *w, int64_t change) {
    if (w->shard)
        atomic_fetch_add_explicit(&w->shard->counters[METRIC_POOL_DEPTH], (uint64_t)change,
                                  memory_order_relaxed);
}

enum status provider_workers_enter(struct provider_workers *w) {
    if (atomic_fetch_add(&w->places, 1) >= w->places_max) {
        atomic_fetch_sub(&w->places, 1);
        return STATUS_QUEUE_FULL;
    }
    provider_workers_count(w, 1);
    return STATUS_OK;
}

void provider_workers_leave(struct provider_workers *w) {
    size_t taken = atomic_fetch_sub(&w->places, 1);
    assert(taken > 0);
    provider_workers_count(w, -1);
}

void provider_workers_put(struct provider_workers *w, struct job *job) {
    enum status s = job_queue_put_force(&w->queue, job);
    assert(s == STATUS_OK); /* the workers outlive every request that has a place */
}

void provider_workers_close(struct provider_workers *w) {
    if (!w)
        return;
    job_queue_stop(&w->queue);
    for (size_t i = 0; i < w->count; i++)
        pthread_join(w->threads[i], NULL);
    job_queue_free(&w->queue);
    free(w);
}
