/* The mock's account: Stripe's state machine of intents and refunds, with Stripe's rules for idempotency keys
 * and Stripe's words for refusals.
 *
 * Each operation runs in the caller's transaction on the books, and so is done wholly or not at all. What it
 * reports is durable once that transaction is committed; only then may its answer be given and its event be
 * sent. */
#pragma once

#include "base/clock.h"
#include "base/random.h"
#include "pay/mock/books.h"

enum {
    mock_id_size = 24,   /* characters behind pi_, ch_, re_ and evt_ */
    mock_page_max = 100, /* intents of one list */
    echo_bytes_max = 255,
    contact_bytes_max = 1000, /* of each field; a shop's longest is 200 characters */
};

/* Stripe's error object. A member that the error lacks is NULL. */
struct mock_refusal {
    int http_status;
    const char *type, *code, *param; /* static */
    struct str message;
};

/* One request and its outcome. An operation reads the parameters that it knows. */
struct mock_call {
    const struct mock_operation *operation;
    struct db *db; /* the books */
    struct arena *arena;
    const struct clock *clock;
    const struct random *random;

    struct str key;                           /* Idempotency-Key; may be absent */
    struct uuid payment, order;               /* create: from metadata; zero if they are not in it */
    struct uuid till_refund;                  /* refund: from metadata; zero if it is not in it */
    int64_t amount;                           /* create; refund: 0 for all that is left */
    struct str currency;                      /* create */
    struct intent_contact contact;            /* create */
    struct str id;                            /* of the intent or the refund */
    struct str starting_after, ending_before; /* list: of the intent or refund next to it, or absent */
    int64_t created_from_s, created_to_s;     /* list: both included */
    struct str method;                        /* confirm */
    int64_t limit;                            /* list: how many at most, up to mock_page_max */
    int64_t now_s;                            /* seconds since 1970; mock_operate sets it */

    struct mock_change change;   /* the intent, and what the request did to it; also of a refusal, if there is
                                    such an intent: else its id is absent */
    struct list page;            /* of a list: struct mock_intent, newest first */
    struct list refunds;         /* of a list of refunds: struct mock_refund, newest first */
    bool more;                   /* of a list: whether others follow */
    struct mock_refusal refusal; /* of STATUS_PAYMENT_REFUSED */
    bool is_replayed;            /* the key was used before: the outcome is what the first request's was */
    const char *event;           /* the type of the event to send, such as charge.refunded, or NULL */
};

/* An operation of Stripe's API on intents and refunds. */
struct mock_operation {
    /* Checks the request. If the operation changes something, also turns call->change from the intent as it is
     * into the intent as it will be, and sets the event. */
    enum status (*run)(struct mock_call *call);
    const char *name; /* in the books; NULL: it only reads */
    bool creates;     /* else call->change starts from the intent that the request names */
};

extern const struct mock_operation mock_create, mock_confirm, mock_cancel, mock_refund, mock_retrieve,
    mock_retrieve_refund, mock_list, mock_list_refunds;

/* Runs call->operation. STATUS_OK: done, now or when the same key came first; then the outcome is what the first
 * request's was, without an event. A declined card is OK too: the intent has the failure.
 * STATUS_PAYMENT_REFUSED: nothing was done, and `refusal` holds the reason. Any other status is the
 * database's, and nothing was done. */
MUST_CHECK enum status mock_operate(struct mock_call *call);

/* Refuses with Stripe's words: fills in call->refusal. `code` and `param` are static or NULL, `format` is
 * printf's. Returns STATUS_PAYMENT_REFUSED, or STATUS_NO_MEMORY. */
__attribute__((format(printf, 5, 6))) enum status mock_refuse(struct mock_call *call, int http_status,
                                                              const char *code, const char *param,
                                                              const char *format, ...);

/* A client's own text for `%.*s`, as much of it as Stripe echoes. */
#define MOCK_ECHO(text) (int)utf8_limit((text), echo_bytes_max), (text).data

/* A random id: a prefix such as `re_`, and mock_id_size hexadecimal digits. Absent without memory. */
struct str mock_make_id(const struct random *random, struct arena *arena, const char *prefix);
