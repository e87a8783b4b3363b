/* How threads of this program share a core, where there are more of them than cores.
 *
 * An event loop works for microseconds and somebody waits for it; the writer and a search compute for
 * milliseconds. Left to itself Linux looks once a tick (4 ms) whether a thread that woke should go before one
 * that computes, and that is what a product page would come later by. All of these are requests: a system
 * that does not know them goes on as it is. */
#pragma once

/* The calling thread works in short pieces: it goes before one that computes as soon as it wakes, where it
 * has used less of the core than its share (Linux 6.12's EEVDF; sched_setattr(2)). */
void thread_is_prompt(void);

/* What the calling thread does may wait for everybody else. */
void thread_is_patient(void);

/* For a thread that computes, at every step of some microseconds: once it has for a millisecond, whoever
 * waits for its core goes first, and it gives up what was left of its turn. Some 30 ns. */
void thread_make_way(void);
