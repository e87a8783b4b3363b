/* The one transition of a payment, over every triple of the payment's state, its order's state, and the
 * provider's intent. Each intent is applied twice, and the whole shop is audited after it. Then events, and the flows'
 * steps that run again. */
#include "paying.h"

#include "shop/outbox/webhook.h"
#include "shop/payments/confirm.h"

/* ---- the state before ---- */

enum order_case {
    IS_PENDING,
    IS_PAID_BY_ANOTHER, /* after this one had failed */
    IS_CANCELLED,
    IS_EXPIRED,
    IS_SOLD_OUT, /* expired, and its stock was sold to others */
    ORDER_CASES
};
static const char *const order_words[] = {"pending", "paid", "cancelled", "expired", "sold out"};

enum { PAYMENT_CASES = PAYMENT_FAILED + 1 };

/* Brings an order and its payment into the state of a case; false if there is no such case. */
static bool prepare(struct shop *shop, enum payment_status payment, enum order_case order,
                    struct payment *p) {
    struct uuid product = add_product(shop), id = place(shop, &product);
    struct order shown;
    *p = create(shop, &id);
    if (payment == PAYMENT_SUCCEEDED) {
        apply(shop, p, INTENT_SUCCEEDED, false);
        return order == IS_PENDING; /* this payment has paid it */
    }
    if (payment == PAYMENT_FAILED)
        apply(shop, p, INTENT_REQUIRES_PAYMENT_METHOD, true);
    if (order == IS_PAID_BY_ANOTHER) {
        if (payment == PAYMENT_PENDING)
            return false;
        struct payment other = create(shop, &id);
        apply(shop, &other, INTENT_SUCCEEDED, false);
    }
    if (order == IS_CANCELLED)
        assert_int_equal(unpaid_order_cancel(&shop->ctx, &ann, &id, &shown), STATUS_OK);
    if (order == IS_EXPIRED || order == IS_SOLD_OUT)
        expire(shop);
    if (order == IS_SOLD_OUT)
        place(shop, &product);
    assert_int_equal(payment_load(&shop->ctx, &p->id, p), STATUS_OK);
    return true;
}

/* ---- the state after ---- */

struct answer_case {
    const char *name;
    enum intent_status status;
    bool declined, amount_mismatch, currency_mismatch, nothing_received;
};

static const struct answer_case answers[] = {
    {.name = "new", .status = INTENT_REQUIRES_PAYMENT_METHOD},
    {.name = "declined", .status = INTENT_REQUIRES_PAYMENT_METHOD, .declined = true},
    {.name = "to be confirmed", .status = INTENT_REQUIRES_CONFIRMATION},
    {.name = "to be authenticated", .status = INTENT_REQUIRES_ACTION},
    {.name = "processing", .status = INTENT_PROCESSING},
    {.name = "to be captured", .status = INTENT_REQUIRES_CAPTURE},
    {.name = "succeeded", .status = INTENT_SUCCEEDED},
    {.name = "of another amount", .status = INTENT_SUCCEEDED, .amount_mismatch = true},
    {.name = "in another currency", .status = INTENT_SUCCEEDED, .currency_mismatch = true},
    {.name = "with nothing received", .status = INTENT_SUCCEEDED, .nothing_received = true},
    {.name = "cancelled", .status = INTENT_CANCELED},
};

struct expected {
    int payment, order;
    bool overpaid, wrong, reactivated;
};

static struct expected expect(enum payment_status was, enum order_case order,
                              const struct answer_case *answer) {
    static const int before[] = {ORDER_PENDING, ORDER_PAID, ORDER_CANCELLED, ORDER_EXPIRED, ORDER_EXPIRED};
    struct expected e = {.payment = (int)was, .order = before[order]};
    bool wrong = answer->amount_mismatch || answer->currency_mismatch || answer->nothing_received;
    if (was == PAYMENT_SUCCEEDED) {
        e.order = ORDER_PAID;
        return e; /* final */
    }
    if (answer->declined || answer->status == INTENT_CANCELED)
        e.payment = PAYMENT_FAILED;
    e.wrong = wrong;
    if (answer->status != INTENT_SUCCEEDED || wrong)
        return e;
    e.payment = PAYMENT_SUCCEEDED;
    e.reactivated = order == IS_EXPIRED;
    e.overpaid = order != IS_PENDING && order != IS_EXPIRED;
    e.order = e.overpaid ? e.order : ORDER_PAID;
    return e;
}

static int64_t number(struct shop *shop, const struct sql *sql, int64_t seq) {
    int64_t value = -1;
    struct db_rows *rows = db_query(shop->ctx.db, sql, ARGS(db_int(seq)));
    while (db_step(rows))
        value = db_column_int(rows, 0);
    assert_int_equal(db_finish(rows), STATUS_OK);
    return value;
}

static void check(struct shop *shop, const char *row, const struct uuid *id, const struct expected *e) {
    static const struct sql reactivated = SQL("SELECT retaken FROM orders WHERE seq = $1");
    struct payment p;
    assert_int_equal(payment_load(&shop->ctx, id, &p), STATUS_OK);
    assert_number_of(row, p.status, e->payment);
    assert_number_of(row, p.order_status, e->order);
    assert_number_of(row, p.overpaid, e->overpaid);
    assert_number_of(row, p.refund, e->overpaid ? REFUND_WANTED : REFUND_NONE);
    assert_number_of(row, p.amount_mismatch.is_set, e->wrong);
    assert_number_of(row, number(shop, &reactivated, p.order_seq), e->reactivated);
}

static void try_triple(struct shop *shop, enum payment_status was, enum order_case order,
                       const struct answer_case *answer) {
    static const char *const payments[] = {"pending", "succeeded", "failed"};
    char row[160];
    struct payment p;
    snprintf(row, sizeof row, "a payment that is %s, of an order that is %s, gets an intent that is %s",
             payments[was], order_words[order], answer->name);
    assert_int_equal(db_savepoint(shop->ctx.db), STATUS_OK);
    if (prepare(shop, was, order, &p)) {
        struct expected e = expect(was, order, answer);
        struct intent i = intent_of(&p, answer->status);
        i.failure_code = answer->declined ? STR("card_declined") : (struct str){0};
        i.received -= answer->amount_mismatch ? 1 : 0;
        i.received = answer->nothing_received ? 0 : i.received;
        i.currency = answer->currency_mismatch ? STR("eur") : i.currency;
        for (int times = 0; times < 2; times++) {
            shop->ctx.outcomes = 0;
            assert_int_equal(payment_load(&shop->ctx, &p.id, &p), STATUS_OK);
            assert_int_equal(payment_apply(&shop->ctx, &p, &i), STATUS_OK);
            check(shop, row, &p.id, &e);
            check_audit(shop, row, e.wrong);
        }
        assert_number_of(row, shop->ctx.outcomes, 0); /* the second time changes nothing */
    }
    assert_int_equal(db_rollback_to(shop->ctx.db), STATUS_OK);
}

static void every_triple_ends_where_it_should(void **state) {
    struct shop *shop = *state;
    assert_int_equal(db_begin(shop->ctx.db, true), STATUS_OK);
    for (int was = 0; was < PAYMENT_CASES; was++)
        for (int order = 0; order < ORDER_CASES; order++)
            for (size_t i = 0; i < COUNT(answers); i++)
                try_triple(shop, (enum payment_status)was, (enum order_case)order, &answers[i]);
    db_rollback(shop->ctx.db);
}

/* ---- events ---- */

static void an_event_has_its_effect_once(void **state) {
    struct shop *shop = *state;
    assert_int_equal(db_begin(shop->ctx.db, true), STATUS_OK);
    struct uuid product = add_product(shop), order = place(shop, &product);
    struct payment p = create(shop, &order);
    struct payment_event event = {.id = STR("evt_1"), .about_intent = true};
    event.intent = intent_of(&p, INTENT_SUCCEEDED);
    for (int times = 0; times < 2; times++) {
        shop->ctx.outcomes = 0;
        assert_int_equal(payment_event_apply(&shop->ctx, &event), STATUS_OK);
        assert_int_equal(shop->ctx.outcomes,
                         times ? OUTCOME_EVENT_REPEATED : OUTCOME_EVENT | OUTCOME_SUCCEEDED);
    }
    db_rollback(shop->ctx.db);
}

/* Stripe delivers an event again for three days. */
static void an_event_is_remembered_for_a_month(void **state) {
    struct shop *shop = *state;
    struct payment_event event = {.id = STR("evt_1")};
    const int64_t day_us = INT64_C(24) * 3600 * 1000000;
    int64_t removed = -1;
    assert_int_equal(payment_event_apply(&shop->ctx, &event), STATUS_OK);
    shop->world.now_us += 29 * day_us;
    assert_int_equal(payment_events_sweep(&shop->ctx, 10, &removed), STATUS_OK);
    assert_int_equal(removed, 0);
    shop->world.now_us += 2 * day_us;
    assert_int_equal(payment_events_sweep(&shop->ctx, 10, &removed), STATUS_OK);
    assert_int_equal(removed, 1);
}

static void a_foreign_event_is_recorded_and_ignored(void **state) {
    struct shop *shop = *state;
    assert_int_equal(db_begin(shop->ctx.db, true), STATUS_OK);
    struct uuid product = add_product(shop), order = place(shop, &product);
    struct payment p = create(shop, &order);
    struct payment_event event = {.id = STR("evt_1"), .about_intent = true};
    event.intent = intent_of(&p, INTENT_SUCCEEDED);
    event.intent.payment = (struct uuid){{9}};
    event.intent.id = STR("pi_of_somebody_else");
    assert_int_equal(payment_event_apply(&shop->ctx, &event), STATUS_OK);
    event = (struct payment_event){.id = STR("evt_2")};
    assert_int_equal(payment_event_apply(&shop->ctx, &event), STATUS_OK);
    /* One that names our payment, but is another intent than the one that we know. */
    event = (struct payment_event){.id = STR("evt_3"), .about_intent = true};
    event.intent = intent_of(&p, INTENT_SUCCEEDED);
    event.intent.id = STR("pi_of_another");
    assert_int_equal(payment_event_apply(&shop->ctx, &event), STATUS_OK);
    assert_true(shop->ctx.outcomes & OUTCOME_MISMATCH);
    assert_int_equal(payment_load(&shop->ctx, &p.id, &p), STATUS_OK);
    assert_int_equal(p.status, PAYMENT_PENDING);
    db_rollback(shop->ctx.db);
}

/* Counts the events of paid orders. */
static int64_t paid_events(struct shop *shop) {
    static const struct sql sql = SQL("SELECT count(*) FROM events WHERE type = 'order.paid'");
    int64_t count = -1;
    assert_int_equal(db_get_int(shop->ctx.db, &sql, NO_ARGS, &count), STATUS_OK);
    return count;
}

/* What is recorded of an order goes with the savepoint that undoes its payment. */
static void late_money_is_told_of_only_if_it_pays(void **state) {
    struct shop *shop = *state;
    static struct event_interest interest;
    char secret[webhook_secret_bytes];
    struct webhook webhook;
    shop->ctx.interest = &interest;
    assert_int_equal(webhook_add(&shop->ctx, STR("https://example.com/"), event_types_all, &webhook, secret),
                     STATUS_OK);
    assert_int_equal(db_begin(shop->ctx.db, true), STATUS_OK);
    for (int is_sold_out = 0; is_sold_out < 2; is_sold_out++) {
        int64_t before = paid_events(shop);
        struct uuid product = add_product(shop), order = place(shop, &product);
        struct payment p = create(shop, &order);
        expire(shop);
        if (is_sold_out)
            place(shop, &product);
        assert_int_equal(payment_load(&shop->ctx, &p.id, &p), STATUS_OK);
        apply(shop, &p, INTENT_SUCCEEDED, false);
        assert_int_equal(p.overpaid, is_sold_out);
        assert_int_equal(paid_events(shop) - before, !is_sold_out);
    }
    db_rollback(shop->ctx.db);
}

/* ---- steps that run again ---- */

/* A database may undo apply's transaction and run it again, after it has put a second payment in place of one
 * that was declined at the provider. */
static void a_second_intent_is_prepared_anew_after_a_rollback(void **state) {
    struct shop *shop = *state;
    assert_int_equal(db_begin(shop->ctx.db, true), STATUS_OK);
    struct uuid product = add_product(shop), order = place(shop, &product);
    struct create_intent intent;
    struct payment p;
    assert_int_equal(create_intent_prepare(&shop->ctx, STR("stripe"), &ann, &order, &intent), STATUS_OK);
    intent.flow.answer = ANSWER_INTENT;
    intent.flow.intent = intent_of(&intent.flow.payment, INTENT_REQUIRES_PAYMENT_METHOD);
    intent.flow.intent.failure_code = STR("card_declined");
    for (int times = 0; times < 2; times++) {
        assert_int_equal(db_savepoint(shop->ctx.db), STATUS_OK);
        assert_int_equal(create_intent_apply(&shop->ctx, STATUS_OK, &intent), STATUS_OK);
        assert_false(intent.flow.is_ended);
        assert_non_null(intent.next);
        assert_int_equal(intent.next->older.payment.seq, intent.flow.payment.seq);
        assert_int_equal(times ? db_release(shop->ctx.db) : db_rollback_to(shop->ctx.db), STATUS_OK);
    }
    assert_int_equal(payment_load(&shop->ctx, &intent.next->flow.payment.id, &p), STATUS_OK);
    assert_int_equal(p.status, PAYMENT_PENDING);
    db_rollback(shop->ctx.db);
}

/* Found by the simulator: create-intent answered with a payment that had succeeded, although its order was cancelled and the
 * money goes back. */
static void money_for_an_order_that_was_cancelled_meanwhile_is_no_success(void **state) {
    struct shop *shop = *state;
    assert_int_equal(db_begin(shop->ctx.db, true), STATUS_OK);
    struct uuid product = add_product(shop), id = place(shop, &product);
    struct create_intent intent;
    struct order order;
    assert_int_equal(create_intent_prepare(&shop->ctx, STR("stripe"), &ann, &id, &intent), STATUS_OK);
    assert_int_equal(unpaid_order_cancel(&shop->ctx, &ann, &id, &order), STATUS_OK);
    intent.flow.answer = ANSWER_INTENT;
    intent.flow.intent = intent_of(&intent.flow.payment, INTENT_SUCCEEDED);
    assert_int_equal(create_intent_apply(&shop->ctx, STATUS_OK, &intent), STATUS_OK);
    assert_true(intent.flow.payment.overpaid);
    assert_true(intent.flow.is_ended);
    assert_int_equal(intent.flow.failure, STATUS_ORDER_NOT_PENDING);
    db_rollback(shop->ctx.db);
}

/* The number is in the provider's idempotency key: with that of the attempt before, another card would get its answer. */
static void each_confirm_is_an_attempt_of_its_own(void **state) {
    struct shop *shop = *state;
    assert_int_equal(db_begin(shop->ctx.db, true), STATUS_OK);
    struct uuid product = add_product(shop), order = place(shop, &product);
    struct payment p = create(shop, &order);
    for (int64_t attempt = 1; attempt <= 3; attempt++) {
        struct payment_flow flow;
        assert_int_equal(confirm_prepare(&shop->ctx, &ann, &p.id, STR("pm_card_visa"), &flow), STATUS_OK);
        assert_int_equal(flow.op, PROVIDER_OP_CONFIRM);
        assert_int_equal(flow.payment.attempts, attempt);
    }
    db_rollback(shop->ctx.db);
}

/* A refused create fails the payment; any other refusal says nothing of it. */
static void only_a_refused_create_fails_a_payment(void **state) {
    struct shop *shop = *state;
    assert_int_equal(db_begin(shop->ctx.db, true), STATUS_OK);
    struct uuid product = add_product(shop), order = place(shop, &product);
    struct payment_flow flow = {.payment = create(shop, &order)};
    assert_int_equal(payment_flow_apply(&shop->ctx, &flow), STATUS_OK);
    assert_int_equal(flow.payment.status, PAYMENT_PENDING);
    flow.answer = ANSWER_NO_INTENT;
    flow.intent.failure_message = STR("The amount is too small.");
    assert_int_equal(payment_flow_apply(&shop->ctx, &flow), STATUS_OK);
    assert_int_equal(flow.payment.status, PAYMENT_FAILED);
    assert_str(flow.payment.failure_message, STR("The amount is too small."));
    db_rollback(shop->ctx.db);
}

/* A page may have paid at the provider: however old the payment is, it is found out within the hour. */
static void a_payment_that_is_pending_is_looked_at_once_an_hour_at_least(void **state) {
    struct shop *shop = *state;
    static const struct {
        int64_t age_s, wait_s;
    } rows[] = {{0, 60}, {59, 60}, {600, 600}, {3600, 3600}, {100 * 3600, 3600}};
    assert_int_equal(db_begin(shop->ctx.db, true), STATUS_OK);
    struct uuid product = add_product(shop), order = place(shop, &product);
    struct payment p = create(shop, &order);
    for (size_t i = 0; i < COUNT(rows); i++) {
        shop->world.now_us = p.created_at + rows[i].age_s * 1000000;
        assert_int_equal(payment_postpone(&shop->ctx, &p), STATUS_OK);
        assert_int_equal(payment_load(&shop->ctx, &p.id, &p), STATUS_OK);
        int64_t wait_us =
            p.due_at - p.created_at - rows[i].age_s * 1000000; /* the clock goes on when it is read */
        assert_in_range(wait_us, rows[i].wait_s * 1000000, rows[i].wait_s * 1000000 + 100000);
    }
    db_rollback(shop->ctx.db);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(every_triple_ends_where_it_should, shop_open, shop_close),
        cmocka_unit_test_setup_teardown(an_event_has_its_effect_once, shop_open, shop_close),
        cmocka_unit_test_setup_teardown(late_money_is_told_of_only_if_it_pays, shop_open, shop_close),
        cmocka_unit_test_setup_teardown(an_event_is_remembered_for_a_month, shop_open, shop_close),
        cmocka_unit_test_setup_teardown(a_payment_that_is_pending_is_looked_at_once_an_hour_at_least,
                                        shop_open, shop_close),
        cmocka_unit_test_setup_teardown(a_foreign_event_is_recorded_and_ignored, shop_open, shop_close),
        cmocka_unit_test_setup_teardown(money_for_an_order_that_was_cancelled_meanwhile_is_no_success,
                                        shop_open, shop_close),
        cmocka_unit_test_setup_teardown(a_second_intent_is_prepared_anew_after_a_rollback, shop_open,
                                        shop_close),
        cmocka_unit_test_setup_teardown(each_confirm_is_an_attempt_of_its_own, shop_open, shop_close),
        cmocka_unit_test_setup_teardown(only_a_refused_create_fails_a_payment, shop_open, shop_close),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
