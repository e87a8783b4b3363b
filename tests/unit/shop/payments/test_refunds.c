/* Refunds against the provider's list of them: what each row of refund_apply.c's table comes to, and what follows for the
 * order and the stock. The whole shop is audited after each. */
#include "paying.h"

#include "shop/orders/fulfillments.h"
#include "shop/payments/reconcile.h"
#include "shop/payments/refunds/refund.h"
#include "shop/payments/refunds/refund_apply.h"

static const struct actor owner = {.kind = ACTOR_TOKEN};

enum { total = 1500 }; /* of three lamps of 500 */

/* A paid order, in a transaction. */
struct paid {
    struct shop *shop;
    struct uuid product, order;
    struct payment payment;
};

static struct paid pay(void **state) {
    struct paid paid = {.shop = *state};
    assert_int_equal(db_begin(paid.shop->ctx.db, true), STATUS_OK);
    paid.product = add_product(paid.shop);
    paid.order = place(paid.shop, &paid.product);
    paid.payment = create(paid.shop, &paid.order);
    apply(paid.shop, &paid.payment, INTENT_SUCCEEDED, false);
    assert_int_equal(paid.payment.amount, total);
    return paid;
}

/* Ends the test of a paid order. `failed` refunds were sent back and not made up for, which the audit shows. */
static void finish(struct paid *paid, int64_t failed) {
    check_audit(paid->shop, "at the end", failed);
    db_rollback(paid->shop->ctx.db);
}

/* Asks for a refund; its id is made of `n`. */
static enum status ask(struct paid *paid, uint8_t n, const struct refund_wish *wish,
                       struct payment_flow *flow) {
    struct refund_request request = {.order = paid->order, .id = {{n}}, .actor = &owner, .wish = *wish};
    return refund_prepare(&paid->shop->ctx, &request, flow);
}

static enum status ask_amount(struct paid *paid, uint8_t n, int64_t amount, struct payment_flow *flow) {
    return ask(paid, n, &(struct refund_wish){.amount = {true, amount}}, flow);
}

/* Answers a flow with what the provider has, and brings that in. */
static void answer(struct paid *paid, struct payment_flow *flow, const struct provider_refund *known,
                   size_t count) {
    flow->answer = ANSWER_REFUNDS;
    flow->refunds = (struct list){known, count};
    assert_int_equal(refund_apply(&paid->shop->ctx, STATUS_OK, flow), STATUS_OK);
    assert_int_equal(payment_load(&paid->shop->ctx, &paid->payment.id, &paid->payment), STATUS_OK);
}

/* Reconciles with what the provider has. */
static void look(struct paid *paid, const struct provider_refund *known, size_t count) {
    struct payment_flow flow = {.payment = paid->payment,
                                .op = PROVIDER_OP_REFUND,
                                .answer = ANSWER_REFUNDS,
                                .refunds = {known, count}};
    assert_int_equal(refund_reconcile(&paid->shop->ctx, STATUS_OK, &flow), STATUS_OK);
    assert_int_equal(payment_load(&paid->shop->ctx, &paid->payment.id, &paid->payment), STATUS_OK);
}

static void check_money(const struct paid *paid, int64_t reserved, int64_t refunded, int order_status) {
    assert_int_equal(paid->payment.refund_reserved, reserved);
    assert_int_equal(paid->payment.refunded_amount, refunded);
    assert_int_equal(paid->payment.order_status, order_status);
}

static int64_t stock(struct paid *paid) {
    struct product p;
    assert_int_equal(product_get(&paid->shop->ctx, &paid->product, 0, &p), STATUS_OK);
    return p.stock_quantity;
}

/* Returns how many payments reconciliation takes. */
static size_t take_due(struct shop *shop) {
    struct payment_flow flows[10];
    size_t count;
    struct reconcile_backlog backlog;
    assert_int_equal(reconcile_prepare(&shop->ctx, flows, COUNT(flows), &count, &backlog), STATUS_OK);
    return count;
}

static void report_refund(struct paid *paid, const char *id) {
    struct payment_event event = {.id = str_from(id), .about_refund = true};
    event.intent.id = paid->payment.provider_payment_id;
    assert_int_equal(payment_event_apply(&paid->shop->ctx, &event), STATUS_OK);
}

#define KNOWN(n, size) {.id = STR("re_" #n), .refund = {{n}}, .amount = size}
#define OTHERS(n, size) {.id = STR("re_" #n), .amount = size}

static void parts_add_up_to_the_whole(void **state) {
    struct paid paid = pay(state);
    struct payment_flow flow;
    const struct provider_refund known[] = {KNOWN(1, 400), KNOWN(2, 1100)};
    assert_int_equal(ask_amount(&paid, 1, 400, &flow), STATUS_OK);
    assert_false(flow.is_ended);
    assert_int_equal(flow.asked.count, 1);
    check_audit(paid.shop, "while it is asked for", 0);
    for (int times = 0; times < 2; times++) { /* the second time changes nothing */
        answer(&paid, &flow, known, 1);
        assert_int_equal(flow.failure, STATUS_OK);
        check_money(&paid, 400, 400, ORDER_PAID);
        assert_int_equal(paid.payment.due_at, 0);
        assert_int_equal(stock(&paid), 0);
        check_audit(paid.shop, "a part", 0);
    }
    assert_int_equal(ask_amount(&paid, 2, 1101, &flow), STATUS_REFUND_TOO_LARGE);
    assert_int_equal(ask_amount(&paid, 2, 1100, &flow), STATUS_OK);
    answer(&paid, &flow, known, 2);
    check_money(&paid, total, total, ORDER_REFUNDED);
    assert_int_equal(paid.payment.refund, REFUND_DONE);
    assert_int_equal(stock(&paid),
                     3); /* nothing was sent, so all of it comes back with the last of the money */
    assert_int_equal(ask_amount(&paid, 3, 1, &flow), STATUS_REFUND_TOO_LARGE);
    finish(&paid, 0);
}

static void what_is_pending_is_reserved(void **state) {
    struct paid paid = pay(state);
    struct payment_flow first, second;
    assert_int_equal(ask_amount(&paid, 1, 1000, &first), STATUS_OK);
    assert_int_equal(ask_amount(&paid, 2, 501, &second), STATUS_REFUND_TOO_LARGE);
    assert_int_equal(ask_amount(&paid, 2, 500, &second), STATUS_OK);
    assert_int_equal(second.asked.count, 2);
    struct refund_ask *asked = (struct refund_ask *)second.asked.data; /* newest first */
    asked[0].result = STATUS_PAYMENT_REFUSED;
    asked[0].reason = STR("Insufficient funds in your account.");
    answer(&paid, &second, NULL, 0);
    assert_int_equal(second.failure, STATUS_PAYMENT_REFUSED);
    check_money(&paid, 1000, 0, ORDER_PAID);
    assert_true(paid.payment.due_at > 0); /* the first is still to be asked for */
    const struct provider_refund known[] = {KNOWN(1, 1000)};
    look(&paid, known, 1);
    check_money(&paid, 1000, 1000, ORDER_PAID);
    finish(&paid, 0);
}

/* A request that is repeated after the server died finds the refund that was written. */
static void a_request_that_is_repeated_is_one_refund(void **state) {
    struct paid paid = pay(state);
    struct payment_flow flow;
    assert_int_equal(ask_amount(&paid, 1, 1000, &flow), STATUS_OK);
    assert_int_equal(ask_amount(&paid, 1, 1000, &flow), STATUS_OK);
    assert_int_equal(flow.asked.count, 1);
    const struct provider_refund known[] = {KNOWN(1, 1000)};
    answer(&paid, &flow, known, 1);
    assert_int_equal(ask_amount(&paid, 1, 1000, &flow), STATUS_OK);
    assert_true(flow.is_ended);
    check_money(&paid, 1000, 1000, ORDER_PAID);
    finish(&paid, 0);
}

static void items_have_their_price_and_come_back(void **state) {
    struct paid paid = pay(state);
    struct payment_flow flow;
    struct refund_item_wish item = {.line = 0, .quantity = 2};
    struct refund_wish wish = {.items = {&item, 1}};
    assert_int_equal(ask(&paid, 1, &wish, &flow), STATUS_OK);
    assert_int_equal(flow.wanted, 1000);
    assert_int_equal(stock(&paid), 0);
    const struct provider_refund known[] = {KNOWN(1, 1000), KNOWN(2, 500)};
    answer(&paid, &flow, known, 1);
    assert_int_equal(stock(&paid), 2);
    assert_int_equal(ask(&paid, 2, &wish, &flow), STATUS_REFUND_TOO_LARGE); /* one is left */
    wish.amount = (struct maybe_int){true, 1};
    assert_int_equal(ask(&paid, 2, &wish, &flow), STATUS_REFUND_TOO_LARGE); /* however cheap */
    wish.amount = (struct maybe_int){0};
    item = (struct refund_item_wish){.line = 1, .quantity = 1};
    assert_int_equal(ask(&paid, 2, &wish, &flow), STATUS_REFUND_TOO_LARGE);
    item = (struct refund_item_wish){.line = 0, .quantity = 1, .restock = {true, false}};
    assert_int_equal(ask(&paid, 2, &wish, &flow), STATUS_OK);
    answer(&paid, &flow, known, 2);
    assert_int_equal(stock(&paid), 2); /* it is broken */
    check_money(&paid, total, total, ORDER_REFUNDED);
    finish(&paid, 0);
}

static void a_unit_is_sent_or_taken_back(void **state) {
    struct paid paid = pay(state);
    struct payment_flow flow;
    struct fulfillment sent, before;
    struct fulfillment_item one = {.line = 0, .quantity = 1}, three = {.line = 0, .quantity = 3};
    struct fulfillment_wish parcel = {.items = {&three, 1}, .status = -1};
    struct refund_item_wish item = {.line = 0, .quantity = 1};
    struct refund_wish wish = {.items = {&item, 1}};
    struct shop_ctx *ctx = &paid.shop->ctx;
    assert_int_equal(ask(&paid, 1, &wish, &flow), STATUS_OK);
    assert_int_equal(fulfillment_add(ctx, &paid.order, &owner, &parcel, &sent), STATUS_NOTHING_TO_SHIP);
    const struct provider_refund known[] = {KNOWN(1, 500), KNOWN(2, 1000)};
    answer(&paid, &flow, known, 1);
    parcel.items = (struct list){&one, 1};
    assert_int_equal(fulfillment_add(ctx, &paid.order, &owner, &parcel, &sent), STATUS_OK);
    item.quantity = 2; /* one that is to be sent, and one that was */
    assert_int_equal(ask(&paid, 2, &wish, &flow), STATUS_OK);
    parcel.items = (struct list){0};
    assert_int_equal(fulfillment_add(ctx, &paid.order, &owner, &parcel, &before), STATUS_NOTHING_TO_SHIP);
    answer(&paid, &flow, known, 2);
    check_money(&paid, total, total, ORDER_REFUNDED);
    assert_int_equal(stock(&paid), 2); /* the one that was sent is with the shopper */
    parcel.status = FULFILLMENT_CANCELLED;
    assert_int_equal(fulfillment_change(ctx, &paid.order, &sent.id, &owner, &parcel, &before, &sent),
                     STATUS_FULFILLMENT_REFUNDED);
    finish(&paid, 0);
}

/* Found by the simulator: the units that a refund claims are not owed from its first step on, and owed again if it is refused;
 * the order's status followed only when the refund had succeeded. */
static void while_a_refund_waits_its_order_is_as_its_quantities_say(void **state) {
    struct paid paid = pay(state);
    struct payment_flow flow;
    struct fulfillment sent;
    struct fulfillment_item two = {.line = 0, .quantity = 2};
    struct fulfillment_wish parcel = {.items = {&two, 1}, .status = -1};
    struct refund_item_wish item = {.line = 0, .quantity = 1};
    struct refund_wish wish = {.items = {&item, 1}};
    struct shop_ctx *ctx = &paid.shop->ctx;
    assert_int_equal(fulfillment_add(ctx, &paid.order, &owner, &parcel, &sent), STATUS_OK);
    assert_int_equal(ask(&paid, 1, &wish, &flow), STATUS_OK);
    assert_int_equal(payment_load(ctx, &paid.payment.id, &paid.payment), STATUS_OK);
    check_money(&paid, 500, 0, ORDER_SHIPPED);
    check_audit(paid.shop, "while the refund waits", 0);
    ((struct refund_ask *)flow.asked.data)->result = STATUS_PAYMENT_REFUSED;
    ((struct refund_ask *)flow.asked.data)->reason = STR("No.");
    answer(&paid, &flow, NULL, 0);
    check_money(&paid, 0, 0, ORDER_PAID);
    finish(&paid, 0);
}

static void a_parcel_of_units_that_were_taken_back_is_not_cancelled(void **state) {
    struct paid paid = pay(state);
    struct payment_flow flow;
    struct fulfillment sent, before;
    struct fulfillment_wish parcel = {.status = -1};
    struct refund_item_wish item = {.line = 0, .quantity = 1, .restock = {true, true}};
    struct refund_wish wish = {.items = {&item, 1}};
    struct shop_ctx *ctx = &paid.shop->ctx;
    assert_int_equal(fulfillment_add(ctx, &paid.order, &owner, &parcel, &sent), STATUS_OK);
    assert_int_equal(ask(&paid, 1, &wish, &flow), STATUS_OK);
    const struct provider_refund known[] = {KNOWN(1, 500)};
    answer(&paid, &flow, known, 1);
    check_money(&paid, 500, 500, ORDER_SHIPPED);
    assert_int_equal(stock(&paid), 1);
    parcel.status = FULFILLMENT_CANCELLED;
    assert_int_equal(fulfillment_change(ctx, &paid.order, &sent.id, &owner, &parcel, &before, &sent),
                     STATUS_FULFILLMENT_REFUNDED);
    finish(&paid, 0);
}

/* ---- the rest ---- */

static void the_rest_is_what_is_left(void **state) {
    struct paid paid = pay(state);
    struct payment_flow flow;
    const struct refund_wish rest = {.is_rest = true};
    const struct provider_refund known[] = {KNOWN(1, 400), KNOWN(2, 1100)};
    assert_int_equal(ask_amount(&paid, 1, 400, &flow), STATUS_OK);
    assert_int_equal(ask(&paid, 2, &rest, &flow), STATUS_OK);
    assert_int_equal(flow.asked.count, 2);
    struct payment_flow again;
    assert_int_equal(ask(&paid, 3, &rest, &again),
                     STATUS_OK); /* nothing is left: it waits for the other two */
    assert_int_equal(again.asked.count, 2);
    answer(&paid, &flow, known, 2);
    assert_int_equal(flow.failure, STATUS_OK);
    check_money(&paid, total, total, ORDER_REFUNDED);
    answer(&paid, &again, known, 2);
    assert_int_equal(again.failure, STATUS_OK);
    assert_int_equal(ask(&paid, 4, &rest, &again), STATUS_OK);
    assert_true(again.is_ended);
    finish(&paid, 0);
}

static void a_rest_that_is_refused_leaves_the_order_paid(void **state) {
    struct paid paid = pay(state);
    struct payment_flow flow;
    assert_int_equal(ask(&paid, 1, &(struct refund_wish){.is_rest = true}, &flow), STATUS_OK);
    ((struct refund_ask *)flow.asked.data)->result = STATUS_PAYMENT_REFUSED;
    ((struct refund_ask *)flow.asked.data)->reason = STR("No.");
    answer(&paid, &flow, NULL, 0);
    assert_int_equal(flow.failure, STATUS_PAYMENT_REFUSED);
    check_money(&paid, 0, 0, ORDER_PAID);
    assert_int_equal(paid.payment.refund, REFUND_NONE);
    struct fulfillment sent;
    struct fulfillment_wish parcel = {.status = -1};
    assert_int_equal(fulfillment_add(&paid.shop->ctx, &paid.order, &owner, &parcel, &sent), STATUS_OK);
    finish(&paid, 0);
}

/* ---- what others do at the provider ---- */

static void a_refund_of_others_becomes_a_row(void **state) {
    struct paid paid = pay(state);
    const struct provider_refund known[] = {OTHERS(7, 1), OTHERS(8, total - 1)};
    assert_int_equal(take_due(paid.shop), 0);
    report_refund(&paid, "evt_1");
    report_refund(&paid, "evt_1");
    assert_int_equal(take_due(paid.shop), 1);
    report_refund(&paid, "evt_2"); /* while the provider is asked */
    look(&paid, known, 1);
    check_money(&paid, 1, 1, ORDER_PAID);
    assert_int_equal(take_due(paid.shop), 1);
    look(&paid, known, 1);
    assert_int_equal(paid.payment.due_at, 0);
    report_refund(&paid, "evt_3");
    look(&paid, known, 2);
    check_money(&paid, total, total, ORDER_REFUNDED);
    assert_int_equal(stock(&paid), 3);
    struct list rows;
    assert_int_equal(refunds_list(&paid.shop->ctx, &paid.order, &rows), STATUS_OK);
    assert_int_equal(rows.count, 2);
    assert_int_equal(((const struct refund *)rows.data)->origin, REFUND_BY_PROVIDER);
    report_refund(&paid, "evt_4");            /* of nothing more */
    assert_int_equal(take_due(paid.shop), 1); /* the look that evt_3 asked for */
    look(&paid, known, 2);
    assert_int_equal(take_due(paid.shop), 0);
    finish(&paid, 0);
}

/* Somebody refunds at the provider what a clerk has reserved: one of the two is refused there. */
static void others_may_take_what_is_reserved(void **state) {
    struct paid paid = pay(state);
    struct payment_flow flow;
    const struct provider_refund known[] = {OTHERS(7, 1000)};
    assert_int_equal(ask_amount(&paid, 1, 1000, &flow), STATUS_OK);
    look(&paid, known, 1);
    check_money(&paid, total, 1000, ORDER_PAID); /* no more than all */
    check_audit(paid.shop, "more is reserved than there is", 0);
    ((struct refund_ask *)flow.asked.data)->result = STATUS_PAYMENT_REFUSED;
    ((struct refund_ask *)flow.asked.data)->reason = STR("Refund amount is greater than unrefunded amount");
    answer(&paid, &flow, known, 1);
    assert_int_equal(flow.failure, STATUS_PAYMENT_REFUSED);
    check_money(&paid, 1000, 1000, ORDER_PAID);
    finish(&paid, 0);
}

static void nothing_pends_once_all_has_gone_back(void **state) {
    struct paid paid = pay(state);
    struct payment_flow flow;
    const struct provider_refund known[] = {OTHERS(7, total)};
    assert_int_equal(ask_amount(&paid, 1, 1000, &flow), STATUS_OK);
    look(&paid, known, 1);
    check_money(&paid, total, total, ORDER_REFUNDED);
    struct refund row;
    assert_int_equal(refund_find(&paid.shop->ctx, &(struct uuid){{1}}, &row), STATUS_OK);
    assert_int_equal(row.status, REFUND_FAILED);
    assert_int_equal(stock(&paid), 3);
    finish(&paid, 0);
}

/* ---- refunds that fail ---- */

static void a_refund_that_fails_later_is_the_shops_money_again(void **state) {
    struct paid paid = pay(state);
    struct payment_flow flow;
    struct refund_item_wish item = {.line = 0, .quantity = 1};
    struct provider_refund known[] = {KNOWN(1, 500), KNOWN(2, 500)};
    assert_int_equal(ask(&paid, 1, &(struct refund_wish){.items = {&item, 1}}, &flow), STATUS_OK);
    answer(&paid, &flow, known, 1);
    known[0].is_failed = true;
    known[0].failure = STR("expired_or_canceled_card");
    for (int times = 0; times < 2; times++) {
        look(&paid, known, 1);
        check_money(&paid, 0, 0, ORDER_PAID);
        assert_int_equal(stock(&paid), 1); /* the unit stays taken back: it may be sold by now */
        check_audit(paid.shop, "a refund that failed later", 1);
    }
    paid.shop->world.now_us += 1000000;
    assert_int_equal(ask_amount(&paid, 2, 500, &flow), STATUS_OK); /* makes up for it */
    answer(&paid, &flow, known, 2);
    check_money(&paid, 500, 500, ORDER_PAID);
    finish(&paid, 0);
}

/* No provider takes a failure back. If one did, the shop would not put the same units back twice. */
static void a_refund_takes_effect_once_even_if_it_succeeds_again(void **state) {
    struct paid paid = pay(state);
    struct payment_flow flow;
    struct refund_item_wish item = {.line = 0, .quantity = 1};
    struct provider_refund known[] = {KNOWN(1, 500)};
    assert_int_equal(ask(&paid, 1, &(struct refund_wish){.items = {&item, 1}}, &flow), STATUS_OK);
    answer(&paid, &flow, known, 1);
    for (int times = 0; times < 2; times++) {
        known[0].is_failed = times == 0;
        look(&paid, known, 1);
        assert_int_equal(stock(&paid), 1);
        check_money(&paid, 0, 0, ORDER_PAID);
    }
    finish(&paid, 1);
}

static void a_smaller_refund_does_not_make_up_for_one_that_failed(void **state) {
    struct paid paid = pay(state);
    struct payment_flow flow;
    struct provider_refund known[] = {KNOWN(1, 500), KNOWN(2, 499)};
    assert_int_equal(ask_amount(&paid, 1, 500, &flow), STATUS_OK);
    answer(&paid, &flow, known, 1);
    known[0].is_failed = true;
    look(&paid, known, 1);
    paid.shop->world.now_us += 1000000;
    assert_int_equal(ask_amount(&paid, 2, 499, &flow), STATUS_OK);
    answer(&paid, &flow, known, 2);
    check_money(&paid, 499, 499, ORDER_PAID);
    finish(&paid, 1);
}

static void an_order_that_was_refunded_stays_so(void **state) {
    struct paid paid = pay(state);
    struct payment_flow flow;
    struct provider_refund known[] = {KNOWN(1, total), KNOWN(2, total)};
    assert_int_equal(ask_amount(&paid, 1, total, &flow), STATUS_OK);
    answer(&paid, &flow, known, 1);
    known[0].is_failed = true;
    look(&paid, known, 1);
    check_money(&paid, 0, 0, ORDER_REFUNDED);
    assert_int_equal(stock(&paid), 3);
    check_audit(paid.shop, "a refund of all that failed later", 1);
    paid.shop->world.now_us += 1000000;
    assert_int_equal(ask(&paid, 2, &(struct refund_wish){.is_rest = true}, &flow), STATUS_OK);
    answer(&paid, &flow, known, 2);
    check_money(&paid, total, total, ORDER_REFUNDED);
    assert_int_equal(stock(&paid), 3); /* once */
    finish(&paid, 0);
}

static void a_refund_that_fails_at_once_takes_nothing_back(void **state) {
    struct paid paid = pay(state);
    struct payment_flow flow;
    struct refund_item_wish item = {.line = 0, .quantity = 3};
    struct provider_refund known[] = {KNOWN(1, total)};
    known[0].is_failed = true;
    assert_int_equal(ask(&paid, 1, &(struct refund_wish){.items = {&item, 1}}, &flow), STATUS_OK);
    answer(&paid, &flow, known, 1);
    assert_int_equal(flow.failure, STATUS_PAYMENT_REFUSED);
    check_money(&paid, 0, 0, ORDER_PAID);
    assert_int_equal(stock(&paid), 0);
    struct fulfillment sent;
    struct fulfillment_wish parcel = {.status = -1};
    assert_int_equal(fulfillment_add(&paid.shop->ctx, &paid.order, &owner, &parcel, &sent), STATUS_OK);
    finish(&paid, 0);
}

/* A refund from before refunds had rows has the payment's id, and none of ours at the provider. */
static void a_refund_of_before_is_known_by_its_amount(void **state) {
    struct paid paid = pay(state);
    struct refund_request request = {
        .order = paid.order, .id = paid.payment.id, .actor = &owner, .wish = {.is_rest = true}};
    struct payment_flow flow;
    const struct provider_refund known[] = {OTHERS(7, total)};
    assert_int_equal(refund_prepare(&paid.shop->ctx, &request, &flow), STATUS_OK);
    look(&paid, known, 1);
    check_money(&paid, total, total, ORDER_REFUNDED);
    struct list rows;
    assert_int_equal(refunds_list(&paid.shop->ctx, &paid.order, &rows), STATUS_OK);
    assert_int_equal(rows.count, 1);
    finish(&paid, 0);
}

static void a_payment_has_a_bounded_number_of_refunds(void **state) {
    struct paid paid = pay(state);
    struct payment_flow flow;
    for (int n = 0; n < refunds_max; n++)
        assert_int_equal(ask_amount(&paid, (uint8_t)(n + 1), 1, &flow), STATUS_OK);
    assert_int_equal(ask_amount(&paid, refunds_max + 1, 1, &flow), STATUS_REFUNDS_FULL);
    assert_int_equal(flow.asked.count, 0);
    finish(&paid, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, shop_open, shop_close)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(parts_add_up_to_the_whole),
        TEST(what_is_pending_is_reserved),
        TEST(a_request_that_is_repeated_is_one_refund),
        TEST(items_have_their_price_and_come_back),
        TEST(a_unit_is_sent_or_taken_back),
        TEST(while_a_refund_waits_its_order_is_as_its_quantities_say),
        TEST(a_parcel_of_units_that_were_taken_back_is_not_cancelled),
        TEST(the_rest_is_what_is_left),
        TEST(a_rest_that_is_refused_leaves_the_order_paid),
        TEST(a_refund_of_others_becomes_a_row),
        TEST(others_may_take_what_is_reserved),
        TEST(nothing_pends_once_all_has_gone_back),
        TEST(a_refund_that_fails_later_is_the_shops_money_again),
        TEST(a_refund_takes_effect_once_even_if_it_succeeds_again),
        TEST(a_smaller_refund_does_not_make_up_for_one_that_failed),
        TEST(an_order_that_was_refunded_stays_so),
        TEST(a_refund_that_fails_at_once_takes_nothing_back),
        TEST(a_refund_of_before_is_known_by_its_amount),
        TEST(a_payment_has_a_bounded_number_of_refunds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
