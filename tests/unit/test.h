/* Included by every unit test: cmocka, and assertions about texts. */
#pragma once

#include "base/arena.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))

/* Enough for all that one test allocates. */
enum { test_arena_bytes_max = 16 * 1024 * 1024 };

/* A literal as a text that may hold NULs. */
#define BYTES(literal) ((struct str){(literal), sizeof(literal) - 1})

/* `size` bytes as a text: a macro's argument cannot hold a compound literal with a comma. */
static inline struct str text_of(const char *at, size_t size) {
    return (struct str){at, size};
}

/* Fails and prints both unless the texts are equal and both or neither absent. `row` names a row of a table; it
 * may be NULL. */
#define assert_text(got, want) check_text((got), str_from(want), NULL, __FILE__, __LINE__)
#define assert_text_of(row, got, want) check_text((got), str_from(want), (row), __FILE__, __LINE__)
#define assert_str(got, want) check_text((got), (want), NULL, __FILE__, __LINE__)

static inline void check_text(struct str got, struct str want, const char *row, const char *file, int line) {
    if (str_equal(got, want) && !got.data == !want.data)
        return;
    print_error("%s%sgot  %.*s\nwant %.*s\n", row ? row : "", row ? ":\n" : "", (int)got.size,
                got.data ? got.data : "(absent)", (int)want.size, want.data ? want.data : "(absent)");
    _fail(file, line);
}

/* Fails and prints the table's row and both numbers unless they are equal. */
#define assert_number_of(row, got, want)                                                                     \
    check_number((int64_t)(got), (int64_t)(want), (row), __FILE__, __LINE__)

static inline void check_number(int64_t got, int64_t want, const char *row, const char *file, int line) {
    if (got == want)
        return;
    print_error("%s: got %lld, want %lld\n", row, (long long)got, (long long)want);
    _fail(file, line);
}

/* Whether the text contains `part`. */
static inline bool text_has(struct str text, const char *part) {
    return text.data && memmem(text.data, text.size, part, strlen(part)) != NULL;
}

#define assert_has(text, part) check_has((text), (part), true, __FILE__, __LINE__)
#define assert_has_not(text, part) check_has((text), (part), false, __FILE__, __LINE__)

static inline void check_has(struct str text, const char *part, bool wanted, const char *file, int line) {
    if (text_has(text, part) == wanted)
        return;
    print_error("%s is %s in:\n%.*s\n", part, wanted ? "not" : "there", (int)text.size,
                text.data ? text.data : "");
    _fail(file, line);
}
