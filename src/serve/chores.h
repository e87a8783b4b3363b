/* The thread that does a server's chores (shop/chores/chores.h). */
#pragma once

#include "base/clock.h"
#include "db/exec/executor.h"
#include "shop/cart/cart_touches.h"
#include "shop/lost_keys.h"

struct chores;

struct chores_options {
    struct executor *executor;
    const char *url; /* of the executor's database */
    const struct clock *clock;
    struct cart_touches *cart_touches;
    struct lost_keys *lost_keys;
    struct event_interest *interest;
    const struct mail_settings *mails;
    struct importer *importer; /* woken if an import is due, or NULL */
    int every_ms;
};

/* Starts the thread, which does a batch at once and then every `every_ms`. NULL if there is no memory or thread. All that
 * the options point at outlives it. */
struct chores *chores_start(const struct chores_options *options);

/* Waits for the batch that runs, and frees. NULL is allowed. */
void chores_stop(struct chores *chores);
