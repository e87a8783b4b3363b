/* The JSON reader: which texts it reads, which it refuses and at which position, its limits, and every lack
 * of memory. */
#include "test.h"

#include "base/buf.h"
#include "base/json.h"

#include <stdlib.h>

/* Reads a text; `error` is filled if it is refused. */
static enum status read(struct arena *a, struct str text, struct json **out, struct json_error *error) {
    *error = (struct json_error){0};
    arena_init(a, test_arena_bytes_max);
    return json_read(a, text, out, error);
}

/* The whole tree as text, strings decoded: `{a:[1,"x",null]}`. */
static void print_tree(const struct json *value, struct buf *out) {
    static const char *const words[] = {"null", "false", "true"};
    const struct json *inner = value->first;
    if (value->kind <= JSON_TRUE)
        buf_put_text(out, words[value->kind]);
    else if (value->kind == JSON_NUMBER)
        buf_put(out, value->raw);
    else if (value->kind == JSON_STRING)
        buf_printf(out, "'%.*s'", (int)value->text.size, value->text.data);
    else
        buf_put_char(out, value->kind == JSON_ARRAY ? '[' : '{');
    for (; inner; inner = inner->next) {
        if (value->kind == JSON_OBJECT)
            buf_printf(out, "%.*s:", (int)inner->name.size, inner->name.data);
        print_tree(inner, out);
        buf_put_text(out, inner->next ? "," : "");
    }
    if (value->kind >= JSON_ARRAY)
        buf_put_char(out, value->kind == JSON_ARRAY ? ']' : '}');
}

static void texts_that_are_json(void **state) {
    (void)state;
    static const struct {
        const char *text, *tree;
    } rows[] = {
        {"null", "null"},
        {"true", "true"},
        {"false", "false"},
        {" \t\r\n0 \t\r\n", "0"},
        {"-0", "-0"},
        {"-0.0e-0", "-0.0e-0"},
        {"1E+400", "1E+400"},
        {"123456789012345678901234567890", "123456789012345678901234567890"},
        {"1.25e-7", "1.25e-7"},
        {"\"\"", "''"},
        {"\"\x7F\"", "'\x7F'"},
        {"\"é日😀\"", "'é日😀'"},
        {"\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", "'\"\\/\b\f\n\r\t'"},
        {"\"\\u0041\\u00e9\\u65E5\\ud83d\\uDE00\"", "'Aé日😀'"},
        {"\"\\ud7ff\\ue000\\uffff\"", "'\xED\x9F\xBF\xEE\x80\x80\xEF\xBF\xBF'"},
        {"\"\\ud800\\udc00\\udbff\\udfff\"", "'\xF0\x90\x80\x80\xF4\x8F\xBF\xBF'"},
        {"[]", "[]"},
        {"[ ]", "[]"},
        {"[1,[2,[]],{}]", "[1,[2,[]],{}]"},
        {"{}", "{}"},
        {"{ \"a\" : 1 , \"b\" : [ true , \"x\" ] }", "{a:1,b:[true,'x']}"},
        {"{\"\":0,\" \":1}", "{:0, :1}"},
        {"{\"n\\u0061me\":1}", "{name:1}"},
        {"{\"a\":{\"a\":{\"a\":1}}}", "{a:{a:{a:1}}}"}, /* the same name, but not in the same object */
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct arena a;
        struct json *value;
        struct json_error error;
        assert_number_of(rows[i].text, read(&a, str_from(rows[i].text), &value, &error), STATUS_OK);
        struct buf tree = buf_new(&a);
        print_tree(value, &tree);
        assert_text_of(rows[i].text, buf_str(&tree), rows[i].tree);
        arena_free(&a);
    }
}

struct refused {
    struct str text;
    const char *reason;
    size_t position; /* in characters */
};

static void check_refused(const struct refused *row) {
    struct arena a;
    struct json *value;
    struct json_error error;
    char *name = NULL;
    assert_true(asprintf(&name, "%.*s", (int)row->text.size, row->text.data) >= 0);
    assert_number_of(name, read(&a, row->text, &value, &error), STATUS_INVALID);
    assert_text_of(name, str_from(error.reason), row->reason);
    assert_number_of(name, error.position, row->position);
    free(name);
    arena_free(&a);
}

static void texts_that_are_not_json(void **state) {
    (void)state;
    static const struct refused rows[] = {
        {BYTES(""), "Expecting value", 0},
        {BYTES(" \n"), "Expecting value", 2},
        {BYTES("nul"), "Expecting value", 0},
        {BYTES("nulll"), "Extra data", 4},
        {BYTES("True"), "Expecting value", 0},
        {BYTES("NaN"), "Expecting value", 0},
        {BYTES("-Infinity"), "Expecting value", 0},
        {BYTES("undefined"), "Expecting value", 0},
        {BYTES("1 2"), "Extra data", 2},
        {BYTES("{}\0"), "Extra data", 2},
        {BYTES("\0"), "Expecting value", 0},
        {BYTES("\x0C{}"), "Expecting value", 0},
        {BYTES("\xEF\xBB\xBF{}"), "Expecting value", 0}, /* a byte order mark */
        {BYTES("\xC2\xA0{}"), "Expecting value", 0},
        {BYTES("// a\n{}"), "Expecting value", 0},
        {BYTES("'a'"), "Expecting value", 0},
        {BYTES("]"), "Expecting value", 0},
        {BYTES("["), "Expecting value", 1},
        {BYTES("[1"), "Expecting ',' delimiter", 2},
        {BYTES("[1,"), "Expecting value", 3},
        {BYTES("[1,]"), "Expecting value", 3},
        {BYTES("[,1]"), "Expecting value", 1},
        {BYTES("[1 2]"), "Expecting ',' delimiter", 3},
        {BYTES("[1}"), "Expecting ',' delimiter", 2},
        {BYTES("{"), "Expecting property name enclosed in double quotes", 1},
        {BYTES("{a:1}"), "Expecting property name enclosed in double quotes", 1},
        {BYTES("{1:1}"), "Expecting property name enclosed in double quotes", 1},
        {BYTES("{\"a\""), "Expecting ':' delimiter", 4},
        {BYTES("{\"a\",1}"), "Expecting ':' delimiter", 4},
        {BYTES("{\"a\":"), "Expecting value", 5},
        {BYTES("{\"a\":1"), "Expecting ',' delimiter", 6},
        {BYTES("{\"a\":1,}"), "Expecting property name enclosed in double quotes", 7},
        {BYTES("{\"a\":1 \"b\":2}"), "Expecting ',' delimiter", 7},
        {BYTES("{\"a\":1,\"a\":2}"), "Duplicate name in an object", 7},
        {BYTES("{\"a\":1,\"\\u0061\":2}"), "Duplicate name in an object", 7},
        {BYTES("{\"\":1,\"\":2}"), "Duplicate name in an object", 6},
    };
    for (size_t i = 0; i < COUNT(rows); i++)
        check_refused(&rows[i]);
}

static void numbers_that_are_not_json(void **state) {
    (void)state;
    static const struct refused rows[] = {
        {BYTES("-"), "Expecting value", 0},   {BYTES("+1"), "Expecting value", 0},
        {BYTES("--1"), "Expecting value", 0}, {BYTES("-a"), "Expecting value", 0},
        {BYTES(".5"), "Expecting value", 0},  {BYTES("01"), "Extra data", 1},
        {BYTES("-01"), "Extra data", 2},      {BYTES("00"), "Extra data", 1},
        {BYTES("1."), "Extra data", 1},       {BYTES("1.e1"), "Extra data", 1},
        {BYTES("1e"), "Extra data", 1},       {BYTES("1e+"), "Extra data", 1},
        {BYTES("1.5E-"), "Extra data", 3},    {BYTES("1e1.5"), "Extra data", 3},
        {BYTES("0x1"), "Extra data", 1},      {BYTES("1_000"), "Extra data", 1},
        {BYTES("1,000"), "Extra data", 1},    {BYTES("\xD9\xA1"), "Expecting value", 0},
    };
    for (size_t i = 0; i < COUNT(rows); i++)
        check_refused(&rows[i]);
}

static void strings_that_are_not_json(void **state) {
    (void)state;
    static const struct refused rows[] = {
        {BYTES("\""), "Unterminated string starting at", 0},
        {BYTES("[\"é\", \"abc"), "Unterminated string starting at", 6},
        {BYTES("\"abc\\"), "Unterminated string starting at", 0},
        {BYTES("\"abc\\\""), "Unterminated string starting at", 0},
        {BYTES("\"a\tb\""), "Invalid control character at", 2},
        {BYTES("\"é\n\""), "Invalid control character at", 2},
        {BYTES("\"\0\""), "Invalid control character at", 1},
        {BYTES("\"\\x41\""), "Invalid escape", 2},
        {BYTES("\"\\\0\""), "Invalid escape", 2},
        {BYTES("\"\\\n\""), "Invalid escape", 2},
        {BYTES("\"\\U0041\""), "Invalid escape", 2},
        {BYTES("\"\\u\""), "Invalid uXXXX escape", 3},
        {BYTES("\"\\u12\""), "Invalid uXXXX escape", 3},
        {BYTES("\"\\u12g4\""), "Invalid uXXXX escape", 5},
        {BYTES("\"\\u+041\""), "Invalid uXXXX escape", 3},
        {BYTES("\"\\ud83d\""), "Lone surrogate", 3},
        {BYTES("\"\\ud83dx\""), "Lone surrogate", 3},
        {BYTES("\"\\ud83d\\n\""), "Lone surrogate", 3},
        {BYTES("\"\\ud83d\\u0041\""), "Lone surrogate", 3},
        {BYTES("\"\\ud83d\\ud83d\""), "Lone surrogate", 3},
        {BYTES("\"\\ude00\""), "Lone surrogate", 3},
        {BYTES("\"\\ude00\\ud83d\""), "Lone surrogate", 3},
        {BYTES("\"\\ud83d\\u12\""), "Invalid uXXXX escape", 9},
        {BYTES("\"\xFF\""), "Invalid UTF-8", 0},
        {BYTES("\"\xED\xA0\x80\""), "Invalid UTF-8", 0},
        {BYTES("\"\xC0\x80\""), "Invalid UTF-8", 0},
        {BYTES("{}\xC3"), "Invalid UTF-8", 0},
    };
    for (size_t i = 0; i < COUNT(rows); i++)
        check_refused(&rows[i]);
}

static void a_value_keeps_the_text_that_it_was_read_from(void **state) {
    (void)state;
    struct arena a;
    struct json *value;
    struct json_error error;
    assert_int_equal(read(&a, STR(" {\"a\" : [ 1.50 , \"\\u0041\" ],\"b\":{ } } "), &value, &error),
                     STATUS_OK);
    assert_text(value->raw, "{\"a\" : [ 1.50 , \"\\u0041\" ],\"b\":{ } }");
    assert_text(value->first->raw, "[ 1.50 , \"\\u0041\" ]");
    assert_text(value->first->first->raw, "1.50");
    assert_text(value->first->first->next->raw, "\"\\u0041\"");
    assert_text(json_member(value, STR("b"))->raw, "{ }");
    assert_null(json_member(value, STR("c")));
    assert_int_equal(value->count, 2);
    assert_int_equal(value->first->count, 2);
    arena_free(&a);
}

static void a_string_without_escapes_is_not_copied(void **state) {
    (void)state;
    static const char text[] = "[\"plain\",\"a\\nb\"]";
    struct arena a;
    struct json *value;
    struct json_error error;
    assert_int_equal(read(&a, str_from(text), &value, &error), STATUS_OK);
    assert_ptr_equal(value->first->text.data, text + 2);
    assert_text(value->first->next->text, "a\nb");
    arena_free(&a);
}

static void an_integer_is_a_number_without_fraction_or_exponent(void **state) {
    (void)state;
    static const struct {
        const char *text;
        bool integer;
    } rows[] = {{"0", true}, {"-17", true}, {"1.0", false}, {"1e2", false}, {"1E2", false}, {"-0", true}};
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct arena a;
        struct json *value;
        struct json_error error;
        assert_int_equal(read(&a, str_from(rows[i].text), &value, &error), STATUS_OK);
        assert_number_of(rows[i].text, json_is_integer(value), rows[i].integer);
        arena_free(&a);
    }
}

/* ---- limits ---- */

/* `before` n times, then `middle`, then `after` n times. */
static struct str repeated(struct arena *a, const char *before, const char *middle, const char *after,
                           size_t n) {
    struct buf text = buf_new(a);
    for (size_t i = 0; i < n; i++)
        buf_put_text(&text, before);
    buf_put_text(&text, middle);
    for (size_t i = 0; i < n; i++)
        buf_put_text(&text, after);
    assert_true(buf_ok(&text));
    return buf_str(&text);
}

/* Whether a text is read, or what it is refused for. */
static void check_limit(struct str text, const char *reason) {
    struct arena a;
    struct json *value;
    struct json_error error;
    assert_int_equal(read(&a, text, &value, &error), reason ? STATUS_INVALID : STATUS_OK);
    if (reason)
        assert_string_equal(error.reason, reason);
    arena_free(&a);
}

static void arrays_and_objects_nest_up_to_a_limit(void **state) {
    (void)state;
    struct arena a;
    arena_init(&a, test_arena_bytes_max);
    check_limit(repeated(&a, "[", "", "]", json_depth_max), NULL);
    check_limit(repeated(&a, "[", "", "]", json_depth_max + 1), "Nested too deeply");
    check_limit(repeated(&a, "{\"a\":", "1", "}", json_depth_max), NULL);
    check_limit(repeated(&a, "{\"a\":", "1", "}", json_depth_max + 1), "Nested too deeply");
    check_limit(repeated(&a, "[", "", "", 1000000), "Nested too deeply");
    check_limit(repeated(&a, "[[],", "1", "]", json_depth_max - 1), NULL); /* side by side is no depth */
    arena_free(&a);
}

static void a_document_has_a_limited_number_of_values(void **state) {
    (void)state;
    struct arena a;
    arena_init(&a, test_arena_bytes_max);
    struct str most = repeated(&a, "1,", "1]", "", json_values_max - 1);
    struct str more = repeated(&a, "1,", "1]", "", json_values_max);
    struct buf text = buf_new(&a);
    buf_put_char(&text, '[');
    buf_put(&text, most);
    check_limit(buf_str(&text), NULL);
    text = buf_new(&a);
    buf_put_char(&text, '[');
    buf_put(&text, more);
    check_limit(buf_str(&text), "Too many values");
    arena_free(&a);
}

/* An object of n names. */
static struct str object_of(struct arena *a, int n) {
    struct buf text = buf_new(a);
    for (int i = 0; i < n; i++)
        buf_printf(&text, "%s\"name %d\":%d", i ? "," : "{", i, i);
    buf_put_char(&text, '}');
    return buf_str(&text);
}

static void an_object_has_a_limited_number_of_names(void **state) {
    (void)state;
    struct arena a;
    arena_init(&a, test_arena_bytes_max);
    check_limit(object_of(&a, json_members_max), NULL);
    check_limit(object_of(&a, json_members_max + 1), "Too many names in an object");
    arena_free(&a);
}

/* ---- looking members up ---- */

static void a_member_is_found_by_its_name_and_kind(void **state) {
    (void)state;
    struct arena a;
    struct json *v;
    struct json_error error;
    struct str text =
        STR("{\"text\":\"\\u00e9\",\"object\":{\"id\":\"x\"},\"array\":[1],"
            "\"no\":false,\"null\":null,\"number\":7}");
    assert_int_equal(read(&a, text, &v, &error), STATUS_OK);
    assert_text(json_member_text(v, "text"), "é");
    assert_text(json_member_text(json_member_object(v, "object"), "id"), "x");
    assert_int_equal(json_member_array(v, "array")->count, 1);
    assert_non_null(json_member(v, STR("null")));
    static const char *const others[] = {"missing", "no", "null", "number"};
    for (size_t i = 0; i < COUNT(others); i++) {
        assert_null(json_member_text(v, others[i]).data);
        assert_null(json_member_object(v, others[i]));
        assert_null(json_member_array(v, others[i]));
        assert_null(json_member_text(json_member(v, str_from(others[i])), "id").data);
    }
    arena_free(&a);
}

static void an_integer_member_is_read_if_it_is_within_its_bounds(void **state) {
    (void)state;
    static const struct {
        const char *number;
        int64_t min, max;
        bool fits;
        int64_t value;
    } rows[] = {
        {"0", 0, 0, true, 0},
        {"-0", 0, 0, true, 0},
        {"-7", -7, 7, true, -7},
        {"-8", -7, 7, false, 0},
        {"8", -7, 7, false, 0},
        {"9223372036854775807", INT64_MIN, INT64_MAX, true, INT64_MAX},
        {"9223372036854775808", INT64_MIN, INT64_MAX, false, 0},
        {"1.0", 0, 9, false, 0},
        {"1e0", 0, 9, false, 0},
        {"\"1\"", 0, 9, false, 0},
        {"true", 0, 9, false, 0},
        {"null", 0, 9, false, 0},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct arena a;
        struct json *v;
        struct json_error error;
        char text[64];
        int64_t value = 42;
        snprintf(text, sizeof text, "{\"n\":%s}", rows[i].number);
        assert_int_equal(read(&a, str_from(text), &v, &error), STATUS_OK);
        bool fits = json_member_int(v, "n", rows[i].min, rows[i].max, &value);
        assert_number_of(rows[i].number, fits, rows[i].fits);
        assert_number_of(rows[i].number, value, rows[i].fits ? rows[i].value : 42);
        assert_false(json_member_int(v, "m", rows[i].min, rows[i].max, &value));
        assert_false(json_member_int(NULL, "n", rows[i].min, rows[i].max, &value));
        arena_free(&a);
    }
}

/* ---- lack of memory ---- */

static const char rich[] =
    "{\"a\":[1,2.5e3,\"plain\",\"esc\\u00e9\\n\",{\"b\":null,\"\\u0063\":[[],{}]}],"
    "\"long\":\"\\t0123456789012345678901234567890123456789\",\"z\":true}";

static void every_lack_of_memory_is_reported(void **state) {
    (void)state;
    enum status s = STATUS_NO_MEMORY;
    for (size_t bound = 0; s != STATUS_OK; bound += 16) {
        struct arena a;
        struct json *value;
        struct json_error error = {0};
        arena_init(&a, bound);
        s = json_read(&a, str_from(rich), &value, &error);
        assert_true(s == STATUS_OK || s == STATUS_NO_MEMORY);
        assert_true(a.bytes <= bound && bound < 100000);
        arena_free(&a);
    }
}

static void every_truncated_text_is_refused(void **state) {
    (void)state;
    for (size_t size = 0; size < sizeof rich - 1; size++) {
        char *start = malloc(size ? size : 1); /* of its own, so that a step past its end is seen */
        struct arena a;
        struct json *value;
        struct json_error error;
        memcpy(start, rich, size);
        assert_int_equal(read(&a, text_of(start, size), &value, &error), STATUS_INVALID);
        assert_true(error.position <= size);
        arena_free(&a);
        free(start);
    }
}

int main(void) {
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts_that_are_json),
        cmocka_unit_test(texts_that_are_not_json),
        cmocka_unit_test(numbers_that_are_not_json),
        cmocka_unit_test(strings_that_are_not_json),
        cmocka_unit_test(a_value_keeps_the_text_that_it_was_read_from),
        cmocka_unit_test(a_string_without_escapes_is_not_copied),
        cmocka_unit_test(an_integer_is_a_number_without_fraction_or_exponent),
        cmocka_unit_test(arrays_and_objects_nest_up_to_a_limit),
        cmocka_unit_test(a_document_has_a_limited_number_of_values),
        cmocka_unit_test(an_object_has_a_limited_number_of_names),
        cmocka_unit_test(a_member_is_found_by_its_name_and_kind),
        cmocka_unit_test(an_integer_member_is_read_if_it_is_within_its_bounds),
        cmocka_unit_test(every_lack_of_memory_is_reported),
        cmocka_unit_test(every_truncated_text_is_refused),
    };
    return cmocka_run_group_tests_name("json", tests, NULL, NULL);
}
