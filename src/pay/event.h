/* Signed events, as Stripe and the mock send them. */
#pragma once

#include "pay/provider.h"

enum { event_bytes_max = 256 * 1024 };

/* Checks the signature over the body's raw bytes and reads the event.
 *
 * An event about a PaymentIntent carries it. One about a charge or a refund (charge.refunded, refund.updated,
 * …) does not, since from those alone an intent's state cannot be told; then about_intent is false and
 * `out->intent.id` names the intent, to be retrieved by whoever wants to know, or is absent. Of these,
 * about_refund says which tell of a refund: a charge alone says the same as its intent's own events. All
 * other events have neither. STATUS_BAD_SIGNATURE, STATUS_BAD_EVENT where it is signed and no event,
 * STATUS_NO_MEMORY. */
MUST_CHECK enum status event_read(struct arena *arena, struct str signature, struct str body,
                                  struct str secret, int64_t now_us, struct payment_event *out);

/* The same for a body whose signature is checked. */
MUST_CHECK enum status event_decode(struct arena *arena, struct str body, struct payment_event *out);
