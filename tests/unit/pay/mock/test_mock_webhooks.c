/* pay/mock: the webhooks that it sends. */
#include "fake_server.h"
#include "provider_shop.h"

#include "base/log.h"
#include "pay/mock/mock.h"

#include <signal.h>

#define TAKEN "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
#define NOT_TAKEN "HTTP/1.1 503 Busy\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"

/* Starts the server, and a mock that sends its webhooks there; makes an intent of 500, which is their first event. */
static void open_shop(struct shop *s, struct fake_server *server, const char *faults, struct intent *out) {
    char error[mock_error_size];
    fake_server_start(server);
    struct mock_options options = {.clock = &clock_system,
                                   .random = &random_system,
                                   .faults = faults,
                                   .webhook_url = server->url,
                                   .webhook_secret = STR("whsec_unit")};
    assert_int_equal(mock_open(&options, &s->p, error), STATUS_OK);
    arena_init(&s->arena, test_arena_bytes_max);
    assert_int_equal(create(s, 1, 500, out), STATUS_OK);
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
    open_shop(&s, &server, NULL, &made);
    wait_for_connections(&server, 1);
    struct str asked = fake_server_request(&server), signature = part_of(asked, "Stripe-Signature: ");
    const char *end = strstr(asked.data, "\r\n\r\n");
    assert_non_null(end);
    struct str body = str_from(end + 4);
    int64_t now_us = clock_now_us(&clock_system);
    assert_int_equal(s.p->calls->event(s.p, &s.arena, signature, body, now_us, &e), STATUS_OK);
    assert_text(e.type, "payment_intent.created");
    assert_true(e.about_intent);
    assert_str(e.intent.id, made.id);
    assert_int_equal(e.intent.amount, 500);
    assert_memory_equal(e.intent.payment.bytes, number(1).bytes, sizeof e.intent.payment);
    body.size--;
    assert_int_equal(s.p->calls->event(s.p, &s.arena, signature, body, now_us, &e), STATUS_BAD_SIGNATURE);
    close_shop(&s);
    fake_server_stop(&server);
}

static void an_event_that_was_not_taken_is_sent_again(void **state) {
    (void)state;
    struct fake_server server = {.answer = STR(NOT_TAKEN)};
    struct shop s;
    struct intent made;
    open_shop(&s, &server, NULL, &made);
    wait_for_connections(&server, 3);
    close_shop(&s); /* drops the waiting events */
    fake_server_stop(&server);
}

static void an_event_comes_twice_or_out_of_order(void **state) {
    (void)state;
    struct fake_server server = {.answer = STR(TAKEN)};
    struct shop s;
    struct intent made;
    open_shop(&s, &server, "webhook=duplicate,webhook=reorder", &made);
    assert_int_equal(confirm(&s, 1, made.id, NULL, 1, &made), STATUS_OK);
    wait_for_connections(&server, 4);
    assert_has(fake_server_request(&server), "payment_intent.created"); /* it was the first to happen */
    close_shop(&s);
    fake_server_stop(&server);
}

int main(void) {
    signal(SIGPIPE, SIG_IGN);
    log_open(LOG_NONE);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_event_is_signed_so_that_event_read_accepts_it),
        cmocka_unit_test(an_event_that_was_not_taken_is_sent_again),
        cmocka_unit_test(an_event_comes_twice_or_out_of_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
