/* The thread that has a server's chores done (shop/chores.h), every second. */
#pragma once

#include "base/clock.h"
#include "db/executor.h"

struct chores;

/* NULL without memory. The executor and the clock outlive it. */
struct chores *chores_start(struct executor *executor, const struct clock *clock);

/* Waits for the batch under way, and frees; NULL is fine. */
void chores_stop(struct chores *chores);
