/* Which day an order's money is of. */
#include "shop.h"

#include "shop/desk/daily_totals.h"

#define day_us (INT64_C(24) * 3600 * 1000000)

static void pay_at(struct shop *shop, int64_t at_us, int64_t amount) {
    static const struct sql sql =
        SQL("INSERT INTO orders (id, total_amount, currency, status, created_at, expires_at, closed_at)"
            " VALUES ($1, $2, 'usd', 'paid', $3, $3, $3)");
    struct uuid id = uuid_new(shop->ctx.clock, shop->ctx.random);
    assert_int_equal(db_exec(shop->ctx.db, &sql, ARGS(db_uuid(&id), db_int(amount), db_int(at_us)), NULL),
                     STATUS_OK);
}

static int64_t revenue_of(struct shop *shop, int64_t day) {
    struct list found;
    assert_int_equal(daily_totals_add_up(&shop->ctx, day, &found), STATUS_OK);
    return found.count ? ((const struct daily_total *)found.data)->revenue : 0;
}

static void a_day_begins_at_midnight_and_ends_before_the_next(void **state) {
    struct shop *shop = *state;
    const int64_t day = 20000;
    pay_at(shop, day * day_us - 1, 1);
    pay_at(shop, day * day_us, 10);
    pay_at(shop, (day + 1) * day_us - 1, 100);
    pay_at(shop, (day + 1) * day_us, 1000);
    assert_int_equal(revenue_of(shop, day - 1), 1);
    assert_int_equal(revenue_of(shop, day), 110);
    assert_int_equal(revenue_of(shop, day + 1), 1000);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_SHOP(a_day_begins_at_midnight_and_ends_before_the_next),
    };
    return cmocka_run_group_tests_name("daily_totals", tests, NULL, NULL);
}
