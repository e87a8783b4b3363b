/* The interface of a payment provider: Stripe, or the mock that behaves as Stripe does. Everything above
 * speaks to either through this header.
 *
 * A PaymentIntent is the provider's attempt to take one amount for one of our payments. Each call that changes
 * something carries an idempotency key made of our payment's id. So a call whose answer was lost can be made
 * again, and there is still one intent, one charge and one refund.
 *
 * Calls block, retries included, for up to provider_call_ms_max. They are safe from several threads at once.
 * Make them with no transaction open, and never on an event loop's thread or the writer's, because the other
 * server may be slow. Texts in results lie in the arena that the call was given. */
#pragma once

#include "base/arena.h"
#include "base/status.h"
#include "base/uuid.h"

enum {
    provider_call_ms_max = 30000,  /* one call with all its retries */
    provider_ref_bytes_max = 255,  /* of an id such as pi_… or evt_… */
    provider_text_bytes_max = 500, /* of a message for the shopper */
    provider_refunds_max = 1000    /* of one intent */
};

/* Stripe's states, in the order of an intent's life. */
enum intent_status {
    INTENT_REQUIRES_PAYMENT_METHOD, /* new, or the last attempt was declined */
    INTENT_REQUIRES_CONFIRMATION,
    INTENT_REQUIRES_ACTION, /* the shopper's bank wants to see the shopper (3-D Secure) */
    INTENT_PROCESSING,      /* the bank has not answered yet */
    INTENT_REQUIRES_CAPTURE,
    INTENT_SUCCEEDED, /* final: the money is ours */
    INTENT_CANCELED,  /* final: it can never be charged */
};

struct intent {
    struct str id;            /* pi_… */
    struct str client_secret; /* for the shopper's page alone; absent in events */
    struct uuid payment;      /* our payment, from the intent's metadata; zero if the intent is not ours */
    enum intent_status status;
    int64_t amount;   /* minor units of currency */
    int64_t received; /* charged so far */
    int64_t refunded; /* of `received`, given back so far; 0 if the provider's object does not tell */
    struct str currency;
    /* Why the last attempt failed; absent if it did not. The message is fit for the shopper. */
    struct str failure_code, failure_message;
};

/* What the provider is told of the shopper, for its receipt and against fraud: personal data, which is never logged.
 * CONTACT_NAME to CONTACT_COUNTRY are of the address that goods are sent to. */
enum contact_field {
    CONTACT_RECEIPT_EMAIL, /* in live mode Stripe mails a receipt there, whatever its dashboard is set to */
    CONTACT_NAME,
    CONTACT_PHONE,
    CONTACT_LINE1,
    CONTACT_LINE2,
    CONTACT_CITY,
    CONTACT_STATE,
    CONTACT_POSTAL_CODE,
    CONTACT_COUNTRY, /* ISO 3166-1 alpha-2, in capitals */
    CONTACT_FIELD_COUNT
};

/* A field that is absent or empty is not told. */
struct intent_contact {
    struct str fields[CONTACT_FIELD_COUNT];
};

/* The parameters of a new intent. Each creation for one payment must have the same: the provider refuses a key that
 * comes with others. */
struct intent_new {
    struct uuid payment; /* ours; also the idempotency key of the creation */
    struct uuid order;   /* shown in the provider's dashboard */
    int64_t amount;      /* minor units, at least 1 */
    struct str currency; /* ISO 4217 in lower case */
    struct intent_contact contact;
};

/* A refund that is to be made. */
struct refund_new {
    struct uuid refund; /* ours; also the idempotency key */
    struct str intent;
    int64_t amount; /* minor units, at least 1 */
};

/* A refund of an intent, as the provider has it. */
struct provider_refund {
    struct str id;      /* re_… */
    struct uuid refund; /* ours, from the refund's metadata; zero if somebody else made it */
    int64_t amount;     /* minor units of the intent's currency */
    bool
        is_failed; /* failed or canceled: the money is the shop's again. Else it has gone back, or is on its way */
    struct str failure; /* one of Stripe's words, such as expired_or_canceled_card; may be absent */
};

/* A dispute (the shopper's bank takes money back) or a refund, as an event reports it. The words are Stripe's,
 * in lower case with underscores. */
struct reversal {
    struct str id;       /* dp_… or re_…; absent if the event carries neither */
    int64_t amount;      /* minor units of currency */
    struct str currency; /* ISO 4217 in lower case */
    struct str status;   /* needs_response, lost, failed, … */
    struct str reason;   /* of a dispute; of a refund: why it failed. May be absent */
    int64_t due_at;      /* until when the bank takes evidence, in microseconds since 1970; 0: no such time */
};

/* A signed event. The provider may deliver it several times, late and out of order; `id` is the same each
 * time. */
struct payment_event {
    struct str id;   /* evt_… */
    struct str type; /* payment_intent.succeeded */
    /* Whether all of `intent` is filled in. Otherwise the event is about another object. If that is a charge,
     * a refund or a dispute, intent.id still names its intent. */
    bool about_intent;
    bool about_refund; /* the intent's refunded sum may have changed: retrieve the intent */
    bool about_dispute;
    struct reversal reversal; /* a dispute, or a refund if the event carries one */
    int64_t created_at;       /* microseconds since 1970 */
    struct intent intent;     /* as it was when the event was made, which may be long ago */
};

/* Every call returns STATUS_OK if the provider answered, and fills `out` with the intent as it is now. So a
 * declined card is STATUS_OK with INTENT_REQUIRES_PAYMENT_METHOD and the failure. The other results:
 *
 *   STATUS_PAYMENT_REFUSED       refused and not done (amount too small, intent canceled, …);
 *                                `out->failure_message` holds the reason
 *   STATUS_PROVIDER_UNAVAILABLE  not reached, overloaded, or no answer in time: it may or may not be done
 *   STATUS_NO_MEMORY             the arena is full: treat it as unavailable
 */
struct provider;

struct provider_calls {
    enum status (*create)(struct provider *p, struct arena *arena, const struct intent_new *wanted,
                          struct intent *out);
    /* Charges the intent. `method` is a payment method's id such as pm_card_visa. `attempt` counts from 1 for
     * each payment and is part of the idempotency key: the same attempt again is never a second charge, even
     * with another method, and then `out` is the intent as it is now. STATUS_OK too if an earlier attempt has
     * charged the intent. Without a method, Stripe's reports what the shopper's page has done; the mock takes
     * pm_card_visa. */
    enum status (*confirm)(struct provider *p, struct arena *arena, const struct uuid *payment,
                           struct str intent, struct str method, int64_t attempt, struct intent *out);
    enum status (*retrieve)(struct provider *p, struct arena *arena, struct str intent, struct intent *out);
    /* Makes sure that the intent is never charged. An intent that is charged or canceled already is no error:
     * `out` tells which it is. */
    enum status (*cancel)(struct provider *p, struct arena *arena, struct str intent, struct intent *out);
    /* Gives a part of the money back, or all, once however often it is called for one refund of ours. What became of
     * it stands in the list of refunds. With STATUS_PAYMENT_REFUSED `*reason` gets why; the refund may be in the list
     * all the same, if an earlier call was answered differently. */
    enum status (*refund)(struct provider *p, struct arena *arena, const struct refund_new *wanted,
                          struct str *reason);
    /* Lists all refunds of an intent (struct provider_refund), whoever made them, those that failed too.
     * provider_refunds_max of them at most. */
    enum status (*refunds)(struct provider *p, struct arena *arena, struct str intent, struct list *out);
    /* Checks that `signature`, a Stripe-Signature header, signs exactly these bytes, and reads the event.
     * `now_us` is in microseconds since 1970. STATUS_BAD_SIGNATURE, or STATUS_BAD_EVENT if the body is signed
     * but is not an event. Does not block. */
    enum status (*event)(struct provider *p, struct arena *arena, struct str signature, struct str body,
                         int64_t now_us, struct payment_event *out);
    /* Frees the provider. No call may be under way. */
    void (*close)(struct provider *p);
};

/* Each provider's own struct starts with this. */
struct provider {
    const struct provider_calls *calls;
    const char *name; /* the value of payments.provider: `stripe` */
};
