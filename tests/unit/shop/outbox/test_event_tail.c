/* shop/outbox: up to which number events may be read. */
#include "test.h"

#include "shop/outbox/event_tail.h"

static void a_mark_holds_once_all_transactions_before_it_are_over(void **state) {
    (void)state;
    struct event_tail tail = {0};
    assert_int_equal(event_tail_settle(&tail, 900, 0), 0);
    event_tail_mark(&tail, 41, 1000);
    assert_true(event_tail_needs_number(&tail));
    tail.transaction = 905;
    assert_false(event_tail_needs_number(&tail));
    assert_int_equal(event_tail_settle(&tail, 903, 1000), 0);
    assert_int_equal(event_tail_settle(&tail, 904, event_tail_us_max), 0);
    assert_int_equal(event_tail_settle(&tail, 905, event_tail_us_max), 41);
    assert_int_equal(event_tail_settle(&tail, 905, event_tail_us_max), 0);
}

static void a_long_transaction_holds_a_mark_up_for_a_while_only(void **state) {
    (void)state;
    struct event_tail tail = {0};
    event_tail_mark(&tail, 41, 1000);
    tail.transaction = 905;
    assert_int_equal(event_tail_settle(&tail, 1, 999 + event_tail_us_max), 0);
    assert_int_equal(event_tail_settle(&tail, 1, 1000 + event_tail_us_max), 41);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_mark_holds_once_all_transactions_before_it_are_over),
        cmocka_unit_test(a_long_transaction_holds_a_mark_up_for_a_while_only),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
