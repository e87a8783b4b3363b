/* Whether somebody watches the desk's live events (EXTENSIONS 4: "live updates"), on any node of the shop. Only then are
 * events written for it.
 *
 *     stream opens          ──►  event_audience: until = in two minutes, since = now if there was no audience
 *     each half a minute    ──►  until is put off, while any stream of the node is open
 *     last stream closes         nothing: the row runs out, so a stream that comes back in time has missed nothing
 *
 * `since` names the time in which there was always an audience. A client that has seen an event of another time may have
 * missed events that were never written, so it is to load anew what it shows. Other nodes hear of a new audience as of
 * settings, and read the row when their senders look (delivery_read_interest). */
#pragma once

#include "shop/outbox/event.h"

/* How long the audience lasts after a node has put it off, and when it does. Two minutes are more than the half minute after
 * which an idle node looks at the row again. */
#define audience_us (INT64_C(120) * 1000000)
#define audience_renew_us (INT64_C(90) * 1000000)

/* How long other nodes may take to hear of a new audience: a turn of their senders, and a bit more. */
#define audience_unheard_us (INT64_C(1500) * 1000)

struct audience {
    int64_t since, until; /* microseconds; both 0: there never was one */
};

/* Reads the row, and notes in ctx->interest what it says. */
MUST_CHECK enum status audience_read(struct shop_ctx *ctx, struct audience *out);

/* After the clock was set back: ends an audience that the wrong clock has put off when one would end that is kept now. */
MUST_CHECK enum status audience_clock_was_set_back(struct shop_ctx *ctx);

/* Keeps the audience for another while, or begins a new one. */
MUST_CHECK enum status audience_keep(struct shop_ctx *ctx, struct audience *out);
