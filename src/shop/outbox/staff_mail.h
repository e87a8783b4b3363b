/* Mails to the staff: to the active owners and managers, or, if there are none, to the shop's own address (the setting
 * `shop.email`). */
#pragma once

#include "shop/outbox/mail.h"

/* Writes a mail to each of them in this transaction; the address in `mail` is not looked at. Nobody may be there: then
 * nothing is written. */
MUST_CHECK enum status staff_mail_queue(struct shop_ctx *ctx, const struct mail *mail);
