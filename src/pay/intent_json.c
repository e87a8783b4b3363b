#include "pay/intent_json.h"

#include "pay/intent.h"

#include <ctype.h>

static const int64_t count_max = (INT64_C(1) << 53) - 1;

json_t *stripe_json(struct str text) {
    json_error_t error;
    json_t *value = json_loadb(text.at ? text.at : "", text.size, JSON_REJECT_DUPLICATES, &error);
    if (json_is_object(value))
        return value;
    json_decref(value);
    return NULL;
}

struct str json_text(const json_t *object, const char *name) {
    const json_t *value = json_object_get(object, name);
    if (!json_is_string(value))
        return (struct str){0};
    return (struct str){json_string_value(value), json_string_length(value)};
}

int64_t json_count(const json_t *object, const char *name) {
    const json_t *value = json_object_get(object, name);
    json_int_t number = json_is_integer(value) ? json_integer_value(value) : -1;
    return number >= 0 && number <= count_max ? number : -1;
}

bool stripe_id_valid(struct str text, struct str prefix) {
    if (!text.at || !str_starts(text, prefix) || text.size == prefix.size ||
        text.size > provider_ref_bytes_max)
        return false;
    for (size_t i = 0; i < text.size; i++) {
        char c = text.at[i];
        if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'))
            return false;
    }
    return true;
}

struct str stripe_message(struct arena *arena, struct str text) {
    size_t size = 0;
    while (size < text.size) {
        size_t next = utf8_sequence((struct str){text.at + size, text.size - size});
        if (next == 0 || size + next > provider_text_bytes_max)
            break;
        size += next;
    }
    return arena_copy(arena, (struct str){text.at, size});
}

static bool currency_valid(struct str currency) {
    bool valid = currency.size == 3;
    for (size_t i = 0; i < currency.size && valid; i++)
        valid = islower((unsigned char)currency.at[i]);
    return valid;
}

/* Ours, where metadata names one of our payments; zero otherwise. */
static struct uuid payment_of(const json_t *object) {
    struct str text = json_text(json_object_get(object, "metadata"), "till_payment");
    char reason[uuid_reason_size];
    struct uuid payment = {0};
    if (text.size != uuid_text_size || !uuid_parse(text, &payment, reason))
        return (struct uuid){0};
    return payment;
}

/* Why the latest attempt failed. Its code is one of Stripe's own words, and is told only where it looks so.
 */
static bool read_failure(struct arena *arena, const json_t *error, struct intent *out) {
    struct str code = json_text(error, "code"), message = json_text(error, "message");
    if (!json_is_object(error))
        return true;
    out->failure_code = arena_copy(arena, stripe_id_valid(code, STR("")) ? code : STR("unknown"));
    out->failure_message = stripe_message(arena, message.at ? message : STR("The payment failed."));
    return out->failure_code.at && out->failure_message.at;
}

/* 0 where nothing is said; -1 where what is said makes no sense. */
static int64_t refunded_of(const json_t *object) {
    const json_t *charge = json_object_get(object, "latest_charge");
    return json_is_object(charge) ? json_count(charge, "amount_refunded") : 0;
}

enum status intent_read(struct arena *arena, const json_t *object, struct intent *out) {
    struct str id = json_text(object, "id"), currency = json_text(object, "currency");
    struct str secret = json_text(object, "client_secret"), status = json_text(object, "status");
    *out = (struct intent){
        .payment = payment_of(object),
        .status = INTENT_PROCESSING,
        .amount = json_count(object, "amount"),
        .received = json_object_get(object, "amount_received") ? json_count(object, "amount_received") : 0,
        .refunded = refunded_of(object),
    };
    if (!str_equal(json_text(object, "object"), STR("payment_intent")) || !stripe_id_valid(id, STR("pi_")) ||
        !currency_valid(currency) || !status.at || out->amount < 0 || out->received < 0 ||
        out->refunded < 0 || (secret.at && !stripe_id_valid(secret, STR("pi_"))))
        return STATUS_BAD_EVENT;
    if (!intent_status_parse(status, &out->status))
        out->status = INTENT_PROCESSING;
    out->id = arena_copy(arena, id);
    out->currency = arena_copy(arena, currency);
    out->client_secret = arena_copy(arena, secret);
    bool whole = out->id.at && out->currency.at && (out->client_secret.at || !secret.at) &&
                 read_failure(arena, json_object_get(object, "last_payment_error"), out);
    return whole ? STATUS_OK : STATUS_NO_MEMORY;
}
