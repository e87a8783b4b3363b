/* Which sessions may read an order that is not theirs, because they have opened its link (shop/orders/order_link.h).
 *
 *     mail's link ──POST /orders/access──→ row (session, order, until) ──30 days──→ over
 *
 * Such a session reads: GET /orders/{id}, /details and /events (ORDER_READABLE). What changes an order, or pays it, stays
 * with the session that placed it; so do lists. A link can be opened in several browsers, and opened again it counts anew. */
#pragma once

#include "shop/orders/order_number.h"
#include "shop/shop_ctx.h"

enum { order_access_days = 30 };

struct order_access {
    struct uuid id;    /* of the order */
    struct str number; /* in the arena */
    int64_t until;     /* microseconds since 1970 */
};

/* Lets a session read the order of a link's token. STATUS_LINK_OVER. */
MUST_CHECK enum status order_access_open(struct shop_ctx *ctx, const struct uuid *session, struct str token,
                                         struct order_access *out);

/* Deletes up to `limit` rows that are over; `removed` gets how many. */
MUST_CHECK enum status order_access_sweep(struct shop_ctx *ctx, int64_t limit, int64_t *removed);
