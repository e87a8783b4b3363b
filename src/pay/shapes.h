/* The mock's intents, refunds, events and refusals as Stripe's objects in JSON: the members that Stripe's
 * clients look at, under Stripe's names and with Stripe's types. */
#pragma once

#include "base/buf.h"
#include "pay/mock_account.h"

/* `expand_charge`: with latest_charge as an object, not its id. */
void shape_intent(const struct mock_intent *intent, bool expand_charge, struct buf *out);
void shape_refund(const struct mock_refund *refund, struct buf *out);

/* {"error": …}. An intent with an id goes along. */
void shape_refusal(const struct mock_refusal *refusal, const struct mock_intent *intent, struct buf *out);

/* The same for a card that was declined: intent->method says why. */
void shape_decline(const struct mock_intent *intent, struct buf *out);

/* The event `id` (`evt_…`) that tells what happened to the intent at created_s. */
void shape_event(struct str id, enum mock_event event, const struct mock_intent *intent, int64_t created_s,
                 struct buf *out);
