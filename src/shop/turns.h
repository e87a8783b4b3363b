/* A long work on an engine with one writer, cut into turns: transactions of a bounded length, between which
 * others get theirs.
 *
 * A turn ends as soon as somebody waits for it to end (DB_WAITING), and the next does not start before they
 * got theirs. What they wait for then is the commit, so how much a turn may write depends on whether a server
 * is on the same database: beside one it lasts milliseconds; alone, long turns cost less. */
#pragma once

#include "shop/tx.h"

enum {
    turn_alone_us = 1000 * 1000,
    turn_served_us = 4 * 1000, /* and a commit of what it wrote: some 1 MiB */
    turn_look_us = 500,        /* how soon it is seen that somebody waits: that ends a turn */
    turn_wait_us = 100 * 1000, /* how long somebody who waits is let go first */
};

struct turns {
    int64_t end_us, look_us; /* of the one at hand, and when to look who waits, by monotonic_us() */
    /* Asked between two turns, with `context`, whether to go on; NULL: nobody is. */
    bool (*go_on)(void *context);
    void *context;
};

/* Starts the first transaction. */
MUST_CHECK enum status turns_begin(struct turns *turns, struct tx *tx);

/* Whether the turn has lasted long enough, or somebody waits for its end. */
bool turn_is_over(struct turns *turns, struct tx *tx);

/* Commits, lets those who wait go first, and starts the next transaction. STATUS_STOPPING where it should not
 * go on. After a failure no transaction is open. */
MUST_CHECK enum status turns_next(struct turns *turns, struct tx *tx);

/* Commits the last one. After a failure nothing of it is there. */
MUST_CHECK enum status turns_end(struct turns *turns, struct tx *tx);
