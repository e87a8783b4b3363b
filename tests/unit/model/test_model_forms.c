/* The model engine: queries and paths, encoding, schemas. */
#include "decode.h"

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
        {"a=%2541", "a=%41;"}, /* decoded once, not twice */
        {"a=%C3%A9%F0%9F%98%80", "a=é😀;"},
        {"a=%ff", "a=\xEF\xBF\xBD;"},
        {"a=%E2%82", "a=\xEF\xBF\xBD;"}, /* one U+FFFD for the whole start of a sequence */
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
            buf_printf(&text, "%.*s=%.*s;", (int)f->name.size, f->name.data, (int)f->text.size, f->text.data);
        assert_text_of(rows[i].query, buf_str(&text), rows[i].fields);
        arena_free(&a);
    }
}

static void a_query_has_a_limited_number_of_fields(void **state) {
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

struct filters {
    struct list tag;
    struct maybe_int size;
    uint32_t colours;
};
static const struct field filter_fields[] = {
    TEXTS_FIELD(struct filters, tag, AT_MOST(3)),
    MAYBE_INT_FIELD(struct filters, size, .may_be_empty = true),
    NAME_SET_FIELD(struct filters, colours, .names = colour_names),
};
static const struct model filters_model = MODEL("Filters", struct filters, filter_fields);

static void a_parameter_may_be_given_several_times_or_be_empty(void **state) {
    (void)state;
#define TOO_LONG(loc)                                                                                        \
    WRONG_CTX("string_too_long", loc, "String should have at most 3 characters", "\"long\"",                 \
              "\"max_length\":3")
    static const struct {
        const char *query, *tags, *errors;
    } rows[] = {
        {"", "", NULL},
        {"tag=", "", NULL},
        {"tag&tag=&size=", "", NULL},
        {"tag=a", "a.", NULL},
        {"tag=b&x=1&tag=&t%61g=a&tag=b", "b.a.b.", NULL},
        {"tag=long", NULL, TOO_LONG("\"query\",\"tag\"")},
        {"tag=&tag=long&tag=a", NULL, TOO_LONG("\"query\",\"tag\",1")},
        {"tag=a&size=x", NULL, INT_PARSING("\"query\",\"size\"", "\"x\"")},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct arena a;
        struct json *fields;
        struct filters out = {0};
        arena_init(&a, test_arena_bytes_max);
        struct errors errors = errors_new(&a);
        assert_int_equal(query_read(&a, str_from(rows[i].query), &fields), STATUS_OK);
        enum status s = model_decode(&filters_model, SOURCE_QUERY, fields, &out, &a, &errors);
        assert_int_equal(s, rows[i].tags ? STATUS_OK : STATUS_INVALID);
        struct buf text = buf_new(&a);
        for (size_t t = 0; rows[i].tags && t < out.tag.count; t++) {
            buf_put(&text, ((const struct str *)out.tag.data)[t]);
            buf_put_char(&text, '.');
        }
        assert_false(out.size.is_set);
        assert_text_of(rows[i].query, rows[i].tags ? buf_str(&text) : buf_str(&errors.text),
                       rows[i].tags ? rows[i].tags : rows[i].errors);
        arena_free(&a);
    }
}

static void a_set_of_names_has_commas_or_comes_several_times(void **state) {
    (void)state;
    enum { R = 1 << RED, G = 1 << GREEN, B = 1 << BLUE };
#define WRONG_NAME(name)                                                                                     \
    WRONG_CTX("enum", "\"query\",\"colours\"", "Input should be 'red', 'green' or 'blue'", "\"" name "\"",   \
              "\"expected\":\"'red', 'green' or 'blue'\"")
    static const struct {
        const char *query;
        uint32_t set;
        const char *errors;
    } rows[] = {
        {"tag=a", 0, NULL},
        {"colours=", 0, NULL},
        {"colours=,&colours", 0, NULL},
        {"colours=blue", B, NULL},
        {"colours=blue,red", R | B, NULL},
        {"colours=blue%2Cblue,&x=green&colours=red", R | B, NULL},
        {"colours=red&colours=green&colours=blue", R | G | B, NULL},
        {"colours=red,pink,grey", R, WRONG_NAME("pink")}, /* one error, however many are wrong */
        {"colours=Red", 0, WRONG_NAME("Red")},
        {"colours=red,+blue", R, WRONG_NAME(" blue")},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct arena a;
        struct json *fields;
        struct filters out = {0};
        arena_init(&a, test_arena_bytes_max);
        struct errors errors = errors_new(&a);
        assert_int_equal(query_read(&a, str_from(rows[i].query), &fields), STATUS_OK);
        enum status s = model_decode(&filters_model, SOURCE_QUERY, fields, &out, &a, &errors);
        assert_int_equal(s, rows[i].errors ? STATUS_INVALID : STATUS_OK);
        assert_int_equal(out.colours, rows[i].set);
        if (rows[i].errors)
            assert_text_of(rows[i].query, buf_str(&errors.text), rows[i].errors);
        arena_free(&a);
    }
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

static void an_encoded_model_is_decoded_again(void **state) {
    (void)state;
    static const char full[] =
        "{\"text\":\"\\\"é\",\"note\":\"\",\"number\":-5,\"size\":9,\"maybe\":0,\"flag\":false,"
        "\"id\":\"" EVERY_ID
        "\",\"colour\":\"red\",\"part\":{\"name\":\"a\",\"count\":1},\"ids\":[\"" EVERY_ID "\",\"" EVERY_ID
        "\"],\"parts\":[{\"name\":\"b\",\"count\":2},{\"name\":\"c\",\"count\":3}],\"colours\":[\"blue\",\"red\"],"
        "\"email\":\"ann@shop.example\",\"other\":\"" EVERY_ID
        "\",\"extra\":{\"name\":\"d\",\"count\":4},\"words\":[\"a\",\"\u00e9\u00e9\u00e9\u00e9\u00e9\"],"
        "\"at\":\"2026-11-23T02:03:29.123456Z\"}";
    struct arena a;
    struct every out;
    struct errors errors;
    arena_init(&a, test_arena_bytes_max);
    assert_int_equal(decode(&a, full, &out, &errors), STATUS_OK);
    struct buf text = buf_new(&a);
    model_encode(&every_model, &out, 0, &text);
    assert_text(buf_str(&text), full);
    arena_free(&a);
}

static void an_absent_field_is_encoded_as_null(void **state) {
    (void)state;
    struct arena a;
    struct written written = {.created_at = INT64_C(1795399409123456)};
    static const struct maybe_int ended = {true, INT64_C(1795399409123457)};
    struct errors errors;
    arena_init(&a, test_arena_bytes_max);
    assert_int_equal(decode(&a, "{" EVERY_LEAST "}", &written.every, &errors), STATUS_OK);
    struct buf text = buf_new(&a);
    model_encode(&written_model, &written, 0, &text);
    assert_text(
        buf_str(&text),
        "{\"created_at\":\"2026-11-23T02:03:29.123456Z\",\"ended_at\":null,\"every\":{\"text\":\"abc\",\"note\":null,"
        "\"number\":1,\"size\":7,\"maybe\":null,\"flag\":null,\"id\":\"" EVERY_ID
        "\",\"colour\":\"green\",\"part\":{\"name\":\"a\",\"count\":1},\"ids\":[\"" EVERY_ID
        "\"],\"parts\":[],\"colours\":[],\"email\":null,\"other\":null,\"extra\":null,\"words\":[],\"at\":null}}");
    written.ended_at = ended;
    text = buf_new(&a);
    model_encode(&written_model, &written, 0, &text);
    assert_has(buf_str(&text), "\"ended_at\":\"2026-11-23T02:03:29.123457Z\"");
    arena_free(&a);
}

/* Fields that must be asked for, also inside of another model. */
struct inner {
    int64_t always, first, second;
};
static const struct field inner_fields[] = {
    INT_FIELD(struct inner, first, .asked = 1),
    INT_FIELD(struct inner, always),
    INT_FIELD(struct inner, second, .asked = 2),
};
static const struct model inner_model = MODEL("Inner", struct inner, inner_fields);

struct outer {
    struct inner one;
    struct list more;
};
static const struct field outer_fields[] = {
    MODEL_FIELD(struct outer, one, struct inner, .of = &inner_model),
    LIST_FIELD(struct outer, more, .item = KIND_MODEL, .of = &inner_model),
};
static const struct model outer_model = MODEL("Outer", struct outer, outer_fields);

static void a_field_that_must_be_asked_for_is_left_out_otherwise(void **state) {
    (void)state;
    static const char *const encoded[] = {
        "{\"one\":{\"always\":7},\"more\":[{\"always\":8}]}",
        "{\"one\":{\"first\":1,\"always\":7},\"more\":[{\"first\":3,\"always\":8}]}",
        "{\"one\":{\"always\":7,\"second\":2},\"more\":[{\"always\":8,\"second\":4}]}",
        ("{\"one\":{\"first\":1,\"always\":7,\"second\":2},"
         "\"more\":[{\"first\":3,\"always\":8,\"second\":4}]}"),
    };
    struct inner more = {.always = 8, .first = 3, .second = 4};
    struct outer outer = {.one = {.always = 7, .first = 1, .second = 2}, .more = {&more, 1}};
    struct arena a;
    arena_init(&a, test_arena_bytes_max);
    for (uint32_t asked = 0; asked < COUNT(encoded); asked++) {
        struct buf text = buf_new(&a);
        model_encode(&outer_model, &outer, asked, &text);
        assert_text(buf_str(&text), encoded[asked]);
    }
    struct buf schema = buf_new(&a);
    model_schema(&inner_model, true, &schema);
    assert_has(buf_str(&schema), "\"second\":{\"type\":\"integer\"");
    assert_has(buf_str(&schema), "\"required\":[\"always\"]");
    arena_free(&a);
}

static void the_schema_of_an_input(void **state) {
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
    assert_has(
        schema,
        "\"number\":{\"type\":\"integer\",\"format\":\"int64\",\"minimum\":-5,\"maximum\":9007199254740991");
    assert_has(schema, "\"size\":{\"type\":\"integer\",\"format\":\"int64\",\"minimum\":1,\"default\":7");
    assert_has(schema, "\"maybe\":{\"type\":\"integer\",\"minimum\":0,\"maximum\":10,\"title\":\"Maybe\"}");
    assert_has(schema, "\"flag\":{\"type\":\"boolean\",\"title\":\"Flag\"}");
    assert_has(schema, "\"id\":{\"type\":\"string\",\"format\":\"uuid\"");
    assert_has(schema, "\"enum\":[\"red\",\"green\",\"blue\"],\"default\":\"green\"");
    assert_has(schema, "\"part\":{\"$ref\":\"#/components/schemas/Part\"");
    assert_has(schema,
               "\"ids\":{\"type\":\"array\",\"items\":{\"type\":\"string\",\"format\":\"uuid\"},"
               "\"minItems\":1,\"maxItems\":3");
    assert_has(
        schema,
        "\"colours\":{\"type\":\"array\",\"items\":{\"type\":\"string\",\"enum\":[\"red\",\"green\",\"blue\"]},"
        "\"minItems\":1,\"maxItems\":3");
    assert_has(schema,
               "\"email\":{\"type\":\"string\",\"format\":\"email\",\"maxLength\":254,\"title\":\"Email\"}");
    assert_has(schema,
               "\"other\":{\"anyOf\":[{\"type\":\"string\",\"format\":\"uuid\"},{\"type\":\"null\"}],");
    assert_has(schema,
               "\"words\":{\"anyOf\":[{\"type\":\"array\",\"items\":{\"type\":\"string\",\"minLength\":1,"
               "\"maxLength\":5},\"maxItems\":3},{\"type\":\"null\"}],");
    assert_has(schema, "\"required\":[\"text\",\"number\",\"id\",\"part\",\"ids\"]");
    assert_has(schema, "\"title\":\"Every\",\"description\":\"All \\\"kinds\\\"\"}");
    arena_free(&a);
}

static void the_schema_of_an_output_requires_every_field(void **state) {
    (void)state;
    struct arena a;
    arena_init(&a, test_arena_bytes_max);
    struct buf text = buf_new(&a);
    model_schema(&every_model, true, &text);
    assert_has(buf_str(&text),
               "\"maybe\":{\"anyOf\":[{\"type\":\"integer\",\"minimum\":0,\"maximum\":10},"
               "{\"type\":\"null\"}],\"title\":\"Maybe\"}");
    assert_has(
        buf_str(&text),
        "\"required\":[\"text\",\"note\",\"number\",\"size\",\"maybe\",\"flag\",\"id\","
        "\"colour\",\"part\",\"ids\",\"parts\",\"colours\",\"email\",\"other\",\"extra\",\"words\",\"at\"]");
    assert_has(buf_str(&text),
               "\"extra\":{\"anyOf\":[{\"$ref\":\"#/components/schemas/Part\"},{\"type\":\"null\"}],");
    assert_has_not(buf_str(&text), "\"default\"");
    text = buf_new(&a);
    model_schema(&written_model, true, &text);
    assert_has(buf_str(&text), "\"created_at\":{\"type\":\"string\",\"format\":\"date-time\"");
    assert_has(
        buf_str(&text),
        "\"ended_at\":{\"anyOf\":[{\"type\":\"string\",\"format\":\"date-time\"},{\"type\":\"null\"}]");
    arena_free(&a);
}

static void a_schema_is_json(void **state) {
    (void)state;
    const struct model *models[] = {&every_model, &part_model, &written_model, &filters_model, &outer_model};
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

int main(void) {
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_query_is_read_as_a_form),
        cmocka_unit_test(a_query_has_a_limited_number_of_fields),
        cmocka_unit_test(the_last_of_a_repeated_parameter_counts),
        cmocka_unit_test(a_parameter_may_be_given_several_times_or_be_empty),
        cmocka_unit_test(a_set_of_names_has_commas_or_comes_several_times),
        cmocka_unit_test(errors_of_a_query_or_a_path_name_it_and_echo_the_text),
        cmocka_unit_test(an_encoded_model_is_decoded_again),
        cmocka_unit_test(an_absent_field_is_encoded_as_null),
        cmocka_unit_test(a_field_that_must_be_asked_for_is_left_out_otherwise),
        cmocka_unit_test(the_schema_of_an_input),
        cmocka_unit_test(the_schema_of_an_output_requires_every_field),
        cmocka_unit_test(a_schema_is_json),
    };
    return cmocka_run_group_tests_name("model_forms", tests, NULL, NULL);
}
