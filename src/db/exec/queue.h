/* Jobs, and the bounded queue that hands them from one thread to another. */
#pragma once

#include "base/metrics.h"
#include "db/schema.h"

#include <pthread.h>

enum job_kind { JOB_WRITE, JOB_READ, JOB_SEARCH, JOB_KINDS };

/* A unit of work. It lies inside what its owner allocates, and is the owner's again once `done` is called. */
struct job {
    /* Called on one of the executor's threads, inside a transaction. STATUS_OK keeps what it wrote;
     * anything else undoes it, and nothing of other jobs. It sets `changes` to the topics that it changed.
     * On PostgreSQL it may be called again from its start, after all that it did was undone. */
    enum status (*run)(struct job *job, struct db *db);
    /* Called on that thread once what `run` wrote is durable, with what `run` returned; or with
     * STATUS_STORAGE if the transaction could not be committed, and then nothing happened. */
    void (*done)(struct job *job, enum status status);
    unsigned changes; /* a set of topics (db/schema.h) */
    bool repeatable;  /* running it again after it was committed has the same effect: it has a key */
    bool is_alone;    /* it writes much: with one writer it has a transaction of its own (single_writer.c) */
    bool is_background; /* it is no request's: executor_activity does not count it */
    bool may_lag;       /* it may read from a standby, which lags behind */
    enum job_kind kind; /* set by the executor, as are the rest */
    uint64_t commits;   /* at least so many commits are in what the job could see (change_clock.h) */
    enum status status;
    struct job *next;
};

struct job_queue {
    pthread_mutex_t lock;
    pthread_cond_t wake;
    struct job *first, **last;
    size_t held, held_max;    /* jobs that wait or run */
    _Atomic unsigned putting; /* threads that still use the queue, although their job may be done already */
    bool stopping;
    struct metrics_shard *shard; /* NULL: the depth is not counted; written under the lock */
    enum metric depth;
};

/* `held_max` bounds the jobs that wait or run. The queue keeps their number in a gauge of `shard`, which
 * nothing else may set. */
void job_queue_init(struct job_queue *q, size_t held_max, struct metrics_shard *shard, enum metric depth);
void job_queue_free(struct job_queue *q);

/* STATUS_QUEUE_FULL or STATUS_STOPPING if the queue did not take the job. */
MUST_CHECK enum status job_queue_put(struct job_queue *q, struct job *job);

/* The same without the bound, for jobs whose number the caller bounds: never STATUS_QUEUE_FULL. */
MUST_CHECK enum status job_queue_put_force(struct job_queue *q, struct job *job);

/* Takes up to `most` jobs, in order. Waits at most `wait_ms` for the first; NULL if no job came. */
struct job *job_queue_take(struct job_queue *q, size_t most, int wait_ms, size_t *count);

/* Whether the queue is stopping and empty. */
bool job_queue_ended(struct job_queue *q);

/* Gives back the room of `count` jobs that were taken and have been run. */
void job_queue_ran(struct job_queue *q, size_t count);

/* How many jobs wait or run. */
size_t job_queue_held(struct job_queue *q);

/* Takes no more jobs. Those that wait are still given out. */
void job_queue_stop(struct job_queue *q);
