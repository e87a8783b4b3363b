/* The staff's list of orders, and its search. */
#pragma once

#include "shop/orders/order.h"
#include "shop/orders/order_number.h"

/* Which time of an order a filter's times are. */
enum order_time {
    ORDER_TIME_PLACED,
    ORDER_TIME_PAID,           /* of orders that were paid, also if the money went back later */
    ORDER_TIME_PAYMENT_FAILED, /* of orders with a payment that has failed, also if another one succeeded */
};

/* What a page must match. */
struct order_filter {
    int status;             /* an enum order_status; -1: any */
    struct str q;           /* an id, number, or start of an email address or name; empty: all */
    bool has_mail;          /* the caller may see email addresses, and so search by them */
    int by;                 /* an enum order_time; not ORDER_TIME_PLACED: without q */
    int64_t from_us, to_us; /* from the one time to before the other; 0 and INT64_MAX: at any time */
    int64_t before, limit;  /* before: a cursor, or INT64_MAX */
};

struct order_row {
    struct uuid id;
    struct str number;
    int status; /* an enum order_status */
    int64_t total_amount, refunded_amount;
    struct str currency;
    int64_t item_count;                  /* units */
    struct maybe_bool is_partly_shipped; /* something is sent, and something is to be sent; always set */
    struct str name, email, country;     /* of where it goes; absent: not given, or not for the caller */
    int64_t created_at;
    int64_t seq;
    char number_room[order_number_size]; /* `number` points here */
};

/* Reads a page, newest first (by ORDER_TIME_PAID: the last paid first): a list of struct order_row. `next` gets the cursor of the next page, 0
 * at the end. */
MUST_CHECK enum status order_search(struct shop_ctx *ctx, const struct order_filter *filter, struct list *out,
                                    int64_t *next);
