#include "model/number.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* pydantic-core's bound on the digits that it reads, against quadratic time in Python's int. */
enum { digits_max = 4300 };

/* Whether a text of 1 to 3 bytes is one character of Unicode's White_Space, which Rust's trim takes off. */
static bool blank(struct str c) {
    static const char *const wide[] = {"\u00a0", "\u1680", "\u2028", "\u2029", "\u202f", "\u205f", "\u3000"};
    if (c.size == 1)
        return c.at[0] == ' ' || (c.at[0] >= '\t' && c.at[0] <= '\r');
    if (c.size == 2 && memcmp(c.at, "\xC2\x85", 2) == 0) /* U+0085 */
        return true;
    if (c.size == 3 && memcmp(c.at, "\xE2\x80", 2) == 0 &&
        (unsigned char)c.at[2] <= 0x8A) /* U+2000 to U+200A */
        return true;
    for (size_t i = 0; i < sizeof wide / sizeof *wide; i++)
        if (str_equal(c, str_from(wide[i])))
            return true;
    return false;
}

static struct str trim(struct str text) {
    for (size_t n = 1; n <= 3 && n <= text.size;)
        if (blank((struct str){text.at, n}))
            text = (struct str){text.at + n, text.size - n}, n = 1;
        else
            n++;
    for (size_t n = 1; n <= 3 && n <= text.size;)
        if (blank((struct str){text.at + text.size - n, n}))
            text.size -= n, n = 1;
        else
            n++;
    return text;
}

/* Appends a digit, staying at the nearest end of 64 bits once past it. */
static int64_t append_digit(int64_t value, int digit, bool negative) {
    int64_t next;
    if (__builtin_mul_overflow(value, 10, &next) ||
        __builtin_add_overflow(next, negative ? -digit : digit, &next))
        return negative ? INT64_MIN : INT64_MAX;
    return next;
}

/* Whether text is a point and zeros, or nothing. */
static bool zero_fraction(struct str text) {
    if (text.size == 1)
        return false;
    for (size_t i = 1; i < text.size; i++)
        if (text.at[i] != '0')
            return false;
    return true;
}

static bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

/* Zeros in front, and with them any underscores, as pydantic-core skips them. */
static size_t leading_zeros(struct str text) {
    size_t i = 0;
    while (i < text.size && (text.at[i] == '0' || (text.at[i] == '_' && i > 0)))
        i++;
    return i;
}

enum number_result integer_from_text(struct str text, int64_t *out) {
    struct str t = trim(text);
    bool negative = t.size > 0 && t.at[0] == '-';
    if (t.size > 0 && (t.at[0] == '-' || t.at[0] == '+'))
        t = (struct str){t.at + 1, t.size - 1};
    size_t i = leading_zeros(t), digits = 0;
    bool after_digit = i > 0 && (t.at[i - 1] == '0' || (i < t.size && is_digit(t.at[i])));
    *out = 0;
    for (; i < t.size && t.at[i] != '.'; i++) {
        if (t.at[i] == '_' && after_digit) { /* between digits only */
            after_digit = false;
            continue;
        }
        if (!is_digit(t.at[i]))
            return NUMBER_NOT_INTEGER;
        if (++digits > digits_max)
            return NUMBER_TOO_LARGE;
        *out = append_digit(*out, t.at[i] - '0', negative);
        after_digit = true;
    }
    return after_digit && zero_fraction((struct str){t.at + i, t.size - i}) ? NUMBER_OK : NUMBER_NOT_INTEGER;
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
    const double two_to_63 = 9223372036854775808.0;
    if (!(value > -two_to_63 && value < two_to_63))
        return NUMBER_TOO_LARGE;
    *out = (int64_t)value;
    return NUMBER_OK;
}
