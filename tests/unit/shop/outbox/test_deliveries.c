/* shop/outbox: for whom an event is written, and which try a result is of. */
#include "shop.h"

#include "shop/catalogue/catalogue.h"
#include "shop/chores/chores.h"
#include "shop/outbox/audience.h"
#include "shop/outbox/delivery.h"

static const int64_t none_busy[busy_webhooks_max];
static struct event_interest interest;

/* Adds a webhook that asks for these types. */
static struct webhook webhook_for(struct shop *shop, int64_t types) {
    char secret[webhook_secret_bytes];
    struct webhook webhook;
    shop->ctx.interest = &interest;
    assert_int_equal(webhook_add(&shop->ctx, STR("https://example.com/"), types, &webhook, secret),
                     STATUS_OK);
    return webhook;
}

static void make_product(struct shop *shop) {
    struct product added, lamp = {.name = STR("Lamp"), .price = 100, .category = STR("lamps")};
    assert_int_equal(product_add(&shop->ctx, &lamp, &added), STATUS_OK);
}

static struct delivery_view newest(struct shop *shop, const struct webhook *webhook, int64_t *total) {
    struct list found;
    assert_int_equal(delivery_list(&shop->ctx, &webhook->id, 10, 0, &found, total), STATUS_OK);
    return found.count ? *(const struct delivery_view *)found.data : (struct delivery_view){0};
}

static int64_t deliveries_of(struct shop *shop, const struct webhook *webhook) {
    int64_t total = -1;
    (void)newest(shop, webhook, &total);
    return total;
}

static int state_of(struct shop *shop, const struct webhook *webhook) {
    int64_t total;
    return newest(shop, webhook, &total).state;
}

static void an_event_waits_for_the_webhooks_that_ask_for_it(void **state) {
    struct shop *shop = *state;
    struct webhook orders = webhook_for(shop, 1 << EVENT_ORDER_PAID),
                   products = webhook_for(shop, 1 << EVENT_PRODUCT_CREATED | 1 << EVENT_ORDER_PAID),
                   all = webhook_for(shop, event_types_all);
    make_product(shop);
    assert_int_equal(deliveries_of(shop, &orders), 0);
    assert_int_equal(deliveries_of(shop, &products), 1);
    assert_int_equal(deliveries_of(shop, &all), 1);
}

static void a_result_counts_only_for_the_try_that_it_is_of(void **state) {
    struct shop *shop = *state;
    struct webhook webhook = webhook_for(shop, event_types_all);
    struct delivery first, second;
    struct delivery_result failed = {.http_status = 500}, sent = {.http_status = 200};
    bool disabled;
    make_product(shop);
    assert_int_equal(delivery_take(&shop->ctx, none_busy, &first), STATUS_OK);
    assert_int_equal(delivery_take(&shop->ctx, none_busy, &second), STATUS_NOT_FOUND); /* it is taken */
    shop->world.now_us += delivery_lease_us;
    assert_int_equal(delivery_take(&shop->ctx, none_busy, &second), STATUS_OK);
    assert_int_equal(second.attempts, 2);
    assert_int_equal(delivery_finish(&shop->ctx, &first, &failed, &disabled), STATUS_OK);
    assert_int_equal(state_of(shop, &webhook), DELIVERY_QUEUED);
    assert_int_equal(delivery_finish(&shop->ctx, &second, &sent, &disabled), STATUS_OK);
    assert_int_equal(state_of(shop, &webhook), DELIVERY_SENT);
    assert_int_equal(delivery_finish(&shop->ctx, &second, &failed, &disabled), STATUS_OK);
    assert_int_equal(state_of(shop, &webhook), DELIVERY_SENT);
}

static void nothing_waits_for_a_webhook_that_wants_no_more(void **state) {
    struct shop *shop = *state;
    struct webhook webhook = webhook_for(shop, event_types_all);
    struct delivery due;
    struct delivery_result gone = {.http_status = 410, .is_gone = true};
    bool disabled;
    make_product(shop);
    make_product(shop);
    assert_int_equal(delivery_take(&shop->ctx, none_busy, &due), STATUS_OK);
    assert_int_equal(delivery_finish(&shop->ctx, &due, &gone, &disabled), STATUS_OK);
    assert_true(disabled);
    assert_int_equal(state_of(shop, &webhook), DELIVERY_DROPPED);
    assert_int_equal(delivery_take(&shop->ctx, none_busy, &due), STATUS_NOT_FOUND);
    make_product(shop);
    assert_int_equal(deliveries_of(shop, &webhook), 2);
}

static int64_t events_in(struct shop *shop) {
    static const struct sql sql = SQL("SELECT count(*) FROM events");
    int64_t count = -1;
    assert_int_equal(db_get_int(shop->ctx.db, &sql, NO_ARGS, &count), STATUS_OK);
    return count;
}

static void an_audience_that_a_wrong_clock_put_off_ends_soon_after_it_was_set_back(void **state) {
    const int64_t day_us = INT64_C(24) * 3600 * 1000000;
    struct shop *shop = *state;
    struct event_interest watched = {0};
    struct audience audience;
    bool more;
    shop->ctx.interest = &watched;
    shop->world.now_us += day_us;
    assert_int_equal(audience_keep(&shop->ctx, &audience), STATUS_OK);
    shop->world.now_us -= day_us;
    assert_int_equal(chores_clock_was_set_back(&shop->ctx, &more), STATUS_OK);
    make_product(shop);
    assert_int_equal(events_in(shop), 1);
    shop->world.now_us += audience_us;
    assert_false(event_is_wanted(&shop->ctx, EVENT_PRODUCT_CREATED));
    make_product(shop);
    assert_int_equal(audience_read(&shop->ctx, &audience), STATUS_OK);
    make_product(shop);
    assert_int_equal(events_in(shop), 1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_SHOP(an_event_waits_for_the_webhooks_that_ask_for_it),
        IN_SHOP(a_result_counts_only_for_the_try_that_it_is_of),
        IN_SHOP(nothing_waits_for_a_webhook_that_wants_no_more),
        IN_SHOP(an_audience_that_a_wrong_clock_put_off_ends_soon_after_it_was_set_back),
    };
    return cmocka_run_group_tests_name("deliveries", tests, NULL, NULL);
}
