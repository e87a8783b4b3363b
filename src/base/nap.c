#include "base/nap.h"

#include <time.h>

void nap_init(struct nap *n) {
    pthread_condattr_t monotonic;
    *n = (struct nap){.stopping = false};
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_mutex_init(&n->lock, NULL);
    pthread_cond_init(&n->wake, &monotonic);
    pthread_condattr_destroy(&monotonic);
}

void nap_free(struct nap *n) {
    pthread_cond_destroy(&n->wake);
    pthread_mutex_destroy(&n->lock);
}

static struct timespec in_ms(int64_t ms) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    int64_t ns = t.tv_nsec + ms % 1000 * 1000000;
    t.tv_sec += ms / 1000 + ns / 1000000000;
    t.tv_nsec = ns % 1000000000;
    return t;
}

bool nap(struct nap *n, int64_t ms) {
    struct timespec until = in_ms(ms);
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
