/* How it works:
 *
 *     no stream      sleeps, and asks nothing
 *     first stream   waits until other nodes know of the audience, then until the latest event is settled (event_tail.h): there
 *                    the broadcast starts. What resuming streams have missed is put before it.
 *     afterwards     looks ten times a second whether a commit has written events, on this node or, by the listener's word,
 *                    on another one. Only then, or every 30 seconds, it asks the database: it keeps the audience for another
 *                    while, and reads the events that are settled.
 *
 * What a transaction has read is put into the broadcast after it, because a job may be undone and run again. */
#include "serve/outbox/event_feed.h"

#include "api/resources/desk/desk_events.h"
#include "base/log.h"
#include "base/random.h"
#include "base/thread/idle_gate.h"
#include "shop/outbox/audience.h"
#include "shop/schema/schema.h"

#include <pthread.h>
#include <stdlib.h>

enum {
    feed_turn_ms = 100,
    feed_retry_ms = 1000,        /* after a look that failed: each leaves a line in the log */
    feed_pause_ms = 3600 * 1000, /* without streams; the first one ends it */
    feed_arena_bytes_max = 4 * 1024 * 1024,
};

/* How far the feed is. */
struct feed_state {
    struct event_tail tail;
    int64_t sent;  /* the latest event that was put */
    int64_t since; /* the audience's, of the start */
    bool has_start;
};

struct event_feed {
    struct event_feed_options options;
    struct idle_gate gate;
    struct feed_state state, next; /* `next`: if the transaction commits */
    bool is_new_audience;          /* that other nodes may not know of */
    bool has_more;                 /* something is to be read soon */
    int64_t from;                  /* behind which event a start begins to read */
    struct list events;            /* that the transaction has read */
    struct arena arena;
    pthread_t thread;
};

/* Where a start begins to read: behind the event that a client has seen which resumes, unless that is too far back. A start
 * after which all begin anew reads nothing. */
static int64_t feed_resume_from(struct event_feed *f, int64_t latest) {
    if (f->state.has_start)
        return latest;
    int64_t from = broadcast_resume_from(f->options.broadcast);
    return from >= 0 && from < latest && latest - from < resumed_events_max ? from : latest;
}

/* One look, in a transaction. */
static enum status feed_job(void *context, struct db *db, unsigned *changes) {
    struct event_feed *f = context;
    struct audience audience;
    struct shop_ctx ctx = {.db = db,
                           .arena = &f->arena,
                           .clock = f->options.clock,
                           .random = &random_system,
                           .interest = f->options.interest};
    int64_t until;
    arena_reset(&f->arena); /* of a try before this one */
    f->next = f->state;
    f->events = (struct list){0};
    TRY(audience_keep(&ctx, &audience));
    *changes = ctx.changes;
    int64_t age_us = clock_now_us(f->options.clock) - audience.since;
    f->is_new_audience = f->options.is_shared && age_us >= 0 && age_us < audience_unheard_us;
    f->next.since = audience.since;
    TRY(event_tail_look(&ctx, &f->next.tail, f->state.sent, &until));
    bool starts = !f->state.has_start || audience.since != f->state.since;
    f->has_more = f->next.tail.mark != 0 || (starts && f->is_new_audience);
    if (starts && f->has_more)
        return STATUS_OK;
    if (starts)
        f->next.sent = f->from = feed_resume_from(f, until);
    TRY(event_tail_read(&ctx, f->next.sent, until, resumed_events_max, &f->events));
    const struct tail_event *event = f->events.data;
    bool is_full = f->events.count == resumed_events_max;
    f->has_more = f->has_more || is_full;
    f->next.sent = is_full ? event[f->events.count - 1].seq : until;
    f->next.has_start = true;
    return STATUS_OK;
}

/* Puts what a look has read. */
static void feed_put(struct event_feed *f) {
    const struct tail_event *event = f->events.data;
    bool starts = f->next.has_start && (!f->state.has_start || f->next.since != f->state.since);
    for (size_t i = 0; i < f->events.count; i++) {
        struct buf text = buf_new(&f->arena);
        desk_event_write(&text, &event[i], f->next.since);
        if (buf_ok(&text) && text.size <= broadcast_text_bytes_max)
            broadcast_put(f->options.broadcast, event[i].seq, desk_event_scope(&event[i]), buf_str(&text));
        else
            log_warning("event %lld is too long for the live streams", (long long)event[i].seq);
    }
    struct buf text = buf_new(&f->arena);
    if (starts)
        desk_event_write_ready(&text, f->next.sent, f->next.since);
    if (starts && buf_ok(&text))
        broadcast_put_start(f->options.broadcast, f->state.has_start ? INT64_MAX : f->from, f->next.sent,
                            buf_str(&text));
    if (starts || f->events.count > 0)
        broadcast_notify(f->options.broadcast);
}

/* Looks at the outbox. Returns false if that failed. */
static bool feed_look_once(struct event_feed *f) {
    enum status s = executor_call(f->options.executor, feed_job, f);
    if (s != STATUS_OK) {
        log_warning("live streams: %s", status_text(s));
        return false;
    }
    feed_put(f);
    f->state = f->next;
    return true;
}

/* Looks at the outbox, if there is a reason to. Returns how long to wait before the next turn, ms. */
static int feed_look(struct event_feed *f) {
    int64_t now_us = clock_now_us(f->options.clock);
    uint64_t activity = executor_changed(f->options.executor, TOPIC_EVENTS);
    if (activity != UINT64_MAX && !idle_gate_opens(&f->gate, activity, now_us))
        return feed_turn_ms;
    f->gate.is_closed = false;
    bool is_done;
    do
        is_done = feed_look_once(f);
    while (is_done && event_tail_needs_number(&f->state.tail));
    if (is_done && !f->has_more)
        idle_gate_close(&f->gate, activity, now_us, INT64_MAX);
    return is_done ? feed_turn_ms : feed_retry_ms;
}

static void *feed_main(void *context) {
    struct event_feed *f = context;
    int wait_ms = feed_pause_ms;
    while (broadcast_wait(f->options.broadcast, wait_ms)) {
        if (broadcast_has_readers(f->options.broadcast)) {
            wait_ms = feed_look(f);
        } else {
            f->state = (struct feed_state){0};
            f->gate.is_closed = false;
            wait_ms = feed_pause_ms;
        }
    }
    return NULL;
}

struct event_feed *event_feed_start(const struct event_feed_options *options) {
    struct event_feed *f = calloc(1, sizeof *f);
    if (!f)
        return NULL;
    f->options = *options;
    arena_init(&f->arena, feed_arena_bytes_max);
    if (pthread_create(&f->thread, NULL, feed_main, f) == 0)
        return f;
    arena_free(&f->arena);
    free(f);
    return NULL;
}

void event_feed_stop(struct event_feed *f) {
    if (!f)
        return;
    broadcast_stop(f->options.broadcast);
    pthread_join(f->thread, NULL);
    arena_free(&f->arena);
    free(f);
}
