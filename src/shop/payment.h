/* Payments: how an order becomes paid, exactly once.
 *
 * A payment is one PaymentIntent at the provider. It is written down before the provider is first told of
 * it; every call is made with no transaction open (payment_ask), and what the provider then says is brought
 * in by payment_settle, the one way in which a payment changes: after a confirm, by a webhook, and by
 * reconciliation alike. Payments only go forward: pending, failed, succeeded. An order has at most one that
 * is pending, and at most one that pays it; money beyond that is `surplus` and goes back.
 *
 * `due_at` in the table says when reconciliation looks at a payment next; it is NULL once nothing is to
 * happen to it any more, at the provider either. What somebody else gives back there (in Stripe's dashboard)
 * an event has to tell: all of it makes the order refunded, a part is logged and changes nothing. Every
 * statement that reads for a shopper names the session. */
#pragma once

#include "base/metrics.h"
#include "pay/provider.h"
#include "shop/order.h"

enum payment_status { PAYMENT_PENDING, PAYMENT_SUCCEEDED, PAYMENT_FAILED };

/* Their names, in the order of the enum; ended by NULL. */
extern const char *const payment_status_names[];

enum refund_state { REFUND_NONE, REFUND_WANTED, REFUND_DONE };

struct payment {
    struct uuid id, order_id;
    struct str provider;            /* `stripe` */
    struct str provider_payment_id; /* pi_…; absent until the provider has told it */
    int64_t amount;                 /* minor units of currency */
    struct str currency;
    int status;                 /* an enum payment_status */
    struct str failure_message; /* for the shopper; absent where nothing went wrong */
    struct str client_secret;   /* for the shopper's page; never stored */
    int64_t created_at;         /* microseconds since 1970 */
    /* What a shopper is not shown. */
    int64_t seq, order_seq;
    int64_t attempts; /* confirms that were begun */
    int order_status;
    bool surplus; /* money that the order had no use for */
    int refund;   /* an enum refund_state */
    int64_t due_at;
    struct maybe_int wrong_amount; /* what the provider says it took, where that is not what was asked for */
    struct str wrong_currency;
};

/* What came of payments in a transaction, for the metrics. */
enum payment_outcome {
    OUTCOME_SUCCEEDED = 1,
    OUTCOME_FAILED = 2,
    OUTCOME_LATE = 4,    /* money for an expired order, which took its stock again */
    OUTCOME_SURPLUS = 8, /* money that goes back */
    OUTCOME_WRONG = 16,  /* not the amount or currency that was asked for */
    OUTCOME_REFUNDED = 32,
    OUTCOME_EVENT = 64,
    OUTCOME_EVENT_REPEATED = 128,
};

/* Counts a union of enum payment_outcome, once it is durable. */
void payment_count(unsigned outcomes, struct metrics_shard *shard);

/* ---- Steps of requests. */

/* The payment of one of the session's pending orders that can still be confirmed: the live one, or a new one.
 * `older` gets one that failed but could still be charged, which must be cancelled before `out` is created;
 * its seq is 0 where there is none. STATUS_ORDER_NOT_FOUND, STATUS_ORDER_NOT_PENDING. */
MUST_CHECK enum status payment_begin(struct tx *tx, struct str provider, const struct uuid *session,
                                     const struct uuid *order, struct payment *out, struct payment *older);

/* Keeps every other transaction away from a payment and its order until this one ends: before it is read to
 * be changed. payment_load, payment_begin and payment_begin_refund do so by themselves. */
MUST_CHECK enum status payment_lock(struct tx *tx, const struct uuid *id);

/* The session's payment, as it is. STATUS_PAYMENT_NOT_FOUND. */
MUST_CHECK enum status payment_get(struct tx *tx, const struct uuid *session, const struct uuid *id,
                                   struct payment *out);

/* Writes down that the provider is about to be asked to charge the payment, which is pending: counts the
 * attempt. */
MUST_CHECK enum status payment_attempt(struct tx *tx, struct payment *payment);

/* The payment that pays an order, to be given back; `out` has it. STATUS_ORDER_NOT_FOUND,
 * STATUS_ORDER_NOT_PAID. Where the order is refunded already, `out->refund` says so. */
MUST_CHECK enum status payment_begin_refund(struct tx *tx, const struct uuid *order, struct payment *out);

/* The provider will not give the money back: the order stays paid. */
MUST_CHECK enum status payment_refund_refused(struct tx *tx, struct payment *payment);

/* Reads a payment anew, in a later transaction; texts come from the transaction's arena. */
MUST_CHECK enum status payment_load(struct tx *tx, int64_t seq, struct payment *out);

/* ---- What the provider says. */

/* Brings in what the provider has of a payment that this transaction read, and moves the order with it.
 * What repeats, or comes late, changes nothing. */
MUST_CHECK enum status payment_settle(struct tx *tx, struct payment *payment, const struct intent *intent);

/* The provider refuses to make an intent of the payment: it has failed. */
MUST_CHECK enum status payment_refused(struct tx *tx, struct payment *payment, struct str why);

/* The provider did not answer, so what it did is not known: it is looked up soon. */
MUST_CHECK enum status payment_unanswered(struct tx *tx, const struct payment *payment);

/* Reconciliation has asked the provider about a payment, and what it answered is settled: nothing more is due
 * where no money is on its way, unless an event has made it due again meanwhile. */
MUST_CHECK enum status payment_looked_at(struct tx *tx, const struct payment *payment);

/* An event that the provider signed: its id and its effect, once. What is not ours is taken and ignored. One
 * of a refund, which may be made beside us, does not say what all of them have come to: it makes the payment
 * due, for reconciliation to ask. */
MUST_CHECK enum status payment_event(struct tx *tx, const struct payment_event *event);

/* ---- Upkeep. */

/* An order has ended otherwise than by being paid: what could still be charged for it is due now. */
MUST_CHECK enum status payments_order_closed(struct tx *tx, int64_t order_seq);

/* For a server that starts: what an earlier one left in the middle is due now. */
MUST_CHECK enum status payments_recover(struct tx *tx);

/* Takes up to `limit` payments that are due (a list of struct payment) and puts them off for as long as
 * looking at one takes; `open` and `due` get how many there are. */
MUST_CHECK enum status payments_take_due(struct tx *tx, int64_t limit, struct list *out, int64_t *open,
                                         int64_t *due);

/* Removes up to `limit` event ids that no delivery can repeat any more. */
MUST_CHECK enum status payment_events_sweep(struct tx *tx, int64_t limit, int64_t *removed);
