/* What an order has beside the seed's fields: a number for people, whom it goes to, and how its total comes about.
 *
 * Rows are written only for orders that have more than lines: order_contacts if the shopper gave an address or a word, and
 * order_totals with order_line_totals if shipping or tax is in the total. They are never changed: an address that is edited
 * later, or a rate, changes no order. */
#pragma once

#include "shop/checkout/checkout.h"
#include "shop/orders/fulfillments.h"

/* Bytes of order_contacts.name_key, which is cut off there. */
enum { order_name_key_max = 400 };

/* Writes the rows of an order that has just been inserted. */
MUST_CHECK enum status order_details_write(struct shop_ctx *ctx, const struct order *order,
                                           const struct checkout *checkout, const struct checkout_wish *wish);

/* A line of an order in full. */
struct order_line_details {
    int64_t line; /* from 0 */
    struct uuid product_id;
    struct str name, image_url; /* as it was called then, and its image now */
    int64_t quantity, price_at_purchase, discount, tax, tax_rate_e5;
    int64_t shipped_quantity, owed; /* what is sent, and what is to be sent */
    int64_t refunded_quantity;      /* what was taken back, sent or not */
    struct str tax_name;            /* absent: no tax */
};

struct order_details {
    struct uuid id;
    struct str number, currency;
    int status;        /* an enum order_status */
    struct list items; /* of struct order_line_details */
    int64_t items_total, discount_total, shipping_total, tax_total, total_amount, refunded_amount;
    struct maybe_bool tax_included;
    struct str email, note;             /* absent: not given */
    struct address *shipping, *billing; /* NULL: not given */
    struct str shipping_name;           /* of the method; absent: none was chosen */
    struct list fulfillments;           /* of struct fulfillment */
    struct list timeline;               /* of struct order_event */
    int64_t created_at;
    bool
        is_own; /* the reader is the session that placed it, or the staff: not one that has opened its link */
};

/* Reads an order in full that the session may read (ORDER_READABLE); with a `session` of NULL anybody's, for the staff. STATUS_ORDER_NOT_FOUND. */
MUST_CHECK enum status order_details_get(struct shop_ctx *ctx, const struct uuid *session,
                                         const struct uuid *id, struct order_details *out);
