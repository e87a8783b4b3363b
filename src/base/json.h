/* A strict reader of JSON (RFC 8259) into a tree in an arena.
 *
 * It is the project's own because a validation error echoes its input: every value keeps the text that it was
 * read from. An integer of a hundred digits is echoed as it came, and no number is rounded.
 *
 * Refused beyond the grammar: invalid UTF-8, lone surrogates, a name given twice in one object, and
 * everything above a limit below. Memory: a value costs sizeof(struct json), so the largest tree takes
 * json_values_max times that. */
#pragma once

#include "base/arena.h"
#include "base/status.h"

enum {
    json_depth_max = 32,     /* arrays and objects inside each other */
    json_values_max = 16384, /* values in one document; the largest body of the contract has some 100 */
    json_members_max = 256,  /* names in one object */
};

enum json_kind { JSON_NULL, JSON_FALSE, JSON_TRUE, JSON_NUMBER, JSON_STRING, JSON_ARRAY, JSON_OBJECT };

struct json {
    enum json_kind kind;
    struct str raw;     /* its text in the source; absent if the value was not read from JSON (a query) */
    struct str text;    /* a string's characters: in the source itself if it has no escapes */
    struct str name;    /* of a member of an object */
    struct json *first; /* of an array or object */
    struct json *next;  /* in the same array or object */
    size_t count;
};

struct json_error {
    const char *reason; /* static, without quotes or backslashes; Python's words if it has any for this */
    size_t position;    /* of the wrong character in the source, counted in characters */
};

/* Reads the whole of source, which must live as long as the tree. STATUS_INVALID, with `error` filled, if it
 * is not JSON or above a limit; STATUS_NO_MEMORY if the arena is full. */
MUST_CHECK enum status json_read(struct arena *arena, struct str source, struct json **out,
                                 struct json_error *error);

/* ---- Reading a tree. An object that is NULL or of another kind has no members, so that lookups chain:
 *
 *     struct str id = json_member_text(json_member_object(event, "data"), "id");
 */

/* Finds the member called `name`; NULL if there is none. A query (model/query.c) may have a name several
 * times: its last one counts. */
const struct json *json_member(const struct json *object, struct str name);

/* Finds a member of one kind; NULL if it is missing or of another kind. */
const struct json *json_member_object(const struct json *object, const char *name);
const struct json *json_member_array(const struct json *object, const char *name);

/* The characters of a member that is a string; absent if it is missing or of another kind. Valid as long as
 * the tree and its source. */
struct str json_member_text(const struct json *object, const char *name);

/* Reads a member that is an integer from min to max; false, and `*out` unchanged, if it is anything else.
 * `1.0` and `1e2` are not integers here, and neither is -2^63. */
bool json_member_int(const struct json *object, const char *name, int64_t min, int64_t max, int64_t *out);

/* Whether a number has neither fraction nor exponent. */
bool json_is_integer(const struct json *number);
