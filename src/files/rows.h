/* Reads products out of a stream of records, and holds each of them to ProductCreate's rules. An `id` may be
 * there too. Further members and columns are ignored.
 *
 * CSV may also be the product file of another shop's system (files/foreign/foreign.h), which --from names or the head
 * shows; a file that begins with `<` is Google's feed as XML. Its products are held to the same rules. */
#pragma once

#include "files/foreign/feed_xml.h"
#include "files/foreign/foreign.h"
#include "files/records.h"

#include "model/model.h"
#include "shop/catalogue/catalogue.h"

/* The fields of a product in a file that Till writes. A file that it reads may have a key too. */
extern const struct model product_row;

/* Whether that is the name of one of these fields. */
bool product_row_has(const char *name);

enum {
    row_error_size = 1024,
    csv_columns_max = foreign_columns_max,
    product_key_bytes_max = foreign_key_bytes_max
};

struct product_rows {
    struct records records;
    struct arena arena;                           /* of the row at hand */
    const struct field *columns[csv_columns_max]; /* of CSV, in the head's order; NULL: ignored */
    size_t column_count;
    struct foreign *foreign;    /* reads the rows of another system's file; NULL: it is Till's own */
    struct feed_xml *feed;      /* cuts a feed of XML into rows; NULL: `records` does */
    char error[row_error_size]; /* what is wrong, after STATUS_INVALID and STATUS_USAGE */
    int64_t line;               /* of the row at hand */
    bool is_guarded;            /* CSV whose texts have the apostrophes of csv_put_guarded */
    /* Of the column or member that is the key. Another system's reader makes the key itself. */
    struct str key_name;
    bool key_is_wanted; /* CSV without that column is refused */
    int price_digits;   /* see struct row_settings */
};

enum { prices_in_minor_units = -1 };

struct row_settings {
    enum file_format format; /* FORMAT_COUNT: the first bytes decide */
    int price_digits;        /* behind the point of a decimal price; or prices_in_minor_units */
    bool
        from_spreadsheet; /* CSV's texts lose the apostrophes of csv_put_guarded; also if the file begins with UTF-8's mark */
    const char *key_name;   /* the column or member with each product's key; NULL: `key`, if there is one */
    enum foreign_kind from; /* whose file it is; FOREIGN_COUNT: the head decides */
    struct foreign_settings foreign;
};

/* Decodes a product from JSON, and makes its texts what their writer meant (text_clean.h), which changes `value`. A
 * description or picture that the row does not name is absent. Errors as model_decode's. */
MUST_CHECK enum status product_row_decode(struct json *value, struct product *out, struct arena *arena,
                                          struct errors *errors);

/* Starts on a stream, and reads the head of CSV. `ignored` (NULL: do not call it) gets each column that is not one of a
 * product's; those of other systems' files are counted instead. STATUS_INVALID, with `error`, if the stream cannot hold
 * products; otherwise as records_open. product_rows_close comes last in any case. */
MUST_CHECK enum status product_rows_open(struct product_rows *rows, const struct row_settings *settings,
                                         records_source *source, void *context,
                                         void (*ignored)(void *context, struct str column));
void product_rows_close(struct product_rows *rows);

/* Reads the next product. Its id is nil if the row has none; its texts are valid until the next call. Returns
 *   STATUS_INVALID     the row is wrong; `error` says how, `line` where it is. There may be further rows.
 *   STATUS_NOT_FOUND   the stream has ended
 *   STATUS_USAGE       what follows cannot be cut into rows, with `error` and `line`. No row follows.
 *   STATUS_STORAGE, STATUS_NO_MEMORY */
MUST_CHECK enum status product_rows_next(struct product_rows *rows, struct product *out);
