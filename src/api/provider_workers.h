/* Threads for jobs that need no connection to the database and may take long: calls to the payment provider, and, on
 * threads of their own, the hashing of passwords.
 *
 *     request ──enter──▶ writer: prepare ──put──▶ worker: call ──▶ writer: apply ──leave──▶ answer
 *               │
 *               └─ STATUS_QUEUE_FULL if all places are taken
 *
 * A request takes a place before its first step and leaves it after its last. So a request that has begun is
 * never turned away half way, when money may have moved, and no more begin than the workers can serve in
 * time. */
#pragma once

#include "db/exec/queue.h"

enum {
    provider_workers_max = 256,
    /* A call takes about half a second, so the last in a full line waits for about 20 × 0.5 s = 10 s. */
    places_per_worker = 20,
};

struct provider_workers;

struct provider_workers_options {
    size_t calls;                /* at once, one thread each; 1 to provider_workers_max */
    size_t places;               /* 0: places_per_worker for each */
    bool in_background;          /* the threads compute, and run after all others */
    struct metrics_shard *shard; /* counts the places taken as METRIC_POOL_DEPTH; or NULL */
};

/* STATUS_NO_MEMORY. */
MUST_CHECK enum status provider_workers_open(const struct provider_workers_options *options,
                                             struct provider_workers **out);

/* Takes a place. STATUS_QUEUE_FULL. From any thread, as the two below. */
MUST_CHECK enum status provider_workers_enter(struct provider_workers *workers);

/* Queues a job of a request that has a place. Its `run` gets no connection, and `done` gets what it
 * returned. */
void provider_workers_put(struct provider_workers *workers, struct job *job);

void provider_workers_leave(struct provider_workers *workers);

/* Finishes every job that was put, then frees; NULL is fine. */
void provider_workers_close(struct provider_workers *workers);
