/* Guests find their order again (EXTENSIONS 3.4): by its number and its email address, without a session, or by the link that
 * each mail about it has, which lets their session read it. */
#include "shop/guests/order_lookup.h"
#include "api/access.h"
#include "api/endpoint.h"
#include "api/resources/order_model.h"
#include "api/resources/staff/device.h"
#include "base/ip/failure_counts.h"
#include "shop/email_key.h"
#include "shop/guests/order_access.h"
#include "shop/staff/throttle.h"

struct lookup_body {
    struct str number, email;
    struct maybe_bool send_link;
};
static const struct field body_fields[] = {
    TEXT_FIELD(struct lookup_body, number, LENGTH(1, 40), .doc = "In any way of writing",
               .example = "\"K7QF9-29XM4\""),
    EMAIL_FIELD(struct lookup_body, email, .example = "\"ann@example.com\""),
    MAYBE_BOOL_FIELD(struct lookup_body, send_link,
                     .doc =
                         "Mail a link to the order to that address, if both are right, in place of an answer",
                     .example = "false"),
};
static const struct model lookup_body = MODEL("OrderLookup", struct lookup_body, body_fields);

static const struct field event_fields[] = {
    TIME_FIELD(struct order_event, at, .example = "\"2026-11-23T02:03:29.123456Z\""),
    ENUM_FIELD(struct order_event, kind, .names = order_event_names),
};
static const struct model tracking_event = MODEL("TrackingEvent", struct order_event, event_fields);

static const struct field item_fields[] = {
    TEXT_FIELD(struct tracked_item, name, .example = "\"Desk lamp\""),
    INT_FIELD(struct tracked_item, quantity, .example = "2"),
};
static const struct model tracking_item = MODEL("TrackingItem", struct tracked_item, item_fields);

static const struct field parcel_item_fields[] = {
    INT_FIELD(struct fulfillment_item, line, .doc = "Which of `items`, from 0", .example = "0"),
    INT_FIELD(struct fulfillment_item, quantity, .example = "1"),
};
static const struct model parcel_item =
    MODEL("TrackingFulfillmentItem", struct fulfillment_item, parcel_item_fields);

static const struct field parcel_fields[] = {
    ENUM_FIELD(struct fulfillment, status, .names = fulfillment_status_names),
    LIST_FIELD(struct fulfillment, items, .item = KIND_MODEL, .of = &parcel_item),
    TEXT_FIELD(struct fulfillment, carrier, .optional = true, .example = "\"DHL\""),
    TEXT_FIELD(struct fulfillment, tracking_number, .optional = true, .example = "\"00340434161094042557\""),
    TEXT_FIELD(struct fulfillment, tracking_url, .optional = true, .doc = "http or https"),
    TIME_FIELD(struct fulfillment, shipped_at),
    MAYBE_TIME_FIELD(struct fulfillment, delivered_at),
};
static const struct model tracking_parcel = MODEL("TrackingFulfillment", struct fulfillment, parcel_fields);

static const struct field tracking_fields[] = {
    TEXT_FIELD(struct tracked_order, number, .example = "\"K7QF9-29XM4\""),
    ENUM_FIELD(struct tracked_order, status, .names = order_status_names),
    LIST_FIELD(struct tracked_order, timeline, .item = KIND_MODEL, .of = &tracking_event,
               .doc = "What happened to it, oldest first"),
    LIST_FIELD(struct tracked_order, items, .item = KIND_MODEL, .of = &tracking_item),
    LIST_FIELD(struct tracked_order, fulfillments, .item = KIND_MODEL, .of = &tracking_parcel,
               .doc = "What was sent together, oldest first"),
    TIME_FIELD(struct tracked_order, created_at),
};
static const struct model tracking_read = MODEL("TrackingRead", struct tracked_order, tracking_fields);

#define LINK_SENT_MESSAGE "If there is such an order, a link to it is on its way to that address"

struct link_sent {
    struct str message;
};
static const struct field sent_fields[] = {TEXT_FIELD(struct link_sent, message)};
static const struct model link_sent = MODEL("OrderLinkSent", struct link_sent, sent_fields);

/* Refuses a network from which many wrong look-ups came, or wrong links, before the database is asked. */
static enum status lookup_check(struct call *call) {
    char network[ip_prefix_text_size];
    client_prefix_format(&call->request->client, network);
    call->retry_us =
        failure_counts_wait(call->access->wrong_lookups, str_from(network), clock_now_us(call->ctx.clock));
    return call->retry_us > 0 ? STATUS_TOO_MANY : STATUS_OK;
}

/* The throttle of an address of mail in this network: not that of signing in. */
static enum status lookup_throttle_key(struct call *call, struct str key, struct uuid *out) {
    struct device nowhere = {.is_known = false};
    struct buf text = buf_new(call->ctx.arena);
    buf_put_text(&text, "order of ");
    buf_put(&text, key);
    if (!buf_ok(&text))
        return STATUS_NO_MEMORY;
    *out = device_throttle_key(call, &nowhere, buf_str(&text), NULL);
    return STATUS_OK;
}

static void lookup_count(struct call *call) {
    char network[ip_prefix_text_size];
    client_prefix_format(&call->request->client, network);
    failure_counts_add(call->access->wrong_lookups, str_from(network), clock_now_us(call->ctx.clock));
}

/* Counts a wrong look-up, which is committed, and answers the same whatever was wrong. */
static enum status lookup_refuse(struct call *call) {
    lookup_count(call);
    call_fail(call, STATUS_ORDER_NOT_FOUND);
    return STATUS_OK;
}

/* Answers the same whether there is such an order or not. So it also counts the same: as a wrong look-up. */
static enum status lookup_send_link(struct call *call, struct str key) {
    static const struct link_sent reply = {
        {LINK_SENT_MESSAGE, sizeof LINK_SENT_MESSAGE - 1},
    };
    const struct lookup_body *body = call->body;
    TRY(order_lookup_send_link(&call->ctx, body->number, key));
    lookup_count(call);
    return call_accept(call, &reply);
}

static enum status lookup_order(struct call *call) {
    const struct lookup_body *body = call->body;
    struct str key = email_key(call->ctx.arena, body->email);
    struct uuid throttle;
    if (!key.data)
        return STATUS_NO_MEMORY;
    TRY(lookup_throttle_key(call, key, &throttle));
    TRY(throttle_try(&call->ctx, &throttle, &call->retry_us));
    if (call->retry_us > 0) {
        call_fail(call, STATUS_TOO_MANY);
        return STATUS_OK;
    }
    if (body->send_link.value)
        return lookup_send_link(call, key);
    enum status s = order_lookup(&call->ctx, body->number, key, call->attempt.reply);
    if (s == STATUS_ORDER_NOT_FOUND)
        return lookup_refuse(call);
    return s == STATUS_OK ? throttle_clear(&call->ctx, &throttle) : s;
}

/* ---- POST /orders/access */

struct access_body {
    struct str token;
};
static const struct field access_body_fields[] = {
    TEXT_FIELD(struct access_body, token, LENGTH(1, 128), .secret = true, .doc = "Of the mail's link",
               .example = "\"2XvP0Zk3gq8yQn5b7WcT1uJdR6hLsE4mAoVf9xKiYtU\""),
};
static const struct model access_body = MODEL("OrderAccess", struct access_body, access_body_fields);

static const struct field access_fields[] = {
    UUID_FIELD(struct order_access, id, .doc = "Of the order", .example = EXAMPLE_ORDER_ID),
    TEXT_FIELD(struct order_access, number, .example = "\"K7QF9-29XM4\""),
    TIME_FIELD(struct order_access, until, .doc = "The session may read the order until then"),
};
static const struct model access_read = MODEL("OrderAccessRead", struct order_access, access_fields);

static enum status open_order(struct call *call) {
    const struct access_body *body = call->body;
    enum status s = order_access_open(&call->ctx, &call->session.key, body->token, call->attempt.reply);
    if (s == STATUS_LINK_OVER)
        lookup_count(call);
    return s;
}

static const struct endpoint rows[] = {
    {
        .method = METHOD_POST,
        .path = "/orders/access",
        .summary = "Open the link to an order",
        .doc =
            "Each mail about an order has a link, good for 180 days, whose page sends its token here. The session may then read the "
            "order, with its details and its events, for 30 days: what changes or pays it stays with the session that "
            "placed it. A wrong token counts as a wrong look-up of its network.",
        .access = ACCESS_SESSION,
        .makes_session = true,
        .lane = LANE_WRITER,
        .body = &access_body,
        .reply = &access_read,
        .errors = ERRORS(STATUS_LINK_OVER, STATUS_TOO_MANY),
        .check = lookup_check,
        .handle = open_order,
    },
    {
        .method = METHOD_POST,
        .path = "/orders/lookup",
        .summary = "Track an order by its number and email address",
        .doc =
            "Without a session: how far the order is, what is in it, and nothing of whose it is or what it costs. A wrong number and a wrong "
            "address get the same 404. With `send_link` the answer is 202 whatever is wrong, and the order's address gets a mail with "
            "a link (`POST /orders/access`), at most three an hour and eight a day. Five tries for an address from one network are free, and 20 for all addresses within "
            "10 minutes; then 429.",
        .access = ACCESS_PUBLIC,
        .lane = LANE_WRITER,
        .body = &lookup_body,
        .reply = &tracking_read,
        .accepted = &link_sent,
        .errors = ERRORS(STATUS_ORDER_NOT_FOUND, STATUS_TOO_MANY),
        .check = lookup_check,
        .handle = lookup_order,
    },
};

const struct endpoint_group order_lookup_endpoints = {
    .tag = "orders",
    .rows = rows,
    .count = sizeof rows / sizeof *rows,
};
