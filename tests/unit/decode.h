/* Decodes the model that has every kind of field; the errors that it must give, worded as Pydantic 2.14 does. */
#pragma once

#include "every_kind.h"
#include "test.h"

/* Decodes a JSON text, or a missing body if it is NULL. The struct and the errors live in `a`. */
static inline enum status decode(struct arena *a, const char *text, struct every *out,
                                 struct errors *errors) {
    struct json *value = NULL;
    *out = (struct every){0};
    *errors = errors_new(a);
    enum status s = body_read(a, str_from(text), true, &value, errors);
    return s == STATUS_OK ? model_decode(&every_model, SOURCE_BODY, value, out, a, errors) : s;
}

/* Decodes the smallest valid object with the members `more` added. `more` must not repeat a member of
 * EVERY_LEAST: a name that comes twice is refused. */
static inline enum status decode_with(struct arena *a, const char *more, struct every *out,
                                      struct errors *errors) {
    struct buf text = buf_new(a);
    buf_printf(&text, "{" EVERY_LEAST ",%s}", more);
    buf_put(&text, BYTES("\0"));
    return decode(a, text.data, out, errors);
}

#define TOO_SHORT                                                                                            \
    "{\"type\":\"string_too_short\",\"loc\":[\"body\",\"text\"],\"msg\":\"String should have at least 2 "    \
    "characters\",\"input\":\"\\u00e9\",\"ctx\":{\"min_length\":2}}"
#define INT_PARSING(loc, input)                                                                              \
    "{\"type\":\"int_parsing\",\"loc\":[" loc                                                                \
    "],\"msg\":\"Input should be a valid integer, unable to "                                                \
    "parse string as an integer\",\"input\":" input "}"
#define MISSING(loc, input)                                                                                  \
    "{\"type\":\"missing\",\"loc\":[" loc "],\"msg\":\"Field required\",\"input\":" input "}"
#define UUID_TYPE(loc, input)                                                                                \
    "{\"type\":\"uuid_type\",\"loc\":[" loc                                                                  \
    "],\"msg\":\"UUID input should be a string, bytes or UUID "                                              \
    "object\",\"input\":" input "}"
#define MODEL_TYPE(loc, input)                                                                               \
    "{\"type\":\"model_attributes_type\",\"loc\":[" loc                                                      \
    "],\"msg\":\"Input should be a valid dictionary or "                                                     \
    "object to extract fields from\",\"input\":" input "}"
#define WRONG(type, loc, message, input)                                                                     \
    "{\"type\":\"" type "\",\"loc\":[" loc "],\"msg\":\"" message "\",\"input\":" input "}"
#define WRONG_CTX(type, loc, message, input, ctx)                                                            \
    "{\"type\":\"" type "\",\"loc\":[" loc "],\"msg\":\"" message "\",\"input\":" input ",\"ctx\":{" ctx     \
    "}"                                                                                                      \
    "}"
