/* pay/stripe: against the mock's Stripe-shaped port over real HTTP, and against a server that answers
 * whatever a test wants. */
#include "fake_server.h"
#include "files.h"
#include "test.h"

#include "api/mock_stripe/mock_stripe.h"
#include "base/log.h"
#include "http/server.h"
#include "net/http_client.h"
#include "pay/mock/mock.h"
#include "pay/stripe/stripe.h"
#include "pay/stripe/stripe_client.h"

#include <pthread.h>
#include <signal.h>
#include <sys/wait.h>

enum { loops = 1, connections = 4 };

static struct uuid number(uint8_t n) {
    return (struct uuid){{n, 2}};
}

/* ---- Stripe, or a server in its place ---- */

struct shop {
    struct arena arena;
    struct provider *stripe;
};

static void open_stripe(struct shop *s, const char *url) {
    char error[stripe_error_size];
    struct stripe_options options = {.key = STR("sk_test_unit"),
                                     .webhook_secret = STR("whsec_unit"),
                                     .url = url,
                                     .random = &random_system,
                                     .try_ms = 500,
                                     .wait_ms = 1};
    arena_init(&s->arena, test_arena_bytes_max);
    if (stripe_open(&options, &s->stripe, error) != STATUS_OK)
        fail_msg("%s", error);
}

static void close_stripe(struct shop *s) {
    s->stripe->calls->close(s->stripe);
    arena_free(&s->arena);
}

static enum status create_for(struct shop *s, uint8_t n, int64_t amount, const struct intent_contact *contact,
                              struct intent *out) {
    struct intent_new wanted = {number(n), number(200), amount, STR("usd"), *contact};
    return s->stripe->calls->create(s->stripe, &s->arena, &wanted, out);
}

static enum status create(struct shop *s, uint8_t n, int64_t amount, struct intent *out) {
    static const struct intent_contact nobody;
    return create_for(s, n, amount, &nobody, out);
}

static enum status confirm(struct shop *s, uint8_t n, struct str id, const char *method, int64_t attempt,
                           struct intent *out) {
    struct uuid payment = number(n);
    return s->stripe->calls->confirm(s->stripe, &s->arena, &payment, id, str_from(method), attempt, out);
}

static enum status cancel(struct shop *s, struct str id, struct intent *out) {
    return s->stripe->calls->cancel(s->stripe, &s->arena, id, out);
}

static enum status retrieve(struct shop *s, struct str id, struct intent *out) {
    return s->stripe->calls->retrieve(s->stripe, &s->arena, id, out);
}

/* Asks for the refund number `n`. */
static enum status refund(struct shop *s, uint8_t n, struct str intent, int64_t amount) {
    struct refund_new wanted = {.refund = number(n), .intent = intent, .amount = amount};
    struct str reason;
    return s->stripe->calls->refund(s->stripe, &s->arena, &wanted, &reason);
}

/* Checks that an intent has refunds with these amounts, newest first; a negative one has failed. */
static void check_refunds(struct shop *s, struct str intent, const int64_t *amounts, size_t count) {
    struct list found;
    struct intent i;
    int64_t sum = 0;
    assert_int_equal(s->stripe->calls->refunds(s->stripe, &s->arena, intent, &found), STATUS_OK);
    assert_int_equal(found.count, count);
    const struct provider_refund *refunds = found.data;
    for (size_t n = 0; n < count; n++) {
        assert_true(str_starts(refunds[n].id, STR("re_")));
        assert_int_equal(refunds[n].is_failed ? -refunds[n].amount : refunds[n].amount, amounts[n]);
        sum += amounts[n] > 0 ? amounts[n] : 0;
    }
    assert_int_equal(s->stripe->calls->retrieve(s->stripe, &s->arena, intent, &i), STATUS_OK);
    assert_int_equal(i.refunded, sum);
}
#define CHECK_REFUNDS(s, intent, ...)                                                                        \
    check_refunds(s, intent, (const int64_t[]){__VA_ARGS__}, sizeof((const int64_t[]){__VA_ARGS__}) / 8)

/* ---- the port ---- */

/* The mock behind its port, and Stripe's client in front of it. */
struct port {
    struct provider *mock;
    struct metrics *metrics;
    struct api *api;
    struct server_options options;
    struct server *server;
    struct shop shop;
};

static void port_open(struct port *p, const char *faults) {
    char error[server_error_size], address[server_address_size];
    struct mock_options mock = {.clock = &clock_system, .random = &random_system, .faults = faults};
    assert_int_equal(mock_open(&mock, &p->mock, error), STATUS_OK);
    p->metrics = metrics_new(loops);
    struct api_options api = {.groups = mock_stripe_endpoints,
                              .clock = &clock_system,
                              .random = &random_system,
                              .metrics = p->metrics,
                              .provider = p->mock};
    p->api = api_open(&api);
    p->options = (struct server_options){
        .listen = "127.0.0.1:0", .threads = loops, .metrics = p->metrics, .random = &random_system};
    p->options.executor = mock_executor_of(p->mock);
    assert_int_equal(
        provider_workers_open(&(struct provider_workers_options){.calls = connections}, &p->options.provider),
        STATUS_OK);
    assert_int_equal(server_open(&p->options, &p->server, address, error), STATUS_OK);
    assert_int_equal(server_start(p->server, p->api, NULL, error), STATUS_OK);
    open_stripe(&p->shop, address);
}

static void port_close(struct port *p) {
    close_stripe(&p->shop);
    server_stop(p->server);
    provider_workers_close(p->options.provider);
    api_close(p->api);
    metrics_free(p->metrics);
    p->mock->calls->close(p->mock);
}

static void an_intent_lives_its_life_over_http(void **state) {
    (void)state;
    struct port p;
    struct intent made, i;
    port_open(&p, NULL);
    struct shop *s = &p.shop;
    assert_int_equal(create(s, 1, 1497, &made), STATUS_OK);
    assert_int_equal(made.status, INTENT_REQUIRES_PAYMENT_METHOD);
    assert_has(made.client_secret, "_secret_");
    assert_memory_equal(made.payment.bytes, number(1).bytes, sizeof made.payment);
    assert_int_equal(confirm(s, 1, made.id, NULL, 1, &i), STATUS_OK);
    assert_int_equal(i.status, INTENT_REQUIRES_PAYMENT_METHOD); /* nothing was confirmed in the page yet */
    assert_int_equal(confirm(s, 1, made.id, "pm_card_chargeDeclined", 2, &i), STATUS_OK);
    assert_int_equal(i.status, INTENT_REQUIRES_PAYMENT_METHOD);
    assert_text(i.failure_code, "card_declined");
    assert_text(i.failure_message, "Your card was declined.");
    assert_int_equal(confirm(s, 1, made.id, "pm_nobody", 3, &i), STATUS_PAYMENT_REFUSED);
    assert_text(i.failure_message, "No such PaymentMethod: 'pm_nobody'");
    assert_int_equal(confirm(s, 1, made.id, "pm_card_authenticationRequired", 4, &i), STATUS_OK);
    assert_int_equal(i.status, INTENT_REQUIRES_ACTION);
    assert_int_equal(refund(s, 1, made.id, 1497), STATUS_PAYMENT_REFUSED);
    assert_int_equal(confirm(s, 1, made.id, "pm_card_visa", 5, &i), STATUS_OK);
    assert_int_equal(i.received, 1497);
    assert_int_equal(confirm(s, 1, made.id, "pm_card_visa", 6, &i), STATUS_OK);
    assert_int_equal(i.status, INTENT_SUCCEEDED);
    assert_null(i.failure_message.data);
    assert_int_equal(cancel(s, made.id, &i), STATUS_OK);
    assert_int_equal(i.status, INTENT_SUCCEEDED);
    for (int n = 0; n < 2; n++) {
        assert_int_equal(refund(s, 1, made.id, 1000), STATUS_OK);
        CHECK_REFUNDS(s, made.id, 1000);
    }
    assert_int_equal(refund(s, 1, made.id, 2),
                     STATUS_PROVIDER_UNAVAILABLE); /* the key with other parameters */
    assert_int_equal(refund(s, 2, made.id, 498), STATUS_PAYMENT_REFUSED);
    assert_int_equal(refund(s, 3, STR("pi_1/../x?"), 1), STATUS_PAYMENT_REFUSED);
    for (uint8_t n = 10; n < 70; n++) /* more than a page of the list */
        assert_int_equal(refund(s, n, made.id, 1), STATUS_OK);
    struct list found;
    assert_int_equal(s->stripe->calls->refunds(s->stripe, &s->arena, made.id, &found), STATUS_OK);
    assert_int_equal(found.count, 61);
    const struct provider_refund *refunds = found.data;
    for (size_t n = 0; n < 60; n++) {
        assert_memory_equal(refunds[n].refund.bytes, number((uint8_t)(69 - n)).bytes,
                            sizeof refunds[n].refund);
        assert_int_equal(refunds[n].amount, 1);
    }
    assert_int_equal(refunds[60].amount, 1000);
    port_close(&p);
}

static void a_cancelled_intent_is_never_charged(void **state) {
    (void)state;
    struct port p;
    struct intent made, i;
    port_open(&p, NULL);
    assert_int_equal(create(&p.shop, 1, 500, &made), STATUS_OK);
    for (int n = 0; n < 2; n++) {
        assert_int_equal(cancel(&p.shop, made.id, &i), STATUS_OK);
        assert_int_equal(i.status, INTENT_CANCELED);
    }
    assert_int_equal(confirm(&p.shop, 1, made.id, "pm_card_visa", 1, &i), STATUS_PAYMENT_REFUSED);
    assert_int_equal(i.status, INTENT_CANCELED);
    assert_int_equal(create(&p.shop, 2, 0, &i), STATUS_PAYMENT_REFUSED);
    assert_text(i.failure_code, "parameter_invalid_integer");
    assert_int_equal(retrieve(&p.shop, STR("pi_nobody"), &i), STATUS_PAYMENT_REFUSED);
    assert_int_equal(retrieve(&p.shop, STR("pi_1/../x?"), &i), STATUS_PAYMENT_REFUSED);
    port_close(&p);
}

/* A fault that happens a few times is retried, and there is still one intent, one charge, one refund. */
static void a_passing_fault_is_retried_unnoticed(void **state) {
    (void)state;
    static const char *const rows[] = {"lost-reply=3",
                                       "conflict=3",
                                       "rate-limit=3",
                                       "error=3",
                                       "create.lost-reply=2,confirm.lost-reply=2,refund.lost-reply=2",
                                       "conflict=1,rate-limit=1,error=1,lost-reply=1"};
    for (size_t n = 0; n < COUNT(rows); n++) {
        struct port p;
        struct intent made, i;
        port_open(&p, rows[n]);
        assert_number_of(rows[n], create(&p.shop, 1, 500, &made), STATUS_OK);
        assert_number_of(rows[n], confirm(&p.shop, 1, made.id, "pm_card_visa", 1, &i), STATUS_OK);
        assert_number_of(rows[n], i.received, 500);
        assert_number_of(rows[n], refund(&p.shop, 1, made.id, 300), STATUS_OK);
        CHECK_REFUNDS(&p.shop, made.id, 300);
        port_close(&p);
    }
}

static void a_lasting_fault_is_unavailable(void **state) {
    (void)state;
    struct port p;
    struct intent made, i;
    port_open(&p, "confirm.error=6,create.conflict=6");
    assert_int_equal(create(&p.shop, 1, 500, &i), STATUS_PROVIDER_UNAVAILABLE);
    assert_int_equal(create(&p.shop, 1, 500, &made), STATUS_OK);
    assert_int_equal(confirm(&p.shop, 1, made.id, "pm_card_visa", 1, &i), STATUS_PROVIDER_UNAVAILABLE);
    assert_int_equal(confirm(&p.shop, 1, made.id, "pm_card_visa", 1, &i), STATUS_OK);
    assert_int_equal(i.status, INTENT_SUCCEEDED);
    port_close(&p);
}

/* An attempt whose method has changed: its key was used, and the intent as it is now is reported. */
static void a_key_used_for_another_request_reports_the_intent_as_it_is(void **state) {
    (void)state;
    struct port p;
    struct intent made, i;
    port_open(&p, NULL);
    assert_int_equal(create(&p.shop, 1, 500, &made), STATUS_OK);
    assert_int_equal(confirm(&p.shop, 1, made.id, "pm_card_visa", 1, &i), STATUS_OK);
    assert_int_equal(confirm(&p.shop, 1, made.id, "pm_card_chargeDeclined", 1, &i), STATUS_OK);
    assert_int_equal(i.status, INTENT_SUCCEEDED);
    assert_int_equal(create(&p.shop, 1, 501, &i), STATUS_PROVIDER_UNAVAILABLE);
    port_close(&p);
}

enum { payers = 6, payments_each = 10 };

struct payer {
    pthread_t thread;
    struct shop shop;
    uint8_t first;
};

static void *pay(void *context) {
    struct payer *payer = context;
    arena_init(&payer->shop.arena, test_arena_bytes_max);
    for (uint8_t n = 0; n < payments_each; n++) {
        struct intent i;
        uint8_t payment = (uint8_t)(payer->first + n);
        assert_int_equal(create(&payer->shop, payment, 500, &i), STATUS_OK);
        assert_int_equal(confirm(&payer->shop, payment, i.id, "pm_card_visa", 1, &i), STATUS_OK);
        assert_int_equal(i.received, 500);
    }
    arena_free(&payer->shop.arena);
    return NULL;
}

static void many_threads_call_at_once(void **state) {
    (void)state;
    struct port p;
    struct payer all[payers];
    port_open(&p, "lost-reply=4,conflict=4");
    for (uint8_t n = 0; n < payers; n++) {
        all[n] = (struct payer){.shop = {.stripe = p.shop.stripe}, .first = (uint8_t)(n * payments_each)};
        assert_int_equal(pthread_create(&all[n].thread, NULL, pay, &all[n]), 0);
    }
    for (size_t n = 0; n < payers; n++)
        pthread_join(all[n].thread, NULL);
    port_close(&p);
}

/* ---- a hostile server ---- */

#define OK_HEAD "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Type: application/json\r\n\r\n"
#define SOME_INTENT                                                                                          \
    "{\"id\":\"pi_1\",\"object\":\"payment_intent\",\"amount\":500,\"currency\":\"usd\","                    \
    "\"amount_received\":500,\"status\":\"succeeded\"}"

static void an_answer_that_is_not_stripes_concludes_nothing(void **state) {
    (void)state;
    static const char *const rows[] = {
        OK_HEAD,
        OK_HEAD "garbage",
        OK_HEAD "null",
        OK_HEAD "[" SOME_INTENT "]",
        OK_HEAD "{\"object\":\"payment_intent\"}",
        OK_HEAD "{\"id\":7,\"object\":\"payment_intent\",\"amount\":\"500\",\"currency\":[],\"status\":{}}",
        OK_HEAD
        "{\"id\":\"pi_1\",\"object\":\"payment_intent\",\"amount\":500,\"currency\":\"usd\","
        "\"amount_received\":-500,\"status\":\"succeeded\"}",
        OK_HEAD SOME_INTENT SOME_INTENT,
        "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n{\"error\":\"no object\"}",
        "HTTP/1.1 404 Not Found\r\nConnection: close\r\n\r\n<html>not here</html>",
        "HTTP/1.1 401 Unauthorized\r\nConnection: close\r\n\r\n"
        "{\"error\":{\"type\":\"invalid_request_error\",\"message\":\"Invalid API Key\"}}",
        "HTTP/1.1 500 Oops\r\nStripe-Should-Retry: false\r\nConnection: close\r\n\r\n" SOME_INTENT,
        "HTTP/1.1 429 Slow\r\nRetry-After: 86400\r\nConnection: close\r\n\r\n",
        "HTTP/1.1 099 What\r\nStripe-Should-Retry: false\r\n\r\n",
    };
    for (size_t n = 0; n < COUNT(rows); n++) {
        struct fake_server server = {.answer = str_from(rows[n])};
        struct shop s;
        struct intent i;
        fake_server_start(&server);
        open_stripe(&s, server.url);
        assert_number_of(rows[n], confirm(&s, 1, STR("pi_1"), "pm_card_visa", 1, &i),
                         STATUS_PROVIDER_UNAVAILABLE);
        close_stripe(&s);
        fake_server_stop(&server);
    }
}

static void a_broken_answer_is_retried_and_then_reported(void **state) {
    (void)state;
    static const struct {
        const char *what, *answer;
        bool stays, resets;
    } rows[] = {
        {"hangs up", NULL, false, false},
        {"resets", NULL, false, true},
        {"says nothing", NULL, true, false},
        {"stops in the head", "HTTP/1.1 200 OK\r\nConten", true, false},
        {"stops in the body", "HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n{\"id\":", false, false},
        {"is no HTTP", "SSH-2.0-OpenSSH_9.2\r\n", false, false},
        {"stops in a chunk", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffff\r\n{}", false, false},
    };
    for (size_t n = 0; n < COUNT(rows); n++) {
        struct fake_server server = {
            .answer = str_from(rows[n].answer), .stays = rows[n].stays, .resets = rows[n].resets};
        struct shop s;
        struct intent i;
        char error[stripe_error_size];
        struct stripe_options options = {
            .key = STR("sk_test_unit"), .random = &random_system, .try_ms = 30, .wait_ms = 1};
        fake_server_start(&server);
        options.url = server.url;
        arena_init(&s.arena, test_arena_bytes_max);
        assert_int_equal(stripe_open(&options, &s.stripe, error), STATUS_OK);
        assert_number_of(rows[n].what, create(&s, 1, 500, &i), STATUS_PROVIDER_UNAVAILABLE);
        assert_in_range(server.connections, stripe_tries_max, 2 * stripe_tries_max);
        close_stripe(&s);
        fake_server_stop(&server);
    }
}

static void an_endless_answer_is_cut_off(void **state) {
    (void)state;
    static char endless[sizeof OK_HEAD + http_reply_bytes_max + 1];
    size_t head = sizeof OK_HEAD - 1;
    memset(endless, ' ', sizeof endless);
    memcpy(endless, OK_HEAD, head);
    struct fake_server server = {.answer = {endless, sizeof endless}};
    struct shop s;
    struct intent i;
    fake_server_start(&server);
    open_stripe(&s, server.url);
    assert_int_equal(retrieve(&s, STR("pi_1"), &i), STATUS_PROVIDER_UNAVAILABLE);
    close_stripe(&s);
    fake_server_stop(&server);
}

static void a_call_carries_the_headers_that_stripe_expects(void **state) {
    (void)state;
    struct fake_server server = {.answer = STR(OK_HEAD SOME_INTENT)};
    struct shop s;
    struct intent i;
    fake_server_start(&server);
    open_stripe(&s, server.url);
    assert_int_equal(create(&s, 1, 500, &i), STATUS_OK);
    struct str asked = fake_server_request(&server);
    assert_has(asked, "POST /v1/payment_intents HTTP/1.1\r\n");
    assert_has(asked, "Authorization: Bearer sk_test_unit\r\n");
    assert_has(asked, "Stripe-Version: " STRIPE_VERSION "\r\n");
    assert_has(asked, "Idempotency-Key: till-01020000-0000-0000-0000-000000000000-create\r\n");
    assert_has(asked,
               "\r\n\r\namount=500&currency=usd&automatic_payment_methods%5Benabled%5D=true&"
               "automatic_payment_methods%5Ballow_redirects%5D=never&"
               "metadata%5Btill_payment%5D=01020000-0000-0000-0000-000000000000&"
               "metadata%5Btill_order%5D=c8020000-0000-0000-0000-000000000000&"
               "expand%5B%5D=latest_charge");
    assert_has_not(asked, "latest_charge&"); /* and nothing about a shopper of whom nothing is known */
    assert_int_equal(confirm(&s, 1, STR("pi_1"), "pm&x=y", 7, &i), STATUS_OK);
    asked = fake_server_request(&server);
    assert_has(asked, "POST /v1/payment_intents/pi_1/confirm HTTP/1.1\r\n");
    assert_has(asked, "-confirm-7\r\n");
    assert_has(asked, "payment_method=pm%26x%3Dy&");
    assert_int_equal(confirm(&s, 1, STR("pi_1"), NULL, 8, &i), STATUS_OK);
    assert_has(fake_server_request(&server),
               "GET /v1/payment_intents/pi_1?expand[]=latest_charge HTTP/1.1\r\n");
    close_stripe(&s);
    fake_server_stop(&server);
}

static const struct intent_contact ann = {{
    [CONTACT_RECEIPT_EMAIL] = {"ann+1@example.com", 17},
    [CONTACT_NAME] = {"Ann & \xC3\xA9", 8},
    [CONTACT_LINE1] = {"1=2", 3},
    [CONTACT_LINE2] = {"", 0},
    [CONTACT_COUNTRY] = {"GB", 2},
}};
#define ANN_SENT                                                                                             \
    "&receipt_email=ann%2B1%40example.com&shipping%5Bname%5D=Ann%20%26%20%C3%A9"                             \
    "&shipping%5Baddress%5D%5Bline1%5D=1%3D2&shipping%5Baddress%5D%5Bcountry%5D=GB"

static void a_creation_tells_stripe_of_the_shopper(void **state) {
    (void)state;
    struct fake_server server = {.answer = STR(OK_HEAD SOME_INTENT)};
    struct shop s;
    struct intent i;
    fake_server_start(&server);
    open_stripe(&s, server.url);
    assert_int_equal(create_for(&s, 1, 500, &ann, &i), STATUS_OK);
    struct str asked = fake_server_request(&server);
    assert_has(asked, "-create\r\n");
    assert_has(asked, "expand%5B%5D=latest_charge" ANN_SENT);
    assert_has_not(asked, "line2");
    close_stripe(&s);
    fake_server_stop(&server);
}

#define REFUSED_FOR(members)                                                                                 \
    "HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n"                                                  \
    "{\"error\":{\"type\":\"invalid_request_error\"," members "}}"

/* Stripe knows fewer addresses than parcels reach. The order is paid without telling it. */
static void a_shopper_whom_stripe_refuses_to_know_can_pay(void **state) {
    (void)state;
    static const struct {
        const char *refusal;
        enum status want;
        int calls;
    } rows[] = {
        {REFUSED_FOR("\"code\":\"email_invalid\",\"param\":\"receipt_email\""), STATUS_OK, 2},
        {REFUSED_FOR("\"code\":\"email_invalid\""), STATUS_OK, 2},
        {REFUSED_FOR("\"param\":\"shipping[address][country]\""), STATUS_OK, 2},
        {REFUSED_FOR("\"param\":\"amount\""), STATUS_PAYMENT_REFUSED, 1},
    };
    for (size_t n = 0; n < COUNT(rows); n++) {
        struct fake_server server = {.first = str_from(rows[n].refusal), .answer = STR(OK_HEAD SOME_INTENT)};
        struct shop s;
        struct intent i;
        fake_server_start(&server);
        open_stripe(&s, server.url);
        assert_number_of(rows[n].refusal, create_for(&s, 1, 500, &ann, &i), rows[n].want);
        assert_number_of(rows[n].refusal, server.connections, rows[n].calls);
        struct str asked = fake_server_request(&server);
        assert_number_of(rows[n].refusal, text_has(asked, ANN_SENT), rows[n].calls == 1);
        assert_number_of(rows[n].refusal, text_has(asked, "-create-no-contact\r\n"), rows[n].calls == 2);
        close_stripe(&s);
        fake_server_stop(&server);
    }
}

static void a_url_that_cannot_be_called_is_reported_at_once(void **state) {
    (void)state;
    static const struct {
        const char *key, *url, *want;
    } rows[] = {
        {NULL, NULL, "TILL_STRIPE_KEY"},
        {"", NULL, "TILL_STRIPE_KEY"},
        {"pk_test_1", NULL, "TILL_STRIPE_KEY"},
        {"sk_test_1\r\nX: y", NULL, "TILL_STRIPE_KEY"},
        {"sk_test_1", "http://stripe.example", "https://"},
        {"sk_test_1", "http://127.0.0.1.example", "https://"},
        {"sk_test_1", "ftp://127.0.0.1", "https://"},
        {"sk_test_1", "https://user:word@stripe.example", "https://"},
        {"sk_test_1", "https://stripe.example/?a=b", "https://"},
        {"sk_test_1", "stripe.example:80:80", "https://"},
        {"sk_test_1", "", "https://"},
    };
    for (size_t n = 0; n < COUNT(rows); n++) {
        char error[stripe_error_size] = "";
        struct provider *p;
        struct stripe_options options = {
            .key = str_from(rows[n].key), .url = rows[n].url, .random = &random_system};
        assert_number_of(rows[n].url, stripe_open(&options, &p, error), STATUS_USAGE);
        assert_has(str_from(error), rows[n].want);
        assert_null(strstr(error, "sk_test_1"));
    }
}

/* ---- TLS ---- */

/* A server with TLS, by openssl's command: it serves the files of a folder, each a whole answer. */
struct tls_server {
    FILE *output;
    pid_t pid;
    char url[64];
};

static void run_in(const char *folder, const char *command) {
    char line[2048];
    snprintf(line, sizeof line, "cd %s && { %s; } >/dev/null 2>&1", folder, command);
    assert_int_equal(system(line), 0);
}

/* `name` is the certificate's; the folder gets it as cert.pem. */
static void tls_start(struct tls_server *s, const char *folder, const char *name) {
    char line[1024];
    int port = 0;
    snprintf(line, sizeof line,
             "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout key.pem "
             "-out cert.pem -days 1 -subj /CN=till -addext subjectAltName=%s",
             name);
    run_in(folder, line);
    int pipe_ends[2];
    assert_int_equal(pipe(pipe_ends), 0);
    s->pid = fork();
    if (s->pid == 0) {
        dup2(pipe_ends[1], STDOUT_FILENO);
        close(pipe_ends[0]);
        if (chdir(folder) == 0)
            execlp("openssl", "openssl", "s_server", "-accept", "127.0.0.1:0", "-cert", "cert.pem", "-key",
                   "key.pem", "-HTTP", "-naccept", "100", (char *)NULL);
        _exit(1);
    }
    close(pipe_ends[1]);
    s->output = fdopen(pipe_ends[0], "r");
    assert_non_null(s->output);
    while (!port && fgets(line, sizeof line, s->output))
        sscanf(line, "ACCEPT 127.0.0.1:%d", &port);
    assert_int_not_equal(port, 0);
    snprintf(s->url, sizeof s->url, "https://127.0.0.1:%d", port);
}

static void tls_stop(struct tls_server *s) {
    kill(s->pid, SIGKILL);
    waitpid(s->pid, NULL, 0);
    fclose(s->output);
}

static void only_a_verified_certificate_is_trusted(void **state) {
    static const struct {
        const char *name;
        bool trusted;
        enum status want;
    } rows[] = {
        {"IP:127.0.0.1", true, STATUS_OK},
        {"IP:127.0.0.1", false, STATUS_PROVIDER_UNAVAILABLE},      /* no authority has signed it */
        {"DNS:api.stripe.com", true, STATUS_PROVIDER_UNAVAILABLE}, /* another host's */
    };
    struct folder *folder = *state;
    char certificate[300];
    snprintf(certificate, sizeof certificate, "%s/cert.pem", folder->path);
    run_in(folder->path, "mkdir -p v1/payment_intents");
    write_file(file_in(folder, "v1/payment_intents/pi_1?expand[]=latest_charge"), OK_HEAD SOME_INTENT);
    for (size_t n = 0; n < COUNT(rows); n++) {
        struct tls_server server;
        struct shop s;
        struct intent i;
        char error[stripe_error_size];
        tls_start(&server, folder->path, rows[n].name);
        struct stripe_options options = {.key = STR("sk_test_unit"),
                                         .url = server.url,
                                         .ca_file = rows[n].trusted ? certificate : NULL,
                                         .random = &random_system,
                                         .wait_ms = 1};
        arena_init(&s.arena, test_arena_bytes_max);
        assert_int_equal(stripe_open(&options, &s.stripe, error), STATUS_OK);
        assert_number_of(rows[n].name, retrieve(&s, STR("pi_1"), &i), rows[n].want);
        close_stripe(&s);
        tls_stop(&server);
    }
    run_in(folder->path, "rm -r v1");
}

/* ---- the mock's webhooks ---- */

#define TAKEN "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
#define NOT_TAKEN "HTTP/1.1 503 Busy\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"

static struct provider *open_mock(const char *url, const char *faults) {
    char error[mock_error_size];
    struct provider *mock;
    struct mock_options options = {.clock = &clock_system,
                                   .random = &random_system,
                                   .faults = faults,
                                   .webhook_url = url,
                                   .webhook_secret = STR("whsec_unit")};
    assert_int_equal(mock_open(&options, &mock, error), STATUS_OK);
    return mock;
}

static void wait_for_connections(const struct fake_server *s, int count) {
    for (int ms = 0; s->connections < count; ms++) {
        assert_in_range(ms, 0, 60000);
        usleep(1000);
    }
}

/* Finds the text between `before` and the line's end. */
static struct str part_of(struct str text, const char *before) {
    const char *at = memmem(text.data, text.size, before, strlen(before));
    assert_non_null(at);
    at += strlen(before);
    struct str rest = {at, text.size - (size_t)(at - text.data)};
    return (struct str){at, str_find(rest, '\r')};
}

static void an_event_is_signed_so_that_event_read_accepts_it(void **state) {
    (void)state;
    struct fake_server server = {.answer = STR(TAKEN)};
    struct payment_event e;
    struct shop s;
    struct intent made;
    fake_server_start(&server);
    s.stripe = open_mock(server.url, NULL);
    arena_init(&s.arena, test_arena_bytes_max);
    assert_int_equal(create(&s, 1, 500, &made), STATUS_OK);
    wait_for_connections(&server, 1);
    struct str asked = fake_server_request(&server), signature = part_of(asked, "Stripe-Signature: ");
    const char *end = strstr(asked.data, "\r\n\r\n");
    assert_non_null(end);
    struct str body = str_from(end + 4);
    int64_t now_us = clock_now_us(&clock_system);
    assert_int_equal(s.stripe->calls->event(s.stripe, &s.arena, signature, body, now_us, &e), STATUS_OK);
    assert_text(e.type, "payment_intent.created");
    assert_true(e.about_intent);
    assert_str(e.intent.id, made.id);
    assert_int_equal(e.intent.amount, 500);
    assert_memory_equal(e.intent.payment.bytes, number(1).bytes, sizeof e.intent.payment);
    body.size--;
    assert_int_equal(s.stripe->calls->event(s.stripe, &s.arena, signature, body, now_us, &e),
                     STATUS_BAD_SIGNATURE);
    close_stripe(&s);
    fake_server_stop(&server);
}

static void an_event_that_was_not_taken_is_sent_again(void **state) {
    (void)state;
    struct fake_server server = {.answer = STR(NOT_TAKEN)};
    struct shop s;
    struct intent made;
    fake_server_start(&server);
    s.stripe = open_mock(server.url, NULL);
    arena_init(&s.arena, test_arena_bytes_max);
    assert_int_equal(create(&s, 1, 500, &made), STATUS_OK);
    wait_for_connections(&server, 3);
    close_stripe(&s); /* drops the waiting events */
    fake_server_stop(&server);
}

static void an_event_comes_twice_or_out_of_order(void **state) {
    (void)state;
    struct fake_server server = {.answer = STR(TAKEN)};
    struct shop s;
    struct intent made;
    fake_server_start(&server);
    s.stripe = open_mock(server.url, "webhook=duplicate,webhook=reorder");
    arena_init(&s.arena, test_arena_bytes_max);
    assert_int_equal(create(&s, 1, 500, &made), STATUS_OK);
    assert_int_equal(confirm(&s, 1, made.id, NULL, 1, &made), STATUS_OK);
    wait_for_connections(&server, 4);
    assert_has(fake_server_request(&server), "payment_intent.created"); /* it was the first to happen */
    close_stripe(&s);
    fake_server_stop(&server);
}

int main(void) {
    signal(SIGPIPE, SIG_IGN);
    log_open(LOG_NONE);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_intent_lives_its_life_over_http),
        cmocka_unit_test(a_cancelled_intent_is_never_charged),
        cmocka_unit_test(a_passing_fault_is_retried_unnoticed),
        cmocka_unit_test(a_lasting_fault_is_unavailable),
        cmocka_unit_test(a_key_used_for_another_request_reports_the_intent_as_it_is),
        cmocka_unit_test(many_threads_call_at_once),
        cmocka_unit_test(an_answer_that_is_not_stripes_concludes_nothing),
        cmocka_unit_test(a_broken_answer_is_retried_and_then_reported),
        cmocka_unit_test(an_endless_answer_is_cut_off),
        cmocka_unit_test(a_call_carries_the_headers_that_stripe_expects),
        cmocka_unit_test(a_creation_tells_stripe_of_the_shopper),
        cmocka_unit_test(a_shopper_whom_stripe_refuses_to_know_can_pay),
        cmocka_unit_test(a_url_that_cannot_be_called_is_reported_at_once),
        WITH_FOLDER(only_a_verified_certificate_is_trusted),
        cmocka_unit_test(an_event_is_signed_so_that_event_read_accepts_it),
        cmocka_unit_test(an_event_that_was_not_taken_is_sent_again),
        cmocka_unit_test(an_event_comes_twice_or_out_of_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
