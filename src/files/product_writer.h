/* Writes products to a file, in each of the formats that product_rows reads. */
#pragma once

#include "files/rows.h"

/* A format's texts before the first product, between two, and behind the last; and how it writes one. */
struct product_writer {
    const char *head, *between, *tail;
    void (*put)(struct buf *out, const struct product *product);
};

extern const struct product_writer product_writers[FORMAT_COUNT];

/* CSV that spreadsheets open as UTF-8 and without running a text as a formula; see csv_put_guarded. */
extern const struct product_writer product_writer_spreadsheet;
