/* Codes of authenticator apps, with the values of RFC 6238, and recovery codes. */
#include "test.h"

#include "shop/staff/totp.h"

static const uint8_t rfc_secret[] = "12345678901234567890";

static struct str code_of(int64_t step, char out[static totp_code_size]) {
    totp_code(rfc_secret, step, out);
    return text_of(out, totp_code_size);
}

/* RFC 6238, appendix B: the last 6 of its 8 digits. */
static void the_values_of_the_rfc(void **state) {
    (void)state;
    static const struct {
        int64_t second;
        const char *code;
    } rows[] = {{59, "287082"},         {1111111109, "081804"}, {1111111111, "050471"},
                {1234567890, "005924"}, {2000000000, "279037"}, {20000000000, "353130"}};
    for (size_t i = 0; i < COUNT(rows); i++) {
        char code[totp_code_size];
        assert_text(code_of(rows[i].second / totp_period_s, code), rows[i].code);
    }
}

/* The code of each step around now: the one before, this one and the next are right. */
static void a_code_is_right_for_three_steps(void **state) {
    (void)state;
    const int64_t now = 1111111109, step = now / totp_period_s;
    for (int64_t s = step - 3; s <= step + 3; s++) {
        char code[totp_code_size];
        int64_t found = 0;
        bool is_near = s >= step - 1 && s <= step + 1;
        assert_true(totp_is_right(rfc_secret, code_of(s, code), now * 1000000, (struct maybe_int){0},
                                  &found) == is_near);
        assert_int_equal(found, is_near ? s : 0);
    }
}

static void a_step_counts_once(void **state) {
    (void)state;
    const int64_t now_us = 1111111109 * INT64_C(1000000), step = 1111111109 / totp_period_s;
    char code[totp_code_size], next[totp_code_size];
    int64_t found = 0;
    struct maybe_int last = {true, step};
    assert_false(totp_is_right(rfc_secret, code_of(step, code), now_us, last, &found));
    assert_false(totp_is_right(rfc_secret, code_of(step - 1, code), now_us, last, &found));
    assert_true(totp_is_right(rfc_secret, code_of(step + 1, next), now_us, last, &found));
    assert_int_equal(found, step + 1);
}

static void what_is_no_code_is_wrong(void **state) {
    (void)state;
    static const char *const codes[] = {"", "28708", "2870821", " 87082", "28708\n", "abcdef"};
    int64_t found = 0;
    for (size_t i = 0; i < COUNT(codes); i++)
        assert_false(
            totp_is_right(rfc_secret, str_from(codes[i]), 59 * 1000000, (struct maybe_int){0}, &found));
}

static void a_secret_in_base_32(void **state) {
    (void)state;
    char text[totp_secret_text_size];
    static const uint8_t other[totp_secret_size] = {0xFF, [19] = 0x1F};
    totp_secret_write(rfc_secret, text);
    assert_text(text_of(text, sizeof text), "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
    totp_secret_write(other, text);
    assert_text(text_of(text, sizeof text), "74AAAAAAAAAAAAAAAAAAAAAAAAAAAAA7");
}

static void a_recovery_code_is_read_as_people_type_it(void **state) {
    (void)state;
    static const struct {
        const char *typed, *read;
    } rows[] = {
        {"0123-4567-89AB-CDEF", "0123456789ABCDEF"},
        {" 0123 4567 89ab cdef ", "0123456789ABCDEF"},
        {"oOiI-lLjk-mnpq-rstv", "001111JKMNPQRSTV"},
        {"WXYZwxyz01234567", "WXYZWXYZ01234567"},
        {"0123-4567-89AB-CDE", NULL},
        {"0123-4567-89AB-CDEF-0", NULL},
        {"0123-4567-89AB-CDEU", NULL},
        {"0123_4567_89AB_CDEF", NULL},
        {"", NULL},
        {"0123-4567-89AB-CDE\xC3\xA9", NULL},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        char code[recovery_code_size];
        assert_int_equal(recovery_code_read(str_from(rows[i].typed), code), rows[i].read != NULL);
        if (rows[i].read)
            assert_text(text_of(code, sizeof code), rows[i].read);
    }
}

static void a_minted_recovery_code_can_be_read(void **state) {
    (void)state;
    uint64_t seed = 1;
    struct random random = random_seeded(&seed);
    char text[2][recovery_code_text_size], code[recovery_code_size];
    for (size_t i = 0; i < 2; i++) {
        recovery_code_mint(&random, text[i]);
        assert_int_equal(text[i][4], '-');
        assert_true(recovery_code_read(text_of(text[i], sizeof text[i]), code));
    }
    assert_memory_not_equal(text[0], text[1], sizeof text[0]);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_values_of_the_rfc),
        cmocka_unit_test(a_code_is_right_for_three_steps),
        cmocka_unit_test(a_step_counts_once),
        cmocka_unit_test(what_is_no_code_is_wrong),
        cmocka_unit_test(a_secret_in_base_32),
        cmocka_unit_test(a_recovery_code_is_read_as_people_type_it),
        cmocka_unit_test(a_minted_recovery_code_can_be_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
