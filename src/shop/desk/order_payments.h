/* The payments of an order, for the staff. */
#pragma once

#include "shop/payments/payment.h"

struct order_payment {
    struct uuid id;
    struct str provider, provider_payment_id; /* the id is absent until the provider's first answer */
    int64_t amount, refunded_amount;          /* minor units of currency; what of it went back */
    struct str currency;
    int status;                /* an enum payment_status */
    struct maybe_bool is_over; /* the order has no use for the money: it goes back */
    struct str failure_message;
    int64_t created_at;
};

/* Lists an order's payments, oldest first: of struct order_payment, order_payments_max of them at most. Also those that
 * failed. Empty if there is no such order. */
enum { order_payments_max = 100 };
MUST_CHECK enum status order_payments_list(struct shop_ctx *ctx, const struct uuid *order, struct list *out);

/* Announces it in this transaction. */
void order_payments_prefetch(struct shop_ctx *ctx, const struct uuid *order);
