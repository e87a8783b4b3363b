/* The staff's side of products. */
#include "api/endpoint.h"
#include "api/page.h"
#include "api/resources/product_model.h"
#include "shop/desk/product_list.h"

static const struct field desk_product_fields[] = {
    UUID_FIELD(struct product, id, .example = EXAMPLE_PRODUCT_ID),
    PRODUCT_FIELDS(struct product),
    MAYBE_BOOL_FIELD(struct product, is_active, .never_null = true, .doc = "Whether shoppers see it",
                     .example = "true"),
    SHIPPING_FIELDS(struct product),
    TEXT_FIELD(struct product, key, .optional = true,
               .doc = "What it is called in the file that it was imported from", .example = "\"desk-lamp\""),
    TIME_FIELD(struct product, created_at, .doc = "When it came into the shop"),
};
static const struct model desk_product_read = MODEL("DeskProduct", struct product, desk_product_fields);

struct products_query {
    struct str q;
    struct maybe_bool active;
    struct maybe_int stock_below;
    struct str category;
    int sort;
    int64_t limit, offset;
    struct maybe_int cursor;
};
static const struct field query_fields[] = {
    TEXT_FIELD(struct products_query, q, AT_MOST(200), .optional = true, .may_be_empty = true,
               .doc = "Words, as the shop's search has them, or a product's id, or its key in an import",
               .example = "\"desk lamp\""),
    MAYBE_BOOL_FIELD(struct products_query, active, .may_be_empty = true,
                     .doc = "true: what shoppers see; false: what was taken out of the shop"),
    MAYBE_INT_FIELD(struct products_query, stock_below, BETWEEN(1, money_max), .may_be_empty = true,
                    .doc = "Fewer units than this in stock", .example = "5"),
    TEXT_FIELD(struct products_query, category, AT_MOST(100), .optional = true, .may_be_empty = true,
               .doc = "Exactly this category", .example = "\"lighting\""),
    ENUM_FIELD(struct products_query, sort, .names = sort_names, DEFAULT(SORT_RELEVANCE),
               .doc = "Without words, relevance is newest first"),
    PAGE_FIELDS(struct products_query),
    MAYBE_INT_FIELD(struct products_query, cursor, BETWEEN(1, money_max), .may_be_empty = true,
                    .doc = "X-Next-Cursor of the page before, in place of `offset`"),
};
static const struct model products_query = MODEL("DeskProductsQuery", struct products_query, query_fields);

static enum status list_desk_products(struct call *call) {
    const struct products_query *query = call->query;
    struct desk_filter filter = {
        .q = query->q,
        .is_active = query->active,
        .stock_below = query->stock_below,
        .category = query->category,
        .sort = query->sort,
        .limit = query->limit,
        .offset = query->offset,
        .cursor = query->cursor,
    };
    struct desk_products found;
    TRY(desk_products_list(&call->ctx, &filter, &found));
    *(struct list *)call->attempt.reply = found.products;
    if (found.total.is_set)
        TRY(call_total(call, found.total.value));
    return call_cursor(call, found.next);
}

static const struct endpoint rows[] = {
    {
        .method = METHOD_GET,
        .path = "/admin/products",
        .summary = "List products for the staff",
        .doc =
            "Also those that were taken out of the shop. Newest first without words, else the best match first, and products "
            "that are not active behind the others: those whose name begins with the words, and of the 5,000 newest also those "
            "that have them in their name. X-Next-Cursor is the `cursor` of the next page, until there is none; in other orders "
            "than newest first, and with words, a list goes 10,000 products deep. With `stock_below` a page may have fewer than "
            "`limit` products, also none, as long as there is a cursor. X-Total-Count is there if it is known.",
        .access = ACCESS_STAFF,
        .scope = SCOPE_PRODUCTS_READ,
        .lane = LANE_SEARCH,
        .query = &products_query,
        .reply = &desk_product_read,
        .reply_is_list = true,
        .reply_header = {"X-Total-Count",
                         "Products of all pages; left out where it would cost too much to count"},
        .handle = list_desk_products,
    },
};

const struct endpoint_group desk_product_endpoints = {
    .tag = "products",
    .rows = rows,
    .count = sizeof rows / sizeof *rows,
};
