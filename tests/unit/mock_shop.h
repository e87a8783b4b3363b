/* The mock provider with its books. */
#pragma once

#include "provider_shop.h"

#include "pay/mock/mock.h"

static inline void open_with(struct shop *s, const char *faults) {
    char error[mock_error_size];
    arena_init(&s->arena, test_arena_bytes_max);
    struct mock_options options = {.ledger = s->ledger,
                                   .clock = &clock_system,
                                   .random = &random_system,
                                   .faults = faults,
                                   .webhook_secret = STR("whsec_test_secret")};
    assert_int_equal(mock_open(&options, &s->p, error), STATUS_OK);
}
