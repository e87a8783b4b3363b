#include "db/exec/change_clock.h"

/* Raises a counter to `count`, unless another thread has raised it further. */
static void counter_raise(_Atomic uint64_t *latest, uint64_t count) {
    uint64_t before = atomic_load_explicit(latest, memory_order_relaxed);
    while (before < count && !atomic_compare_exchange_weak_explicit(
                                 latest, &before, count, memory_order_release, memory_order_relaxed))
        ;
}

void change_clock_publish(struct change_clock *clock, unsigned topics) {
    uint64_t count = atomic_fetch_add_explicit(&clock->count, 1, memory_order_acq_rel) + 1;
    for (size_t i = 0; i < topics_max; i++)
        if (topics & 1u << i)
            counter_raise(&clock->changed[i], count);
}

uint64_t change_clock_latest(const struct change_clock *clock, unsigned topics) {
    uint64_t latest = 0;
    if (atomic_load_explicit(&clock->listener_down, memory_order_acquire))
        return UINT64_MAX;
    for (size_t i = 0; i < topics_max; i++) {
        uint64_t changed =
            topics & 1u << i ? atomic_load_explicit(&clock->changed[i], memory_order_acquire) : 0;
        latest = changed > latest ? changed : latest;
    }
    return latest;
}

void change_clock_keep_log(struct change_clock *clock, int lag_ms) {
    pthread_mutex_init(&clock->log.lock, NULL);
    /* Half of the ring spans the lag, so that a sample of at least that age is always in it. */
    clock->log.every_ms = lag_ms / (lsn_samples_max / 2) + 1;
}

void change_clock_raise_min_lsn(struct change_clock *clock, int64_t lsn) {
    _Atomic int64_t *min_lsn = &clock->log.min_lsn;
    int64_t before = atomic_load(min_lsn);
    while (before < lsn && !atomic_compare_exchange_weak(min_lsn, &before, lsn))
        ;
}

void change_clock_sample_lsn(struct change_clock *clock, int64_t us, int64_t lsn) {
    struct lsn_log *log = &clock->log;
    pthread_mutex_lock(&log->lock);
    log->samples[log->next++ % lsn_samples_max] = (struct lsn_sample){us, lsn};
    pthread_mutex_unlock(&log->lock);
}

/* The latest sample, and the latest one that is at least `age_us` old; both zero if there is no such. */
static void samples_find(struct lsn_log *log, int64_t now_us, int64_t age_us, struct lsn_sample *latest,
                         struct lsn_sample *old) {
    *latest = *old = (struct lsn_sample){0};
    pthread_mutex_lock(&log->lock);
    for (size_t i = 0; i < lsn_samples_max; i++) {
        const struct lsn_sample *sample = &log->samples[i];
        if (sample->us > latest->us)
            *latest = *sample;
        if (sample->us > old->us && now_us - sample->us >= age_us)
            *old = *sample;
    }
    pthread_mutex_unlock(&log->lock);
}

int64_t change_clock_needed_lsn(struct change_clock *clock, int64_t now_us, int lag_ms) {
    struct lsn_log *log = &clock->log;
    int64_t lag_us = (int64_t)lag_ms * 1000;
    struct lsn_sample latest, old;
    samples_find(log, now_us, lag_us, &latest, &old);
    if (atomic_load(&log->unplaced) != atomic_load(&log->placed) || latest.us == 0 ||
        now_us - latest.us >= lag_us + (int64_t)log->every_ms * 1000)
        return INT64_MAX;
    if (old.us == 0) /* the primary has been asked for less than lag_ms */
        old = latest;
    int64_t min_lsn = atomic_load(&log->min_lsn);
    return min_lsn > old.lsn ? min_lsn : old.lsn;
}
