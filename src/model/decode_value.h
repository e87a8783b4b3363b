/* A decoder for each kind of value that has no parts. Each writes `*out`, or leaves it and appends an error.
 *
 * It takes what Pydantic's lax mode takes: an integer from 7, 7.0, "7" or true; a truth value from
 * true, 1, "yes" or "off"; a UUID in any form that uuid.h lists. The order of checks is Pydantic's too, such
 * as the upper bound before the lower one: tests compare with Pydantic itself. */
#pragma once

#include "model/errors.h"

/* The parameters that every decoder needs. */
struct decoding {
    struct arena *arena;
    struct errors *errors;
    bool no_memory;
};

void decode_text(struct decoding *d, const struct field *f, const struct loc *loc, const struct json *in,
                 struct str *out);
void decode_bool(struct decoding *d, const struct loc *loc, const struct json *in, struct maybe_bool *out);
void decode_email(struct decoding *d, const struct loc *loc, const struct json *in, struct str *out);
void decode_maybe_time(struct decoding *d, const struct loc *loc, const struct json *in,
                       struct maybe_int *out);
void decode_enum(struct decoding *d, const struct field *f, const struct loc *loc, const struct json *in,
                 int *out);

/* These two return whether `*out` was written. */
bool decode_integer(struct decoding *d, const struct field *f, const struct loc *loc, const struct json *in,
                    int64_t *out);
bool decode_uuid(struct decoding *d, const struct loc *loc, const struct json *in, struct uuid *out);

/* Returns the index of an input among the field's names; -1 after appending an error. */
int decode_name(struct decoding *d, const struct field *f, const struct loc *loc, const struct json *in);
