/* The catalogue's endpoints: products, for shoppers and the admin, and the menu of categories. Lists and
 * single products are cached until the catalogue changes. */
#include "api/endpoint.h"
#include "api/etag.h"
#include "api/page.h"
#include "api/resources/audit_note.h"
#include "api/resources/product_model.h"
#include "shop/alerts/stock_alerts.h"
#include "shop/catalogue/catalogue.h"

static const struct field create_fields[] = {PRODUCT_FIELDS(struct product), SHIPPING_FIELDS(struct product)};
static const struct model product_create = MODEL("ProductCreate", struct product, create_fields);

static const struct field image_size_fields[] = {
    INT_FIELD(struct media_size, width, .doc = "Pixels", .example = "400"),
    INT_FIELD(struct media_size, height, .doc = "Pixels", .example = "300"),
    TEXT_FIELD(struct media_size, url, .doc = "Its address in this server"),
};
const struct model image_size_read = MODEL("ImageSize", struct media_size, image_size_fields);

static const struct field image_fields[] = {
    TEXT_FIELD(struct product_image, media, .doc = "The picture's hash"),
    TEXT_FIELD(struct product_image, alt, .doc = "What it shows, for those who do not see it",
               .example = "\"A desk lamp of brass, from the side\""),
    TEXT_FIELD(struct product_image, url, .doc = "Its address in this server"),
    INT_FIELD(struct product_image, width, .doc = "Pixels", .example = "1600"),
    INT_FIELD(struct product_image, height, .doc = "Pixels", .example = "1200"),
    LIST_FIELD(struct product_image, sizes, .item = KIND_MODEL, .of = &image_size_read,
               .doc = "Its narrower copies, narrowest first, as a `srcset` names them"),
};
const struct model product_image_read = MODEL("ProductImage", struct product_image, image_fields);

static const struct field product_read_fields[] = {
    UUID_FIELD(struct product, id, .example = EXAMPLE_PRODUCT_ID),
    PRODUCT_FIELDS(struct product),
    TIME_FIELD(struct product, created_at, .asked = INCLUDE_CREATED_AT,
               .doc = "When it came into the shop; only there if `include` names it"),
    SHIPPING_FIELDS(struct product, .asked = INCLUDE_SHIPPING),
    LIST_FIELD(struct product, images, .asked = INCLUDE_IMAGES, .item = KIND_MODEL, .of = &product_image_read,
               .doc = "In the order in which they are shown; only there if `include` names it"),
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
    SHIPPING_FIELDS(struct product_change),
    MAYBE_BOOL_FIELD(struct product_change, is_active,
                     .doc = "false takes it out of the shop, true brings it back"),
    MAYBE_INT_FIELD(
        struct product_change, expected_stock, BETWEEN(0, money_max),
        .doc = "The stock that you have seen: 409 with the product as it is, if it has another one now"),
};
static const struct model product_update =
    MODEL("ProductUpdate", struct product_change, update_fields, .doc = "What is left out stays as it is");

struct stock_change {
    int64_t delta;
    struct str reason;
};
static const struct field stock_fields[] = {
    INT_FIELD(struct stock_change, delta, BETWEEN(-money_max, money_max),
              .doc = "Added to the stock; negative to take away", .example = "5"),
    TEXT_FIELD(struct stock_change, reason, AT_MOST(200), .optional = true, .doc = "Kept beside the change",
               .example = "\"Delivery 4711\""),
};
static const struct model stock_change = MODEL("StockChange", struct stock_change, stock_fields);

const char *const include_names[] = {"created_at", "shipping", "images", NULL};

static const struct field include_fields[] = {INCLUDE_FIELD(struct include_query)};
const struct model include_query = MODEL("IncludeQuery", struct include_query, include_fields);

struct product_path {
    struct uuid product_id;
};
static const struct field path_fields[] = {
    UUID_FIELD(struct product_path, product_id, .example = EXAMPLE_PRODUCT_ID)};
static const struct model product_path = MODEL("ProductPath", struct product_path, path_fields);

struct product_query {
    int64_t limit, offset;
    struct maybe_int cursor;
    uint32_t include;
};
static const struct field query_fields[] = {
    PAGE_FIELDS(struct product_query),
    MAYBE_INT_FIELD(
        struct product_query, cursor, BETWEEN(1, money_max), .may_be_empty = true,
        .doc = "X-Next-Cursor of the page before: goes as deep as the list, at the cost of the first page"),
    INCLUDE_FIELD(struct product_query),
};
static const struct model product_query = MODEL("ProductQuery", struct product_query, query_fields);

static const struct field category_fields[] = {
    TEXT_FIELD(struct category, category, .example = "\"lighting\""),
    INT_FIELD(struct category, product_count, .doc = "Products that can be seen", .example = "7"),
};
const struct model category_read = MODEL("CategoryRead", struct category, category_fields);

static enum status list_products(struct call *call) {
    const struct product_query *query = call->query;
    struct list *products = call->attempt.reply;
    struct paging paging = {
        .limit = query->limit, .offset = query->offset, .by_cursor = query->cursor.is_set};
    struct product_page page = {
        .before = query->cursor.is_set ? query->cursor.value : INT64_MAX,
        .limit = query->limit,
        .offset = query->offset,
        .include = call->asked,
    };
    enum status s = product_list(&call->ctx, &page, products, &paging.cursor, &paging.total);
    paging.count = products->count;
    return s == STATUS_OK ? call_page(call, &paging) : s;
}

static enum status get_product(struct call *call) {
    const struct product_path *path = call->path;
    return product_get(&call->ctx, &path->product_id, call->asked, call->attempt.reply);
}

/* Notes what a product's fields were (NULL: it is new) and are. */
static void product_note(struct audit_note *note, const struct product *before, const struct product *after) {
    static const struct product none = {.price = 0};
    const struct product *b = before ? before : &none;
    audit_note_text(note, "name", b->name, after->name);
    audit_note_text(note, "description", b->description, after->description);
    audit_note_int(note, "price", before ? &b->price : NULL, &after->price);
    audit_note_int(note, "stock_quantity", before ? &b->stock_quantity : NULL, &after->stock_quantity);
    audit_note_text(note, "category", b->category, after->category);
    audit_note_text(note, "image_url", b->image_url, after->image_url);
    audit_note_maybe_int(note, "weight_grams", b->weight_grams, after->weight_grams);
    if (before || !after->ships.value)
        audit_note_bool(note, "ships", b->ships, after->ships);
    if (before || !str_equal(after->tax_class, STR("standard")))
        audit_note_text(note, "tax_class", b->tax_class, after->tax_class);
}

static void product_note_active(struct audit_note *note, bool before, bool after) {
    audit_note_text(note, "is_active", before ? STR("true") : STR("false"),
                    after ? STR("true") : STR("false"));
}

static enum status create_product(struct call *call) {
    struct product *made = call->attempt.reply;
    struct audit_note note = audit_note_new(call);
    TRY(product_add(&call->ctx, call->body, made));
    product_note(&note, NULL, made);
    return audit_note_write(&note, &made->id);
}

/* A product as it was before a change. */
struct product_before {
    struct call *call;
    struct product product;
    bool was_active;
};

/* Keeps the product as it is now, and compares If-Match with the ETag that a GET of it has: the answers are the same
 * bytes. */
static enum status product_check_etag(void *context, const struct product *now, bool is_active) {
    struct product_before *before = context;
    struct call *call = before->call;
    before->product = *now;
    before->was_active = is_active;
    struct str wanted = request_header(call->request, if_match_header);
    char etag[etag_size];
    if (!wanted.data)
        return STATUS_OK;
    struct buf body = buf_new(call->ctx.arena);
    model_encode(&product_read, now, 0, &body);
    if (!buf_ok(&body))
        return STATUS_NO_MEMORY;
    etag_write(buf_str(&body), etag);
    return etag_listed(wanted, etag, false) ? STATUS_OK : STATUS_PRODUCT_CHANGED;
}

/* Puts the product as it is beside an error of its stock. */
static enum status product_stock_answer(struct call *call, enum status s) {
    if (s == STATUS_STOCK_CHANGED || s == STATUS_STOCK_OUT_OF_RANGE) {
        call_error_list(call, &product_read, (struct list){call->attempt.reply, 1});
    }
    return s;
}

static enum status update_product(struct call *call) {
    const struct product_path *path = call->path;
    const struct product_change *change = call->body;
    struct product *made = call->attempt.reply;
    struct product_before before = {.call = call};
    struct product_guard guard = {product_check_etag, &before};
    struct audit_note note = audit_note_new(call);
    TRY(product_stock_answer(call, product_change(&call->ctx, &path->product_id, change, &guard, made)));
    product_note(&note, &before.product, made);
    if (change->is_active.is_set)
        product_note_active(&note, before.was_active, change->is_active.value);
    TRY(stock_alert(&call->ctx, &path->product_id, before.product.stock_quantity, made->stock_quantity));
    return audit_note_write(&note, &path->product_id);
}

static enum status adjust_stock(struct call *call) {
    const struct product_path *path = call->path;
    const struct stock_change *body = call->body;
    struct str reason = body->reason.data ? body->reason : STR("");
    struct product *product = call->attempt.reply;
    struct audit_note note = audit_note_new(call);
    TRY(product_stock_answer(
        call, product_adjust_stock(&call->ctx, &path->product_id, body->delta, reason, product)));
    int64_t before = product->stock_quantity - body->delta;
    audit_note_int(&note, "stock_quantity", &before, &product->stock_quantity);
    TRY(stock_alert(&call->ctx, &path->product_id, before, product->stock_quantity));
    if (body->reason.size > 0)
        audit_note_text(&note, "reason", (struct str){0}, body->reason);
    return audit_note_write(&note, &path->product_id);
}

static enum status delete_product(struct call *call) {
    const struct product_path *path = call->path;
    struct product_before before = {.call = call};
    struct product_guard guard = {product_check_etag, &before};
    struct audit_note note = audit_note_new(call);
    TRY(product_delete(&call->ctx, &path->product_id, &guard));
    product_note_active(&note, true, false);
    return audit_note_write(&note, &path->product_id);
}

static enum status list_categories(struct call *call) {
    return category_list(&call->ctx, call->attempt.reply);
}

static const struct endpoint rows[] = {
    {
        .method = METHOD_GET,
        .path = "/products",
        .summary = "List products",
        .doc = "Newest first.",
        .lane = LANE_READER,
        .cache = &cache_catalogue,
        .query = &product_query,
        .reply = &product_read,
        .reply_is_list = true,
        .paged = true,
        .handle = list_products,
    },
    {
        .method = METHOD_POST,
        .path = "/products",
        .summary = "Create product",
        .doc = "It can be seen at once, and bought if there is stock.",
        .access = ACCESS_STAFF,
        .scope = SCOPE_PRODUCTS_WRITE,
        .lane = LANE_WRITER,
        .body = &product_create,
        .reply = &product_read,
        .http_status = 201,
        .handle = create_product,
    },
    {
        .method = METHOD_GET,
        .path = "/products/{product_id}",
        .summary = "Get product",
        .doc = "404 if it is not there or was taken out of the shop.",
        .lane = LANE_READER,
        .cache = &cache_catalogue,
        .path_model = &product_path,
        .query = &include_query,
        .reply = &product_read,
        .errors = ERRORS(STATUS_PRODUCT_NOT_FOUND),
        .handle = get_product,
    },
    {
        .method = METHOD_PATCH,
        .path = "/products/{product_id}",
        .summary = "Update product",
        .doc =
            "Changes what is named and leaves the rest. Works on a deleted product too: `is_active` "
            "brings it back. A `stock_quantity` without `expected_stock` or If-Match overwrites the sales since "
            "you have read it: to add or take away, use POST /products/{product_id}/stock.",
        .access = ACCESS_STAFF,
        .scope = SCOPE_PRODUCTS_WRITE,
        .if_match = true,
        .lane = LANE_WRITER,
        .path_model = &product_path,
        .body = &product_update,
        .reply = &product_read,
        .errors = ERRORS(STATUS_PRODUCT_NOT_FOUND, STATUS_STOCK_CHANGED, STATUS_PRODUCT_CHANGED),
        .error_lists = {{.name = "current", .model = &product_read}},
        .handle = update_product,
    },
    {
        .method = METHOD_POST,
        .path = "/products/{product_id}/stock",
        .summary = "Adjust stock",
        .doc =
            "Adds `delta` to the stock, and loses no sale in between. 409, with the product as it is under "
            "`current`, if less than nothing would be left. Send an Idempotency-Key, and a retry adds once.",
        .access = ACCESS_STAFF,
        .scope = SCOPE_PRODUCTS_WRITE,
        .idempotent = true,
        .lane = LANE_WRITER,
        .path_model = &product_path,
        .body = &stock_change,
        .reply = &product_read,
        .errors = ERRORS(STATUS_PRODUCT_NOT_FOUND, STATUS_STOCK_OUT_OF_RANGE),
        .error_lists = {{.name = "current", .model = &product_read}},
        .handle = adjust_stock,
    },
    {
        .method = METHOD_DELETE,
        .path = "/products/{product_id}",
        .summary = "Delete product",
        .doc = "A soft delete: it leaves the shop, and the orders that hold it keep it.",
        .access = ACCESS_STAFF,
        .scope = SCOPE_PRODUCTS_WRITE,
        .if_match = true,
        .lane = LANE_WRITER,
        .path_model = &product_path,
        .http_status = 204,
        .errors = ERRORS(STATUS_PRODUCT_NOT_FOUND, STATUS_PRODUCT_CHANGED),
        .handle = delete_product,
    },
    {
        .method = METHOD_GET,
        .path = "/categories",
        .summary = "List categories",
        .doc = "The storefront's menu: every category with a product in it, by name.",
        .lane = LANE_READER,
        .cache = &cache_catalogue,
        .reply = &category_read,
        .reply_is_list = true,
        .handle = list_categories,
    },
};

const struct endpoint_group product_endpoints = {
    .tag = "products",
    .doc = "What the shop sells",
    .rows = rows,
    .count = sizeof rows / sizeof *rows,
};
