#include "cli/product_rows.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { row_arena_bytes_max = 16 * 1024 * 1024 };

static const struct field fields[] = {
    UUID_FIELD(struct product, id, .optional = true),
    TEXT_FIELD(struct product, name, LENGTH(1, 200)),
    TEXT_FIELD(struct product, description, AT_MOST(10000)),
    INT_FIELD(struct product, price, BETWEEN(0, money_max)),
    INT_FIELD(struct product, stock_quantity, BETWEEN(0, money_max)),
    TEXT_FIELD(struct product, category, LENGTH(1, 100)),
    TEXT_FIELD(struct product, image_url, AT_MOST(2000)),
};
const struct model product_row = MODEL("ProductRow", struct product, fields);

__attribute__((format(printf, 2, 3))) static enum status wrong(struct product_rows *rows, const char *format,
                                                               ...) {
    va_list args;
    va_start(args, format);
    vsnprintf(rows->why, sizeof rows->why, format, args);
    va_end(args);
    return STATUS_INVALID;
}

static const struct field *field_named(struct str name) {
    for (size_t i = 0; i < product_row.count; i++)
        if (str_equal_nocase(name, str_from(fields[i].name)))
            return &fields[i];
    return NULL;
}

/* Notes one more column of the head. */
static enum status add_column(struct product_rows *rows, struct str name) {
    const struct field *field = field_named(str_trim(name));
    if (rows->column_count == csv_columns_max)
        return wrong(rows, "more than %d columns", csv_columns_max);
    for (size_t i = 0; field && i < rows->column_count; i++)
        if (rows->columns[i] == field)
            return wrong(rows, "the column '%s' is there twice", field->name);
    rows->columns[rows->column_count++] = field;
    return STATUS_OK;
}

/* Looks for a column that every product needs and the head does not have. */
static enum status check_columns(struct product_rows *rows, bool semicolons) {
    for (size_t f = 0; f < product_row.count; f++) {
        bool found = fields[f].optional;
        for (size_t i = 0; i < rows->column_count; i++)
            found = found || rows->columns[i] == &fields[f];
        if (!found)
            return wrong(rows, "the first line names no column '%s'%s", fields[f].name,
                         semicolons ? "; columns must be separated by commas, not semicolons" : "");
    }
    return STATUS_OK;
}

static enum status read_head(struct product_rows *rows, void (*ignored)(void *context, struct str column)) {
    struct record head;
    struct str names[csv_columns_max], name;
    const char *why = NULL;
    memset(names, 0, sizeof names);
    enum status s = records_next(&rows->records, &head);
    if (s == STATUS_NOT_FOUND)
        return wrong(rows, "it is empty; the first line of CSV names the columns");
    if (s == STATUS_OK && !utf8_valid(head.text))
        return wrong(rows, "not UTF-8");
    bool semicolons = s == STATUS_OK && str_find(head.text, ';') < head.text.size;
    while (s == STATUS_OK && csv_field(&head.text, &name, &why)) {
        s = add_column(rows, name);
        if (s == STATUS_OK)
            names[rows->column_count - 1] = name;
    }
    if (s != STATUS_OK || why)
        return why ? wrong(rows, "%s", why) : s;
    s = check_columns(rows, semicolons);
    for (size_t i = 0; s == STATUS_OK && i < rows->column_count; i++)
        if (!rows->columns[i] && ignored)
            ignored(rows->records.context, names[i]);
    return s;
}

enum status product_rows_open(struct product_rows *rows, enum file_format format, records_source *source,
                              void *context, void (*ignored)(void *context, struct str column)) {
    rows->column_count = 0;
    rows->why[0] = '\0';
    rows->line = 1;
    arena_init(&rows->arena, row_arena_bytes_max);
    enum status s = records_open(&rows->records, format, source, context);
    if (s == STATUS_OK && rows->records.format == FORMAT_CSV)
        s = read_head(rows, ignored);
    return s == STATUS_INVALID && rows->records.why ? wrong(rows, "%s", rows->records.why) : s;
}

void product_rows_close(struct product_rows *rows) {
    records_close(&rows->records);
    arena_free(&rows->arena);
}

static struct str text_member(const struct json *object, const char *name) {
    const struct json *member = json_member(object, str_from(name));
    return member && member->kind == JSON_STRING ? member->text : STR("");
}

/* Says in words what the errors of a model say in JSON: `price: Input should be …; name: …`. */
static enum status say_errors(struct product_rows *rows, const struct errors *errors) {
    struct buf list = buf_new(&rows->arena);
    struct json *detail;
    struct json_error error;
    size_t at = 0;
    buf_put_char(&list, '[');
    buf_put(&list, buf_str(&errors->text));
    buf_put_char(&list, ']');
    enum status s =
        buf_ok(&list) ? json_read(&rows->arena, buf_str(&list), &detail, &error) : STATUS_NO_MEMORY;
    if (s != STATUS_OK)
        return s;
    for (const struct json *e = detail->first; e && at < sizeof rows->why; e = e->next) {
        const struct json *loc = json_member(e, STR("loc"));
        const struct json *field = loc && loc->first ? loc->first->next : NULL;
        struct str name = field ? field->text : (struct str){0}, message = text_member(e, "msg");
        at += (size_t)snprintf(rows->why + at, sizeof rows->why - at, "%s%.*s%s%.*s", at ? "; " : "",
                               (int)name.size, name.at ? name.at : "", name.at ? ": " : "", (int)message.size,
                               message.at);
    }
    return STATUS_INVALID;
}

/* A row of CSV as an object of texts, as a form's fields are; an empty id is none. */
static enum status read_csv(struct product_rows *rows, struct str row, struct json **out) {
    struct json *object = ARENA_NEW(&rows->arena, struct json), **last = object ? &object->first : NULL;
    struct str text;
    const char *why;
    size_t i = 0;
    if (!utf8_valid(row))
        return wrong(rows, "not UTF-8");
    if (!object)
        return STATUS_NO_MEMORY;
    object->kind = JSON_OBJECT;
    for (; csv_field(&row, &text, &why); i++) {
        const struct field *field = i < rows->column_count ? rows->columns[i] : NULL;
        if (!field || (text.size == 0 && field->kind == KIND_UUID))
            continue;
        *last = ARENA_NEW(&rows->arena, struct json);
        if (!*last)
            return STATUS_NO_MEMORY;
        **last = (struct json){.kind = JSON_STRING, .text = text, .name = str_from(field->name)};
        last = &(*last)->next;
        object->count++;
    }
    if (why)
        return wrong(rows, "%s", why);
    if (i != rows->column_count)
        return wrong(rows,
                     "%zu columns, and the first line names %zu; a text with a comma in it needs quotes", i,
                     rows->column_count);
    *out = object;
    return STATUS_OK;
}

static enum status read_json(struct product_rows *rows, struct str text, struct json **out) {
    struct json_error error;
    enum status s = json_read(&rows->arena, text, out, &error);
    return s == STATUS_INVALID ? wrong(rows, "not JSON: %s, character %zu", error.reason, error.at) : s;
}

enum status product_rows_next(struct product_rows *rows, struct product *out) {
    struct record record;
    struct json *value = NULL;
    enum status s = records_next(&rows->records, &record);
    rows->line = s == STATUS_OK ? record.line : rows->records.line;
    if (s == STATUS_INVALID) {
        wrong(rows, "%s", rows->records.why);
        return STATUS_USAGE;
    }
    if (s != STATUS_OK)
        return s;
    arena_reset(&rows->arena);
    s = rows->records.format == FORMAT_CSV ? read_csv(rows, record.text, &value)
                                           : read_json(rows, record.text, &value);
    if (s != STATUS_OK)
        return s;
    struct errors errors = errors_new(&rows->arena);
    *out = (struct product){0};
    s = model_decode(&product_row, SOURCE_BODY, value, out, &rows->arena, &errors);
    return s == STATUS_INVALID ? say_errors(rows, &errors) : s;
}
