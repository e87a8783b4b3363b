/* Sessions whose carts were looked at, on their way from readers, which cannot write, to the chores, which
 * write each cart's last use.
 *
 * The list is bounded and only in memory. A session that found no room, or was lost with the process, comes
 * back when its cart is looked at the next time. */
#pragma once

#include "base/uuid.h"

#include <pthread.h>

/* Between two rounds of the chores: 256 × 16 bytes = 4 KiB, and some milliseconds of the writer. */
enum { cart_touches_max = 256 };

/* Plain data that its owner keeps; only cart_touches.c reads and writes the members. */
struct cart_touches {
    pthread_mutex_t lock;
    size_t count;
    struct uuid sessions[cart_touches_max];
};

void cart_touches_init(struct cart_touches *touches);
void cart_touches_free(struct cart_touches *touches);

/* Adds a session, from any thread. A session that is in the list already is not added twice. */
void cart_touches_put(struct cart_touches *touches, const struct uuid *session);

bool cart_touches_wait(struct cart_touches *touches); /* whether there are any */

/* Moves all sessions out of the list into `out`; returns how many. */
size_t cart_touches_take(struct cart_touches *touches, struct uuid out[static cart_touches_max]);
