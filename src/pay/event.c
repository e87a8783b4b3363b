#include "pay/event.h"

#include "pay/intent_json.h"
#include "pay/signature.h"

/* The last second that time_format and both databases can write. */
#define year_9999_s INT64_C(253402300799)

/* Reads a dispute or a refund. STATUS_BAD_EVENT if it has not the members that every one has. */
static enum status event_read_reversal(struct arena *arena, const struct json *object,
                                       const char *reason_name, struct reversal *out) {
    struct str id = json_member_text(object, "id"), currency = json_member_text(object, "currency");
    struct str status = json_member_text(object, "status"), reason = json_member_text(object, reason_name);
    int64_t due_s = 0, amount;
    if (!stripe_id_valid(id, STR("")) || !currency_is_valid(currency) || !stripe_word_valid(status) ||
        !json_member_int(object, "amount", 0, stripe_sum_max, &amount))
        return STATUS_BAD_EVENT;
    (void)json_member_int(json_member_object(object, "evidence_details"), "due_by", 1, year_9999_s, &due_s);
    *out = (struct reversal){.id = arena_copy(arena, id),
                             .amount = amount,
                             .currency = arena_copy(arena, currency),
                             .status = arena_copy(arena, status),
                             .due_at = due_s * 1000000};
    bool copied = out->id.data && out->currency.data && out->status.data;
    if (stripe_word_valid(reason)) {
        out->reason = arena_copy(arena, reason);
        copied = copied && out->reason.data;
    }
    return copied ? STATUS_OK : STATUS_NO_MEMORY;
}

/* Reads data.object. A charge, refund or dispute that names no sound intent is treated as any other object:
 * there is nothing that it could be about. */
static enum status event_read_object(struct arena *arena, const struct json *object,
                                     struct payment_event *out) {
    struct str kind = json_member_text(object, "object"), intent = json_member_text(object, "payment_intent");
    if (str_equal(kind, STR("payment_intent"))) {
        out->about_intent = true;
        return intent_read(arena, object, &out->intent);
    }
    bool charge = str_equal(kind, STR("charge")), refund = str_equal(kind, STR("refund"));
    bool dispute = str_equal(kind, STR("dispute"));
    if ((!charge && !refund && !dispute) || !stripe_id_valid(intent, STR("pi_")))
        return STATUS_OK;
    out->about_dispute = dispute;
    out->about_refund = refund || str_starts(out->type, STR("charge.refund"));
    out->intent.id = arena_copy(arena, intent);
    enum status s = out->intent.id.data ? STATUS_OK : STATUS_NO_MEMORY;
    if (s == STATUS_OK && (dispute || refund))
        s = event_read_reversal(arena, object, dispute ? "reason" : "failure_reason", &out->reversal);
    return refund && s == STATUS_BAD_EVENT ? STATUS_OK : s; /* to retrieve the intent is enough */
}

enum status event_decode(struct arena *arena, struct str body, struct payment_event *out) {
    const struct json *event = NULL;
    int64_t created_s;
    *out = (struct payment_event){0};
    TRY(body.size <= event_bytes_max ? stripe_object_read(arena, body, &event) : STATUS_BAD_EVENT);
    struct str id = json_member_text(event, "id"), type = json_member_text(event, "type");
    const struct json *object = json_member_object(json_member_object(event, "data"), "object");
    if (!str_equal(json_member_text(event, "object"), STR("event")) || !stripe_id_valid(id, STR("evt_")) ||
        !stripe_word_valid(type) || !object ||
        !json_member_int(event, "created", 0, INT64_MAX / 1000000, &created_s))
        return STATUS_BAD_EVENT;
    out->id = arena_copy(arena, id);
    out->type = arena_copy(arena, type);
    out->created_at = created_s * 1000000;
    if (!out->id.data || !out->type.data)
        return STATUS_NO_MEMORY;
    return event_read_object(arena, object, out);
}

enum status event_read(struct arena *arena, struct str signature, struct str body, struct str secret,
                       int64_t now_us, struct payment_event *out) {
    enum status s = signature_check(signature, body, secret, now_us);
    return s == STATUS_OK ? event_decode(arena, body, out) : s;
}
