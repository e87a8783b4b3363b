/* Reads Stripe's objects, which are JSON, into ours. Another server wrote them, so nothing is taken on trust:
 * every member's type and bounds are checked, and an object that does not fit is refused whole. */
#pragma once

#include "base/json.h"
#include "pay/provider.h"

/* The version of Stripe's API whose shapes are read here and written by the mock. Stripe keeps answering in
 * the version that a request names. */
#define STRIPE_VERSION "2025-08-27.basil"

/* 2^53 - 1: the largest integer that JavaScript's numbers, and so Stripe's clients, keep exactly. */
#define stripe_sum_max ((INT64_C(1) << 53) - 1)

/* Reads a text that must be one JSON object. `*out` lies in the arena and points into the text. STATUS_OK,
 * STATUS_BAD_EVENT (it is not strict JSON, above a limit of base/json.h, or not an object) or
 * STATUS_NO_MEMORY. */
MUST_CHECK enum status stripe_object_read(struct arena *arena, struct str text, const struct json **out);

/* Whether text is an id such as Stripe makes: `prefix`, then at least one letter, digit or `_`, and in all at
 * most provider_ref_bytes_max bytes. Such an id is safe in a path and in a header. */
bool stripe_id_valid(struct str text, struct str prefix);

/* Whether text is one of Stripe's words, or the type of an event: words in lower case with full stops and underscores
 * between. */
bool stripe_word_valid(struct str text);

/* Whether text is a currency's code in Stripe's spelling: three letters in lower case. */
bool currency_is_valid(struct str text);

/* Copies a message that a shopper may be shown: at most provider_text_bytes_max of it, cut between two
 * characters, and before a NUL, which PostgreSQL refuses in a text. Absent if text is absent or there is no
 * memory. */
struct str stripe_message(struct arena *arena, struct str text);

/* Reads a `payment_intent`, and copies its texts into the arena. A status that Till does not know becomes
 * INTENT_PROCESSING: nothing is concluded from it, and the intent is asked for again later. `refunded` comes
 * from an expanded latest_charge. STATUS_BAD_EVENT if the object is not a sound intent, STATUS_NO_MEMORY. */
MUST_CHECK enum status intent_read(struct arena *arena, const struct json *object, struct intent *out);

/* Reads a page of a list of refunds into `to`, which has room for `most`; `count` gets how many there are, `more` whether
 * others follow. A status that Till does not know is not a failure. STATUS_BAD_EVENT if the object is not such a list, or one
 * of its refunds is not sound: to leave one out would be to give its money back once more. STATUS_NO_MEMORY. */
MUST_CHECK enum status refunds_read(struct arena *arena, const struct json *object, size_t most,
                                    struct provider_refund *to, size_t *count, bool *more);
