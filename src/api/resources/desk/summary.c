/* GET /admin/summary: how the shop is doing. */
#include "shop/desk/summary.h"
#include "api/endpoint.h"
#include "api/internal.h"

static const char *const days_names[] = {"7", "30", "365", NULL};
static const int64_t days_numbers[] = {7, 30, 365};

struct summary_query {
    int days; /* an index of both */
};
static const struct field query_fields[] = {
    ENUM_FIELD(struct summary_query, days, .names = days_names, DEFAULT(1),
               .doc = "How many days, today among them"),
};
static const struct model summary_query = MODEL("SummaryQuery", struct summary_query, query_fields);

#define TAKEN_FIELDS(type)                                                                                   \
    INT_FIELD(type, orders, .doc = "That were paid", .example = "42"),                                       \
        INT_FIELD(type, revenue, .doc = "Totals of these orders, in minor units", .example = "125958"),      \
        INT_FIELD(type, refunded, .doc = "What was given back, of whichever order", .example = "2999")

static const struct field taken_fields[] = {
    TAKEN_FIELDS(struct taken),
    MAYBE_INT_FIELD(struct taken, average, .doc = "Revenue of an order; null without orders",
                    .example = "2999"),
};
static const struct model taken_read = MODEL("Taken", struct taken, taken_fields);

static const struct field day_fields[] = {
    TEXT_FIELD(struct summary_day, day, .doc = "In UTC", .example = "\"2026-11-23\""),
    TAKEN_FIELDS(struct summary_day),
};
static const struct model day_read = MODEL("SummaryDay", struct summary_day, day_fields);

static const struct field summary_fields[] = {
    INT_FIELD(struct summary, days, .example = "30"),
    TEXT_FIELD(struct summary, currency, .doc = "Orders in another currency are left out",
               .example = "\"usd\""),
    MODEL_FIELD(struct summary, taken, struct taken, .of = &taken_read, .doc = "In these days"),
    MODEL_FIELD(struct summary, before, struct taken, .of = &taken_read,
                .doc = "In as many days before them"),
    LIST_FIELD(struct summary, series, .item = KIND_MODEL, .of = &day_read,
               .doc = "Day by day, oldest first; the last one is today"),
    INT_FIELD(struct summary, to_ship, .doc = "Orders that are paid and not all sent; 100,000: or more",
              .example = "3"),
    INT_FIELD(
        struct summary, failed_payments,
        .doc =
            "Orders with a payment that failed in these days, as `GET /admin/orders?by=payment_failed` lists them",
        .example = "1"),
    MAYBE_INT_FIELD(struct summary, low_stock,
                    .doc =
                        "Products that shoppers see with fewer units than `low_stock_below`, as "
                        "`GET /admin/products?active=true&stock_below=` lists them; null: too many to count",
                    .example = "4"),
    INT_FIELD(struct summary, low_stock_below,
              .doc = "One more than the setting `low_stock_at`, or 5 if that is 0", .example = "5"),
    INT_FIELD(struct summary, sold_out,
              .doc = "Products that shoppers see without any stock; of 20,000 at most", .example = "2"),
    INT_FIELD(struct summary, days_missing,
              .doc = "Days that are not added up yet, after an upgrade: they show as 0 for a moment",
              .example = "0"),
    TIME_FIELD(struct summary, created_at, .doc = "Up to 30 seconds ago"),
};
static const struct model summary_read_model = MODEL("Summary", struct summary, summary_fields);

static enum status get_summary(struct call *call) {
    const struct summary_query *query = call->query;
    return summary_get(&call->ctx, days_numbers[query->days], call->api->options.summaries,
                       call->attempt.reply);
}

static const struct endpoint rows[] = {
    {
        .method = METHOD_GET,
        .path = "/admin/summary",
        .summary = "Sum up how the shop is doing",
        .doc =
            "An order counts on the day (UTC) on which it was paid, and a refund on the day on which it succeeded, also if the bank "
            "sends the money back later. The answer is up to 30 seconds old.",
        .access = ACCESS_STAFF,
        .scope = SCOPE_ORDERS_READ,
        .lane = LANE_SEARCH,
        .query = &summary_query,
        .reply = &summary_read_model,
        .handle = get_summary,
    },
};

const struct endpoint_group summary_endpoints = {
    .tag = "orders",
    .rows = rows,
    .count = sizeof rows / sizeof *rows,
};
