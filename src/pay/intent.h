/* Words for the states of an intent, and the keys by which a call made again is the same call. */
#pragma once

#include "pay/provider.h"

/* Stripe's word, such as `requires_payment_method`: static text, ended by NUL. */
struct str intent_status_name(enum intent_status status);

/* False where text is none of Stripe's words that Till knows. */
bool intent_status_parse(struct str text, enum intent_status *out);

enum { provider_key_size = 80 };

/* The Idempotency-Key of a call for one of our payments: `till-0190…-confirm-2`, and without the number where
 * `attempt` is 0. The text lies in `out`. */
struct str provider_key(const struct uuid *payment, const char *what, int64_t attempt,
                        char out[static provider_key_size]);
