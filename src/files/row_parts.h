/* What rows.c and foreign_rows.c share. Private to these. */
#pragma once

#include "files/rows.h"

/* Sets `error`, and returns STATUS_INVALID. */
__attribute__((format(printf, 2, 3))) enum status row_malformed(struct product_rows *rows, const char *format,
                                                                ...);
enum status csv_count_error(struct product_rows *rows, size_t count);

/* Reads the next record that is not a blank row, as product_rows_next does, and empties the row's arena. */
MUST_CHECK enum status row_record_next(struct product_rows *rows, struct record *record);

/* A JSON object of texts that is being made. */
struct row_object {
    struct json *object, **last;
};
struct row_object row_object_new(struct arena *arena);
MUST_CHECK enum status row_object_add(struct arena *arena, struct row_object *row, const char *name,
                                      struct str text);

/* Start on another system's file of CSV, whose head has these names, or on a feed of XML. */
MUST_CHECK enum status foreign_rows_open(struct product_rows *rows, enum foreign_kind from,
                                         const struct foreign_settings *settings, const struct str names[],
                                         size_t count);
MUST_CHECK enum status foreign_rows_open_feed(struct product_rows *rows,
                                              const struct foreign_settings *settings);

/* Reads rows of that file until one is a product. */
MUST_CHECK enum status foreign_rows_next(struct product_rows *rows, struct json **out);
