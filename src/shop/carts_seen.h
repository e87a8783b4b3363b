/* Carts that somebody has looked at, on their way from readers, which write nothing, to the chores, which
 * note that they are in use.
 *
 * Bounded, and in memory alone: what finds no room, or is lost with the process, is there again when its cart
 * is looked at the next time. */
#pragma once

#include "base/uuid.h"

#include <pthread.h>

enum {
    carts_seen_max = 256
}; /* between two rounds of the chores: 4 KiB, and some milliseconds of the writer */

/* Plain data for its owner to keep; what is in it is carts_seen.c's. */
struct carts_seen {
    pthread_mutex_t lock;
    size_t count;
    struct uuid sessions[carts_seen_max];
};

void carts_seen_init(struct carts_seen *seen);
void carts_seen_free(struct carts_seen *seen);

/* From any thread. A session that waits already is not put twice. */
void carts_seen_put(struct carts_seen *seen, const struct uuid *session);

/* Takes all that wait; gives how many. */
size_t carts_seen_take(struct carts_seen *seen, struct uuid out[static carts_seen_max]);
