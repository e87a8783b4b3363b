#include "model/decode_value.h"

#include "model/email.h"
#include "model/number.h"
#include "model/time.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

static void put_out_of_range(struct decoding *d, const struct loc *loc, const struct json *input,
                             bool is_below, int64_t limit) {
    char ctx[48];
    snprintf(ctx, sizeof ctx, "{\"%s\":%lld}", is_below ? "ge" : "le", (long long)limit);
    error_put(d->errors, is_below ? "greater_than_equal" : "less_than_equal", loc, input, ctx,
              "Input should be %s than or equal to %lld", is_below ? "greater" : "less", (long long)limit);
}

static void put_text_length(struct decoding *d, const struct loc *loc, const struct json *input,
                            bool is_short, int64_t limit) {
    char ctx[48];
    snprintf(ctx, sizeof ctx, "{\"%s_length\":%lld}", is_short ? "min" : "max", (long long)limit);
    error_put(d->errors, is_short ? "string_too_short" : "string_too_long", loc, input, ctx,
              "String should have at %s %lld character%s", is_short ? "least" : "most", (long long)limit,
              limit == 1 ? "" : "s");
}

void decode_text(struct decoding *d, const struct field *f, const struct loc *loc, const struct json *in,
                 struct str *out) {
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

bool decode_integer(struct decoding *d, const struct field *f, const struct loc *loc, const struct json *in,
                    int64_t *out) {
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
void decode_bool(struct decoding *d, const struct loc *loc, const struct json *in, struct maybe_bool *out) {
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

bool decode_uuid(struct decoding *d, const struct loc *loc, const struct json *in, struct uuid *out) {
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
void decode_email(struct decoding *d, const struct loc *loc, const struct json *in, struct str *out) {
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

void decode_maybe_time(struct decoding *d, const struct loc *loc, const struct json *in,
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

int decode_name(struct decoding *d, const struct field *f, const struct loc *loc, const struct json *in) {
    for (int i = 0; in->kind == JSON_STRING && f->names[i]; i++)
        if (str_equal(in->text, str_from(f->names[i])))
            return i;
    char expected[600], ctx[640]; /* a list of 15 scopes takes 300 */
    enum_expected(f, expected, sizeof expected);
    snprintf(ctx, sizeof ctx, "{\"expected\":\"%s\"}", expected);
    error_put(d->errors, "enum", loc, in, ctx, "Input should be %s", expected);
    return -1;
}

void decode_enum(struct decoding *d, const struct field *f, const struct loc *loc, const struct json *in,
                 int *out) {
    int i = decode_name(d, f, loc, in);
    if (i >= 0)
        *out = i;
}
