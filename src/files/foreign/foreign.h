/* Product files of other shops' systems: Shopify's, WooCommerce's and Medusa's exports, and Google's product feed.
 *
 * A reader gets the head of the file and then its rows, cells that are already cut and unquoted, and makes a product
 * of each row that is one. It keeps what further rows need: the product whose variants follow, or WooCommerce's variable
 * products. A variant becomes a product of its own, named `Title – Option / Option`.
 *
 * Nothing is lost in silence: each value and each product that is left out is counted by its kind (foreign_notes). */
#pragma once

#include "base/arena.h"
#include "base/status.h"
#include "base/str.h"

enum foreign_kind { FOREIGN_SHOPIFY, FOREIGN_WOOCOMMERCE, FOREIGN_GOOGLE, FOREIGN_MEDUSA, FOREIGN_COUNT };

/* `shopify`, `woocommerce`, `google` and `medusa`: the values of --from. */
extern const char *const foreign_names[FOREIGN_COUNT];

enum {
    foreign_columns_max = 2048,
    foreign_options_max = 10, /* of a variant */
    foreign_error_size = 256,
    foreign_key_bytes_max = 255,
    foreign_bytes_max =
        256 * 1024 * 1024, /* of WooCommerce's variable products and the variations that wait for one */
};

/* What a row says, as text; each field is absent if the file does not say it. */
struct foreign_product {
    struct str
        key; /* what the system knows it by: the same in the next export. At most foreign_key_bytes_max */
    struct str name, description, category, image_url;
    struct str price;          /* a decimal, or minor units: see foreign.prices_are_minor */
    struct str stock_quantity; /* digits */
    int64_t line;
};

struct foreign_settings {
    struct str currency;     /* lower case, such as usd; must live as long as the reader */
    int currency_digits;     /* behind the point */
    int64_t untracked_stock; /* of a product whose system does not count it */
    char today[11];          /* 2026-11-28: which sale prices hold */
    size_t bytes_max;        /* of what waits for the end of the file; 0: foreign_bytes_max */
};

struct foreign;

/* Returns the system whose export has a head of these columns; FOREIGN_COUNT if it is not one of them. */
enum foreign_kind foreign_guess(const struct str names[], size_t count);

/* Makes a reader for a file whose head has these columns. STATUS_INVALID, with `error`, if a column that is needed is
 * missing; STATUS_NO_MEMORY. foreign_close comes last in any case. */
MUST_CHECK enum status foreign_open(struct foreign **out, enum foreign_kind kind,
                                    const struct foreign_settings *settings, const struct str names[],
                                    size_t count, char error[static foreign_error_size]);
void foreign_close(struct foreign *f);

/* Returns the system's name as messages write it: `Shopify`. */
const char *foreign_title(const struct foreign *f);

/* Whether prices are in minor units, as in files of Medusa 1. */
bool foreign_prices_are_minor(const struct foreign *f);

/* Reads a row of as many cells as the head has; they are UTF-8. Texts of `out` live in `arena` or are the row's.
 * STATUS_NOT_FOUND if the row is not a product of its own; STATUS_INVALID, with `error`; STATUS_NO_MEMORY. */
MUST_CHECK enum status foreign_read_row(struct foreign *f, struct arena *arena, const struct str cells[],
                                        int64_t line, struct foreign_product *out,
                                        char error[static foreign_error_size]);

/* Returns the next product that had to wait for the end of the file. STATUS_NOT_FOUND after the last. Errors as
 * above, with `out->line` set. */
MUST_CHECK enum status foreign_read_waiting(struct foreign *f, struct arena *arena,
                                            struct foreign_product *out,
                                            char error[static foreign_error_size]);

/* Calls `each` for each kind of what was left out (`kind` such as "further images"), and of what was decided
 * (`decided`), with how often it was met. */
void foreign_notes(const struct foreign *f, void *context,
                   void (*each)(void *context, bool decided, struct str kind, int64_t count));
