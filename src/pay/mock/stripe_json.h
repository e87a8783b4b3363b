/* Writes the mock's intents, refunds, events and errors as Stripe's objects in JSON: the members that Stripe's
 * clients look at, with Stripe's names and types. */
#pragma once

#include "base/buf.h"
#include "pay/mock/account.h"

/* `expand_charge`: latest_charge is the whole charge and not its id. */
void stripe_json_intent(struct buf *out, const struct mock_intent *intent, bool expand_charge);
void stripe_json_refund(struct buf *out, const struct mock_intent *intent, const struct mock_refund *refund);

/* {"error": …}, with the intent in it if that has an id. */
void stripe_json_refusal(struct buf *out, const struct mock_refusal *refusal,
                         const struct mock_intent *intent);

/* The same for a card that was declined: intent->method has the reason. */
void stripe_json_decline(struct buf *out, const struct mock_intent *intent);

/* The event `id` (`evt_…`) of a type such as charge.refunded, about a change of the intent at created_s. `version`
 * is that of Stripe's API, which clients with types compare with their own. */
void stripe_json_event(struct buf *out, struct str id, const char *version, const char *type,
                       const struct mock_intent *intent, int64_t created_s);
