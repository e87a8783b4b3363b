/* What a provider sends: a signature, an event, an intent. Whatever the bytes, decoded values keep their bounds,
 * and no signature matches unless it was made with the secret.
 *
 * The input is one text, taken three ways: as an event's body, as an answer with an intent, and, cut at its
 * first line end, as a header and the body that it signs. */
#include "fuzz.h"

#include "pay/event.h"
#include "pay/intent_json.h"
#include "pay/signature.h"

#define NOW_US INT64_C(1795399409000000)

static void check_id(struct str id, struct str prefix) {
    CHECK(stripe_id_valid(id, prefix) && id.size <= provider_ref_bytes_max);
}

static void check_intent(const struct intent *i) {
    check_id(i->id, STR("pi_"));
    CHECK(i->amount >= 0 && i->received >= 0 && i->refunded >= 0);
    CHECK(i->currency.size == 3);
    CHECK(i->status <= INTENT_CANCELED);
    CHECK(i->failure_message.size <= provider_text_bytes_max && utf8_valid(i->failure_message));
}

static void check_event(struct arena *arena, struct str body) {
    struct payment_event e;
    enum status s = event_decode(arena, body, &e);
    CHECK(s == STATUS_OK || s == STATUS_BAD_EVENT || s == STATUS_NO_MEMORY);
    if (s != STATUS_OK)
        return;
    check_id(e.id, STR("evt_"));
    CHECK(e.created_at >= 0 && e.type.size > 0);
    if (e.reversal.id.data) {
        check_id(e.reversal.id, STR(""));
        CHECK(e.reversal.amount >= 0 && e.reversal.currency.size == 3 && e.reversal.status.size > 0);
        CHECK(e.reversal.due_at >= 0 && e.reversal.reason.size <= provider_ref_bytes_max);
    }
    CHECK(!e.about_dispute || (e.reversal.id.data && e.intent.id.data));
    if (e.about_intent)
        check_intent(&e.intent);
    else if (e.intent.id.data)
        check_id(e.intent.id, STR("pi_"));
}

/* Reads the bytes as an answer to a call: an intent without an event around it. */
static void check_answer(struct arena *arena, struct str body) {
    struct intent intent;
    const struct json *object;
    if (stripe_object_read(arena, body, &object) == STATUS_OK &&
        intent_read(arena, object, &intent) == STATUS_OK)
        check_intent(&intent);
}

/* Forged signatures must not match; the right one must, and only with its own secret. */
static void check_signature(struct arena *arena, struct str bytes) {
    struct payment_event e;
    char made[signature_text_size];
    size_t end = str_find(bytes, '\n');
    struct str header = {bytes.data, end}, body = {bytes.data + end, bytes.size - end};
    CHECK(signature_check(header, body, STR("whsec_fuzz"), NOW_US) == STATUS_BAD_SIGNATURE);
    signature_make(bytes, STR("whsec_fuzz"), NOW_US, made);
    CHECK(event_read(arena, str_from(made), bytes, STR("whsec_fuzz"), NOW_US, &e) != STATUS_BAD_SIGNATURE);
    CHECK(signature_check(str_from(made), bytes, STR("whsec_fuzzy"), NOW_US) == STATUS_BAD_SIGNATURE);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct str bytes = {(const char *)data, size};
    struct arena arena;
    arena_init(&arena, fuzz_arena_bytes_max);
    check_event(&arena, bytes);
    check_answer(&arena, bytes);
    check_signature(&arena, bytes);
    arena_free(&arena);
    return 0;
}
