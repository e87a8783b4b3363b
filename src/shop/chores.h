/* What a shop does by itself: expires orders that were not paid, notes which carts were looked at, and
 * removes idle ones, and old idempotency keys and webhook events. */
#pragma once

#include "shop/tx.h"

/* One bounded batch of each, so that the writer is never held for long; `more` says that something was left.
 */
MUST_CHECK enum status chores_run(struct tx *tx, bool *more);
