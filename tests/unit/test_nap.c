/* The rests of threads that work now and then. */
#include "test.h"

#include "base/clock.h"
#include "base/nap.h"

#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum { hour_s = 3600, hour_ms = hour_s * 1000, short_ms = 20 };

static _Atomic int64_t set_by_s; /* how far the machine's time was set */

/* The C library's, as a machine has it whose time was set. */
int clock_gettime(clockid_t id, struct timespec *out) {
    long failed = syscall(SYS_clock_gettime, id, out);
    if (id == CLOCK_REALTIME)
        out->tv_sec += set_by_s;
    return (int)failed;
}

static int64_t ms_of(struct nap *n, int64_t ms) {
    int64_t begun_us = monotonic_us();
    assert_true(nap(n, ms));
    return (monotonic_us() - begun_us) / 1000;
}

static void a_nap_is_as_long_as_it_should_be(void **state) {
    (void)state;
    struct nap n;
    nap_init(&n);
    assert_in_range(ms_of(&n, short_ms), short_ms, hour_ms);
    assert_in_range(ms_of(&n, 1990), 1990, hour_ms);
    assert_in_range(ms_of(&n, 0), 0, 1000);
    nap_free(&n);
}

static void a_nap_is_no_shorter_where_the_machines_time_was_set_back(void **state) {
    (void)state;
    struct nap n;
    set_by_s = -hour_s;
    nap_init(&n);
    assert_in_range(ms_of(&n, short_ms), short_ms, hour_ms);
    set_by_s = 0;
    nap_free(&n);
}

static void *wake(void *n) {
    nap_wake(n);
    return NULL;
}

static void *stop(void *n) {
    nap_stop(n);
    return NULL;
}

/* While it goes on or before it began: a thread that found nothing to do and was told otherwise just then. */
static void whoever_is_woken_naps_no_more(void **state) {
    (void)state;
    struct nap n;
    pthread_t thread;
    nap_init(&n);
    assert_int_equal(pthread_create(&thread, NULL, wake, &n), 0);
    assert_in_range(ms_of(&n, hour_ms), 0, hour_ms / 2);
    pthread_join(thread, NULL);
    nap_wake(&n);
    assert_in_range(ms_of(&n, hour_ms), 0, hour_ms / 2);
    assert_in_range(ms_of(&n, short_ms), short_ms, hour_ms); /* a wake ends one nap */
    nap_free(&n);
}

static void whoever_is_to_stop_never_naps_again(void **state) {
    (void)state;
    struct nap n;
    pthread_t thread;
    nap_init(&n);
    assert_false(nap_stopping(&n));
    assert_int_equal(pthread_create(&thread, NULL, stop, &n), 0);
    assert_false(nap(&n, hour_ms));
    pthread_join(thread, NULL);
    for (int i = 0; i < 3; i++)
        assert_false(nap(&n, i ? hour_ms : 0));
    assert_true(nap_stopping(&n));
    nap_free(&n);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_nap_is_as_long_as_it_should_be),
        cmocka_unit_test(a_nap_is_no_shorter_where_the_machines_time_was_set_back),
        cmocka_unit_test(whoever_is_woken_naps_no_more),
        cmocka_unit_test(whoever_is_to_stop_never_naps_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
