#include "files/foreign/internal.h"

#include "model/number.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { product_arena_bytes_max = 16 * 1024 * 1024 };

const char *const foreign_names[FOREIGN_COUNT] = {"shopify", "woocommerce", "google", "medusa"};

static const struct foreign_system *const foreign_systems[FOREIGN_COUNT] = {
    &foreign_shopify, &foreign_woocommerce, &foreign_google, &foreign_medusa};

static const char *const foreign_note_texts[NOTE_COUNT] = {
    [NOTE_DRAFT] = "drafts",
    [NOTE_ARCHIVED] = "archived products",
    [NOTE_UNPUBLISHED] = "products that are not published",
    [NOTE_HIDDEN] = "products that are hidden in the catalogue",
    [NOTE_GIFT_CARD] = "gift cards",
    [NOTE_NO_PRICE] = "products without a price",
    [NOTE_GROUPED] = "grouped products",
    [NOTE_EXTERNAL] = "external products, sold elsewhere",
    [NOTE_OTHER_TYPE] = "products of other types, such as subscriptions",
    [NOTE_NO_VARIATIONS] = "variable products without a variation",
    [NOTE_IMAGES] = "further pictures",
    [NOTE_ATTRIBUTES] = "attributes",
    [NOTE_LONG_URL] = "addresses of pictures of more than 2,000 characters",
    [NOTE_UNTRACKED] = "products whose stock is not counted: --untracked-stock says how many can be sold",
    [NOTE_UNKNOWN_STOCK] = "products whose stock is counted, but not in this file, have 0",
    [NOTE_NEGATIVE_STOCK] = "negative stocks are 0",
    [NOTE_SHARED_STOCK] = "variations that shared one stock: each has all of it",
    [NOTE_SALE_PRICE] = "sale prices are the price",
    [NOTE_NO_CATEGORY] = "products without a category are in 'Other'",
    [NOTE_LONG_NAME] = "names cut at 200 characters",
    [NOTE_LONG_CATEGORY] = "categories cut at 100 characters",
    [NOTE_LONG_DESCRIPTION] = "descriptions cut at 10,000 characters",
};

enum status foreign_fail(struct foreign *f, const char *format, ...) {
    va_list args;
    va_start(args, format);
    vsnprintf(f->error, foreign_error_size, format, args);
    va_end(args);
    return STATUS_INVALID;
}

enum status foreign_leave_out(struct foreign *f, enum foreign_note note) {
    f->notes[note]++;
    return STATUS_NOT_FOUND;
}

/* The same character in names of columns: without case, and `image_link` is `image link`. */
static char foreign_fold(char c) {
    return c == '_' ? ' ' : c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
}

bool foreign_match(const char *pattern, struct str name, int64_t *number) {
    size_t i = 0;
    *number = 0;
    for (; *pattern && *pattern != '*'; pattern++) {
        if (*pattern != '#') {
            if (i == name.size || foreign_fold(name.data[i]) != foreign_fold(*pattern))
                return false;
            i++;
            continue;
        }
        size_t start = i;
        while (i < name.size && ascii_is_digit(name.data[i]))
            i++;
        if (!str_to_int((struct str){str_skip(name, start).data, i - start}, 1000000, number))
            return false;
    }
    if (*pattern != '*' || pattern[1] == '\0')
        return *pattern == '*' || i == name.size;
    int64_t ignored;
    while (i < name.size && !foreign_match(pattern + 1, str_skip(name, i), &ignored))
        i++;
    return i < name.size;
}

/* Whether the head has all columns of a set that ends with NULL; `*marks` moves behind it. */
static bool foreign_has_marks(const char *const **marks, const struct str names[], size_t count) {
    bool all = true;
    int64_t number;
    for (; **marks; (*marks)++) {
        bool found = false;
        for (size_t i = 0; i < count && !found; i++)
            found = foreign_match(**marks, white_space_trim(names[i]), &number);
        all = all && found;
    }
    (*marks)++;
    return all;
}

enum foreign_kind foreign_guess(const struct str names[], size_t count) {
    for (int kind = 0; kind < FOREIGN_COUNT; kind++)
        for (const char *const *marks = foreign_systems[kind]->marks; *marks;)
            if (foreign_has_marks(&marks, names, count))
                return (enum foreign_kind)kind;
    return FOREIGN_COUNT;
}

/* Finds out what a column is. A column that the system's table does not have is counted by its name. */
static void foreign_head_set(struct foreign *f, struct foreign_head *head, struct str name) {
    const struct foreign_system *system = f->system;
    int64_t number;
    *head = (struct foreign_head){.field = FIELD_NONE, .kind = name};
    for (size_t i = 0; i < system->column_count; i++) {
        const struct foreign_column *column = &system->columns[i];
        if (!foreign_match(column->name, name, &number))
            continue;
        head->kind = str_from(column->kind);
        head->field = column->field;
        if (column->field == FIELD_OPTION && number > 0)
            head->field = number <= foreign_options_max ? FIELD_OPTION + (int)number - 1 : FIELD_NONE;
        else if (number > 1)
            head->field = FIELD_NONE;
        else if (number == 1)
            head->kind = (struct str){0}; /* the kind is that of further ones */
        return;
    }
}

static enum status foreign_head_check(struct foreign *f) {
    for (size_t i = 0; i < f->column_count; i++)
        if (f->columns[i].field >= 0)
            f->has_field[f->columns[i].field] = true;
    for (const int *field = f->system->needed; *field >= 0; field++) {
        const struct foreign_column *column = f->system->columns;
        while (column->field != *field)
            column++;
        if (!f->has_field[*field])
            return foreign_fail(f, "no column '%s'; %s's product file has one%s", column->name,
                                f->system->title, f->system->hint ? f->system->hint : "");
    }
    return STATUS_OK;
}

enum status foreign_open(struct foreign **out, enum foreign_kind kind,
                         const struct foreign_settings *settings, const struct str names[], size_t count,
                         char error[static foreign_error_size]) {
    struct foreign *f = *out = calloc(1, sizeof *f);
    if (!f)
        return STATUS_NO_MEMORY;
    f->system = foreign_systems[kind];
    f->settings = *settings;
    f->error = error;
    arena_init(&f->arena, settings->bytes_max ? settings->bytes_max : (size_t)foreign_bytes_max);
    arena_init(&f->product_arena, product_arena_bytes_max);
    f->columns = arena_array(&f->arena, count ? count : 1, sizeof *f->columns);
    if (!f->columns)
        return STATUS_NO_MEMORY;
    f->column_count = count;
    for (size_t i = 0; i < count; i++) {
        struct str name = arena_copy(&f->arena, white_space_trim(names[i]));
        if (!name.data)
            return STATUS_NO_MEMORY;
        foreign_head_set(f, &f->columns[i], name);
    }
    if (f->system->open)
        TRY(f->system->open(f, names));
    return foreign_head_check(f);
}

void foreign_close(struct foreign *f) {
    if (!f)
        return;
    arena_free(&f->arena);
    arena_free(&f->product_arena);
    free(f);
}

const char *foreign_title(const struct foreign *f) {
    return f->system->title;
}

bool foreign_prices_are_minor(const struct foreign *f) {
    return f->prices_are_minor;
}

/* Whether a value says that there is nothing. */
static bool foreign_is_nothing(struct str value) {
    static const char *const nothing[] = {"", "0", "0.0", "0.00", "false", "no", "deny"};
    for (size_t i = 0; i < sizeof nothing / sizeof *nothing; i++)
        if (str_equal_nocase(value, str_from(nothing[i])))
            return true;
    return false;
}

enum status foreign_read_row(struct foreign *f, struct arena *arena, const struct str cells[], int64_t line,
                             struct foreign_product *out, char error[static foreign_error_size]) {
    struct foreign_row row = {.line = line};
    for (size_t i = 0; i < f->column_count; i++) {
        struct str value = white_space_trim(cells[i]);
        int field = f->columns[i].field;
        if (field >= 0 && value.size > 0 && !row.values[field].data)
            row.values[field] = value;
    }
    *out = (struct foreign_product){.line = line};
    f->error = error;
    f->counts_row = false;
    enum status s = f->system->read(f, arena, &row, out);
    if (s == STATUS_OK)
        s = foreign_complete(f, arena, out);
    for (size_t i = 0; i < f->column_count && (s == STATUS_OK || f->counts_row); i++)
        f->columns[i].count += f->columns[i].kind.size > 0 && !foreign_is_nothing(white_space_trim(cells[i]));
    return s;
}

enum status foreign_read_waiting(struct foreign *f, struct arena *arena, struct foreign_product *out,
                                 char error[static foreign_error_size]) {
    *out = (struct foreign_product){0};
    f->error = error;
    enum status s = STATUS_NOT_FOUND;
    if (f->system->read_waiting)
        s = f->system->read_waiting(f, arena, out);
    return s == STATUS_OK ? foreign_complete(f, arena, out) : s;
}

void foreign_notes(const struct foreign *f, void *context,
                   void (*each)(void *context, bool decided, struct str kind, int64_t count)) {
    for (int note = 0; note < NOTE_COUNT; note++)
        if (f->notes[note] > 0)
            each(context, note >= NOTE_UNTRACKED, str_from(foreign_note_texts[note]), f->notes[note]);
    for (size_t i = 0; i < f->column_count; i++) {
        int64_t count = 0;
        bool seen = false;
        for (size_t k = 0; k < f->column_count; k++)
            if (str_equal(f->columns[k].kind, f->columns[i].kind)) {
                seen = seen || k < i;
                count += f->columns[k].count;
            }
        if (!seen && count > 0)
            each(context, false, f->columns[i].kind, count);
    }
}
