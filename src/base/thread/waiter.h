/* The pause between two rounds of a background thread: it ends after some time, or earlier when another
 * thread wakes or stops it.
 *
 * Pauses are timed by the monotonic clock, so setting the machine's time neither skips nor prolongs one. */
#pragma once

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

/* Plain data inside its owner; only waiter.c uses the members. */
struct waiter {
    pthread_mutex_t lock;
    pthread_cond_t wake;
    bool is_woken, is_stopping;
};

void waiter_init(struct waiter *waiter);
void waiter_free(struct waiter *waiter); /* no thread may be in waiter_sleep() */

/* Sleeps for `ms` (0: not at all), or until waiter_wake(). Returns false once waiter_stop() was called:
 * the thread is to end. One thread at a time. */
bool waiter_sleep(struct waiter *waiter, int64_t ms);

/* Ends the current sleep, or else the next one at once. From any thread, as are the rest. */
void waiter_wake(struct waiter *waiter);
void waiter_stop(struct waiter *waiter);
bool waiter_is_stopping(struct waiter *waiter);
