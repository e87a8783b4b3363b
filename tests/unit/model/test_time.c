/* Times: what Pydantic 2.13.4 takes for a datetime, and what it says of the rest. A time without an offset is UTC, and
 * one that an offset takes out of the calendar is its end. */
#include "model/time.h"
#include "test.h"

struct row {
    const char *text;
    int64_t us;
    const char *reason; /* NULL: a time; `datetime: ` begins that of an error of type datetime_parsing */
};

static void check_row(const struct row *row, bool is_time, int64_t us, const struct time_problem *problem) {
    char said[128] = "";
    if (!is_time)
        snprintf(said, sizeof said, "%s%s", problem->was_date ? "" : "datetime: ", problem->reason);
    assert_text_of(row->text, str_from(said), row->reason ? row->reason : "");
    if (is_time && us != row->us)
        fail_msg("%s is %lld, not %lld", row->text, (long long)us, (long long)row->us);
}

static void a_text_is_read_as_pydantic_does(void **state) {
    (void)state;
    static const struct row rows[] = {
        {"2026-11-29T02:03:04Z", INT64_C(1795917784000000), NULL},
        {"2026-11-29 02:03:04", INT64_C(1795917784000000), NULL},
        {"2026-11-29_02:03:04", INT64_C(1795917784000000), NULL},
        {"2026-11-29t02:03:04z", INT64_C(1795917784000000), NULL},
        {"2026-11-29T02:03", INT64_C(1795917780000000), NULL},
        {"2026-11-29T02:03Z", INT64_C(1795917780000000), NULL},
        {"2026-11-29T02:03+01:00", INT64_C(1795914180000000), NULL},
        {"2026-11-29T02:03:04.1", INT64_C(1795917784100000), NULL},
        {"2026-11-29T02:03:04,123", INT64_C(1795917784123000), NULL},
        {"2026-11-29T02:03:04.1234567", INT64_C(1795917784123456), NULL},
        {"2026-11-29T02:03:04.", 0, "unexpected extra characters at the end of the input"},
        {"2026-11-29T02:03:04.123+0130", INT64_C(1795912384123000), NULL},
        {"2026-11-29T02:03:04+01", 0, "unexpected extra characters at the end of the input"},
        {"2026-11-29T02:03:04 +01:00", 0, "unexpected extra characters at the end of the input"},
        {"2026-11-29T02:03:04−01:00", INT64_C(1795921384000000), NULL},
        {"2026-11-29T02:03:04-00:00", INT64_C(1795917784000000), NULL},
        {"2026-11-29T02:03:04+23:59", INT64_C(1795831444000000), NULL},
        {"2026-11-29T02:03:04+24:00", 0, "unexpected extra characters at the end of the input"},
        {"2026-11-29T02:03:04+00:60", 0, "unexpected extra characters at the end of the input"},
        {"2026-11-29T02:03:04+01:000", 0, "unexpected extra characters at the end of the input"},
        {"2026-11-29T02:03:04Zx", 0, "unexpected extra characters at the end of the input"},
        {"2026-11-29", INT64_C(1795910400000000), NULL},
        {"2026-11-29T", 0, "unexpected extra characters at the end of the input"},
        {"2026-11-29T02", 0, "unexpected extra characters at the end of the input"},
        {"2026-11-29T02:", 0, "unexpected extra characters at the end of the input"},
        {"2026-11-29T02:03:", 0, "unexpected extra characters at the end of the input"},
        {"2026-11-29T2:03:04Z", 0, "unexpected extra characters at the end of the input"},
        {"2026-11-29T020304Z", 0, "unexpected extra characters at the end of the input"},
        {"2026-11-29T24:00:00Z", 0, "unexpected extra characters at the end of the input"},
        {"2026-11-29T00:60:00Z", 0, "unexpected extra characters at the end of the input"},
        {"2026-11-29T00:00:60Z", 0, "unexpected extra characters at the end of the input"},
        {"2024-02-29", INT64_C(1709164800000000), NULL},
        {"1900-02-29", 0, "day value is outside expected range"},
        {"2000-02-29", INT64_C(951782400000000), NULL},
        {"2026-02-30T00:00:00Z", 0, "day value is outside expected range"},
        {"2026-13-01", 0, "month value is outside expected range of 1-12"},
        {"2026-00-10", 0, "month value is outside expected range of 1-12"},
        {"2026-11-00", 0, "day value is outside expected range"},
        {"2026-11-31", 0, "day value is outside expected range"},
        {"2026-1-1T00:00:00Z", 0, "invalid character in month"},
        {"2026-1a-01", 0, "invalid character in month"},
        {"2026-11-0a", 0, "invalid character in day"},
        {"2026/11/29", 0, "invalid date separator, expected `-`"},
        {"2026-11:10", 0, "invalid date separator, expected `-`"},
        {"20261129T020304Z", 0, "invalid date separator, expected `-`"},
        {" 2026-11-29T02:03:04Z", 0, "invalid character in year"},
        {"2026-11-29 ", 0, "unexpected extra characters at the end of the input"},
        {"10000-01-01T00:00:00Z", 0, "invalid date separator, expected `-`"},
        {"0000-01-01T00:00:00Z", 0, "datetime: year 0 is out of range"},
        {"0000-01-01", 0, "datetime: year 0 is out of range"},
        {"0001-01-01T00:00:00Z", INT64_C(-62135596800000000), NULL},
        {"0001-01-01T00:00:00+01:00", INT64_C(-62135596800000000), NULL},
        {"9999-12-31T23:59:59.999999-23:59", INT64_C(253402300799999999), NULL},
        {"", 0, "input is too short"},
        {"x", 0, "input is too short"},
        {"abcdefghij", 0, "invalid character in year"},
        {"2026-11", 0, "input is too short"},
        {"2026", INT64_C(2026000000), NULL},
        {"0", INT64_C(0), NULL},
        {"-1", INT64_C(-1000000), NULL},
        {"-0.5", INT64_C(-500000), NULL},
        {"1.", INT64_C(1000000), NULL},
        {".5", INT64_C(500000), NULL},
        {"+1764000000", INT64_C(1764000000000000), NULL},
        {"1764000000", INT64_C(1764000000000000), NULL},
        {"1764000000.5", INT64_C(1764000000500000), NULL},
        {"1764000000.9999999", INT64_C(1764000001000000), NULL},
        {"20000000000", INT64_C(20000000000000000), NULL},
        {"20000000001", INT64_C(20000000001000), NULL},
        {"-20000000001", INT64_C(-20000000001000), NULL},
        {"1764000000123.456", INT64_C(1764000000123456), NULL},
        {"253402300799999", INT64_C(253402300799999000), NULL},
        {"253402300800000", 0, "dates after 9999 are not supported as unix timestamps"},
        {"-62135596800000", INT64_C(-62135596800000000), NULL},
        {"-62135596800001", 0, "datetime: year 0 is out of range"},
        {"-62167219200001", 0, "dates before 0000 are not supported as unix timestamps"},
        {"1e9", 0, "input is too short"},
        {"--1", 0, "input is too short"},
        {"1.2.3.4.5.6", 0, "invalid character in year"},
        {"1764000000 ", 0, "invalid date separator, expected `-`"},
        {"inf", 0, "input is too short"},
        {"NaN", 0, "input is too short"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct time_problem problem = {0};
        int64_t us = 0;
        bool is_time = time_from_text(str_from(rows[i].text), &us, &problem);
        check_row(&rows[i], is_time, us, &problem);
    }
}

static void a_number_is_read_as_pydantic_does(void **state) {
    (void)state;
    static const struct row rows[] = {
        {"0", INT64_C(0), NULL},
        {"1764000000", INT64_C(1764000000000000), NULL},
        {"1764000000.5", INT64_C(1764000000500000), NULL},
        {"1764000000123", INT64_C(1764000000123000), NULL},
        {"253402300799999", INT64_C(253402300799999000), NULL},
        {"253402300800000", 0, "datetime: dates after 9999 are not supported as unix timestamps"},
        {"-62135596801000", 0, "datetime: year 0 is out of range"},
        {"1e+20", 0, "datetime: dates after 9999 are not supported as unix timestamps"},
        {"-1e+20", 0, "datetime: dates before 0000 are not supported as unix timestamps"},
        {"-1.5", INT64_C(-1500000), NULL},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct time_problem problem = {0};
        struct json number = {.kind = JSON_NUMBER, .raw = str_from(rows[i].text)};
        int64_t us = 0;
        bool is_time = time_from_json(&number, &us, &problem);
        check_row(&rows[i], is_time, us, &problem);
    }
}

/* JSON allows a number of a megabyte. */
static void a_very_long_number_is_too_large(void **state) {
    (void)state;
    char digits[1000];
    struct time_problem problem = {0};
    int64_t us;
    memset(digits, '9', sizeof digits);
    struct json number = {.kind = JSON_NUMBER, .raw = {digits, sizeof digits}};
    assert_false(time_from_json(&number, &us, &problem));
    assert_string_equal(problem.reason, "dates after 9999 are not supported as unix timestamps");
    assert_false(time_from_text(number.raw, &us, &problem));
}

int main(void) {
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_text_is_read_as_pydantic_does),
        cmocka_unit_test(a_number_is_read_as_pydantic_does),
        cmocka_unit_test(a_very_long_number_is_too_large),
    };
    return cmocka_run_group_tests_name("time", tests, NULL, NULL);
}
