/* How the program's threads share a core when there are more threads than cores.
 *
 * An event loop runs for microseconds, and a client waits for it. The writer and a search compute for
 * milliseconds. By default, Linux checks once a tick (4 ms) whether a thread that woke should run before
 * one that computes, and a product page would be that much later. All of these functions are requests: a
 * system that does not know them ignores them. */
#pragma once

/* Makes the calling thread, which runs in short pieces, run as soon as it wakes, before a thread that
 * computes, if it has used less than its share of the core (Linux 6.12's EEVDF; sched_setattr(2)). */
void thread_set_latency_sensitive(void);

/* Makes the calling thread run after all others. */
void thread_set_background(void);

/* Yields the core to waiting threads if this thread has computed for a millisecond since it last did, and wakes those
 * whose notifications it holds back (notify_batch.h). Call it after each step of some microseconds; it costs some 30 ns. */
void thread_yield_if_due(void);
