/* The shop's customers, as far as orders know them: by email address. */
#pragma once

#include "shop/shop_ctx.h"

enum { customer_orders_max = 1000 }; /* of one address: only so many of the newest are counted */

struct customer_filter {
    struct str q;          /* how an email address or a name begins; empty: all */
    int64_t cursor, limit; /* cursor: that of the page before; 0: the first page */
};

struct customer {
    struct str email, name, country; /* as in the latest order; name and country may be absent */
    int64_t orders;                  /* that were placed; customer_orders_max: or more */
    int64_t paid_orders, spent; /* those that were paid and not given back in full, and their totals in the
                                        shop's currency, up to money_max */
    struct uuid last_order_id;
    int64_t last_order_at;
    int64_t seq; /* of the latest order */
};

/* Reads a page by email address, in the order of their bytes: a list of struct customer. `next` gets the cursor of the next
 * page, 0 at the end. */
MUST_CHECK enum status customers_list(struct shop_ctx *ctx, const struct customer_filter *filter,
                                      struct list *out, int64_t *next);
