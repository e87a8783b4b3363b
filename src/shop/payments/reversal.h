/* What banks undo later: a dispute takes a payment's money back, and a refund that failed is sent back to the
 * shop. Both are recorded, logged and counted for a person to look into; neither changes a payment or an order. A dispute is in
 * the order's timeline, for the staff. */
#pragma once

#include "shop/payments/payment.h"

/* Records a dispute as the event has it, unless a newer event was faster. The payment's order is locked. */
MUST_CHECK enum status dispute_record(struct shop_ctx *ctx, const struct payment *p,
                                      const struct payment_event *event);

/* Whether a refund of an event failed, or was canceled. */
bool refund_is_failed(const struct reversal *refund);

/* Records that the bank sent a refund back: of it the id, amount, currency and reason. Once for each. */
MUST_CHECK enum status refund_failure_write(struct shop_ctx *ctx, const struct payment *p,
                                            const struct reversal *refund, int64_t failed_at);

/* Marks those that failed before, and were no larger than this refund, which succeeded, as made up for. */
MUST_CHECK enum status refund_failures_make_up(struct shop_ctx *ctx, const struct payment *p,
                                               const struct reversal *refund, int64_t succeeded_at);

/* Records a refund that failed or was canceled after the bank had been told. One that succeeded later makes
 * up for those before it that were no larger. Does nothing if the event carries no refund. The payment's
 * order is locked. */
MUST_CHECK enum status refund_failure_record(struct shop_ctx *ctx, const struct payment *p,
                                             const struct payment_event *event);
