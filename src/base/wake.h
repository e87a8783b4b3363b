/* Waking other threads, all at once at the end of what gives them work.
 *
 * On a core that is shared, a thread that is woken may go before the one that wakes it. Where a batch of work
 * is given out, each would then be started, done and waited for alone, with two switches of threads for each.
 */
#pragma once

/* Wakes whoever waits for `what`. */
typedef void waker(void *what);

/* Calls it: now, or at wake_release where this thread holds its wakes back. Until then `what` must last. */
void wake(waker *how, void *what);

/* Between these, the calling thread's wakes are held back, as many as there is room for. Not nested. */
void wake_hold(void);
void wake_release(void);
