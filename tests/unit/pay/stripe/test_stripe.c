/* pay/stripe: against the mock's Stripe-shaped port over real HTTP. */
#include "stripe_shop.h"

#include "api/mock_stripe/mock_stripe.h"
#include "base/log.h"
#include "http/server.h"
#include "pay/mock/mock.h"

#include <pthread.h>
#include <signal.h>

enum { loops = 1, connections = 4 };

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
    close_shop(&p->shop);
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
    assert_int_equal(s->p->calls->refunds(s->p, &s->arena, made.id, &found), STATUS_OK);
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
        all[n] = (struct payer){.shop = {.p = p.shop.p}, .first = (uint8_t)(n * payments_each)};
        assert_int_equal(pthread_create(&all[n].thread, NULL, pay, &all[n]), 0);
    }
    for (size_t n = 0; n < payers; n++)
        pthread_join(all[n].thread, NULL);
    port_close(&p);
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
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
