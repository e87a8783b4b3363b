/* Products out of a stream of records, held to ProductCreate's rules one by one; and the fields they have in
 * files. An `id` may be there, and what else a record has is left alone. */
#pragma once

#include "cli/records.h"

#include "model/model.h"
#include "shop/catalogue.h"

extern const struct model product_row;

enum { row_why_size = 1024, csv_columns_max = 256 };

struct product_rows {
    struct records records;
    struct arena arena;                           /* the row's at hand */
    const struct field *columns[csv_columns_max]; /* of CSV, in the head's order; NULL: not used */
    size_t column_count;
    char why[row_why_size]; /* what is wrong, where something is */
    int64_t line;           /* of the row at hand */
};

/* Starts on a stream, and reads the head of CSV. `ignored` (may be NULL) is told of each column that is not
 * used. STATUS_INVALID with `why` where there can be no products in it; else as records_open. In any case
 * product_rows_close is called in the end. */
MUST_CHECK enum status product_rows_open(struct product_rows *rows, enum file_format format,
                                         records_source *source, void *context,
                                         void (*ignored)(void *context, struct str column));
void product_rows_close(struct product_rows *rows);

/* The next product (a nil id: none was given); its texts are there until the next call. STATUS_INVALID, with
 * `why` and `line`, for a row that is none, after which there may be others; STATUS_NOT_FOUND at the end;
 * STATUS_USAGE, with `why` and `line`, where the stream goes on in no way that has rows; STATUS_STORAGE,
 * STATUS_NO_MEMORY. */
MUST_CHECK enum status product_rows_next(struct product_rows *rows, struct product *out);
