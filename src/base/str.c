#include "base/str.h"

#include <string.h>

struct str str_from(const char *terminated) {
    return (struct str){terminated, terminated ? strlen(terminated) : 0};
}

bool str_equal(struct str a, struct str b) {
    return a.size == b.size && (a.size == 0 || memcmp(a.data, b.data, a.size) == 0);
}

int str_compare(struct str a, struct str b) {
    size_t shared = a.size < b.size ? a.size : b.size;
    int order = shared ? memcmp(a.data, b.data, shared) : 0;
    return order ? order : (a.size > b.size) - (a.size < b.size);
}

/* By ASCII alone: tolower() follows the locale. */
static char ascii_lower(char c) {
    return c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
}

bool str_equal_nocase(struct str a, struct str b) {
    if (a.size != b.size)
        return false;
    for (size_t i = 0; i < a.size; i++)
        if (ascii_lower(a.data[i]) != ascii_lower(b.data[i]))
            return false;
    return true;
}

bool str_starts(struct str text, struct str prefix) {
    return text.size >= prefix.size && (prefix.size == 0 || memcmp(text.data, prefix.data, prefix.size) == 0);
}

static bool is_space_or_tab(char c) {
    return c == ' ' || c == '\t';
}

struct str str_trim(struct str text) {
    while (text.size > 0 && is_space_or_tab(text.data[0]))
        text = str_skip(text, 1);
    while (text.size > 0 && is_space_or_tab(text.data[text.size - 1]))
        text.size--;
    return text;
}

struct str str_unquote(struct str text) {
    bool quoted = text.size >= 2 && text.data[0] == '"' && text.data[text.size - 1] == '"';
    return quoted ? (struct str){text.data + 1, text.size - 2} : text;
}

size_t str_find(struct str text, char byte) {
    const char *found = text.size ? memchr(text.data, byte, text.size) : NULL;
    return found ? (size_t)(found - text.data) : text.size;
}

struct str str_cut(struct str *rest, char separator) {
    size_t size = str_find(*rest, separator);
    struct str front = {rest->data, size};
    *rest = str_skip(*rest, size < rest->size ? size + 1 : size);
    return front;
}

bool str_to_int(struct str text, int64_t max, int64_t *out) {
    int64_t value = 0;
    for (size_t i = 0; i < text.size; i++)
        if (!ascii_is_digit(text.data[i]) || __builtin_mul_overflow(value, 10, &value) ||
            __builtin_add_overflow(value, text.data[i] - '0', &value))
            return false;
    if (text.size == 0 || value > max)
        return false;
    *out = value;
    return true;
}

bool str_is_alnum(struct str text, const char *others) {
    for (size_t i = 0; i < text.size; i++) {
        char c = text.data[i];
        if (!ascii_is_digit(c) && !ascii_is_letter(c) && (c == '\0' || !strchr(others, c)))
            return false;
    }
    return true;
}

int hex_value(char c) {
    if (ascii_is_digit(c))
        return c - '0';
    c = ascii_lower(c);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The first byte tells the size; every other is 10xxxxxx:
 *
 *     00…7F     1 byte
 *     C2…DF     2 bytes      C0 and C1 would be overlong forms of 1 byte
 *     E0…EF     3 bytes      E0 A0… up (below: overlong), ED …9F at most (above: surrogates)
 *     F0…F4     4 bytes      F0 90… up (below: overlong), F4 …8F at most (above: past U+10FFFF) */
size_t utf8_sequence(struct str text) {
    if (text.size == 0)
        return 0;
    const unsigned char *b = (const unsigned char *)text.data;
    if (b[0] < 0x80)
        return 1;
    size_t size = b[0] >= 0xC2 && b[0] <= 0xDF   ? 2
                  : (b[0] & 0xF0) == 0xE0        ? 3
                  : b[0] >= 0xF0 && b[0] <= 0xF4 ? 4
                                                 : 0;
    if (size == 0 || text.size < size)
        return 0;
    for (size_t i = 1; i < size; i++)
        if ((b[i] & 0xC0) != 0x80)
            return 0;
    if ((b[0] == 0xE0 && b[1] < 0xA0) || (b[0] == 0xED && b[1] > 0x9F) || (b[0] == 0xF0 && b[1] < 0x90) ||
        (b[0] == 0xF4 && b[1] > 0x8F))
        return 0;
    return size;
}

/* Checks the second byte within the bounds of its first, then the third; a fourth that fits would have made
 * it whole. */
size_t utf8_malformed(struct str text) {
    const unsigned char *b = (const unsigned char *)text.data;
    if (text.size < 2 || b[0] < 0xE0 || b[0] > 0xF4)
        return 1;
    unsigned char low = b[0] == 0xE0 ? 0xA0 : b[0] == 0xF0 ? 0x90 : 0x80;
    unsigned char high = b[0] == 0xED ? 0x9F : b[0] == 0xF4 ? 0x8F : 0xBF;
    if (b[1] < low || b[1] > high)
        return 1;
    return b[0] >= 0xF0 && text.size > 2 && (b[2] & 0xC0) == 0x80 ? 3 : 2;
}

bool utf8_valid(struct str text) {
    while (text.size > 0) {
        size_t n = utf8_sequence(text);
        if (n == 0)
            return false;
        text = str_skip(text, n);
    }
    return true;
}

/* U+0080 to U+009F, which some terminals obey too, are 0xC2 and a byte below 0xA0. */
void line_clean(char *line) {
    bool is_valid = utf8_valid(str_from(line)), is_c1 = false;
    for (unsigned char *c = (unsigned char *)line; *c; c++) {
        bool is_second = is_c1;
        is_c1 = is_valid && c[0] == 0xC2 && c[1] < 0xA0;
        if (*c < ' ' || *c == 0x7F || (*c >= 0x80 && !is_valid) || is_c1 || is_second)
            *c = '?';
    }
}

/* If the byte behind the cut is a continuation byte, the cut is inside a character, behind 1 to 3 of its bytes. */
size_t utf8_limit(struct str text, size_t max) {
    size_t size = max;
    if (text.size <= max)
        return text.size;
    while (size > 0 && max - size < 3 && (text.data[size] & 0xC0) == 0x80)
        size--;
    return size;
}

/* Each code point has one byte that is not a continuation byte, 10xxxxxx. */
size_t utf8_length(struct str text) {
    size_t length = 0;
    for (size_t i = 0; i < text.size; i++)
        length += (text.data[i] & 0xC0) != 0x80;
    return length;
}

size_t utf8_put(uint32_t code, char out[static 4]) {
    if (code < 0x80) {
        out[0] = (char)code;
        return 1;
    }
    if (code < 0x800) {
        out[0] = (char)(0xC0 | code >> 6);
        out[1] = (char)(0x80 | (code & 0x3F));
        return 2;
    }
    if (code < 0x10000) {
        out[0] = (char)(0xE0 | code >> 12);
        out[1] = (char)(0x80 | (code >> 6 & 0x3F));
        out[2] = (char)(0x80 | (code & 0x3F));
        return 3;
    }
    out[0] = (char)(0xF0 | code >> 18);
    out[1] = (char)(0x80 | (code >> 12 & 0x3F));
    out[2] = (char)(0x80 | (code >> 6 & 0x3F));
    out[3] = (char)(0x80 | (code & 0x3F));
    return 4;
}
