/* Each error is written when it is found, straight into the text of the answer; nothing keeps a list. An
 * input is echoed by its own text in the source, so numbers and spacing come back as they were sent. */
#include "model/errors.h"

#include <stdarg.h>
#include <stdio.h>

struct errors errors_new(struct arena *arena) {
    return (struct errors){.text = buf_new(arena)};
}

/* Writes the path from its root: the list is linked the other way, so the recursion comes first. */
static void put_loc(struct buf *out, const struct loc *loc) {
    if (loc->parent) {
        put_loc(out, loc->parent);
        buf_put_char(out, ',');
    }
    if (loc->name.data)
        buf_put_json(out, loc->name);
    else
        buf_put_int(out, (int64_t)loc->index);
}

static void put_input(struct buf *out, const struct json *input) {
    if (input && input->raw.data)
        buf_put(out, input->raw);
    else if (input && input->kind == JSON_STRING)
        buf_put_json(out, input->text);
    else
        buf_put_text(out, "null"); /* no body, or the query that lacks a parameter */
}

void error_put_text(struct errors *errors, const char *type, const struct loc *loc, const struct json *input,
                    const char *ctx, struct str message) {
    struct buf *out = &errors->text;
    if (errors->count++)
        buf_put_char(out, ',');
    buf_printf(out, "{\"type\":\"%s\",\"loc\":[", type);
    put_loc(out, loc);
    buf_put_text(out, "],\"msg\":");
    buf_put_json(out, message);
    buf_put_text(out, ",\"input\":");
    put_input(out, errors->hides_input ? NULL : input);
    if (ctx)
        buf_printf(out, ",\"ctx\":%s", ctx);
    buf_put_char(out, '}');
}

void error_put(struct errors *errors, const char *type, const struct loc *loc, const struct json *input,
               const char *ctx, const char *format, ...) {
    char message[512]; /* the longest one lists the values of an enum */
    va_list args;
    va_start(args, format);
    vsnprintf(message, sizeof message, format, args);
    va_end(args);
    error_put_text(errors, type, loc, input, ctx, str_from(message));
}
