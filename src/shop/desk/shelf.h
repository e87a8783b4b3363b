/* How many units of a product are on the shelf, as somebody who counts finds them:
 *
 *     on_shelf  =  stock_quantity  +  held_unpaid          +  held_unsent
 *                  can be bought      of pending orders       of paid orders, and not in a parcel yet
 *
 * A parcel that was cancelled is not one. */
#pragma once

#include "shop/shop_ctx.h"

struct shelf {
    struct uuid product_id;
    int64_t stock_quantity;
    /* Absent if more than shelf_orders_max orders are unpaid or not sent: too many to add up while others wait. */
    struct maybe_int held_unpaid, held_unsent, on_shelf;
};

enum { shelf_orders_max = 100000 };

/* Counts a product, active or not. Reads all orders that are pending or to be sent. STATUS_PRODUCT_NOT_FOUND. */
MUST_CHECK enum status shelf_count(struct shop_ctx *ctx, const struct uuid *product, struct shelf *out);
