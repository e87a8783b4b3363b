/* The timeline of an order, for its shopper and for the staff. */
#include "shop/orders/order_events.h"
#include "api/access.h"
#include "api/endpoint.h"
#include "api/resources/order_model.h"

static const struct field event_fields[] = {
    TIME_FIELD(struct order_event, at, .example = "\"2026-11-23T02:03:29.123456Z\""),
    ENUM_FIELD(struct order_event, kind, .names = order_event_names),
    MAYBE_UUID_FIELD(struct order_event, subject,
                     .doc = "The id of the fulfilment or the refund; null: the order itself"),
    MAYBE_INT_FIELD(struct order_event, amount, .doc = "Of money, in minor units"),
    TEXT_FIELD(struct order_event, text, .optional = true, .doc = "A note, or a reason"),
    TEXT_FIELD(struct order_event, actor_kind, .optional = true,
               .doc = "Who did it, as in the audit log; null for shoppers, and if it was not the staff",
               .example = "\"staff\""),
    TEXT_FIELD(struct order_event, actor, .optional = true, .doc = "The id of the key or the member"),
};
const struct model order_event_read = MODEL("OrderEvent", struct order_event, event_fields);

const struct uuid *order_reader(const struct call *call) {
    return call_is_staff(call) ? NULL : &call->session.key;
}

bool order_shows_mail(const struct call *call) {
    return !call_is_staff(call) || (call->actor.scopes & scope_bit(SCOPE_CUSTOMERS_READ));
}

struct events_path {
    struct uuid order_id;
};
static const struct field path_fields[] = {
    UUID_FIELD(struct events_path, order_id, .example = EXAMPLE_ORDER_ID)};
static const struct model events_path = MODEL("OrderEventsPath", struct events_path, path_fields);

static enum status list_order_events(struct call *call) {
    const struct events_path *path = call->path;
    return order_events_get(&call->ctx, order_reader(call), &path->order_id, call->attempt.reply);
}

static const struct endpoint rows[] = {
    {
        .method = METHOD_GET,
        .path = "/orders/{order_id}/events",
        .summary = "List an order's events",
        .doc =
            "What happened to it, oldest first. The session's own, or one whose link it has opened; the staff may read any, with notes "
            "and with who did it.",
        .access = ACCESS_SESSION,
        .scope = SCOPE_ORDERS_READ,
        .lane = LANE_READER,
        .path_model = &events_path,
        .reply = &order_event_read,
        .reply_is_list = true,
        .errors = ERRORS(STATUS_ORDER_NOT_FOUND),
        .handle = list_order_events,
    },
};

const struct endpoint_group order_event_endpoints = {
    .tag = "orders",
    .rows = rows,
    .count = sizeof rows / sizeof *rows,
};
