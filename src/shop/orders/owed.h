/* What is sent, taken back and still owed of an order's line, as SQL. */
#pragma once

/* Whether a refund `r` takes its units back: it is pending, or has succeeded, even if it failed later. */
#define REFUND_COUNTS "(r.status <> 'failed' OR r.succeeded_at IS NOT NULL)"

/* The sum of a column of the items of such refunds for a line `i` (of order_items). */
#define LINE_TAKEN_BACK(column)                                                                              \
    "(SELECT CAST(coalesce(sum(ri." column                                                                   \
    "), 0) AS bigint) FROM refunds AS r"                                                                     \
    " JOIN refund_items AS ri ON ri.refund = r.seq"                                                          \
    " WHERE r.order_seq = i.order_seq AND ri.line = i.line AND " REFUND_COUNTS ")"

/* The units of a line `i` that were taken back, sent or not. */
#define LINE_REFUNDED LINE_TAKEN_BACK("quantity")

/* The units of a line `i` that are in fulfilments which were not cancelled. */
#define LINE_SHIPPED                                                                                         \
    "(SELECT CAST(coalesce(sum(fi.quantity), 0) AS bigint) FROM fulfillments AS fu"                          \
    " JOIN fulfillment_items AS fi ON fi.fulfillment = fu.seq"                                               \
    " WHERE fu.order_seq = i.order_seq AND fi.line = i.line AND fu.status <> 'cancelled')"

/* The units of a line `i` that are still to be sent. */
#define LINE_OWED "(i.quantity - " LINE_SHIPPED " - " LINE_TAKEN_BACK("unsent") ")"

/* The status of an order `orders` that is paid, as its quantities have it. */
#define SHIPPING_STATUS                                                                                      \
    "CASE WHEN EXISTS (SELECT 1 FROM order_items AS i WHERE i.order_seq = orders.seq AND " LINE_OWED         \
    " > 0)"                                                                                                  \
    " OR NOT EXISTS (SELECT 1 FROM fulfillments AS f WHERE f.order_seq = orders.seq"                         \
    " AND f.status <> 'cancelled') THEN 'paid'"                                                              \
    " WHEN EXISTS (SELECT 1 FROM fulfillments AS f WHERE f.order_seq = orders.seq"                           \
    " AND f.status IN ('shipped', 'lost')) THEN 'shipped' ELSE 'delivered' END"
