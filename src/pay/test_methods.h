/* Stripe's payment methods for tests, such as pm_card_visa, and what comes of charging them
 * (docs.stripe.com/testing). */
#pragma once

#include "base/str.h"

struct test_method {
    const char *id;
    const char *brand, *last4;
    bool needs_action;        /* the bank wants to see the shopper */
    const char *code;         /* why it is declined; NULL where it is not */
    const char *decline_code; /* the bank's own reason; NULL where it gave none */
    const char *message;      /* for the shopper; of a decline */
};

/* NULL where there is none with this id. */
const struct test_method *test_method_find(struct str id);

/* Its number, below 255, and back: for those who keep many. */
size_t test_method_number(const struct test_method *method);
const struct test_method *test_method_at(size_t number);
