/* Asking the provider about a payment, with no transaction open. */
#pragma once

#include "shop/payment.h"

enum ask {
    ASK_CREATE,
    ASK_RETRIEVE,
    ASK_CONFIRM,
    ASK_CANCEL, /* make sure that it is never charged */
    ASK_REFUND,
};

/* What reconciliation asks about a payment that is due. */
enum ask payment_ask_when_due(const struct payment *payment);

/* Asks, on a thread that may wait. Where the provider has not told its id of the payment yet, it is asked to
 * create it first, which under the same key is the same intent. `method` is for ASK_CONFIRM. The statuses are
 * those of pay/provider.h; `out` is what the provider has, also where it refused and out->id is there. */
MUST_CHECK enum status payment_ask(struct provider *provider, struct arena *arena,
                                   const struct payment *payment, enum ask ask, struct str method,
                                   struct intent *out);
