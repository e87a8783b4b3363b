/* Mails to the staff about webhooks that fail, because a webhook is never switched off in silence. */
#pragma once

#include "shop/outbox/webhook.h"

/* Of the webhook, its seq, id and url are looked at. */

/* Writes the mails of the first day on which a webhook has taken nothing, unless they were written. */
MUST_CHECK enum status webhook_mail_failing(struct shop_ctx *ctx, const struct webhook *webhook);

/* Writes the mails of a webhook that was switched off. */
MUST_CHECK enum status webhook_mail_disabled(struct shop_ctx *ctx, const struct webhook *webhook,
                                             struct str reason);
