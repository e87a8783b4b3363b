/* One call of Stripe's API: tried again, with the same key, for as long as that makes sense; and what its
 * answer means. Private to stripe.c. */
#pragma once

#include "base/buf.h"
#include "base/random.h"
#include "pay/intent_json.h"
#include "pay/web.h"

struct stripe_line {
    struct web *web;
    const char *authorization; /* `Authorization: Bearer sk_…` */
    const struct random *random;
    int64_t try_ms, wait_ms;
};

struct stripe_request {
    struct buf path; /* behind /v1 */
    struct buf form; /* application/x-www-form-urlencoded; empty: GET */
    struct str key;  /* Idempotency-Key; absent for what can be done twice: GET, and a cancel */
    bool post;
};

/* What Stripe has to say where it refuses. Texts are valid as long as the object that was read. */
struct stripe_error {
    struct str type, code, message;
    const json_t *intent; /* NULL where it tells none */
};

/* STATUS_OK where Stripe answered 2xx; STATUS_PAYMENT_REFUSED with `error` where it refused what was asked
 * (4xx); STATUS_PROVIDER_UNAVAILABLE where no answer came that says what was done, which is then in the log;
 * STATUS_NO_MEMORY. `object` is what it answered, for the caller to json_decref, or NULL. */
MUST_CHECK enum status stripe_call(const struct stripe_line *line, struct arena *arena,
                                   const struct stripe_request *request, json_t **object,
                                   struct stripe_error *error);

/* Adds `name=value` to a form, escaped. */
void form_put(struct buf *form, const char *name, struct str value);
