/* Orders: placed from a cart in one transaction, then paid, cancelled or expired.
 *
 * order_close is the only way away from pending, so stock goes back or is sold exactly once. Two more ways
 * follow, each of which an order goes at most once: what expired is paid after all where its stock can be had
 * again, and what was paid is refunded. Every statement that reads for a shopper names the session. */
#pragma once

#include "shop/tx.h"

enum { order_lines_max = 100 };

enum order_status { ORDER_PENDING, ORDER_PAID, ORDER_CANCELLED, ORDER_EXPIRED, ORDER_REFUNDED };

/* Their names, in the order of the enum; ended by NULL. */
extern const char *const order_status_names[];

struct order_item {
    struct uuid product_id;
    int64_t quantity;
    int64_t price_at_purchase; /* minor units */
};

struct order {
    struct uuid id;
    int64_t total_amount; /* minor units */
    int status;           /* an enum order_status */
    struct list items;    /* of struct order_item, in the order in which they were asked for */
    struct str currency;
    int64_t created_at; /* microseconds since 1970 */
};

/* A product that an order could not have. */
struct shortage {
    struct uuid product_id;
    int64_t requested, available;
};

/* Places an order of the session's cart items with these ids (struct uuid, 1 to order_lines_max; one that
 * comes twice counts once): prices as they are now, stock taken, lines gone from the cart.
 * STATUS_CART_ITEM_NOT_FOUND, or STATUS_INSUFFICIENT_STOCK with every product that is short in `short_of` (a
 * list of struct shortage), or STATUS_TOTAL_TOO_LARGE; the caller rolls back. */
MUST_CHECK enum status order_place(struct tx *tx, const struct uuid *session, const struct list *item_ids,
                                   struct order *out, struct list *short_of);

/* The session's orders, newest first; `total` is how many there are in all. */
MUST_CHECK enum status order_list(struct tx *tx, const struct uuid *session, int64_t limit, int64_t offset,
                                  struct list *out, int64_t *total);

MUST_CHECK enum status order_get(struct tx *tx, const struct uuid *session, const struct uuid *id,
                                 struct order *out);

/* The order with this id, whoever's it is: for the admin. STATUS_ORDER_NOT_FOUND. */
MUST_CHECK enum status order_find(struct tx *tx, const struct uuid *id, struct order *out);

/* Cancels a pending order and gives its stock back. STATUS_ORDER_NOT_FOUND, STATUS_ORDER_NOT_PENDING. */
MUST_CHECK enum status order_cancel(struct tx *tx, const struct uuid *session, const struct uuid *id,
                                    struct order *out);

/* The one way away from pending: moves an order to `to` and its stock with it. STATUS_ORDER_NOT_PENDING, and
 * nothing changed, where it had been moved already. */
MUST_CHECK enum status order_close(struct tx *tx, int64_t order_seq, enum order_status to);

/* Makes an expired order a paid one: takes all of its stock again, and sells it. STATUS_INSUFFICIENT_STOCK or
 * STATUS_ORDER_NOT_PENDING, and nothing changed, where it cannot be had or the order has not expired. */
MUST_CHECK enum status order_retake(struct tx *tx, int64_t order_seq);

/* Makes a paid order a refunded one: its stock goes back. STATUS_ORDER_NOT_PAID. */
MUST_CHECK enum status order_refund(struct tx *tx, int64_t order_seq);

/* Expires up to `limit` pending orders whose time has passed; `expired` gets how many. */
MUST_CHECK enum status order_sweep(struct tx *tx, int64_t limit, int64_t *expired);
