/* pay/mock: the state machine and its faults. */
#include "mock_shop.h"

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
        assert_int_equal(refund(&s, 1, made.id, 1000), STATUS_OK);
        CHECK_REFUNDS(&s, made.id, 1000);
    }
    assert_int_equal(refund(&s, 2, made.id, 498), STATUS_PAYMENT_REFUSED);
    assert_int_equal(refund(&s, 3, made.id, 497), STATUS_OK);
    assert_int_equal(refund(&s, 1, made.id, 1),
                     STATUS_PROVIDER_UNAVAILABLE); /* the key with other parameters */
    assert_int_equal(refund(&s, 4, made.id, 1), STATUS_PAYMENT_REFUSED);
    CHECK_REFUNDS(&s, made.id, 497, 1000);
    close_shop(&s);
}

static void a_refund_that_the_bank_sends_back_has_failed(void **state) {
    (void)state;
    struct shop s = {0};
    struct intent made, i;
    open_with(&s, NULL);
    assert_int_equal(create(&s, 1, 1497, &made), STATUS_OK);
    assert_int_equal(confirm(&s, 1, made.id, "pm_card_refundFail", 1, &i), STATUS_OK);
    assert_int_equal(refund(&s, 1, made.id, 1000), STATUS_OK);
    assert_int_equal(refund(&s, 2, made.id, 1497), STATUS_OK);
    CHECK_REFUNDS(&s, made.id, -1497, -1000);
    close_shop(&s);
}

static void a_test_method_has_the_outcome_that_its_name_promises(void **state) {
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
        assert_int_equal(retrieve(&s, made.id, &again), STATUS_OK);
        assert_number_of(rows[n].method, again.status, rows[n].then);
        assert_int_equal(confirm(&s, (uint8_t)n, made.id, "pm_card_visa", 2, &again), STATUS_OK);
        assert_int_equal(again.status, INTENT_SUCCEEDED);
        assert_int_equal(again.received, 500);
    }
    close_shop(&s);
}

static void a_repeated_attempt_is_the_same_attempt(void **state) {
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
    assert_int_equal(i.status, INTENT_REQUIRES_PAYMENT_METHOD);            /* the first one's outcome */
    assert_int_equal(create(&s, 1, 501, &i), STATUS_PROVIDER_UNAVAILABLE); /* the key is another amount's */
    close_shop(&s);
}

static void a_final_intent_stays_as_it_is(void **state) {
    (void)state;
    struct shop s = {0};
    struct intent paid, dropped, i;
    open_with(&s, NULL);
    assert_int_equal(create(&s, 1, 500, &paid), STATUS_OK);
    assert_int_equal(create(&s, 2, 500, &dropped), STATUS_OK);
    assert_int_equal(refund(&s, 1, paid.id, 500), STATUS_PAYMENT_REFUSED);
    assert_int_equal(confirm(&s, 1, paid.id, NULL, 1, &i), STATUS_OK);
    assert_int_equal(confirm(&s, 1, paid.id, NULL, 2, &i), STATUS_OK);
    assert_int_equal(i.status, INTENT_SUCCEEDED);
    assert_int_equal(cancel(&s, paid.id, &i), STATUS_OK);
    assert_int_equal(i.status, INTENT_SUCCEEDED);
    for (int n = 0; n < 2; n++) {
        assert_int_equal(cancel(&s, dropped.id, &i), STATUS_OK);
        assert_int_equal(i.status, INTENT_CANCELED);
    }
    assert_int_equal(confirm(&s, 2, dropped.id, NULL, 1, &i), STATUS_PAYMENT_REFUSED);
    assert_has(i.failure_message, "has a status of canceled");
    close_shop(&s);
}

static void impossible_requests_are_refused(void **state) {
    (void)state;
    struct shop s = {0};
    struct intent i;
    open_with(&s, NULL);
    assert_int_equal(create(&s, 1, 0, &i), STATUS_PAYMENT_REFUSED);
    assert_int_equal(create(&s, 2, 100000000, &i), STATUS_PAYMENT_REFUSED);
    assert_text(i.failure_code, "amount_too_large");
    assert_int_equal(create(&s, 3, 49, &i), STATUS_PAYMENT_REFUSED);
    assert_text(i.failure_code, "amount_too_small");
    assert_int_equal(create(&s, 3, 50, &i), STATUS_OK);
    assert_int_equal(create(&s, 2, 99999999, &i), STATUS_OK);
    assert_int_equal(retrieve(&s, STR("pi_nobody"), &i), STATUS_PAYMENT_REFUSED);
    assert_text(i.failure_message, "No such payment_intent: 'pi_nobody'");
    char long_id[300]; /* is echoed in part, which must not end inside an é */
    for (size_t at = 0; at < sizeof long_id; at += 2)
        memcpy(long_id + at, "\xC3\xA9", 2);
    assert_int_equal(retrieve(&s, (struct str){long_id, sizeof long_id}, &i), STATUS_PAYMENT_REFUSED);
    assert_true(utf8_valid(i.failure_message));
    assert_int_equal(retrieve(&s, STR(""), &i), STATUS_PAYMENT_REFUSED);
    close_shop(&s);
}

/* ---- faults ---- */

static void a_fault_counts_its_calls(void **state) {
    (void)state;
    struct shop s = {0};
    struct intent i, made;
    open_with(&s, "confirm.lost-reply=1, create.error=1,rate-limit=1,,");
    assert_int_equal(create(&s, 1, 500, &i), STATUS_PROVIDER_UNAVAILABLE); /* error */
    assert_int_equal(create(&s, 1, 500, &i), STATUS_PROVIDER_UNAVAILABLE); /* rate-limit */
    assert_int_equal(create(&s, 1, 500, &made), STATUS_OK);
    assert_int_equal(confirm(&s, 1, made.id, NULL, 1, &i), STATUS_PROVIDER_UNAVAILABLE);
    assert_int_equal(retrieve(&s, made.id, &i), STATUS_OK);
    assert_int_equal(i.status, INTENT_SUCCEEDED); /* it was done, and only the reply was lost */
    close_shop(&s);
}

static void an_unknown_fault_is_reported(void **state) {
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
                                       "confirm.webhook=reorder",
                                       ".error=1",
                                       "confirm.=1",
                                       "=1",
                                       "error=9999999999999999999999"};
    for (size_t n = 0; n < COUNT(rows); n++) {
        struct faults faults;
        char error[faults_error_size] = "";
        assert_number_of(rows[n], faults_parse(rows[n], &faults, error), STATUS_USAGE);
        assert_non_null(strstr(error, "is no fault"));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_intent_is_made_charged_and_refunded),
        cmocka_unit_test(a_refund_that_the_bank_sends_back_has_failed),
        cmocka_unit_test(a_test_method_has_the_outcome_that_its_name_promises),
        cmocka_unit_test(a_repeated_attempt_is_the_same_attempt),
        cmocka_unit_test(a_final_intent_stays_as_it_is),
        cmocka_unit_test(impossible_requests_are_refused),
        cmocka_unit_test(a_fault_counts_its_calls),
        cmocka_unit_test(an_unknown_fault_is_reported),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
