/* What a shopper says beside the lines of an order, and what the order then costs.
 *
 *     checkout_begin    the settings, and the tax rates of the country that the order goes to
 *     checkout_add      each line, with what its product weighs and how it is taxed
 *     checkout_items    items and discount
 *     checkout_offer    what a shipping method costs, if it can be had
 *     checkout_finish   taxes and the total
 *
 * A quote and an order take these same steps, so they come to the same. */
#pragma once

#include "shop/checkout/checkout_settings.h"
#include "shop/checkout/shipping.h"
#include "shop/checkout/tax.h"

/* An absent text: the shopper has not given it. */
struct address {
    struct str name, company, line1, line2, city, region, postal_code;
    struct str country; /* ISO 3166-1 alpha-2, in capitals */
    struct str phone;
};

/* All of it may be absent. */
struct checkout_wish {
    struct str email;
    const struct address *shipping, *billing;
    struct maybe_uuid shipping_method;
    struct str note;
    struct maybe_int expected_total; /* that the shopper has seen: no more is charged */
};

struct checkout {
    struct checkout_settings settings;
    const struct country *country; /* NULL: not known */
    struct str region;
    struct list rates;               /* of struct tax_rate: the country's */
    const struct tax_rate **rate_of; /* of each line; NULL: no tax */
    struct total_line *lines;
    size_t count, lines_max;
    bool ships;     /* some line is sent */
    int64_t weight; /* of these, grams; money_max at most */
    struct totals totals;
    struct shipping_method method; /* that was chosen; its name is absent if there is none */
};

/* A line of a checkout. */
struct checkout_ware {
    int64_t quantity, price, weight_grams;
    bool ships;
    struct str tax_class;
};

/* Reads what the totals of at most `lines_max` lines depend on. `to` may be NULL. `out` is all zero. */
MUST_CHECK enum status checkout_begin(struct shop_ctx *ctx, const struct address *to, size_t lines_max,
                                      struct checkout *out);

/* Adds a line, of which there may be `lines_max`. */
void checkout_add(struct checkout *checkout, const struct checkout_ware *ware);

/* Adds the lines up. STATUS_TOTAL_TOO_LARGE. */
MUST_CHECK enum status checkout_items(struct checkout *checkout);

/* Returns what of checkout.requires is missing, as bits of REQUIRES_…. Shipping is not if nothing is sent. */
unsigned checkout_missing(const struct checkout *checkout, const struct checkout_wish *wish);

/* Returns whether the shop ships to where the order goes. */
bool checkout_is_served(const struct checkout *checkout);

/* Returns whether a method can be chosen, and its price. */
bool checkout_offer(const struct checkout *checkout, const struct shipping_method *method, int64_t *price);

/* Chooses a method, if something is sent. STATUS_NO_SHIPPING if it is not there or not offered. */
MUST_CHECK enum status checkout_choose(struct shop_ctx *ctx, struct checkout *checkout,
                                       const struct uuid *method);

/* Computes taxes and the total. STATUS_TOTAL_TOO_LARGE. */
MUST_CHECK enum status checkout_finish(struct checkout *checkout);
