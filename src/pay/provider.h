/* What a payment provider is: Stripe, or the mock that behaves as Stripe does. Everything above speaks to
 * either through this header.
 *
 * A provider's PaymentIntent is the attempt to take one amount for one of our payments. A provider is told
 * our payment's id as its idempotency key, so that a call whose reply was lost can be made again and is still
 * one intent, one charge, one refund.
 *
 * Calls block, for up to provider_call_ms_max with their retries, and are safe from several threads at once.
 * They are made with no transaction open, never on an event loop's thread and never on the writer's. Texts in
 * results lie in the arena that the call was given. */
#pragma once

#include "base/arena.h"
#include "base/status.h"
#include "base/uuid.h"

enum {
    provider_call_ms_max = 30000, /* one call with all its retries */
    provider_ref_bytes_max = 255, /* of an id such as pi_… or evt_… */
    provider_text_bytes_max = 500 /* of a message for the shopper */
};

/* Stripe's own, in the order of an intent's life. */
enum intent_status {
    INTENT_REQUIRES_PAYMENT_METHOD, /* new, or the last attempt was declined */
    INTENT_REQUIRES_CONFIRMATION,
    INTENT_REQUIRES_ACTION, /* the shopper must prove who they are to their bank */
    INTENT_PROCESSING,      /* the bank has not said yet */
    INTENT_REQUIRES_CAPTURE,
    INTENT_SUCCEEDED, /* final: the money is ours */
    INTENT_CANCELED,  /* final: it can never be charged */
};

struct intent {
    struct str id;            /* pi_… */
    struct str client_secret; /* for the page alone; absent in events */
    struct uuid payment;      /* ours, as told at its creation; zero where the intent is not ours */
    enum intent_status status;
    int64_t amount;   /* minor units of currency */
    int64_t received; /* what has been charged */
    int64_t refunded; /* of that, what went back; 0 where an object does not say */
    struct str currency;
    /* Why the last attempt failed; absent where none did. The message is fit for the shopper. */
    struct str failure_code, failure_message;
};

/* What an intent is made of. */
struct intent_new {
    struct uuid payment; /* ours; also the idempotency key of the creation */
    struct uuid order;   /* told to the provider for its owner's eyes */
    int64_t amount;      /* minor units, at least 1 */
    struct str currency; /* ISO 4217 in lower case */
};

/* A signed event. `id` is given once for an event however often it is delivered. */
struct payment_event {
    struct str id;   /* evt_… */
    struct str type; /* payment_intent.succeeded */
    /* Whether `intent` is filled. Otherwise the event is about another object; where that is a charge or a
     * refund, intent.id names its intent all the same. */
    bool about_intent;
    bool about_refund;    /* money went back, or was to: ask what the intent named has come to */
    int64_t created_at;   /* microseconds since 1970 */
    struct intent intent; /* as it was when the event was made: deliveries come late and out of order */
};

/* Every call gives STATUS_OK where the provider answered, and then `out` is what it has now: a declined card
 * is STATUS_OK with INTENT_REQUIRES_PAYMENT_METHOD and the failure. Otherwise STATUS_PAYMENT_REFUSED       it
 * will not do this, and did not (amount too small, intent canceled, …); `out->failure_message` says why
 *   STATUS_PROVIDER_UNAVAILABLE  not reached, overloaded or no answer in time: it may or may not have been
 * done STATUS_NO_MEMORY             the arena is full: as unavailable
 */
struct provider;

struct provider_calls {
    enum status (*create)(struct provider *p, struct arena *arena, const struct intent_new *wanted,
                          struct intent *out);
    /* Charges. `method` is a payment method's id such as pm_card_visa; `attempt` counts from 1 for each
     * payment and, with its id, is the idempotency key: an attempt made again is the same attempt, whatever
     * its method; where it differs, `out` is what the intent is now. An intent that an earlier attempt has
     * charged is STATUS_OK too. Without a method Stripe's is asked what the page has come to, and the mock
     * takes pm_card_visa. */
    enum status (*confirm)(struct provider *p, struct arena *arena, const struct uuid *payment,
                           struct str intent, struct str method, int64_t attempt, struct intent *out);
    enum status (*retrieve)(struct provider *p, struct arena *arena, struct str intent, struct intent *out);
    /* Makes sure that the intent is never charged. Where it was charged already, or is canceled, that is no
     * error: `out` says which. */
    enum status (*cancel)(struct provider *p, struct arena *arena, struct str intent, struct intent *out);
    /* Gives everything back, once however often it is called. `out->refunded` says what has gone back. */
    enum status (*refund)(struct provider *p, struct arena *arena, const struct uuid *payment,
                          struct str intent, struct intent *out);
    /* Whether `signature`, a Stripe-Signature header, is one of ours over these very bytes, and what they
     * say. `now_us` is in microseconds since 1970. STATUS_BAD_SIGNATURE, or STATUS_BAD_EVENT where it is
     * signed and still no event. Does not block. */
    enum status (*event)(struct provider *p, struct arena *arena, struct str signature, struct str body,
                         int64_t now_us, struct payment_event *out);
    /* NULL unless the provider says `answers_early`: waits until all that it has answered is kept.
     * STATUS_STORAGE: it is not, and nothing that was answered since the last sync is to be believed. */
    enum status (*sync)(struct provider *p);
    void (*close)(struct provider *p); /* nobody may be calling any more */
};

/* Each provider's own struct starts with this. */
struct provider {
    const struct provider_calls *calls;
    const char *name;   /* what payments.provider says, `stripe` */
    bool answers_early; /* calls take microseconds, and what they answer holds once `sync` has been called */
};
