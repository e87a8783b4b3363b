/* Orders that the staff takes by phone or over the counter, what it does with orders that are not paid, and what of a
 * product is on the shelf. */
#include "api/endpoint.h"
#include "api/resources/audit_note.h"
#include "api/resources/checkout_model.h"
#include "api/resources/order_model.h"
#include "api/resources/orders/desk_order_model.h"
#include "api/resources/product_model.h"
#include "model/errors.h"
#include "shop/desk/phone_order.h"
#include "shop/desk/shelf.h"
#include "shop/payments/unpaid.h"

static const struct field ware_fields[] = {
    UUID_FIELD(struct order_ware, product_id, .example = EXAMPLE_PRODUCT_ID),
    INT_FIELD(struct order_ware, quantity, BETWEEN(1, order_ware_quantity_max), .example = "2"),
};
static const struct model order_ware = MODEL("PhoneOrderItem", struct order_ware, ware_fields);

/* `checkout` comes first, because order_create_check and CHECKOUT_FIELDS take the body for one. */
struct phone_create {
    struct order_create checkout;
    struct list items; /* of struct order_ware */
    struct maybe_bool mark_paid;
    struct str payment_note;
    int64_t hold_days;
};
_Static_assert(offsetof(struct phone_create, checkout) == 0, "the body is also a struct order_create");

#define NOTE_FIELD(type)                                                                                     \
    TEXT_FIELD(type, payment_note, LENGTH(1, 200), .optional = true, .may_be_null = true,                    \
               .doc = "How it was paid. Without names: it is kept with the order",                           \
               .example = "\"Bank transfer\"")

static const struct field create_fields[] = {
    LIST_FIELD(struct phone_create, items, LENGTH(1, order_lines_max), .item = KIND_MODEL, .of = &order_ware,
               .doc = "A product that is named twice is one line of both quantities",
               .example = "[{\"product_id\": " EXAMPLE_PRODUCT_ID ", \"quantity\": 2}]"),
    CHECKOUT_FIELDS(address_create),
    MAYBE_BOOL_FIELD(struct phone_create, mark_paid,
                     .doc = "Whether it is paid already, in cash or by a bank transfer; left out: no",
                     .example = "true"),
    NOTE_FIELD(struct phone_create),
    INT_FIELD(struct phone_create, hold_days, BETWEEN(1, phone_hold_days_max), DEFAULT(phone_hold_days),
              .doc = "How long it keeps its stock if it is not paid"),
};
static const struct model phone_create = MODEL("PhoneOrderCreate", struct phone_create, create_fields);

/* Refuses a word on a payment that there was not. */
static enum status phone_order_check(struct call *call) {
    const struct phone_create *body = call->body;
    struct loc root = {.name = STR("body")}, at = {.parent = &root, .name = STR("payment_note")};
    TRY(order_create_check(call));
    if (!body->payment_note.data || body->mark_paid.value)
        return STATUS_OK;
    error_put(&call->errors, "value_error", &at, NULL, NULL, "Value error, only of an order that is paid");
    return STATUS_INVALID;
}

/* Notes how much it is, and not whose. */
static enum status phone_order_note(struct call *call, const struct order *order, struct str before) {
    struct audit_note note = audit_note_new(call);
    audit_note_text(&note, "status", before, str_from(order_status_names[order->status]));
    audit_note_int(&note, "total_amount", NULL, &order->total_amount);
    return audit_note_write(&note, &order->id);
}

static enum status create_phone_order(struct call *call) {
    const struct phone_create *body = call->body;
    struct phone_wish wish = {
        .wares = body->items,
        .checkout = order_create_wish(&body->checkout),
        .hold_days = body->hold_days,
        .is_paid = body->mark_paid.value,
        .payment_note = body->payment_note,
    };
    struct order_refusal why;
    struct order made = {0};
    enum status s = phone_order_place(&call->ctx, &call->actor, &wish, &made, &why);
    if (s == STATUS_INSUFFICIENT_STOCK)
        call_error_list(call, &shortage_read, why.short_of);
    if (s == STATUS_TOTAL_CHANGED)
        TRY(order_create_show_totals(call, why.checkout));
    TRY(s);
    TRY(phone_order_note(call, &made, (struct str){0}));
    return desk_order_show(call, &made.id, call->attempt.reply);
}

struct paid_mark {
    struct str payment_note;
};
static const struct field mark_fields[] = {NOTE_FIELD(struct paid_mark)};
static const struct model paid_mark = MODEL("PaidMark", struct paid_mark, mark_fields);

static enum status mark_order_paid(struct call *call) {
    const struct desk_path *path = call->path;
    const struct paid_mark *body = call->body;
    struct order order = {0};
    TRY(phone_order_mark_paid(&call->ctx, &path->order_id, &call->actor, body->payment_note, &order));
    TRY(phone_order_note(call, &order, (struct str){0}));
    return desk_order_show(call, &path->order_id, call->attempt.reply);
}

static enum status cancel_desk_order(struct call *call) {
    const struct desk_path *path = call->path;
    struct order order = {0};
    TRY(unpaid_order_cancel(&call->ctx, NULL, &path->order_id, &order));
    TRY(phone_order_note(call, &order, STR("pending")));
    return desk_order_show(call, &path->order_id, call->attempt.reply);
}

/* ---- GET /products/{product_id}/stock */

static const struct field shelf_fields[] = {
    UUID_FIELD(struct shelf, product_id, .example = EXAMPLE_PRODUCT_ID),
    INT_FIELD(struct shelf, stock_quantity, .doc = "What can be bought", .example = "12"),
    MAYBE_INT_FIELD(struct shelf, held_unpaid, .doc = "Units of orders that are not paid", .example = "2"),
    MAYBE_INT_FIELD(struct shelf, held_unsent, .doc = "Units that are paid, and not in a parcel yet",
                    .example = "3"),
    MAYBE_INT_FIELD(struct shelf, on_shelf, .doc = "All three: what somebody who counts should find",
                    .example = "17"),
};
static const struct model shelf_read = MODEL("ProductStock", struct shelf, shelf_fields);

struct shelf_path {
    struct uuid product_id;
};
static const struct field shelf_path_fields[] = {
    UUID_FIELD(struct shelf_path, product_id, .example = EXAMPLE_PRODUCT_ID)};
static const struct model shelf_path = MODEL("ProductStockPath", struct shelf_path, shelf_path_fields);

static enum status get_shelf(struct call *call) {
    const struct shelf_path *path = call->path;
    return shelf_count(&call->ctx, &path->product_id, call->attempt.reply);
}

static const struct endpoint rows[] = {
    {
        .method = METHOD_POST,
        .path = "/admin/orders",
        .summary = "Take an order",
        .doc =
            "By phone or over the counter. It takes its stock and comes to its total as an order of a shopper does, but belongs to no "
            "session, and is not bound by `checkout_requires` and the limits of quantities. Not paid, it keeps its stock "
            "for `hold_days`. Its email address is shown to those with customers:read.",
        .access = ACCESS_STAFF,
        .scope = SCOPE_ORDERS_WRITE,
        .idempotent = true,
        .lane = LANE_WRITER,
        .body = &phone_create,
        .reply = &desk_order_read,
        .http_status = 201,
        .errors = ERRORS(STATUS_PRODUCT_NOT_FOUND, STATUS_INSUFFICIENT_STOCK, STATUS_TOTAL_TOO_LARGE,
                         STATUS_NO_SHIPPING, STATUS_TOTAL_CHANGED),
        .error_lists = {{.name = "short", .model = &shortage_read}, {.name = "totals", .model = &quote_read}},
        .check = phone_order_check,
        .handle = create_phone_order,
    },
    {
        .method = METHOD_POST,
        .path = "/admin/orders/{order_id}/mark-paid",
        .summary = "Mark an order as paid",
        .doc =
            "One that the staff took, and whose money came in cash or by a bank transfer. One that has expired takes its stock "
            "again, or is 409 if there is not enough. No provider has the money: give it back by hand too, and write that down as a refund.",
        .access = ACCESS_STAFF,
        .scope = SCOPE_ORDERS_WRITE,
        .idempotent = true,
        .lane = LANE_WRITER,
        .path_model = &desk_path,
        .body = &paid_mark,
        .reply = &desk_order_read,
        .errors = ERRORS(STATUS_ORDER_NOT_FOUND, STATUS_ORDER_OF_SHOPPER, STATUS_ORDER_NOT_PENDING,
                         STATUS_INSUFFICIENT_STOCK),
        .handle = mark_order_paid,
    },
    {
        .method = METHOD_POST,
        .path = "/admin/orders/{order_id}/cancel",
        .summary = "Cancel any order that is not paid",
        .doc = "Of a shopper or taken by the staff; its stock can be bought again.",
        .access = ACCESS_STAFF,
        .scope = SCOPE_ORDERS_WRITE,
        .lane = LANE_WRITER,
        .path_model = &desk_path,
        .reply = &desk_order_read,
        .errors = ERRORS(STATUS_ORDER_NOT_FOUND, STATUS_ORDER_NOT_PENDING),
        .handle = cancel_desk_order,
    },
    {
        .method = METHOD_GET,
        .path = "/products/{product_id}/stock",
        .summary = "Count what is on the shelf",
        .doc =
            "What can be bought, and beside it what orders hold that are not paid, or paid and not sent yet. The latter are null "
            "if there are more than 100,000 such orders.",
        .access = ACCESS_STAFF,
        .scope = SCOPE_PRODUCTS_READ,
        .lane = LANE_WRITER,
        .path_model = &shelf_path,
        .reply = &shelf_read,
        .errors = ERRORS(STATUS_PRODUCT_NOT_FOUND),
        .handle = get_shelf,
    },
};

const struct endpoint_group phone_order_endpoints = {
    .tag = "orders",
    .rows = rows,
    .count = sizeof rows / sizeof *rows,
};
