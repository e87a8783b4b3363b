/* Countries, and what an order costs. */
#include "test.h"

#include "shop/checkout/countries.h"
#include "shop/checkout/totals.h"

#include <string.h>

static void countries_are_in_the_order_of_their_codes(void **state) {
    (void)state;
    for (size_t i = 0; i < country_count; i++) {
        assert_true(i == 0 || strcmp(countries[i - 1].code, countries[i].code) < 0);
        assert_ptr_equal(country_find(str_from(countries[i].code)), &countries[i]);
        assert_true(countries[i].postal_code != NEED_REQUIRED || countries[i].pattern);
    }
    static const char *const unknown[] = {"", "G", "gb", "XX", "GBR", "AAA", "ZZ"};
    for (size_t i = 0; i < sizeof unknown / sizeof *unknown; i++)
        assert_null(country_find(str_from(unknown[i])));
}

static void postal_codes_are_compared_without_spaces(void **state) {
    (void)state;
    static const struct {
        const char *country, *code;
        bool fits;
    } rows[] = {
        {"GB", "SW1A 1AA", true},      {"GB", "sw1a1aa", true},
        {"GB", "12345", false},        {"GB", "BFPO 61", true},
        {"DE", "10115", true},         {"DE", "D-10115", false},
        {"DE", "DE-10115", true},      {"DE", "1011", false},
        {"DE", "1 0 1 1 5", true},     {"DE", "", false},
        {"LV", "LV-1010", true},       {"US", "94105-1234", true},
        {"CA", "K1A 0B1", true},       {"IE", "D02 X285", true},
        {"HK", "anything", true},      {"US", "12345678901234567890", false},
        {"US", "1234\xC3\xA4", false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_int_equal(
            country_postal_code_fits(country_find(str_from(rows[i].country)), str_from(rows[i].code)),
            rows[i].fits);
}

static void sets_of_countries(void **state) {
    (void)state;
    struct country_set set;
    assert_true(country_set_read(STR("AD, ZW,GB"), &set));
    size_t count = 0;
    for (size_t i = 0; i < country_count; i++)
        count += country_set_has(&set, &countries[i]);
    assert_int_equal(count, 3);
    assert_true(country_set_has(&set, country_find(STR("ZW"))));
    assert_true(country_set_read(STR("*"), &set));
    for (size_t i = 0; i < country_count; i++)
        assert_true(country_set_has(&set, &countries[i]));
    assert_false(country_set_read(STR("AT,XX"), &set));
    assert_false(country_set_read(STR("AT,,DE"), &set));
}

static void a_tier_counts_from_its_edge_on(void **state) {
    (void)state;
    static const struct shipping_tier tiers[] = {{100, 490}, {1000, 690}, {5000, 0}};
    static const struct {
        int64_t value, price; /* price -1: not offered */
    } rows[] = {{0, -1},     {99, -1},    {100, 490},  {101, 490}, {999, 490},
                {1000, 690}, {1001, 690}, {4999, 690}, {5000, 0}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        for (int basis = SHIPPING_WEIGHT; basis <= SHIPPING_SUBTOTAL; basis++) {
            int64_t price = -1, weight = basis == SHIPPING_WEIGHT ? rows[i].value : 7;
            int64_t subtotal = basis == SHIPPING_SUBTOTAL ? rows[i].value : 7;
            bool offered = shipping_price((enum shipping_basis)basis, tiers, 3, (struct maybe_int){0}, weight,
                                          subtotal, &price);
            assert_int_equal(offered, rows[i].price >= 0);
            assert_int_equal(price, rows[i].price);
        }
}

static void shipping_is_free_from_a_subtotal_on(void **state) {
    (void)state;
    static const struct shipping_tier tier = {0, 490};
    for (int64_t subtotal = 4999; subtotal <= 5001; subtotal++) {
        int64_t price = -1;
        assert_true(
            shipping_price(SHIPPING_FLAT, &tier, 1, (struct maybe_int){true, 5000}, 9, subtotal, &price));
        assert_int_equal(price, subtotal < 5000 ? 490 : 0);
    }
    int64_t price = -1;
    assert_false(shipping_price(SHIPPING_FLAT, &tier, 0, (struct maybe_int){true, 0}, 0, 9, &price));
}

static void half_a_unit_of_tax_is_rounded_up(void **state) {
    (void)state;
    struct total_line line = {.quantity = 1, .price = 250, .tax_rate = 9000}; /* 22.5 */
    struct totals totals = {.includes_tax = false};
    assert_int_equal(totals_items(&totals, &line, 1, 0), STATUS_OK);
    assert_int_equal(totals_finish(&totals, &line, 1), STATUS_OK);
    assert_int_equal(line.tax, 23);
    assert_int_equal(totals.total, 273);
}

static void what_is_too_large_is_refused(void **state) {
    (void)state;
    struct total_line lines[2] = {{.quantity = 1, .price = money_max}, {.quantity = 1, .price = 1}};
    struct totals totals = {.includes_tax = true};
    assert_int_equal(totals_items(&totals, lines, 1, 0), STATUS_OK);
    assert_int_equal(totals_finish(&totals, lines, 1), STATUS_OK);
    totals.shipping = 1;
    assert_int_equal(totals_finish(&totals, lines, 1), STATUS_TOTAL_TOO_LARGE);
    assert_int_equal(totals_items(&totals, lines, 2, 0), STATUS_TOTAL_TOO_LARGE);
    lines[0].quantity = money_max;
    assert_int_equal(totals_items(&totals, lines, 1, 0), STATUS_TOTAL_TOO_LARGE);
}

/* By the largest remainder, so that no line gets more than its part rounded up. */
static void a_discount_is_spread_to_the_unit(void **state) {
    (void)state;
    static const struct {
        int64_t prices[3], discount, parts[3];
    } rows[] = {
        {{100, 200, 0}, 2, {1, 1, 0}},        /* 0.67 and 1.33 */
        {{100, 100, 100}, 2, {1, 1, 0}},      /* 0.67 each: the first ones */
        {{1, 1, 998}, 500, {1, 0, 499}},      /* 0.5, 0.5 and 499 */
        {{333, 333, 334}, 100, {33, 33, 34}}, /* 33.3, 33.3 and 33.4 */
        {{10, 20, 30}, 1000, {10, 20, 30}},   /* no more than there is */
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct totals totals = {0};
        struct total_line lines[3] = {{0}};
        for (size_t l = 0; l < 3; l++)
            lines[l] = (struct total_line){.quantity = 1, .price = rows[i].prices[l]};
        assert_int_equal(totals_items(&totals, lines, 3, rows[i].discount), STATUS_OK);
        for (size_t l = 0; l < 3; l++)
            assert_int_equal(lines[l].discount, rows[i].parts[l]);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(countries_are_in_the_order_of_their_codes),
        cmocka_unit_test(postal_codes_are_compared_without_spaces),
        cmocka_unit_test(sets_of_countries),
        cmocka_unit_test(a_discount_is_spread_to_the_unit),
        cmocka_unit_test(a_tier_counts_from_its_edge_on),
        cmocka_unit_test(shipping_is_free_from_a_subtotal_on),
        cmocka_unit_test(half_a_unit_of_tax_is_rounded_up),
        cmocka_unit_test(what_is_too_large_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
