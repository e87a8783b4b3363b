/* A bounded queue of jobs between threads. */
#pragma once

#include "base/metrics.h"
#include "db/db.h"

#include <pthread.h>

enum changes {
    CHANGES_NOTHING = 0,
    CHANGES_CATALOGUE = 1, /* what a shopper sees of a product, its stock aside */
    CHANGES_STOCK = 2,
};

enum job_kind { JOB_WRITE, JOB_READ, JOB_SEARCH, JOB_KINDS };

/* A unit of work; inside of what its owner allocates, and the owner's again once `done` is called. */
struct job {
    /* On the executor's thread, inside a transaction. For the writer this is a savepoint, which is kept if it
     * returns STATUS_OK and undone otherwise; it sets `changes` to what it changed. Where transactions run
     * side by side it may be run again from its start, after all that it did was undone. */
    enum status (*run)(struct job *job, struct db *db);
    /* On the executor's thread, once what was run is durable: what run returned, or STATUS_STORAGE where the
     * transaction could not be committed, and then nothing happened. */
    void (*done)(struct job *job, enum status status);
    unsigned changes;
    bool repeatable;    /* doing it again once it is done gives the same: it has an Idempotency-Key */
    bool may_lag;       /* reads the catalogue only, and may be done on a standby */
    enum job_kind kind; /* the executor's own, as are the rest */
    uint64_t commits;   /* what the job could see (see executor.h) */
    enum status status;
    struct job *next;
};

struct job_queue {
    pthread_mutex_t lock;
    pthread_cond_t wake;
    struct job *first, **last;
    size_t held, held_max;    /* waiting or running */
    _Atomic unsigned putting; /* threads that are not done with the queue yet, though their job may be */
    bool stopping;
    struct metrics_shard *shard; /* NULL: not counted; written under the lock */
    enum metric depth;
};

/* `held_max` bounds the jobs that wait or run; the depth is kept in a gauge of `shard`, which nobody else
 * sets. */
void job_queue_init(struct job_queue *q, size_t held_max, struct metrics_shard *shard, enum metric depth);
void job_queue_free(struct job_queue *q);

/* STATUS_QUEUE_FULL or STATUS_STOPPING where the job was not taken. */
MUST_CHECK enum status job_queue_put(struct job_queue *q, struct job *job);

/* The same for a job whose number is bounded by whoever puts it: never STATUS_QUEUE_FULL. */
MUST_CHECK enum status job_queue_put_over(struct job_queue *q, struct job *job);

/* Takes up to `most` jobs, in order, waiting at most `wait_ms` for the first; NULL where none came. */
struct job *job_queue_take(struct job_queue *q, size_t most, int wait_ms, size_t *count);

/* Whether the queue is stopping and nothing is left in it. */
bool job_queue_ended(struct job_queue *q);

/* `count` jobs that were taken have been run. */
void job_queue_ran(struct job_queue *q, size_t count);

/* Takes no more jobs; those that wait are still given out. */
void job_queue_stop(struct job_queue *q);
