#include "base/file/csv.h"

#include <string.h>

/* Reads a quoted field; `row` starts behind its opening quote. A doubled quote becomes one, so the text never
 * grows and can be written over itself. */
static bool csv_quoted_field(struct str *row, char separator, struct str *out, const char **error) {
    char *start = (char *)row->data, *to = start;
    size_t i = 0;
    for (; i < row->size; i++) {
        if (row->data[i] == '"' && (i + 1 == row->size || row->data[i + 1] != '"'))
            break;
        i += row->data[i] == '"';
        *to++ = row->data[i];
    }
    if (i == row->size) {
        *error = "a quote is not closed";
        return false;
    }
    *out = (struct str){start, (size_t)(to - start)};
    i++;
    if (i < row->size && row->data[i] != separator) {
        *error =
            "there is something between a closing quote and the separator; a quote in a quoted field is doubled";
        return false;
    }
    *row = i < row->size ? str_skip(*row, i + 1) : (struct str){0};
    return true;
}

bool csv_field(struct str *row, char separator, struct str *out, const char **error) {
    *error = NULL;
    if (!row->data)
        return false;
    if (row->size > 0 && row->data[0] == '"') {
        row->data++, row->size--;
        return csv_quoted_field(row, separator, out, error);
    }
    size_t size = str_find(*row, separator);
    *out = (struct str){row->data, size};
    *row = size < row->size ? str_skip(*row, size + 1) : (struct str){0};
    return true;
}

static bool csv_needs_quotes(struct str text) {
    for (size_t i = 0; i < text.size; i++)
        if (strchr("\",\r\n", text.data[i]))
            return true;
    return false;
}

/* Writes a field with `guard` in front of its text. */
static void csv_put(struct buf *out, const char *guard, struct str text) {
    if (!csv_needs_quotes(text)) {
        buf_put_text(out, guard);
        buf_put(out, text);
        return;
    }
    buf_put_char(out, '"');
    buf_put_text(out, guard);
    for (size_t i = 0; i < text.size; i++) {
        if (text.data[i] == '"')
            buf_put_char(out, '"');
        buf_put_char(out, text.data[i]);
    }
    buf_put_char(out, '"');
}

void csv_put_field(struct buf *out, struct str text) {
    csv_put(out, "", text);
}

static bool csv_is_guarded(struct str text) {
    struct str signs = STR("=+-@\t\r\n'");
    return text.size > 0 && str_find(signs, text.data[0]) < signs.size;
}

void csv_put_guarded(struct buf *out, struct str text) {
    csv_put(out, csv_is_guarded(text) ? "'" : "", text);
}

struct str csv_unguard(struct str text) {
    bool has_guard = str_starts(text, STR("'")) && csv_is_guarded(str_skip(text, 1));
    return has_guard ? str_skip(text, 1) : text;
}
