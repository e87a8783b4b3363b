/* Takes a complete request to its answer: from the cache, on this thread, or by way of other threads. */
#pragma once

#include "api/api.h"
#include "http/exchange.h"

/* Starts a request that is complete. Returns true if the exchange's response is ready to be written.
 * Otherwise other threads own the exchange; they put it into the loop's completion queue when they are
 * done. */
bool dispatch_start(struct exchange *x);

/* Queues the look at a stream's caller (api_recheck_begin), which comes back as other exchanges do. Returns false if the
 * executor does not take it; the call's status then says why. */
bool dispatch_recheck(struct exchange *x, const struct stream_pass *pass);

/* Counts an exchange that came back through the completion queue, and makes its response if the client is
 * still there. */
void dispatch_finish(struct exchange *x);
