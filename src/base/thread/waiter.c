#include "base/thread/waiter.h"

#include "base/clock.h"

void waiter_init(struct waiter *waiter) {
    *waiter = (struct waiter){.is_stopping = false};
    pthread_mutex_init(&waiter->lock, NULL);
    cond_init_monotonic(&waiter->wake);
}

void waiter_free(struct waiter *waiter) {
    pthread_cond_destroy(&waiter->wake);
    pthread_mutex_destroy(&waiter->lock);
}

/* A wake-up that comes while the thread works is kept in `is_woken`, so that it is not lost between two
 * sleeps. */
bool waiter_sleep(struct waiter *waiter, int64_t ms) {
    struct timespec until = monotonic_in_ms(ms);
    pthread_mutex_lock(&waiter->lock);
    while (ms > 0 && !waiter->is_woken && !waiter->is_stopping &&
           pthread_cond_timedwait(&waiter->wake, &waiter->lock, &until) == 0)
        ;
    waiter->is_woken = false;
    bool go_on = !waiter->is_stopping;
    pthread_mutex_unlock(&waiter->lock);
    return go_on;
}

/* Sets a flag under the lock, so that the sleeping thread cannot miss it between its check and its sleep. */
static void waiter_set(struct waiter *waiter, bool *flag) {
    pthread_mutex_lock(&waiter->lock);
    *flag = true;
    pthread_cond_signal(&waiter->wake);
    pthread_mutex_unlock(&waiter->lock);
}

void waiter_wake(struct waiter *waiter) {
    waiter_set(waiter, &waiter->is_woken);
}

void waiter_stop(struct waiter *waiter) {
    waiter_set(waiter, &waiter->is_stopping);
}

bool waiter_is_stopping(struct waiter *waiter) {
    pthread_mutex_lock(&waiter->lock);
    bool stopping = waiter->is_stopping;
    pthread_mutex_unlock(&waiter->lock);
    return stopping;
}
