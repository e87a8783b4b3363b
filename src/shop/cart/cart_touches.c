#include "shop/cart/cart_touches.h"

#include <string.h>

void cart_touches_init(struct cart_touches *touches) {
    touches->count = 0;
    pthread_mutex_init(&touches->lock, NULL);
}

void cart_touches_free(struct cart_touches *touches) {
    pthread_mutex_destroy(&touches->lock);
}

void cart_touches_put(struct cart_touches *touches, const struct uuid *session) {
    pthread_mutex_lock(&touches->lock);
    size_t i = 0;
    while (i < touches->count && !uuid_equal(&touches->sessions[i], session))
        i++;
    if (i == touches->count && i < cart_touches_max)
        touches->sessions[touches->count++] = *session;
    pthread_mutex_unlock(&touches->lock);
}

bool cart_touches_wait(struct cart_touches *touches) {
    pthread_mutex_lock(&touches->lock);
    size_t count = touches->count;
    pthread_mutex_unlock(&touches->lock);
    return count > 0;
}

size_t cart_touches_take(struct cart_touches *touches, struct uuid out[static cart_touches_max]) {
    pthread_mutex_lock(&touches->lock);
    size_t count = touches->count;
    memcpy(out, touches->sessions, count * sizeof *out);
    touches->count = 0;
    pthread_mutex_unlock(&touches->lock);
    return count;
}
