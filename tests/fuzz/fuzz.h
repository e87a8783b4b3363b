/* What every fuzz target includes: a check that says what it found, and JSON that must be JSON. */
#pragma once

#include "model/json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define CHECK(condition)                                                                                     \
    do {                                                                                                     \
        if (!(condition)) {                                                                                  \
            fprintf(stderr, "%s:%d: %s does not hold\n", __FILE__, __LINE__, #condition);                    \
            abort();                                                                                         \
        }                                                                                                    \
    } while (0)

/* More than any one input can need. */
enum { fuzz_arena_bytes_max = 64 * 1024 * 1024 };

/* Whether a text is refused for its size alone: an answer that echoes its input may pass a limit of the
 * reader. */
static inline bool is_limit(const struct json_error *error) {
    static const char *const limits[] = {"Nested too deeply", "Too many values",
                                         "Too many names in an object"};
    for (size_t i = 0; i < sizeof limits / sizeof *limits; i++)
        if (strcmp(error->reason, limits[i]) == 0)
            return true;
    return false;
}

/* Aborts unless text is JSON by the project's own strict reader. */
static inline void check_json(struct str text) {
    struct arena arena;
    struct json *value;
    struct json_error error = {0};
    arena_init(&arena, fuzz_arena_bytes_max);
    enum status s = json_read(&arena, text, &value, &error);
    if (s != STATUS_OK && !(s == STATUS_INVALID && is_limit(&error))) {
        fprintf(stderr, "%s at %zu of %.*s\n", error.reason, error.at, (int)text.size, text.at);
        abort();
    }
    arena_free(&arena);
}
