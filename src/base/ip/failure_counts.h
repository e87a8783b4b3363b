/* Counts failures (wrong passwords, wrong keys) by the network that they came from, in bounded memory. A network that
 * had too many within a time must wait until that time is over.
 *
 *     sets of 8 entries, found by a keyed hash of the network:
 *     set 0    [hash, count, since] [hash, count, since] …
 *     set 1    …
 *
 * A new network takes the entry of its set that is over, or else the one with the fewest failures. So one who has many
 * networks can push out others' counts, but not make the table grow. */
#pragma once

#include "base/ip/forwarded.h"
#include "base/random.h"

struct failure_counts;

/* `failures_max` failures within `window_us` are allowed. NULL without memory. */
struct failure_counts *failure_counts_new(uint32_t failures_max, int64_t window_us,
                                          const struct random *random);
void failure_counts_free(struct failure_counts *counts); /* NULL is fine, also for the two below */

/* Returns for how many microseconds those of `key` must wait; 0: they need not. From any thread. */
int64_t failure_counts_wait(struct failure_counts *counts, struct str key, int64_t now_us);

/* Counts a failure. From any thread. */
void failure_counts_add(struct failure_counts *counts, struct str key, int64_t now_us);
