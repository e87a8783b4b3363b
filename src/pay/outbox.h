/* Events on their way out of the mock: POSTed to a webhook by a thread, signed, and tried again where they
 * were not taken.
 *
 * They are kept in memory alone: what was not delivered when the process ends is lost, as a shop must be able
 * to bear (it asks the provider for what it has not heard of). */
#pragma once

#include "pay/faults.h"
#include "pay/mock_account.h"

enum {
    outbox_events_max = 10000, /* waiting; more are dropped, and the log says so */
    outbox_tries_max = 8,
    outbox_wait_ms_first = 100, /* doubled after each try that failed: 12 s for all of them */
    outbox_post_ms_max = 10000,
    outbox_reorder_ms = 150, /* by which every other event is held back, for the next to overtake it */
};

struct outbox;

struct outbox_options {
    const char *url;
    struct str secret;           /* of the signatures; outlives the outbox, as do the rest */
    const struct faults *faults; /* which of duplicate, late and reorder */
    const struct clock *clock;
    const struct random *random;
};

/* `why` has web_why_size. */
MUST_CHECK enum status outbox_open(const struct outbox_options *options, struct outbox **out, char *why);

/* Takes what happened; from any thread, at once. */
void outbox_event(struct outbox *o, enum mock_event event, const struct mock_intent *intent);

/* Stops; what waits is not sent any more. NULL is fine. */
void outbox_close(struct outbox *o);
