/* How passwords are stored, and which are accepted. */
#include "test.h"

#include "password/hash.h"
#include "password/rules.h"

static const struct pepper no_pepper = {.mark = ""};

static void a_hash_matches_its_password_alone(void **state) {
    (void)state;
    char hash[password_hash_size], again[password_hash_size];
    struct str password = STR("correct horse battery");
    assert_int_equal(password_hash(&no_pepper, password, hash), STATUS_OK);
    assert_int_equal(password_hash(&no_pepper, password, again), STATUS_OK);
    assert_true(str_starts(str_from(hash), STR("$argon2id$v=19$m=19456,t=2,p=1$")));
    assert_string_not_equal(hash, again); /* each has a salt of its own */
    assert_true(password_matches(&no_pepper, password, str_from(hash)));
    assert_false(password_matches(&no_pepper, STR("correct horse batter"), str_from(hash)));
    assert_false(password_matches(&no_pepper, STR("correct horse battery "), str_from(hash)));
    assert_false(password_matches(&no_pepper, password, str_from(password_no_hash)));
    assert_false(password_matches(&no_pepper, password, STR("")));
    assert_false(password_matches(&no_pepper, password, (struct str){0}));
    assert_false(password_needs_rehash(&no_pepper, str_from(hash)));
}

static void what_is_matched_for_no_account_costs_as_much(void **state) {
    (void)state;
    assert_false(password_needs_rehash(&no_pepper, str_from(password_no_hash)));
    assert_true(password_needs_rehash(
        &no_pepper,
        STR("$argon2id$v=19$m=4096,t=3,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")));
    assert_true(password_needs_rehash(&no_pepper, STR("no hash")));
}

static void a_pepper_is_needed_for_its_hashes(void **state) {
    (void)state;
    char hash[password_hash_size], plain[password_hash_size];
    struct pepper pepper, other;
    struct str password = STR("correct horse battery");
    pepper_make(STR("0123456789abcdef0123456789abcdef"), &pepper);
    pepper_make(STR("0123456789abcdef0123456789abcdeF"), &other);
    assert_int_equal(password_hash(&pepper, password, hash), STATUS_OK);
    assert_int_equal(password_hash(&no_pepper, password, plain), STATUS_OK);
    assert_true(str_starts(str_from(hash), str_from(pepper.mark)));
    assert_true(str_starts(str_from(hash + pepper_mark_size), STR("$argon2id$")));
    assert_true(password_matches(&pepper, password, str_from(hash)));
    assert_false(password_matches(&pepper, STR("correct horse batter"), str_from(hash)));
    assert_false(password_matches(&other, password, str_from(hash)));
    assert_false(password_matches(&no_pepper, password, str_from(hash)));
    assert_false(password_matches(&pepper, password, str_from(hash + pepper_mark_size)));
    assert_true(password_matches(&pepper, password, str_from(plain))); /* from before the shop had a pepper */
    assert_true(password_needs_rehash(&pepper, str_from(plain)));
    assert_true(password_needs_rehash(&other, str_from(hash)));
    assert_false(password_needs_rehash(&pepper, str_from(hash)));
}

static int arena_open(void **state) {
    static struct arena arena;
    arena_init(&arena, test_arena_bytes_max);
    *state = &arena;
    return 0;
}

static int arena_close(void **state) {
    arena_free(*state);
    return 0;
}

static void the_same_signs_are_the_same_password(void **state) {
    assert_text(password_prepare(*state, STR("e\xCC\x81t\xC3\xA9")), "\xC3\xA9t\xC3\xA9");
    assert_text(password_prepare(*state, STR("a\xC2\xA0"
                                             "b\xE3\x80\x80"
                                             "c d\xE2\x80\x83")),
                "a b c d ");
    assert_text(password_prepare(*state, STR(" as it is\t\xF0\x9F\x98\x80")), " as it is\t\xF0\x9F\x98\x80");
    assert_text(password_prepare(*state, STR("")), "");
}

static void passwords_that_are_tried_first_are_refused(void **state) {
    (void)state;
    static const struct {
        const char *password;
        bool is_weak;
    } rows[] = {
        {"aaaaaaaaaaaaaaaaaaaa", true},
        {"abababcdcdcdabab", true}, /* four signs */
        {"passwordpassword", true},
        {"password1password1pass", true},
        {"abcdefghijklmnop", true},
        {"ZYXWVUTSRQPONMLK", true},
        {"123456789012345", true},
        {"098765432109876", true},
        {"qwertyuiopasdfghjkl", true},
        {"Qwertyuiop1234567890", true},
        {"azertyuiopqsdfgh", true},
        {"ann.banks@shop.example", true},
        {"Ann.Banks@shop.example2026", true},
        {"annbanksandmore1234", true},
        {"2024annbanksandmore", true},
        {"correct horse battery", false},
        {"annbanksandmore12x", true},
        {"annbanksandmore and Bob", false},
        {"password1234567", true},
        {"Welcome2026!Welcome", true},
        {"P@ssw0rd-2026-11-29", true},
        {"LampsPassword2026", false},
        {"adminadmin 2026 shop", true},
        {"28462846-19463372", false},
        {"welcome to our lamps", false},
        {"iloveyou forever 22", true},
        {"the till is open", false},
        {"password2026 lamp", true}, /* four letters beside words that are tried first */
        {"password2026 lamps", false},
        {"\xC3\xA4\xC3\xB6\xC3\xBC\xC3\x9F\xC3\xA9\xC3\xA8\xC3\xAA", false},
    };
    struct str known[] = {STR("ann.banks@shop.example"), STR("annbanksandmore"), {0}, STR("")};
    for (size_t i = 0; i < COUNT(rows); i++)
        assert_number_of(rows[i].password,
                         password_weakness(str_from(rows[i].password), known, COUNT(known)) != NULL,
                         rows[i].is_weak);
}

int main(void) {
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_hash_matches_its_password_alone),
        cmocka_unit_test(what_is_matched_for_no_account_costs_as_much),
        cmocka_unit_test(a_pepper_is_needed_for_its_hashes),
        cmocka_unit_test_setup_teardown(the_same_signs_are_the_same_password, arena_open, arena_close),
        cmocka_unit_test(passwords_that_are_tried_first_are_refused),
    };
    return cmocka_run_group_tests_name("password", tests, NULL, NULL);
}
