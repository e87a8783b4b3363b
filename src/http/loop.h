/* An event loop on a thread of its own. Private to src/http. */
#pragma once

#include "http/state.h"

/* Starts a loop that serves the server's socket number `index`. NULL without memory. */
struct loop *loop_new(struct server *server, size_t index);

/* Makes the loop look at server->stopping. From any thread. */
void loop_notify(struct loop *loop);

/* Waits for a loop that is stopping to end. */
void loop_join(struct loop *loop);

void loop_free(struct loop *loop);
