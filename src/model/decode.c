/* Decoding: a loop over the model's table. For each field, the input's member of that name goes to the
 * decoder of the field's kind, which writes the C member or appends an error. The loop goes on after an
 * error, so that one answer reports all of them.
 *
 * The path of an error (`loc`: body, items, 3, name) is a linked list on the C stack, from the field to the
 * root. It is only written out for an error.
 *
 * Each decoder takes what Pydantic's lax mode takes: an integer from 7, 7.0, "7" or true; a truth value from
 * true, 1, "yes" or "off"; a UUID in any form that uuid.h lists. The order of checks is Pydantic's too, such
 * as the upper bound before the lower one: tests compare with Pydantic itself. */
#include "model/email.h"
#include "model/errors.h"
#include "model/number.h"
#include "model/time.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

/* The parameters that every decoder needs. */
struct decoding {
    struct arena *arena;
    struct errors *errors;
    bool no_memory;
};

static void decode_field(struct decoding *d, const struct field *f, const struct loc *loc,
                         const struct json *in, void *member);
static void decode_model(struct decoding *d, const struct model *model, const struct loc *loc,
                         const struct json *value, void *out);

/* ---- Errors of limits. */

static void put_out_of_range(struct decoding *d, const struct loc *loc, const struct json *input,
                             bool is_below, int64_t limit) {
    char ctx[48];
    snprintf(ctx, sizeof ctx, "{\"%s\":%lld}", is_below ? "ge" : "le", (long long)limit);
    error_put(d->errors, is_below ? "greater_than_equal" : "less_than_equal", loc, input, ctx,
              "Input should be %s than or equal to %lld", is_below ? "greater" : "less", (long long)limit);
}

static const char *plural_ending(int64_t n) {
    return n == 1 ? "" : "s";
}

static void put_text_length(struct decoding *d, const struct loc *loc, const struct json *input,
                            bool is_short, int64_t limit) {
    char ctx[48];
    snprintf(ctx, sizeof ctx, "{\"%s_length\":%lld}", is_short ? "min" : "max", (long long)limit);
    error_put(d->errors, is_short ? "string_too_short" : "string_too_long", loc, input, ctx,
              "String should have at %s %lld character%s", is_short ? "least" : "most", (long long)limit,
              plural_ending(limit));
}

static void put_list_length(struct decoding *d, const struct loc *loc, const struct json *input,
                            bool is_short, int64_t limit) {
    char ctx[96];
    snprintf(ctx, sizeof ctx, "{\"field_type\":\"List\",\"%s_length\":%lld,\"actual_length\":%zu}",
             is_short ? "min" : "max", (long long)limit, input->count);
    error_put(d->errors, is_short ? "too_short" : "too_long", loc, input, ctx,
              "List should have at %s %lld item%s after validation, not %zu", is_short ? "least" : "most",
              (long long)limit, plural_ending(limit), input->count);
}

/* ---- A decoder for each kind. */

static void decode_text(struct decoding *d, const struct field *f, const struct loc *loc,
                        const struct json *in, struct str *out) {
    int64_t length = (int64_t)utf8_length(in->text);
    if (in->kind != JSON_STRING)
        error_put(d->errors, "string_type", loc, in, NULL, "Input should be a valid string");
    else if (f->has_min && length < f->min)
        put_text_length(d, loc, in, true, f->min);
    else if (f->has_max && length > f->max)
        put_text_length(d, loc, in, false, f->max);
    else if (str_find(in->text, '\0') < in->text.size)
        /* PostgreSQL cannot store U+0000, and both databases must accept the same. */
        error_put(d->errors, "value_error", loc, in, "{\"error\":\"text with U+0000\"}",
                  "Value error, text must not contain U+0000");
    else
        *out = in->text;
}

static const struct {
    const char *type, *message;
} number_errors[] = {
    [NUMBER_NOT_INTEGER] = {"int_parsing",
                            "Input should be a valid integer, unable to parse string as an integer"},
    [NUMBER_FRACTION] = {"int_from_float",
                         "Input should be a valid integer, got a number with a fractional part"},
    [NUMBER_TOO_LARGE] = {"int_parsing_size",
                          "Unable to parse input string as an integer, exceeded maximum size"},
    [NUMBER_INFINITE] = {"finite_number", "Input should be a finite number"},
};

/* Checks a decoded integer against the field's limits, the upper one first. Returns false after appending an
 * error. */
static bool check_range(struct decoding *d, const struct field *f, const struct loc *loc,
                        const struct json *in, int64_t value) {
    if (f->has_max && value > f->max)
        put_out_of_range(d, loc, in, false, f->max);
    else if (f->has_min && value < f->min)
        put_out_of_range(d, loc, in, true, f->min);
    else
        return true;
    return false;
}

/* Returns true with the value in `out`, or false after appending an error. */
static bool decode_integer(struct decoding *d, const struct field *f, const struct loc *loc,
                           const struct json *in, int64_t *out) {
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
    if (result == NUMBER_OK)
        return check_range(d, f, loc, in, *out);
    error_put(d->errors, number_errors[result].type, loc, in, NULL, "%s", number_errors[result].message);
    return false;
}

/* 1 or 0 for an input that Pydantic takes as true or false, -1 for any other. */
static int bool_from_json(const struct json *in) {
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

/* Whether n is the nearest that 64 bits can hold, and not the input itself. */
static bool is_saturated(const struct json *in, int64_t n) {
    return (n == INT64_MAX && !str_equal(in->raw, STR("9223372036854775807"))) ||
           (n == INT64_MIN && !str_equal(in->raw, STR("-9223372036854775808")));
}

/* A number or a string that means neither true nor false could not be parsed; anything else has the wrong
 * type. So has an integer past 64 bits and a number with a fraction. */
static void decode_bool(struct decoding *d, const struct loc *loc, const struct json *in,
                        struct maybe_bool *out) {
    int truth = bool_from_json(in);
    int64_t n;
    bool integer = in->kind == JSON_NUMBER && integer_from_json(in, &n) == NUMBER_OK && !is_saturated(in, n);
    if (truth >= 0)
        *out = (struct maybe_bool){true, truth == 1};
    else if (in->kind == JSON_STRING || integer)
        error_put(d->errors, "bool_parsing", loc, in, NULL,
                  "Input should be a valid boolean, unable to interpret input");
    else
        error_put(d->errors, "bool_type", loc, in, NULL, "Input should be a valid boolean");
}

/* Appends an error whose message ends with a reason, which is in its context too. The reason may contain any
 * character of the input, so it is escaped, and U+0000 does not end it. */
static void put_reason(struct decoding *d, const char *type, const struct loc *loc, const struct json *in,
                       const char *name, const char *start, struct str reason) {
    struct buf ctx = buf_new(d->arena), message = buf_new(d->arena);
    buf_printf(&ctx, "{\"%s\":", name);
    buf_put_json(&ctx, reason);
    buf_put(&ctx, (struct str){"}", 2}); /* with its NUL */
    buf_put_text(&message, start);
    buf_put(&message, reason);
    if (!buf_ok(&ctx) || !buf_ok(&message))
        d->no_memory = true;
    else
        error_put_text(d->errors, type, loc, in, ctx.data, buf_str(&message));
}

/* Returns whether `out` was set; if not, an error was appended. */
static bool decode_uuid(struct decoding *d, const struct loc *loc, const struct json *in, struct uuid *out) {
    struct uuid_reason reason;
    if (in->kind != JSON_STRING)
        error_put(d->errors, "uuid_type", loc, in, NULL,
                  "UUID input should be a string, bytes or UUID object");
    else if (!uuid_parse(in->text, out, &reason))
        put_reason(d, "uuid_parsing", loc, in, "error", "Input should be a valid UUID, ",
                   (struct str){reason.text, reason.size});
    else
        return true;
    return false;
}

/* The checks before email_valid() are Pydantic's own. */
static void decode_email(struct decoding *d, const struct loc *loc, const struct json *in, struct str *out) {
    enum { input_length_max = 2048 };
    char reason[email_reason_size] = "Length must not exceed 2048 characters";
    struct str trimmed = white_space_trim(in->text);
    bool is_valid = false;
    if (in->kind != JSON_STRING) {
        error_put(d->errors, "string_type", loc, in, NULL, "Input should be a valid string");
        return;
    }
    if (utf8_length(in->text) <= input_length_max) {
        bool has_line_end =
            str_find(in->text, '\r') < in->text.size || str_find(in->text, '\n') < in->text.size;
        if (has_line_end)
            strcpy(reason, "Carriage return and line feed characters are not allowed");
        is_valid = !has_line_end && email_valid(trimmed, reason);
    }
    if (is_valid)
        *out = trimmed;
    else
        put_reason(d, "value_error", loc, in, "reason",
                   "value is not a valid email address: ", str_from(reason));
}

static void decode_maybe_time(struct decoding *d, const struct loc *loc, const struct json *in,
                              struct maybe_int *out) {
    struct time_problem problem = {false, NULL};
    if (in->kind == JSON_STRING)
        out->is_set = time_from_text(in->text, &out->value, &problem);
    else if (in->kind == JSON_NUMBER)
        out->is_set = time_from_json(in, &out->value, &problem);
    if (out->is_set)
        return;
    if (!problem.reason)
        error_put(d->errors, "datetime_type", loc, in, NULL, "Input should be a valid datetime");
    else if (problem.was_date)
        put_reason(d, "datetime_from_date_parsing", loc, in, "error",
                   "Input should be a valid datetime or date, ", str_from(problem.reason));
    else
        put_reason(d, "datetime_parsing", loc, in, "error", "Input should be a valid datetime, ",
                   str_from(problem.reason));
}

/* Writes the accepted values as Pydantic lists them: `'a', 'b' or 'c'`. */
static void enum_expected(const struct field *f, char *out, size_t size) {
    size_t used = 0;
    for (size_t i = 0; f->names[i] && used < size; i++) {
        const char *between = i == 0 ? "" : f->names[i + 1] ? ", " : " or ";
        used += (size_t)snprintf(out + used, size - used, "%s'%s'", between, f->names[i]);
    }
    assert(used < size);
}

/* The index of an input among the names; -1 after appending an error. */
static int decode_name(struct decoding *d, const struct field *f, const struct loc *loc,
                       const struct json *in) {
    for (int i = 0; in->kind == JSON_STRING && f->names[i]; i++)
        if (str_equal(in->text, str_from(f->names[i])))
            return i;
    char expected[600], ctx[640]; /* a list of 15 scopes takes 300 */
    enum_expected(f, expected, sizeof expected);
    snprintf(ctx, sizeof ctx, "{\"expected\":\"%s\"}", expected);
    error_put(d->errors, "enum", loc, in, ctx, "Input should be %s", expected);
    return -1;
}

static void decode_enum(struct decoding *d, const struct field *f, const struct loc *loc,
                        const struct json *in, int *out) {
    int i = decode_name(d, f, loc, in);
    if (i >= 0)
        *out = i;
}

size_t field_item_size(const struct field *f) {
    switch (f->item) {
    case KIND_UUID:
        return sizeof(struct uuid);
    case KIND_ENUM:
        return sizeof(int);
    case KIND_TEXT:
        return sizeof(struct str);
    default:
        return f->of->size;
    }
}

/* ---- Lists, models and bodies. */

/* Decodes each item into its element; an error's path then ends with the item's index. */
static void decode_items(struct decoding *d, const struct field *f, const struct loc *loc,
                         const struct json *in, struct list *out) {
    const struct field each = field_item(f);
    size_t size = field_item_size(f), i = 0;
    char *items = arena_array(d->arena, in->count, size);
    if (!items) {
        d->no_memory = true;
        return;
    }
    for (const struct json *item = in->first; item; item = item->next, i++) {
        struct loc at = {.parent = loc, .index = i};
        decode_field(d, &each, &at, item, items + i * size);
    }
    *out = (struct list){items, in->count};
}

/* As in Pydantic, too many items are refused before any is decoded, too few only if all that there are
 * fit. */
static void decode_list(struct decoding *d, const struct field *f, const struct loc *loc,
                        const struct json *in, struct list *out) {
    size_t errors_before = d->errors->count;
    if (in->kind != JSON_ARRAY) {
        error_put(d->errors, "list_type", loc, in, NULL, "Input should be a valid list");
    } else if (f->has_max && (int64_t)in->count > f->max) {
        put_list_length(d, loc, in, false, f->max);
    } else {
        decode_items(d, f, loc, in, out);
        if (d->errors->count == errors_before && f->has_min && (int64_t)in->count < f->min)
            put_list_length(d, loc, in, true, f->min);
    }
}

/* Decodes all values that a query gives a parameter; empty ones are left out. The path of an error ends with the
 * value's index only if there are several, so that a parameter given once gets the error of a plain one. */
static void decode_texts(struct decoding *d, const struct field *f, const struct loc *loc,
                         const struct json *query, struct list *out) {
    size_t given = 0, index = 0, count = 0;
    for (const struct json *m = query->first; m; m = m->next)
        given += str_equal(m->name, loc->name);
    struct str *texts = arena_array(d->arena, given, sizeof *texts);
    if (!texts) {
        d->no_memory = true;
        return;
    }
    for (const struct json *m = query->first; m; m = m->next) {
        struct loc at = {.parent = loc, .index = index};
        if (!str_equal(m->name, loc->name))
            continue;
        texts[count] = (struct str){0};
        if (m->text.size > 0)
            decode_text(d, f, given > 1 ? &at : loc, m, &texts[count]);
        count += texts[count].data != NULL;
        index++;
    }
    *out = (struct list){texts, count};
}

/* Decodes all lists of names that a query gives a parameter; empty names are left out. It ends at the first that is
 * wrong, because a short query has room for thousands of them. */
static void decode_name_set(struct decoding *d, const struct field *f, const struct loc *loc,
                            const struct json *query, uint32_t *out) {
    for (const struct json *m = query->first; m; m = m->next) {
        struct str rest = str_equal(m->name, loc->name) ? m->text : (struct str){NULL, 0};
        while (rest.size > 0) {
            struct json name = {.kind = JSON_STRING, .text = str_cut(&rest, ',')};
            int i = name.text.size > 0 ? decode_name(d, f, loc, &name) : 0;
            if (i < 0)
                return;
            if (name.text.size > 0)
                *out |= UINT32_C(1) << i;
        }
    }
}

static void decode_maybe_model(struct decoding *d, const struct field *f, const struct loc *loc,
                               const struct json *in, void *member) {
    void *inner = arena_alloc(d->arena, f->of->size);
    if (!inner) {
        d->no_memory = true;
        return;
    }
    decode_model(d, f->of, loc, in, inner);
    memcpy(member, &inner, sizeof inner); /* the member is a pointer of another type */
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
        out->is_set = decode_integer(d, f, loc, in, &out->value);
        break;
    }
    case KIND_MAYBE_BOOL:
        decode_bool(d, loc, in, member);
        break;
    case KIND_UUID:
        decode_uuid(d, loc, in, member);
        break;
    case KIND_MAYBE_UUID: {
        struct maybe_uuid *out = member;
        out->is_set = decode_uuid(d, loc, in, &out->value);
        break;
    }
    case KIND_EMAIL:
        decode_email(d, loc, in, member);
        break;
    case KIND_MAYBE_TIME:
        decode_maybe_time(d, loc, in, member);
        break;
    case KIND_ENUM:
        decode_enum(d, f, loc, in, member);
        break;
    case KIND_MODEL:
        decode_model(d, f->of, loc, in, member);
        break;
    case KIND_MAYBE_MODEL:
        decode_maybe_model(d, f, loc, in, member);
        break;
    case KIND_LIST:
        decode_list(d, f, loc, in, member);
        break;
    case KIND_TEXTS:
    case KIND_NAME_SET:
    case KIND_TIME:
    case KIND_COUNT:
        assert(!"a kind for output only is in an input's table");
    }
}

/* Other kinds need no default: the zeroed struct says that they are absent. */
static void field_set_default(const struct field *f, void *member) {
    if (f->has_default && f->kind == KIND_INT)
        *(int64_t *)member = f->default_value;
    else if (f->has_default && f->kind == KIND_ENUM)
        *(int *)member = (int)f->default_value;
}

/* Members that are not in the table are ignored, as Pydantic does by default. A field that is missing echoes
 * the whole object as its input. */
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
        const struct json *input = json_member(value, at.name);
        void *member = (char *)out + f->offset;
        if (input && f->may_be_empty && input->kind == JSON_STRING && input->text.size == 0)
            input = NULL;
        if (input && f->may_be_null && input->kind == JSON_NULL)
            input = NULL;
        if (input && f->kind == KIND_TEXTS)
            decode_texts(d, f, &at, value, member);
        else if (input && f->kind == KIND_NAME_SET)
            decode_name_set(d, f, &at, value, member);
        else if (input)
            decode_field(d, f, &at, input, member);
        else if (f->optional)
            field_set_default(f, member);
        else
            error_put(d->errors, "missing", &at, value, NULL, "Field required");
    }
}

static const struct str source_names[] = {
    [SOURCE_BODY] = {"body", 4},
    [SOURCE_QUERY] = {"query", 5},
    [SOURCE_PATH] = {"path", 4},
};

/* Whether an input of the model may hold a secret. A model inside another has none: the outer one says so. */
static bool model_is_secret(const struct model *model) {
    for (size_t i = 0; i < model->count; i++)
        if (model->fields[i].secret)
            return true;
    return false;
}

enum status model_decode(const struct model *model, enum source source, const struct json *value, void *out,
                         struct arena *arena, struct errors *errors) {
    struct decoding d = {.arena = arena, .errors = errors};
    struct loc root = {.name = source_names[source]};
    size_t before = errors->count;
    errors->hides_input = model_is_secret(model);
    if (value)
        decode_model(&d, model, &root, value, out);
    else
        error_put(errors, "missing", &root, NULL, NULL, "Field required");
    errors->hides_input = false;
    if (d.no_memory || !buf_ok(&errors->text))
        return STATUS_NO_MEMORY;
    return errors->count > before ? STATUS_INVALID : STATUS_OK;
}

/* Appends FastAPI's error for a malformed body: `{"type": "json_invalid", "loc": ["body", 17], …}`. */
static void put_json_invalid(struct errors *errors, const struct json_error *error) {
    struct loc body = {.name = source_names[SOURCE_BODY]}, at = {.parent = &body, .index = error->position};
    char ctx[128];
    snprintf(ctx, sizeof ctx, "{\"error\":\"%s\"}", error->reason);
    struct json empty = {.kind = JSON_OBJECT, .raw = STR("{}")};
    error_put(errors, "json_invalid", &at, &empty, ctx, "JSON decode error");
}

enum status body_read(struct arena *arena, struct str body, bool is_json, struct json **out,
                      struct errors *errors) {
    struct json_error error;
    *out = NULL;
    if (body.size == 0)
        return STATUS_OK;
    if (is_json) {
        struct str bom = STR("\xEF\xBB\xBF");
        enum status s =
            json_read(arena, str_starts(body, bom) ? str_skip(body, bom.size) : body, out, &error);
        if (s == STATUS_INVALID && !utf8_valid(body))
            return STATUS_BODY_UNREADABLE;
        if (s == STATUS_INVALID)
            put_json_invalid(errors, &error);
        return s;
    }
    struct str text = utf8_repair(arena, body);
    *out = ARENA_NEW(arena, struct json);
    if (!*out || !text.data)
        return STATUS_NO_MEMORY;
    **out = (struct json){.kind = JSON_STRING, .text = text};
    return STATUS_OK;
}
