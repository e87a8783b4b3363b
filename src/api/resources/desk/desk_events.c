/* GET /admin/events: what happens in the shop, as it happens.
 *
 * The handler answers with the beginning of a stream, and the server goes on with what the reader of the outbox
 * (serve/outbox/event_feed.h) puts into the broadcast. A client that comes back names the last event that it has seen:
 *
 *     id: 1841-1795000000000000
 *         │    └ audience.since: if it is another one, some events were never written
 *         └ events.seq
 *
 *     the feed runs, and the id is good     what is missing is read here, up to the latest event that the feed has put
 *     the feed is about to start            it reads from that event on itself
 *     otherwise                             `ready`: the client loads anew what it shows
 */
#include "api/resources/desk/desk_events.h"
#include "api/endpoint.h"
#include "api/internal.h"
#include "base/thread/broadcast.h"
#include "shop/outbox/audience.h"

struct event_data {
    struct uuid id;
    struct str number, status, currency;
    struct maybe_int total_amount;
};
static const struct field data_fields[] = {
    UUID_FIELD(struct event_data, id, .doc = "Of the order or the product"),
    TEXT_FIELD(struct event_data, number, .optional = true,
               .doc = "Of an order whose shopper left an email address", .example = "\"TX4K-9QRM\""),
    TEXT_FIELD(struct event_data, status, .optional = true, .doc = "The order's, when this happened",
               .example = "\"paid\""),
    MAYBE_INT_FIELD(struct event_data, total_amount, .doc = "Of the order, in minor units",
                    .example = "2999"),
    TEXT_FIELD(struct event_data, currency, .optional = true, .example = "\"usd\""),
};
static const struct model event_data = MODEL("ShopEventData", struct event_data, data_fields);

struct event_body {
    struct str type;
    int64_t timestamp, sequence;
    struct event_data data;
};
static const struct field event_fields[] = {
    TEXT_FIELD(struct event_body, type, .doc = "As of webhooks, and the name of the event",
               .example = "\"order.paid\""),
    TIME_FIELD(struct event_body, timestamp, .example = "\"2026-11-23T02:03:29.123456Z\""),
    INT_FIELD(struct event_body, sequence, .example = "1841"),
    MODEL_FIELD(struct event_body, data, struct event_data, .of = &event_data,
                .doc = "Null in an event of a product: all but its id"),
};
static const struct model event_model = MODEL("ShopEvent", struct event_body, event_fields);

scope_set desk_event_scope(const struct tail_event *event) {
    return scope_bit(str_starts(event->type, STR("product.")) ? SCOPE_PRODUCTS_READ : SCOPE_ORDERS_READ);
}

static void event_write_id(struct buf *out, int64_t seq, int64_t since) {
    buf_put_text(out, "id: ");
    buf_put_int(out, seq);
    buf_put_char(out, '-');
    buf_put_int(out, since);
}

void desk_event_write(struct buf *out, const struct tail_event *event, int64_t since) {
    const struct event_body body = {
        .type = event->type,
        .timestamp = event->created_at,
        .sequence = event->seq,
        .data = {event->subject, event->number, event->status, event->currency, event->amount},
    };
    event_write_id(out, event->seq, since);
    buf_put_text(out, "\nevent: ");
    buf_put(out, event->type);
    buf_put_text(out, "\ndata: ");
    model_encode(&event_model, &body, 0, out);
    buf_put_text(out, "\n\n");
}

void desk_event_write_ready(struct buf *out, int64_t seq, int64_t since) {
    event_write_id(out, seq, since);
    buf_put_text(out, "\nevent: ready\ndata: {}\n\n");
}

struct events_query {
    struct str last_event_id;
};
static const struct field query_fields[] = {
    TEXT_FIELD(struct events_query, last_event_id, .optional = true,
               .doc = "In place of the header Last-Event-ID, which a page can send only by coming back"),
};
static const struct model events_query = MODEL("EventsQuery", struct events_query, query_fields);

/* Returns the number in the id that the client has seen last; broadcast_fresh if that is not one of this audience's. */
static int64_t event_seen(const struct call *call, int64_t since) {
    const struct events_query *query = call->query;
    struct str id = request_header(call->request, STR("last-event-id"));
    int64_t seq, period;
    if (!id.data)
        id = query->last_event_id;
    struct str number = str_cut(&id, '-');
    bool is_known =
        str_to_int(number, INT64_MAX, &seq) && str_to_int(id, INT64_MAX, &period) && period == since;
    return is_known ? seq : broadcast_fresh;
}

/* Appends what a client has missed up to `latest`. Returns false in `is_whole` if that is too much. */
static enum status events_resume(struct call *call, int64_t seen, int64_t latest, int64_t since,
                                 struct buf *out, bool *is_whole) {
    struct list events;
    TRY(event_tail_read(&call->ctx, seen, latest, resumed_events_max, &events));
    const struct tail_event *event = events.data;
    *is_whole = events.count < resumed_events_max;
    for (size_t i = 0; i < events.count && *is_whole; i++)
        if (desk_event_scope(&event[i]) & call->actor.scopes)
            desk_event_write(out, &event[i], since);
    return STATUS_OK;
}

static enum status follow_events(struct call *call) {
    struct broadcast *broadcast = call->api->options.events;
    struct response *r = &call->attempt.response;
    struct buf text = buf_new(call->ctx.arena);
    struct audience audience;
    TRY(audience_keep(&call->ctx, &audience));
    int64_t seen = event_seen(call, audience.since);
    int64_t latest = broadcast ? broadcast_latest(broadcast) : broadcast_fresh;
    bool is_whole = false;
    buf_put_text(&text, "retry: 2000\n\n");
    if (latest >= 0 && seen >= 0)
        TRY(events_resume(call, seen, latest, audience.since, &text, &is_whole));
    if (latest >= 0 && !is_whole)
        desk_event_write_ready(&text, latest, audience.since);
    if (!buf_ok(&text))
        return STATUS_NO_MEMORY;
    r->is_stream = broadcast != NULL;
    r->stream_after = latest >= 0 ? (seen > latest ? seen : latest) : seen;
    call_header(call, STR("x-accel-buffering"), STR("no")); /* nginx passes each event on at once */
    call_text(call, STR("text/event-stream"), buf_str(&text));
    return STATUS_OK;
}

static const struct endpoint rows[] = {
    {
        .method = METHOD_GET,
        .path = "/admin/events",
        .summary = "Follow what happens in the shop",
        .doc =
            "Server-Sent Events, for `EventSource`: orders for callers with `orders:read`, products for callers with `products:read`. The "
            "first event is `ready`: from then on nothing is missing, so load what you show. A client that comes back with "
            "`Last-Event-ID` gets what it has missed in place of `ready`, or `ready` again if that is too much. An event may come "
            "twice. Every 15 seconds comes a comment. A stream ends when its key or session ends, or its client reads too slowly.",
        .access = ACCESS_STAFF,
        .any_staff = true,
        .streams = true,
        .lane = LANE_WRITER,
        .query = &events_query,
        .event = &event_model,
        .headers = {"last-event-id"},
        .errors = ERRORS(STATUS_TOO_MANY_STREAMS),
        .handle = follow_events,
    },
};

const struct endpoint_group desk_event_endpoints = {
    .tag = "webhooks",
    .rows = rows,
    .count = sizeof rows / sizeof *rows,
};
