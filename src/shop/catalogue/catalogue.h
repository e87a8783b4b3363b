/* Products and their categories.
 *
 * Products are numbered by `seq`, newest highest. A row is never deleted, because orders refer to it. A
 * product that is not active is invisible to shoppers: no list has it, and reading it returns
 * STATUS_PRODUCT_NOT_FOUND.
 *
 * So is a product that an import has staged and not published (import.h). These lie from
 * `catalogue.staged_seq` on, and every statement that finds a product by something else than a visible row
 * says VISIBLE_PRODUCT.
 *
 * Every function works in the caller's transaction and brings all that belongs to the change: the row, the
 * search index and, by triggers, the counts of categories. Besides what is said below they return what
 * db_finish() does. */
#pragma once

#include "shop/index/bulk.h"
#include "shop/media/product_images.h"
#include "shop/shop_ctx.h"

/* A condition on a product's `seq`: it is not staged. The same for both engines. */
#define VISIBLE_PRODUCT "seq < (SELECT staged_seq FROM catalogue)"

struct product {
    struct uuid id;
    struct str name, description;
    int64_t price; /* minor units */
    int64_t stock_quantity;
    struct str category, image_url;
    /* Of PRODUCT_MORE_COLUMNS: set where those are read. */
    int64_t created_at;            /* µs since 1970 */
    struct maybe_int weight_grams; /* absent: not known, and counted as 0 */
    struct maybe_bool ships;       /* false: nothing is sent, as of a download; absent in a new one: true */
    struct str tax_class;          /* `standard`, which an absent one of a new product is */
    int64_t seq;
    struct list images; /* of struct product_image; only where INCLUDE_IMAGES asks for them */
    /* What the product is called in the file that it is imported from. Absent otherwise, and where a product is read
     * without INCLUDE_DESK. */
    struct str key;
    struct maybe_bool is_active; /* of INCLUDE_DESK */
};

/* What an answer has beside a product's own fields, if the client asks for it. */
enum product_include {
    INCLUDE_CREATED_AT = 1 << 0,
    INCLUDE_SHIPPING = 1 << 1,
    INCLUDE_IMAGES = 1 << 2,
    INCLUDE_DESK = 1 << 3, /* what only the staff sees; no client's `include` names it */
};

enum { weight_grams_max = 1000000000, tax_class_length_max = 40 };

/* A change. What is absent stays as it is. */
struct product_change {
    struct str name, description;
    struct maybe_int price, stock_quantity;
    struct str category, image_url;
    struct maybe_int weight_grams;
    struct maybe_bool ships;
    struct str tax_class;
    struct maybe_bool is_active;
    struct maybe_int expected_stock; /* that the caller has seen */
};

/* A condition on a product that is about to be changed. `check` gets it as it is, after its row is locked. What it
 * returns but STATUS_OK ends the change. `is_active`: whether shoppers see it. */
struct product_guard {
    enum status (*check)(void *context, const struct product *now, bool is_active);
    void *context;
};

struct category {
    struct str category;
    int64_t product_count; /* active products */
};

/* The columns of a product that its row begins with, and at its end those that only a client gets who asks for them
 * (enum product_include). To read the latter costs half as much again, so a statement stands in an array with and
 * without them. */
#define PRODUCT_COLUMNS "id, name, description, price, stock_quantity, category, image_url"
#define PRODUCT_MORE_COLUMNS ", created_at, weight_grams, ships, tax_class, seq"
#define PRODUCT_DESK_COLUMNS ", is_active, import_key"
enum { product_columns = 7, product_more_columns = 5 };

/* Reads the current row of a statement that begins with PRODUCT_COLUMNS. */
void product_read_row(struct shop_ctx *ctx, struct db_rows *rows, struct product *out);

/* Adds what PRODUCT_MORE_COLUMNS have, which begin with number `column` of the row. */
void product_read_more(struct shop_ctx *ctx, struct db_rows *rows, int column, struct product *out);

/* A product as the index sees it. */
struct index_document product_document(const struct product *product, int64_t seq, bool is_active);

/* Reads an active product. `include`: what of it beyond PRODUCT_COLUMNS, a set of enum product_include.
 * STATUS_PRODUCT_NOT_FOUND if there is no such product. */
MUST_CHECK enum status product_get(struct shop_ctx *ctx, const struct uuid *id, unsigned include,
                                   struct product *out);

/* Adds the pictures of products whose PRODUCT_MORE_COLUMNS were read, if `include` asks for them. The products lie `stride`
 * bytes apart, each at the start of an item. */
MUST_CHECK enum status products_add_images(struct shop_ctx *ctx, unsigned include, void *products,
                                           size_t count, size_t stride);

/* Finds the `seq` of a product, active or not. STATUS_PRODUCT_NOT_FOUND. */
MUST_CHECK enum status product_find_seq(struct shop_ctx *ctx, const struct uuid *id, int64_t *out);

struct product_page {
    int64_t before; /* a cursor: only products with a smaller seq; INT64_MAX for the first page */
    int64_t limit, offset;
    unsigned include; /* a set of enum product_include, as of product_get() */
};

/* Reads a page of the active products, newest first. `next` gets the cursor of the next page, which costs the
 * same however deep it is, as an offset does not. `total` gets the number of all active products. */
MUST_CHECK enum status product_list(struct shop_ctx *ctx, const struct product_page *page, struct list *out,
                                    int64_t *next, int64_t *total);

/* Adds a product, active and newest, and returns it in `out`. A nil id is replaced by a new one, and an absent text
 * but the key by an empty one. STATUS_PRODUCT_EXISTS if the id or the key is taken; STATUS_QUEUE_FULL if an import is under way and the room below it
 * is used up. */
MUST_CHECK enum status product_add(struct shop_ctx *ctx, const struct product *given, struct product *out);

/* Adds a product as product_add() does, as one of several in one transaction. `bulk` gathers what the index
 * gets, and the caller flushes it before the transaction commits. For thousands of products see import.h. */
MUST_CHECK enum status product_add_bulk(struct shop_ctx *ctx, struct bulk_index *bulk,
                                        const struct product *given, struct product *out);

/* Adds a product as product_add_bulk() does, with a `seq` that the caller has reserved. */
MUST_CHECK enum status product_add_bulk_at(struct shop_ctx *ctx, struct bulk_index *bulk, int64_t seq,
                                           const struct product *given, struct product *out);

/* Reads the products with these `seqs`, active or not, in one statement: out[i] is that of seqs[i]. It stays as it is
 * if there is none. `include` as of product_get(). */
MUST_CHECK enum status products_by_seqs(struct shop_ctx *ctx, const int64_t *seqs, size_t count,
                                        unsigned include, struct product *out);

/* Reads their names alone, and calls `visit` for each product that there is, in this order. The name is valid until
 * it returns. Announcing the same seqs before lets PostgreSQL answer together with the statement in between. */
typedef void product_name_visitor(void *context, size_t i, struct str name);
MUST_CHECK enum status product_names_by_seqs(struct shop_ctx *ctx, const int64_t *seqs, size_t count,
                                             product_name_visitor *visit, void *context);
MUST_CHECK enum status product_names_announce(struct shop_ctx *ctx, const int64_t *seqs, size_t count);

/* Reads at most `limit` active products after `seq`, oldest first, and sets `seq` to that of the last one.
 * Called again and again in one transaction, it walks all of them. */
MUST_CHECK enum status product_walk(struct shop_ctx *ctx, int64_t *seq, int64_t limit, struct list *out);

/* Finds the `seq` of the newest visible product, active or not; 0 if there is no product. */
MUST_CHECK enum status product_newest_seq(struct shop_ctx *ctx, int64_t *out);

/* Whether there is a product, active or not. */
MUST_CHECK enum status product_exists_any(struct shop_ctx *ctx, bool *out);

/* Counts the active products. */
MUST_CHECK enum status product_count(struct shop_ctx *ctx, int64_t *out);

/* Changes a product, active or not, and returns it as it is then. `guard` may be NULL. STATUS_PRODUCT_NOT_FOUND if
 * there is no such product; STATUS_STOCK_CHANGED, with the product as it is in `out`, if its stock is not the
 * expected one. */
MUST_CHECK enum status product_change(struct shop_ctx *ctx, const struct uuid *id,
                                      const struct product_change *change, const struct product_guard *guard,
                                      struct product *out);

/* Adds `delta` to the stock of a product, active or not, and returns it as it is then. STATUS_PRODUCT_NOT_FOUND;
 * STATUS_STOCK_OUT_OF_RANGE, with the product as it is in `out`. */
MUST_CHECK enum status product_adjust_stock(struct shop_ctx *ctx, const struct uuid *id, int64_t delta,
                                            struct str reason, struct product *out);

/* Deletes a product softly: it is no longer active. `guard` may be NULL. STATUS_PRODUCT_NOT_FOUND if it was not
 * active. */
MUST_CHECK enum status product_delete(struct shop_ctx *ctx, const struct uuid *id,
                                      const struct product_guard *guard);

/* Lists the categories that have an active product, sorted by name. */
MUST_CHECK enum status category_list(struct shop_ctx *ctx, struct list *out);
