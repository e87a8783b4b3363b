/* Reads the outbox's events in the order of their numbers, each once, as they are committed.
 *
 * On PostgreSQL a number is taken before its transaction commits, so 11 may be seen while 10 is still to come:
 *
 *     transaction A   takes 10 ────────────────────────── commits
 *     transaction B        takes 11 ── commits
 *     the tail                            ▲ look 1 sees 11, and marks it
 *                                            ▲ look 2 has a transaction number, X
 *                                                         ▲ look 3: all transactions below X are over, 10 and 11 may be read
 *
 * A transaction writes the cause before its event, so it has its own number before it takes the event's. So all that may
 * still bring an event up to the mark have a number below X. X must be taken after the mark was seen, so it is that of the next
 * look: the executor gives a transaction its number with the first statement. Mostly nothing else runs, and look 2 finds that
 * the mark holds. One long transaction holds it up for event_tail_us_max at most; an event that is committed even later is left
 * out.
 *
 * SQLite has one writer, so there numbers are committed in their order. */
#pragma once

#include "shop/shop_ctx.h"

#define event_tail_us_max (INT64_C(5) * 1000000)

/* Plain data of one thread; all zero at first. */
struct event_tail {
    int64_t mark;        /* a number that was seen; 0: no mark */
    int64_t transaction; /* a number that was taken after it; 0: not yet, or SQLite */
    int64_t marked_us;   /* when, by the monotonic clock */
};

void event_tail_mark(struct event_tail *tail, int64_t number, int64_t now_us);

/* Returns the number up to which events may be read, and drops the mark; 0: not yet. `oldest`: the lowest number of a
 * transaction that still runs. */
int64_t event_tail_settle(struct event_tail *tail, int64_t oldest, int64_t now_us);

/* Returns in `until` up to which number events may be read: `sent`, if there are no others. In a transaction that reads what
 * others commit meanwhile. tail->mark is set afterwards if there is more to come soon. Each look needs a transaction of its
 * own. */
MUST_CHECK enum status event_tail_look(struct shop_ctx *ctx, struct event_tail *tail, int64_t sent,
                                       int64_t *until);

/* Whether the next look should follow at once, because it takes the number that the mark waits for. */
bool event_tail_needs_number(const struct event_tail *tail);

/* An event as it is sent to the desk. */
struct tail_event {
    int64_t seq;
    struct str type, status, currency; /* the last two and `number` absent: it is about no order */
    struct uuid subject;
    struct str number; /* of the order, if its shopper left an email address */
    struct maybe_int amount;
    int64_t created_at;
};

/* Reads up to `limit` events behind `after` up to `until`. */
MUST_CHECK enum status event_tail_read(struct shop_ctx *ctx, int64_t after, int64_t until, int64_t limit,
                                       struct list *out);
