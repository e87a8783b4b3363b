#include "base/ip/failure_counts.h"

#include <pthread.h>
#include <stdlib.h>

enum { sets_count = 512, set_size = 8 };

struct failure_entry {
    uint64_t hash;
    int64_t since_us; /* of the first failure that counts */
    uint32_t count;   /* 0: the entry is free */
};

struct failure_counts {
    pthread_mutex_t lock;
    uint64_t seed; /* nobody outside can choose networks that share a set */
    uint32_t failures_max;
    int64_t window_us;
    struct failure_entry sets[sets_count][set_size];
};

struct failure_counts *failure_counts_new(uint32_t failures_max, int64_t window_us,
                                          const struct random *random) {
    struct failure_counts *c = calloc(1, sizeof *c);
    if (!c)
        return NULL;
    pthread_mutex_init(&c->lock, NULL);
    c->failures_max = failures_max;
    c->window_us = window_us;
    random_fill(random, &c->seed, sizeof c->seed);
    return c;
}

void failure_counts_free(struct failure_counts *counts) {
    if (!counts)
        return;
    pthread_mutex_destroy(&counts->lock);
    free(counts);
}

/* FNV-1a from a seed, then splitmix64's finish. */
static uint64_t failure_hash(const struct failure_counts *c, struct str key) {
    uint64_t x = c->seed;
    for (size_t i = 0; i < key.size; i++)
        x = (x ^ (unsigned char)key.data[i]) * 0x100000001B3u;
    x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9u;
    x = (x ^ (x >> 27)) * 0x94D049BB133111EBu;
    return x ^ (x >> 31);
}

/* The entry of a hash; NULL if it has no entry, or one whose window is over. */
static struct failure_entry *failure_entry_find(struct failure_counts *c, uint64_t hash, int64_t now_us) {
    struct failure_entry *set = c->sets[hash % sets_count];
    for (size_t i = 0; i < set_size; i++)
        if (set[i].count > 0 && set[i].hash == hash && now_us - set[i].since_us < c->window_us)
            return &set[i];
    return NULL;
}

/* The entry to give to a new hash. */
static struct failure_entry *failure_entry_take(struct failure_counts *c, uint64_t hash, int64_t now_us) {
    struct failure_entry *set = c->sets[hash % sets_count], *least = set;
    for (size_t i = 0; i < set_size; i++) {
        if (now_us - set[i].since_us >= c->window_us)
            set[i].count = 0;
        if (set[i].count < least->count)
            least = &set[i];
    }
    *least = (struct failure_entry){.hash = hash, .since_us = now_us};
    return least;
}

int64_t failure_counts_wait(struct failure_counts *c, struct str key, int64_t now_us) {
    int64_t wait_us = 0;
    if (!c)
        return 0;
    uint64_t hash = failure_hash(c, key);
    pthread_mutex_lock(&c->lock);
    const struct failure_entry *entry = failure_entry_find(c, hash, now_us);
    if (entry && entry->count >= c->failures_max)
        wait_us = entry->since_us + c->window_us - now_us;
    pthread_mutex_unlock(&c->lock);
    return wait_us;
}

void failure_counts_add(struct failure_counts *c, struct str key, int64_t now_us) {
    if (!c)
        return;
    uint64_t hash = failure_hash(c, key);
    pthread_mutex_lock(&c->lock);
    struct failure_entry *entry = failure_entry_find(c, hash, now_us);
    if (!entry)
        entry = failure_entry_take(c, hash, now_us);
    if (entry->count < c->failures_max)
        entry->count++;
    pthread_mutex_unlock(&c->lock);
}
