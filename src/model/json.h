/* A strict reader of JSON (RFC 8259) into a tree in an arena.
 *
 * It is the project's own because a validation error echoes the very input: every value keeps the text that
 * it was read from, so an integer of a hundred digits comes back as it came, and no number is rounded on the
 * way in.
 *
 * Refused beyond the grammar: invalid UTF-8, lone surrogates, a name given twice in one object, and what
 * passes a limit below. Memory: a value costs sizeof(struct json), so the largest tree is json_values_max
 * times that. */
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
    struct str raw;     /* as it stands in the source; absent where the value came from no JSON (a query) */
    struct str text;    /* a string's characters; in the source itself where it has no escapes */
    struct str name;    /* of a member of an object */
    struct json *first; /* of an array or object */
    struct json *next;  /* in the same array or object */
    size_t count;
};

struct json_error {
    const char *reason; /* static text without quotes or backslashes, Python's words where it has any */
    size_t at;          /* the character of the source (not the byte) that is wrong */
};

/* Reads the whole of source, which must stay as long as the tree. STATUS_INVALID with `error` filled where it
 * is no JSON or passes a limit, STATUS_NO_MEMORY where the arena is full. */
MUST_CHECK enum status json_read(struct arena *arena, struct str source, struct json **out,
                                 struct json_error *error);

/* The member called `name` of an object, the last where there are several; NULL where there is none. */
const struct json *json_member(const struct json *object, struct str name);

/* Whether a number has neither fraction nor exponent. */
bool json_is_integer(const struct json *number);
