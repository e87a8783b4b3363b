/* The model engine on any bytes: as a JSON body and as a query. What is read is JSON for SQLite too; what is
 * decoded is the same after it was encoded; what is refused is refused in JSON. */
#include "../unit/every_kind.h"
#include "fuzz.h"

#include <sqlite3.h>

/* SQLite's word on whether a text is JSON: another reader, by other people. */
static bool sqlite_takes(struct str text) {
    static sqlite3 *handle;
    static sqlite3_stmt *stmt;
    if (!stmt) {
        CHECK(sqlite3_open(":memory:", &handle) == SQLITE_OK);
        CHECK(sqlite3_prepare_v2(handle, "SELECT json_valid(?)", -1, &stmt, NULL) == SQLITE_OK);
    }
    CHECK(sqlite3_bind_text64(stmt, 1, text.at, text.size, SQLITE_STATIC, SQLITE_UTF8) == SQLITE_OK);
    CHECK(sqlite3_step(stmt) == SQLITE_ROW);
    bool valid = sqlite3_column_int(stmt, 0) == 1;
    sqlite3_reset(stmt);
    return valid;
}

/* Takes out the members that are null: absent in what was encoded, and no input. */
static void drop_nulls(struct json *object) {
    struct json **link = &object->first;
    while (*link)
        if ((*link)->kind == JSON_NULL)
            *link = (*link)->next;
        else
            link = &(*link)->next;
}

/* Whether an optional list was left out, which is encoded as an empty one. */
static bool has_parts(const struct every *every) {
    return every->parts.count > 0;
}

/* What was decoded is encoded, decoded and encoded again: both texts are the same. */
static void check_round_trip(struct arena *arena, const struct every *first) {
    struct buf text = buf_new(arena), again = buf_new(arena);
    struct every second = {0};
    struct json *value;
    struct json_error error;
    struct errors errors = errors_new(arena);
    model_encode(&every_model, first, &text);
    CHECK(buf_ok(&text));
    CHECK(json_read(arena, buf_str(&text), &value, &error) == STATUS_OK);
    if (!has_parts(first))
        return;
    drop_nulls(value);
    CHECK(model_decode(&every_model, SOURCE_BODY, value, &second, arena, &errors) == STATUS_OK);
    model_encode(&every_model, &second, &again);
    CHECK(str_equal(buf_str(&text), buf_str(&again)));
}

static void check_errors(struct arena *arena, const struct errors *errors) {
    struct buf text = buf_new(arena);
    CHECK(errors->count > 0);
    buf_put_char(&text, '[');
    buf_put(&text, buf_str(&errors->text));
    buf_put_char(&text, ']');
    CHECK(buf_ok(&text));
    check_json(buf_str(&text));
}

static void check_decode(struct arena *arena, enum source source, const struct json *value) {
    struct every out = {0};
    struct errors errors = errors_new(arena);
    enum status s = model_decode(&every_model, source, value, &out, arena, &errors);
    CHECK(s == STATUS_OK || s == STATUS_INVALID);
    if (s == STATUS_OK)
        check_round_trip(arena, &out);
    else
        check_errors(arena, &errors);
}

static void check_body(struct arena *arena, struct str bytes) {
    struct json *value;
    struct json_error error = {0};
    struct errors errors = errors_new(arena);
    enum status s = body_read(arena, bytes, true, &value, &errors);
    if (s == STATUS_OK) {
        CHECK(!value || sqlite_takes(bytes));
        check_decode(arena, SOURCE_BODY, value);
        return;
    }
    CHECK(s == STATUS_INVALID);
    check_errors(arena, &errors);
    CHECK(json_read(arena, bytes, &value, &error) == STATUS_INVALID);
    CHECK(error.at <= bytes.size);
}

static void check_query(struct arena *arena, struct str bytes) {
    struct json *fields;
    enum status s = query_read(arena, bytes, &fields);
    CHECK(s == STATUS_OK || s == STATUS_TOO_MANY_PARAMETERS);
    if (s != STATUS_OK)
        return;
    for (const struct json *f = fields->first; f; f = f->next)
        CHECK(utf8_valid(f->name) && utf8_valid(f->text));
    check_decode(arena, SOURCE_QUERY, fields);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct str bytes = {(const char *)data, size};
    struct arena arena;
    arena_init(&arena, fuzz_arena_bytes_max);
    check_body(&arena, bytes);
    check_query(&arena, bytes);
    arena_free(&arena);
    return 0;
}
