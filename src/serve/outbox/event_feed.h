/* The thread that reads the outbox for the desk's live streams: one of each server, however many streams there are. */
#pragma once

#include "base/clock.h"
#include "base/thread/broadcast.h"
#include "db/exec/executor.h"
#include "shop/outbox/event.h"

struct event_feed;

/* What it points at outlives the feed. */
struct event_feed_options {
    struct executor *executor;
    struct broadcast *broadcast;
    struct event_interest *interest;
    const struct clock *clock;
    bool is_shared; /* other nodes write events too */
};

/* Starts the thread. NULL without memory or a thread. */
struct event_feed *event_feed_start(const struct event_feed_options *options);

/* Ends it, and waits for it. NULL is allowed. */
void event_feed_stop(struct event_feed *feed);
