/* What imports have as JSON, in answers and in the database: the options of one, which the staff gives and the importer reads,
 * and the report, which the importer writes and the staff reads. */
#pragma once

#include "model/model.h"
#include "shop/imports/imports.h"

/* Texts are those that the API takes; absent: not given. */
struct import_options {
    struct str format; /* `csv`, `jsonl` or `json` */
    struct str from;   /* `shopify`, `woocommerce`, `google` or `medusa` */
    struct str prices; /* `minor` or `decimal` */
    struct str stock;  /* `keep` or `set` */
    struct str key;    /* the column with each product's key */
    struct maybe_int untracked_stock;
    struct maybe_bool update, from_spreadsheet;
};

struct import_bad_row {
    struct maybe_int line; /* absent: the whole file */
    struct str error;
};

struct import_count {
    struct str kind;
    int64_t count;
};

struct import_report {
    struct str error;  /* why it failed; absent if it did not, or for its rows alone */
    struct str source; /* the system whose file it is: `Shopify` */
    int64_t rows, added, changed, unchanged, removed, other_stock, bad_count;
    struct list bad_rows;            /* of struct import_bad_row: the first ones */
    struct list unknown_columns;     /* of struct str */
    struct list left_out, converted; /* of struct import_count */
};

enum { import_untracked_stock = 1000 };

extern const struct model import_options_model, import_report_model;

/* Writes a struct of one of these models as JSON into the arena; absent without memory. */
struct str import_json_write(struct arena *arena, const struct model *model, const void *in);

/* Reads what import_json_write() has written into a zeroed struct. STATUS_FAULT if it is anything else; STATUS_NO_MEMORY. */
MUST_CHECK enum status import_json_read(struct arena *arena, const struct model *model, struct str text,
                                        void *out);
