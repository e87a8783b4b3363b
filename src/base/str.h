/* Plain values that everything passes around, and text.
 *
 * struct str is a slice of text: bytes that it does not own, without a NUL at the end. `data` is NULL if the
 * text is absent (a field that was left out), which is not the same as an empty text. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct str {
    const char *data;
    size_t size; /* bytes */
};

/* A slice of an array that it does not own. Its user knows the type of the elements. */
struct list {
    const void *data;
    size_t count;
};

/* An integer that may be absent. */
struct maybe_int {
    bool is_set;
    int64_t value;
};

/* A truth value that may be absent. */
struct maybe_bool {
    bool is_set;
    bool value;
};

#define STR(literal) ((struct str){(literal), sizeof(literal) - 1})

/* The slice over a NUL-terminated string, without the NUL. The absent text for NULL. */
struct str str_from(const char *terminated);

bool str_equal(struct str a, struct str b);

/* Orders two texts by their bytes: below 0, 0 or above 0, as memcmp does. A text comes before those that it
 * starts. */
int str_compare(struct str a, struct str b);

/* Compares without regard to the case of ASCII letters, as header names and media types demand (RFC 9110
 * §5.1). */
bool str_equal_nocase(struct str a, struct str b);

bool str_starts(struct str text, struct str prefix);

/* The text behind its first n bytes; n is at most text.size. The absent text stays absent. */
static inline struct str str_skip(struct str text, size_t n) {
    return (struct str){n ? text.data + n : text.data, text.size - n}; /* C17 has no NULL + 0 */
}

/* Cuts the text up to the first separator off the front of *rest and returns it; the separator is dropped.
 * Without one all of *rest is returned and nothing is left. For lists such as `a, b, c`:
 *
 *     while (rest.size > 0)
 *         item = str_trim(str_cut(&rest, ',')); */
struct str str_cut(struct str *rest, char separator);

/* Drops leading and trailing spaces and tabs (RFC 9110 §5.6.3, OWS). */
struct str str_trim(struct str text);

/* Drops the double quotes around a text, if it has both. */
struct str str_unquote(struct str text);

/* The index of the first `byte` in text, or text.size if it is not in it. */
size_t str_find(struct str text, char byte);

/* Reads decimal digits alone: no sign, no blank, at least one digit. False, and `*out` unchanged, if text is
 * anything else or its value is above max. */
bool str_to_int(struct str text, int64_t max, int64_t *out);

/* What an ASCII character is, in every locale. */
static inline bool ascii_is_digit(char c) {
    return c >= '0' && c <= '9';
}
static inline bool ascii_is_letter(char c) {
    return (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
}

/* Whether text has only ASCII letters, digits and the characters of `others`; true if it is empty. */
bool str_is_alnum(struct str text, const char *others);

/* The value of a hexadecimal digit in either case, or -1. */
int hex_value(char c);

/* Writes `size` bytes as lower-case hexadecimal digits, two for each; no NUL. */
static inline void hex_write(const uint8_t *bytes, size_t size, char *out) {
    for (size_t i = 0; i < size; i++) {
        *out++ = "0123456789abcdef"[bytes[i] >> 4];
        *out++ = "0123456789abcdef"[bytes[i] & 15];
    }
}

/* The size in bytes, 1 to 4, of the UTF-8 sequence at the start of text; 0 if it is malformed or text is
 * empty. By RFC 3629 overlong forms, surrogates and values above U+10FFFF are malformed. */
size_t utf8_sequence(struct str text);

/* Makes a text, which NUL ends, one line of valid UTF-8 for a log or a terminal, because a text from outside may be
 * in it: a line feed would forge a line, and an escape sequence would be obeyed. Control characters become `?`, and so do
 * all bytes above 0x7F if the text is not valid UTF-8. */
void line_clean(char *line);

/* The number of bytes at the malformed start of text that one U+FFFD replaces: the longest start of a
 * sequence that could have become well-formed, at least 1 (Unicode §3.9, "maximal subpart"). */
size_t utf8_malformed(struct str text);

bool utf8_valid(struct str text);

/* The size of the longest start of valid UTF-8 text that has at most `max` bytes and does not end inside a
 * character. */
size_t utf8_limit(struct str text, size_t max);

/* The number of code points of a valid UTF-8 text. */
size_t utf8_length(struct str text);

/* Writes a Unicode scalar value as UTF-8 and returns the number of bytes, 1 to 4. */
size_t utf8_put(uint32_t code, char out[static 4]);
