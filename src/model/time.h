/* Times as Pydantic reads a datetime in its lax mode: RFC 3339 and its neighbours, or seconds since 1970.
 *
 *     2026-11-29T02:03:04.123456Z      the T may be t, a space or _; Z may be z, +01:00, -0130 or absent (UTC)
 *     2026-11-29T02:03                 seconds may be absent; after a point or a comma, microseconds count
 *     2026-11-29                       midnight
 *     1764000000, 1764000000.5         seconds; above 20,000,000,000, milliseconds */
#pragma once

#include "base/json.h"

/* Why a text is not a time, in Pydantic's words. */
struct time_problem {
    bool was_date; /* it was tried as a date too, and the message says so */
    const char *reason;
};

/* Reads a text as microseconds since 1970. The years are 1 to 9999; a time that an offset takes out of them is the
 * nearest one within. */
bool time_from_text(struct str text, int64_t *out, struct time_problem *problem);

/* Reads a JSON number in the same way. */
bool time_from_json(const struct json *number, int64_t *out, struct time_problem *problem);
