/* Orders that the staff takes, by phone or over the counter.
 *
 *     phone_order_place ──mark_paid──→ paid
 *                       └─────────────→ pending ──phone_order_mark_paid──→ paid
 *                                        └──expired──phone_order_mark_paid──↗ (if its stock can be taken again)
 *
 * They are orders as any: placed by the same function, with stock, totals, events and parcels. But they belong to no
 * session: orders.session is NULL, and every statement of a shopper says `session = $n`, which NULL never is. So no
 * shopper can read, pay or cancel one. Their money comes in cash or by a bank transfer: it is
 * a payment of PROVIDER_BY_HAND that has succeeded, with a row of manual_payments that says who got it. No provider knows of
 * it, so a refund of it has succeeded when it is written: the staff gives the money back by hand. */
#pragma once

#include "shop/orders/order.h"
#include "shop/staff/actor.h"

enum { phone_hold_days = 14, phone_hold_days_max = 90 };

struct phone_wish {
    struct list wares; /* of struct order_ware */
    struct checkout_wish checkout;
    int64_t hold_days; /* how long it keeps its stock if it is not paid */
    bool is_paid;
    struct str payment_note; /* of a paid one; may be absent */
};

/* Places an order of the staff. Errors are those of order_place_by_staff. */
MUST_CHECK enum status phone_order_place(struct shop_ctx *ctx, const struct actor *actor,
                                         const struct phone_wish *wish, struct order *out,
                                         struct order_refusal *why);

/* Marks an order of the staff as paid by hand; `out` is the order as it is then, without its items. One that has expired
 * takes its stock again. STATUS_ORDER_NOT_FOUND; STATUS_ORDER_OF_SHOPPER if a shopper placed it; STATUS_ORDER_NOT_PENDING;
 * STATUS_INSUFFICIENT_STOCK. On any error the caller rolls back. */
MUST_CHECK enum status phone_order_mark_paid(struct shop_ctx *ctx, const struct uuid *id,
                                             const struct actor *actor, struct str note, struct order *out);

/* What was paid by hand. */
struct manual_payment {
    int64_t amount; /* minor units */
    struct str currency, note, actor_kind, actor;
    int64_t created_at;
};

/* What the staff sees of an order beside its details. */
struct phone_order {
    bool is_staffs;              /* the staff took it */
    struct maybe_int expires_at; /* of a pending one: until when it keeps its stock */
    struct manual_payment *paid; /* NULL: not paid by hand */
};

/* Reads it, of any order. STATUS_ORDER_NOT_FOUND. */
MUST_CHECK enum status phone_order_get(struct shop_ctx *ctx, const struct uuid *id, struct phone_order *out);

/* Announces it in this transaction. */
void phone_order_prefetch(struct shop_ctx *ctx, const struct uuid *id);
