/* The refunds of payments, as rows: how much went back, for which units, and what became of it.
 *
 *     pending ──→ succeeded ──→ failed    for good: the bank sent it back later
 *        └──────────────────→ failed      the provider refused it
 *
 * A refund that was refused has no effect, and its units are owed to the shopper again. One that failed after it had
 * succeeded has lost its money alone: its units stay taken back, because the stock may be sold by then. */
#pragma once

#include "shop/payments/payment.h"
#include "shop/staff/actor.h"

enum refund_status { REFUND_PENDING, REFUND_SUCCEEDED, REFUND_FAILED };
enum refund_origin {
    REFUND_BY_STAFF,
    REFUND_BY_PROVIDER, /* somebody made it there: in Stripe's dashboard, say */
    REFUND_BY_SHOP,     /* of a payment that its order had no use for */
};

/* The names of these enums, in their order; NULL ends them. */
extern const char *const refund_status_names[], *const refund_origin_names[];

enum { refunds_max = 200 }; /* of one payment, made by the staff */

/* Units of a line that are taken back. */
struct refund_item {
    int64_t line, quantity;
    int64_t unsent;  /* of the quantity: those that were still to be sent, and are not owed any more */
    int64_t restock; /* of the quantity: those that can be bought again */
};

struct refund {
    struct uuid id; /* also the provider's key */
    int64_t seq, order_seq, payment;
    int64_t amount, shipping; /* minor units of the payment's currency; the part of it that is for shipping */
    struct str currency;      /* only refunds_list fills it in */
    int status, origin;       /* an enum refund_status and an enum refund_origin */
    struct str reason;        /* the staff's; absent: none was given */
    struct str failure_message;
    struct str provider_refund_id; /* re_…; absent until the provider has it */
    struct maybe_int succeeded_at; /* when it first succeeded, in microseconds since 1970 */
    int64_t created_at;
    bool notify;                  /* mail the shopper when it has succeeded */
    struct str actor_kind, actor; /* of the staff: a name of actor_kind_names, and an id; may be absent */
    struct list items;            /* of struct refund_item; likewise */
};

/* Inserts a refund that is pending, or that the provider has made, without its items; its seq stays 0. */
MUST_CHECK enum status refund_insert(struct shop_ctx *ctx, const struct refund *refund);

/* Adds an item to a refund that was inserted. */
MUST_CHECK enum status refund_item_insert(struct shop_ctx *ctx, const struct uuid *refund,
                                          const struct refund_item *item);

/* Adds all units of the order that are still to be sent to a refund's items, to be bought again: for a refund that gives the
 * last of the money back. */
MUST_CHECK enum status refund_claim_unsent(struct shop_ctx *ctx, const struct uuid *refund);

/* Writes what became of a refund: its status, its failure, the provider's id and when it succeeded. */
MUST_CHECK enum status refund_write(struct shop_ctx *ctx, const struct refund *refund);

/* Reads a refund by its id, without items. STATUS_NOT_FOUND. */
MUST_CHECK enum status refund_find(struct shop_ctx *ctx, const struct uuid *id, struct refund *out);

/* Announces refunds_of_payment later in this transaction. */
void refunds_of_payment_prefetch(struct shop_ctx *ctx, int64_t payment_seq);

/* Lists the refunds of a payment, oldest first, without items: of struct refund. */
MUST_CHECK enum status refunds_of_payment(struct shop_ctx *ctx, int64_t payment_seq, struct list *out);

/* Lists the refunds of an order, oldest first, with their items. STATUS_ORDER_NOT_FOUND. */
MUST_CHECK enum status refunds_list(struct shop_ctx *ctx, const struct uuid *order, struct list *out);

enum { refund_asks_max = 4 }; /* refunds that one flow asks for */

/* A refund that the provider is asked to make. */
struct refund_ask {
    struct uuid id;
    int64_t amount;     /* minor units */
    enum status result; /* of the call: STATUS_OK if it was not made */
    struct str reason;  /* with STATUS_PAYMENT_REFUSED */
};

/* Lists up to `most` pending refunds of a payment, newest first: of struct refund_ask. */
MUST_CHECK enum status refunds_to_ask(struct shop_ctx *ctx, int64_t payment_seq, int64_t most,
                                      struct list *out);
