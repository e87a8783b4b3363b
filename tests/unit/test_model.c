/* The model engine: what is decoded and what is refused with which words, encoding, schemas, lack of memory.
 *
 * The errors are word for word those of Pydantic 2.14. */
#include "every_kind.h"
#include "test.h"

/* Decodes a JSON text, or nothing where it is NULL. The struct and the errors live in `a`. */
static enum status decode(struct arena *a, const char *text, struct every *out, struct errors *errors) {
    struct json *value = NULL;
    *out = (struct every){0};
    *errors = errors_new(a);
    enum status s = body_read(a, str_from(text), true, &value, errors);
    return s == STATUS_OK ? model_decode(&every_model, SOURCE_BODY, value, out, a, errors) : s;
}

/* Decodes the least that can be, with `more` in front of it: the first of two equal names would be refused,
 * so a field that the least has already is given by replacing all. */
static enum status decode_with(struct arena *a, const char *more, struct every *out, struct errors *errors) {
    struct buf text = buf_new(a);
    buf_printf(&text, "{" EVERY_LEAST ",%s}", more);
    buf_put(&text, BYTES("\0"));
    return decode(a, text.at, out, errors);
}

/* ---- what is decoded ---- */

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
    assert_true(out.maybe.given && out.maybe.value == 0);
    assert_true(out.flag.given && !out.flag.value);
    assert_int_equal(out.id.bytes[15], 0x24);
    assert_int_equal(out.colour, BLUE);
    assert_int_equal(out.ids.count, 1);
    const struct part *parts = out.parts.at;
    assert_int_equal(out.parts.count, 2);
    assert_text(parts[1].name, "c");
    assert_int_equal(parts[0].count + parts[1].count, 3);
    arena_free(&a);
}

static void what_is_left_out_is_absent_or_has_its_preset(void **state) {
    (void)state;
    struct arena a;
    struct every out;
    struct errors errors;
    arena_init(&a, test_arena_bytes_max);
    assert_int_equal(decode(&a, "{" EVERY_LEAST "}", &out, &errors), STATUS_OK);
    assert_null(out.note.at);
    assert_int_equal(out.size, 7);
    assert_false(out.maybe.given || out.flag.given);
    assert_int_equal(out.colour, GREEN);
    assert_null(out.parts.at);
    arena_free(&a);
}

static void numbers_are_taken_as_pydantic_takes_them(void **state) {
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

static void booleans_are_taken_as_pydantic_takes_them(void **state) {
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
        assert_number_of(rows[i].flag, out.flag.given ? out.flag.value : -1, rows[i].truth);
        arena_free(&a);
    }
}

/* ---- what is refused ---- */

#define TOO_SHORT                                                                                            \
    "{\"type\":\"string_too_short\",\"loc\":[\"body\",\"text\"],\"msg\":\"String should have at least 2 "    \
    "characters\",\"input\":\"\\u00e9\",\"ctx\":{\"min_length\":2}}"
#define INT_PARSING(loc, input)                                                                              \
    "{\"type\":\"int_parsing\",\"loc\":[" loc                                                                \
    "],\"msg\":\"Input should be a valid integer, unable to "                                                \
    "parse string as an integer\",\"input\":" input "}"
#define MISSING(loc, input)                                                                                  \
    "{\"type\":\"missing\",\"loc\":[" loc "],\"msg\":\"Field required\",\"input\":" input "}"
#define UUID_TYPE(loc, input)                                                                                \
    "{\"type\":\"uuid_type\",\"loc\":[" loc                                                                  \
    "],\"msg\":\"UUID input should be a string, bytes or UUID "                                              \
    "object\",\"input\":" input "}"
#define MODEL_TYPE(loc, input)                                                                               \
    "{\"type\":\"model_attributes_type\",\"loc\":[" loc                                                      \
    "],\"msg\":\"Input should be a valid dictionary or "                                                     \
    "object to extract fields from\",\"input\":" input "}"
#define WRONG(type, loc, message, input)                                                                     \
    "{\"type\":\"" type "\",\"loc\":[" loc "],\"msg\":\"" message "\",\"input\":" input "}"
#define WRONG_CTX(type, loc, message, input, ctx)                                                            \
    "{\"type\":\"" type "\",\"loc\":[" loc "],\"msg\":\"" message "\",\"input\":" input ",\"ctx\":{" ctx     \
    "}"                                                                                                      \
    "}"

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
        {"\"colour\":0", WRONG_CTX("enum", "\"body\",\"colour\"", "Input should be " COLOURS, "0",
                                   "\"expected\":\"" COLOURS "\"")},
        {"\"colour\":null", WRONG_CTX("enum", "\"body\",\"colour\"", "Input should be " COLOURS, "null",
                                      "\"expected\":\"" COLOURS "\"")},
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
        /* A list that is too short says so only where its items are right. */
        {"\"parts\":[{}]", MISSING(PARTS ",0,\"name\"", "{}") "," MISSING(PARTS ",0,\"count\"", "{}")},
        {"\"parts\":[null,{\"count\":\"x\",\"name\":\"a\"}]",
         MODEL_TYPE(PARTS ",0", "null") "," INT_PARSING(PARTS ",1,\"count\"", "\"x\"")},
    };
    check_refusals(rows, COUNT(rows));
}

struct whole {
    const char *text, *errors; /* text NULL: no body */
};

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

static void a_body_that_is_no_json_is_told_alone(void **state) {
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

/* ---- query and path ---- */

static void a_query_is_read_as_a_form(void **state) {
    (void)state;
    static const struct {
        const char *query, *fields; /* name=value; for each field */
    } rows[] = {
        {"", ""},
        {"&&", ""},
        {"a=1&b=2", "a=1;b=2;"},
        {"a=1&a=2", "a=1;a=2;"},
        {"a", "a=;"},
        {"a=", "a=;"},
        {"=a", "=a;"},
        {"a==b", "a==b;"},
        {"a+b=c+d", "a b=c d;"},
        {"%61%3D=%26%2b", "a==&+;"},
        {"a=%", "a=%;"},
        {"a=%4", "a=%4;"},
        {"a=%zz%4z", "a=%zz%4z;"},
        {"a=%2541", "a=%41;"}, /* once and not twice */
        {"a=%C3%A9%F0%9F%98%80", "a=é😀;"},
        {"a=%ff", "a=\xEF\xBF\xBD;"},
        {"a=%E2%82", "a=\xEF\xBF\xBD;"}, /* one for the whole start of a sequence */
        {"a=%F0%9F%98b",
         "a=\xEF\xBF\xBD"
         "b;"},
        {"a=%ED%A0%80", "a=\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD;"},
        {"a=1;b=2", "a=1;b=2;"}, /* a semicolon is a character */
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct arena a;
        struct json *fields;
        arena_init(&a, test_arena_bytes_max);
        assert_int_equal(query_read(&a, str_from(rows[i].query), &fields), STATUS_OK);
        struct buf text = buf_new(&a);
        for (const struct json *f = fields->first; f; f = f->next)
            buf_printf(&text, "%.*s=%.*s;", (int)f->name.size, f->name.at, (int)f->text.size, f->text.at);
        assert_text_of(rows[i].query, buf_str(&text), rows[i].fields);
        arena_free(&a);
    }
}

static void a_query_has_so_many_fields(void **state) {
    (void)state;
    struct arena a;
    struct json *fields;
    arena_init(&a, test_arena_bytes_max);
    struct buf query = buf_new(&a);
    for (int i = 0; i < query_fields_max; i++)
        buf_put_text(&query, "a=1&");
    assert_int_equal(query_read(&a, buf_str(&query), &fields), STATUS_OK);
    buf_put_text(&query, "a=1");
    assert_int_equal(query_read(&a, buf_str(&query), &fields), STATUS_TOO_MANY_PARAMETERS);
    arena_free(&a);
}

static void the_last_of_a_repeated_parameter_counts(void **state) {
    (void)state;
    struct arena a;
    struct json *fields;
    struct part out = {0};
    arena_init(&a, test_arena_bytes_max);
    struct errors errors = errors_new(&a);
    assert_int_equal(query_read(&a, STR("count=x&name=a&count=%32"), &fields), STATUS_OK);
    assert_int_equal(model_decode(&part_model, SOURCE_QUERY, fields, &out, &a, &errors), STATUS_OK);
    assert_int_equal(out.count, 2);
    arena_free(&a);
}

static void errors_of_a_query_or_a_path_name_it_and_echo_the_text(void **state) {
    (void)state;
    struct arena a;
    struct json *fields;
    struct part out = {0};
    arena_init(&a, test_arena_bytes_max);
    struct errors errors = errors_new(&a);
    assert_int_equal(query_read(&a, STR("count=1%22"), &fields), STATUS_OK);
    assert_int_equal(model_decode(&part_model, SOURCE_QUERY, fields, &out, &a, &errors), STATUS_INVALID);
    assert_text(buf_str(&errors.text),
                MISSING("\"query\",\"name\"", "null") "," INT_PARSING("\"query\",\"count\"", "\"1\\\"\""));
    errors = errors_new(&a);
    assert_int_equal(query_read(&a, STR("count=2&name=aaaa"), &fields), STATUS_OK);
    assert_int_equal(model_decode(&part_model, SOURCE_PATH, fields, &out, &a, &errors), STATUS_INVALID);
    assert_text(buf_str(&errors.text),
                WRONG_CTX("string_too_long", "\"path\",\"name\"", "String should have at most 3 characters",
                          "\"aaaa\"", "\"max_length\":3"));
    arena_free(&a);
}

/* ---- encoding and schemas ---- */

static void what_is_encoded_is_decoded_again(void **state) {
    (void)state;
    static const char full[] =
        "{\"text\":\"\\\"é\",\"note\":\"\",\"number\":-5,\"size\":9,\"maybe\":0,\"flag\":false,"
        "\"id\":\"" EVERY_ID
        "\",\"colour\":\"red\",\"part\":{\"name\":\"a\",\"count\":1},\"ids\":[\"" EVERY_ID "\",\"" EVERY_ID
        "\"],\"parts\":[{\"name\":\"b\",\"count\":2},{\"name\":\"c\",\"count\":3}]}";
    struct arena a;
    struct every out;
    struct errors errors;
    arena_init(&a, test_arena_bytes_max);
    assert_int_equal(decode(&a, full, &out, &errors), STATUS_OK);
    struct buf text = buf_new(&a);
    model_encode(&every_model, &out, &text);
    assert_text(buf_str(&text), full);
    arena_free(&a);
}

static void what_is_absent_is_encoded_as_null(void **state) {
    (void)state;
    struct arena a;
    struct written written = {.created_at = INT64_C(1795399409123456)};
    struct errors errors;
    arena_init(&a, test_arena_bytes_max);
    assert_int_equal(decode(&a, "{" EVERY_LEAST "}", &written.every, &errors), STATUS_OK);
    struct buf text = buf_new(&a);
    model_encode(&written_model, &written, &text);
    assert_text(buf_str(&text),
                "{\"created_at\":\"2026-11-23T02:03:29.123456Z\",\"every\":{\"text\":\"abc\",\"note\":null,"
                "\"number\":1,\"size\":7,\"maybe\":null,\"flag\":null,\"id\":\"" EVERY_ID
                "\",\"colour\":\"green\",\"part\":{\"name\":\"a\",\"count\":1},\"ids\":[\"" EVERY_ID
                "\"],\"parts\":[]}}");
    arena_free(&a);
}

static void the_schema_of_what_is_read(void **state) {
    (void)state;
    struct arena a;
    arena_init(&a, test_arena_bytes_max);
    struct buf text = buf_new(&a);
    model_schema(&every_model, false, &text);
    struct str schema = buf_str(&text);
    assert_has(schema,
               "{\"type\":\"object\",\"properties\":{\"text\":{\"type\":\"string\",\"minLength\":2,"
               "\"maxLength\":4,\"title\":\"Text\",\"description\":\"Two to four characters\","
               "\"examples\":[\"abc\"]}");
    assert_has(schema, "\"number\":{\"type\":\"integer\",\"minimum\":-5,\"maximum\":9007199254740991");
    assert_has(schema, "\"size\":{\"type\":\"integer\",\"minimum\":1,\"default\":7");
    assert_has(schema, "\"maybe\":{\"type\":\"integer\",\"minimum\":0,\"maximum\":10,\"title\":\"Maybe\"}");
    assert_has(schema, "\"flag\":{\"type\":\"boolean\",\"title\":\"Flag\"}");
    assert_has(schema, "\"id\":{\"type\":\"string\",\"format\":\"uuid\"");
    assert_has(schema, "\"enum\":[\"red\",\"green\",\"blue\"],\"default\":\"green\"");
    assert_has(schema, "\"part\":{\"$ref\":\"#/components/schemas/Part\"");
    assert_has(schema,
               "\"ids\":{\"type\":\"array\",\"items\":{\"type\":\"string\",\"format\":\"uuid\"},"
               "\"minItems\":1,\"maxItems\":3");
    assert_has(schema, "\"required\":[\"text\",\"number\",\"id\",\"part\",\"ids\"]");
    assert_has(schema, "\"title\":\"Every\",\"description\":\"All \\\"kinds\\\"\"}");
    arena_free(&a);
}

static void the_schema_of_what_is_written_has_every_field(void **state) {
    (void)state;
    struct arena a;
    arena_init(&a, test_arena_bytes_max);
    struct buf text = buf_new(&a);
    model_schema(&every_model, true, &text);
    assert_has(buf_str(&text),
               "\"maybe\":{\"anyOf\":[{\"type\":\"integer\",\"minimum\":0,\"maximum\":10},"
               "{\"type\":\"null\"}],\"title\":\"Maybe\"}");
    assert_has(buf_str(&text),
               "\"required\":[\"text\",\"note\",\"number\",\"size\",\"maybe\",\"flag\",\"id\","
               "\"colour\",\"part\",\"ids\",\"parts\"]");
    assert_has_not(buf_str(&text), "\"default\"");
    text = buf_new(&a);
    model_schema(&written_model, true, &text);
    assert_has(buf_str(&text), "\"created_at\":{\"type\":\"string\",\"format\":\"date-time\"");
    arena_free(&a);
}

static void a_schema_is_json(void **state) {
    (void)state;
    const struct model *models[] = {&every_model, &part_model, &written_model};
    for (size_t i = 0; i < 2 * COUNT(models); i++) {
        struct arena a;
        struct json *value;
        struct json_error error;
        arena_init(&a, test_arena_bytes_max);
        struct buf text = buf_new(&a);
        model_schema(models[i / 2], i % 2, &text);
        assert_int_equal(json_read(&a, buf_str(&text), &value, &error), STATUS_OK);
        arena_free(&a);
    }
}

/* ---- lack of memory ---- */

/* Decodes with ever more memory until there is enough: never anything but NO_MEMORY on the way. */
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

static void every_lack_of_memory_is_told(void **state) {
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
        "\"colour\":1,\"parts\":[{},{},{}],\"maybe\":1.5}",
        STATUS_INVALID);
}

static void every_lack_of_memory_for_a_query_is_told(void **state) {
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
        cmocka_unit_test(what_is_left_out_is_absent_or_has_its_preset),
        cmocka_unit_test(numbers_are_taken_as_pydantic_takes_them),
        cmocka_unit_test(booleans_are_taken_as_pydantic_takes_them),
        cmocka_unit_test(a_number_is_refused_in_pydantics_words),
        cmocka_unit_test(a_boolean_or_an_enum_is_refused_in_pydantics_words),
        cmocka_unit_test(a_text_is_refused_in_pydantics_words),
        cmocka_unit_test(a_list_is_refused_in_pydantics_words),
        cmocka_unit_test(a_body_is_refused_with_all_its_errors_in_the_order_of_the_fields),
        cmocka_unit_test(a_body_that_is_no_json_is_told_alone),
        cmocka_unit_test(a_body_of_another_type_is_one_string),
        cmocka_unit_test(a_query_is_read_as_a_form),
        cmocka_unit_test(a_query_has_so_many_fields),
        cmocka_unit_test(the_last_of_a_repeated_parameter_counts),
        cmocka_unit_test(errors_of_a_query_or_a_path_name_it_and_echo_the_text),
        cmocka_unit_test(what_is_encoded_is_decoded_again),
        cmocka_unit_test(what_is_absent_is_encoded_as_null),
        cmocka_unit_test(the_schema_of_what_is_read),
        cmocka_unit_test(the_schema_of_what_is_written_has_every_field),
        cmocka_unit_test(a_schema_is_json),
        cmocka_unit_test(every_lack_of_memory_is_told),
        cmocka_unit_test(every_lack_of_memory_for_a_query_is_told),
    };
    return cmocka_run_group_tests_name("model", tests, NULL, NULL);
}
