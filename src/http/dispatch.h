/* Takes a complete request to its answer: from the cache, on this thread, or by way of other threads. */
#pragma once

#include "http/exchange.h"

/* Starts a request that is complete. Returns true if the exchange's response is ready to be written.
 * Otherwise other threads own the exchange; they put it into the loop's completion queue when they are
 * done. */
bool dispatch_start(struct exchange *x);

/* Counts an exchange that came back through the completion queue, and makes its response if the client is
 * still there. */
void dispatch_finish(struct exchange *x);
