#include "pay/event.h"

#include "pay/intent_json.h"
#include "pay/signature.h"

/* What Stripe calls an event: words with full stops and underscores between. */
static bool type_valid(struct str type) {
    bool valid = type.size > 0 && type.size <= provider_ref_bytes_max;
    for (size_t i = 0; i < type.size && valid; i++)
        valid = (type.at[i] >= 'a' && type.at[i] <= 'z') || (type.at[i] >= '0' && type.at[i] <= '9') ||
                type.at[i] == '.' || type.at[i] == '_';
    return valid;
}

static enum status read_object(struct arena *arena, const json_t *object, struct payment_event *out) {
    struct str kind = json_text(object, "object"), intent = json_text(object, "payment_intent");
    if (str_equal(kind, STR("payment_intent"))) {
        out->about_intent = true;
        return intent_read(arena, object, &out->intent);
    }
    bool charge = str_equal(kind, STR("charge")), refund = str_equal(kind, STR("refund"));
    if ((charge || refund) && stripe_id_valid(intent, STR("pi_"))) {
        out->about_refund = refund || str_starts(out->type, STR("charge.refund"));
        out->intent.id = arena_copy(arena, intent);
        return out->intent.id.at ? STATUS_OK : STATUS_NO_MEMORY;
    }
    return STATUS_OK;
}

static enum status read_event(struct arena *arena, const json_t *event, struct payment_event *out) {
    struct str id = json_text(event, "id"), type = json_text(event, "type");
    const json_t *object = json_object_get(json_object_get(event, "data"), "object");
    int64_t created_s = json_count(event, "created");
    *out = (struct payment_event){0};
    if (!str_equal(json_text(event, "object"), STR("event")) || !stripe_id_valid(id, STR("evt_")) ||
        !type_valid(type) || created_s < 0 || created_s > INT64_MAX / 1000000 || !json_is_object(object))
        return STATUS_BAD_EVENT;
    out->id = arena_copy(arena, id);
    out->type = arena_copy(arena, type);
    out->created_at = created_s * 1000000;
    if (!out->id.at || !out->type.at)
        return STATUS_NO_MEMORY;
    return read_object(arena, object, out);
}

enum status event_decode(struct arena *arena, struct str body, struct payment_event *out) {
    json_t *event = body.size <= event_bytes_max ? stripe_json(body) : NULL;
    enum status s = event ? read_event(arena, event, out) : STATUS_BAD_EVENT;
    json_decref(event);
    return s;
}

enum status event_read(struct arena *arena, struct str signature, struct str body, struct str secret,
                       int64_t now_us, struct payment_event *out) {
    enum status s = signature_check(signature, body, secret, now_us);
    return s == STATUS_OK ? event_decode(arena, body, out) : s;
}
