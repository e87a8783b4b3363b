/* Stripe's payment methods for tests, such as pm_card_visa, and the outcome of charging each
 * (docs.stripe.com/testing). */
#pragma once

#include "base/str.h"

struct test_method {
    const char *id;
    const char *brand, *last4;
    bool needs_action;        /* the bank wants to see the shopper first */
    bool refund_fails;        /* the bank sends each refund back */
    const char *code;         /* of the decline; NULL: the method is accepted */
    const char *decline_code; /* the bank's own reason */
    const char *message;      /* of a decline, for the shopper */
};

/* NULL if there is no method with this id. */
const struct test_method *test_method_find(struct str id);
