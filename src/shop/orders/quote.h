/* What an order would cost, and how it can be shipped, before it is placed. Only reads. */
#pragma once

#include "shop/checkout/checkout.h"
#include "shop/orders/order.h"

/* A way to ship, with its price for this order. */
struct shipping_option {
    struct uuid id;
    struct str name, description;
    int64_t price;
    struct maybe_int min_days, max_days;
};

struct quote {
    struct checkout checkout;
    struct list options;  /* of struct shipping_option */
    struct list short_of; /* of struct shortage: what an order would be refused for */
    bool is_unshippable;  /* the wanted method cannot be had: it is not in the total */
};

/* Reads the session's lines with these ids, and what an order of them would cost. STATUS_CART_ITEM_NOT_FOUND,
 * STATUS_TOTAL_TOO_LARGE. */
MUST_CHECK enum status quote_make(struct shop_ctx *ctx, const struct uuid *session,
                                  const struct list *item_ids, const struct checkout_wish *wish,
                                  struct quote *out);
