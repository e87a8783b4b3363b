#include "pay/intent.h"

#include <stdio.h>

static const struct str names[] = {
    [INTENT_REQUIRES_PAYMENT_METHOD] = {"requires_payment_method", sizeof "requires_payment_method" - 1},
    [INTENT_REQUIRES_CONFIRMATION] = {"requires_confirmation", sizeof "requires_confirmation" - 1},
    [INTENT_REQUIRES_ACTION] = {"requires_action", sizeof "requires_action" - 1},
    [INTENT_PROCESSING] = {"processing", sizeof "processing" - 1},
    [INTENT_REQUIRES_CAPTURE] = {"requires_capture", sizeof "requires_capture" - 1},
    [INTENT_SUCCEEDED] = {"succeeded", sizeof "succeeded" - 1},
    [INTENT_CANCELED] = {"canceled", sizeof "canceled" - 1},
};

struct str intent_status_name(enum intent_status status) {
    return names[status];
}

bool intent_status_parse(struct str text, enum intent_status *out) {
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (str_equal(text, names[i])) {
            *out = (enum intent_status)i;
            return true;
        }
    return false;
}

struct str provider_key(const struct uuid *payment, const char *what, int64_t attempt,
                        char out[static provider_key_size]) {
    char id[uuid_text_size], number[24] = "";
    uuid_format(payment, id);
    if (attempt > 0)
        snprintf(number, sizeof number, "-%lld", (long long)attempt);
    int size = snprintf(out, provider_key_size, "till-%.*s-%s%s", uuid_text_size, id, what, number);
    return (struct str){out, (size_t)size};
}
