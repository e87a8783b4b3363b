/* The orders' endpoints. */
#include "api/endpoint.h"
#include "api/internal.h"
#include "api/order_model.h"
#include "api/page.h"
#include "api/product_model.h"
#include "shop/payment_ask.h"

static const struct field item_fields[] = {
    UUID_FIELD(struct order_item, product_id, .example = EXAMPLE_PRODUCT_ID),
    INT_FIELD(struct order_item, quantity, .example = "2"),
    INT_FIELD(struct order_item, price_at_purchase, .doc = "In minor units, as it was then",
              .example = "2999"),
};
static const struct model order_item_read = MODEL("OrderItemRead", struct order_item, item_fields);

static const struct field read_fields[] = {
    UUID_FIELD(struct order, id, .example = EXAMPLE_ORDER_ID),
    INT_FIELD(struct order, total_amount, .doc = "In minor units", .example = "5998"),
    ENUM_FIELD(struct order, status, .names = order_status_names,
               .doc = "What is paid can be refunded; nothing else but a pending order changes"),
    LIST_FIELD(struct order, items, .item = KIND_MODEL, .of = &order_item_read),
    TEXT_FIELD(struct order, currency, .example = "\"usd\""),
    TIME_FIELD(struct order, created_at, .example = "\"2026-11-23T02:03:29.123456Z\""),
};
static const struct model order_read = MODEL("OrderRead", struct order, read_fields);

struct order_create {
    struct list cart_item_ids;
};
static const struct field create_fields[] = {
    LIST_FIELD(struct order_create, cart_item_ids, LENGTH(1, order_lines_max), .item = KIND_UUID,
               .doc = "Lines of the cart; one that is named twice counts once",
               .example = "[\"0198c0de-7a11-7c0f-9b1e-3f2a6d5c4b3a\"]"),
};
static const struct model order_create = MODEL("OrderCreate", struct order_create, create_fields);

static const struct field shortage_fields[] = {
    UUID_FIELD(struct shortage, product_id),
    INT_FIELD(struct shortage, requested),
    INT_FIELD(struct shortage, available),
};
static const struct model shortage_read = MODEL("Shortage", struct shortage, shortage_fields);

struct order_path {
    struct uuid order_id;
};
static const struct field path_fields[] = {
    UUID_FIELD(struct order_path, order_id, .example = EXAMPLE_ORDER_ID)};
static const struct model order_path = MODEL("OrderPath", struct order_path, path_fields);

static enum status create_order(struct call *call) {
    const struct order_create *body = call->body;
    struct list short_of;
    if (!call->session.given)
        return STATUS_CART_ITEM_NOT_FOUND;
    enum status s = order_place(&call->tx, &call->session.key, &body->cart_item_ids, call->reply, &short_of);
    if (s == STATUS_INSUFFICIENT_STOCK) {
        call->error_list = call->endpoint->error_list;
        call->error_list.list = short_of;
    }
    return s;
}

static enum status list_orders(struct call *call) {
    const struct page *query = call->query;
    struct list *orders = call->reply;
    struct paging paging = {.limit = query->limit, .offset = query->offset};
    enum status s = STATUS_OK;
    if (call->session.given)
        s = order_list(&call->tx, &call->session.key, query->limit, query->offset, orders, &paging.total);
    paging.count = orders->count;
    return s == STATUS_OK ? call_page(call, &paging) : s;
}

static enum status get_order(struct call *call) {
    const struct order_path *path = call->path;
    return call->session.given ? order_get(&call->tx, &call->session.key, &path->order_id, call->reply)
                               : STATUS_ORDER_NOT_FOUND;
}

static enum status cancel_order(struct call *call) {
    const struct order_path *path = call->path;
    return call->session.given ? order_cancel(&call->tx, &call->session.key, &path->order_id, call->reply)
                               : STATUS_ORDER_NOT_FOUND;
}

/* ---- POST /orders/{order_id}/refund */

struct refund {
    struct payment payment;
    struct intent intent; /* without an id where nothing is known */
};

static enum status show_order(struct call *call) {
    const struct order_path *path = call->path;
    return order_find(&call->tx, &path->order_id, call->reply);
}

static enum status begin_refund(struct call *call) {
    const struct order_path *path = call->path;
    struct refund *r = call->state = ARENA_NEW(call->tx.arena, struct refund);
    enum status s = r ? payment_begin_refund(&call->tx, &path->order_id, &r->payment) : STATUS_NO_MEMORY;
    if (s != STATUS_OK)
        return s;
    if (r->payment.refund == REFUND_WANTED && r->payment.amount == 0)
        s = payment_settle(&call->tx, &r->payment, &r->intent); /* nothing is to go back */
    if (s != STATUS_OK || r->payment.refund != REFUND_DONE)
        return s;
    call_end(call);
    return show_order(call);
}

static enum status provide_refund(struct call *call) {
    struct refund *r = call->state;
    return payment_ask(api_provider(call->api), call->tx.arena, &r->payment, ASK_REFUND, (struct str){0},
                       &r->intent);
}

static enum status settle_refund(struct call *call) {
    struct refund *r = call->state;
    bool refused = call->provided == STATUS_PAYMENT_REFUSED;
    enum status s = payment_load(&call->tx, r->payment.seq, &r->payment);
    if (s == STATUS_OK && call->provided == STATUS_OK)
        s = payment_settle(&call->tx, &r->payment, &r->intent);
    if (s != STATUS_OK || r->payment.refund == REFUND_DONE)
        return s == STATUS_OK ? show_order(call) : s;
    call_fail(call,
              refused || call->provided == STATUS_QUEUE_FULL ? call->provided : STATUS_PROVIDER_UNAVAILABLE);
    return refused ? payment_refund_refused(&call->tx, &r->payment)
                   : payment_unanswered(&call->tx, &r->payment);
}

static const struct endpoint rows[] = {
    {
        .method = METHOD_POST,
        .path = "/orders",
        .tag = "orders",
        .summary = "Create order",
        .doc =
            "Fixes prices, takes the stock and empties those lines of the cart, in one transaction or not at all. Where stock "
            "is short, the error names each product under `short`, with what was requested and what is available. Send an "
            "Idempotency-Key, and a retry gets the same order.",
        .access = ACCESS_SESSION,
        .idempotent = true,
        .runs = RUNS_WRITE,
        .body = &order_create,
        .reply = &order_read,
        .http_status = 201,
        .errors = ERRORS(STATUS_CART_ITEM_NOT_FOUND, STATUS_INSUFFICIENT_STOCK, STATUS_TOTAL_TOO_LARGE),
        .error_list = {.name = "short", .model = &shortage_read},
        .handle = create_order,
    },
    {
        .method = METHOD_GET,
        .path = "/orders",
        .tag = "orders",
        .summary = "List orders",
        .doc = "The session's own, newest first.",
        .access = ACCESS_SESSION,
        .runs = RUNS_READ,
        .query = &page_query,
        .reply = &order_read,
        .reply_is_list = true,
        .paged = true,
        .http_status = 200,
        .handle = list_orders,
    },
    {
        .method = METHOD_GET,
        .path = "/orders/{order_id}",
        .tag = "orders",
        .summary = "Get order",
        .access = ACCESS_SESSION,
        .runs = RUNS_READ,
        .path_model = &order_path,
        .reply = &order_read,
        .http_status = 200,
        .errors = ERRORS(STATUS_ORDER_NOT_FOUND),
        .handle = get_order,
    },
    {
        .method = METHOD_POST,
        .path = "/orders/{order_id}/cancel",
        .tag = "orders",
        .summary = "Cancel order",
        .doc = "Only while it is pending; its stock can be bought again.",
        .access = ACCESS_SESSION,
        .runs = RUNS_WRITE,
        .path_model = &order_path,
        .reply = &order_read,
        .http_status = 200,
        .errors = ERRORS(STATUS_ORDER_NOT_FOUND, STATUS_ORDER_NOT_PENDING),
        .handle = cancel_order,
    },
    {
        .method = METHOD_POST,
        .path = "/orders/{order_id}/refund",
        .tag = "orders",
        .summary = "Refund order",
        .doc =
            "Gives all of the money back, and the stock can be bought again. An order that is refunded already is "
            "given as it is. Where the provider cannot be reached it is refunded as soon as it can be.",
        .access = ACCESS_ADMIN,
        .runs = RUNS_WRITE,
        .path_model = &order_path,
        .reply = &order_read,
        .http_status = 200,
        .errors = ERRORS(STATUS_ORDER_NOT_FOUND, STATUS_ORDER_NOT_PAID, STATUS_PAYMENT_REFUSED,
                         STATUS_PROVIDER_UNAVAILABLE),
        .handle = begin_refund,
        .provide = provide_refund,
        .settle = settle_refund,
    },
};

const struct endpoint_group order_endpoints = {
    .tag = "orders",
    .doc = "What a shopper has bought, or is about to",
    .rows = rows,
    .count = sizeof rows / sizeof *rows,
};
