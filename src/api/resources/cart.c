/* The cart's endpoints. A shopper has a session, which the first add makes; without one the cart is an empty
 * list and has no items to change. */
#include "shop/cart/cart.h"
#include "api/endpoint.h"
#include "api/resources/product_model.h"

#define EXAMPLE_ITEM_ID "\"0198c0de-7a11-7c0f-9b1e-3f2a6d5c4b3a\""

static const struct field read_fields[] = {
    UUID_FIELD(struct cart_item, id, .example = EXAMPLE_ITEM_ID),
    MODEL_FIELD(struct cart_item, product, struct product, .of = &product_read, .doc = "As it is now"),
    INT_FIELD(struct cart_item, quantity, .example = "2"),
};
static const struct model cart_item_read = MODEL("CartItemRead", struct cart_item, read_fields);

static const struct field create_fields[] = {
    UUID_FIELD(struct cart_add, product_id, .example = EXAMPLE_PRODUCT_ID),
    INT_FIELD(struct cart_add, quantity, BETWEEN(1, cart_quantity_max),
              .doc = "Added to what the line has already", .example = "2"),
};
static const struct model cart_item_create = MODEL("CartItemCreate", struct cart_add, create_fields);

struct quantity {
    int64_t quantity;
};
static const struct field update_fields[] = {
    INT_FIELD(struct quantity, quantity, BETWEEN(1, cart_quantity_max), .example = "3"),
};
static const struct model cart_item_update = MODEL("CartItemUpdate", struct quantity, update_fields);

struct item_path {
    struct uuid item_id;
};
static const struct field path_fields[] = {UUID_FIELD(struct item_path, item_id, .example = EXAMPLE_ITEM_ID)};
static const struct model item_path = MODEL("CartItemPath", struct item_path, path_fields);

static enum status get_cart(struct call *call) {
    return call->session.is_set ? cart_list(&call->ctx, &call->session.key, call->asked, call->attempt.reply)
                                : STATUS_OK;
}

static enum status add_item(struct call *call) {
    return cart_add(&call->ctx, &call->session.key, call->body, call->attempt.reply);
}

static enum status set_item(struct call *call) {
    const struct item_path *path = call->path;
    const struct quantity *body = call->body;
    return cart_set(&call->ctx, &call->session.key, &path->item_id, body->quantity, call->attempt.reply);
}

static enum status remove_item(struct call *call) {
    const struct item_path *path = call->path;
    return cart_remove(&call->ctx, &call->session.key, &path->item_id);
}

static const struct endpoint rows[] = {
    {
        .method = METHOD_GET,
        .path = "/cart",
        .summary = "Get cart",
        .doc = "The session's lines, oldest first; without a session, an empty list.",
        .access = ACCESS_SESSION,
        .lane = LANE_READER,
        .query = &include_query,
        .reply = &cart_item_read,
        .reply_is_list = true,
        .handle = get_cart,
    },
    {
        .method = METHOD_POST,
        .path = "/cart",
        .summary = "Add to cart",
        .doc =
            "The same product again adds to its line. Without a session one is made: its token comes back as a cookie "
            "and as X-Session-Id. Send an Idempotency-Key with a session, and a retry adds nothing more.",
        .access = ACCESS_SESSION,
        .makes_session = true,
        .idempotent = true,
        .lane = LANE_WRITER,
        .body = &cart_item_create,
        .reply = &cart_item_read,
        .http_status = 201,
        .errors = ERRORS(STATUS_PRODUCT_NOT_FOUND, STATUS_INSUFFICIENT_STOCK, STATUS_CART_FULL),
        .handle = add_item,
    },
    {
        .method = METHOD_PUT,
        .path = "/cart/{item_id}",
        .summary = "Change cart item",
        .doc = "Sets the quantity of a line.",
        .access = ACCESS_SESSION,
        .idempotent = true,
        .lane = LANE_WRITER,
        .path_model = &item_path,
        .body = &cart_item_update,
        .reply = &cart_item_read,
        .errors = ERRORS(STATUS_CART_ITEM_NOT_FOUND, STATUS_INSUFFICIENT_STOCK),
        .handle = set_item,
    },
    {
        .method = METHOD_DELETE,
        .path = "/cart/{item_id}",
        .summary = "Remove cart item",
        .doc = "The line leaves the cart; the rest stays.",
        .access = ACCESS_SESSION,
        .idempotent = true,
        .lane = LANE_WRITER,
        .path_model = &item_path,
        .http_status = 204,
        .errors = ERRORS(STATUS_CART_ITEM_NOT_FOUND),
        .handle = remove_item,
    },
};

const struct endpoint_group cart_endpoints = {
    .tag = "cart",
    .doc = "What an anonymous shopper means to buy",
    .rows = rows,
    .count = sizeof rows / sizeof *rows,
};
