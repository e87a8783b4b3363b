/* hooks: when a webhook is tried again, which URLs are taken, and a try as the receiver and the outbox see it. */
#include "fake_server.h"
#include "test.h"
#include "world.h"

#include "hooks/schedule.h"
#include "hooks/webhook_call.h"

static int64_t wait_by(const struct schedule *schedule, int64_t tries, int64_t retry_after_ms,
                       uint32_t jitter) {
    int64_t wait = -1000000;
    bool is_there = schedule_wait(schedule, tries, retry_after_ms, jitter, &wait);
    assert_int_equal(is_there, wait >= 0);
    return wait / 1000000;
}

static int64_t wait_s(int64_t tries, int64_t retry_after_ms, uint32_t jitter) {
    return wait_by(&webhook_schedule, tries, retry_after_ms, jitter);
}

static void eight_tries_of_a_mail_take_two_days(void **state) {
    (void)state;
    static const int64_t seconds[] = {60, 300, 1800, 7200, 21600, 43200, 86400};
    for (size_t i = 0; i < COUNT(seconds); i++)
        assert_int_equal(wait_by(&mail_schedule, (int64_t)i + 1, -1, 1000), seconds[i]);
    assert_int_equal(wait_by(&mail_schedule, (int64_t)COUNT(seconds) + 1, -1, 1000), -1);
}

static void ten_tries_take_three_days(void **state) {
    (void)state;
    static const int64_t seconds[] = {5, 300, 1800, 7200, 18000, 36000, 50400, 72000, 86400};
    for (size_t i = 0; i < COUNT(seconds); i++) {
        int64_t tries = (int64_t)i + 1;
        assert_int_equal(wait_s(tries, -1, 1000), seconds[i]);
        assert_true(wait_s(tries, -1, 0) >= seconds[i] * 9 / 10);
        assert_true(wait_s(tries, -1, 0) < seconds[i]);
        assert_true(wait_s(tries, -1, 2000) <= seconds[i] * 11 / 10);
    }
    assert_int_equal(wait_s(webhook_schedule.tries, -1, 1000), -1);
    assert_int_equal(wait_s(0, -1, 1000), -1);
}

static void a_longer_wait_that_the_receiver_asks_for_is_heeded_up_to_a_day(void **state) {
    (void)state;
    assert_int_equal(wait_s(1, 0, 1000), 5);
    assert_int_equal(wait_s(1, 3600 * 1000, 1000), 3600);
    assert_int_equal(wait_s(1, INT64_C(999999) * 1000, 1000), 86400);
    assert_int_equal(wait_s(9, 5000, 1000), 86400);
}

static void a_url_is_https_with_a_host_and_nothing_to_hide(void **state) {
    (void)state;
    static const struct {
        const char *url;
        bool allowed, allowed_if_insecure;
    } rows[] = {
        {"https://example.com", true, true},
        {"https://example.com:8443/a/b?token=c", true, true},
        {"https://[2606:4700::1111]/", true, true},
        {"http://example.com/", false, true},
        {"http://127.0.0.1:9/", false, true},
        {"https://user:password@example.com/", false, false},
        {"https://user@example.com/", false, false},
        {"https://example.com/#part", false, false},
        {"ftp://example.com/", false, false},
        {"file:///etc/passwd", false, false},
        {"https:///", false, false},
        {"https:/example.com/", false, false},
        {"http:/127.0.0.1:9/", false, false},
        {"example.com", false, false},
        {"", false, false},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        assert_number_of(rows[i].url, webhook_url_is_allowed(str_from(rows[i].url), false), rows[i].allowed);
        assert_number_of(rows[i].url, webhook_url_is_allowed(str_from(rows[i].url), true),
                         rows[i].allowed_if_insecure);
    }
    char many[webhook_url_max + 2] = "https://example.com/";
    memset(many + strlen(many), 'a', sizeof many - strlen(many));
    assert_true(webhook_url_is_allowed((struct str){many, webhook_url_max}, false));
    assert_false(webhook_url_is_allowed((struct str){many, webhook_url_max + 1}, false));
    assert_false(webhook_url_is_allowed(STR("https://example.com/\0hidden"), false));
}

static void a_secret_is_written_as_the_libraries_take_it(void **state) {
    (void)state;
    char bytes[webhook_secret_size], text[webhook_secret_text_size];
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (char)i;
    webhook_secret_format((struct str){bytes, sizeof bytes}, text);
    assert_text(((struct str){text, sizeof text}), "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=");
}

static struct webhook_call call_of(const struct fake_server *receiver) {
    static const char secrets[2][webhook_secret_size] = {{1}, {2}};
    return (struct webhook_call){.url = str_from(receiver->url),
                                 .event = {.bytes = {7}},
                                 .at_us = INT64_C(1764369000000000),
                                 .body = STR("{\"type\":\"order.paid\"}"),
                                 .secret = {secrets[0], webhook_secret_size},
                                 .secret_before = {secrets[1], webhook_secret_size},
                                 .insecure = true};
}

static void a_try_brings_the_answer_or_says_that_it_lacked_memory(void **state) {
    (void)state;
    enum { bytes_max = 16 * 1024, step = 24 };
    struct fake_server receiver = {
        .answer =
            STR("HTTP/1.1 201 Created\r\nContent-Length: 9\r\nConnection: close\r\n\r\ntaken\n\x01\xc3\xa9")};
    fake_server_start(&receiver);
    struct webhook_call call = call_of(&receiver);
    struct webhook_result result;
    int refused = 0, taken = 0;
    for (size_t bytes = 0; bytes < bytes_max; bytes += step) {
        struct arena arena;
        arena_init(&arena, bytes);
        enum status s = webhook_call_run(&arena, &call, &result);
        if (s == STATUS_OK) {
            assert_int_equal(result.http_status, 201);
            assert_text(result.body, "taken\n???");
            taken++;
        } else {
            assert_int_equal(s, STATUS_NO_MEMORY);
            assert_int_equal(taken, 0);
            refused++;
        }
        arena_free(&arena);
    }
    assert_true(refused > 0 && taken > 0);
    assert_has(fake_server_request(&receiver), "webhook-id: 07000000-0000-0000-0000-000000000000\r\n");
    assert_has(fake_server_request(&receiver), "webhook-timestamp: 1764369000\r\n");
    fake_server_stop(&receiver);
}

static void a_url_that_may_not_be_called_any_more_is_no_answer(void **state) {
    (void)state;
    struct fake_server receiver = {.answer = {0}};
    fake_server_start(&receiver);
    struct webhook_call call = call_of(&receiver);
    struct webhook_result result;
    struct arena arena;
    arena_init(&arena, 64 * 1024);
    call.insecure = false; /* as after a restart without --webhook-insecure */
    assert_int_equal(webhook_call_run(&arena, &call, &result), STATUS_OK);
    assert_int_equal(result.http_status, 0);
    assert_non_null(result.problem);
    assert_int_equal(receiver.connections, 0);
    fake_server_stop(&receiver);
    arena_free(&arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(eight_tries_of_a_mail_take_two_days),
        cmocka_unit_test(ten_tries_take_three_days),
        cmocka_unit_test(a_longer_wait_that_the_receiver_asks_for_is_heeded_up_to_a_day),
        cmocka_unit_test(a_url_is_https_with_a_host_and_nothing_to_hide),
        cmocka_unit_test(a_secret_is_written_as_the_libraries_take_it),
        cmocka_unit_test(a_try_brings_the_answer_or_says_that_it_lacked_memory),
        cmocka_unit_test(a_url_that_may_not_be_called_any_more_is_no_answer),
    };
    return cmocka_run_group_tests_name("hooks", tests, NULL, NULL);
}
