/* Stripe's client, for a server in Stripe's place. */
#pragma once

#include "provider_shop.h"

#include "pay/stripe/stripe.h"

static inline void open_stripe(struct shop *s, const char *url) {
    char error[stripe_error_size];
    struct stripe_options options = {.key = STR("sk_test_unit"),
                                     .webhook_secret = STR("whsec_unit"),
                                     .url = url,
                                     .random = &random_system,
                                     .try_ms = 500,
                                     .wait_ms = 1};
    arena_init(&s->arena, test_arena_bytes_max);
    if (stripe_open(&options, &s->p, error) != STATUS_OK)
        fail_msg("%s", error);
}
