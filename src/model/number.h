/* Integers as Pydantic reads them in its lax mode, from text and from JSON numbers. */
#pragma once

#include "base/json.h"

enum number_result {
    NUMBER_OK,
    NUMBER_NOT_INTEGER, /* text that is not an integer */
    NUMBER_FRACTION,    /* a JSON number with a fraction */
    NUMBER_TOO_LARGE,   /* above what Pydantic itself reads */
    NUMBER_INFINITE,
};

/* Removes Unicode's white space at both ends of a text. */
struct str white_space_trim(struct str text);

/* Reads text such as `7`, ` +07 `, `1_000` or `7.0`. A value outside of 64 bits becomes the nearest that
 * fits, so that a comparison with a limit is still right. */
enum number_result integer_from_text(struct str text, int64_t *out);

/* Reads a JSON number; `1.0` and `1e2` are integers. `*out` is only valid with NUMBER_OK. */
enum number_result integer_from_json(const struct json *number, int64_t *out);

/* Reads decimal digits with a sign, a point and an exponent, as the caller has checked, as the nearest double. False if
 * they are more than number_size_max characters. */
enum { number_size_max = 400 };
bool number_from_text(struct str text, double *out);
