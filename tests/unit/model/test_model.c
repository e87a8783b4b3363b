/* The model engine: which inputs are decoded, which are refused and with which error; every lack of
 * memory. */
#include "decode.h"

/* ---- inputs that are decoded ---- */

static void every_kind_is_decoded(void **state) {
    (void)state;
    struct arena a;
    struct every out;
    struct errors errors;
    arena_init(&a, test_arena_bytes_max);
    assert_int_equal(decode_with(&a,
                                 "\"note\":\"\",\"size\":\"1_000\",\"maybe\":0,\"flag\":\"No\",\"colour\":"
                                 "\"blue\",\"parts\":[{\"name\":\"b\",\"count\":2.0},{\"name\":\"c\","
                                 "\"count\":true,\"unknown\":null}],\"unknown\":[1]",
                                 &out, &errors),
                     STATUS_OK);
    assert_text(out.text, "abc");
    assert_text(out.note, "");
    assert_int_equal(out.size, 1000);
    assert_true(out.maybe.is_set && out.maybe.value == 0);
    assert_true(out.flag.is_set && !out.flag.value);
    assert_int_equal(out.id.bytes[15], 0x24);
    assert_int_equal(out.colour, BLUE);
    assert_int_equal(out.ids.count, 1);
    const struct part *parts = out.parts.data;
    assert_int_equal(out.parts.count, 2);
    assert_text(parts[1].name, "c");
    assert_int_equal(parts[0].count + parts[1].count, 3);
    arena_free(&a);
}

static void an_optional_field_is_read_where_it_is_given(void **state) {
    (void)state;
    struct arena a;
    struct every out;
    struct errors errors;
    arena_init(&a, test_arena_bytes_max);
    assert_int_equal(decode_with(&a,
                                 "\"email\":\" ann@shop.example\\u00a0\",\"other\":\"" EVERY_ID
                                 "\",\"extra\":{\"name\":\"b\",\"count\":2},\"words\":[\"a\",\"bc\"],"
                                 "\"at\":\"2026-11-23T03:03:29.5+01:00\"",
                                 &out, &errors),
                     STATUS_OK);
    assert_text(out.email, "ann@shop.example");
    assert_true(out.other.is_set && out.other.value.bytes[15] == 0x24);
    assert_non_null(out.extra);
    assert_text(out.extra->name, "b");
    assert_int_equal(out.extra->count, 2);
    const struct str *words = out.words.data;
    assert_int_equal(out.words.count, 2);
    assert_text(words[1], "bc");
    assert_true(out.at.is_set && out.at.value == INT64_C(1795399409500000));
    static const char *const absent[] = {"\"unknown\":1",
                                         "\"other\":null,\"extra\":null,\"words\":null,\"at\":null"};
    for (size_t i = 0; i < COUNT(absent); i++) {
        assert_int_equal(decode_with(&a, absent[i], &out, &errors), STATUS_OK);
        assert_false(out.other.is_set || out.extra || out.words.data || out.email.data || out.at.is_set);
    }
    arena_free(&a);
}

static void a_field_left_out_is_absent_or_has_its_default(void **state) {
    (void)state;
    struct arena a;
    struct every out;
    struct errors errors;
    arena_init(&a, test_arena_bytes_max);
    assert_int_equal(decode(&a, "{" EVERY_LEAST "}", &out, &errors), STATUS_OK);
    assert_null(out.note.data);
    assert_int_equal(out.size, 7);
    assert_false(out.maybe.is_set || out.flag.is_set);
    assert_int_equal(out.colour, GREEN);
    assert_null(out.parts.data);
    arena_free(&a);
}

static void integers_are_read_by_pydantics_rules(void **state) {
    (void)state;
    static const struct {
        const char *size;
        int64_t value; /* 0: refused */
    } rows[] = {
        {"5", 5},
        {"5.0", 5},
        {"5e0", 5},
        {"1E2", 100},
        {"10e-1", 1},
        {"0.5e1", 5},
        {"true", 1},
        {"9223372036854775807", INT64_MAX},
        {"9223372036854774784.0", INT64_C(9223372036854774784)},
        {"9223372036854775807.0", 0}, /* 2^63 as a double */
        {"\" +5\\t\"", 5},
        {"\"\\u00a05\\u3000\"", 5},
        {"\"\\u200b5\"", 0},
        {"\"005\"", 5},
        {"\"0_5\"", 5},
        {"\"1_0.00\"", 10},
        {"\"5.\"", 0},
        {"\".0\"", 0},
        {"\"1__0\"", 0},
        {"\"_1\"", 0},
        {"\"1_\"", 0},
        {"\"0-5\"", 0},
        {"\"1e2\"", 0},
        {"\"0x5\"", 0},
        {"\"\"", 0},
        {"\"+\"", 0},
        {"\"5 5\"", 0},
        {"\"٥\"", 0},
        {"1.5", 0},
        {"1e400", 0},
        {"null", 0},
        {"[]", 0},
        {"{}", 0},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct arena a;
        struct every out;
        struct errors errors;
        char more[64];
        arena_init(&a, test_arena_bytes_max);
        snprintf(more, sizeof more, "\"size\":%s", rows[i].size);
        enum status s = decode_with(&a, more, &out, &errors);
        assert_number_of(rows[i].size, s, rows[i].value ? STATUS_OK : STATUS_INVALID);
        assert_number_of(rows[i].size, s == STATUS_OK ? out.size : 0, rows[i].value);
        arena_free(&a);
    }
}

static void booleans_are_read_by_pydantics_rules(void **state) {
    (void)state;
    static const struct {
        const char *flag;
        int truth; /* -1: refused */
    } rows[] = {
        {"true", 1},       {"false", 0},    {"1", 1},        {"0", 0},         {"1.0", 1},
        {"-0.0", 0},       {"\"1\"", 1},    {"\"0\"", 0},    {"\"on\"", 1},    {"\"OFF\"", 0},
        {"\"t\"", 1},      {"\"F\"", 0},    {"\"True\"", 1}, {"\"FALSE\"", 0}, {"\"y\"", 1},
        {"\"N\"", 0},      {"\"yes\"", 1},  {"\"nO\"", 0},   {"2", -1},        {"-1", -1},
        {"1.5", -1},       {"\"\"", -1},    {"\"2\"", -1},   {"\"01\"", -1},   {"\" true\"", -1},
        {"\"true \"", -1}, {"\"1.0\"", -1}, {"\"tru\"", -1}, {"null", -1},     {"[]", -1},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct arena a;
        struct every out;
        struct errors errors;
        char more[64];
        arena_init(&a, test_arena_bytes_max);
        snprintf(more, sizeof more, "\"flag\":%s", rows[i].flag);
        enum status s = decode_with(&a, more, &out, &errors);
        assert_number_of(rows[i].flag, s, rows[i].truth < 0 ? STATUS_INVALID : STATUS_OK);
        assert_number_of(rows[i].flag, out.flag.is_set ? out.flag.value : -1, rows[i].truth);
        arena_free(&a);
    }
}

/* ---- inputs that are refused ---- */

struct refusal {
    const char *more, *errors;
};

static void check_refusals(const struct refusal rows[], size_t count) {
    for (size_t i = 0; i < count; i++) {
        struct arena a;
        struct every out;
        struct errors errors;
        arena_init(&a, test_arena_bytes_max);
        assert_number_of(rows[i].more, decode_with(&a, rows[i].more, &out, &errors), STATUS_INVALID);
        assert_text_of(rows[i].more, buf_str(&errors.text), rows[i].errors);
        arena_free(&a);
    }
}

static void a_number_is_refused_in_pydantics_words(void **state) {
    (void)state;
    static const struct refusal rows[] = {
        {"\"maybe\":\"x\"", INT_PARSING("\"body\",\"maybe\"", "\"x\"")},
        {"\"maybe\":null",
         WRONG("int_type", "\"body\",\"maybe\"", "Input should be a valid integer", "null")},
        {"\"maybe\":{ \"a\" : 1 }",
         WRONG("int_type", "\"body\",\"maybe\"", "Input should be a valid integer", "{ \"a\" : 1 }")},
        {"\"maybe\":1.50",
         WRONG("int_from_float", "\"body\",\"maybe\"",
               "Input should be a valid integer, got a number with a fractional part", "1.50")},
        {"\"maybe\":1E400",
         WRONG("finite_number", "\"body\",\"maybe\"", "Input should be a finite number", "1E400")},
        {"\"maybe\":1e19",
         WRONG("int_parsing_size", "\"body\",\"maybe\"",
               "Unable to parse input string as an integer, exceeded maximum size", "1e19")},
        {"\"maybe\":9223372036854775808.0",
         WRONG("int_parsing_size", "\"body\",\"maybe\"",
               "Unable to parse input string as an integer, exceeded maximum size", "9223372036854775808.0")},
        {"\"maybe\":11", WRONG_CTX("less_than_equal", "\"body\",\"maybe\"",
                                   "Input should be less than or equal to 10", "11", "\"le\":10")},
        {"\"maybe\":\"-1\"", WRONG_CTX("greater_than_equal", "\"body\",\"maybe\"",
                                       "Input should be greater than or equal to 0", "\"-1\"", "\"ge\":0")},
        {"\"maybe\":123456789012345678901234567890",
         WRONG_CTX("less_than_equal", "\"body\",\"maybe\"", "Input should be less than or equal to 10",
                   "123456789012345678901234567890", "\"le\":10")},
        {"\"maybe\":-123456789012345678901234567890",
         WRONG_CTX("greater_than_equal", "\"body\",\"maybe\"", "Input should be greater than or equal to 0",
                   "-123456789012345678901234567890", "\"ge\":0")},
    };
    check_refusals(rows, COUNT(rows));
}

static void a_boolean_or_an_enum_is_refused_in_pydantics_words(void **state) {
    (void)state;
#define PARSING "Input should be a valid boolean, unable to interpret input"
#define COLOURS "'red', 'green' or 'blue'"
    static const struct refusal rows[] = {
        {"\"flag\":\"maybe\"", WRONG("bool_parsing", "\"body\",\"flag\"", PARSING, "\"maybe\"")},
        {"\"flag\":2", WRONG("bool_parsing", "\"body\",\"flag\"", PARSING, "2")},
        {"\"flag\":2.0", WRONG("bool_parsing", "\"body\",\"flag\"", PARSING, "2.0")},
        {"\"flag\":1.5", WRONG("bool_type", "\"body\",\"flag\"", "Input should be a valid boolean", "1.5")},
        {"\"flag\":1e19", WRONG("bool_type", "\"body\",\"flag\"", "Input should be a valid boolean", "1e19")},
        {"\"flag\":99999999999999999999",
         WRONG("bool_type", "\"body\",\"flag\"", "Input should be a valid boolean", "99999999999999999999")},
        {"\"flag\":null", WRONG("bool_type", "\"body\",\"flag\"", "Input should be a valid boolean", "null")},
        {"\"colour\":\"Red\"", WRONG_CTX("enum", "\"body\",\"colour\"", "Input should be " COLOURS, "\"Red\"",
                                         "\"expected\":\"" COLOURS "\"")},
        {"\"colours\":[\"red\",\"Red\"]",
         WRONG_CTX("enum", "\"body\",\"colours\",1", "Input should be " COLOURS, "\"Red\"",
                   "\"expected\":\"'red', 'green' or 'blue'\"")},
        {"\"colour\":0", WRONG_CTX("enum", "\"body\",\"colour\"", "Input should be " COLOURS, "0",
                                   "\"expected\":\"" COLOURS "\"")},
        {"\"colour\":null", WRONG_CTX("enum", "\"body\",\"colour\"", "Input should be " COLOURS, "null",
                                      "\"expected\":\"" COLOURS "\"")},
    };
    check_refusals(rows, COUNT(rows));
}

static void a_time_is_refused_in_pydantics_words(void **state) {
    (void)state;
#define TIME_TYPE(input) WRONG("datetime_type", "\"body\",\"at\"", "Input should be a valid datetime", input)
    static const struct refusal rows[] = {
        {"\"at\":true", TIME_TYPE("true")},
        {"\"at\":[]", TIME_TYPE("[]")},
        {"\"at\":\"soon\"", WRONG_CTX("datetime_from_date_parsing", "\"body\",\"at\"",
                                      "Input should be a valid datetime or date, input is too short",
                                      "\"soon\"", "\"error\":\"input is too short\"")},
        {"\"at\":1e20",
         WRONG_CTX("datetime_parsing", "\"body\",\"at\"",
                   "Input should be a valid datetime, dates after 9999 are not supported as "
                   "unix timestamps",
                   "1e20", "\"error\":\"dates after 9999 are not supported as unix timestamps\"")},
    };
    check_refusals(rows, COUNT(rows));
}

static void a_text_is_refused_in_pydantics_words(void **state) {
    (void)state;
    static const struct refusal rows[] = {
        {"\"note\":null",
         WRONG("string_type", "\"body\",\"note\"", "Input should be a valid string", "null")},
        {"\"note\":1", WRONG("string_type", "\"body\",\"note\"", "Input should be a valid string", "1")},
        {"\"note\":\"a\\u0000\"",
         WRONG_CTX("value_error", "\"body\",\"note\"", "Value error, text must not contain U+0000",
                   "\"a\\u0000\"", "\"error\":\"text with U+0000\"")},
    };
    check_refusals(rows, COUNT(rows));
}

static void a_list_is_refused_in_pydantics_words(void **state) {
    (void)state;
#define PARTS "\"body\",\"parts\""
    static const struct refusal rows[] = {
        {"\"parts\":null", WRONG("list_type", PARTS, "Input should be a valid list", "null")},
        {"\"parts\":{}", WRONG("list_type", PARTS, "Input should be a valid list", "{}")},
        {"\"parts\":[]",
         WRONG_CTX("too_short", PARTS, "List should have at least 2 items after validation, not 0", "[]",
                   "\"field_type\":\"List\",\"min_length\":2,\"actual_length\":0")},
        {"\"parts\":[1,2,3,4]",
         WRONG_CTX("too_long", PARTS, "List should have at most 3 items after validation, not 4", "[1,2,3,4]",
                   "\"field_type\":\"List\",\"max_length\":3,\"actual_length\":4")},
        /* A list is too short only if its items are right. */
        {"\"parts\":[{}]", MISSING(PARTS ",0,\"name\"", "{}") "," MISSING(PARTS ",0,\"count\"", "{}")},
        {"\"parts\":[null,{\"count\":\"x\",\"name\":\"a\"}]",
         MODEL_TYPE(PARTS ",0", "null") "," INT_PARSING(PARTS ",1,\"count\"", "\"x\"")},
    };
    check_refusals(rows, COUNT(rows));
}

struct whole {
    const char *text, *errors; /* text NULL: no body */
};

struct sign_in {
    struct str email, password;
};
static const struct field sign_in_fields[] = {
    EMAIL_FIELD(struct sign_in, email),
    TEXT_FIELD(struct sign_in, password, LENGTH(15, 30), .secret = true),
};
static const struct model sign_in = MODEL("SignIn", struct sign_in, sign_in_fields);

static void no_error_of_a_model_with_a_secret_echoes_an_input(void **state) {
    (void)state;
    static const char *const bodies[] = {
        "{\"email\":\"a@b.co\",\"password\":\"hunter2\"}",
        "{\"email\":\"a@b.co\",\"password\":\"hunter2 hunter2 hunter2 hunter2\"}",
        "{\"email\":\"a@b.co\",\"password\":[\"hunter2\"]}",
        "{\"password\":\"hunter2 hunter2 hunter2\"}",
        "{\"email\":\"hunter2\",\"password\":\"hunter2 hunter2 hunter2\"}",
        "{\"email\":\"a@b.co\",\"Password\":\"hunter2 hunter2 hunter2\"}",
        "\"hunter2\"",
        "[\"hunter2\"]",
    };
    for (size_t i = 0; i < COUNT(bodies); i++) {
        struct arena a;
        arena_init(&a, test_arena_bytes_max);
        struct json *value = NULL;
        struct sign_in out = {{0}, {0}};
        struct errors errors = errors_new(&a);
        assert_int_equal(body_read(&a, str_from(bodies[i]), true, &value, &errors), STATUS_OK);
        assert_int_equal(model_decode(&sign_in, SOURCE_BODY, value, &out, &a, &errors), STATUS_INVALID);
        assert_has_not(buf_str(&errors.text), "hunter2");
        assert_has(buf_str(&errors.text), "\"input\":null");
        assert_false(errors.hides_input); /* those of other inputs are echoed */
        arena_free(&a);
    }
}

static void an_optional_field_is_refused_in_pydantics_words(void **state) {
    (void)state;
#define WRONG_EMAIL(reason, input)                                                                           \
    WRONG_CTX("value_error", "\"body\",\"email\"", "value is not a valid email address: " reason, input,     \
              "\"reason\":\"" reason "\"")
#define WRONG_WORD(type, message, input, ctx) WRONG_CTX(type, "\"body\",\"words\",1", message, input, ctx)
    static const struct refusal rows[] = {
        {"\"email\":null",
         WRONG("string_type", "\"body\",\"email\"", "Input should be a valid string", "null")},
        {"\"email\":\"ann\"", WRONG_EMAIL("An email address must have an @-sign.", "\"ann\"")},
        {"\"email\":\"a\\\"b@c.de\"",
         WRONG_EMAIL("The email address contains invalid characters before the @-sign: '\\\"'.",
                     "\"a\\\"b@c.de\"")},
        {"\"email\":\"a@b.co\\r\\nBcc: x\"",
         WRONG_EMAIL("Carriage return and line feed characters are not allowed", "\"a@b.co\\r\\nBcc: x\"")},
        {"\"email\":\"a@b.co\\n\"",
         WRONG_EMAIL("Carriage return and line feed characters are not allowed", "\"a@b.co\\n\"")},
        {"\"other\":1", UUID_TYPE("\"body\",\"other\"", "1")},
        {"\"extra\":[]", MODEL_TYPE("\"body\",\"extra\"", "[]")},
        {"\"extra\":{\"count\":1}", MISSING("\"body\",\"extra\",\"name\"", "{\"count\":1}")},
        {"\"words\":\"a\"",
         WRONG("list_type", "\"body\",\"words\"", "Input should be a valid list", "\"a\"")},
        {"\"words\":[\"a\",null]",
         WRONG("string_type", "\"body\",\"words\",1", "Input should be a valid string", "null")},
        {"\"words\":[\"a\",\"\"]", WRONG_WORD("string_too_short", "String should have at least 1 character",
                                              "\"\"", "\"min_length\":1")},
        {"\"words\":[\"a\",\"abcdef\"]",
         WRONG_WORD("string_too_long", "String should have at most 5 characters", "\"abcdef\"",
                    "\"max_length\":5")},
        {"\"words\":[1,2,3,4]",
         WRONG_CTX("too_long", "\"body\",\"words\"",
                   "List should have at most 3 items after validation, not 4", "[1,2,3,4]",
                   "\"field_type\":\"List\",\"max_length\":3,\"actual_length\":4")},
    };
    check_refusals(rows, COUNT(rows));
}

static void a_body_is_refused_with_all_its_errors_in_the_order_of_the_fields(void **state) {
    (void)state;
    static const struct whole rows[] = {
        {NULL, MISSING("\"body\"", "null")},
        {"null", MODEL_TYPE("\"body\"", "null")},
        {"[]", MODEL_TYPE("\"body\"", "[]")},
        {"\"x\"", MODEL_TYPE("\"body\"", "\"x\"")},
        {"{}", MISSING("\"body\",\"text\"", "{}") "," MISSING("\"body\",\"number\"", "{}") "," MISSING(
                   "\"body\",\"id\"", "{}") "," MISSING("\"body\",\"part\"",
                                                        "{}") "," MISSING("\"body\",\"ids\"", "{}")},
        {"{\"ids\":[\"" EVERY_ID "\",5],\"part\":{\"count\":0,\"name\":\"a\"},\"id\":false,\"number\":\"x\","
         "\"text\":\"\\u00e9\"}",
         TOO_SHORT "," INT_PARSING("\"body\",\"number\"", "\"x\"") "," UUID_TYPE(
             "\"body\",\"id\"", "false") "," WRONG_CTX("greater_than_equal", "\"body\",\"part\",\"count\"",
                                                       "Input should be greater than or equal to 1", "0",
                                                       "\"ge\":1") "," UUID_TYPE("\"body\",\"ids\",1", "5")},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct arena a;
        struct every out;
        struct errors errors;
        arena_init(&a, test_arena_bytes_max);
        assert_int_equal(decode(&a, rows[i].text, &out, &errors), STATUS_INVALID);
        assert_text_of(rows[i].text ? rows[i].text : "no body", buf_str(&errors.text), rows[i].errors);
        arena_free(&a);
    }
}

static void a_body_that_is_not_json_has_that_one_error(void **state) {
    (void)state;
    struct arena a;
    struct every out;
    struct errors errors;
    arena_init(&a, test_arena_bytes_max);
    assert_int_equal(decode(&a, "{\"é\":1,}", &out, &errors), STATUS_INVALID);
    assert_text(buf_str(&errors.text),
                WRONG_CTX("json_invalid", "\"body\",7", "JSON decode error", "{}",
                          "\"error\":\"Expecting property name enclosed in double quotes\""));
    arena_free(&a);
}

static void a_body_of_another_type_is_one_string(void **state) {
    (void)state;
    struct arena a;
    struct json *value;
    arena_init(&a, test_arena_bytes_max);
    struct errors errors = errors_new(&a);
    assert_int_equal(body_read(&a, BYTES("{\"a\xFF"), false, &value, &errors), STATUS_OK);
    assert_int_equal(value->kind, JSON_STRING);
    assert_text(value->text, "{\"a\xEF\xBF\xBD");
    assert_int_equal(body_read(&a, STR(""), true, &value, &errors), STATUS_OK);
    assert_null(value);
    arena_free(&a);
}

/* ---- lack of memory ---- */

/* Decodes with more and more memory until it is enough: every attempt before must end with NO_MEMORY. */
static void check_lack(const char *text, enum status wanted) {
    enum status s = STATUS_NO_MEMORY;
    for (size_t bound = 0; s == STATUS_NO_MEMORY; bound += 16) {
        struct arena a;
        struct every out;
        struct errors errors;
        arena_init(&a, bound);
        s = decode(&a, text, &out, &errors);
        assert_true(s == wanted || s == STATUS_NO_MEMORY);
        assert_true(bound < 1000000);
        arena_free(&a);
    }
}

static void every_lack_of_memory_is_reported(void **state) {
    (void)state;
    check_lack("{" EVERY_LEAST
               ",\"note\":\"a\\nb\",\"parts\":[{\"name\":\"b\",\"count\":2},{\"name\":\"\\u0063\","
               "\"count\":3}]}",
               STATUS_OK);
    check_lack("{}", STATUS_INVALID);
    check_lack(NULL, STATUS_INVALID);
    check_lack("{\"a\":}", STATUS_INVALID);
    check_lack(
        "{\"text\":\"\\u00e9\",\"number\":\"x\",\"id\":\"x\",\"part\":{},\"ids\":[1,\"é\",null],\"flag\":[],"
        "\"colour\":1,\"parts\":[{},{},{}],\"maybe\":1.5,\"email\":\"é@\",\"extra\":{},\"words\":[0]}",
        STATUS_INVALID);
}

static void every_lack_of_memory_for_a_query_is_reported(void **state) {
    (void)state;
    enum status s = STATUS_NO_MEMORY;
    for (size_t bound = 0; s == STATUS_NO_MEMORY; bound += 16) {
        struct arena a;
        struct json *fields;
        arena_init(&a, bound);
        s = query_read(&a, STR("name=%ff&count=%32&a=long+enough+to+need+more+than+a+few+bytes"), &fields);
        assert_true(s == STATUS_OK || s == STATUS_NO_MEMORY);
        arena_free(&a);
    }
}

int main(void) {
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_kind_is_decoded),
        cmocka_unit_test(an_optional_field_is_read_where_it_is_given),
        cmocka_unit_test(a_field_left_out_is_absent_or_has_its_default),
        cmocka_unit_test(integers_are_read_by_pydantics_rules),
        cmocka_unit_test(booleans_are_read_by_pydantics_rules),
        cmocka_unit_test(a_number_is_refused_in_pydantics_words),
        cmocka_unit_test(a_boolean_or_an_enum_is_refused_in_pydantics_words),
        cmocka_unit_test(a_time_is_refused_in_pydantics_words),
        cmocka_unit_test(a_text_is_refused_in_pydantics_words),
        cmocka_unit_test(a_list_is_refused_in_pydantics_words),
        cmocka_unit_test(an_optional_field_is_refused_in_pydantics_words),
        cmocka_unit_test(no_error_of_a_model_with_a_secret_echoes_an_input),
        cmocka_unit_test(a_body_is_refused_with_all_its_errors_in_the_order_of_the_fields),
        cmocka_unit_test(a_body_that_is_not_json_has_that_one_error),
        cmocka_unit_test(a_body_of_another_type_is_one_string),
        cmocka_unit_test(every_lack_of_memory_is_reported),
        cmocka_unit_test(every_lack_of_memory_for_a_query_is_reported),
    };
    return cmocka_run_group_tests_name("model", tests, NULL, NULL);
}
