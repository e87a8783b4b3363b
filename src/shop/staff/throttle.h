/* How often a password may be tried. A throttle counts the tries for one account from one place since the last right one.
 * The first five are free; then each must wait for twice as long as the one before, up to 15 minutes:
 *
 *     try    1 … 5   6     7     8        15 …
 *     waits  0       1 s   2 s   4 s  …   15 min
 *
 * A try counts before its password is looked at, so that many at once count as many. A day after its last wait, a throttle
 * is forgotten. */
#pragma once

#include "shop/shop_ctx.h"

/* Counts a try and sets `wait_us` to 0, or, if it comes too early, sets it to how long it must wait. */
MUST_CHECK enum status throttle_try(struct shop_ctx *ctx, const struct uuid *key, int64_t *wait_us);

/* Forgets the tries, because the last one was right. */
MUST_CHECK enum status throttle_clear(struct shop_ctx *ctx, const struct uuid *key);

/* Deletes up to `limit` throttles that are forgotten. */
MUST_CHECK enum status throttle_sweep(struct shop_ctx *ctx, int64_t limit, int64_t *removed);
