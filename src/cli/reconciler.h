/* The thread that brings payments to their end which were left in the middle: by a crash, a lost reply, an
 * order that ended before its payment did, or money that has to go back. */
#pragma once

#include "base/clock.h"
#include "db/executor.h"
#include "db/pool.h"

struct provider;
struct reconciler;

struct reconciler_options {
    struct executor *executor;
    struct job_pool *pool; /* the provider is called on its threads */
    struct provider *provider;
    const struct clock *clock;
    struct metrics_shard *shard; /* the thread's own */
    int look_ms;                 /* how often it looks for what is due */
};

/* Looks at once, and then every look_ms. NULL without memory. All that is given outlives it. */
struct reconciler *reconciler_start(const struct reconciler_options *options);

/* Waits for the payment under way, and frees; NULL is fine. */
void reconciler_stop(struct reconciler *reconciler);
