/* The mails of an order that is paid: to its shopper (order_confirmed), and to the staff (new_order), as the setting `mails`
 * has it. To be called in the transaction that has made the order paid, which happens once. */
#pragma once

#include "shop/shop_ctx.h"

/* `email` is the shopper's address; absent: the order has none. The order is read only if a mail is written. */
MUST_CHECK enum status order_paid_mail(struct shop_ctx *ctx, int64_t order_seq, struct str email);
