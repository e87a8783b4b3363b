/* Both formats meet in JSON values. A row of CSV becomes an object whose members are texts, named by the
 * columns of the head, just as the fields of a form are texts; the model's decoder then reads `"12"` as a
 * number where a product has one. So every format has the same rules and the same error messages as POST
 * /products. */
#include "files/row_parts.h"

#include "base/file/csv.h"
#include "files/text_clean.h"
#include "model/errors.h"
#include "model/number.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { row_arena_bytes_max = 16 * 1024 * 1024 };

static const struct field fields[] = {
    UUID_FIELD(struct product, id, .optional = true),
    TEXT_FIELD(struct product, name, LENGTH(1, 200)),
    TEXT_FIELD(struct product, description, AT_MOST(10000), .optional = true),
    INT_FIELD(struct product, price, BETWEEN(0, money_max)),
    INT_FIELD(struct product, stock_quantity, BETWEEN(0, money_max)),
    TEXT_FIELD(struct product, category, LENGTH(1, 100)),
    TEXT_FIELD(struct product, image_url, AT_MOST(2000), .optional = true),
    MAYBE_INT_FIELD(struct product, weight_grams, BETWEEN(0, weight_grams_max), .may_be_null = true),
    MAYBE_BOOL_FIELD(struct product, ships),
    TEXT_FIELD(struct product, tax_class, LENGTH(1, tax_class_length_max), .optional = true),
    TEXT_FIELD(struct product, key, LENGTH(1, product_key_bytes_max), .optional = true),
};
enum { field_count = sizeof fields / sizeof *fields };
static const struct field *const key_field = &fields[field_count - 1];

const struct model product_row = {
    .name = "ProductRow", .size = sizeof(struct product), .fields = fields, .count = field_count - 1};
static const struct model product_row_with_key = MODEL("ProductRow", struct product, fields);

enum status row_malformed(struct product_rows *rows, const char *format, ...) {
    va_list args;
    va_start(args, format);
    vsnprintf(rows->error, sizeof rows->error, format, args);
    va_end(args);
    return STATUS_INVALID;
}

static const struct field *product_field_named(struct str name) {
    for (size_t i = 0; i < product_row.count; i++)
        if (str_equal_nocase(name, str_from(fields[i].name)))
            return &fields[i];
    return NULL;
}

bool product_row_has(const char *name) {
    return product_field_named(str_from(name)) != NULL;
}

/* The field that a column is, or a member of an object: the key has the name that the user gave it. */
static const struct field *row_field_named(const struct product_rows *rows, struct str name) {
    return str_equal_nocase(name, rows->key_name) ? key_field : product_field_named(name);
}

/* What the head calls a field. */
static struct str row_field_name(const struct product_rows *rows, const struct field *field) {
    return field == key_field ? rows->key_name : str_from(field->name);
}

/* Adds a column to those of the head. A field may have one only. */
static enum status csv_head_add(struct product_rows *rows, struct str name) {
    const struct field *field = row_field_named(rows, str_trim(name));
    for (size_t i = 0; field && i < rows->column_count; i++)
        if (rows->columns[i] == field)
            return row_malformed(rows, "the column '%.*s' is there twice",
                                 (int)row_field_name(rows, field).size, row_field_name(rows, field).data);
    rows->columns[rows->column_count++] = field;
    return STATUS_OK;
}

/* Checks that the head names every field that a product must have. */
static enum status csv_head_check(struct product_rows *rows) {
    for (size_t f = 0; f < field_count; f++) {
        bool is_key = &fields[f] == key_field, found = is_key ? !rows->key_is_wanted : fields[f].optional;
        for (size_t i = 0; i < rows->column_count; i++)
            found = found || rows->columns[i] == &fields[f];
        struct str name = row_field_name(rows, &fields[f]);
        if (!found)
            return row_malformed(rows, "the first line names no column '%.*s'", (int)name.size, name.data);
    }
    return STATUS_OK;
}

/* Whether a row of CSV has nothing but blanks in its fields, as spreadsheets write below a table. */
static bool csv_row_is_blank(struct str row, char separator) {
    for (size_t i = 0; i < row.size; i++)
        if (row.data[i] != separator && !strchr(" \t\"", row.data[i]))
            return false;
    return true;
}

/* Reads the next record that is not a blank row. */
static enum status product_rows_record(struct product_rows *rows, struct record *out) {
    struct records *r = &rows->records;
    enum status s;
    do
        s = records_next(r, out);
    while (s == STATUS_OK && r->format == FORMAT_CSV && csv_row_is_blank(out->text, r->separator));
    return s;
}

/* Reads the names of the head into `names`, whose texts are the record's. */
static enum status csv_head_names(struct product_rows *rows, struct str names[], size_t *count) {
    struct record head;
    const char *error = NULL;
    *count = 0;
    enum status s = product_rows_record(rows, &head);
    if (s == STATUS_NOT_FOUND)
        return row_malformed(rows, "it is empty; the first line of CSV names the columns");
    if (s == STATUS_OK && !utf8_valid(head.text))
        return row_malformed(rows, "not UTF-8");
    TRY(s);
    while (*count < csv_columns_max && csv_field(&head.text, rows->records.separator, &names[*count], &error))
        (*count)++;
    if (head.text.data && !error)
        return row_malformed(rows, "more than %d columns", csv_columns_max);
    return error ? row_malformed(rows, "%s", error) : STATUS_OK;
}

static enum status csv_head_read(struct product_rows *rows, const struct row_settings *settings,
                                 void (*ignored)(void *context, struct str column)) {
    struct str names[csv_columns_max];
    enum foreign_kind from = settings->from;
    size_t count;
    TRY(csv_head_names(rows, names, &count));
    enum status s = STATUS_OK;
    for (size_t i = 0; i < count && s == STATUS_OK && from == FOREIGN_COUNT; i++)
        s = csv_head_add(rows, names[i]);
    if (s == STATUS_OK && from == FOREIGN_COUNT)
        s = csv_head_check(rows);
    if (s == STATUS_INVALID)
        from = foreign_guess(names, count);
    if (from != FOREIGN_COUNT)
        return foreign_rows_open(rows, from, &settings->foreign, names, count);
    for (size_t i = 0; s == STATUS_OK && i < count; i++)
        if (!rows->columns[i] && ignored && str_trim(names[i]).size > 0)
            ignored(rows->records.context, names[i]);
    return s;
}

enum status product_rows_open(struct product_rows *rows, const struct row_settings *settings,
                              records_source *source, void *context,
                              void (*ignored)(void *context, struct str column)) {
    rows->column_count = 0;
    rows->foreign = NULL;
    rows->feed = NULL;
    rows->error[0] = '\0';
    rows->line = 1;
    rows->key_name = settings->key_name ? str_from(settings->key_name) : STR("key");
    rows->key_is_wanted = settings->key_name != NULL;
    rows->is_guarded = settings->from_spreadsheet;
    rows->price_digits = settings->price_digits;
    arena_init(&rows->arena, row_arena_bytes_max);
    enum status s = records_open(&rows->records, settings->format, source, context);
    rows->is_guarded = rows->is_guarded || rows->records.has_mark;
    bool may_be_xml = rows->records.format == FORMAT_CSV &&
                      (settings->from == FOREIGN_COUNT || settings->from == FOREIGN_GOOGLE);
    if (s == STATUS_OK && may_be_xml && records_skip_to(&rows->records, '<'))
        s = foreign_rows_open_feed(rows, &settings->foreign);
    else if (s == STATUS_OK && rows->records.format == FORMAT_CSV)
        s = csv_head_read(rows, settings, ignored);
    else if (s == STATUS_OK && settings->from != FOREIGN_COUNT)
        s = row_malformed(rows, "%s's product file is CSV", foreign_names[settings->from]);
    return s == STATUS_INVALID && rows->records.error ? row_malformed(rows, "%s", rows->records.error) : s;
}

void product_rows_close(struct product_rows *rows) {
    records_close(&rows->records);
    foreign_close(rows->foreign);
    feed_xml_close(rows->feed);
    arena_free(&rows->arena);
}

/* Sets `error` to the model's list of errors, in words: `price: Input should be …; name: …`. The list is the
 * inside of a JSON array, as an HTTP answer has it: each has `loc` (["body", field]) and `msg`. */
static enum status row_errors_describe(struct product_rows *rows, const struct errors *errors) {
    struct buf list = buf_new(&rows->arena);
    struct json *detail;
    struct json_error error;
    size_t size = 0;
    buf_put_char(&list, '[');
    buf_put(&list, buf_str(&errors->text));
    buf_put_char(&list, ']');
    TRY(buf_ok(&list) ? json_read(&rows->arena, buf_str(&list), &detail, &error) : STATUS_NO_MEMORY);
    for (const struct json *e = detail->first; e && size < sizeof rows->error; e = e->next) {
        const struct json *loc = json_member_array(e, "loc");
        const struct json *field = loc && loc->first ? loc->first->next : NULL;
        struct str name = field ? field->text : (struct str){0}, message = json_member_text(e, "msg");
        size += (size_t)snprintf(rows->error + size, sizeof rows->error - size, "%s%.*s%s%.*s",
                                 size ? "; " : "", (int)name.size, name.data ? name.data : "",
                                 name.data ? ": " : "", (int)message.size, message.data);
    }
    return STATUS_INVALID;
}

struct row_object row_object_new(struct arena *arena) {
    struct json *object = ARENA_NEW(arena, struct json);
    if (object)
        object->kind = JSON_OBJECT;
    return (struct row_object){object, object ? &object->first : NULL};
}

enum status row_object_add(struct arena *arena, struct row_object *row, const char *name, struct str text) {
    struct json *member = row->object ? ARENA_NEW(arena, struct json) : NULL;
    if (!member)
        return STATUS_NO_MEMORY;
    *member = (struct json){.kind = JSON_STRING, .text = text, .name = str_from(name)};
    *row->last = member;
    row->last = &member->next;
    row->object->count++;
    return STATUS_OK;
}

enum status csv_count_error(struct product_rows *rows, size_t count) {
    return row_malformed(
        rows, "%zu columns, and the first line names %zu; a text with a separator in it needs quotes", count,
        rows->column_count);
}

/* Makes a row of CSV an object whose members are texts. An empty field of a column that may have gaps is left out, as an id;
 * an empty description or address of an image empties the product's. */
static enum status csv_row_read(struct product_rows *rows, struct str row, struct json **out) {
    struct row_object object = row_object_new(&rows->arena);
    struct str text;
    const char *error;
    size_t i = 0;
    if (!utf8_valid(row))
        return row_malformed(rows, "not UTF-8");
    for (; csv_field(&row, rows->records.separator, &text, &error); i++) {
        const struct field *field = i < rows->column_count ? rows->columns[i] : NULL;
        if (rows->is_guarded && field && field->kind == KIND_TEXT)
            text = csv_unguard(text);
        bool may_be_empty = field && (!field->optional || (field->kind == KIND_TEXT && !field->has_min));
        if (field && (may_be_empty || str_trim(text).size > 0))
            TRY(row_object_add(&rows->arena, &object, field->name, text));
    }
    if (error)
        return row_malformed(rows, "%s", error);
    if (i != rows->column_count)
        return csv_count_error(rows, i);
    *out = object.object;
    return object.object ? STATUS_OK : STATUS_NO_MEMORY;
}

/* Gives the key's member the name that the model knows. A number can be a key too, and stands for its text. */
static void json_key_rename(const struct product_rows *rows, struct json *row) {
    for (struct json *m = row->kind == JSON_OBJECT ? row->first : NULL; m; m = m->next) {
        bool is_key = str_equal(m->name, rows->key_name);
        if (is_key && m->kind == JSON_NUMBER) {
            m->kind = JSON_STRING;
            m->text = m->raw;
        }
        if (is_key)
            m->name = str_from(key_field->name);
        else if (str_equal(m->name, str_from(key_field->name)))
            m->name = STR(""); /* another column is the key */
    }
}

static enum status json_row_read(struct product_rows *rows, struct str text, struct json **out) {
    struct json_error error;
    enum status s = json_read(&rows->arena, text, out, &error);
    if (s == STATUS_OK)
        json_key_rename(rows, *out);
    return s == STATUS_INVALID
               ? row_malformed(rows, "not JSON: %s, character %zu", error.reason, error.position)
               : s;
}

static bool text_is_digits(struct str text) {
    if (!text.data) /* absent */
        return false;
    for (size_t i = 0; i < text.size; i++)
        if (!ascii_is_digit(text.data[i]))
            return false;
    return text.size > 0;
}

/* Whether a text is a number of digits alone, without zeros in front. A minus is let through, since the model
 * refuses numbers below 0. */
static bool text_is_plain_number(struct str text) {
    text = str_skip(text, str_starts(text, STR("-")));
    return text.data && text_is_digits(text) && (text.size == 1 || text.data[0] != '0');
}

/* Returns a price such as 19.9 in minor units, 1990; absent if it is not one, or without memory. */
static struct str price_in_minor(struct arena *arena, struct str price, int digits) {
    size_t point = str_find(price, '.');
    struct str whole = {price.data, point}, fraction = STR("");
    struct buf minor = buf_new(arena);
    if (point < price.size)
        fraction = str_skip(price, point + 1);
    bool has_fraction = text_is_digits(fraction) && fraction.size <= (size_t)digits;
    if (!text_is_plain_number(whole) || (point < price.size && !has_fraction))
        return (struct str){0};
    buf_put(&minor, whole);
    buf_put(&minor, fraction);
    for (size_t i = fraction.size; i < (size_t)digits; i++)
        buf_put_char(&minor, '0');
    return buf_ok(&minor) ? buf_str(&minor) : (struct str){0};
}

/* Appends the error of a number that is not written as a file should write it. */
static void row_number_error(const struct product_rows *rows, bool is_price, const struct json *number,
                             struct errors *errors) {
    struct loc body = {.name = STR("body")}, at = {.parent = &body, .name = number->name};
    if (!is_price)
        error_put(errors, "plain_digits", &at, number, NULL, "Input should be plain digits, such as 12");
    else if (rows->price_digits == prices_in_minor_units)
        error_put(
            errors, "plain_digits", &at, number, NULL,
            "Input should be plain digits in minor units: write 1999 for 19.99, or import with --prices decimal");
    else
        error_put(errors, "plain_decimal", &at, number, NULL,
                  "Input should be a plain decimal such as %s, with at most %d digits behind the point",
                  rows->price_digits ? "19.9" : "19", rows->price_digits);
}

/* Holds the numbers of a row to plain digits, because a file from elsewhere means something else by `20.00`, `1_000`
 * or true than an integer, and turns decimal prices into minor units. A number with an error is replaced by one
 * without, so that the model reports the other fields only. */
static void row_numbers_check(struct product_rows *rows, struct json *row, struct errors *errors) {
    for (struct json *m = row->kind == JSON_OBJECT ? row->first : NULL; m; m = m->next) {
        bool is_price = str_equal(m->name, STR("price"));
        if (!is_price && !str_equal(m->name, STR("stock_quantity")) &&
            !str_equal(m->name, STR("weight_grams")))
            continue;
        if (m->kind != JSON_STRING && m->kind != JSON_NUMBER && m->kind != JSON_TRUE && m->kind != JSON_FALSE)
            continue;
        struct str text = str_trim(m->kind == JSON_STRING ? m->text : m->raw);
        if (is_price && rows->price_digits != prices_in_minor_units)
            text = price_in_minor(&rows->arena, text, rows->price_digits);
        bool is_plain = is_price && rows->price_digits != prices_in_minor_units ? text.data != NULL
                                                                                : text_is_plain_number(text);
        if (!is_plain)
            row_number_error(rows, is_price, m, errors);
        m->kind = JSON_STRING;
        m->text = is_plain ? text : STR("0");
    }
}

/* Cleans the texts of a row. A description keeps the blanks at its ends, and an address stays as it is but for
 * them. */
static enum status row_texts_clean(struct json *row, struct arena *arena) {
    for (struct json *m = row->kind == JSON_OBJECT ? row->first : NULL; m; m = m->next) {
        bool is_key = str_equal(m->name, str_from(key_field->name));
        const struct field *field = is_key ? key_field : product_field_named(m->name);
        if (!field || field->kind != KIND_TEXT || m->kind != JSON_STRING)
            continue;
        if (str_equal(m->name, STR("image_url")))
            m->text = white_space_trim(m->text);
        else
            m->text = text_clean(arena, m->text, !str_equal(m->name, STR("description")));
        if (!m->text.data)
            return STATUS_NO_MEMORY;
    }
    return STATUS_OK;
}

enum status product_row_decode(struct json *value, struct product *out, struct arena *arena,
                               struct errors *errors) {
    *out = (struct product){0};
    enum status s = row_texts_clean(value, arena);
    return s == STATUS_OK ? model_decode(&product_row_with_key, SOURCE_BODY, value, out, arena, errors) : s;
}

enum status row_record_next(struct product_rows *rows, struct record *record) {
    enum status s = product_rows_record(rows, record);
    rows->line = s == STATUS_OK ? record->line : rows->records.line;
    arena_reset(&rows->arena);
    if (s != STATUS_INVALID)
        return s;
    row_malformed(rows, "%s", rows->records.error);
    return STATUS_USAGE;
}

static enum status own_row_next(struct product_rows *rows, struct json **out) {
    struct record record;
    TRY(row_record_next(rows, &record));
    return rows->records.format == FORMAT_CSV ? csv_row_read(rows, record.text, out)
                                              : json_row_read(rows, record.text, out);
}

enum status product_rows_next(struct product_rows *rows, struct product *out) {
    struct json *value = NULL;
    TRY(rows->foreign ? foreign_rows_next(rows, &value) : own_row_next(rows, &value));
    assert(value);
    struct errors errors = errors_new(&rows->arena);
    row_numbers_check(rows, value, &errors);
    enum status s = product_row_decode(value, out, &rows->arena, &errors);
    if (s == STATUS_OK && errors.count > 0)
        s = STATUS_INVALID;
    return s == STATUS_INVALID ? row_errors_describe(rows, &errors) : s;
}
