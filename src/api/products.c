/* The catalogue's endpoints. */
#include "api/endpoint.h"
#include "api/page.h"
#include "api/product_model.h"
#include "shop/catalogue.h"

static const struct field create_fields[] = {PRODUCT_FIELDS(struct product)};
static const struct model product_create = MODEL("ProductCreate", struct product, create_fields);

static const struct field product_read_fields[] = {
    UUID_FIELD(struct product, id, .example = EXAMPLE_PRODUCT_ID),
    PRODUCT_FIELDS(struct product),
};
const struct model product_read = MODEL("ProductRead", struct product, product_read_fields);

static const struct field update_fields[] = {
    TEXT_FIELD(struct product_change, name, LENGTH(1, 200), .optional = true,
               .example = "\"Desk lamp, brass\""),
    TEXT_FIELD(struct product_change, description, AT_MOST(10000), .optional = true),
    MAYBE_INT_FIELD(struct product_change, price, BETWEEN(0, money_max), .example = "2499"),
    MAYBE_INT_FIELD(struct product_change, stock_quantity, BETWEEN(0, money_max)),
    TEXT_FIELD(struct product_change, category, LENGTH(1, 100), .optional = true),
    TEXT_FIELD(struct product_change, image_url, AT_MOST(2000), .optional = true),
    MAYBE_BOOL_FIELD(struct product_change, is_active,
                     .doc = "false takes it out of the shop, true brings it back"),
};
static const struct model product_update =
    MODEL("ProductUpdate", struct product_change, update_fields, .doc = "What is left out stays as it is");

struct product_path {
    struct uuid product_id;
};
static const struct field path_fields[] = {
    UUID_FIELD(struct product_path, product_id, .example = EXAMPLE_PRODUCT_ID)};
static const struct model product_path = MODEL("ProductPath", struct product_path, path_fields);

struct product_query {
    int64_t limit, offset;
    struct maybe_int cursor;
};
static const struct field query_fields[] = {
    PAGE_FIELDS(struct product_query),
    MAYBE_INT_FIELD(
        struct product_query, cursor, BETWEEN(1, money_max),
        .doc = "X-Next-Cursor of the page before: goes as deep as the list, at the cost of the first page"),
};
static const struct model product_query = MODEL("ProductQuery", struct product_query, query_fields);

static const struct field category_fields[] = {
    TEXT_FIELD(struct category, category, .example = "\"lighting\""),
    INT_FIELD(struct category, product_count, .doc = "Products that can be seen", .example = "7"),
};
const struct model category_read = MODEL("CategoryRead", struct category, category_fields);

static enum status list_products(struct call *call) {
    const struct product_query *query = call->query;
    struct list *products = call->reply;
    struct paging paging = {.limit = query->limit, .offset = query->offset, .by_cursor = query->cursor.given};
    struct product_page page = {
        .before = query->cursor.given ? query->cursor.value : INT64_MAX,
        .limit = query->limit,
        .offset = query->offset,
    };
    enum status s = product_list(&call->tx, &page, products, &paging.cursor, &paging.total);
    paging.count = products->count;
    return s == STATUS_OK ? call_page(call, &paging) : s;
}

static enum status get_product(struct call *call) {
    const struct product_path *path = call->path;
    return product_get(&call->tx, &path->product_id, call->reply);
}

static enum status create_product(struct call *call) {
    return product_add(&call->tx, call->body, call->reply);
}

static enum status update_product(struct call *call) {
    const struct product_path *path = call->path;
    return product_change(&call->tx, &path->product_id, call->body, call->reply);
}

static enum status delete_product(struct call *call) {
    const struct product_path *path = call->path;
    return product_delete(&call->tx, &path->product_id);
}

static enum status list_categories(struct call *call) {
    return category_list(&call->tx, call->reply);
}

static const struct endpoint rows[] = {
    {
        .method = METHOD_GET,
        .path = "/products",
        .tag = "products",
        .summary = "List products",
        .doc = "Newest first.",
        .runs = RUNS_READ,
        .cache = CACHE_CATALOGUE,
        .query = &product_query,
        .reply = &product_read,
        .reply_is_list = true,
        .paged = true,
        .http_status = 200,
        .handle = list_products,
    },
    {
        .method = METHOD_POST,
        .path = "/products",
        .tag = "products",
        .summary = "Create product",
        .access = ACCESS_ADMIN,
        .runs = RUNS_WRITE,
        .body = &product_create,
        .reply = &product_read,
        .http_status = 201,
        .handle = create_product,
    },
    {
        .method = METHOD_GET,
        .path = "/products/{product_id}",
        .tag = "products",
        .summary = "Get product",
        .runs = RUNS_READ,
        .cache = CACHE_CATALOGUE,
        .path_model = &product_path,
        .reply = &product_read,
        .http_status = 200,
        .errors = ERRORS(STATUS_PRODUCT_NOT_FOUND),
        .handle = get_product,
    },
    {
        .method = METHOD_PATCH,
        .path = "/products/{product_id}",
        .tag = "products",
        .summary = "Update product",
        .doc = "Changes what is named and leaves the rest. Works on a deleted product too: `is_active` "
               "brings it back.",
        .access = ACCESS_ADMIN,
        .runs = RUNS_WRITE,
        .path_model = &product_path,
        .body = &product_update,
        .reply = &product_read,
        .http_status = 200,
        .errors = ERRORS(STATUS_PRODUCT_NOT_FOUND),
        .handle = update_product,
    },
    {
        .method = METHOD_DELETE,
        .path = "/products/{product_id}",
        .tag = "products",
        .summary = "Delete product",
        .doc = "A soft delete: it leaves the shop, and the orders that hold it keep it.",
        .access = ACCESS_ADMIN,
        .runs = RUNS_WRITE,
        .path_model = &product_path,
        .http_status = 204,
        .errors = ERRORS(STATUS_PRODUCT_NOT_FOUND),
        .handle = delete_product,
    },
    {
        .method = METHOD_GET,
        .path = "/categories",
        .tag = "products",
        .summary = "List categories",
        .doc = "The storefront's menu: every category with a product in it, by name.",
        .runs = RUNS_READ,
        .cache = CACHE_CATALOGUE,
        .reply = &category_read,
        .reply_is_list = true,
        .http_status = 200,
        .handle = list_categories,
    },
};

const struct endpoint_group product_endpoints = {
    .tag = "products",
    .doc = "What the shop sells",
    .rows = rows,
    .count = sizeof rows / sizeof *rows,
};
