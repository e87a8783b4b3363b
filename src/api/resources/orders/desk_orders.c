/* The staff's side of orders. */
#include "api/endpoint.h"
#include "api/page.h"
#include "api/resources/audit_note.h"
#include "api/resources/checkout_model.h"
#include "api/resources/order_model.h"
#include "api/resources/orders/desk_order_model.h"
#include "model/errors.h"
#include "shop/desk/order_export.h"
#include "shop/desk/order_payments.h"
#include "shop/desk/phone_order.h"
#include "shop/orders/order_events.h"

static const struct field row_fields[] = {
    UUID_FIELD(struct order_row, id, .example = EXAMPLE_ORDER_ID),
    TEXT_FIELD(struct order_row, number, .doc = "For people, on the phone and on paper",
               .example = "\"K7QF9-29XM4\""),
    ENUM_FIELD(struct order_row, status, .names = order_status_names),
    INT_FIELD(struct order_row, total_amount, .doc = "In minor units", .example = "5998"),
    INT_FIELD(struct order_row, refunded_amount, .doc = "What of it went back, in minor units",
              .example = "0"),
    MAYBE_BOOL_FIELD(struct order_row, is_partly_shipped, .never_null = true,
                     .doc = "Paid, some of it is sent, and some is to be sent", .example = "false"),
    TEXT_FIELD(struct order_row, currency, .example = "\"usd\""),
    INT_FIELD(struct order_row, item_count, .doc = "Units of all lines", .example = "2"),
    TEXT_FIELD(struct order_row, name, .optional = true, .doc = "On its address", .example = "\"Ann Smith\""),
    TEXT_FIELD(struct order_row, email, .optional = true, .doc = "For those with customers:read",
               .example = "\"ann@example.com\""),
    TEXT_FIELD(struct order_row, country, .optional = true, .example = "\"GB\""),
    TIME_FIELD(struct order_row, created_at, .example = "\"2026-11-23T02:03:29.123456Z\""),
};
static const struct model order_row_read = MODEL("OrderRow", struct order_row, row_fields);

/* An order is `paid` as long as some of it is to be sent. */
enum fulfillment_filter { FULFILLMENT_ANY = -1, FULFILLMENT_UNSHIPPED };
static const char *const fulfillment_filter_names[] = {"unshipped", NULL};

static const char *const order_time_names[] = {"placed", "paid", "payment_failed", NULL};

struct orders_query {
    int status, fulfillment, by;
    struct str q;
    struct maybe_int from, to;
    int64_t limit;
    struct maybe_int cursor;
};
static const struct field query_fields[] = {
    ENUM_FIELD(struct orders_query, status, .names = order_status_names, DEFAULT(-1)),
    ENUM_FIELD(struct orders_query, fulfillment, .names = fulfillment_filter_names, DEFAULT(FULFILLMENT_ANY),
               .doc = "unshipped: paid, and not all of it is sent"),
    TEXT_FIELD(
        struct orders_query, q, LENGTH(2, 100), .optional = true, .may_be_empty = true,
        .doc =
            "An order's number in any way of writing, its id, or how the name on its address or its email address "
            "begins. Email addresses are found for those with customers:read"),
    ENUM_FIELD(struct orders_query, by, .names = order_time_names, DEFAULT(ORDER_TIME_PLACED),
               .doc = "Which time `from` and `to` are. paid: only orders that were paid, the last one first. "
                      "payment_failed: only those with a payment that has failed. Neither together with `q`"),
    MAYBE_TIME_FIELD(struct orders_query, from, .may_be_empty = true, .doc = "From this time on",
                     .example = "\"2026-11-23T00:00:00Z\""),
    MAYBE_TIME_FIELD(struct orders_query, to, .may_be_empty = true, .doc = "Before this time",
                     .example = "\"2026-11-24T00:00:00Z\""),
    INT_FIELD(struct orders_query, limit, BETWEEN(1, page_limit_max), DEFAULT(page_limit),
              .doc = "How many at most"),
    MAYBE_INT_FIELD(struct orders_query, cursor, BETWEEN(1, money_max), .may_be_empty = true,
                    .doc = "X-Next-Cursor of the page before"),
};
static const struct model orders_query = MODEL("OrdersQuery", struct orders_query, query_fields);

static enum status orders_query_check(struct call *call) {
    const struct orders_query *query = call->query;
    struct loc root = {.name = STR("query")}, at = {.parent = &root, .name = STR("by")};
    if (query->by == ORDER_TIME_PLACED || str_trim(query->q).size == 0)
        return STATUS_OK;
    error_put_text(&call->errors, "value_error", &at, NULL, NULL, STR("Value error, not together with q"));
    return STATUS_INVALID;
}

static enum status list_orders_of_all(struct call *call) {
    const struct orders_query *query = call->query;
    bool is_unshipped = query->fulfillment == FULFILLMENT_UNSHIPPED;
    struct order_filter filter = {
        .status = is_unshipped ? ORDER_PAID : query->status,
        .q = query->q.data ? query->q : STR(""),
        .has_mail = order_shows_mail(call),
        .by = query->by,
        .from_us = query->from.is_set ? query->from.value : 0,
        .to_us = query->to.is_set ? query->to.value : INT64_MAX,
        .before = query->cursor.is_set ? query->cursor.value : INT64_MAX,
        .limit = query->limit,
    };
    int64_t next = 0;
    if (is_unshipped && query->status >= 0 && query->status != ORDER_PAID)
        return STATUS_OK;
    TRY(order_search(&call->ctx, &filter, call->attempt.reply, &next));
    return call_cursor(call, next);
}

/* ---- GET /admin/orders.csv */

struct export_query {
    int status;
    struct maybe_int from, to;
    int64_t limit;
    struct maybe_int cursor;
};
static const struct field export_query_fields[] = {
    ENUM_FIELD(struct export_query, status, .names = order_status_names, DEFAULT(-1)),
    MAYBE_TIME_FIELD(struct export_query, from, .may_be_empty = true, .doc = "Placed from this time on",
                     .example = "\"2026-11-23T00:00:00Z\""),
    MAYBE_TIME_FIELD(struct export_query, to, .may_be_empty = true, .doc = "Placed before this time",
                     .example = "\"2026-11-24T00:00:00Z\""),
    INT_FIELD(struct export_query, limit, BETWEEN(1, order_export_max), DEFAULT(order_export_max),
              .doc = "How many orders at most"),
    MAYBE_INT_FIELD(struct export_query, cursor, BETWEEN(1, money_max), .may_be_empty = true,
                    .doc = "X-Next-Cursor of the page before"),
};
static const struct model export_query = MODEL("OrdersExportQuery", struct export_query, export_query_fields);

/* What was read of shoppers is in the audit log, as how many orders. */
static enum status export_orders(struct call *call) {
    const struct export_query *query = call->query;
    struct order_filter filter = {
        .status = query->status,
        .q = STR(""),
        .has_mail = order_shows_mail(call),
        .from_us = query->from.is_set ? query->from.value : 0,
        .to_us = query->to.is_set ? query->to.value : INT64_MAX,
        .before = query->cursor.is_set ? query->cursor.value : INT64_MAX,
        .limit = query->limit,
    };
    struct buf text = buf_new(call->ctx.arena);
    struct audit_note note = audit_note_new(call);
    int64_t count = 0, next = 0;
    TRY(order_export(&call->ctx, &filter, &text, &count, &next));
    audit_note_int(&note, "orders_read", NULL, &count);
    TRY(audit_note_write(&note, NULL));
    TRY(call_cursor(call, next));
    call_header(call, STR("content-disposition"), STR("attachment; filename=\"orders.csv\""));
    call_text(call, STR("text/csv; charset=utf-8"), buf_str(&text));
    return STATUS_OK;
}

/* ---- One order. */

static const struct field payment_fields[] = {
    UUID_FIELD(struct order_payment, id),
    TEXT_FIELD(struct order_payment, provider, .example = "\"stripe\""),
    TEXT_FIELD(struct order_payment, provider_payment_id, .optional = true, .doc = "Its id at the provider",
               .example = "\"pi_3P8xYz2eZvKYlo2C1a2b3c4d\""),
    INT_FIELD(struct order_payment, amount, .doc = "In minor units", .example = "5998"),
    INT_FIELD(struct order_payment, refunded_amount, .doc = "What of it went back", .example = "0"),
    TEXT_FIELD(struct order_payment, currency, .example = "\"usd\""),
    ENUM_FIELD(struct order_payment, status, .names = payment_status_names),
    MAYBE_BOOL_FIELD(struct order_payment, is_over, .doc = "The order had no use for the money: it goes back",
                     .example = "false"),
    TEXT_FIELD(struct order_payment, failure_message, .optional = true),
    TIME_FIELD(struct order_payment, created_at),
};
static const struct model payment_read = MODEL("OrderPayment", struct order_payment, payment_fields);

static const struct field manual_fields[] = {
    INT_FIELD(struct manual_payment, amount, .doc = "In minor units", .example = "5998"),
    TEXT_FIELD(struct manual_payment, currency, .example = "\"usd\""),
    TEXT_FIELD(struct manual_payment, note, .optional = true, .example = "\"Cash\""),
    TEXT_FIELD(struct manual_payment, actor_kind, .doc = "Who marked it as paid", .example = "\"staff\""),
    TEXT_FIELD(struct manual_payment, actor, .optional = true, .doc = "Their id"),
    TIME_FIELD(struct manual_payment, created_at),
};
static const struct model manual_payment_read = MODEL("ManualPayment", struct manual_payment, manual_fields);

struct desk_order {
    struct details_view *order;
    struct list payments;
    struct maybe_bool taken_by_staff;
    struct maybe_int held_until;
    struct manual_payment *paid_by_hand;
};
static const struct field desk_order_fields[] = {
    FIELD(struct desk_order, order, struct details_view *, KIND_MAYBE_MODEL, .of = &order_details_read),
    LIST_FIELD(struct desk_order, payments, .item = KIND_MODEL, .of = &payment_read,
               .doc = "Oldest first, also those that failed"),
    MAYBE_BOOL_FIELD(struct desk_order, taken_by_staff, .never_null = true,
                     .doc = "By phone or over the counter: no session has it", .example = "false"),
    MAYBE_TIME_FIELD(struct desk_order, held_until, .doc = "Of a pending order: when it expires"),
    MAYBE_MODEL_FIELD(struct desk_order, paid_by_hand, struct manual_payment, .of = &manual_payment_read,
                      .doc = "In cash or by a bank transfer: no provider has this money"),
};
const struct model desk_order_read = MODEL("DeskOrder", struct desk_order, desk_order_fields);

static const struct field path_fields[] = {
    UUID_FIELD(struct desk_path, order_id, .example = EXAMPLE_ORDER_ID)};
const struct model desk_path = MODEL("DeskOrderPath", struct desk_path, path_fields);

enum status desk_order_show(struct call *call, const struct uuid *id, struct desk_order *out) {
    struct phone_order phone;
    out->order = arena_alloc(call->ctx.arena, order_details_read.size);
    if (!out->order)
        return STATUS_NO_MEMORY;
    order_payments_prefetch(&call->ctx, id);
    phone_order_prefetch(&call->ctx, id);
    TRY(order_details_show(call, id, out->order));
    TRY(order_payments_list(&call->ctx, id, &out->payments));
    TRY(phone_order_get(&call->ctx, id, &phone));
    out->taken_by_staff = (struct maybe_bool){true, phone.is_staffs};
    out->held_until = phone.expires_at;
    out->paid_by_hand = phone.paid;
    return STATUS_OK;
}

static enum status get_desk_order(struct call *call) {
    const struct desk_path *path = call->path;
    return desk_order_show(call, &path->order_id, call->attempt.reply);
}

struct note_new {
    struct str text;
};
static const struct field note_fields[] = {
    TEXT_FIELD(struct note_new, text, LENGTH(1, 2000), .example = "\"Called: deliver after 5 pm\"")};
static const struct model note_create = MODEL("NoteCreate", struct note_new, note_fields);

/* The audit log has that there is a note, and not what it says: it may be about the shopper. */
static enum status add_note(struct call *call) {
    const struct desk_path *path = call->path;
    const struct note_new *body = call->body;
    struct audit_note note = audit_note_new(call);
    TRY(order_note_add(&call->ctx, &path->order_id, &call->actor, body->text));
    audit_note_text(&note, "note", (struct str){0}, STR("added"));
    TRY(audit_note_write(&note, &path->order_id));
    return order_events_get(&call->ctx, NULL, &path->order_id, call->attempt.reply);
}

static const struct endpoint rows[] = {
    {
        .method = METHOD_GET,
        .path = "/admin/orders",
        .summary = "List orders of all shoppers",
        .doc =
            "Newest first. X-Next-Cursor is the `cursor` of the next page, until there is none. `from` and `to` are times "
            "of RFC 3339; without an offset they are UTC.",
        .access = ACCESS_STAFF,
        .scope = SCOPE_ORDERS_READ,
        .lane = LANE_SEARCH,
        .query = &orders_query,
        .reply = &order_row_read,
        .reply_is_list = true,
        .check = orders_query_check,
        .handle = list_orders_of_all,
    },
    {
        .method = METHOD_GET,
        .path = "/admin/orders.csv",
        .summary = "Export orders as CSV",
        .doc =
            "Newest first, a row for each line item; what an order has once stands in the row of its first line. A page has up to "
            "100 orders: send X-Next-Cursor as `cursor` for the next one, which has no head, until there is none. Texts that a "
            "spreadsheet would take for a formula begin with an apostrophe. Each page is in the audit log.",
        .access = ACCESS_STAFF,
        .scope = SCOPE_ORDERS_READ,
        .lane = LANE_WRITER,
        .query = &export_query,
        .handle = export_orders,
    },
    {
        .method = METHOD_GET,
        .path = "/admin/orders/{order_id}",
        .summary = "Get any order",
        .doc =
            "In full, with its payments and their ids at the provider, and with the notes of the staff in its timeline. Its mail "
            "address is for those with customers:read.",
        .access = ACCESS_STAFF,
        .scope = SCOPE_ORDERS_READ,
        .lane = LANE_WRITER,
        .path_model = &desk_path,
        .reply = &desk_order_read,
        .errors = ERRORS(STATUS_ORDER_NOT_FOUND),
        .handle = get_desk_order,
    },
    {
        .method = METHOD_POST,
        .path = "/admin/orders/{order_id}/notes",
        .summary = "Add a note to an order",
        .doc = "For the staff alone. Answers with the order's timeline, in which it stands.",
        .access = ACCESS_STAFF,
        .scope = SCOPE_ORDERS_WRITE,
        .idempotent = true,
        .lane = LANE_WRITER,
        .path_model = &desk_path,
        .body = &note_create,
        .reply = &order_event_read,
        .reply_is_list = true,
        .http_status = 201,
        .errors = ERRORS(STATUS_ORDER_NOT_FOUND),
        .handle = add_note,
    },
};

const struct endpoint_group desk_order_endpoints = {
    .tag = "orders",
    .rows = rows,
    .count = sizeof rows / sizeof *rows,
};
