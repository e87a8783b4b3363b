/* An account at a payment provider that exists in this process alone: Stripe's state machine of intents and
 * refunds, with Stripe's rules for idempotency keys and Stripe's words when it refuses.
 *
 * Its ledger is a file of JSON lines, one for each change, each of which is on the disk before the call that
 * made it returns. A line tells the whole of what it changed, so the last line of an intent is its state:
 *
 *   {"op":"open","version":1,"seed":"64 hexadecimal digits"}             the first line, once
 *   {"op":"create|confirm|cancel|refund",
 *    "at":1795399409000000,                                              microseconds since 1970
 *    "intent":"pi_…","payment":"uuid","order":"uuid","amount":1497,"currency":"usd",
 *    "status":"succeeded","method":"pm_card_visa","declined":false,      method: of the latest confirm, or
 * ""; declined: whether that failed "received":1497,"refunded":0,"created":1795399409,
 *    "refund":"re_…","refund_amount":1497,                               of a refund alone
 *    "key":"32 hexadecimal digits","params":"16 hexadecimal digits"}     where it had an Idempotency-Key
 *
 * A decline is a confirm whose status is requires_payment_method. What was refused changed nothing and is not
 * written. payment and order are absent where metadata named none.
 *
 * Memory: 88 bytes an intent, 40 a key, 48 a refund, and 12 of index for each: a million intents, created and
 * confirmed once, are 230 MB; their ledger is 700 MB and is read back in ten seconds. A mock is not meant to
 * live that long: delete the file and start anew.
 *
 * Safe from any thread. The lock is held for microseconds, never while the disk works. */
#pragma once

#include "pay/ledger.h"
#include "pay/provider.h"
#include "pay/test_methods.h"

enum {
    mock_id_size = 24,          /* of what stands behind pi_, ch_, re_ and evt_ */
    mock_key_bytes_max = 255,   /* of an Idempotency-Key, as Stripe has it */
    mock_amount_max = 99999999, /* as Stripe: eight digits. No minimum, unlike Stripe's 50 cents: a shop may
                                   be tried out with prices of any size */
    mock_page_max = 100,        /* intents of one list */
};

/* An intent as the account has it. */
struct mock_intent {
    struct intent intent;
    struct uuid order;
    int64_t created_s;                /* seconds since 1970 */
    struct str charge;                /* ch_…, absent before the first success */
    const struct test_method *method; /* of the latest confirm; NULL before it */
};

struct mock_refund {
    struct str id;
    struct str intent, charge, currency;
    int64_t amount, created_s;
};

/* Stripe's error object. Texts are static or in the call's arena; NULL and absent where there is none. */
struct mock_refusal {
    int http_status;
    const char *type, *code, *param;
    struct str message;
};

/* What happened, told after it is durable. */
enum mock_event {
    MOCK_CREATED,
    MOCK_SUCCEEDED,
    MOCK_FAILED,
    MOCK_REQUIRES_ACTION,
    MOCK_CANCELED,
    MOCK_REFUNDED
};

struct mock_account_options {
    const char *ledger;          /* path; NULL: memory only */
    bool answers_early;          /* calls return before the disk has what they did: mock_account_sync waits */
    const struct clock *clock;   /* these outlive the account */
    const struct random *random; /* safe from any thread */
    void (*on_event)(void *context, enum mock_event event, const struct mock_intent *intent);
    void *context;
};

struct mock_account;

/* `why` has room for ledger_why_size. */
MUST_CHECK enum status mock_account_open(const struct mock_account_options *options,
                                         struct mock_account **out, char *why);
void mock_account_close(struct mock_account *a); /* NULL is fine */

/* What a call asks for; each reads what is its own. */
struct mock_request {
    struct str key;             /* Idempotency-Key; absent where there is none */
    struct uuid payment, order; /* create: zero where metadata names none */
    int64_t amount;             /* create; refund: 0 for all that is left */
    struct str currency;        /* create */
    struct str intent;          /* all others */
    struct str method;          /* confirm */
};

/* STATUS_OK: done, now or when the same key came first, and `out` says what it is since; a declined card is
 * OK too, with the failure in the intent. STATUS_PAYMENT_REFUSED: `refusal` says why, nothing was done, and
 * `out` is the intent where there is one. STATUS_PROVIDER_UNAVAILABLE: the ledger cannot be written, nothing
 * was said about whether it was done. STATUS_NO_MEMORY. */
MUST_CHECK enum status mock_create(struct mock_account *a, struct arena *arena,
                                   const struct mock_request *request, struct mock_intent *out,
                                   struct mock_refusal *refusal);
MUST_CHECK enum status mock_confirm(struct mock_account *a, struct arena *arena,
                                    const struct mock_request *request, struct mock_intent *out,
                                    struct mock_refusal *refusal);
MUST_CHECK enum status mock_cancel(struct mock_account *a, struct arena *arena,
                                   const struct mock_request *request, struct mock_intent *out,
                                   struct mock_refusal *refusal);
MUST_CHECK enum status mock_refund(struct mock_account *a, struct arena *arena,
                                   const struct mock_request *request, struct mock_intent *out,
                                   struct mock_refund *refund, struct mock_refusal *refusal);

/* Reading: what is found is durable. STATUS_PAYMENT_REFUSED with Stripe's 404 where there is none. */
MUST_CHECK enum status mock_retrieve(struct mock_account *a, struct arena *arena, struct str id,
                                     struct mock_intent *out, struct mock_refusal *refusal);
MUST_CHECK enum status mock_retrieve_refund(struct mock_account *a, struct arena *arena, struct str id,
                                            struct mock_refund *out, struct mock_refusal *refusal);

/* Up to `most` intents, newest first, older than `after` where that is given; `more` says whether others
 * follow. */
MUST_CHECK enum status mock_list(struct mock_account *a, struct arena *arena, struct str after, size_t most,
                                 struct list *out, bool *more, struct mock_refusal *refusal);

/* Waits until all that was answered is on the disk. STATUS_STORAGE. */
MUST_CHECK enum status mock_account_sync(struct mock_account *a);

/* Letters and digits behind the prefix of an id, such as Stripe's; no NUL. */
void mock_make_id(const struct random *random, char out[static mock_id_size]);
