#include "model/errors.h"
#include "model/number.h"

#include <assert.h>
#include <stdio.h>

/* What every decoder of a kind is given. */
struct decoding {
    struct arena *arena;
    struct errors *errors;
    bool no_memory;
};

static void decode_model(struct decoding *d, const struct model *model, const struct loc *loc,
                         const struct json *value, void *out);

static void out_of_range(struct decoding *d, const struct loc *loc, const struct json *input, bool below,
                         int64_t limit) {
    char ctx[48];
    snprintf(ctx, sizeof ctx, "{\"%s\":%lld}", below ? "ge" : "le", (long long)limit);
    error_put(d->errors, below ? "greater_than_equal" : "less_than_equal", loc, input, ctx,
              "Input should be %s than or equal to %lld", below ? "greater" : "less", (long long)limit);
}

static const char *plural(int64_t n) {
    return n == 1 ? "" : "s";
}

static void decode_text(struct decoding *d, const struct field *f, const struct loc *loc,
                        const struct json *in, struct str *out) {
    if (in->kind != JSON_STRING) {
        error_put(d->errors, "string_type", loc, in, NULL, "Input should be a valid string");
        return;
    }
    int64_t length = (int64_t)utf8_length(in->text);
    char ctx[48];
    if (f->has_min && length < f->min) {
        snprintf(ctx, sizeof ctx, "{\"min_length\":%lld}", (long long)f->min);
        error_put(d->errors, "string_too_short", loc, in, ctx, "String should have at least %lld character%s",
                  (long long)f->min, plural(f->min));
    } else if (f->has_max && length > f->max) {
        snprintf(ctx, sizeof ctx, "{\"max_length\":%lld}", (long long)f->max);
        error_put(d->errors, "string_too_long", loc, in, ctx, "String should have at most %lld character%s",
                  (long long)f->max, plural(f->max));
    } else if (str_find(in->text, '\0') < in->text.size) {
        /* PostgreSQL cannot keep it, and what one database takes the other must take too. */
        error_put(d->errors, "value_error", loc, in, "{\"error\":\"text with U+0000\"}",
                  "Value error, text must not contain U+0000");
    } else {
        *out = in->text;
    }
}

/* True with the value in `out`; false with the error put. */
static bool decode_integer(struct decoding *d, const struct field *f, const struct loc *loc,
                           const struct json *in, int64_t *out) {
    static const struct {
        const char *type, *message;
    } wrong[] = {
        [NUMBER_NOT_INTEGER] = {"int_parsing",
                                "Input should be a valid integer, unable to parse string as an integer"},
        [NUMBER_FRACTION] = {"int_from_float",
                             "Input should be a valid integer, got a number with a fractional part"},
        [NUMBER_TOO_LARGE] = {"int_parsing_size",
                              "Unable to parse input string as an integer, exceeded maximum size"},
        [NUMBER_INFINITE] = {"finite_number", "Input should be a finite number"},
    };
    enum number_result result = NUMBER_OK;
    if (in->kind == JSON_TRUE || in->kind == JSON_FALSE) {
        *out = in->kind == JSON_TRUE;
    } else if (in->kind == JSON_NUMBER) {
        result = integer_from_json(in, out);
    } else if (in->kind == JSON_STRING) {
        result = integer_from_text(in->text, out);
    } else {
        error_put(d->errors, "int_type", loc, in, NULL, "Input should be a valid integer");
        return false;
    }
    if (result != NUMBER_OK) {
        error_put(d->errors, wrong[result].type, loc, in, NULL, "%s", wrong[result].message);
        return false;
    }
    bool below = f->has_min && *out < f->min, above = f->has_max && *out > f->max;
    if (above)
        out_of_range(d, loc, in, false, f->max);
    else if (below)
        out_of_range(d, loc, in, true, f->min);
    return !below && !above;
}

/* 1 and 0 for what Pydantic takes as true and false, -1 for what it does not. */
static int truth_of(const struct json *in) {
    static const char *const words[2][6] = {{"0", "off", "f", "false", "n", "no"},
                                            {"1", "on", "t", "true", "y", "yes"}};
    int64_t number;
    if (in->kind == JSON_TRUE || in->kind == JSON_FALSE)
        return in->kind == JSON_TRUE;
    if (in->kind == JSON_NUMBER && integer_from_json(in, &number) == NUMBER_OK)
        return number == 0 || number == 1 ? (int)number : -1;
    for (int truth = 0; truth < 2 && in->kind == JSON_STRING; truth++)
        for (size_t i = 0; i < 6; i++)
            if (str_equal_nocase(in->text, str_from(words[truth][i])))
                return truth;
    return -1;
}

/* Whether n is only the nearest that 64 bits can hold. */
static bool saturated(const struct json *in, int64_t n) {
    return (n == INT64_MAX && !str_equal(in->raw, STR("9223372036854775807"))) ||
           (n == INT64_MIN && !str_equal(in->raw, STR("-9223372036854775808")));
}

static void decode_bool(struct decoding *d, const struct loc *loc, const struct json *in,
                        struct maybe_bool *out) {
    int truth = truth_of(in);
    int64_t n;
    bool integer = in->kind == JSON_NUMBER && integer_from_json(in, &n) == NUMBER_OK && !saturated(in, n);
    if (truth >= 0)
        *out = (struct maybe_bool){true, truth == 1};
    else if (in->kind == JSON_STRING || integer)
        error_put(d->errors, "bool_parsing", loc, in, NULL,
                  "Input should be a valid boolean, unable to interpret input");
    else
        error_put(d->errors, "bool_type", loc, in, NULL, "Input should be a valid boolean");
}

static void decode_uuid(struct decoding *d, const struct loc *loc, const struct json *in, struct uuid *out) {
    char reason[uuid_reason_size];
    if (in->kind != JSON_STRING) {
        error_put(d->errors, "uuid_type", loc, in, NULL,
                  "UUID input should be a string, bytes or UUID object");
    } else if (!uuid_parse(in->text, out, reason)) {
        struct buf ctx = buf_new(d->arena);
        buf_put_text(&ctx, "{\"error\":");
        buf_put_json(&ctx, str_from(reason));
        buf_put(&ctx, (struct str){"}", 2}); /* with its NUL */
        if (!buf_ok(&ctx))
            d->no_memory = true;
        else
            error_put(d->errors, "uuid_parsing", loc, in, ctx.at, "Input should be a valid UUID, %s", reason);
    }
}

/* `'a', 'b' or 'c'`, as Pydantic lists what it would have taken. */
static void enum_expected(const struct field *f, char *out, size_t size) {
    size_t at = 0;
    for (size_t i = 0; f->names[i] && at < size; i++) {
        const char *between = i == 0 ? "" : f->names[i + 1] ? ", " : " or ";
        at += (size_t)snprintf(out + at, size - at, "%s'%s'", between, f->names[i]);
    }
    assert(at < size);
}

static void decode_enum(struct decoding *d, const struct field *f, const struct loc *loc,
                        const struct json *in, int *out) {
    for (int i = 0; in->kind == JSON_STRING && f->names[i]; i++)
        if (str_equal(in->text, str_from(f->names[i]))) {
            *out = i;
            return;
        }
    char expected[200], ctx[240];
    enum_expected(f, expected, sizeof expected);
    snprintf(ctx, sizeof ctx, "{\"expected\":\"%s\"}", expected);
    error_put(d->errors, "enum", loc, in, ctx, "Input should be %s", expected);
}

static size_t item_size(const struct field *f) {
    return f->item == KIND_UUID ? sizeof(struct uuid) : f->of->size;
}

static void decode_items(struct decoding *d, const struct field *f, const struct loc *loc,
                         const struct json *in, struct list *out) {
    size_t size = item_size(f), i = 0;
    char *items = arena_array(d->arena, in->count, size);
    if (!items) {
        d->no_memory = true;
        return;
    }
    for (const struct json *item = in->first; item; item = item->next, i++) {
        struct loc at = {.parent = loc, .index = i};
        if (f->item == KIND_UUID)
            decode_uuid(d, &at, item, (struct uuid *)(void *)(items + i * size));
        else
            decode_model(d, f->of, &at, item, items + i * size);
    }
    *out = (struct list){items, in->count};
}

static void decode_list(struct decoding *d, const struct field *f, const struct loc *loc,
                        const struct json *in, struct list *out) {
    char ctx[96];
    if (in->kind != JSON_ARRAY) {
        error_put(d->errors, "list_type", loc, in, NULL, "Input should be a valid list");
        return;
    }
    if (f->has_max && (int64_t)in->count > f->max) {
        snprintf(ctx, sizeof ctx, "{\"field_type\":\"List\",\"max_length\":%lld,\"actual_length\":%zu}",
                 (long long)f->max, in->count);
        error_put(d->errors, "too_long", loc, in, ctx,
                  "List should have at most %lld item%s after validation, not %zu", (long long)f->max,
                  plural(f->max), in->count);
        return;
    }
    size_t errors = d->errors->count;
    decode_items(d, f, loc, in, out);
    if (d->errors->count == errors && f->has_min && (int64_t)in->count < f->min) {
        snprintf(ctx, sizeof ctx, "{\"field_type\":\"List\",\"min_length\":%lld,\"actual_length\":%zu}",
                 (long long)f->min, in->count);
        error_put(d->errors, "too_short", loc, in, ctx,
                  "List should have at least %lld item%s after validation, not %zu", (long long)f->min,
                  plural(f->min), in->count);
    }
}

static void decode_field(struct decoding *d, const struct field *f, const struct loc *loc,
                         const struct json *in, void *member) {
    switch (f->kind) {
    case KIND_TEXT:
        decode_text(d, f, loc, in, member);
        break;
    case KIND_INT:
        decode_integer(d, f, loc, in, member);
        break;
    case KIND_MAYBE_INT: {
        struct maybe_int *out = member;
        out->given = decode_integer(d, f, loc, in, &out->value);
        break;
    }
    case KIND_MAYBE_BOOL:
        decode_bool(d, loc, in, member);
        break;
    case KIND_UUID:
        decode_uuid(d, loc, in, member);
        break;
    case KIND_ENUM:
        decode_enum(d, f, loc, in, member);
        break;
    case KIND_MODEL:
        decode_model(d, f->of, loc, in, member);
        break;
    case KIND_LIST:
        decode_list(d, f, loc, in, member);
        break;
    case KIND_TIME:
    case KIND_COUNT:
        assert(!"a kind that is only written stands in an input's table");
    }
}

static void preset(const struct field *f, void *member) {
    if (f->has_preset && f->kind == KIND_INT)
        *(int64_t *)member = f->preset;
    else if (f->has_preset && f->kind == KIND_ENUM)
        *(int *)member = (int)f->preset;
}

static void decode_model(struct decoding *d, const struct model *model, const struct loc *loc,
                         const struct json *value, void *out) {
    if (value->kind != JSON_OBJECT) {
        error_put(d->errors, "model_attributes_type", loc, value, NULL,
                  "Input should be a valid dictionary or object to extract fields from");
        return;
    }
    for (size_t i = 0; i < model->count; i++) {
        const struct field *f = &model->fields[i];
        struct loc at = {.parent = loc, .name = str_from(f->name)};
        const struct json *given = json_member(value, at.name);
        void *member = (char *)out + f->offset;
        if (given)
            decode_field(d, f, &at, given, member);
        else if (f->optional)
            preset(f, member);
        else
            error_put(d->errors, "missing", &at, value, NULL, "Field required");
    }
}

static const struct str source_names[] = {
    [SOURCE_BODY] = {"body", 4},
    [SOURCE_QUERY] = {"query", 5},
    [SOURCE_PATH] = {"path", 4},
};

enum status model_decode(const struct model *model, enum source source, const struct json *value, void *out,
                         struct arena *arena, struct errors *errors) {
    struct decoding d = {.arena = arena, .errors = errors};
    struct loc root = {.name = source_names[source]};
    size_t before = errors->count;
    if (value)
        decode_model(&d, model, &root, value, out);
    else
        error_put(errors, "missing", &root, NULL, NULL, "Field required");
    if (d.no_memory || !buf_ok(&errors->text))
        return STATUS_NO_MEMORY;
    return errors->count > before ? STATUS_INVALID : STATUS_OK;
}

/* `{"type": "json_invalid", "loc": ["body", 17], …}` as FastAPI words a body that is no JSON. */
static void error_not_json(struct errors *errors, const struct json_error *why) {
    struct loc body = {.name = source_names[SOURCE_BODY]}, at = {.parent = &body, .index = why->at};
    char ctx[128];
    snprintf(ctx, sizeof ctx, "{\"error\":\"%s\"}", why->reason);
    struct json empty = {.kind = JSON_OBJECT, .raw = STR("{}")};
    error_put(errors, "json_invalid", &at, &empty, ctx, "JSON decode error");
}

enum status body_read(struct arena *arena, struct str body, bool is_json, struct json **out,
                      struct errors *errors) {
    struct json_error why;
    *out = NULL;
    if (body.size == 0)
        return STATUS_OK;
    if (is_json) {
        enum status s = json_read(arena, body, out, &why);
        if (s == STATUS_INVALID)
            error_not_json(errors, &why);
        return s;
    }
    struct str text = utf8_repair(arena, body);
    *out = ARENA_NEW(arena, struct json);
    if (!*out || !text.at)
        return STATUS_NO_MEMORY;
    **out = (struct json){.kind = JSON_STRING, .text = text};
    return STATUS_OK;
}
