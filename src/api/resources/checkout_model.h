/* What POST /orders and POST /checkout/quote take and show. */
#pragma once

#include "api/call.h"
#include "shop/orders/quote.h"

#define EXAMPLE_METHOD_ID "\"0198c0de-b7c4-7d1e-9a55-2f6f1c3a9e21\""

/* Of an input that should be a country. */
#define COUNTRY_UNKNOWN "Value error, no country's code (ISO 3166-1 alpha-2, in capitals)"

/* What a shopper, or the staff for one, says beside the lines of an order. */
#define CHECKOUT_FIELDS(address_model)                                                                       \
    EMAIL_FIELD(struct order_create, email, .optional = true, .may_be_null = true),                          \
        MAYBE_MODEL_FIELD(struct order_create, shipping_address, struct address, .may_be_null = true,        \
                          .of = &(address_model)),                                                           \
        MAYBE_MODEL_FIELD(struct order_create, billing_address, struct address, .may_be_null = true,         \
                          .of = &(address_model), .doc = "Where it is another one"),                         \
        MAYBE_UUID_FIELD(struct order_create, shipping_method_id, .may_be_null = true,                       \
                         .doc = "One of the quote's `shipping_options`"),                                    \
        TEXT_FIELD(struct order_create, note, AT_MOST(500), .optional = true, .may_be_null = true,           \
                   .doc = "For the shop"),                                                                   \
        MAYBE_INT_FIELD(struct order_create, expected_total, BETWEEN(0, money_max), .may_be_null = true,     \
                        .doc = "The total that the shopper has seen: 409 if it would be more now")

/* The body of both. What is absent was left out. */
struct order_create {
    struct list cart_item_ids; /* of struct uuid */
    struct str email;
    struct address *shipping_address, *billing_address;
    struct maybe_uuid shipping_method_id;
    struct str note;
    struct maybe_int expected_total;
};

extern const struct model address_create, order_create, shortage_read, quote_read, order_details_read;

struct checkout_wish order_create_wish(const struct order_create *body);

/* Refuses an address that nothing can be sent to. */
enum status order_create_check(struct call *call);

/* Answers 422 for what checkout.requires asks and the body lacks: bits of REQUIRES_…. Returns STATUS_INVALID. */
MUST_CHECK enum status order_create_refuse(struct call *call, unsigned missing);

/* Fills in a struct of order_details_read: an order of the call's session, or for the staff any. STATUS_ORDER_NOT_FOUND. */
struct details_view;
MUST_CHECK enum status order_details_show(struct call *call, const struct uuid *id, struct details_view *out);

/* Puts what an order costs now beside the error that it has changed. */
MUST_CHECK enum status order_create_show_totals(struct call *call, const struct checkout *checkout);
