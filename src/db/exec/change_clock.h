/* A clock that counts commits, and for each topic (db/schema.h) the count of the latest commit that changed
 * it. With it a cache knows whether what it keeps still holds: an answer carries the count that its snapshot
 * had at least, and holds until a topic that it depends on has a later one.
 *
 *     count     41     42         43          44
 *     changed          stock      catalogue   stock
 *     answer    read at 41 ......
 *               holds for the catalogue until 43, for stock until 42
 *
 * The count goes up before any job of the commit is answered, so a client that was answered sees its own
 * change.
 *
 * If there is a standby (standby.h), the clock also knows how far the standby must have come: see struct
 * lsn_log. */
#pragma once

#include "db/exec/queue.h"

enum { lsn_samples_max = 16 };

/* How far the primary's write-ahead log reached at some time. */
struct lsn_sample {
    int64_t us;  /* monotonic; 0: no sample yet */
    int64_t lsn; /* bytes from the log's beginning */
};

/* What a standby must have replayed: every urgent topic's change that this node published, and all that
 * the primary had written `lag` ago. The second needs a short history of the log's end, a ring of samples. */
struct lsn_log {
    int every_ms;            /* between two samples; 0: there is no standby */
    _Atomic int64_t min_lsn; /* the log's end behind the latest change that was published */
    /* Published changes whose LSN could not be read, and how many of them min_lsn lies behind by now. */
    _Atomic uint64_t unplaced, placed;
    pthread_mutex_t lock; /* of the rest */
    size_t next;
    struct lsn_sample samples[lsn_samples_max];
};

struct change_clock {
    _Atomic uint64_t count;
    _Atomic uint64_t changed[topics_max]; /* by topic: the count of the latest commit that changed it */
    _Atomic bool listener_down; /* other nodes' commits are not heard of: nothing is known to hold */
    struct lsn_log log;
};

static inline uint64_t change_clock_now(const struct change_clock *clock) {
    return atomic_load_explicit(&clock->count, memory_order_acquire);
}

/* Counts a commit that changed `topics`, before any of its jobs is answered. From any thread. */
void change_clock_publish(struct change_clock *clock, unsigned topics);

/* The count of the latest commit that changed any of `topics`; UINT64_MAX while the listener is down. */
uint64_t change_clock_latest(const struct change_clock *clock, unsigned topics);

/* Starts the history of the log, so that a standby's lag can be held to `lag_ms`. Before any thread. */
void change_clock_keep_log(struct change_clock *clock, int lag_ms);

/* The log reaches to `lsn`, and a change that lies before it is about to be published. */
void change_clock_raise_min_lsn(struct change_clock *clock, int64_t lsn);

/* The log reached to `lsn` at `us`. From one thread. */
void change_clock_sample_lsn(struct change_clock *clock, int64_t us, int64_t lsn);

/* What a standby must have replayed at `now_us`: min_lsn, and what the primary had written `lag_ms` before.
 * INT64_MAX if that is not known, because the primary could not be asked. */
int64_t change_clock_needed_lsn(struct change_clock *clock, int64_t now_us, int lag_ms);
