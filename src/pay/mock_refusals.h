/* Stripe's words where it refuses. Each fills the refusal and gives STATUS_PAYMENT_REFUSED, or
 * STATUS_NO_MEMORY. */
#pragma once

#include "pay/mock_account.h"

/* `No such payment_intent: 'pi_…'`; `what` and `param` are static. */
enum status refuse_unknown(struct arena *arena, const char *what, const char *param, struct str id,
                           struct mock_refusal *out);
/* An intent in this state cannot be confirmed (or canceled). */
enum status refuse_state(struct arena *arena, const char *verb, enum intent_status status,
                         struct mock_refusal *out);
enum status refuse_method(struct arena *arena, struct str method, struct mock_refusal *out);
enum status refuse_no_method(struct mock_refusal *out);
enum status refuse_amount(int64_t amount, struct mock_refusal *out);
enum status refuse_currency(struct arena *arena, struct str currency, struct mock_refusal *out);
/* A refund of `amount` where `left` of the intent's money can still go back. */
enum status refuse_refund(struct arena *arena, const struct mock_intent *intent, int64_t amount, int64_t left,
                          struct mock_refusal *out);
/* A key that was used for something else. */
enum status refuse_key(struct arena *arena, struct str key, struct mock_refusal *out);
