/* Reads from a standby (--db-read): PostgreSQL's own copy of the primary, which replays the primary's
 * write-ahead log, a little behind.
 *
 * A read runs there only if the standby has replayed both
 *
 *  - every change that a client may know of, because this node has answered it or has heard of it from
 *    another node, and
 *  - everything that the primary had written lag_ms before. No other data, such as what is left in stock, is
 *    older than that and an eighth.
 *
 * struct lsn_log says how these bounds are known. If the standby is behind them, is gone, was promoted, or
 * cancels a read because it conflicts with its replay, the primary does the read. */
#pragma once

#include "db/exec/change_clock.h"

enum { standby_lag_ms_min = 10, standby_lag_ms_max = 60 * 1000 };

struct standby;

struct standby_options {
    const struct db_schema *schema; /* outlives the standby, as do all pointers here */
    const char *url;
    size_t connections;
    size_t jobs_max; /* that wait or run */
    int lag_ms;      /* standby_lag_ms_min to standby_lag_ms_max */
    struct change_clock *clock;
    struct metrics_shard *shard; /* NULL: nothing is counted */
    pthread_mutex_t *shard_lock; /* held while the shard is written to */
    /* Queues a job on the primary. From the standby's threads. */
    void (*give_back)(void *context, struct job *job);
    void *context;
};

/* Starts its threads, which connect by themselves and keep trying. NULL without memory. */
struct standby *standby_start(const struct standby_options *options);

/* Queues a job that reads and may lag; false if the primary has to do it. From any thread. */
bool standby_put(struct standby *standby, struct job *job);

/* Runs, or gives back, every job that was queued; NULL is allowed. */
void standby_stop(struct standby *standby);
