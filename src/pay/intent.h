/* The names of an intent's states and of what it tells of the shopper, and the idempotency keys of calls. */
#pragma once

#include "pay/provider.h"

/* Stripe's name of a state, such as `requires_payment_method`: static text, ended by NUL. */
struct str intent_status_name(enum intent_status status);

/* Reads a name; false, and `*out` unchanged, if it is not a state that Till knows. */
bool intent_status_parse(struct str text, enum intent_status *out);

/* Stripe's names of the parameters, such as `shipping[address][city]`, by enum contact_field. */
extern const char *const contact_field_names[CONTACT_FIELD_COUNT];

enum { provider_key_size = 80 };

/* Writes the Idempotency-Key of a call for one of our payments: `till-0190…-confirm-2`, or without the number
 * if `attempt` is 0. The returned text lies in `out`. */
struct str provider_key(const struct uuid *payment, const char *operation, int64_t attempt,
                        char out[static provider_key_size]);
