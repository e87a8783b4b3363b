/* Threads for jobs that need no connection and may wait long: calls to somebody else's server.
 *
 * A work that will come to such a job takes a place before it begins, and leaves it when all is done. So what
 * was begun is never turned away half way, and no more is begun than the pool has places. */
#pragma once

#include "db/queue.h"

enum {
    pool_threads_max = 256,
    /* Places for each call at once. It takes half a second as a rule, so the last in line waits for some ten.
     */
    pool_places_per_call = 20,
};

struct job_pool;

struct job_pool_options {
    size_t calls;                /* at once, 1 to pool_threads_max; each has pool_places_per_call places */
    struct metrics_shard *shard; /* gets the places that are taken as METRIC_POOL_DEPTH; or NULL */
    /* NULL: each call has a thread of its own. Otherwise calls are so short that one thread makes all that
     * wait, one after the other, and they are done once this has made what they did durable; where it fails,
     * with its status. */
    enum status (*sync)(void *context);
    void *context;
};

/* STATUS_NO_MEMORY. */
MUST_CHECK enum status job_pool_open(const struct job_pool_options *options, struct job_pool **out);

/* Takes a place. STATUS_QUEUE_FULL. From any thread, as the two below. */
MUST_CHECK enum status job_pool_enter(struct job_pool *pool);

/* Queues a job of a work that has a place. Its `run` gets no connection, and `done` what it returned. */
void job_pool_put(struct job_pool *pool, struct job *job);

void job_pool_leave(struct job_pool *pool);

/* Runs a function on one of the threads, behind what waits there, and waits for it: for works of the
 * program's own, which need no place. What `sync` gave, where there is one. */
MUST_CHECK enum status job_pool_call(struct job_pool *pool, void (*run)(void *context), void *context);

/* Finishes what was put and frees; NULL is fine. */
void job_pool_close(struct job_pool *pool);
