/* pay: signatures, Stripe's objects, the mock and its ledger. */
#include "files.h"
#include "test.h"
#include "world.h"

#include "pay/event.h"
#include "pay/intent.h"
#include "pay/mock.h"
#include "pay/signature.h"
#include "pay/vault.h"

#include <pthread.h>
#include <signal.h>
#include <sys/resource.h>

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

static void what_was_signed_here_is_taken(void **state) {
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
    assert_string_equal(first.at, "sk_test_1");
    assert_string_equal(second.at, "whsec_2");
    assert_null(vault_put(vault, text_of(large, sizeof large)).at);
    assert_null(vault_put(vault, (struct str){0}).at);
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
    assert_null(e.intent.client_secret.at);
    uuid_format(&e.intent.payment, id);
    assert_memory_equal(id, PAYMENT, sizeof id);
    arena_free(&arena);
}

static void what_is_no_event_is_refused(void **state) {
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

static void what_is_not_about_an_intent_names_at_most_one(void **state) {
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

static void a_status_that_is_new_to_us_concludes_nothing(void **state) {
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

/* ---- the mock ---- */

struct shop {
    struct arena arena;
    struct provider *p;
    const char *ledger;
};

static void open_with(struct shop *s, const char *faults) {
    char why[pay_why_size];
    arena_init(&s->arena, test_arena_bytes_max);
    struct mock_options options = {.ledger = s->ledger,
                                   .clock = &clock_system,
                                   .random = &random_system,
                                   .faults = faults,
                                   .webhook_secret = STR(SECRET)};
    assert_int_equal(mock_open(&options, &s->p, why), STATUS_OK);
}

static void close_shop(struct shop *s) {
    s->p->calls->close(s->p);
    arena_free(&s->arena);
}

static struct uuid number(uint8_t n) {
    return (struct uuid){{n, 1}};
}

static enum status create(struct shop *s, uint8_t n, int64_t amount, struct intent *out) {
    struct intent_new wanted = {number(n), number(200), amount, STR("usd")};
    return s->p->calls->create(s->p, &s->arena, &wanted, out);
}

static enum status confirm(struct shop *s, uint8_t n, struct str id, const char *method, int64_t attempt,
                           struct intent *out) {
    struct uuid payment = number(n);
    return s->p->calls->confirm(s->p, &s->arena, &payment, id, str_from(method), attempt, out);
}

static enum status refund(struct shop *s, uint8_t n, struct str id, struct intent *out) {
    struct uuid payment = number(n);
    return s->p->calls->refund(s->p, &s->arena, &payment, id, out);
}

static void an_intent_is_made_charged_and_refunded(void **state) {
    (void)state;
    struct shop s = {0};
    struct intent made, again, i;
    open_with(&s, NULL);
    assert_int_equal(create(&s, 1, 1497, &made), STATUS_OK);
    assert_true(str_starts(made.id, STR("pi_")));
    assert_has(made.client_secret, "_secret_");
    assert_int_equal(made.status, INTENT_REQUIRES_PAYMENT_METHOD);
    assert_int_equal(create(&s, 1, 1497, &again), STATUS_OK);
    assert_str(again.id, made.id);
    assert_str(again.client_secret, made.client_secret);
    assert_int_equal(confirm(&s, 1, made.id, NULL, 1, &i), STATUS_OK);
    assert_int_equal(i.status, INTENT_SUCCEEDED);
    assert_int_equal(i.received, 1497);
    assert_int_equal(i.refunded, 0);
    for (int n = 0; n < 2; n++) {
        assert_int_equal(refund(&s, 1, made.id, &i), STATUS_OK);
        assert_int_equal(i.refunded, 1497);
    }
    assert_int_equal(s.p->calls->retrieve(s.p, &s.arena, made.id, &i), STATUS_OK);
    assert_int_equal(i.refunded, 1497);
    close_shop(&s);
}

static void a_method_of_stripes_does_what_its_name_says(void **state) {
    (void)state;
    static const struct {
        const char *method;
        enum status status;
        enum intent_status then;
        const char *code, *message;
    } rows[] = {
        {"pm_card_visa", STATUS_OK, INTENT_SUCCEEDED, NULL, NULL},
        {"pm_card_mastercard", STATUS_OK, INTENT_SUCCEEDED, NULL, NULL},
        {"pm_card_chargeDeclined", STATUS_OK, INTENT_REQUIRES_PAYMENT_METHOD, "card_declined",
         "Your card was declined."},
        {"pm_card_chargeDeclinedInsufficientFunds", STATUS_OK, INTENT_REQUIRES_PAYMENT_METHOD,
         "card_declined", "Your card has insufficient funds."},
        {"pm_card_chargeDeclinedExpiredCard", STATUS_OK, INTENT_REQUIRES_PAYMENT_METHOD, "expired_card",
         "Your card has expired."},
        {"pm_card_chargeDeclinedIncorrectCvc", STATUS_OK, INTENT_REQUIRES_PAYMENT_METHOD, "incorrect_cvc",
         "Your card's security code is incorrect."},
        {"pm_card_chargeDeclinedProcessingError", STATUS_OK, INTENT_REQUIRES_PAYMENT_METHOD,
         "processing_error", "An error occurred while processing your card. Try again in a little bit."},
        {"pm_card_authenticationRequired", STATUS_OK, INTENT_REQUIRES_ACTION, NULL, NULL},
        {"pm_nobody", STATUS_PAYMENT_REFUSED, INTENT_REQUIRES_PAYMENT_METHOD, "resource_missing",
         "No such PaymentMethod: 'pm_nobody'"},
    };
    struct shop s = {0};
    open_with(&s, NULL);
    for (size_t n = 0; n < COUNT(rows); n++) {
        struct intent made, i, again;
        assert_int_equal(create(&s, (uint8_t)n, 500, &made), STATUS_OK);
        assert_number_of(rows[n].method, confirm(&s, (uint8_t)n, made.id, rows[n].method, 1, &i),
                         rows[n].status);
        assert_text_of(rows[n].method, i.failure_code, rows[n].code);
        assert_text_of(rows[n].method, i.failure_message, rows[n].message);
        assert_int_equal(s.p->calls->retrieve(s.p, &s.arena, made.id, &again), STATUS_OK);
        assert_number_of(rows[n].method, again.status, rows[n].then);
        assert_int_equal(confirm(&s, (uint8_t)n, made.id, "pm_card_visa", 2, &again), STATUS_OK);
        assert_int_equal(again.status, INTENT_SUCCEEDED);
        assert_int_equal(again.received, 500);
    }
    close_shop(&s);
}

static void an_attempt_made_again_is_the_same_attempt(void **state) {
    (void)state;
    struct shop s = {0};
    struct intent made, i;
    open_with(&s, NULL);
    assert_int_equal(create(&s, 1, 500, &made), STATUS_OK);
    for (int n = 0; n < 2; n++) {
        assert_int_equal(confirm(&s, 1, made.id, "pm_card_chargeDeclined", 1, &i), STATUS_OK);
        assert_int_equal(i.status, INTENT_REQUIRES_PAYMENT_METHOD);
    }
    assert_int_equal(confirm(&s, 1, made.id, "pm_card_visa", 1, &i), STATUS_OK);
    assert_int_equal(i.status, INTENT_REQUIRES_PAYMENT_METHOD);            /* what the first one came to */
    assert_int_equal(create(&s, 1, 501, &i), STATUS_PROVIDER_UNAVAILABLE); /* the key is another amount's */
    close_shop(&s);
}

static void what_is_final_stays(void **state) {
    (void)state;
    struct shop s = {0};
    struct intent paid, dropped, i;
    open_with(&s, NULL);
    assert_int_equal(create(&s, 1, 500, &paid), STATUS_OK);
    assert_int_equal(create(&s, 2, 500, &dropped), STATUS_OK);
    assert_int_equal(refund(&s, 1, paid.id, &i), STATUS_PAYMENT_REFUSED);
    assert_int_equal(confirm(&s, 1, paid.id, NULL, 1, &i), STATUS_OK);
    assert_int_equal(confirm(&s, 1, paid.id, NULL, 2, &i), STATUS_OK);
    assert_int_equal(i.status, INTENT_SUCCEEDED);
    assert_int_equal(s.p->calls->cancel(s.p, &s.arena, paid.id, &i), STATUS_OK);
    assert_int_equal(i.status, INTENT_SUCCEEDED);
    for (int n = 0; n < 2; n++) {
        assert_int_equal(s.p->calls->cancel(s.p, &s.arena, dropped.id, &i), STATUS_OK);
        assert_int_equal(i.status, INTENT_CANCELED);
    }
    assert_int_equal(confirm(&s, 2, dropped.id, NULL, 1, &i), STATUS_PAYMENT_REFUSED);
    assert_has(i.failure_message, "has a status of canceled");
    close_shop(&s);
}

static void what_cannot_be_is_refused(void **state) {
    (void)state;
    struct shop s = {0};
    struct intent i;
    open_with(&s, NULL);
    assert_int_equal(create(&s, 1, 0, &i), STATUS_PAYMENT_REFUSED);
    assert_int_equal(create(&s, 2, 100000000, &i), STATUS_PAYMENT_REFUSED);
    assert_text(i.failure_code, "amount_too_large");
    assert_int_equal(create(&s, 2, 99999999, &i), STATUS_OK);
    assert_int_equal(s.p->calls->retrieve(s.p, &s.arena, STR("pi_nobody"), &i), STATUS_PAYMENT_REFUSED);
    assert_text(i.failure_message, "No such payment_intent: 'pi_nobody'");
    assert_int_equal(s.p->calls->retrieve(s.p, &s.arena, STR(""), &i), STATUS_PAYMENT_REFUSED);
    close_shop(&s);
}

/* ---- faults ---- */

static void a_switch_counts_its_calls(void **state) {
    (void)state;
    struct shop s = {0};
    struct intent i, made;
    open_with(&s, "confirm.lost-reply=1, create.error=1,rate-limit=1,,");
    assert_int_equal(create(&s, 1, 500, &i), STATUS_PROVIDER_UNAVAILABLE); /* error */
    assert_int_equal(create(&s, 1, 500, &i), STATUS_PROVIDER_UNAVAILABLE); /* rate-limit */
    assert_int_equal(create(&s, 1, 500, &made), STATUS_OK);
    assert_int_equal(confirm(&s, 1, made.id, NULL, 1, &i), STATUS_PROVIDER_UNAVAILABLE);
    assert_int_equal(s.p->calls->retrieve(s.p, &s.arena, made.id, &i), STATUS_OK);
    assert_int_equal(i.status, INTENT_SUCCEEDED); /* it was done, and only the reply was lost */
    close_shop(&s);
}

static void what_is_no_switch_is_told(void **state) {
    (void)state;
    static const char *const rows[] = {"x",
                                       "latency",
                                       "latency=",
                                       "latency=x",
                                       "latency=99999999",
                                       "foo.error=1",
                                       "error=-1",
                                       "error=1=2",
                                       "webhook=never",
                                       "confirm.webhook=late",
                                       ".error=1",
                                       "confirm.=1",
                                       "=1",
                                       "error=9999999999999999999999"};
    for (size_t n = 0; n < COUNT(rows); n++) {
        struct faults faults;
        char why[faults_why_size] = "";
        assert_number_of(rows[n], faults_parse(rows[n], &faults, why), STATUS_USAGE);
        assert_non_null(strstr(why, "is no fault"));
    }
}

/* ---- the ledger ---- */

static void the_books_are_there_after_a_restart(void **state) {
    struct shop s = {.ledger = file_in(*state, "ledger")};
    struct intent made, paid, i;
    open_with(&s, NULL);
    assert_int_equal(create(&s, 1, 500, &made), STATUS_OK);
    assert_int_equal(create(&s, 2, 700, &paid), STATUS_OK);
    assert_int_equal(confirm(&s, 1, made.id, "pm_card_chargeDeclined", 1, &i), STATUS_OK);
    assert_int_equal(confirm(&s, 2, paid.id, NULL, 1, &i), STATUS_OK);
    assert_int_equal(refund(&s, 2, paid.id, &i), STATUS_OK);
    struct arena kept = s.arena;
    s.p->calls->close(s.p);
    open_with(&s, NULL);
    assert_int_equal(create(&s, 1, 500, &i), STATUS_OK); /* the same key, the same answer */
    assert_str(i.id, made.id);
    assert_str(i.client_secret, made.client_secret);
    assert_null(i.failure_code.at);
    assert_int_equal(confirm(&s, 1, made.id, "pm_card_chargeDeclined", 1, &i), STATUS_OK);
    assert_text(i.failure_code, "card_declined");
    assert_int_equal(s.p->calls->retrieve(s.p, &s.arena, paid.id, &i), STATUS_OK);
    assert_int_equal(i.status, INTENT_SUCCEEDED);
    assert_int_equal(i.refunded, 700);
    assert_int_equal(refund(&s, 2, paid.id, &i), STATUS_OK);
    assert_int_equal(i.refunded, 700);
    close_shop(&s);
    arena_free(&kept);
}

static enum status no_line(void *context, struct str line) {
    (void)context, (void)line;
    return STATUS_INVALID;
}

static void a_ledger_in_memory_is_never_full(void **state) {
    (void)state;
    static const char line[ledger_line_bytes_max];
    char why[ledger_why_size];
    struct ledger *ledger;
    uint64_t ticket;
    assert_int_equal(ledger_open(NULL, no_line, NULL, &ledger, why), STATUS_OK);
    for (int i = 0; i <= ledger_waiting_bytes_max / ledger_line_bytes_max; i++) {
        assert_true(ledger_has_room(ledger));
        assert_true(ledger_add(ledger, text_of(line, sizeof line), &ticket));
        assert_int_equal(ledger_wait(ledger, ticket), STATUS_OK);
    }
    ledger_close(ledger);
}

static size_t lines_with(const char *path, const char *part) {
    char line[ledger_line_bytes_max];
    size_t count = 0;
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    while (fgets(line, sizeof line, file))
        count += strstr(line, part) != NULL;
    fclose(file);
    return count;
}

/* A disk that takes nothing for a while: what was not said to be done may come about later, whole. */
static void a_full_disk_loses_nothing_that_was_told(void **state) {
    struct shop s = {.ledger = file_in(*state, "ledger")};
    struct intent made, i;
    struct rlimit limit, small;
    open_with(&s, NULL);
    assert_int_equal(create(&s, 1, 500, &made), STATUS_OK);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
    small = (struct rlimit){.rlim_cur = 500, .rlim_max = limit.rlim_max};
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    for (int64_t attempt = 1; attempt <= 2; attempt++)
        assert_int_equal(confirm(&s, 1, made.id, "pm_card_visa", attempt, &i), STATUS_PROVIDER_UNAVAILABLE);
    assert_int_equal(s.p->calls->retrieve(s.p, &s.arena, made.id, &i), STATUS_PROVIDER_UNAVAILABLE);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
    assert_int_equal(confirm(&s, 1, made.id, "pm_card_visa", 1, &i), STATUS_OK);
    assert_int_equal(i.received, 500);
    struct arena kept = s.arena;
    s.p->calls->close(s.p);
    assert_int_equal(lines_with(s.ledger, "\"received\":500"), 1);
    open_with(&s, NULL);
    assert_int_equal(s.p->calls->retrieve(s.p, &s.arena, made.id, &i), STATUS_OK);
    assert_int_equal(i.received, 500);
    close_shop(&s);
    arena_free(&kept);
}

static void append(const char *path, struct str text) {
    FILE *file = fopen(path, "a");
    assert_non_null(file);
    assert_int_equal(fwrite(text.at, 1, text.size, file), text.size);
    assert_int_equal(fclose(file), 0);
}

static void a_torn_last_line_never_happened(void **state) {
    struct shop s = {.ledger = file_in(*state, "ledger")};
    struct intent made, i;
    open_with(&s, NULL);
    assert_int_equal(create(&s, 1, 500, &made), STATUS_OK);
    struct arena kept = s.arena;
    s.p->calls->close(s.p);
    append(s.ledger, BYTES("{\"op\":\"confirm\",\"at\":1,\"inte"));
    for (int n = 0; n < 2; n++) { /* the second time it is cut off, and something else stands there */
        open_with(&s, NULL);
        assert_int_equal(s.p->calls->retrieve(s.p, &s.arena, made.id, &i), STATUS_OK);
        assert_int_equal(confirm(&s, 1, made.id, NULL, 1, &i), STATUS_OK);
        assert_int_equal(i.status, INTENT_SUCCEEDED);
        close_shop(&s);
    }
    arena_free(&kept);
}

/* A power cut may leave a page of zeros before one that has reached the disk. */
static void lines_behind_a_gap_never_happened(void **state) {
    struct shop s = {.ledger = file_in(*state, "ledger")};
    struct intent made, i;
    open_with(&s, NULL);
    assert_int_equal(create(&s, 1, 500, &made), STATUS_OK);
    struct arena kept = s.arena;
    s.p->calls->close(s.p);
    append(s.ledger, BYTES("\0\0\0\0,\"key\":\"\"}\nhello\n\0\0"));
    open_with(&s, NULL);
    assert_int_equal(s.p->calls->retrieve(s.p, &s.arena, made.id, &i), STATUS_OK);
    close_shop(&s);
    assert_int_equal(lines_with(s.ledger, "hello"), 0);
    assert_int_equal(lines_with(s.ledger, "\"op\""), 2);
    arena_free(&kept);
}

static void a_ledger_of_somebody_elses_is_not_touched(void **state) {
    static const char *const rows[] = {
        "hello\n",
        "{}\n",
        "[]\n",
        "{\"op\":\"open\",\"version\":2,\"seed\":\"00\"}\n",
        "{\"op\":\"create\"}\n",
        "{\"op\":\"open\",\"version\":1,\"seed\":\"0\"}\n",
        "no line at all",
    };
    const char *path = file_in(*state, "ledger");
    for (size_t n = 0; n < COUNT(rows); n++) {
        char why[pay_why_size], text[100] = "";
        struct provider *p;
        struct mock_options options = {.ledger = path, .clock = &clock_system, .random = &random_system};
        write_file(path, rows[n]);
        assert_number_of(rows[n], mock_open(&options, &p, why), STATUS_INVALID);
        assert_non_null(strstr(why, "line 1"));
        FILE *file = fopen(path, "r");
        assert_non_null(file);
        assert_non_null(fgets(text, sizeof text, file));
        fclose(file);
        assert_string_equal(text, rows[n]);
    }
}

static void a_ledger_has_one_owner(void **state) {
    struct shop s = {.ledger = file_in(*state, "ledger")};
    struct mock_options options = {.ledger = s.ledger, .clock = &clock_system, .random = &random_system};
    struct provider *second;
    char why[pay_why_size];
    open_with(&s, NULL);
    assert_int_equal(mock_open(&options, &second, why), STATUS_STORAGE);
    assert_non_null(strstr(why, "in use"));
    close_shop(&s);
}

enum { payers = 8, payments_each = 40 };

/* Half of the payers share their payments with another one: whoever comes second gets what the first got. */
struct payer {
    pthread_t thread;
    struct shop *shop;
    uint8_t first;
    char ids[payments_each][32];
};

static void *pay(void *context) {
    struct payer *payer = context;
    struct shop mine = *payer->shop;
    arena_init(&mine.arena, test_arena_bytes_max);
    for (uint8_t n = 0; n < payments_each; n++) {
        struct intent i;
        uint8_t payment = (uint8_t)(payer->first + n);
        assert_int_equal(create(&mine, payment, 500, &i), STATUS_OK);
        snprintf(payer->ids[n], sizeof payer->ids[n], "%.*s", (int)i.id.size, i.id.at);
        assert_int_equal(confirm(&mine, payment, i.id, NULL, 1, &i), STATUS_OK);
        assert_int_equal(i.status, INTENT_SUCCEEDED);
        assert_int_equal(i.received, 500);
    }
    arena_free(&mine.arena);
    return NULL;
}

static void many_pay_at_once_and_each_once(void **state) {
    struct shop s = {.ledger = file_in(*state, "ledger")};
    struct payer *all = calloc(payers, sizeof *all);
    assert_non_null(all);
    open_with(&s, NULL);
    for (uint8_t i = 0; i < payers; i++) {
        all[i].shop = &s;
        all[i].first = (uint8_t)(i / 2 * payments_each);
        assert_int_equal(pthread_create(&all[i].thread, NULL, pay, &all[i]), 0);
    }
    for (size_t i = 0; i < payers; i++)
        pthread_join(all[i].thread, NULL);
    for (size_t i = 0; i < payers; i += 2)
        assert_memory_equal(all[i].ids, all[i + 1].ids, sizeof all[i].ids);
    close_shop(&s);
    assert_int_equal(lines_with(s.ledger, "\"op\":\"create\""), payers / 2 * payments_each);
    assert_int_equal(lines_with(s.ledger, "\"received\":500"), payers / 2 * payments_each);
    free(all);
}

int main(void) {
    signal(SIGXFSZ, SIG_IGN);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_header_signs_its_very_bytes),
        cmocka_unit_test(what_was_signed_here_is_taken),
        cmocka_unit_test(a_vault_is_in_no_core_dump),
        cmocka_unit_test(an_event_carries_its_intent),
        cmocka_unit_test(what_is_no_event_is_refused),
        cmocka_unit_test(what_is_not_about_an_intent_names_at_most_one),
        cmocka_unit_test(a_status_that_is_new_to_us_concludes_nothing),
        cmocka_unit_test(a_message_is_cut_between_characters),
        cmocka_unit_test(an_intent_is_made_charged_and_refunded),
        cmocka_unit_test(a_method_of_stripes_does_what_its_name_says),
        cmocka_unit_test(an_attempt_made_again_is_the_same_attempt),
        cmocka_unit_test(what_is_final_stays),
        cmocka_unit_test(what_cannot_be_is_refused),
        cmocka_unit_test(a_switch_counts_its_calls),
        cmocka_unit_test(what_is_no_switch_is_told),
        cmocka_unit_test(a_ledger_in_memory_is_never_full),
        WITH_FOLDER(the_books_are_there_after_a_restart),
        WITH_FOLDER(a_full_disk_loses_nothing_that_was_told),
        WITH_FOLDER(a_torn_last_line_never_happened),
        WITH_FOLDER(lines_behind_a_gap_never_happened),
        WITH_FOLDER(a_ledger_of_somebody_elses_is_not_touched),
        WITH_FOLDER(a_ledger_has_one_owner),
        WITH_FOLDER(many_pay_at_once_and_each_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
