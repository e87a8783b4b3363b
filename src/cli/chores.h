/* The thread that has a server's chores done (shop/chores.h). */
#pragma once

#include "base/clock.h"
#include "db/executor.h"
#include "shop/carts_seen.h"

struct chores;

/* Does a batch now and then every `every_ms`. NULL without memory. The executor on `url`, the text, the clock
 * and what gathers the carts outlive it. */
struct chores *chores_start(struct executor *executor, const char *url, const struct clock *clock,
                            struct carts_seen *carts_seen, int every_ms);

/* Waits for the batch under way, and frees; NULL is fine. */
void chores_stop(struct chores *chores);
