/* Pauses of background threads: how long they are, and what ends them early. */
#include "test.h"

#include "base/clock.h"
#include "base/thread/waiter.h"

#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum { hour_s = 3600, hour_ms = hour_s * 1000, short_ms = 20 };

static _Atomic int64_t set_by_s; /* how far the machine's clock was set forward */

/* Replaces the C library's function, on a machine whose clock was set. */
int clock_gettime(clockid_t id, struct timespec *out) {
    long failed = syscall(SYS_clock_gettime, id, out);
    if (id == CLOCK_REALTIME)
        out->tv_sec += set_by_s;
    return (int)failed;
}

/* Returns how long a sleep of `ms` took. */
static int64_t slept_ms(struct waiter *waiter, int64_t ms) {
    int64_t begun_us = monotonic_us();
    assert_true(waiter_sleep(waiter, ms));
    return (monotonic_us() - begun_us) / 1000;
}

static void a_sleep_is_as_long_as_it_should_be(void **state) {
    (void)state;
    struct waiter waiter;
    waiter_init(&waiter);
    assert_in_range(slept_ms(&waiter, short_ms), short_ms, hour_ms);
    assert_in_range(slept_ms(&waiter, 1990), 1990, hour_ms);
    assert_in_range(slept_ms(&waiter, 0), 0, 1000);
    waiter_free(&waiter);
}

static void a_sleep_is_no_shorter_if_the_clock_was_set_back(void **state) {
    (void)state;
    struct waiter waiter;
    set_by_s = -hour_s;
    waiter_init(&waiter);
    assert_in_range(slept_ms(&waiter, short_ms), short_ms, hour_ms);
    set_by_s = 0;
    waiter_free(&waiter);
}

static void *wake_in_a_thread(void *waiter) {
    waiter_wake(waiter);
    return NULL;
}

static void *stop_in_a_thread(void *waiter) {
    waiter_stop(waiter);
    return NULL;
}

/* A wake-up before the sleep counts too: the thread may have found nothing to do just before there was something. */
static void a_wake_up_ends_the_current_or_the_next_sleep(void **state) {
    (void)state;
    struct waiter waiter;
    pthread_t thread;
    waiter_init(&waiter);
    assert_int_equal(pthread_create(&thread, NULL, wake_in_a_thread, &waiter), 0);
    assert_in_range(slept_ms(&waiter, hour_ms), 0, hour_ms / 2);
    pthread_join(thread, NULL);
    waiter_wake(&waiter);
    assert_in_range(slept_ms(&waiter, hour_ms), 0, hour_ms / 2);
    assert_in_range(slept_ms(&waiter, short_ms), short_ms, hour_ms); /* a wake-up ends one sleep */
    waiter_free(&waiter);
}

static void a_thread_that_is_to_stop_never_sleeps_again(void **state) {
    (void)state;
    struct waiter waiter;
    pthread_t thread;
    waiter_init(&waiter);
    assert_false(waiter_is_stopping(&waiter));
    assert_int_equal(pthread_create(&thread, NULL, stop_in_a_thread, &waiter), 0);
    assert_false(waiter_sleep(&waiter, hour_ms));
    pthread_join(thread, NULL);
    for (int i = 0; i < 3; i++)
        assert_false(waiter_sleep(&waiter, i ? hour_ms : 0));
    assert_true(waiter_is_stopping(&waiter));
    waiter_free(&waiter);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_sleep_is_as_long_as_it_should_be),
        cmocka_unit_test(a_sleep_is_no_shorter_if_the_clock_was_set_back),
        cmocka_unit_test(a_wake_up_ends_the_current_or_the_next_sleep),
        cmocka_unit_test(a_thread_that_is_to_stop_never_sleeps_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
