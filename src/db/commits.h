/* How many commits there were, and which of them was the latest to change what: by that a cache knows whether
 * what it was given still holds (executor.h). */
#pragma once

#include "db/queue.h"

enum { commits_marks = 16 };

/* How far the primary's write-ahead log was at some time. */
struct commits_mark {
    int64_t us; /* monotonic; 0: none yet */
    int64_t at; /* bytes from the log's beginning */
};

/* Where there is a standby (standby.h). */
struct commits_log {
    int every_ms; /* between two marks; 0: there is no standby */
    /* What a standby must have replayed to have every change of the catalogue that is published. */
    _Atomic int64_t fence;
    /* How many changes were published whose place could not be asked for, and how many of those the fence has
     * been set behind since. */
    _Atomic uint64_t unplaced, placed;
    pthread_mutex_t lock; /* of the rest */
    size_t next;
    struct commits_mark marks[commits_marks];
};

struct commits {
    _Atomic uint64_t count;
    _Atomic uint64_t catalogue_changed, stock_changed; /* the count of the latest commit that did */
    _Atomic bool deaf; /* other nodes' commits cannot be heard of: nothing is known to hold */
    struct commits_log log;
};

static inline uint64_t commits_now(const struct commits *commits) {
    return atomic_load_explicit(&commits->count, memory_order_acquire);
}

static inline void commits_raise(_Atomic uint64_t *latest, uint64_t count) {
    uint64_t before = atomic_load_explicit(latest, memory_order_relaxed);
    while (before < count && !atomic_compare_exchange_weak_explicit(
                                 latest, &before, count, memory_order_release, memory_order_relaxed))
        ;
}

/* Makes a commit known, before any of its jobs is answered. From any thread. */
static inline void commits_publish(struct commits *commits, unsigned changes) {
    uint64_t count = atomic_fetch_add_explicit(&commits->count, 1, memory_order_acq_rel) + 1;
    if (changes & CHANGES_CATALOGUE)
        commits_raise(&commits->catalogue_changed, count);
    if (changes & CHANGES_STOCK)
        commits_raise(&commits->stock_changed, count);
}

/* Starts keeping where the log is, so that a standby's lag can be held to `lag_ms`. Before any thread. */
void commits_keep_log(struct commits *commits, int lag_ms);

/* The log reaches to `at`, and what it holds of the catalogue is about to be published. */
void commits_fence(struct commits *commits, int64_t at);

/* The log reached to `at` when `us` came. From one thread. */
void commits_mark(struct commits *commits, int64_t us, int64_t at);

/* What a standby must have replayed now: the fence, and what the primary had `lag_ms` before. INT64_MAX where
 * that is not known, since the primary could not be asked. */
int64_t commits_needed(struct commits *commits, int64_t now_us, int lag_ms);
