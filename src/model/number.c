/* Integers by Pydantic's rules, which are those of pydantic-core's Rust code: white space is Unicode's, an
 * underscore may separate two digits, a fraction may only have zeros, and a leading sign may be a plus.
 *
 *     text:  " 1_000.00 "  --> trim  --> sign --> zeros in front --> digits --> ".00" --> 1000
 *     JSON:  1e3           --> double --> has it a fraction? --> does it fit 64 bits? --> 1000
 *
 * An integer of any length is read, so that it is the model's limit that refuses it: past 64 bits the value
 * stays at the nearest end, which is beyond every limit. */
#include "model/number.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* pydantic-core's bound on the digits that it reads, because converting them in Python takes quadratic
 * time. */
enum { digits_max = 4300 };

/* Whether a text of 1 to 3 bytes is one character with Unicode's property White_Space, which Rust's trim()
 * drops. */
static bool is_white_space(struct str c) {
    static const char *const wide[] = {"\u00a0", "\u1680", "\u2028", "\u2029", "\u202f", "\u205f", "\u3000"};
    if (c.size == 1)
        return c.data[0] == ' ' || (c.data[0] >= '\t' && c.data[0] <= '\r');
    if ((unsigned char)c.data[0] < 0xC2) /* no character of 2 or 3 bytes begins so: most texts end here */
        return false;
    if (c.size == 2 && memcmp(c.data, "\xC2\x85", 2) == 0) /* U+0085 */
        return true;
    if (c.size == 3 && memcmp(c.data, "\xE2\x80", 2) == 0 &&
        (unsigned char)c.data[2] <= 0x8A) /* U+2000 to U+200A */
        return true;
    for (size_t i = 0; i < sizeof wide / sizeof *wide; i++)
        if (str_equal(c, str_from(wide[i])))
            return true;
    return false;
}

/* A white space may take 1 to 3 bytes: each size is tried at both ends, from 1 again after each that was
 * dropped. */
struct str white_space_trim(struct str text) {
    for (size_t n = 1; n <= 3 && n <= text.size;)
        if (is_white_space((struct str){text.data, n}))
            text = str_skip(text, n), n = 1;
        else
            n++;
    for (size_t n = 1; n <= 3 && n <= text.size;)
        if (is_white_space((struct str){text.data + text.size - n, n}))
            text.size -= n, n = 1;
        else
            n++;
    return text;
}

/* Appends a digit; past 64 bits the value stays at the nearest end. */
static int64_t append_digit(int64_t value, int digit, bool negative) {
    int64_t next;
    if (__builtin_mul_overflow(value, 10, &next) ||
        __builtin_add_overflow(next, negative ? -digit : digit, &next))
        return negative ? INT64_MIN : INT64_MAX;
    return next;
}

/* Whether text is empty, or a point and at least one zero and nothing else. */
static bool is_zero_fraction(struct str text) {
    if (text.size == 1)
        return false;
    for (size_t i = 1; i < text.size; i++)
        if (text.data[i] != '0')
            return false;
    return true;
}

/* The size of the zeros in front, and of the underscores among them: pydantic-core skips both. */
static size_t leading_zeros(struct str text) {
    size_t i = 0;
    while (i < text.size && (text.data[i] == '0' || (text.data[i] == '_' && i > 0)))
        i++;
    return i;
}

enum number_result integer_from_text(struct str text, int64_t *out) {
    struct str t = white_space_trim(text);
    bool negative = t.size > 0 && t.data[0] == '-';
    if (t.size > 0 && (t.data[0] == '-' || t.data[0] == '+'))
        t = str_skip(t, 1);
    size_t i = leading_zeros(t), digits = 0;
    bool after_digit = i > 0 && (t.data[i - 1] == '0' || (i < t.size && ascii_is_digit(t.data[i])));
    *out = 0;
    for (; i < t.size && t.data[i] != '.'; i++) {
        if (t.data[i] == '_' && after_digit) { /* between digits only */
            after_digit = false;
            continue;
        }
        if (!ascii_is_digit(t.data[i]))
            return NUMBER_NOT_INTEGER;
        if (++digits > digits_max)
            return NUMBER_TOO_LARGE;
        *out = append_digit(*out, t.data[i] - '0', negative);
        after_digit = true;
    }
    return after_digit && is_zero_fraction(str_skip(t, i)) ? NUMBER_OK : NUMBER_NOT_INTEGER;
}

/* strtod() wants a NUL, which the source has not. */
bool number_from_text(struct str text, double *out) {
    char copy[number_size_max + 1];
    if (text.size > number_size_max)
        return false;
    memcpy(copy, text.data, text.size);
    copy[text.size] = '\0';
    *out = strtod(copy, NULL);
    return true;
}

/* Only a number with a fraction or an exponent goes through a double, as in Pydantic; integers are read
 * exactly. strtod() wants a NUL, which the source has not: short numbers are copied to the stack. 2^63 itself
 * is out of range, and as a double so is INT64_MAX, which rounds up to it. */
enum number_result integer_from_json(const struct json *number, int64_t *out) {
    if (json_is_integer(number))
        return integer_from_text(number->raw, out);
    char copy[64], *heap = NULL;
    size_t size = number->raw.size;
    char *text = size < sizeof copy ? copy : (heap = malloc(size + 1));
    if (!text)
        return NUMBER_TOO_LARGE;
    memcpy(text, number->raw.data, size);
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
