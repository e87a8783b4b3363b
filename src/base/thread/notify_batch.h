/* Wakes other threads together, at the end of a batch.
 *
 * On a shared core, a thread that is woken may run before the one that woke it. If a batch of work is
 * handed out, each piece would then be started, done and waited for alone, at the price of two context
 * switches. So the thread that hands the work out holds its notifications back until the last piece is
 * handed out. */
#pragma once

/* Wakes the thread that waits for `what`. */
typedef void notifier(void *what);

/* Calls `how(what)`: now, or at notify_batch_end() if this thread holds its notifications back. `what`
 * must live until then. */
void notify(notifier *how, void *what);

/* Between these two calls, notifications of the calling thread are held back; those for which there is no
 * room are made at once. Batches do not nest. */
void notify_batch_begin(void);
void notify_batch_end(void);

/* Makes the notifications that the calling thread has held back so far. thread_yield_if_due() does this too. */
void notify_batch_flush(void);
