/* Anonymous carts: at most one line per product and session. Reading never makes anything; every statement
 * names the session, so another's line is not there (STATUS_CART_ITEM_NOT_FOUND). */
#pragma once

#include "shop/catalogue.h"

enum { cart_lines_max = 100 };

/* A cart's last use is noted at most this often (10 minutes): one write less for most adds. */
#define cart_note_us (INT64_C(600) * 1000000)

/* That it was looked at, at most this often (a day): most looks read and nothing else. */
#define cart_seen_us (INT64_C(24) * 3600 * 1000000)

struct cart_item {
    struct uuid id;
    struct product product; /* as it is now; with a stock of 0 where it is no longer sold */
    int64_t quantity;
};

struct cart_add {
    struct uuid product_id;
    int64_t quantity; /* 1 or more */
};

/* The session's lines, oldest first. Where there are some, and no use of the cart was noted for a day, that
 * it was looked at goes into tx->carts_seen. */
MUST_CHECK enum status cart_list(struct tx *tx, const struct uuid *session, struct list *out);

/* Adds a product, to the line that it has already where there is one. STATUS_PRODUCT_NOT_FOUND,
 * STATUS_CART_FULL, or STATUS_INSUFFICIENT_STOCK where the line would ask for more than there is. Takes no
 * stock. */
MUST_CHECK enum status cart_add(struct tx *tx, const struct uuid *session, const struct cart_add *add,
                                struct cart_item *out);

/* Sets a line's quantity (1 or more). STATUS_INSUFFICIENT_STOCK as above. */
MUST_CHECK enum status cart_set(struct tx *tx, const struct uuid *session, const struct uuid *item,
                                int64_t quantity, struct cart_item *out);

MUST_CHECK enum status cart_remove(struct tx *tx, const struct uuid *session, const struct uuid *item);

/* Notes that the carts which tx->carts_seen has are in use. */
MUST_CHECK enum status cart_note_seen(struct tx *tx);

/* Removes up to `limit` carts whose last use was noted before `since_us`; `removed` gets how many. */
MUST_CHECK enum status cart_sweep(struct tx *tx, int64_t since_us, int64_t limit, int64_t *removed);
