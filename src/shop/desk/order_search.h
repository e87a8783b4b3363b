/* The staff's list of orders, and its search. */
#pragma once

#include "shop/orders/order.h"
#include "shop/orders/order_number.h"

/* What a page must match. */
struct order_filter {
    int status;    /* an enum order_status; -1: any */
    struct str q;  /* the id or the number of an order, or how a mail address or a name begins; empty: all */
    bool has_mail; /* the caller may see mail addresses, and so search by them */
    int64_t from_us, to_us; /* placed from the one time to before the other; 0 and INT64_MAX: at any time */
    int64_t before, limit;  /* before: a cursor, or INT64_MAX */
};

struct order_row {
    struct uuid id;
    struct str number;
    int status; /* an enum order_status */
    int64_t total_amount;
    struct str currency;
    int64_t item_count;              /* units */
    struct str name, email, country; /* of where it goes; absent: not given, or not for the caller */
    int64_t created_at;
    int64_t seq;
    char number_room[order_number_size]; /* `number` points here */
};

/* Reads a page, newest first: a list of struct order_row. `next` gets the cursor of the next page, 0
 * at the end. */
MUST_CHECK enum status order_search(struct shop_ctx *ctx, const struct order_filter *filter, struct list *out,
                                    int64_t *next);
