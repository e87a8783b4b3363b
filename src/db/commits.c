#include "db/commits.h"

void commits_keep_log(struct commits *commits, int lag_ms) {
    struct commits_log *log = &commits->log;
    pthread_mutex_init(&log->lock, NULL);
    log->every_ms = lag_ms / (commits_marks / 2) + 1; /* twice as many as are looked back on */
}

void commits_fence(struct commits *commits, int64_t at) {
    _Atomic int64_t *fence = &commits->log.fence;
    int64_t before = atomic_load(fence);
    while (before < at && !atomic_compare_exchange_weak(fence, &before, at))
        ;
}

void commits_mark(struct commits *commits, int64_t us, int64_t at) {
    struct commits_log *log = &commits->log;
    pthread_mutex_lock(&log->lock);
    log->marks[log->next++ % commits_marks] = (struct commits_mark){us, at};
    pthread_mutex_unlock(&log->lock);
}

int64_t commits_needed(struct commits *commits, int64_t now_us, int lag_ms) {
    struct commits_log *log = &commits->log;
    int64_t lag_us = (int64_t)lag_ms * 1000;
    struct commits_mark latest = {0}, old = {0};
    pthread_mutex_lock(&log->lock);
    for (size_t i = 0; i < commits_marks; i++) {
        const struct commits_mark *mark = &log->marks[i];
        if (mark->us > latest.us)
            latest = *mark;
        if (mark->us > old.us && now_us - mark->us >= lag_us)
            old = *mark;
    }
    pthread_mutex_unlock(&log->lock);
    if (atomic_load(&log->unplaced) != atomic_load(&log->placed) || latest.us == 0 ||
        now_us - latest.us >= lag_us + (int64_t)log->every_ms * 1000)
        return INT64_MAX;
    if (old.us == 0) /* asked for less than lag_ms so far */
        old = latest;
    int64_t fence = atomic_load(&log->fence);
    return fence > old.at ? fence : old.at;
}
