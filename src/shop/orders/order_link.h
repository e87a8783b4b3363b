/* The link of an order: it is in every mail about the order, and whoever opens it may read the order for a while
 * (shop/guests/order_access.h). Each mail has a link of its own, so that a later mail does not end an earlier one's.
 *
 *     https://lamps.example/orders/open#2XvP…     the token is in the fragment: browsers keep it out of requests and logs */
#pragma once

#include "shop/outbox/mail.h"

enum { order_link_days = 180 };

/* Between the storefront's address and the token. */
#define ORDER_LINK_PATH "/orders" MAIL_LINK_MARK

/* Makes a link of an order in this transaction, in the arena. STATUS_NO_MEMORY. */
MUST_CHECK enum status order_link_make(struct shop_ctx *ctx, int64_t order_seq, struct str *out);

/* Finds the order of a link's token. STATUS_LINK_OVER. */
MUST_CHECK enum status order_link_find(struct shop_ctx *ctx, struct str token, int64_t *order_seq);

/* Whether another mail with a link may be asked for: fewer than three were made for the order within the hour, and fewer
 * than eight within a day. */
MUST_CHECK enum status order_link_may_be_sent(struct shop_ctx *ctx, int64_t order_seq, bool *out);
