/* Threads for jobs that need no connection and may wait long: calls to somebody else's server.
 *
 * A work that will come to such a job takes a place before it begins, and leaves it when all is done. So what
 * was begun is never turned away half way, and no more is begun than the pool has places. */
#pragma once

#include "db/queue.h"

enum {
    pool_threads_max = 256,
    /* Places a thread. A call takes half a second as a rule, so the last in line waits for some ten. */
    pool_places_per_thread = 20,
};

struct job_pool;

/* `threads` is 1 to pool_threads_max; `shard` (or NULL) gets the places that are taken as METRIC_POOL_DEPTH.
 * STATUS_NO_MEMORY. */
MUST_CHECK enum status job_pool_open(size_t threads, struct metrics_shard *shard, struct job_pool **out);

/* Takes a place. STATUS_QUEUE_FULL. From any thread, as the two below. */
MUST_CHECK enum status job_pool_enter(struct job_pool *pool);

/* Queues a job of a work that has a place. Its `run` gets no connection, and `done` what it returned. */
void job_pool_put(struct job_pool *pool, struct job *job);

void job_pool_leave(struct job_pool *pool);

/* Runs a function on one of the threads, behind what waits there, and waits for it: for works of the
 * program's own, which need no place. */
void job_pool_call(struct job_pool *pool, void (*run)(void *context), void *context);

/* Finishes what was put and frees; NULL is fine. */
void job_pool_close(struct job_pool *pool);
