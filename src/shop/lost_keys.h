/* Idempotency keys that are kept as running although their request has ended: its last transaction was lost (a full
 * disk, a failed sync), and with it the release of the key. They wait here until the chores can release them, so that
 * a retry need not wait for the lease.
 *
 * The list is bounded and only in memory. A key that finds no room, or is lost with the process, is free after its
 * lease, or when the server starts. */
#pragma once

#include "base/uuid.h"
#include "shop/shop_ctx.h"

#include <pthread.h>

/* As many as requests may wait for the provider at once by default; 64 × 288 bytes = 18 KiB. */
enum { lost_keys_max = 64, lost_key_bytes_max = 255 };

struct lost_key {
    struct uuid session;
    size_t size;
    char text[lost_key_bytes_max];
};

/* Plain data that its owner keeps; only lost_keys.c reads and writes the members. */
struct lost_keys {
    pthread_mutex_t lock;
    size_t count;
    struct lost_key keys[lost_keys_max];
};

void lost_keys_init(struct lost_keys *keys);
void lost_keys_free(struct lost_keys *keys);

/* Adds a session's key, of at most lost_key_bytes_max bytes. From any thread. */
void lost_keys_put(struct lost_keys *keys, const struct uuid *session, struct str key);

/* Releases every key of the list in the transaction of `ctx`; `count` gets how many. They stay in the list until
 * lost_keys_forget. */
MUST_CHECK enum status lost_keys_release(struct lost_keys *keys, struct shop_ctx *ctx, size_t *count);

bool lost_keys_wait(struct lost_keys *keys); /* whether there are any */

/* Takes the first `count` keys out of the list, once that transaction is committed. From one thread. */
void lost_keys_forget(struct lost_keys *keys, size_t count);
