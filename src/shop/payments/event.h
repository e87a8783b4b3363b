/* What a webhook reports. */
#pragma once

#include "shop/payments/payment.h"

/* Records a signed event's id and brings in what it reports, both in one transaction: so an event has its
 * effect once, however often it is delivered. Events of foreign intents are recorded and ignored.
 *
 * An event of a refund does not say what all refunds of an intent have come to, because the owner may refund
 * in Stripe's dashboard too. It makes the payment due, and reconciliation asks. */
MUST_CHECK enum status payment_event_apply(struct shop_ctx *ctx, const struct payment_event *event);

/* Removes up to `limit` event ids that no delivery can repeat any more; `removed` gets how many. */
MUST_CHECK enum status payment_events_sweep(struct shop_ctx *ctx, int64_t limit, int64_t *removed);
