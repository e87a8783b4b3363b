/* Values in PostgreSQL's binary formats: what is encoded is decoded again, and what does not fit is refused. */
#include "test.h"

#include "db/postgres/postgres.h"

enum { OID_BOOL = 16, OID_BYTEA = 17, OID_INT8 = 20, OID_INT2 = 21, OID_INT4 = 23, OID_TEXT = 25 };
enum { OID_TIMESTAMPTZ = 1184, OID_NUMERIC = 1700, OID_UUID = 2950 };

static void an_integer_is_encoded_within_the_range_of_its_type(void **state) {
    (void)state;
    static const struct {
        const char *name;
        Oid type;
        int size;
        int64_t min, max;
    } rows[] = {
        {"boolean", OID_BOOL, 1, 0, 1},
        {"smallint", OID_INT2, 2, INT16_MIN, INT16_MAX},
        {"integer", OID_INT4, 4, INT32_MIN, INT32_MAX},
        {"bigint", OID_INT8, 8, INT64_MIN, INT64_MAX},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        const int64_t values[] = {rows[i].min, 0, 1, rows[i].max};
        struct encoded e;
        for (size_t j = 0; j < COUNT(values); j++) {
            struct db_value value = db_int(values[j]);
            assert_true(type_encode(rows[i].type, &value, &e));
            assert_number_of(rows[i].name, e.size, rows[i].size);
            assert_number_of(rows[i].name, type_decode_int(rows[i].type, e.data, e.size), values[j]);
        }
        struct db_value below = db_int(rows[i].min - (rows[i].min > INT64_MIN));
        struct db_value above = db_int(rows[i].max + (rows[i].max < INT64_MAX));
        assert_number_of(rows[i].name, type_encode(rows[i].type, &below, &e), rows[i].size == 8);
        assert_number_of(rows[i].name, type_encode(rows[i].type, &above, &e), rows[i].size == 8);
    }
}

static void a_negative_integer_has_its_most_significant_byte_first(void **state) {
    (void)state;
    struct encoded e;
    struct db_value value = db_int(-2);
    assert_true(type_encode(OID_INT4, &value, &e));
    assert_memory_equal(e.data, "\xFF\xFF\xFF\xFE", 4);
}

static void a_time_is_counted_from_1970_here_and_from_2000_there(void **state) {
    (void)state;
    static const int64_t epoch_2000_us = INT64_C(946684800000000);
    struct encoded e;
    struct db_value value = db_int(epoch_2000_us + 1);
    assert_true(type_encode(OID_TIMESTAMPTZ, &value, &e));
    assert_memory_equal(e.data, "\0\0\0\0\0\0\0\1", 8);
    assert_int_equal(type_decode_int(OID_TIMESTAMPTZ, e.data, e.size), epoch_2000_us + 1);
    value = db_int(0);
    assert_true(type_encode(OID_TIMESTAMPTZ, &value, &e));
    assert_int_equal(type_decode_int(OID_TIMESTAMPTZ, e.data, e.size), 0);
}

static void texts_and_blobs_are_the_bytes_themselves(void **state) {
    (void)state;
    struct encoded e;
    struct uuid id = {{1, 2, 3}};
    struct db_value text = db_text(STR("é")), empty = db_text(STR("")), uuid = db_uuid(&id);
    struct db_value blob = db_blob(STR("\1\2")), null = db_text((struct str){0});
    assert_true(type_encode(OID_TEXT, &text, &e) && e.size == 2 && e.data == text.bytes.data);
    assert_true(type_encode(OID_TEXT, &empty, &e) && e.size == 0 && e.data);
    assert_true(type_encode(OID_UUID, &uuid, &e) && e.size == 16 && e.data == (const char *)id.bytes);
    assert_true(type_encode(OID_BYTEA, &blob, &e) && e.size == 2);
    assert_true(type_encode(OID_INT8, &null, &e) && !e.data);
}

static void a_value_of_another_kind_than_its_type_is_refused(void **state) {
    (void)state;
    struct encoded e;
    struct db_value text = db_text(STR("1")), blob = db_blob(STR("\1")), number = db_int(1);
    static const Oid integers[] = {OID_BOOL, OID_INT2, OID_INT4, OID_INT8, OID_TIMESTAMPTZ};
    for (size_t i = 0; i < COUNT(integers); i++) {
        assert_false(type_encode(integers[i], &text, &e));
        assert_false(type_encode(integers[i], &blob, &e));
        assert_true(type_is_int(integers[i]) && type_kind(integers[i]) == DB_INT);
    }
    assert_false(type_encode(OID_TEXT, &blob, &e));
    assert_false(type_encode(OID_TEXT, &number, &e));
    assert_false(type_encode(OID_BYTEA, &text, &e));
    assert_false(type_encode(OID_UUID, &text, &e));
    assert_false(type_encode(OID_UUID, &blob, &e)); /* not 16 bytes */
    assert_false(type_encode(OID_NUMERIC, &number, &e));
    assert_false(type_is_int(OID_NUMERIC));
    assert_int_equal(type_kind(OID_TEXT), DB_TEXT);
    assert_int_equal(type_kind(OID_UUID), DB_BLOB);
}

int main(void) {
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_integer_is_encoded_within_the_range_of_its_type),
        cmocka_unit_test(a_negative_integer_has_its_most_significant_byte_first),
        cmocka_unit_test(a_time_is_counted_from_1970_here_and_from_2000_there),
        cmocka_unit_test(texts_and_blobs_are_the_bytes_themselves),
        cmocka_unit_test(a_value_of_another_kind_than_its_type_is_refused),
    };
    return cmocka_run_group_tests_name("postgres_types", tests, NULL, NULL);
}
