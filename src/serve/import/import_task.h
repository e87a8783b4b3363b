/* Works on one import that the staff has asked for. */
#pragma once

#include "base/clock.h"
#include "base/thread/waiter.h"
#include "shop/shop_ctx.h"

struct import_task_options {
    const char *url; /* of the database */
    const struct clock *clock;
    const struct shop_settings *settings;
    struct waiter *waiter; /* whose stop breaks it off */
};

/* Finds the next import that is due and works on it, on a connection that writes and has the claim DB_IMPORTING.
 * STATUS_NOT_FOUND if there is none; STATUS_STOPPING if it was broken off or given up. */
MUST_CHECK enum status import_task_next(const struct import_task_options *options, struct db *db);
