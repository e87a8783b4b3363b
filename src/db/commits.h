/* How many commits there were, and which of them was the latest to change what: by that a cache knows whether
 * what it was given still holds (executor.h). */
#pragma once

#include "db/queue.h"

struct commits {
    _Atomic uint64_t count;
    _Atomic uint64_t catalogue_changed, stock_changed; /* the count of the latest commit that did */
    _Atomic bool deaf; /* other nodes' commits cannot be heard of: nothing is known to hold */
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
