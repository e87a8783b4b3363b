/* What a fuzz target of the API includes: a check that says what it found, and JSON that must be JSON. */
#pragma once

#include "check.h"
#include "model/json.h"

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
