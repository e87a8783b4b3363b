/* How a thread that works now and then rests in between: for so long, until it is woken, or until it is to
 * end.
 *
 * By the clock that never goes back, so that setting the machine's time neither skips a rest nor prolongs it.
 */
#pragma once

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

/* Plain data for its owner to keep; what is in it is nap.c's. */
struct nap {
    pthread_mutex_t lock;
    pthread_cond_t wake;
    bool woken, stopping;
};

void nap_init(struct nap *n);
void nap_free(struct nap *n); /* nobody may be napping any more */

/* Rests for `ms`, 0 being not at all, or less where nap_wake is called; from one thread at a time. False as
 * soon as nap_stop was called: the thread is to end. */
bool nap(struct nap *n, int64_t ms);

/* Ends the nap that goes on, or the next one at once. From any thread, as are the rest. */
void nap_wake(struct nap *n);
void nap_stop(struct nap *n);
bool nap_stopping(struct nap *n);
