/* A client of Stripe's API: one request, tried again with the same idempotency key for as long as that makes
 * sense, and what its answer means. Private to stripe.c. */
#pragma once

#include "base/buf.h"
#include "base/random.h"
#include "net/http_client.h"
#include "pay/intent_json.h"

enum {
    stripe_try_ms_max = 12000, /* of one try; provider_call_ms_max bounds all tries together */
    stripe_tries_max = 6,
    stripe_logged_bytes_max = 200,
    stripe_wait_ms_first = 500, /* after the first try; doubled after each, less up to half of it by chance */
    stripe_wait_ms_max = 8000,
};

struct stripe_client {
    struct http_client *http_client;
    const char *authorization; /* `Authorization: Bearer sk_…` */
    const struct random *random;
    int64_t try_ms, wait_ms; /* of one try; after the first one */
};

/* Stripe's reasons for a refusal. Texts may be absent. */
struct stripe_error {
    struct str type, code, message;
    struct str param;          /* the parameter that it is about: `shipping[address][country]` */
    const struct json *intent; /* as it is now; or NULL */
};

/* A request and its answer, both in an arena of their own, so that a caller's arena holds only results. */
struct stripe_call {
    struct arena arena;
    struct buf path;           /* behind /v1 */
    struct buf form;           /* of a POST: application/x-www-form-urlencoded */
    struct str key;            /* Idempotency-Key; absent for calls that may be done twice: a GET, a cancel */
    bool post;                 /* else GET */
    int64_t deadline_us;       /* no try starts later, by the monotonic clock */
    const struct json *object; /* the answer; NULL if it was not an object */
    struct stripe_error error;
};

/* Starts a request to `path`, the part behind /v1, and its time of provider_call_ms_max. stripe_call_end frees it and
 * its answer. */
void stripe_call_begin(struct stripe_call *call, bool post, const char *path);
void stripe_call_end(struct stripe_call *call);

/* Adds `name=value` to the form, escaped. */
void stripe_call_field(struct stripe_call *call, const char *name, struct str value);

/* Whether Stripe refuses what it was told of the shopper (enum contact_field). Its message may then quote that. */
bool stripe_error_is_contact(const struct stripe_error *error);

/* Makes the call. STATUS_OK if Stripe answered 2xx: `object` is the answer. STATUS_PAYMENT_REFUSED if Stripe
 * refused the request (4xx): `error` holds its reasons. STATUS_PROVIDER_UNAVAILABLE if no answer came that
 * tells what was done; this is logged. STATUS_NO_MEMORY. */
MUST_CHECK enum status stripe_client_call(const struct stripe_client *client, struct stripe_call *call);
