/* Long work on an engine with one writer, cut into slices: transactions of a bounded length, between which
 * other writers get their turn.
 *
 *     s = sliced_tx_begin(&tx, ctx);
 *     while (s == STATUS_OK && there is work)
 *         s = some work, s == STATUS_OK ? slice_yield(&tx, ctx) : s;
 *     s = s == STATUS_OK ? sliced_tx_end(&tx, ctx) : s;      or db_rollback(), after a failure
 *
 * Each slice is committed for good, so the work must leave a state that others can work with after each of
 * its steps.
 *
 * A slice ends when another writer waits for it (DB_WAITING), and the next one begins only after that writer
 * had its turn. The other writer then waits for the commit, which takes longer the more the slice has
 * written. So beside a server (DB_SERVING) a slice lasts milliseconds; without one, longer slices save
 * commits.
 *
 * On PostgreSQL no connection sees these claims of another, so there all slices are long ones. A change of a
 * product waits for one of them at most, because both lock the index. */
#pragma once

#include "shop/shop_ctx.h"

enum {
    slice_alone_us = 100 * 1000,     /* ten times as long would not make an import faster */
    slice_served_us = 4 * 1000,      /* and a commit of what it wrote: some 1 MiB */
    slice_poll_us = 500,             /* between two looks at whether another writer waits */
    slice_yield_us_max = 100 * 1000, /* how long a slice is put off for the writers that wait */
};

struct sliced_tx {
    int64_t end_us;  /* when this slice is over, by monotonic_us() */
    int64_t poll_us; /* when to look next whether another writer waits */
    /* Called with `context` between two slices: whether to go on. NULL: always. */
    bool (*should_continue)(void *context);
    void *context;
};

/* Lets other writers go first and begins the first slice's transaction. */
MUST_CHECK enum status sliced_tx_begin(struct sliced_tx *sliced_tx, struct shop_ctx *ctx);

/* Returns whether the slice has lasted long enough, or another writer waits for its end. */
bool slice_is_over(struct sliced_tx *sliced_tx, struct shop_ctx *ctx);

/* Commits the slice and begins the next one. STATUS_STOPPING if should_continue() says no. After a failure no
 * transaction is open. */
MUST_CHECK enum status sliced_tx_next(struct sliced_tx *sliced_tx, struct shop_ctx *ctx);

/* Goes on to the next slice if this one is over. */
MUST_CHECK enum status slice_yield(struct sliced_tx *sliced_tx, struct shop_ctx *ctx);

/* Commits the last slice. After a failure it is rolled back. */
MUST_CHECK enum status sliced_tx_end(struct sliced_tx *sliced_tx, struct shop_ctx *ctx);
