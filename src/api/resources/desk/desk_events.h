/* The texts of the desk's live stream: events as Server-Sent Events (html.spec.whatwg.org, 9.2), for the one who reads the
 * outbox and for the one who resumes. */
#pragma once

#include "base/buf.h"
#include "shop/outbox/event_tail.h"
#include "shop/staff/scopes.h"

/* How many events a stream may resume at once. If it has missed more, it begins anew. */
enum { resumed_events_max = 500 };

/* The scope that opens an event, as a set. */
scope_set desk_event_scope(const struct tail_event *event);

/* Appends an event. `since` is the audience's (shop/outbox/audience.h), and a part of the id. */
void desk_event_write(struct buf *out, const struct tail_event *event, int64_t since);

/* Appends the event `ready`: nothing that comes after event `seq` will be missing. */
void desk_event_write_ready(struct buf *out, int64_t seq, int64_t since);
