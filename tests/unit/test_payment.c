/* The one transition of a payment, over every triple of what a payment is, what its order is, and what the
 * provider says; each brought in twice, and the whole shop audited after it. */
#include "database.h"
#include "test.h"
#include "world.h"

#include "shop/audit.h"
#include "shop/cart.h"
#include "shop/catalogue.h"
#include "shop/payment.h"

#include <stdlib.h>

static const struct uuid ann = {{1}};

struct shop {
    struct world world;
    struct arena arena, audit_arena;
    struct tx tx;
};

static int shop_open(void **state) {
    struct shop *shop = calloc(1, sizeof *shop);
    if (!shop)
        return -1;
    *state = shop;
    world_begin(&shop->world);
    arena_init(&shop->arena, test_arena_bytes_max);
    arena_init(&shop->audit_arena, (size_t)4 * test_arena_bytes_max);
    shop->tx = (struct tx){.arena = &shop->arena,
                           .clock = &shop->world.clock,
                           .random = &shop->world.random,
                           .settings = &world_settings};
    return database_open(&shop->tx.db) == STATUS_OK ? 0 : -1;
}

static int shop_close(void **state) {
    struct shop *shop = *state;
    db_close(shop->tx.db);
    arena_free(&shop->arena);
    arena_free(&shop->audit_arena);
    free(shop);
    return 0;
}

/* ---- what there is before ---- */

enum order_case {
    IS_PENDING,
    IS_PAID_BY_ANOTHER, /* after the payment in question had failed */
    IS_CANCELLED,
    IS_EXPIRED,
    IS_SOLD_OUT, /* expired, and its stock was sold to others */
    ORDER_CASES
};
static const char *const order_words[] = {"pending", "paid", "cancelled", "expired", "sold out"};

enum { PAYMENT_CASES = PAYMENT_FAILED + 1 };

static struct uuid add_product(struct shop *shop) {
    struct product given = {.name = STR("Lamp"),
                            .description = STR(""),
                            .price = 500,
                            .stock_quantity = 3,
                            .category = STR("home"),
                            .image_url = STR("")},
                   out = {0};
    assert_int_equal(product_add(&shop->tx, &given, &out), STATUS_OK);
    return out.id;
}

static struct uuid place(struct shop *shop, const struct uuid *product) {
    struct cart_add add = {*product, 3};
    struct cart_item item;
    struct order order = {0};
    struct list short_of;
    assert_int_equal(cart_add(&shop->tx, &ann, &add, &item), STATUS_OK);
    struct list items = {&item.id, 1};
    assert_int_equal(order_place(&shop->tx, &ann, &items, &order, &short_of), STATUS_OK);
    return order.id;
}

/* What the provider has, of a payment that is `p`, in a state that everything can follow. */
static struct intent intent_of(const struct payment *p, enum intent_status status) {
    static char ids[64][24];
    char *id = ids[p->seq % 64];
    snprintf(id, sizeof ids[0], "pi_%lld", (long long)p->seq);
    return (struct intent){
        .id = str_from(id),
        .payment = p->id,
        .status = status,
        .amount = p->amount,
        .received = status == INTENT_SUCCEEDED ? p->amount : 0,
        .currency = p->currency,
    };
}

static void settle(struct shop *shop, struct payment *p, enum intent_status status, bool declined) {
    struct intent i = intent_of(p, status);
    i.failure_code = declined ? STR("card_declined") : (struct str){0};
    i.failure_message = declined ? STR("Your card was declined.") : (struct str){0};
    assert_int_equal(payment_load(&shop->tx, p->seq, p), STATUS_OK);
    assert_int_equal(payment_settle(&shop->tx, p, &i), STATUS_OK);
}

static struct payment begin(struct shop *shop, const struct uuid *order) {
    struct payment p, older;
    assert_int_equal(payment_begin(&shop->tx, STR("stripe"), &ann, order, &p, &older), STATUS_OK);
    settle(shop, &p, INTENT_REQUIRES_PAYMENT_METHOD, false);
    return p;
}

static void expire(struct shop *shop) {
    int64_t expired = 0;
    shop->world.now_us += world_settings.reserve_us;
    assert_int_equal(order_sweep(&shop->tx, 10, &expired), STATUS_OK);
    assert_int_equal(expired, 1);
}

/* Brings an order and its payment to where the case begins; false where there is no such case. */
static bool prepare(struct shop *shop, enum payment_status payment, enum order_case order,
                    struct payment *p) {
    struct uuid product = add_product(shop), id = place(shop, &product);
    struct order shown;
    *p = begin(shop, &id);
    if (payment == PAYMENT_SUCCEEDED) {
        settle(shop, p, INTENT_SUCCEEDED, false);
        return order == IS_PENDING; /* which it is no more: it is paid by this one */
    }
    if (payment == PAYMENT_FAILED)
        settle(shop, p, INTENT_REQUIRES_PAYMENT_METHOD, true);
    if (order == IS_PAID_BY_ANOTHER) {
        if (payment == PAYMENT_PENDING)
            return false;
        struct payment other = begin(shop, &id);
        settle(shop, &other, INTENT_SUCCEEDED, false);
    }
    if (order == IS_CANCELLED)
        assert_int_equal(order_cancel(&shop->tx, &ann, &id, &shown), STATUS_OK);
    if (order == IS_EXPIRED || order == IS_SOLD_OUT)
        expire(shop);
    if (order == IS_SOLD_OUT)
        place(shop, &product);
    assert_int_equal(payment_load(&shop->tx, p->seq, p), STATUS_OK);
    return true;
}

/* ---- what is to come of it ---- */

struct said {
    const char *name;
    enum intent_status status;
    bool declined, wrong_amount, wrong_currency, nothing_received;
};

static const struct said saids[] = {
    {.name = "new", .status = INTENT_REQUIRES_PAYMENT_METHOD},
    {.name = "declined", .status = INTENT_REQUIRES_PAYMENT_METHOD, .declined = true},
    {.name = "to be confirmed", .status = INTENT_REQUIRES_CONFIRMATION},
    {.name = "to be authenticated", .status = INTENT_REQUIRES_ACTION},
    {.name = "processing", .status = INTENT_PROCESSING},
    {.name = "to be captured", .status = INTENT_REQUIRES_CAPTURE},
    {.name = "succeeded", .status = INTENT_SUCCEEDED},
    {.name = "of another amount", .status = INTENT_SUCCEEDED, .wrong_amount = true},
    {.name = "in another currency", .status = INTENT_SUCCEEDED, .wrong_currency = true},
    {.name = "with nothing received", .status = INTENT_SUCCEEDED, .nothing_received = true},
    {.name = "cancelled", .status = INTENT_CANCELED},
};

struct expected {
    int payment, order;
    bool surplus, wrong, retaken;
};

static struct expected expect(enum payment_status was, enum order_case order, const struct said *said) {
    static const int before[] = {ORDER_PENDING, ORDER_PAID, ORDER_CANCELLED, ORDER_EXPIRED, ORDER_EXPIRED};
    struct expected e = {.payment = (int)was, .order = before[order]};
    bool wrong = said->wrong_amount || said->wrong_currency || said->nothing_received;
    if (was == PAYMENT_SUCCEEDED) {
        e.order = ORDER_PAID;
        return e; /* final */
    }
    if (said->declined || said->status == INTENT_CANCELED)
        e.payment = PAYMENT_FAILED;
    e.wrong = wrong;
    if (said->status != INTENT_SUCCEEDED || wrong)
        return e;
    e.payment = PAYMENT_SUCCEEDED;
    e.retaken = order == IS_EXPIRED;
    e.surplus = order != IS_PENDING && order != IS_EXPIRED;
    e.order = e.surplus ? e.order : ORDER_PAID;
    return e;
}

static int64_t number(struct shop *shop, const struct sql *sql, int64_t seq) {
    int64_t value = -1;
    struct db_rows *rows = db_query(shop->tx.db, sql, ARGS(db_int(seq)));
    while (db_step(rows))
        value = db_column_int(rows, 0);
    assert_int_equal(db_finish(rows), STATUS_OK);
    return value;
}

static void check(struct shop *shop, const char *row, int64_t seq, const struct expected *e) {
    static const struct sql retaken = {"SELECT retaken FROM orders WHERE seq = $1", NULL};
    struct payment p;
    assert_int_equal(payment_load(&shop->tx, seq, &p), STATUS_OK);
    assert_number_of(row, p.status, e->payment);
    assert_number_of(row, p.order_status, e->order);
    assert_number_of(row, p.surplus, e->surplus);
    assert_number_of(row, p.refund, e->surplus ? REFUND_WANTED : REFUND_NONE);
    assert_number_of(row, p.wrong_amount.given, e->wrong);
    assert_number_of(row, number(shop, &retaken, p.order_seq), e->retaken);
}

/* What an audit found, for when it is not what it should have found. */
struct found {
    char lines[1024];
    size_t size;
};

static void note_breach(void *context, const char *line) {
    struct found *found = context;
    int size = snprintf(found->lines + found->size, sizeof found->lines - found->size, "%s\n", line);
    found->size += size > 0 && found->size + (size_t)size < sizeof found->lines ? (size_t)size : 0;
}

static void check_audit(struct shop *shop, const char *row, int64_t breaches) {
    struct audit audit;
    struct found found = {.size = 0};
    struct tx tx = shop->tx;
    tx.arena = &shop->audit_arena;
    assert_int_equal(audit_run(&tx, note_breach, &found, &audit), STATUS_OK);
    if (audit.breaches != breaches)
        print_error("%s", found.lines);
    assert_number_of(row, audit.breaches, breaches);
    arena_reset(&shop->audit_arena);
}

static void try_triple(struct shop *shop, enum payment_status was, enum order_case order,
                       const struct said *said) {
    static const char *const payments[] = {"pending", "succeeded", "failed"};
    char row[160];
    struct payment p;
    snprintf(row, sizeof row, "a payment that is %s, of an order that is %s, is told to be %s", payments[was],
             order_words[order], said->name);
    assert_int_equal(db_savepoint(shop->tx.db), STATUS_OK);
    if (prepare(shop, was, order, &p)) {
        struct expected e = expect(was, order, said);
        struct intent i = intent_of(&p, said->status);
        i.failure_code = said->declined ? STR("card_declined") : (struct str){0};
        i.received -= said->wrong_amount ? 1 : 0;
        i.received = said->nothing_received ? 0 : i.received;
        i.currency = said->wrong_currency ? STR("eur") : i.currency;
        for (int times = 0; times < 2; times++) {
            shop->tx.outcomes = 0;
            assert_int_equal(payment_load(&shop->tx, p.seq, &p), STATUS_OK);
            assert_int_equal(payment_settle(&shop->tx, &p, &i), STATUS_OK);
            check(shop, row, p.seq, &e);
            check_audit(shop, row, e.wrong);
        }
        assert_number_of(row, shop->tx.outcomes, 0); /* what repeats changes nothing */
    }
    assert_int_equal(db_rollback_to(shop->tx.db), STATUS_OK);
}

static void every_triple_ends_where_it_should(void **state) {
    struct shop *shop = *state;
    assert_int_equal(db_begin(shop->tx.db, true), STATUS_OK);
    for (int was = 0; was < PAYMENT_CASES; was++)
        for (int order = 0; order < ORDER_CASES; order++)
            for (size_t said = 0; said < COUNT(saids); said++)
                try_triple(shop, (enum payment_status)was, (enum order_case)order, &saids[said]);
    db_rollback(shop->tx.db);
}

/* ---- events ---- */

static void an_event_has_its_effect_once(void **state) {
    struct shop *shop = *state;
    assert_int_equal(db_begin(shop->tx.db, true), STATUS_OK);
    struct uuid product = add_product(shop), order = place(shop, &product);
    struct payment p = begin(shop, &order);
    struct payment_event event = {.id = STR("evt_1"), .about_intent = true};
    event.intent = intent_of(&p, INTENT_SUCCEEDED);
    for (int times = 0; times < 2; times++) {
        shop->tx.outcomes = 0;
        assert_int_equal(payment_event(&shop->tx, &event), STATUS_OK);
        assert_int_equal(shop->tx.outcomes,
                         times ? OUTCOME_EVENT_REPEATED : OUTCOME_EVENT | OUTCOME_SUCCEEDED);
    }
    db_rollback(shop->tx.db);
}

static void an_event_of_somebody_elses_is_taken_and_ignored(void **state) {
    struct shop *shop = *state;
    assert_int_equal(db_begin(shop->tx.db, true), STATUS_OK);
    struct uuid product = add_product(shop), order = place(shop, &product);
    struct payment p = begin(shop, &order);
    struct payment_event event = {.id = STR("evt_1"), .about_intent = true};
    event.intent = intent_of(&p, INTENT_SUCCEEDED);
    event.intent.payment = (struct uuid){{9}};
    event.intent.id = STR("pi_of_somebody_else");
    assert_int_equal(payment_event(&shop->tx, &event), STATUS_OK);
    event = (struct payment_event){.id = STR("evt_2")};
    assert_int_equal(payment_event(&shop->tx, &event), STATUS_OK);
    /* One that names our payment and is another intent than the one that we know. */
    event = (struct payment_event){.id = STR("evt_3"), .about_intent = true};
    event.intent = intent_of(&p, INTENT_SUCCEEDED);
    event.intent.id = STR("pi_of_another");
    assert_int_equal(payment_event(&shop->tx, &event), STATUS_OK);
    assert_true(shop->tx.outcomes & OUTCOME_WRONG);
    assert_int_equal(payment_load(&shop->tx, p.seq, &p), STATUS_OK);
    assert_int_equal(p.status, PAYMENT_PENDING);
    db_rollback(shop->tx.db);
}

/* ---- refunds that somebody else makes ---- */

static void tell_of_a_refund(struct shop *shop, const char *id, const struct payment *p) {
    struct payment_event event = {.id = str_from(id), .about_refund = true};
    event.intent.id = intent_of(p, INTENT_SUCCEEDED).id;
    assert_int_equal(payment_event(&shop->tx, &event), STATUS_OK);
}

static size_t take_due(struct shop *shop) {
    struct list due;
    int64_t open, count;
    assert_int_equal(payments_take_due(&shop->tx, 10, &due, &open, &count), STATUS_OK);
    return due.count;
}

/* What reconciliation writes once the provider has said that so much went back. */
static void look(struct shop *shop, struct payment *p, int64_t refunded) {
    struct intent i = intent_of(p, INTENT_SUCCEEDED);
    i.refunded = refunded;
    assert_int_equal(payment_load(&shop->tx, p->seq, p), STATUS_OK);
    assert_int_equal(payment_settle(&shop->tx, p, &i), STATUS_OK);
    assert_int_equal(payment_looked_at(&shop->tx, p), STATUS_OK);
    assert_int_equal(payment_load(&shop->tx, p->seq, p), STATUS_OK);
}

static void a_refund_told_of_while_the_provider_is_asked_is_asked_for_again(void **state) {
    struct shop *shop = *state;
    assert_int_equal(db_begin(shop->tx.db, true), STATUS_OK);
    struct uuid product = add_product(shop), order = place(shop, &product);
    struct payment p = begin(shop, &order);
    settle(shop, &p, INTENT_SUCCEEDED, false);
    assert_int_equal(take_due(shop), 0);
    tell_of_a_refund(shop, "evt_1", &p);
    assert_int_equal(take_due(shop), 1);
    tell_of_a_refund(shop, "evt_2", &p);
    look(shop, &p, 1);
    assert_int_equal(p.order_status, ORDER_PAID);
    assert_int_equal(take_due(shop), 1);
    look(shop, &p, p.amount);
    assert_int_equal(p.order_status, ORDER_REFUNDED);
    assert_int_equal(p.refund, REFUND_DONE);
    assert_int_equal(p.due_at, 0);
    tell_of_a_refund(shop, "evt_3", &p);
    assert_int_equal(take_due(shop), 0);
    check_audit(shop, "a refund by somebody else", 0);
    db_rollback(shop->tx.db);
}

static void a_part_that_goes_back_is_looked_at_once(void **state) {
    struct shop *shop = *state;
    assert_int_equal(db_begin(shop->tx.db, true), STATUS_OK);
    struct uuid product = add_product(shop), order = place(shop, &product);
    struct payment p = begin(shop, &order);
    settle(shop, &p, INTENT_SUCCEEDED, false);
    tell_of_a_refund(shop, "evt_1", &p);
    tell_of_a_refund(shop, "evt_1", &p);
    assert_int_equal(take_due(shop), 1);
    look(shop, &p, p.amount - 1);
    assert_int_equal(p.due_at, 0);
    tell_of_a_refund(shop, "evt_1", &p);
    assert_int_equal(take_due(shop), 0);
    check_audit(shop, "a part that went back", 0);
    db_rollback(shop->tx.db);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(every_triple_ends_where_it_should, shop_open, shop_close),
        cmocka_unit_test_setup_teardown(an_event_has_its_effect_once, shop_open, shop_close),
        cmocka_unit_test_setup_teardown(an_event_of_somebody_elses_is_taken_and_ignored, shop_open,
                                        shop_close),
        cmocka_unit_test_setup_teardown(a_refund_told_of_while_the_provider_is_asked_is_asked_for_again,
                                        shop_open, shop_close),
        cmocka_unit_test_setup_teardown(a_part_that_goes_back_is_looked_at_once, shop_open, shop_close),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
