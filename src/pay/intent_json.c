#include "pay/intent_json.h"

#include "pay/intent.h"

enum status stripe_object_read(struct arena *arena, struct str text, const struct json **out) {
    struct json_error error;
    struct json *value;
    enum status s = json_read(arena, text.data ? text : STR(""), &value, &error);
    if (s == STATUS_OK && value->kind == JSON_OBJECT) {
        *out = value;
        return STATUS_OK;
    }
    return s == STATUS_NO_MEMORY ? s : STATUS_BAD_EVENT;
}

bool stripe_id_valid(struct str text, struct str prefix) {
    return text.data && str_starts(text, prefix) && text.size > prefix.size &&
           text.size <= provider_ref_bytes_max && str_is_alnum(text, "_");
}

struct str stripe_message(struct arena *arena, struct str text) {
    size_t size = 0;
    while (size < text.size && text.data[size] != '\0') {
        size_t next = utf8_sequence((struct str){text.data + size, text.size - size});
        if (next == 0 || size + next > provider_text_bytes_max)
            break;
        size += next;
    }
    return arena_copy(arena, (struct str){text.data, size});
}

bool currency_is_valid(struct str currency) {
    bool valid = currency.size == 3;
    for (size_t i = 0; i < currency.size && valid; i++)
        valid = currency.data[i] >= 'a' && currency.data[i] <= 'z';
    return valid;
}

/* Our id of this name, if metadata has one; zero otherwise. */
static struct uuid metadata_id(const struct json *object, const char *name) {
    struct str text = json_member_text(json_member_object(object, "metadata"), name);
    struct uuid id = {0};
    if (text.size != uuid_text_size || !uuid_parse(text, &id, NULL))
        return (struct uuid){0};
    return id;
}

/* Reads why the latest attempt failed. The code is shown only if it looks like one of Stripe's, because it is
 * not text for people. False without memory. */
static bool intent_read_failure(struct arena *arena, const struct json *error, struct intent *out) {
    struct str code = json_member_text(error, "code"), message = json_member_text(error, "message");
    if (!error)
        return true;
    out->failure_code = arena_copy(arena, stripe_id_valid(code, STR("")) ? code : STR("unknown"));
    out->failure_message = stripe_message(arena, message.data ? message : STR("The payment failed."));
    return out->failure_code.data && out->failure_message.data;
}

/* Reads a sum of money that may be missing, which is 0. False if the member is there but is not a sum. */
static bool optional_sum(const struct json *object, const char *name, int64_t *out) {
    return !json_member(object, str_from(name)) || json_member_int(object, name, 0, stripe_sum_max, out);
}

/* The three sums. An expanded charge must tell what was refunded: to read 0 would lose a refund. */
static bool intent_read_sums(const struct json *object, struct intent *out) {
    const struct json *charge = json_member_object(object, "latest_charge");
    return json_member_int(object, "amount", 0, stripe_sum_max, &out->amount) &&
           optional_sum(object, "amount_received", &out->received) &&
           (!charge || json_member_int(charge, "amount_refunded", 0, stripe_sum_max, &out->refunded));
}

enum status intent_read(struct arena *arena, const struct json *object, struct intent *out) {
    struct str id = json_member_text(object, "id"), currency = json_member_text(object, "currency");
    struct str secret = json_member_text(object, "client_secret"),
               status = json_member_text(object, "status");
    *out = (struct intent){.payment = metadata_id(object, "till_payment"), .status = INTENT_PROCESSING};
    if (!str_equal(json_member_text(object, "object"), STR("payment_intent")) ||
        !stripe_id_valid(id, STR("pi_")) || !currency_is_valid(currency) || !status.data ||
        !intent_read_sums(object, out) || (secret.data && !stripe_id_valid(secret, STR("pi_"))))
        return STATUS_BAD_EVENT;
    if (!intent_status_parse(status, &out->status))
        out->status = INTENT_PROCESSING;
    out->id = arena_copy(arena, id);
    out->currency = arena_copy(arena, currency);
    out->client_secret = arena_copy(arena, secret);
    bool copied = out->id.data && out->currency.data && (out->client_secret.data || !secret.data) &&
                  intent_read_failure(arena, json_member_object(object, "last_payment_error"), out);
    return copied ? STATUS_OK : STATUS_NO_MEMORY;
}

/* ---- Refunds. */

bool stripe_word_valid(struct str text) {
    bool valid = text.size > 0 && text.size <= provider_ref_bytes_max;
    for (size_t i = 0; i < text.size && valid; i++)
        valid = (text.data[i] >= 'a' && text.data[i] <= 'z') || ascii_is_digit(text.data[i]) ||
                text.data[i] == '.' || text.data[i] == '_';
    return valid;
}

static enum status refund_read_one(struct arena *arena, const struct json *object,
                                   struct provider_refund *out) {
    struct str id = json_member_text(object, "id"), status = json_member_text(object, "status");
    struct str failure = json_member_text(object, "failure_reason");
    *out = (struct provider_refund){.refund = metadata_id(object, "till_refund")};
    if (!str_equal(json_member_text(object, "object"), STR("refund")) || !stripe_id_valid(id, STR("")) ||
        !json_member_int(object, "amount", 0, stripe_sum_max, &out->amount))
        return STATUS_BAD_EVENT;
    out->is_failed = str_equal(status, STR("failed")) || str_equal(status, STR("canceled"));
    out->id = arena_copy(arena, id);
    out->failure = stripe_word_valid(failure) ? arena_copy(arena, failure) : (struct str){0};
    return out->id.data ? STATUS_OK : STATUS_NO_MEMORY;
}

enum status refunds_read(struct arena *arena, const struct json *object, size_t most,
                         struct provider_refund *to, size_t *count, bool *more) {
    const struct json *data = json_member_array(object, "data"),
                      *has_more = json_member(object, STR("has_more"));
    *count = 0;
    if (!data || !has_more || (has_more->kind != JSON_TRUE && has_more->kind != JSON_FALSE))
        return STATUS_BAD_EVENT;
    *more = has_more->kind == JSON_TRUE;
    for (const struct json *one = data->first; one; one = one->next) {
        if (*count == most)
            return STATUS_BAD_EVENT;
        TRY(refund_read_one(arena, one, &to[(*count)++]));
    }
    return STATUS_OK;
}
