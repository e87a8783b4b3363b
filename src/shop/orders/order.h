/* Orders: placed from a cart in one transaction, then paid, cancelled or expired.
 *
 *                           order_close(PAID)           order_refund
 *     order_place → pending ─────────────────→ paid ─────────────────→ refunded
 *                    │   │                      ↑ ↖                        ↑
 *                    │   │                      │  order_update_shipping   │
 *                    │   │                      │    ↘ shipped ↔ delivered ┘
 *                    │   │ order_close(EXPIRED) │ order_reactivate
 *                    │   └────────→ expired ────┘
 *                    │ order_close(CANCELLED)
 *                    └────────→ cancelled
 *
 * Each arrow moves the order's stock in the same transaction, and an order takes each at most once. So stock
 * is returned or sold exactly once. Every statement that reads for a shopper names the session. An order that the staff
 * took has no session: its column is SQL's NULL, which equals no session. */
#pragma once

#include "shop/checkout/checkout.h"
#include "shop/orders/order_number.h"
#include "shop/shop_ctx.h"

enum order_status {
    ORDER_PENDING,
    ORDER_PAID,
    ORDER_SHIPPED,
    ORDER_DELIVERED,
    ORDER_CANCELLED,
    ORDER_EXPIRED,
    ORDER_REFUNDED
};

/* The states of an order whose stock is sold and whose money is with the shop, as SQL. */
#define SOLD_STATUSES "('paid', 'shipped', 'delivered')"

/* Whether the session $2 may read an order `o` at the time $3, as SQL: its own, or one whose link it has opened
 * (shop/guests/order_access.h). */
#define ORDER_READABLE(o)                                                                                    \
    "(" o                                                                                                    \
    ".session = $2 OR EXISTS (SELECT 1 FROM order_access AS a WHERE a.session = $2 AND a.order_seq = " o     \
    ".seq AND a.until > $3))"

/* The names of enum order_status, in its order; NULL ends them. */
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
    struct list items;    /* of struct order_item, in the order of the request */
    struct str currency;
    int64_t created_at; /* microseconds since 1970 */
    int64_t seq;        /* the row's number, which no client sees */
};

/* Reads an order, without its items, from a row that begins with the columns of seq, id, total_amount, status, currency and
 * created_at. */
void order_read_row(struct shop_ctx *ctx, struct db_rows *rows, void *order);

/* A product of which an order asked for more than can be sold, or more than this order may have. */
struct shortage {
    struct uuid product_id;
    int64_t requested, available;
};

/* Why an order is refused, beside the status. */
struct order_refusal {
    struct list short_of;            /* of struct shortage */
    unsigned missing;                /* with STATUS_INVALID: bits of REQUIRES_… */
    const struct checkout *checkout; /* with STATUS_TOTAL_CHANGED: what it would cost now */
};

/* Places an order for the session's cart items with these ids: fixes their prices, takes the stock, and
 * removes the lines from the cart. `item_ids` are 1 to order_lines_max struct uuid; a repeated id counts
 * once. STATUS_CART_ITEM_NOT_FOUND, STATUS_TOTAL_TOO_LARGE or _SMALL; STATUS_NO_SHIPPING; STATUS_INVALID if it lacks what the
 * shop requires; STATUS_TOTAL_CHANGED if it costs more than the shopper has seen; or, with a struct shortage in
 * `why->short_of` for every product concerned, STATUS_QUANTITY_TOO_LARGE, STATUS_HOLD_TOO_LARGE or
 * STATUS_INSUFFICIENT_STOCK. On any error the caller rolls back. */
MUST_CHECK enum status order_place(struct shop_ctx *ctx, const struct uuid *session,
                                   const struct list *item_ids, const struct checkout_wish *wish,
                                   struct order *out, struct order_refusal *why);

/* What the staff puts into an order. */
struct order_ware {
    struct uuid product_id;
    int64_t quantity;
};
enum { order_ware_quantity_max = 1000000 }; /* so that order_lines_max of them add up */

/* Places an order that the staff takes, by phone or over the counter: as order_place does, but of `wares` (1 to
 * order_lines_max struct order_ware), of no session, and keeping its stock for `hold_us` if it is not paid. A product
 * that is named twice is one line. What checkout.requires asks, the limits of quantities and holds, and what the
 * provider would charge are the shoppers' alone. STATUS_PRODUCT_NOT_FOUND; STATUS_TOTAL_TOO_LARGE, STATUS_NO_SHIPPING,
 * STATUS_TOTAL_CHANGED and STATUS_INSUFFICIENT_STOCK as there. */
MUST_CHECK enum status order_place_by_staff(struct shop_ctx *ctx, const struct list *wares, int64_t hold_us,
                                            const struct checkout_wish *wish, struct order *out,
                                            struct order_refusal *why);

/* Locks an order until the transaction ends. */
MUST_CHECK enum status order_lock(struct shop_ctx *ctx, const struct uuid *id);

/* Lets a pending order keep its stock for settings->reserve_us since `created_at`, because a payment of it is
 * begun. */
MUST_CHECK enum status order_extend_hold(struct shop_ctx *ctx, int64_t order_seq, int64_t created_at);

/* Reads a page of the session's orders, newest first; `total` gets the number of all of them. */
MUST_CHECK enum status order_list(struct shop_ctx *ctx, const struct uuid *session, int64_t limit,
                                  int64_t offset, struct list *out, int64_t *total);

/* Reads one of the session's orders, and its address of mail into `email`; absent if it has none. With a `session` of
 * NULL anybody's, for the staff. STATUS_ORDER_NOT_FOUND. */
MUST_CHECK enum status order_get(struct shop_ctx *ctx, const struct uuid *session, const struct uuid *id,
                                 struct order *out, struct str *email);

/* Reads an order of the session, or one whose link the session has opened: it may be read, and nothing else. */
MUST_CHECK enum status order_get_readable(struct shop_ctx *ctx, const struct uuid *session,
                                          const struct uuid *id, struct order *out);

/* Reads any session's order, for the admin. STATUS_ORDER_NOT_FOUND. */
MUST_CHECK enum status order_find(struct shop_ctx *ctx, const struct uuid *id, struct order *out);

/* Moves a pending order to `to`, and returns its stock or sells it. This is the only way out of pending.
 * STATUS_ORDER_NOT_PENDING if the order is not pending any more; PostgreSQL may report that with a later statement
 * (db_exec_deferred_or). If the order was not paid, the caller also makes its payments due (payments/unpaid.h does
 * both). */
MUST_CHECK enum status order_close(struct shop_ctx *ctx, int64_t order_seq, enum order_status to);

/* Makes an expired order a paid one: takes all of its stock again, and sells it. STATUS_INSUFFICIENT_STOCK or
 * STATUS_ORDER_NOT_PENDING, with nothing changed, if stock is short or the order has not expired. */
MUST_CHECK enum status order_reactivate(struct shop_ctx *ctx, int64_t order_seq);

/* Makes a paid order a refunded one; the refund returns its stock. STATUS_ORDER_NOT_PAID, reported as above. */
MUST_CHECK enum status order_refund(struct shop_ctx *ctx, int64_t order_seq);

/* Moves a paid order between paid, shipped and delivered, to what its quantities say (owed.h). To be called after each
 * change of these: of fulfilments, and of refunds of units that were not sent. Changes nothing in other states. */
MUST_CHECK enum status order_update_shipping(struct shop_ctx *ctx, int64_t order_seq);

/* Closes up to `limit` pending orders whose time has passed as expired. `out` gets their numbers (int64_t),
 * so that the caller can make their payments due. */
MUST_CHECK enum status order_expire(struct shop_ctx *ctx, int64_t limit, struct list *out);
