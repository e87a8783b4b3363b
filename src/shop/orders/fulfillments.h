/* Fulfilments: which units of an order were sent together, and where they are.
 *
 *     shipped ←──→ lost      it may be found again
 *        │          │
 *        ├──────────┴──→ delivered    for good
 *        └─────────────→ cancelled    for good: its units are to be sent again
 *
 * An order's status follows from the quantities (SHIPPING_STATUS in owed.h): `shipped` once nothing is owed, `delivered` once
 * all of it has arrived. Every function here locks the order's row before it reads quantities, so of two clerks who send the
 * same unit one finds that nothing is left. */
#pragma once

#include "shop/orders/order_events.h"

enum fulfillment_status {
    FULFILLMENT_SHIPPED,
    FULFILLMENT_DELIVERED,
    FULFILLMENT_LOST,
    FULFILLMENT_CANCELLED,
};

/* The names of enum fulfillment_status, in its order; NULL ends them. */
extern const char *const fulfillment_status_names[];

struct fulfillment_item {
    int64_t line, quantity;
};

struct fulfillment {
    struct uuid id;
    int status;        /* an enum fulfillment_status */
    struct list items; /* of struct fulfillment_item */
    struct str carrier, tracking_number,
        tracking_url; /* absent: not known. The URL is the carrier's if none was given */
    int64_t shipped_at;
    struct maybe_int delivered_at;
    int64_t seq, order_seq;
};

/* What the staff says of a parcel. What is absent was left out. */
struct fulfillment_wish {
    struct list items; /* of struct fulfillment_item; with no data: all that is owed */
    struct str carrier, tracking_number, tracking_url;
    struct maybe_bool notify; /* the shopper, by mail; left out: as the setting `mails` has it */
    int status;               /* of a change: an enum fulfillment_status, or -1 */
};

/* Writes that units of an order were sent, and mails its shopper. STATUS_ORDER_NOT_FOUND; STATUS_ORDER_NOT_PAID;
 * STATUS_NOTHING_TO_SHIP if nothing is owed, or less than is wished. */
MUST_CHECK enum status fulfillment_add(struct shop_ctx *ctx, const struct uuid *order,
                                       const struct actor *actor, const struct fulfillment_wish *wish,
                                       struct fulfillment *out);

/* Changes what is known of a parcel, or where it is. `before` gets what it was. STATUS_FULFILLMENT_NOT_FOUND;
 * STATUS_FULFILLMENT_ENDED if it is cancelled, or delivered and is to be something else; STATUS_FULFILLMENT_REFUNDED if it is to
 * be cancelled, and its units are not to be sent again because they were refunded. */
MUST_CHECK enum status fulfillment_change(struct shop_ctx *ctx, const struct uuid *order,
                                          const struct uuid *id, const struct actor *actor,
                                          const struct fulfillment_wish *wish, struct fulfillment *before,
                                          struct fulfillment *out);

/* Announces fulfillments_read in this transaction. */
void fulfillments_prefetch(struct shop_ctx *ctx, int64_t order_seq);

/* Lists an order's fulfilments, oldest first: of struct fulfillment. */
MUST_CHECK enum status fulfillments_read(struct shop_ctx *ctx, int64_t order_seq, struct list *out);
