/* A provider in memory that forgets nothing, whose calls can be made to fail. Private to the lab. */
#pragma once

#include "pay/provider.h"

enum { lab_intents_max = 16, lab_refunds_max = 8 };

struct lab_intent {
    char id[64];
    struct uuid payment;
    int64_t amount, refunded;
    enum intent_status status;
    struct provider_refund refunds[lab_refunds_max];
    char refund_ids[lab_refunds_max][64];
    size_t refund_count;
};

struct lab_provider {
    struct provider base;
    struct lab_intent intents[lab_intents_max];
    size_t count;
    uint64_t calls, fail_at;
    bool fails_forever;
    bool is_unreached; /* a call that fails does not happen; else it happens, and its answer is lost */
    bool fails;        /* the latest call */
};

extern const struct provider_calls lab_provider_functions;
