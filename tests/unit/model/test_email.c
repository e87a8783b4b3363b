/* Addresses of mail: what Pydantic 2.14.3 with email-validator 2.4.0 says of them, and where Till is stricter. */
#include "model/email.h"
#include "test.h"

struct row {
    struct str text;
    const char *reason; /* NULL: an address */
};

#define ROW(literal, why) {{literal, sizeof(literal) - 1}, why}

static void check_rows(const struct row rows[], size_t count) {
    for (size_t i = 0; i < count; i++) {
        char reason[email_reason_size] = "";
        bool is_valid = email_valid(rows[i].text, reason);
        assert_text_of(rows[i].text.data, str_from(is_valid ? "" : reason),
                       rows[i].reason ? rows[i].reason : "");
        assert_int_equal(is_valid, rows[i].reason == NULL);
    }
}

static void an_address_is_judged_as_pydantic_does(void **state) {
    (void)state;
    static const struct row rows[] = {
        ROW("a@b.co", NULL),
        ROW("A.B+c@Example.COM", NULL),
        ROW("a@b", "The part after the @-sign is not valid. It should have a period."),
        ROW("a", "An email address must have an @-sign."),
        ROW("", "An email address must have an @-sign."),
        ROW("@b.co", "There must be something before the @-sign."),
        ROW("a@", "There must be something after the @-sign."),
        ROW("a@@b.co", "The part after the @-sign contains invalid characters: '@'."),
        ROW("a b@c.de", "The email address contains invalid characters before the @-sign: SPACE."),
        ROW("a@b c.de", "The part after the @-sign contains invalid characters: SPACE."),
        ROW("a..b@c.de", "An email address cannot have two periods in a row."),
        ROW(".a@c.de", "An email address cannot start with a period."),
        ROW("a.@c.de", "An email address cannot have a period immediately before the @-sign."),
        ROW("a@.c.de", "An email address cannot have a period immediately after the @-sign."),
        ROW("a@c..de", "An email address cannot have two periods in a row."),
        ROW("a@c.de.", "An email address cannot end with a period."),
        ROW("a@-c.de", "An email address cannot have a hyphen immediately after the @-sign."),
        ROW("a@c-.de", "An email address cannot have a period and a hyphen next to each other."),
        ROW("a@c_d.de", "The part after the @-sign contains invalid characters: '_'."),
        ROW("a@127.0.0.1",
            "The part after the @-sign is not valid. It is not within a valid top-level domain."),
        ROW("a@localhost", "The part after the @-sign is not valid. It should have a period."),
        ROW("a@x.test",
            "The part after the @-sign is a special-use or reserved name that cannot be used with email."),
        ROW("a@x.local",
            "The part after the @-sign is a special-use or reserved name that cannot be used with email."),
        ROW("a@x.example", NULL),
        ROW("a@example.com", NULL),
        ROW("a@x.invalid",
            "The part after the @-sign is a special-use or reserved name that cannot be used with email."),
        ROW("a@x.onion",
            "The part after the @-sign is a special-use or reserved name that cannot be used with email."),
        ROW("a@x.arpa",
            "The part after the @-sign is a special-use or reserved name that cannot be used with email."),
        ROW("a@xn--tda.de", NULL),
        ROW("a@b.co,c@d.de", "The part after the @-sign contains invalid characters: ',', '@'."),
        ROW("a@b.co;", "The part after the @-sign contains invalid characters: ';'."),
        ROW("xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx@c.de", NULL),
        ROW("a@ddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd.de", NULL),
        ROW("a@dddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd.de",
            "After the @-sign, periods cannot be separated by so many characters (1 character too many)."),
        ROW("a@dddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd.dddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd.dddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd.dddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd.de",
            NULL),
        ROW("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa@dddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd.dddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd.dddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd.de",
            NULL),
        ROW("a@b.c", NULL),
        ROW("a@b.1", "The part after the @-sign is not valid. It is not within a valid top-level domain."),
        ROW("a@b.c1", "The part after the @-sign is not valid. It is not within a valid top-level domain."),
        ROW("a@1.de", NULL),
        ROW("!#$%&'*+-/=?^_`{|}~@c.de", NULL),
        ROW("a(c)@c.de", "The email address contains invalid characters before the @-sign: '(', ')'."),
        ROW("a,b@c.de", "The email address contains invalid characters before the @-sign: ','."),
        ROW("a:b@c.de", "The email address contains invalid characters before the @-sign: ':'."),
        ROW("a\\b@c.de", "The email address contains invalid characters before the @-sign: \"\\\"."),
        ROW("a@b.co\000", "The part after the @-sign contains invalid characters: U+0000."),
        ROW("a\000@b.co", "The email address contains invalid characters before the @-sign: U+0000."),
        ROW("a%b@c.de", NULL),
        ROW("a/b@c.de", NULL),
        ROW("a@ab--cd.de",
            "An email address cannot have two letters followed by two dashes immediately after the @-sign or after a period, except Punycode."),
        ROW("a@de", "The part after the @-sign is not valid. It should have a period."),
        ROW("a@c.d-e", NULL),
        ROW("a@c.-de", "An email address cannot have a period and a hyphen next to each other."),
        ROW("a@c.de-", "An email address cannot end with a hyphen."),
        ROW("a@c.123", "The part after the @-sign is not valid. It is not within a valid top-level domain."),
        ROW("a@b.corp", NULL),
        ROW("a@home", "The part after the @-sign is not valid. It should have a period."),
        ROW("a@x.home.arpa",
            "The part after the @-sign is a special-use or reserved name that cannot be used with email."),
        ROW("a@ddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd.eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee.fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff.gggggggggggggggggggggggggggggggggggggggggggggggggggggggggggg.h",
            "The email address is too long after the @-sign (1 character too many)."),
        ROW("ab@ddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd.eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee.fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff.ggggggggggggggggggggggggggggggggggggggggggggggggggggg.de",
            NULL),
        ROW("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa@ddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd.eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee.ffffffffffffffffffffffffffffffffffffffffffffffffffffffffff.d",
            NULL),
        ROW("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa@ddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd.eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee.fffffffffffffffffffffffffffffffffffffffffffffffffffffffffff.d",
            NULL),
        ROW("a@dddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd.de",
            "After the @-sign, periods cannot be separated by so many characters (1 character too many)."),
        ROW("a@ddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd.de",
            "After the @-sign, periods cannot be separated by so many characters (2 characters too many)."),
        ROW("a\011@b.co", "The email address contains invalid characters before the @-sign: U+0009."),
        ROW("a@\177b.co", "The part after the @-sign contains invalid characters: U+007F."),
        ROW("a@b'c\\d e\011f!.co",
            "The part after the @-sign contains invalid characters: \"'\", \"\\\", '!', SPACE, U+0009."),
        ROW("a@TEST", "The part after the @-sign is not valid. It should have a period."),
        ROW("a@x.LOCAL",
            "The part after the @-sign is a special-use or reserved name that cannot be used with email."),
        ROW("a@x.Xn--p1ai", NULL),
        ROW("a@ab--c.XN--p1ai",
            "An email address cannot have two letters followed by two dashes immediately after the @-sign or after a period, except Punycode."),
        ROW("a@XN--p1ai.de", NULL),
        ROW("-a@c.de", NULL),
        ROW("a@c.d", NULL),
        ROW("a@.", "An email address cannot end with a period."),
        ROW("a@-", "An email address cannot end with a hyphen."),
        ROW("@", "There must be something before the @-sign."),
        ROW("@@", "There must be something before the @-sign."),
        ROW("a@b@c.de", "The part after the @-sign contains invalid characters: '@'."),
        ROW("a@localhost.de", NULL),
        ROW("a@nottest.de", NULL),
    };
    check_rows(rows, COUNT(rows));
}

static void what_is_not_plain_ascii_is_refused(void **state) {
    (void)state;
#define INVALID(list) "The email address contains invalid characters before the @-sign: " list "."
#define FOREIGN(where) "Internationalized characters " where " the @-sign are not supported."
    static const struct row rows[] = {
        ROW("Ann <a@b.co>", INVALID("'<', SPACE")), /* Pydantic takes the address out of it */
        ROW("<a@b.co>", INVALID("'<'")),
        ROW("\"a b\"@c.de", INVALID("'\"', SPACE")),
        ROW("a\"b@c.de", INVALID("'\"'")),
        ROW("a@[127.0.0.1]", "The part after the @-sign contains invalid characters: '[', ']'."),
        ROW(" a@b.co", INVALID("SPACE")), /* decode.c has dropped it */
        ROW("a\r\nb@c.de", INVALID("U+000A, U+000D")),
        ROW("a@b.co\r\nBcc: c@d.de",
            "The part after the @-sign contains invalid characters: ':', '@', SPACE, U+000A, U+000D."),
        ROW("\303\274@c.de", FOREIGN("before")),
        ROW("a@\303\274.de", FOREIGN("after")),
        ROW("a\342\200\256@b.co", FOREIGN("before")), /* U+202E */
        ROW("a@\357\275\202.co", FOREIGN("after")),   /* a full-width b */
        ROW("xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx@c.de",
            "The email address is too long before the @-sign (1 character too many)."),
    };
    check_rows(rows, COUNT(rows));
}

static void a_reason_has_room_for_every_wrong_character(void **state) {
    (void)state;
    char text[130] = "a@", reason[email_reason_size];
    for (int i = 0; i < 128; i++)
        text[2 + i] = (char)i;
    assert_false(email_valid((struct str){text, sizeof text}, reason));
    assert_has(str_from(reason), ": \"'\", \"\\\", '!', '\"', '#', ");
    assert_has(str_from(reason), "SPACE, U+0000, U+0001, ");
    assert_has(str_from(reason), ", U+001F, U+007F.");
    assert_true(strlen(reason) < email_reason_size - 8);
}

int main(void) {
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_address_is_judged_as_pydantic_does),
        cmocka_unit_test(what_is_not_plain_ascii_is_refused),
        cmocka_unit_test(a_reason_has_room_for_every_wrong_character),
    };
    return cmocka_run_group_tests_name("email", tests, NULL, NULL);
}
