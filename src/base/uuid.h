/* UUIDs (RFC 9562). */
#pragma once

#include "base/clock.h"
#include "base/random.h"
#include "base/str.h"

struct uuid {
    uint8_t bytes[16];
};

enum { uuid_text_size = 36, uuid_reason_size = 80 };

bool uuid_equal(const struct uuid *a, const struct uuid *b);

/* A new version 7 UUID: milliseconds of the clock, then 74 random bits. Later ones sort later, so that rows
 * which are made together lie together in an index. */
struct uuid uuid_new(const struct clock *clock, const struct random *random);

/* Lower-case text with hyphens; no NUL. */
void uuid_format(const struct uuid *id, char out[static uuid_text_size]);

/* Reads the forms that Pydantic takes: 32 hex digits, hyphenated, in braces, or after `urn:uuid:`; either
 * case. False where text is none of them, and then `reason` (NUL-terminated) says why in the words of the
 * Rust crate `uuid` that Pydantic uses. Text must be valid UTF-8. */
bool uuid_parse(struct str text, struct uuid *out, char reason[static uuid_reason_size]);
