/* Integers as Pydantic reads them in its lax mode, from text and from JSON numbers. */
#pragma once

#include "model/json.h"

enum number_result {
    NUMBER_OK,
    NUMBER_NOT_INTEGER, /* text that is no integer */
    NUMBER_FRACTION,    /* a JSON number with a fraction */
    NUMBER_TOO_LARGE,   /* past what Pydantic itself reads */
    NUMBER_INFINITE,
};

/* Text such as `7`, ` +07 `, `1_000` or `7.0`. A value outside of 64 bits becomes the nearest that fits, so
 * that a comparison with a limit comes out right. */
enum number_result integer_from_text(struct str text, int64_t *out);

/* A JSON number; `1.0` and `1e2` are integers. */
enum number_result integer_from_json(const struct json *number, int64_t *out);
