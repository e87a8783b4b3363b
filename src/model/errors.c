#include "model/errors.h"

#include <stdarg.h>
#include <stdio.h>

struct errors errors_new(struct arena *arena) {
    return (struct errors){.text = buf_new(arena)};
}

static void put_loc(struct buf *out, const struct loc *loc) {
    if (loc->parent) {
        put_loc(out, loc->parent);
        buf_put_char(out, ',');
    }
    if (loc->name.at)
        buf_put_json(out, loc->name);
    else
        buf_put_int(out, (int64_t)loc->index);
}

static void put_input(struct buf *out, const struct json *input) {
    if (input && input->raw.at)
        buf_put(out, input->raw);
    else if (input && input->kind == JSON_STRING)
        buf_put_json(out, input->text);
    else
        buf_put_text(out, "null"); /* nothing, or the query of a missing parameter */
}

void error_put(struct errors *errors, const char *type, const struct loc *loc, const struct json *input,
               const char *ctx, const char *format, ...) {
    struct buf *out = &errors->text;
    char message[512]; /* the longest names every value of an enum */
    va_list args;
    va_start(args, format);
    vsnprintf(message, sizeof message, format, args);
    va_end(args);
    if (errors->count++)
        buf_put_char(out, ',');
    buf_put_text(out, "{\"type\":\"");
    buf_put_text(out, type);
    buf_put_text(out, "\",\"loc\":[");
    put_loc(out, loc);
    buf_put_text(out, "],\"msg\":");
    buf_put_json(out, str_from(message));
    buf_put_text(out, ",\"input\":");
    put_input(out, input);
    if (ctx) {
        buf_put_text(out, ",\"ctx\":");
        buf_put_text(out, ctx);
    }
    buf_put_char(out, '}');
}
