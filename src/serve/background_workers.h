/* The threads that work beside a server's requests: the chores, the reconciler, the sender of the outbox and the
 * auditor. */
#pragma once

#include "serve/options.h"
#include "shop/cart/cart_touches.h"
#include "shop/lost_keys.h"
#include "shop/outbox/event.h"

struct settings_memory;

struct background_workers {
    struct lost_keys lost_keys; /* of requests whose last transaction was lost, released by the chores */
    struct cart_touches cart_touches; /* gathered by requests that look at a cart, written by the chores */
    struct event_interest interest;   /* which events requests record; kept up to date by the sender */
    struct importer *importer;        /* NULL: the shop is in memory only */
    struct chores *chores;
    struct reconciler *reconciler;
    struct outbox_sender *sender;
    struct event_feed *feed;
    struct auditor_thread *auditor;
};

/* Starts them, on the executor and the provider's threads that `options` has by now. False if there is no
 * memory or thread for one of them; background_workers_stop comes last in any case. All that is given
 * outlives them. */
bool background_workers_start(struct background_workers *workers, const struct serve_options *options,
                              struct provider *provider, struct settings_memory *memory);

/* Stops them, each at its next safe point, and waits until they have ended. */
void background_workers_stop(struct background_workers *workers);
