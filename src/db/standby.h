/* Reads of the catalogue from a standby (--db-read): PostgreSQL's own copy of the primary, which it keeps up
 * by replaying the primary's write-ahead log, a little behind.
 *
 * A read is taken by a standby only where it has replayed
 *
 * - every change of the catalogue that this node has answered or heard of: whoever was answered sees what was
 *   answered (commits.h: fence), and
 * - all that the primary had written lag_ms ago, at the latest time that it was asked: nothing else, such as
 *   what is left in stock, is older than that and an eighth.
 *
 * Otherwise, and where the standby is gone, was promoted, or undoes a read that its replay got in the way of,
 * the read is done on the primary. */
#pragma once

#include "db/commits.h"

/* The primary is asked eight times in as long. */
enum { standby_lag_ms_min = 10, standby_lag_ms_max = 60 * 1000 };

struct standby;

struct standby_options {
    const char *url; /* outlives the standby */
    size_t connections;
    size_t jobs_max;             /* that wait or run */
    int lag_ms;                  /* standby_lag_ms_min to standby_lag_ms_max */
    struct commits *commits;     /* outlives the standby */
    struct metrics_shard *shard; /* NULL: nothing is counted */
    pthread_mutex_t *shard_lock; /* held while the shard is written to */
    /* Does a job on the primary that a standby could not. From the standby's threads. */
    void (*give_back)(void *context, struct job *job);
    void *context;
};

/* Starts its threads, which connect by themselves and keep trying. NULL without memory. */
struct standby *standby_start(const struct standby_options *options);

/* Takes a job that reads and does not mind the lag; false where it is one for the primary. From any thread.
 */
bool standby_take(struct standby *standby, struct job *job);

/* Does, or gives back, every job that was taken; NULL is allowed. */
void standby_stop(struct standby *standby);
