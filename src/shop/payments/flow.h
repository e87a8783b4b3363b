/* The three steps by which a payment and the provider are brought together, and how they survive a crash.
 *
 * The provider's charge and our rows cannot be one transaction. So each flow (create_intent, confirm, refund,
 * reconcile) runs as three steps, and each step leaves enough behind for the next process to go on:
 *
 *     prepare   a transaction   writes what is about to be asked, and due_at = now + idempotency_lease_us
 *     call      none open       asks the provider (payment_flow_call), under a provider key: our payment's id, and for a confirm the
 *                               number of the attempt too (pay/intent.h)
 *     apply     a transaction   reads the payment anew and brings in what the provider answered
 *
 * Because of the provider keys, a call may be repeated: a second create or refund of a payment, or the same attempt
 * once more, has no second effect. Besides, an intent can be charged only once: that is the provider's promise.
 * apply locks the payment and its order, looks only at what the provider has and what our rows say, and changes
 * payment, order, stock and the client's stored answer in one transaction. So its input may come twice, late, or by
 * another way (a webhook, reconciliation).
 *
 * A confirm that is cut off, by the kill points of --test-kill:
 *
 *     the process dies             our row                    provider    what follows
 *     before prepare commits       unchanged                  -           nothing has happened
 *     at `before-call`             pending, attempts + 1, due not asked   reconcile retrieves: it stays pending
 *     at `after-call`              the same                   charged     reconcile retrieves: apply, order paid
 *     at `before-commit`           the same                   charged     the same
 *     at `before-answer`           succeeded, order paid      charged     the client's retry gets the answer
 *                                                                         stored under its Idempotency-Key
 *
 * A server that starts makes such payments due at once (payments_recover) and releases the clients'
 * Idempotency-Keys that were running. If a client retries before reconciliation has looked, confirm counts another
 * attempt and asks under a new provider key. If the first attempt had charged the intent, the provider answers that
 * it is charged already; otherwise this attempt charges it. Either way the shopper is charged once, and the order is
 * paid once.
 *
 *     create    cut off before the provider's id is written: reconcile, or the client's retry, creates it
 *               again under the same key and gets the same intent. What it tells of the
 *               shopper comes from the order, so it is the same too: a key with other parameters is refused
 *     refund    it is written as pending first, so reconcile asks again, under its id, until the provider has made it
 *               or refuses
 *     a lost reply, or no reply in time, is the same as a crash: nothing is concluded from it, and the payment
 *               is looked up when it is due */
#pragma once

#include "shop/payments/payment.h"

enum provider_op {
    PROVIDER_OP_CREATE,
    PROVIDER_OP_RETRIEVE,
    PROVIDER_OP_CONFIRM,
    PROVIDER_OP_CANCEL, /* make sure that it is never charged */
    PROVIDER_OP_REFUND, /* make what is asked for of refunds, and list all of the intent's */
};

/* What a call found out. */
enum provider_answer {
    ANSWER_UNKNOWN, /* nothing: there was no call, or no reply, or a refusal that does not describe the intent */
    ANSWER_INTENT,    /* `intent` is what the provider has, also if it refused what was asked */
    ANSWER_NO_INTENT, /* it refused to create the intent, so there is nothing to charge */
    ANSWER_REFUNDS,   /* `refunds` are what the provider has of the intent's refunds */
};

/* One payment on its way through the three steps. */
struct payment_flow {
    struct payment payment; /* as the latest step read it */
    enum provider_op op;    /* what `call` asks; prepare chooses it */
    struct str method;      /* for PROVIDER_OP_CONFIRM; absent if the page confirms by itself */
    struct list asked;      /* for PROVIDER_OP_REFUND: of struct refund_ask (refund_rows.h); may be empty */
    struct uuid refund;     /* that a request of the staff is about; zero: none */
    int64_t wanted;         /* minor units that it is about */
    bool needs_rest;        /* it is for all of the money that is left */
    int rounds;             /* that came before this one */
    /* What `call` finds out. */
    enum provider_answer answer;
    struct intent intent; /* of ANSWER_NO_INTENT only the failure is filled in */
    struct list refunds;  /* of struct provider_refund */
    int refund_status;    /* of `refund` after apply: an enum refund_status (refund_rows.h) */
    /* How prepare or apply ends. */
    bool is_ended; /* nothing is left to ask: the client can be answered */
    enum status
        failure; /* if is_ended: the error to answer with, although what was written stays; or STATUS_OK */
};

/* Makes the call, on a thread that may wait, with no transaction open. Creates the intent first if its id is
 * not known. Returns the statuses of pay/provider.h. */
MUST_CHECK enum status payment_flow_call(struct provider *provider, struct arena *arena,
                                         struct payment_flow *flow);

/* Loads the payment and brings in the answer: the one place where the answer to a call of ours is
 * interpreted. May run again after a rollback. */
MUST_CHECK enum status payment_flow_apply(struct shop_ctx *ctx, struct payment_flow *flow);

/* Ends a flow with the payment as it is, or with an error. */
void payment_flow_end(struct payment_flow *flow, enum status failure);

/* Ends a flow whose call led to nothing. `called` is what the call returned, or why it was not made: a
 * refusal and STATUS_QUEUE_FULL become the failure, anything else STATUS_PROVIDER_UNAVAILABLE. Unless it was
 * refused, the payment is looked up soon. */
MUST_CHECK enum status payment_flow_fail(struct shop_ctx *ctx, enum status called, struct payment_flow *flow);
