/* pay: signatures, secrets, Stripe's objects. */
#include "test.h"
#include "world.h"

#include "pay/currency.h"
#include "pay/event.h"
#include "pay/signature.h"
#include "pay/vault.h"

/* ---- signatures ---- */

/* Made with OpenSSL's command line: printf '1795399409.{"id":"evt_1"}' | openssl dgst -sha256 -hmac SECRET */
#define SIGNED_AT "1795399409"
#define SIGNED_BODY "{\"id\":\"evt_1\"}"
#define SECRET "whsec_test_secret"
#define DIGEST "f81d3e43e4edeec831d66be545b8aedb5be5e111238989ef2d865215f2a61873"
#define FOREIGN "0000000000000000000000000000000000000000000000000000000000000000"

static void a_header_signs_its_very_bytes(void **state) {
    (void)state;
    static const struct {
        const char *header, *body, *secret;
        int64_t later_s;
        enum status want;
    } rows[] = {
        {"t=" SIGNED_AT ",v1=" DIGEST, SIGNED_BODY, SECRET, 0, STATUS_OK},
        {"t=" SIGNED_AT ",v1=" FOREIGN ",v1=" DIGEST, SIGNED_BODY, SECRET, 0, STATUS_OK},
        {"t=" SIGNED_AT ", v1=" DIGEST ",v0=" FOREIGN, SIGNED_BODY, SECRET, 0, STATUS_OK},
        {"v1=" DIGEST ",t=" SIGNED_AT, SIGNED_BODY, SECRET, 0, STATUS_OK},
        {"t=" SIGNED_AT ",v1=" DIGEST, SIGNED_BODY, SECRET, 300, STATUS_OK},
        {"t=" SIGNED_AT ",v1=" DIGEST, SIGNED_BODY, SECRET, -3000, STATUS_OK},
        {"t=" SIGNED_AT ",v1=" DIGEST, SIGNED_BODY, SECRET, 301, STATUS_BAD_SIGNATURE},
        {"t=" SIGNED_AT ",v1=" DIGEST, SIGNED_BODY " ", SECRET, 0, STATUS_BAD_SIGNATURE},
        {"t=" SIGNED_AT ",v1=" DIGEST, SIGNED_BODY, SECRET "x", 0, STATUS_BAD_SIGNATURE},
        {"t=" SIGNED_AT ",v1=" DIGEST, SIGNED_BODY, "", 0, STATUS_BAD_SIGNATURE},
        {"t=" SIGNED_AT ",v0=" DIGEST, SIGNED_BODY, SECRET, 0, STATUS_BAD_SIGNATURE},
        {"t=" SIGNED_AT ",t=" SIGNED_AT ",v1=" DIGEST, SIGNED_BODY, SECRET, 0, STATUS_BAD_SIGNATURE},
        {"t=1795399410,v1=" DIGEST, SIGNED_BODY, SECRET, 0, STATUS_BAD_SIGNATURE},
        {"t=0x1,v1=" DIGEST, SIGNED_BODY, SECRET, 0, STATUS_BAD_SIGNATURE},
        {"t=-1,v1=" DIGEST, SIGNED_BODY, SECRET, 0, STATUS_BAD_SIGNATURE},
        {"t=,v1=" DIGEST, SIGNED_BODY, SECRET, 0, STATUS_BAD_SIGNATURE},
        {"v1=" DIGEST, SIGNED_BODY, SECRET, 0, STATUS_BAD_SIGNATURE},
        {"t=" SIGNED_AT, SIGNED_BODY, SECRET, 0, STATUS_BAD_SIGNATURE},
        {"t=" SIGNED_AT ",v1=", SIGNED_BODY, SECRET, 0, STATUS_BAD_SIGNATURE},
        {",,,=,t,v1", SIGNED_BODY, SECRET, 0, STATUS_BAD_SIGNATURE},
        {"", SIGNED_BODY, SECRET, 0, STATUS_BAD_SIGNATURE},
        {NULL, SIGNED_BODY, SECRET, 0, STATUS_BAD_SIGNATURE},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        int64_t now_us = (INT64_C(1795399409) + rows[i].later_s) * 1000000;
        assert_number_of(rows[i].header ? rows[i].header : "(absent)",
                         signature_check(str_from(rows[i].header), str_from(rows[i].body),
                                         str_from(rows[i].secret), now_us),
                         rows[i].want);
    }
}

static void signature_make_writes_what_the_check_accepts(void **state) {
    (void)state;
    char header[signature_text_size];
    signature_make(STR(SIGNED_BODY), STR(SECRET), WORLD_START_US, header);
    assert_string_equal(header, "t=" SIGNED_AT ",v1=" DIGEST);
}

/* ---- secrets ---- */

/* Whether the kernel leaves the page at `at` out of core dumps. */
static bool is_undumped(const void *at) {
    char line[512];
    bool inside = false, undumped = false;
    FILE *maps = fopen("/proc/self/smaps", "r");
    assert_non_null(maps);
    while (fgets(line, sizeof line, maps)) {
        unsigned long from, to;
        if (sscanf(line, "%lx-%lx ", &from, &to) == 2)
            inside = (uintptr_t)at >= from && (uintptr_t)at < to;
        else if (inside && strncmp(line, "VmFlags:", 8) == 0)
            undumped = strstr(line, " dd") != NULL;
    }
    fclose(maps);
    return undumped;
}

static void a_vault_is_in_no_core_dump(void **state) {
    (void)state;
    struct vault *vault = vault_open();
    static char large[vault_bytes];
    assert_non_null(vault);
    assert_true(is_undumped(vault));
    assert_false(is_undumped(&state));
    struct str first = vault_put(vault, STR("sk_test_1")), second = vault_put(vault, STR("whsec_2"));
    assert_string_equal(first.data, "sk_test_1");
    assert_string_equal(second.data, "whsec_2");
    assert_null(vault_put(vault, text_of(large, sizeof large)).data);
    assert_null(vault_put(vault, (struct str){0}).data);
    vault_close(vault);
}

/* ---- Stripe's objects ---- */

#define INTENT(more)                                                                                         \
    "{\"id\":\"pi_1\",\"object\":\"payment_intent\",\"amount\":1497,\"currency\":\"usd\","                   \
    "\"status\":\"succeeded\"" more "}"
#define EVENT_OF(type, object)                                                                               \
    "{\"id\":\"evt_1\",\"object\":\"event\",\"type\":\"" type                                                \
    "\",\"created\":1795399409,"                                                                             \
    "\"data\":{\"object\":" object "}}"
#define EVENT(object) EVENT_OF("payment_intent.succeeded", object)
#define PAYMENT "0198c0de-b5e1-7d20-a1c3-9d4e5f6a7b8c"

static enum status decode(struct arena *arena, const char *body, struct payment_event *out) {
    arena_init(arena, test_arena_bytes_max);
    return event_decode(arena, str_from(body), out);
}

static void an_event_carries_its_intent(void **state) {
    (void)state;
    struct arena arena;
    struct payment_event e;
    char id[uuid_text_size];
    assert_int_equal(decode(&arena,
                            EVENT(INTENT(",\"amount_received\":1497,\"metadata\":{\"till_payment\":\"" PAYMENT
                                         "\"},\"latest_charge\":{\"amount_refunded\":7},"
                                         "\"last_payment_error\":{\"code\":\"card_declined\","
                                         "\"message\":\"Your card was declined.\"},\"client_secret\":null")),
                            &e),
                     STATUS_OK);
    assert_text(e.id, "evt_1");
    assert_text(e.type, "payment_intent.succeeded");
    assert_int_equal(e.created_at, INT64_C(1795399409000000));
    assert_true(e.about_intent);
    assert_text(e.intent.id, "pi_1");
    assert_int_equal(e.intent.status, INTENT_SUCCEEDED);
    assert_int_equal(e.intent.amount, 1497);
    assert_int_equal(e.intent.received, 1497);
    assert_int_equal(e.intent.refunded, 7);
    assert_text(e.intent.failure_code, "card_declined");
    assert_text(e.intent.failure_message, "Your card was declined.");
    assert_null(e.intent.client_secret.data);
    uuid_format(&e.intent.payment, id);
    assert_memory_equal(id, PAYMENT, sizeof id);
    arena_free(&arena);
}

static void a_body_that_is_not_an_event_is_refused(void **state) {
    (void)state;
    static const char *const rows[] = {
        "",
        "null",
        "[]",
        "{}",
        EVENT("null"),
        EVENT("[]"),
        EVENT("{}") "x",
        "{\"id\":\"evt_1\",\"id\":\"evt_2\",\"object\":\"event\",\"type\":\"a\",\"created\":1,"
        "\"data\":{\"object\":{}}}",
        "{\"id\":\"pi_1\",\"object\":\"event\",\"type\":\"a\",\"created\":1,\"data\":{\"object\":{}}}",
        "{\"id\":\"evt_1\",\"object\":\"event\",\"type\":\"A B\",\"created\":1,\"data\":{\"object\":{}}}",
        "{\"id\":\"evt_1\",\"object\":\"event\",\"type\":\"a\",\"created\":-1,\"data\":{\"object\":{}}}",
        "{\"id\":\"evt_1\",\"object\":\"event\",\"type\":\"a\",\"created\":1e99,\"data\":{\"object\":{}}}",
        "{\"id\":\"evt_1\",\"object\":\"event\",\"type\":\"a\",\"created\":99999999999999999999,"
        "\"data\":{\"object\":{}}}",
        EVENT(INTENT(",\"amount_received\":-1")),
        EVENT(INTENT(",\"amount_received\":\"1497\"")),
        EVENT(INTENT(",\"amount_received\":1497.0")),
        EVENT(INTENT(",\"latest_charge\":{\"amount_refunded\":null}")),
        EVENT(INTENT(",\"client_secret\":\"pi_1\\r\\nx: y\"")),
        EVENT("{\"id\":\"pi_1\",\"object\":\"payment_intent\",\"amount\":9007199254740992,"
              "\"currency\":\"usd\",\"status\":\"succeeded\"}"),
        EVENT("{\"id\":\"pi_1\",\"object\":\"payment_intent\",\"amount\":1,\"currency\":\"USD\","
              "\"status\":\"succeeded\"}"),
        EVENT("{\"id\":\"pi_1\",\"object\":\"payment_intent\",\"amount\":1,\"currency\":\"usd\"}"),
        EVENT("{\"id\":\"pi_\",\"object\":\"payment_intent\",\"amount\":1,\"currency\":\"usd\","
              "\"status\":\"succeeded\"}"),
        EVENT("{\"id\":\"dp_1\",\"object\":\"dispute\",\"payment_intent\":\"pi_1\",\"amount\":1.5,"
              "\"currency\":\"usd\",\"status\":\"lost\"}"),
        EVENT("{\"id\":\"pi_../x\",\"object\":\"payment_intent\",\"amount\":1,\"currency\":\"usd\","
              "\"status\":\"succeeded\"}"),
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct arena arena;
        struct payment_event e;
        assert_number_of(rows[i], decode(&arena, rows[i], &e), STATUS_BAD_EVENT);
        arena_free(&arena);
    }
}

static void an_event_about_another_object_names_at_most_one_intent(void **state) {
    (void)state;
    static const struct {
        const char *type, *object, *want;
        bool about_refund;
    } rows[] = {
        {"charge.succeeded", "{\"object\":\"charge\",\"payment_intent\":\"pi_7\"}", "pi_7", false},
        {"charge.refunded", "{\"object\":\"charge\",\"payment_intent\":\"pi_7\"}", "pi_7", true},
        {"charge.refund.updated", "{\"object\":\"refund\",\"payment_intent\":\"pi_7\"}", "pi_7", true},
        {"refund.created", "{\"object\":\"refund\",\"payment_intent\":\"pi_7\"}", "pi_7", true},
        {"charge.refunded", "{\"object\":\"charge\",\"payment_intent\":\"pi_7/../8\"}", NULL, false},
        {"charge.refunded", "{\"object\":\"charge\",\"payment_intent\":null}", NULL, false},
        {"charge.dispute.created", "{\"object\":\"dispute\",\"payment_intent\":null}", NULL, false},
        {"customer.updated", "{\"object\":\"customer\",\"payment_intent\":\"pi_7\"}", NULL, false},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct arena arena;
        struct payment_event e;
        char body[512];
        snprintf(body, sizeof body, EVENT_OF("%s", "%s"), rows[i].type, rows[i].object);
        assert_int_equal(decode(&arena, body, &e), STATUS_OK);
        assert_false(e.about_intent);
        assert_text_of(body, e.intent.id, rows[i].want);
        assert_number_of(body, e.about_refund, rows[i].about_refund);
        arena_free(&arena);
    }
}

#define DISPUTE(more)                                                                                        \
    EVENT_OF("charge.dispute.updated",                                                                       \
             "{\"id\":\"dp_1\",\"object\":\"dispute\",\"payment_intent\":\"pi_1\"," more "}")

static void an_event_carries_its_dispute(void **state) {
    (void)state;
    struct arena arena;
    struct payment_event e;
    assert_int_equal(decode(&arena,
                            DISPUTE("\"amount\":1497,\"currency\":\"usd\",\"status\":\"needs_response\","
                                    "\"reason\":\"fraudulent\",\"evidence_details\":{\"due_by\":1795399410}"),
                            &e),
                     STATUS_OK);
    assert_true(e.about_dispute && !e.about_intent && !e.about_refund);
    assert_text(e.intent.id, "pi_1");
    assert_text(e.reversal.id, "dp_1");
    assert_int_equal(e.reversal.amount, 1497);
    assert_text(e.reversal.currency, "usd");
    assert_text(e.reversal.status, "needs_response");
    assert_text(e.reversal.reason, "fraudulent");
    assert_int_equal(e.reversal.due_at, INT64_C(1795399410000000));
    arena_free(&arena);
    assert_int_equal(
        decode(&arena,
               DISPUTE("\"amount\":0,\"currency\":\"usd\",\"status\":\"lost\",\"reason\":\"a b\","
                       "\"evidence_details\":{\"due_by\":253402300800}"),
               &e),
        STATUS_OK);
    assert_null(e.reversal.reason.data);
    assert_int_equal(e.reversal.due_at, 0);
    arena_free(&arena);
}

static void an_event_carries_its_refund_if_that_is_sound(void **state) {
    (void)state;
    struct arena arena;
    struct payment_event e;
    assert_int_equal(decode(&arena,
                            EVENT_OF("refund.failed",
                                     "{\"id\":\"re_1\",\"object\":\"refund\",\"payment_intent\":\"pi_1\","
                                     "\"amount\":7,\"currency\":\"usd\",\"status\":\"failed\","
                                     "\"reason\":\"duplicate\",\"failure_reason\":\"lost_or_stolen_card\"}"),
                            &e),
                     STATUS_OK);
    assert_true(e.about_refund && !e.about_dispute);
    assert_text(e.reversal.id, "re_1");
    assert_text(e.reversal.reason, "lost_or_stolen_card");
    arena_free(&arena);
    assert_int_equal(decode(&arena,
                            EVENT_OF("refund.failed",
                                     "{\"id\":\"re_1\",\"object\":\"refund\",\"payment_intent\":\"pi_1\"}"),
                            &e),
                     STATUS_OK);
    assert_true(e.about_refund);
    assert_null(e.reversal.id.data);
    arena_free(&arena);
}

static void an_unknown_status_concludes_nothing(void **state) {
    (void)state;
    struct arena arena;
    struct payment_event e;
    assert_int_equal(decode(&arena,
                            EVENT("{\"id\":\"pi_1\",\"object\":\"payment_intent\",\"amount\":1,"
                                  "\"currency\":\"usd\",\"status\":\"requires_reauthorization\"}"),
                            &e),
                     STATUS_OK);
    assert_int_equal(e.intent.status, INTENT_PROCESSING);
    arena_free(&arena);
}

static void a_message_is_cut_between_characters(void **state) {
    (void)state;
    struct arena arena;
    struct payment_event e;
    char body[4096], message[1500];
    for (size_t i = 0; i + 3 < sizeof message; i += 3)
        memcpy(message + i, "\xE2\x82\xAC", 3);
    snprintf(body, sizeof body, EVENT(INTENT(",\"last_payment_error\":{\"message\":\"%.*s\"}")), 1497,
             message);
    assert_int_equal(decode(&arena, body, &e), STATUS_OK);
    assert_int_equal(e.intent.failure_message.size, 498);
    assert_true(utf8_valid(e.intent.failure_message));
    arena_free(&arena);
}

/* PostgreSQL refuses a NUL in a text, and so would lose the whole event. */
static void a_message_ends_before_a_nul(void **state) {
    (void)state;
    struct arena arena;
    struct payment_event e;
    assert_int_equal(
        decode(&arena, EVENT(INTENT(",\"last_payment_error\":{\"message\":\"No\\u0000 money\"}")), &e),
        STATUS_OK);
    assert_text(e.intent.failure_message, "No");
    arena_free(&arena);
}

static void amounts_have_the_digits_that_stripe_wants(void **state) {
    (void)state;
    static const struct {
        const char *codes;
        int digits;
    } rows[] = {
        {"bif clp djf gnf jpy kmf krw mga pyg rwf vnd vuv xaf xof xpf", 0},
        {"isk ugx huf twd", 2}, /* the special cases */
        {"usd eur gbp cop idr inr xyz", 2},
        {"bhd jod kwd omr tnd", 3},
    };
    for (size_t i = 0; i < COUNT(rows); i++)
        for (struct str rest = str_from(rows[i].codes); rest.size > 0;) {
            struct str code = str_cut(&rest, ' ');
            assert_number_of(code.data, currency_digits(code), rows[i].digits);
        }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_header_signs_its_very_bytes),
        cmocka_unit_test(signature_make_writes_what_the_check_accepts),
        cmocka_unit_test(a_vault_is_in_no_core_dump),
        cmocka_unit_test(an_event_carries_its_intent),
        cmocka_unit_test(a_body_that_is_not_an_event_is_refused),
        cmocka_unit_test(an_event_about_another_object_names_at_most_one_intent),
        cmocka_unit_test(an_event_carries_its_dispute),
        cmocka_unit_test(an_event_carries_its_refund_if_that_is_sound),
        cmocka_unit_test(an_unknown_status_concludes_nothing),
        cmocka_unit_test(amounts_have_the_digits_that_stripe_wants),
        cmocka_unit_test(a_message_is_cut_between_characters),
        cmocka_unit_test(a_message_ends_before_a_nul),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
