/* The entry of a fuzz target, and what its checks need: an assertion that prints what does not hold, and one that
 * a text is JSON. */
#pragma once

#include "base/json.h"

#include <stdint.h>
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

/* The bound of a target's arena: more than any single input needs. */
enum { fuzz_arena_bytes_max = 64 * 1024 * 1024 };

/* Whether a text was refused for its size alone. An answer that echoes its input may exceed a limit of the
 * reader and still be JSON. */
static inline bool is_limit(const struct json_error *error) {
    static const char *const limits[] = {"Nested too deeply", "Too many values",
                                         "Too many names in an object"};
    for (size_t i = 0; i < sizeof limits / sizeof *limits; i++)
        if (strcmp(error->reason, limits[i]) == 0)
            return true;
    return false;
}

/* Aborts unless our own strict reader takes the text for JSON. */
static inline void check_json(struct str text) {
    struct arena arena;
    struct json *value;
    struct json_error error = {0};
    arena_init(&arena, fuzz_arena_bytes_max);
    enum status s = json_read(&arena, text, &value, &error);
    if (s != STATUS_OK && !(s == STATUS_INVALID && is_limit(&error))) {
        fprintf(stderr, "%s at %zu of %.*s\n", error.reason, error.position, (int)text.size, text.data);
        abort();
    }
    arena_free(&arena);
}
