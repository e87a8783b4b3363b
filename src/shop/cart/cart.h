/* Anonymous carts: at most one line for each product and session.
 *
 * Reading a cart creates nothing. Every statement names the session, so a line of another session does not
 * exist for this one (STATUS_CART_ITEM_NOT_FOUND). */
#pragma once

#include "shop/catalogue/catalogue.h"

/* A cart's last use is written at most this often (10 minutes), which saves most adds one write. */
#define cart_note_us (INT64_C(600) * 1000000)

/* That a cart was only looked at is written at most this often (a day), so that most looks only read. */
#define cart_touch_us (INT64_C(24) * 3600 * 1000000)

struct cart_item {
    struct uuid id;
    struct product product; /* as it is now; its stock is 0 if it is no longer sold */
    int64_t quantity;
};

struct cart_add {
    struct uuid product_id;
    int64_t quantity; /* 1 or more */
};

/* Reads the session's lines, oldest first: a list of struct cart_item, whose products have what product_get() reads
 * with `include`. If the cart's last use was written more than cart_touch_us ago, the session is put into
 * ctx->cart_touches. */
MUST_CHECK enum status cart_list(struct shop_ctx *ctx, const struct uuid *session, unsigned include,
                                 struct list *out);

/* Adds a quantity of a product to its line, or makes the line. Takes no stock. STATUS_PRODUCT_NOT_FOUND,
 * STATUS_CART_FULL, or STATUS_INSUFFICIENT_STOCK if the line would exceed what can be bought. */
MUST_CHECK enum status cart_add(struct shop_ctx *ctx, const struct uuid *session, const struct cart_add *add,
                                struct cart_item *out);

/* Sets a line's quantity (1 or more). STATUS_CART_ITEM_NOT_FOUND, STATUS_INSUFFICIENT_STOCK as above. */
MUST_CHECK enum status cart_set(struct shop_ctx *ctx, const struct uuid *session, const struct uuid *item,
                                int64_t quantity, struct cart_item *out);

/* Removes a line. STATUS_CART_ITEM_NOT_FOUND. */
MUST_CHECK enum status cart_remove(struct shop_ctx *ctx, const struct uuid *session, const struct uuid *item);

/* Writes the last use of the carts in ctx->cart_touches, and empties that. */
MUST_CHECK enum status cart_store_touches(struct shop_ctx *ctx);

/* Removes up to `limit` carts whose written last use is before `since_us`; `removed` gets how many. */
MUST_CHECK enum status cart_sweep(struct shop_ctx *ctx, int64_t since_us, int64_t limit, int64_t *removed);
