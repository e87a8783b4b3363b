/* The thread that does a server's chores (shop/chores/chores.h). */
#pragma once

#include "base/clock.h"
#include "db/exec/executor.h"
#include "shop/lost_keys.h"
#include "shop/orders/cart_touches.h"

struct chores;

/* Starts the thread, which does a batch at once and then every `every_ms`. `executor` is on the database
 * `url`. NULL if there is no memory or thread. All that is given outlives it. */
struct chores *chores_start(struct executor *executor, const char *url, const struct clock *clock,
                            struct cart_touches *cart_touches, struct lost_keys *lost_keys,
                            struct event_interest *interest, int every_ms);

/* Waits for the batch that runs, and frees. NULL is allowed. */
void chores_stop(struct chores *chores);
