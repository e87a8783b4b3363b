/* What the mock's account tells of what it keeps. Texts lie in the arena; STATUS_NO_MEMORY where it is full.
 */
#pragma once

#include "pay/mock_store.h"

MUST_CHECK enum status show_intent(const struct mock_store *s, struct arena *arena,
                                   const struct stored_intent *intent, struct mock_intent *out);
MUST_CHECK enum status show_refund(const struct mock_store *s, struct arena *arena,
                                   const struct stored_refund *refund, struct mock_refund *out);
