/* GET /admin/customers: who has ordered, by email address. */
#include "shop/desk/customers.h"
#include "api/endpoint.h"
#include "api/page.h"
#include "api/resources/order_model.h"

static const struct field customer_fields[] = {
    TEXT_FIELD(struct customer, email, .doc = "As in the latest order", .example = "\"ann@example.com\""),
    TEXT_FIELD(struct customer, name, .optional = true, .doc = "On the address of the latest order",
               .example = "\"Ann Smith\""),
    TEXT_FIELD(struct customer, country, .optional = true, .example = "\"GB\""),
    INT_FIELD(struct customer, orders, .doc = "That were placed, also those not paid; 1,000: or more",
              .example = "4"),
    INT_FIELD(struct customer, paid_orders, .doc = "Paid, and not given back in full", .example = "3"),
    INT_FIELD(
        struct customer, spent,
        .doc = "Totals of the paid ones in the shop's currency, in minor units; of the latest 1,000 orders",
        .example = "8997"),
    UUID_FIELD(struct customer, last_order_id, .example = EXAMPLE_ORDER_ID),
    TIME_FIELD(struct customer, last_order_at, .example = "\"2026-11-23T02:03:29.123456Z\""),
};
static const struct model customer_row = MODEL("CustomerRow", struct customer, customer_fields);

enum { customers_limit_max = 100 }; /* because up to customer_orders_max orders are added up for each */

struct customers_query {
    struct str q;
    int64_t limit;
    struct maybe_int cursor;
};
static const struct field query_fields[] = {
    TEXT_FIELD(
        struct customers_query, q, LENGTH(2, 100), .optional = true, .may_be_empty = true,
        .doc =
            "How an email address or the name on an order's address begins. If more than 2,000 orders have such a name, the first by name are looked at"),
    INT_FIELD(struct customers_query, limit, BETWEEN(1, customers_limit_max), DEFAULT(customers_limit_max),
              .doc = "How many at most"),
    MAYBE_INT_FIELD(struct customers_query, cursor, BETWEEN(1, money_max), .may_be_empty = true,
                    .doc = "X-Next-Cursor of the page before"),
};
static const struct model customers_query = MODEL("CustomersQuery", struct customers_query, query_fields);

static enum status list_customers(struct call *call) {
    const struct customers_query *query = call->query;
    const struct customer_filter filter = {
        .q = query->q.data ? query->q : STR(""),
        .cursor = query->cursor.is_set ? query->cursor.value : 0,
        .limit = query->limit,
    };
    int64_t next = 0;
    TRY(customers_list(&call->ctx, &filter, call->attempt.reply, &next));
    return call_cursor(call, next);
}

static const struct endpoint rows[] = {
    {
        .method = METHOD_GET,
        .path = "/admin/customers",
        .summary = "List customers",
        .doc =
            "Everybody who gave an email address with an order, by that address. X-Next-Cursor is the `cursor` of the next "
            "page, until there is none.",
        .access = ACCESS_STAFF,
        .scope = SCOPE_CUSTOMERS_READ,
        .lane = LANE_SEARCH,
        .query = &customers_query,
        .reply = &customer_row,
        .reply_is_list = true,
        .handle = list_customers,
    },
};

const struct endpoint_group customer_endpoints = {
    .tag = "orders",
    .rows = rows,
    .count = sizeof rows / sizeof *rows,
};
