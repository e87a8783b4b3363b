/* Signed events, as Stripe and the mock send them. */
#pragma once

#include "pay/provider.h"

enum { event_bytes_max = 256 * 1024 };

/* Checks the signature over the body's raw bytes, and reads the event.
 *
 * An event about a PaymentIntent carries the whole intent. One about a charge or a refund (charge.refunded,
 * refund.updated, …) does not: `about_intent` is false, and `out->intent.id` names the intent to retrieve, or
 * is absent. `about_refund` marks those of them that tell of a refund; the intent's own events tell of its
 * charges. A dispute (charge.dispute.created, …) names its intent too, and is read whole. All other events have
 * none of these.
 *
 * STATUS_BAD_SIGNATURE, STATUS_BAD_EVENT if the body is signed but is not an event, STATUS_NO_MEMORY. */
MUST_CHECK enum status event_read(struct arena *arena, struct str signature, struct str body,
                                  struct str secret, int64_t now_us, struct payment_event *out);

/* The same for a body whose signature has been checked. */
MUST_CHECK enum status event_decode(struct arena *arena, struct str body, struct payment_event *out);
