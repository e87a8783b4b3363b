#include "shop/carts_seen.h"

#include <string.h>

void carts_seen_init(struct carts_seen *seen) {
    seen->count = 0;
    pthread_mutex_init(&seen->lock, NULL);
}

void carts_seen_free(struct carts_seen *seen) {
    pthread_mutex_destroy(&seen->lock);
}

void carts_seen_put(struct carts_seen *seen, const struct uuid *session) {
    pthread_mutex_lock(&seen->lock);
    size_t i = 0;
    while (i < seen->count && !uuid_equal(&seen->sessions[i], session))
        i++;
    if (i == seen->count && i < carts_seen_max)
        seen->sessions[seen->count++] = *session;
    pthread_mutex_unlock(&seen->lock);
}

size_t carts_seen_take(struct carts_seen *seen, struct uuid out[static carts_seen_max]) {
    pthread_mutex_lock(&seen->lock);
    size_t count = seen->count;
    memcpy(out, seen->sessions, count * sizeof *out);
    seen->count = 0;
    pthread_mutex_unlock(&seen->lock);
    return count;
}
