/* A long work on an engine with one writer, cut into turns: transactions of a bounded length, with a rest
 * between them in which others get theirs.
 *
 * How long a turn may be depends on whether a server is on the same database: beside one, a shopper's write
 * waits for a turn's end at most, so it lasts milliseconds; alone, long turns cost less. */
#pragma once

#include "shop/tx.h"

enum {
    turn_alone_us = 1000 * 1000,
    turn_served_us = 4 * 1000, /* and a commit of what it wrote: some 1 MiB */
    /* The writer that waits looks every 0.25 ms whether the database is free (db/sqlite_shared.h). */
    turn_rest_us = 600,
};

struct turns {
    int64_t end_us; /* of the one at hand, by monotonic_us() */
    /* Asked between two turns, with `context`, whether to go on; NULL: nobody is. */
    bool (*go_on)(void *context);
    void *context;
};

/* Starts the first transaction. */
MUST_CHECK enum status turns_begin(struct turns *turns, struct tx *tx);

static inline bool turn_is_over(const struct turns *turns) {
    return monotonic_us() >= turns->end_us;
}

/* Commits, rests, and starts the next transaction. STATUS_STOPPING where it should not go on. After a failure
 * no transaction is open. */
MUST_CHECK enum status turns_next(struct turns *turns, struct tx *tx);

/* Commits the last one. After a failure nothing of it is there. */
MUST_CHECK enum status turns_end(struct turns *turns, struct tx *tx);
