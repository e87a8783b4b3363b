/* Plain values that everything passes around, and text.
 *
 * struct str is a slice of text: bytes that somebody else owns, not terminated by NUL. `at` is NULL where
 * there is no text at all (an absent field), which is not the same as an empty one. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct str {
    const char *at;
    size_t size; /* bytes */
};

/* Things in an array that somebody else owns; what they are, its user knows. */
struct list {
    const void *at;
    size_t count;
};

/* An integer that may be absent. */
struct maybe_int {
    bool given;
    int64_t value;
};

/* A truth value that may be absent. */
struct maybe_bool {
    bool given;
    bool value;
};

#define STR(literal) ((struct str){(literal), sizeof(literal) - 1})

/* The slice over a NUL-terminated string, without the NUL. NULL gives the absent text. */
struct str str_from(const char *terminated);

bool str_equal(struct str a, struct str b);

/* Equal but for the case of ASCII letters, as header names and media types are compared (RFC 9110 §5.1). */
bool str_equal_nocase(struct str a, struct str b);

bool str_starts(struct str text, struct str prefix);

/* Without leading and trailing blanks and tabs (RFC 9110 §5.6.3 OWS). */
struct str str_trim(struct str text);

/* The place of the first `byte` in text, or text.size where there is none. */
size_t str_find(struct str text, char byte);

/* The value of a hexadecimal digit in either case, or -1. */
int hex_value(char c);

/* How long the UTF-8 sequence at text.at[0] is: 1 to 4, or 0 where it is malformed (RFC 3629: overlong forms,
 * surrogates and values past U+10FFFF are malformed) or text is empty. */
size_t utf8_sequence(struct str text);

/* How many bytes at the start of text, which are malformed, one U+FFFD stands for: the longest start of a
 * sequence that could have become well-formed, at least 1 (Unicode §3.9, "maximal subpart"). */
size_t utf8_malformed(struct str text);

bool utf8_valid(struct str text);

/* How many code points a valid UTF-8 text has. */
size_t utf8_length(struct str text);

/* Writes code (a scalar value) as UTF-8 and gives the number of bytes, 1 to 4. */
size_t utf8_put(uint32_t code, char out[static 4]);
