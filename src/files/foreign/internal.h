/* What the readers of files/foreign share. */
#pragma once

#include "files/foreign/foreign.h"

#include "base/buf.h"

/* What a column of some system means. */
enum foreign_field {
    FIELD_NONE = -1,
    FIELD_HANDLE, /* what the rows of one product share */
    FIELD_ID,     /* of the product or variant */
    FIELD_SKU,
    FIELD_PARENT, /* of a variation */
    FIELD_TYPE,   /* simple, variation …, or the kind of goods */
    FIELD_TITLE,
    FIELD_SUMMARY,
    FIELD_BODY, /* the description */
    FIELD_STATUS,
    FIELD_PUBLISHED,
    FIELD_VISIBILITY,
    FIELD_GIFT_CARD,
    FIELD_CATEGORY,
    FIELD_CATEGORY_2, /* if there is not the other one */
    FIELD_PRICE,
    FIELD_SALE_PRICE,
    FIELD_SALE_STARTS,
    FIELD_SALE_ENDS,
    FIELD_STOCK,
    FIELD_TRACKED, /* whether stock is counted, or by whom */
    FIELD_IN_STOCK,
    FIELD_IMAGE,
    FIELD_IMAGE_2, /* if there is not the other one */
    FIELD_VARIANT_IMAGE,
    FIELD_OPTION, /* the first of foreign_options_max values that tell the variants apart */
};
enum { foreign_field_count = FIELD_OPTION + foreign_options_max };

/* Kinds of what is not brought over as it is. */
enum foreign_note {
    NOTE_DRAFT,
    NOTE_ARCHIVED,
    NOTE_UNPUBLISHED,
    NOTE_HIDDEN,
    NOTE_GIFT_CARD,
    NOTE_NO_PRICE,
    NOTE_GROUPED,
    NOTE_EXTERNAL,
    NOTE_OTHER_TYPE,
    NOTE_NO_VARIATIONS,
    NOTE_IMAGES,
    NOTE_ATTRIBUTES,
    NOTE_LONG_URL,
    NOTE_UNTRACKED, /* from here on: what is brought over in another form */
    NOTE_UNKNOWN_STOCK,
    NOTE_NEGATIVE_STOCK,
    NOTE_SHARED_STOCK,
    NOTE_SALE_PRICE,
    NOTE_NO_CATEGORY,
    NOTE_LONG_NAME,
    NOTE_LONG_CATEGORY,
    NOTE_LONG_DESCRIPTION,
    NOTE_COUNT,
};

/* A column, or a family of them. In `name` `#` stands for a number and `*` for anything; case does not matter. */
struct foreign_column {
    const char *name;
    int field; /* FIELD_NONE: it is left out. FIELD_OPTION: `#` tells which; other fields have number 1 only */
    const char
        *kind; /* counts its values as left out, such as "weights"; NULL: nothing that a shop would miss */
};

/* A row's values, trimmed; absent if they are empty. */
struct foreign_row {
    struct str values[foreign_field_count];
    int64_t line;
};

/* A WooCommerce product that has variations, or a variation that waits for one. */
struct foreign_kept;

/* What a column of the file is read as. */
struct foreign_head {
    int field;
    struct str kind; /* absent: not counted */
    int64_t count;   /* of values that were left out */
};

struct foreign {
    const struct foreign_system *system;
    struct foreign_settings settings;
    struct arena arena; /* lives as long as the reader */
    struct foreign_head *columns;
    size_t column_count;
    bool has_field[foreign_field_count];
    bool prices_are_minor;
    int64_t notes[NOTE_COUNT];
    bool counts_row; /* set by a system: what this row has beside is counted as left out */
    char *error;     /* of foreign_error_size bytes, during a call */

    struct arena product_arena; /* of `product` */
    struct foreign_row product; /* Shopify and Medusa: the first row of the product at hand */
    struct foreign_kept **kept, *waiting, **waiting_end; /* WooCommerce: see woocommerce.c */
};

struct foreign_system {
    const char *title; /* as messages name it */
    const struct foreign_column *columns;
    size_t column_count;
    const char *const
        *marks;        /* sets of columns that no other system has, each up to NULL, and a NULL behind all */
    const char *hint;  /* said when a needed column is missing; may be NULL */
    const int *needed; /* fields without which a file cannot be read, up to -1 */

    /* Changes what the head means; may be NULL. */
    enum status (*open)(struct foreign *f, const struct str names[]);

    /* Results as foreign_read_row's. */
    enum status (*read)(struct foreign *f, struct arena *arena, struct foreign_row *row,
                        struct foreign_product *out);

    /* Results as foreign_read_waiting's; may be NULL. */
    enum status (*read_waiting)(struct foreign *f, struct arena *arena, struct foreign_product *out);
};

extern const struct foreign_system foreign_shopify, foreign_woocommerce, foreign_google, foreign_medusa;

/* Counts something that is left out or changed. A product that is left out is no product of the file for the caller:
 * STATUS_NOT_FOUND. */
enum status foreign_leave_out(struct foreign *f, enum foreign_note note);

/* Sets the error, and returns STATUS_INVALID. */
__attribute__((format(printf, 2, 3))) enum status foreign_fail(struct foreign *f, const char *format, ...);

/* Whether `name` matches a pattern of struct foreign_column; `number` gets what `#` stands for, 0 without one. */
bool foreign_match(const char *pattern, struct str name, int64_t *number);

/* Whether a value means yes: true, 1, yes. */
bool foreign_is_true(struct str value);

/* Returns the last part of a path such as `Clothing > Shirts`. */
struct str foreign_path_end(struct str path);

/* Returns the first item of a list such as `a, b`, in which `\,` is a comma. `count` gets how many there are. */
struct str foreign_list_first(struct arena *arena, struct str list, int64_t *count);

/* Returns `title – option / option` of the options that are there; absent without memory. */
struct str foreign_variant_name(struct arena *arena, struct str title, const struct foreign_row *row);

/* Returns `prefix:part:option/option`, at most foreign_key_bytes_max bytes; absent without memory. */
struct str foreign_key(struct arena *arena, const char *prefix, struct str part,
                       const struct foreign_row *row);

/* Returns a price such as `19,9`, `.5` or `19.9900` as a plain decimal without the zeros that the currency has no digits
 * for. What can be meant in two ways, such as `1,299` or `1.000`, stays as it is, and is refused by product_rows_next. */
struct str foreign_price(struct foreign *f, struct arena *arena, struct str price);

/* Sets out->stock_quantity by a text such as `12`, `-3` or `4.00`. `tracked`: whether the system counts it. A stock that
 * is not counted is settings.untracked_stock if it is empty or 0; one that is counted, but not in this file, is 0.
 * STATUS_INVALID if it is not a whole number. */
MUST_CHECK enum status foreign_stock(struct foreign *f, struct arena *arena, struct str stock, bool tracked,
                                     struct foreign_product *out);

/* Fills in what a product must have, and cuts what is too long for one. STATUS_NO_MEMORY. */
MUST_CHECK enum status foreign_complete(struct foreign *f, struct arena *arena, struct foreign_product *out);

/* Copies the values of a row into the product at hand. False without memory. */
MUST_CHECK bool foreign_keep_product(struct foreign *f, const struct foreign_row *row);
