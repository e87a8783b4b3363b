/* The orders' endpoints. Prices, stock and money are decided in shop/orders and shop/payments. */
#include "api/endpoint.h"
#include "api/page.h"
#include "api/resources/checkout_model.h"
#include "api/resources/order_model.h"
#include "api/resources/product_model.h"
#include "shop/payments/unpaid.h"

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
               .doc = "shipped: nothing is left to be sent; delivered: all of it has arrived"),
    LIST_FIELD(struct order, items, .item = KIND_MODEL, .of = &order_item_read),
    TEXT_FIELD(struct order, currency, .example = "\"usd\""),
    TIME_FIELD(struct order, created_at, .example = "\"2026-11-23T02:03:29.123456Z\""),
};
const struct model order_read = MODEL("OrderRead", struct order, read_fields);

struct order_path {
    struct uuid order_id;
};
static const struct field path_fields[] = {
    UUID_FIELD(struct order_path, order_id, .example = EXAMPLE_ORDER_ID)};
static const struct model order_path = MODEL("OrderPath", struct order_path, path_fields);

static enum status create_order(struct call *call) {
    const struct order_create *body = call->body;
    struct checkout_wish wish = order_create_wish(body);
    struct order_refusal why;
    enum status s =
        order_place(&call->ctx, &call->session.key, &body->cart_item_ids, &wish, call->attempt.reply, &why);
    if (s != STATUS_OK && why.short_of.count > 0)
        call_error_list(call, &shortage_read, why.short_of);
    if (s == STATUS_TOTAL_CHANGED)
        TRY(order_create_show_totals(call, why.checkout));
    return s == STATUS_INVALID ? order_create_refuse(call, why.missing) : s;
}

static enum status list_orders(struct call *call) {
    const struct page *query = call->query;
    struct list *orders = call->attempt.reply;
    struct paging paging = {.limit = query->limit, .offset = query->offset};
    enum status s = STATUS_OK;
    if (call->session.is_set)
        s = order_list(&call->ctx, &call->session.key, query->limit, query->offset, orders, &paging.total);
    paging.count = orders->count;
    return s == STATUS_OK ? call_page(call, &paging) : s;
}

static enum status get_order(struct call *call) {
    const struct order_path *path = call->path;
    return order_get_readable(&call->ctx, &call->session.key, &path->order_id, call->attempt.reply);
}

static enum status cancel_order(struct call *call) {
    const struct order_path *path = call->path;
    return unpaid_order_cancel(&call->ctx, &call->session.key, &path->order_id, call->attempt.reply);
}

static const struct endpoint rows[] = {
    {
        .method = METHOD_POST,
        .path = "/orders",
        .summary = "Create order",
        .doc =
            "Fixes prices, takes the stock and empties those lines of the cart, in one transaction or not at all. Where stock "
            "is short, or an order wants or the session's unpaid orders would hold more of a product than the shop allows, the "
            "error names each product under `short`, with what was requested and what can be had. Send an "
            "Idempotency-Key, and a retry gets the same order. All but `cart_item_ids` may be left out, unless the shop's settings "
            "require it. If the total would be above `expected_total`, the error has it under `totals`.",
        .access = ACCESS_SESSION,
        .idempotent = true,
        .lane = LANE_WRITER,
        .body = &order_create,
        .reply = &order_read,
        .http_status = 201,
        .errors = ERRORS(STATUS_CART_ITEM_NOT_FOUND, STATUS_INSUFFICIENT_STOCK, STATUS_QUANTITY_TOO_LARGE,
                         STATUS_HOLD_TOO_LARGE, STATUS_TOTAL_TOO_LARGE, STATUS_TOTAL_TOO_SMALL,
                         STATUS_NO_SHIPPING, STATUS_TOTAL_CHANGED),
        .error_lists = {{.name = "short", .model = &shortage_read}, {.name = "totals", .model = &quote_read}},
        .check = order_create_check,
        .handle = create_order,
    },
    {
        .method = METHOD_GET,
        .path = "/orders",
        .summary = "List orders",
        .doc = "The session's own, newest first.",
        .access = ACCESS_SESSION,
        .lane = LANE_READER,
        .query = &page_query,
        .reply = &order_read,
        .reply_is_list = true,
        .paged = true,
        .handle = list_orders,
    },
    {
        .method = METHOD_GET,
        .path = "/orders/{order_id}",
        .summary = "Get order",
        .doc = "The session's own, or one whose link it has opened; another session's is 404.",
        .access = ACCESS_SESSION,
        .lane = LANE_READER,
        .path_model = &order_path,
        .reply = &order_read,
        .errors = ERRORS(STATUS_ORDER_NOT_FOUND),
        .handle = get_order,
    },
    {
        .method = METHOD_POST,
        .path = "/orders/{order_id}/cancel",
        .summary = "Cancel order",
        .doc = "Only while it is pending; its stock can be bought again.",
        .access = ACCESS_SESSION,
        .lane = LANE_WRITER,
        .path_model = &order_path,
        .reply = &order_read,
        .errors = ERRORS(STATUS_ORDER_NOT_FOUND, STATUS_ORDER_NOT_PENDING),
        .handle = cancel_order,
    },
};

const struct endpoint_group order_endpoints = {
    .tag = "orders",
    .doc = "What a shopper has bought, or is about to",
    .rows = rows,
    .count = sizeof rows / sizeof *rows,
};
