/* What a refund gives back: how much money, and which units. */
#pragma once

#include "shop/payments/refund_rows.h"

struct refund_item_wish {
    int64_t line, quantity;
    struct maybe_bool restock; /* left out: those that were not sent */
};

/* What the staff asks for. */
struct refund_wish {
    struct maybe_int amount;   /* left out: the price of the items, and `shipping` */
    struct maybe_int shipping; /* of the order's shipping, with its tax */
    struct list items;         /* of struct refund_item_wish; may be empty */
    struct str reason;         /* may be absent */
    struct maybe_bool notify;  /* the shopper, by mail; left out: as the setting `mails` has it */
    bool is_rest;              /* all that is left, and nothing of the above */
};

/* Announces refund_plan of what is not the rest in this transaction. */
void refund_plan_prefetch(struct shop_ctx *ctx, int64_t order_seq);

/* Fills in the amount, the shipping and the items of a refund of a payment whose order is locked.
 * STATUS_REFUND_TOO_LARGE if a line or the shipping has less to give back, or the items come to more than 64 bits hold. */
MUST_CHECK enum status refund_plan(struct shop_ctx *ctx, const struct payment *payment,
                                   const struct refund_wish *wish, struct refund *out);
