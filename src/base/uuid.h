/* UUIDs (RFC 9562). */
#pragma once

#include "base/clock.h"
#include "base/random.h"
#include "base/str.h"

struct uuid {
    uint8_t bytes[16];
};

struct maybe_uuid {
    bool is_set;
    struct uuid value;
};

enum { uuid_text_size = 36 };

/* Why a text is no UUID. It may hold any character of the text, U+0000 too. */
struct uuid_reason {
    char text[80];
    size_t size;
};

bool uuid_equal(const struct uuid *a, const struct uuid *b);

/* Makes a version 7 UUID: 48 bits of the clock's milliseconds, then 74 random bits. Later ones sort later, so
 * that rows which are made together lie together in an index. */
struct uuid uuid_new(const struct clock *clock, const struct random *random);

/* Writes lower-case text with hyphens; no NUL. */
void uuid_format(const struct uuid *id, char out[static uuid_text_size]);

/* Reads the forms that Pydantic takes: 32 hex digits, hyphenated, in braces, or after `urn:uuid:`; either
 * case. False if text is anything else; then `reason`, unless it is NULL, says why in the words of the Rust
 * crate `uuid` that Pydantic uses. Text must be valid UTF-8. */
bool uuid_parse(struct str text, struct uuid *out, struct uuid_reason *reason);
