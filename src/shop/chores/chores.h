/* The chores: what a shop does by itself, as long as it is served.
 *
 *     expired orders      are closed, their stock is returned, their payments become due
 *     carts               get their last use written (cart_touches), and are removed 30 days after it
 *     idempotency keys    are removed after a day
 *     webhook events      are forgotten after 30 days: deliveries repeat for three
 *     links in mails      and the access to orders that they gave are removed once they are over
 *     low stock           is mailed to the staff once a day
 *     parts of imports    are removed when these are done, or after a day
 *     pictures            that nothing refers to are removed after a day
 *     mails               lose their bodies after 30 days, and are forgotten after a year
 *
 * On PostgreSQL several nodes may do them at once: each takes rows that no other has locked. */
#pragma once

#include "shop/shop_ctx.h"

/* What a round leaves to do. */
struct chores_rest {
    bool more;          /* some chore filled its batch, so another round should follow at once */
    int64_t next_us;    /* when the next order expires; INT64_MAX: none is pending */
    bool import_is_due; /* the staff has asked for an import, or for a check */
};

/* After the clock was set back: makes due what waits for a time that the wrong clock gave it: webhooks, mails, and calls of
 * the provider. What waits for its next try is tried once more, sooner. An audience of live streams ends in two minutes, unless
 * it is kept. A bounded batch; `more`: another one is to follow. */
MUST_CHECK enum status chores_clock_was_set_back(struct shop_ctx *ctx, bool *more);

/* Does one bounded batch of each chore, so that the writer is never held for long. */
MUST_CHECK enum status chores_run(struct shop_ctx *ctx, struct chores_rest *rest);
