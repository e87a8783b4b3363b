/* Rows of another system's file: cells of CSV or of a feed, which its reader (files/foreign/foreign.h) makes products
 * of. They become the same objects of texts that Till's own rows do. */
#include "files/row_parts.h"

#include "base/file/csv.h"

#include <stdio.h>

enum status foreign_rows_open(struct product_rows *rows, enum foreign_kind from,
                              const struct foreign_settings *settings, const struct str names[],
                              size_t count) {
    char error[foreign_error_size];
    enum status s = foreign_open(&rows->foreign, from, settings, names, count, error);
    rows->column_count = count;
    rows->price_digits = s == STATUS_OK && foreign_prices_are_minor(rows->foreign)
                             ? prices_in_minor_units
                             : settings->currency_digits;
    return s == STATUS_INVALID ? row_malformed(rows, "%s", error) : s;
}

enum status foreign_rows_open_feed(struct product_rows *rows, const struct foreign_settings *settings) {
    enum status s = foreign_rows_open(rows, FOREIGN_GOOGLE, settings, feed_names, feed_columns);
    return s == STATUS_OK ? feed_xml_open(&rows->feed, records_read_bytes, &rows->records) : s;
}

/* Cuts a row of another system's file into cells. Empty cells may be missing at its end. */
static enum status foreign_cells(struct product_rows *rows, struct str row, struct str **out) {
    struct str *cells = arena_array(&rows->arena, rows->column_count, sizeof *cells), text;
    const char *error;
    size_t i = 0;
    if (!cells)
        return STATUS_NO_MEMORY;
    if (!utf8_valid(row))
        return row_malformed(rows, "not UTF-8");
    for (; csv_field(&row, rows->records.separator, &text, &error); i++)
        if (i < rows->column_count)
            cells[i] = text;
        else if (str_trim(text).size > 0)
            return csv_count_error(rows, i + 1);
    for (; i < rows->column_count; i++)
        cells[i] = STR("");
    *out = cells;
    return error ? row_malformed(rows, "%s", error) : STATUS_OK;
}

static enum status foreign_object(struct product_rows *rows, const struct foreign_product *product,
                                  struct json **out) {
    struct row_object row = row_object_new(&rows->arena);
    TRY(row_object_add(&rows->arena, &row, "name", product->name));
    TRY(row_object_add(&rows->arena, &row, "description", product->description));
    TRY(row_object_add(&rows->arena, &row, "price", product->price));
    TRY(row_object_add(&rows->arena, &row, "stock_quantity", product->stock_quantity));
    TRY(row_object_add(&rows->arena, &row, "category", product->category));
    TRY(row_object_add(&rows->arena, &row, "image_url", product->image_url));
    if (product->key.data)
        TRY(row_object_add(&rows->arena, &row, "key", product->key));
    *out = row.object;
    return STATUS_OK;
}

/* Reads the cells of the next row of another system's file. */
static enum status foreign_cells_next(struct product_rows *rows, const struct str **out) {
    struct record record;
    struct str *cells = NULL;
    if (rows->feed) {
        char error[foreign_error_size];
        arena_reset(&rows->arena);
        enum status s = feed_xml_next(rows->feed, &rows->arena, out, &rows->line, error);
        rows->line += rows->records.line - 1; /* blank lines before the document */
        if (s == STATUS_USAGE)
            row_malformed(rows, "%s", error);
        return s;
    }
    TRY(row_record_next(rows, &record));
    TRY(foreign_cells(rows, record.text, &cells));
    *out = cells;
    return STATUS_OK;
}

enum status foreign_rows_next(struct product_rows *rows, struct json **out) {
    struct foreign_product product = {0};
    char error[foreign_error_size];
    const struct str *cells = NULL;
    enum status s;
    do {
        s = foreign_cells_next(rows, &cells);
        if (s == STATUS_INVALID)
            return s; /* `error` is set */
        if (s == STATUS_NOT_FOUND) {
            s = foreign_read_waiting(rows->foreign, &rows->arena, &product, error);
            rows->line = product.line ? product.line : rows->line;
            break;
        }
        if (s == STATUS_OK)
            s = foreign_read_row(rows->foreign, &rows->arena, cells, rows->line, &product, error);
    } while (s == STATUS_NOT_FOUND);
    if (s == STATUS_INVALID)
        return row_malformed(rows, "%s", error);
    return s == STATUS_OK ? foreign_object(rows, &product, out) : s;
}
