/* Sending orders, and where their parcels are. */
#include "shop/orders/fulfillments.h"
#include "api/endpoint.h"
#include "api/resources/audit_note.h"
#include "api/resources/order_model.h"
#include "model/errors.h"

#define EXAMPLE_FULFILLMENT_ID "\"0198c0f1-1d2e-7b3c-8a4d-5e6f7a8b9c0d\""

static const struct field item_fields[] = {
    INT_FIELD(struct fulfillment_item, line, BETWEEN(0, order_lines_max - 1), .doc = "Of the order's details",
              .example = "0"),
    INT_FIELD(struct fulfillment_item, quantity, BETWEEN(1, money_max), .example = "1"),
};
static const struct model fulfillment_item = MODEL("FulfillmentItem", struct fulfillment_item, item_fields);

static const struct field read_fields[] = {
    UUID_FIELD(struct fulfillment, id, .example = EXAMPLE_FULFILLMENT_ID),
    ENUM_FIELD(struct fulfillment, status, .names = fulfillment_status_names),
    LIST_FIELD(struct fulfillment, items, .item = KIND_MODEL, .of = &fulfillment_item),
    TEXT_FIELD(struct fulfillment, carrier, .optional = true, .example = "\"DHL\""),
    TEXT_FIELD(struct fulfillment, tracking_number, .optional = true, .example = "\"00340434161094042557\""),
    TEXT_FIELD(struct fulfillment, tracking_url, .optional = true,
               .doc = "The link that was given, or that of a carrier that Till knows"),
    TIME_FIELD(struct fulfillment, shipped_at),
    MAYBE_TIME_FIELD(struct fulfillment, delivered_at),
};
const struct model fulfillment_read = MODEL("FulfillmentRead", struct fulfillment, read_fields);

enum { tracking_url_max = 500 };
#define TRACKING_FIELDS                                                                                      \
    TEXT_FIELD(struct fulfillment_wish, carrier, LENGTH(1, 100), .optional = true, .may_be_null = true,      \
               .doc = "A code or a name (`dhl`, `Royal Mail`); of one that Till knows it makes the link",    \
               .example = "\"DHL\""),                                                                        \
        TEXT_FIELD(struct fulfillment_wish, tracking_number, LENGTH(1, 100), .optional = true,               \
                   .may_be_null = true, .example = "\"00340434161094042557\""),                              \
        TEXT_FIELD(struct fulfillment_wish, tracking_url, LENGTH(1, tracking_url_max), .optional = true,     \
                   .may_be_null = true, .doc = "http or https; wins over the carrier's own")

static const struct field create_fields[] = {
    LIST_FIELD(struct fulfillment_wish, items, LENGTH(1, order_lines_max), .optional = true,
               .may_be_null = true, .item = KIND_MODEL, .of = &fulfillment_item,
               .doc = "What is sent; left out: all that is still to be sent"),
    TRACKING_FIELDS,
    MAYBE_BOOL_FIELD(struct fulfillment_wish, notify,
                     .doc =
                         "Whether to mail the shopper, if the order has an address of mail; left out: as the "
                         "setting `mails` has it"),
};
static const struct model fulfillment_create =
    MODEL("FulfillmentCreate", struct fulfillment_wish, create_fields);

static const struct field update_fields[] = {
    ENUM_FIELD(struct fulfillment_wish, status, .names = fulfillment_status_names, .optional = true,
               .has_default = true, .default_value = -1, .doc = "cancelled: its units are to be sent again"),
    TRACKING_FIELDS,
    MAYBE_BOOL_FIELD(struct fulfillment_wish, notify,
                     .doc =
                         "Whether to mail the shopper that the parcel has arrived; left out: as the setting "
                         "`mails` has it"),
};
static const struct model fulfillment_update = MODEL("FulfillmentUpdate", struct fulfillment_wish,
                                                     update_fields, .doc = "What is left out stays as it is");

struct fulfillment_path {
    struct uuid order_id, fulfillment_id;
};
static const struct field create_path_fields[] = {
    UUID_FIELD(struct fulfillment_path, order_id, .example = EXAMPLE_ORDER_ID)};
static const struct model create_path =
    MODEL("FulfillmentsPath", struct fulfillment_path, create_path_fields);
static const struct field path_fields[] = {
    UUID_FIELD(struct fulfillment_path, order_id, .example = EXAMPLE_ORDER_ID),
    UUID_FIELD(struct fulfillment_path, fulfillment_id, .example = EXAMPLE_FULFILLMENT_ID)};
static const struct model fulfillment_path = MODEL("FulfillmentPath", struct fulfillment_path, path_fields);

/* Whether a text is a link of the web: what mails and pages may lead to. */
static bool tracking_url_is_web(struct str url) {
    bool is_web = str_starts(url, STR("https://")) || str_starts(url, STR("http://"));
    for (size_t i = 0; i < url.size && is_web; i++) {
        unsigned char c = (unsigned char)url.data[i];
        is_web = c > ' ' && c < 0x7F && c != '"' && c != '<' && c != '>' && c != '\\';
    }
    return is_web;
}

static enum status fulfillment_check(struct call *call) {
    const struct fulfillment_wish *body = call->body;
    struct loc root = {.name = STR("body")}, at = {.parent = &root, .name = STR("tracking_url")};
    if (!body->tracking_url.data || tracking_url_is_web(body->tracking_url))
        return STATUS_OK;
    error_put(&call->errors, "value_error", &at, NULL, NULL, "Value error, not a URL of http or https");
    return STATUS_INVALID;
}

/* Notes what was changed in the audit log. A number leads to a shopper's address, so it is not in it. */
static enum status fulfillment_note(struct call *call, const struct fulfillment *before,
                                    const struct fulfillment *after) {
    const struct fulfillment_path *path = call->path;
    struct audit_note note = audit_note_new(call);
    struct str none = {0}, id = {arena_alloc(call->ctx.arena, uuid_text_size), uuid_text_size};
    if (!id.data)
        return STATUS_NO_MEMORY;
    uuid_format(&after->id, (char *)id.data);
    audit_note_text(&note, "fulfillment", none, id);
    audit_note_text(&note, "status", before ? str_from(fulfillment_status_names[before->status]) : none,
                    str_from(fulfillment_status_names[after->status]));
    audit_note_text(&note, "carrier", before ? before->carrier : none, after->carrier);
    return audit_note_write(&note, &path->order_id);
}

static enum status create_fulfillment(struct call *call) {
    const struct fulfillment_path *path = call->path;
    struct fulfillment *reply = call->attempt.reply;
    TRY(fulfillment_add(&call->ctx, &path->order_id, &call->actor, call->body, reply));
    return fulfillment_note(call, NULL, reply);
}

static enum status update_fulfillment(struct call *call) {
    const struct fulfillment_path *path = call->path;
    struct fulfillment *reply = call->attempt.reply, before;
    TRY(fulfillment_change(&call->ctx, &path->order_id, &path->fulfillment_id, &call->actor, call->body,
                           &before, reply));
    return fulfillment_note(call, &before, reply);
}

static const struct endpoint rows[] = {
    {
        .method = METHOD_POST,
        .path = "/orders/{order_id}/fulfillments",
        .summary = "Ship an order",
        .doc =
            "Says that units of it were sent: all that is left, or the `items`. The order is `shipped` once nothing is left to "
            "be sent. Of two who send the same unit one gets 409.",
        .access = ACCESS_STAFF,
        .scope = SCOPE_ORDERS_FULFIL,
        .idempotent = true,
        .lane = LANE_WRITER,
        .path_model = &create_path,
        .body = &fulfillment_create,
        .reply = &fulfillment_read,
        .http_status = 201,
        .errors = ERRORS(STATUS_ORDER_NOT_FOUND, STATUS_ORDER_NOT_PAID, STATUS_NOTHING_TO_SHIP),
        .check = fulfillment_check,
        .handle = create_fulfillment,
    },
    {
        .method = METHOD_PATCH,
        .path = "/orders/{order_id}/fulfillments/{fulfillment_id}",
        .summary = "Change a fulfillment",
        .doc =
            "Adds a tracking number, or says where the parcel is. The order is `delivered` once all of its parcels are.",
        .access = ACCESS_STAFF,
        .scope = SCOPE_ORDERS_FULFIL,
        .lane = LANE_WRITER,
        .path_model = &fulfillment_path,
        .body = &fulfillment_update,
        .reply = &fulfillment_read,
        .errors = ERRORS(STATUS_FULFILLMENT_NOT_FOUND, STATUS_FULFILLMENT_ENDED),
        .check = fulfillment_check,
        .handle = update_fulfillment,
    },
};

const struct endpoint_group fulfillment_endpoints = {
    .tag = "orders",
    .rows = rows,
    .count = sizeof rows / sizeof *rows,
};
