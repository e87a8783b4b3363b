#include "base/nap.h"

#include "base/clock.h"

void nap_init(struct nap *n) {
    *n = (struct nap){.stopping = false};
    pthread_mutex_init(&n->lock, NULL);
    cond_init_monotonic(&n->wake);
}

void nap_free(struct nap *n) {
    pthread_cond_destroy(&n->wake);
    pthread_mutex_destroy(&n->lock);
}

bool nap(struct nap *n, int64_t ms) {
    struct timespec until = monotonic_in_ms(ms);
    pthread_mutex_lock(&n->lock);
    while (ms > 0 && !n->woken && !n->stopping && pthread_cond_timedwait(&n->wake, &n->lock, &until) == 0)
        ;
    n->woken = false;
    bool go_on = !n->stopping;
    pthread_mutex_unlock(&n->lock);
    return go_on;
}

static void set(struct nap *n, bool *what) {
    pthread_mutex_lock(&n->lock);
    *what = true;
    pthread_cond_signal(&n->wake);
    pthread_mutex_unlock(&n->lock);
}

void nap_wake(struct nap *n) {
    set(n, &n->woken);
}

void nap_stop(struct nap *n) {
    set(n, &n->stopping);
}

bool nap_stopping(struct nap *n) {
    pthread_mutex_lock(&n->lock);
    bool stopping = n->stopping;
    pthread_mutex_unlock(&n->lock);
    return stopping;
}
