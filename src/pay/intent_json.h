/* Stripe's objects in JSON, read into ours. What comes is a stranger's: every type is checked, and what does
 * not fit makes the whole object none. Texts are copied into the arena. */
#pragma once

#include "pay/provider.h"

#include <jansson.h>

/* Reads the whole of a text, which must be an object; NULL where it is none, or no strict JSON (names given
 * twice are refused). jansson itself bounds the depth (2,048). For the caller to json_decref. */
json_t *stripe_json(struct str text);

/* A member that is a string; absent where it is anything else. Valid as long as the object. */
struct str json_text(const json_t *object, const char *name);

/* A member that is an integer from 0 to 2^53 - 1; -1 where it is anything else. */
int64_t json_count(const json_t *object, const char *name);

/* Whether text is an id of Stripe's: `prefix`, then letters, digits and `_`, up to provider_ref_bytes_max. */
bool stripe_id_valid(struct str text, struct str prefix);

/* A message that a shopper may be shown: at most provider_text_bytes_max of it, cut between characters.
 * Absent stays absent; absent too without memory. */
struct str stripe_message(struct arena *arena, struct str text);

/* A `payment_intent`. A status that Till does not know is INTENT_PROCESSING: nothing is concluded from it,
 * and it will be asked for again. `refunded` is what an expanded latest_charge says. STATUS_BAD_EVENT where
 * the object is none, STATUS_NO_MEMORY. */
MUST_CHECK enum status intent_read(struct arena *arena, const json_t *object, struct intent *out);
