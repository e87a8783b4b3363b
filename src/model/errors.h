/* Validation errors, written as the JSON that FastAPI gives: {"type", "loc", "msg", "input", "ctx"?}. */
#pragma once

#include "model/model.h"

/* A place in an input: a name or an index, inside another place; lives on the stack of the decoder. */
struct loc {
    const struct loc *parent;
    struct str name; /* absent for an index */
    size_t index;
};

/* Appends one error. `input` is what was given (NULL: null); `ctx` is the JSON text of an object, or NULL for
 * none; the message is printf's. */
__attribute__((format(printf, 6, 7))) void error_put(struct errors *errors, const char *type,
                                                     const struct loc *loc, const struct json *input,
                                                     const char *ctx, const char *format, ...);
