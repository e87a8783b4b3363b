/* Products and their categories.
 *
 * What an import has written and not yet published (shop/stage.h) lies from `staged_seq` on and is not there
 * for anybody: every statement that finds products by something else than a visible row says SEEN_PRODUCT.
 *
 * A product that is not active is not there for a shopper: it is in no list and reading it gives
 * STATUS_PRODUCT_NOT_FOUND. Rows are never deleted, since orders point at them. Every function here is the
 * whole of a transaction, or STATUS_STORAGE and the like of db_finish. */
#pragma once

#include "shop/search_index.h"
#include "shop/tx.h"

/* A condition on a product's seq; for PostgreSQL the same. */
#define SEEN_PRODUCT "seq < (SELECT staged_seq FROM catalogue)"

struct product {
    struct uuid id;
    struct str name, description;
    int64_t price; /* minor units */
    int64_t stock_quantity;
    struct str category, image_url;
};

/* A change: what is absent stays as it is. */
struct product_change {
    struct str name, description;
    struct maybe_int price, stock_quantity;
    struct str category, image_url;
    struct maybe_bool is_active;
};

struct category {
    struct str category;
    int64_t product_count; /* active products */
};

MUST_CHECK enum status product_get(struct tx *tx, const struct uuid *id, struct product *out);

struct product_page {
    int64_t before; /* a cursor: only what is older; INT64_MAX for the first page */
    int64_t limit, offset;
};

/* A page of the active products, newest first. `next` gets the cursor of what follows it, at the cost of no
 * offset; `total` is how many there are in all. */
MUST_CHECK enum status product_list(struct tx *tx, const struct product_page *page, struct list *out,
                                    int64_t *next, int64_t *total);

/* Adds a product, active and newest, and gives it back in `out`. A nil id mints one; STATUS_PRODUCT_EXISTS
 * where the id is taken. */
MUST_CHECK enum status product_add(struct tx *tx, const struct product *given, struct product *out);

/* The same as one of a few in one transaction, whose search index is gathered in `bulk`: the caller flushes
 * it before the transaction commits. For thousands see shop/stage.h. */
MUST_CHECK enum status product_import(struct tx *tx, struct search_bulk *bulk, const struct product *given,
                                      struct product *out);

/* The same with the `seq` that the caller has set aside for it. */
MUST_CHECK enum status product_import_at(struct tx *tx, struct search_bulk *bulk, int64_t seq,
                                         const struct product *given, struct product *out);

/* The product with this `seq`, active or not. */
MUST_CHECK enum status product_at(struct tx *tx, int64_t seq, struct product *out);

/* The active products after this `seq`, oldest first, at most `limit`; `seq` becomes the last one's. Over and
 * over in one transaction it gives all of them. */
MUST_CHECK enum status product_walk(struct tx *tx, int64_t *seq, int64_t limit, struct list *out);

/* How many active products there are. */
MUST_CHECK enum status product_count(struct tx *tx, int64_t *out);

/* Changes a product, active or not, and gives it as it is then. */
MUST_CHECK enum status product_change(struct tx *tx, const struct uuid *id,
                                      const struct product_change *change, struct product *out);

/* The soft delete: the product is no longer active. STATUS_PRODUCT_NOT_FOUND where it was not. */
MUST_CHECK enum status product_delete(struct tx *tx, const struct uuid *id);

/* Categories that have an active product, by name. */
MUST_CHECK enum status category_list(struct tx *tx, struct list *out);
