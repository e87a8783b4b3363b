/* What a guest sees of an order, by its number and its email address: how far it is, and not whose it is.
 *
 * No name, address, price or phone. Every look-up runs the same statements, so that its time does not say what was wrong. */
#pragma once

#include "shop/orders/fulfillments.h"

struct tracked_item {
    struct str name;
    int64_t quantity;
};

struct tracked_order {
    struct str number;
    int status;               /* an enum order_status */
    struct list timeline;     /* of struct order_event */
    struct list items;        /* of struct tracked_item, in the order of the order's lines */
    struct list fulfillments; /* of struct fulfillment */
    int64_t created_at;
};

/* Finds an order by its number, in any way of writing, and its address of mail as email_key() folds it.
 * STATUS_ORDER_NOT_FOUND, whichever of the two is wrong. */
MUST_CHECK enum status order_lookup(struct shop_ctx *ctx, struct str number, struct str email_key,
                                    struct tracked_order *out);

/* Mails a link to the order (shop/orders/order_link.h) to its address, if there is such an order and it was not mailed too
 * many. Nothing says whether it did. */
MUST_CHECK enum status order_lookup_send_link(struct shop_ctx *ctx, struct str number, struct str email_key);
