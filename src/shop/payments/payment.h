/* Payments: how an order becomes paid, exactly once.
 *
 * A payment is one PaymentIntent at the provider: one attempt to take one amount for one order. The room:
 *
 *     payment        the rows                        apply     the one way in which a payment changes
 *     create_intent  ┐ three steps each: prepare,    event     what a webhook reports
 *     confirm        │ call, apply (flow.h explains  unpaid    orders that end without being paid
 *     refunds/       │ how they survive a crash)   reversal  what banks undo: disputes, failed refunds
 *     reconcile      ┘
 *
 * States: pending → failed → succeeded, or straight to succeeded; never back. A failed payment may still
 * succeed, because the shopper's page can confirm it at the provider by itself. An order has at most one
 * pending payment and at most one that pays it: two unique indexes enforce that. Money beyond that is
 * overpaid and goes back.
 *
 * Of a payment that succeeded, parts or all may go back (refunds/).
 *
 * `due_at` says when reconciliation asks the provider about a payment next; NULL if nothing can happen to it
 * any more. Every statement that reads for a shopper names the session. */
#pragma once

#include "base/metrics.h"
#include "pay/provider.h"
#include "shop/orders/order.h"

enum payment_status { PAYMENT_PENDING, PAYMENT_SUCCEEDED, PAYMENT_FAILED };
enum refund_state { REFUND_NONE, REFUND_WANTED, REFUND_DONE };

/* Stripe's states of a dispute, in the order of its life; DISPUTE_OTHER is any that Till does not know. */
enum dispute_status {
    DISPUTE_WARNING_NEEDS_RESPONSE, /* an inquiry: no money is taken yet */
    DISPUTE_WARNING_UNDER_REVIEW,
    DISPUTE_WARNING_CLOSED,
    DISPUTE_NEEDS_RESPONSE, /* the bank has taken the money, and waits for evidence */
    DISPUTE_UNDER_REVIEW,
    DISPUTE_WON,
    DISPUTE_LOST,
    DISPUTE_PREVENTED,
    DISPUTE_OTHER,
};

/* The names of these enums, in their order; NULL ends them. */
extern const char *const payment_status_names[], *const refund_state_names[], *const dispute_status_names[];

struct payment {
    struct uuid id, order_id;
    struct str provider;            /* `stripe` */
    struct str provider_payment_id; /* pi_…; absent until the provider's first answer */
    int64_t amount;                 /* minor units of currency */
    struct str currency;
    int status;                 /* an enum payment_status */
    struct str failure_message; /* for the shopper; absent if nothing went wrong */
    struct str client_secret;   /* for the shopper's page; never stored */
    int64_t created_at;         /* microseconds since 1970 */
    /* What no client sees. */
    int64_t seq, order_seq;
    int64_t attempts; /* confirms that were prepared */
    int order_status;
    bool overpaid; /* the order had no use for the money */
    int refund;    /* an enum refund_state */
    int64_t due_at;
    struct intent_contact contact; /* what the provider is told of the shopper: the same each time */
    struct str email;              /* the shopper's, for the shop's own mails; absent: the order has none */
    struct maybe_int amount_mismatch; /* what the provider says it took, if that is not what was asked for */
    struct str currency_mismatch;
    int64_t refund_reserved,
        refunded_amount; /* of the amount: what is to go back or has gone, and what has gone */
};

/* The provider of a payment that the staff got by hand, in cash or by a bank transfer (shop/desk/phone_order.h): nobody is
 * asked about it. */
#define PROVIDER_BY_HAND "by_hand"
bool payment_is_by_hand(const struct payment *p);

/* What became of payments in a transaction, for the metrics. */
enum payment_outcome {
    OUTCOME_SUCCEEDED = 1,
    OUTCOME_FAILED = 2,
    OUTCOME_LATE = 4,     /* money for an expired order, which took its stock again */
    OUTCOME_OVERPAID = 8, /* money that goes back */
    OUTCOME_MISMATCH = 16,
    OUTCOME_REFUNDED = 32,
    OUTCOME_EVENT = 64,
    OUTCOME_EVENT_REPEATED = 128,
    OUTCOME_REFUND_FAILED = 256, /* the bank sent a refund back */
    OUTCOME_DISPUTE = 512,       /* a dispute came to an enum dispute_status: shifted left by that */
};

/* Counts a union of enum payment_outcome. To be called once the transaction is durable. */
void payment_count(unsigned outcomes, struct metrics_shard *shard);

/* Reads one of the session's payments. STATUS_PAYMENT_NOT_FOUND. */
MUST_CHECK enum status payment_get(struct shop_ctx *ctx, const struct uuid *session, const struct uuid *id,
                                   struct payment *out);

/* Locks a payment's order and reads the payment as it is now, texts into the transaction's arena. `id` may be
 * that of `out`. STATUS_PAYMENT_NOT_FOUND. */
MUST_CHECK enum status payment_load(struct shop_ctx *ctx, const struct uuid *id, struct payment *out);

/* Locks a payment's order until the transaction ends. Every transaction that changes payments locks their order, by this or by
 * order_lock, before it reads them, so that two of one order run one after the other. */
MUST_CHECK enum status payment_lock(struct shop_ctx *ctx, const struct uuid *id);

/* Makes due now what could still be charged for an order that has ended, or is paid otherwise. */
MUST_CHECK enum status payments_make_due(struct shop_ctx *ctx, int64_t order_seq);

/* ---- For the other files of this room. */

#define PAYMENT_COLUMNS                                                                                          \
    "p.seq, p.order_seq, p.id, o.id, p.provider, p.provider_payment_id, p.amount, p.currency, p.status,"         \
    " p.failure_message, p.created_at, p.attempts, o.status, p.surplus, p.refund, p.due_at,"                     \
    " CASE WHEN p.wrong_amount IS NULL THEN 0 ELSE 1 END, coalesce(p.wrong_amount, 0), p.wrong_currency,"        \
    " c.receipt, CASE WHEN c.receipt = 1 THEN c.email END, c.shipping_name, c.shipping_phone, c.shipping_line1," \
    " c.shipping_line2, c.shipping_city, c.shipping_region, c.shipping_postal_code, c.shipping_country,"         \
    " p.refund_reserved, p.refunded_amount, c.email"
#define PAYMENT_CONTACT " LEFT JOIN order_contacts AS c ON c.order_seq = o.seq"
#define PAYMENT_TABLES " FROM payments AS p JOIN orders AS o ON o.seq = p.order_seq" PAYMENT_CONTACT

enum {
    payment_column_seq = 0,
    payment_column_order_status = 12,
    payment_column_receipt = 19,
    payment_column_refund_reserved = 29,
    payment_column_refunded_amount = 30,
    payment_column_email = 31,
    payment_column_count = 32
};

/* Reads the current row of a statement that begins with PAYMENT_COLUMNS. An outer join may have no payment:
 * then payment_column_seq is 0, and only payment_column_order_status and the contact may be read. */
void payment_read_row(struct shop_ctx *ctx, struct db_rows *rows, struct payment *out);

/* Reads the contact of such a row. It is part of the order, which never changes, so it is the same each time. */
struct intent_contact payment_read_contact(struct shop_ctx *ctx, struct db_rows *rows);
