#include "pay/intent.h"

#include <stdio.h>

static const char *const status_names[] = {
    [INTENT_REQUIRES_PAYMENT_METHOD] = "requires_payment_method",
    [INTENT_REQUIRES_CONFIRMATION] = "requires_confirmation",
    [INTENT_REQUIRES_ACTION] = "requires_action",
    [INTENT_PROCESSING] = "processing",
    [INTENT_REQUIRES_CAPTURE] = "requires_capture",
    [INTENT_SUCCEEDED] = "succeeded",
    [INTENT_CANCELED] = "canceled",
};

const char *const contact_field_names[CONTACT_FIELD_COUNT] = {
    [CONTACT_RECEIPT_EMAIL] = "receipt_email",
    [CONTACT_NAME] = "shipping[name]",
    [CONTACT_PHONE] = "shipping[phone]",
    [CONTACT_LINE1] = "shipping[address][line1]",
    [CONTACT_LINE2] = "shipping[address][line2]",
    [CONTACT_CITY] = "shipping[address][city]",
    [CONTACT_STATE] = "shipping[address][state]",
    [CONTACT_POSTAL_CODE] = "shipping[address][postal_code]",
    [CONTACT_COUNTRY] = "shipping[address][country]",
};

struct str intent_status_name(enum intent_status status) {
    return str_from(status_names[status]);
}

bool intent_status_parse(struct str text, enum intent_status *out) {
    for (size_t i = 0; i < sizeof status_names / sizeof *status_names; i++)
        if (str_equal(text, str_from(status_names[i]))) {
            *out = (enum intent_status)i;
            return true;
        }
    return false;
}

/* At most 5 + 36 + 1 + 17 + 20 characters, of provider_key_size. */
struct str provider_key(const struct uuid *payment, const char *operation, int64_t attempt,
                        char out[static provider_key_size]) {
    char id[uuid_text_size], number[24] = "";
    uuid_format(payment, id);
    if (attempt > 0)
        snprintf(number, sizeof number, "-%lld", (long long)attempt);
    int size = snprintf(out, provider_key_size, "till-%.*s-%s%s", uuid_text_size, id, operation, number);
    return (struct str){out, (size_t)size};
}
