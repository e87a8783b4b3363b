/* One change of many products at once: all of them, or none. */
#pragma once

#include "shop/catalogue/catalogue.h"

enum {
    bulk_products_max = 1000,
    bulk_refused_max =
        100, /* a product has up to 50 KB, and a request not the memory to send a thousand of them */
    price_e4_min = -10000, /* to nothing */
    price_e4_max = 100000, /* to eleven times as much */
};

/* What is absent stays as it is. */
struct bulk_change {
    struct str category;
    struct maybe_int price; /* or price_e4 */
    struct maybe_int
        price_e4; /* added to each price, in ten-thousandths of it; rounded to the nearest unit, halves up */
    struct maybe_bool is_active;
    struct maybe_int stock_delta;
    struct str reason; /* of the stock's change */
};

/* A product as it was and as it is. */
struct bulk_product {
    struct product before, after;
    bool was_active, is_active;
};

/* Changes the products with these ids (struct uuid), active or not; one that comes twice is changed once. `out` gets them
 * as a list of struct bulk_product by seq.
 * STATUS_PRODUCT_NOT_FOUND if one of them is not there. STATUS_STOCK_OUT_OF_RANGE and STATUS_PRICE_OUT_OF_RANGE, with
 * the first bulk_refused_max of them as a list of struct product in `refused`, if some cannot be changed so. */
MUST_CHECK enum status products_change_all(struct shop_ctx *ctx, const struct list *ids,
                                           const struct bulk_change *change, struct list *out,
                                           struct list *refused);
