#include "model/number.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* pydantic-core's bound on the digits that it reads, against quadratic time in Python's int. */
enum { digits_max = 4300 };

static bool blank(char c) {
    return c == ' ' || (c >= '\t' && c <= '\r');
}

static struct str trim(struct str text) {
    while (text.size > 0 && blank(text.at[0]))
        text.at++, text.size--;
    while (text.size > 0 && blank(text.at[text.size - 1]))
        text.size--;
    return text;
}

/* Cuts `.000` off. */
static struct str without_zero_fraction(struct str text) {
    size_t point = str_find(text, '.');
    for (size_t i = point + 1; i < text.size; i++)
        if (text.at[i] != '0')
            return text;
    return (struct str){text.at, point};
}

/* Appends a digit, staying at the nearest end of 64 bits once past it. */
static int64_t append_digit(int64_t value, int digit, bool negative) {
    int64_t next;
    if (__builtin_mul_overflow(value, 10, &next) ||
        __builtin_add_overflow(next, negative ? -digit : digit, &next))
        return negative ? INT64_MIN : INT64_MAX;
    return next;
}

enum number_result integer_from_text(struct str text, int64_t *out) {
    struct str digits = trim(text);
    bool negative = digits.size > 0 && digits.at[0] == '-';
    if (digits.size > 0 && (digits.at[0] == '-' || digits.at[0] == '+'))
        digits.at++, digits.size--;
    digits = without_zero_fraction(digits);
    if (digits.size > digits_max)
        return NUMBER_TOO_LARGE;
    int64_t value = 0;
    bool after_digit = false; /* an underscore stands between digits only */
    for (size_t i = 0; i < digits.size; i++) {
        char c = digits.at[i];
        if (c == '_' && after_digit) {
            after_digit = false;
            continue;
        }
        if (c < '0' || c > '9')
            return NUMBER_NOT_INTEGER;
        value = append_digit(value, c - '0', negative);
        after_digit = true;
    }
    *out = value;
    return after_digit ? NUMBER_OK : NUMBER_NOT_INTEGER;
}

enum number_result integer_from_json(const struct json *number, int64_t *out) {
    if (json_is_integer(number))
        return integer_from_text(number->raw, out);
    char copy[64], *heap = NULL;
    size_t size = number->raw.size;
    char *text = size < sizeof copy ? copy : (heap = malloc(size + 1));
    if (!text)
        return NUMBER_TOO_LARGE;
    memcpy(text, number->raw.at, size);
    text[size] = '\0';
    double value = strtod(text, NULL);
    free(heap);
    if (isinf(value))
        return NUMBER_INFINITE;
    if (value != floor(value))
        return NUMBER_FRACTION;
    if (!(value > -0x1p63 && value < 0x1p63))
        return NUMBER_TOO_LARGE;
    *out = (int64_t)value;
    return NUMBER_OK;
}
