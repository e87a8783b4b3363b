/* Idempotency-Key: a request that comes again with its key gets the answer that it got. */
#pragma once

#include "api/endpoint.h"

/* Whether this call is one to be kept: its endpoint takes a key, it has one, and it has a session. */
bool once_wanted(const struct call *call);

/* Checks the key's form: STATUS_INVALID with the error appended. */
MUST_CHECK enum status once_check(struct call *call);

/* Gives the answer kept for the key (call->rendered is set then), or runs the handler, renders its answer
 * with `render` and keeps it, all in the transaction of the call. Where steps are to follow, the key is kept
 * as running instead. STATUS_KEY_REUSED, STATUS_KEY_RUNNING; what the handler returns. */
MUST_CHECK enum status once_begin(struct call *call, void (*render)(struct call *call));

/* Runs the last of the steps and keeps its answer for the key, or lets the key go where it failed. */
MUST_CHECK enum status once_end(struct call *call, void (*render)(struct call *call));
