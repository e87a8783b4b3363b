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

int main(void) {
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_query_is_read_as_a_form),
        cmocka_unit_test(a_query_has_so_many_fields),
        cmocka_unit_test(the_last_of_a_repeated_parameter_counts),
        cmocka_unit_test(errors_of_a_query_or_a_path_name_it_and_echo_the_text),
        cmocka_unit_test(what_is_encoded_is_decoded_again),
        cmocka_unit_test(what_is_absent_is_encoded_as_null),
        cmocka_unit_test(the_schema_of_what_is_read),
        cmocka_unit_test(the_schema_of_what_is_written_has_every_field),
        cmocka_unit_test(a_schema_is_json),
    };
    return cmocka_run_group_tests_name("model_forms", tests, NULL, NULL);
}
