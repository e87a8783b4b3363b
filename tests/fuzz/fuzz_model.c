/* The model engine: the bytes as a JSON body, and as a query string.
 *
 * - What our reader takes for JSON, SQLite's json_valid() must take too: an independent parser.
 * - What is decoded must survive a round trip: encoded, decoded and encoded again, the texts are equal.
 * - What is refused must be refused with errors that are JSON. */
#include "../unit/every_kind.h"
#include "fuzz.h"

#include <sqlite3.h>

/* Whether SQLite takes a text for JSON. */
static bool sqlite_takes(struct str text) {
    static sqlite3 *handle;
    static sqlite3_stmt *stmt;
    if (!stmt) {
        CHECK(sqlite3_open(":memory:", &handle) == SQLITE_OK);
        CHECK(sqlite3_prepare_v2(handle, "SELECT json_valid(?)", -1, &stmt, NULL) == SQLITE_OK);
    }
    CHECK(sqlite3_bind_text64(stmt, 1, text.data, text.size, SQLITE_STATIC, SQLITE_UTF8) == SQLITE_OK);
    CHECK(sqlite3_step(stmt) == SQLITE_ROW);
    bool valid = sqlite3_column_int(stmt, 0) == 1;
    sqlite3_reset(stmt);
    return valid;
}

/* Takes out the members that were left out: they are encoded as null or as an empty list, which are not valid
 * input. */
static void drop_absent(struct json *object) {
    struct json **link = &object->first;
    while (*link)
        if ((*link)->kind == JSON_NULL || ((*link)->kind == JSON_ARRAY && !(*link)->first))
            *link = (*link)->next;
        else
            link = &(*link)->next;
}

/* Encodes, decodes and encodes again: both texts must be equal. */
static void check_round_trip(struct arena *arena, const struct every *first) {
    struct buf text = buf_new(arena), again = buf_new(arena);
    struct every second = {0};
    struct json *value;
    struct json_error error;
    struct errors errors = errors_new(arena);
    model_encode(&every_model, first, 0, &text);
    CHECK(buf_ok(&text));
    CHECK(json_read(arena, buf_str(&text), &value, &error) == STATUS_OK);
    drop_absent(value);
    CHECK(model_decode(&every_model, SOURCE_BODY, value, &second, arena, &errors) == STATUS_OK);
    model_encode(&every_model, &second, 0, &again);
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

/* The text behind a byte order mark. */
static struct str behind_mark(struct str bytes) {
    return str_starts(bytes, STR("\xEF\xBB\xBF")) ? str_skip(bytes, 3) : bytes;
}

static void check_body(struct arena *arena, struct str bytes) {
    struct json *value;
    struct json_error error = {0};
    struct errors errors = errors_new(arena);
    enum status s = body_read(arena, bytes, true, &value, &errors);
    if (s == STATUS_OK) {
        CHECK(!value || sqlite_takes(behind_mark(bytes)));
        check_decode(arena, SOURCE_BODY, value);
        return;
    }
    CHECK(utf8_valid(bytes) ? s == STATUS_INVALID : s == STATUS_BODY_UNREADABLE);
    if (s == STATUS_INVALID)
        check_errors(arena, &errors);
    CHECK(json_read(arena, behind_mark(bytes), &value, &error) == STATUS_INVALID);
    CHECK(error.position <= bytes.size);
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
