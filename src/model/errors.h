/* Validation errors, written as FastAPI's JSON: {"type", "loc", "msg", "input", "ctx"?}. */
#pragma once

#include "model/model.h"

/* A step of the path into an input: a name or an index, behind the path of `parent`. Lives on the decoder's
 * stack. */
struct loc {
    const struct loc *parent;
    struct str name; /* absent for an index */
    size_t index;
};

/* Appends one error. `input` is echoed (NULL: null); `ctx` is the JSON text of an object, or NULL. The message of
 * error_put is printf's, and that of error_put_text any text. */
void error_put_text(struct errors *errors, const char *type, const struct loc *loc, const struct json *input,
                    const char *ctx, struct str message);
__attribute__((format(printf, 6, 7))) void error_put(struct errors *errors, const char *type,
                                                     const struct loc *loc, const struct json *input,
                                                     const char *ctx, const char *format, ...);
