/* What an order costs, in whole minor units. Pure arithmetic: no database, no clock.
 *
 *     items      Σ quantity · price                          totals_items
 *     discount   spread over the lines, so that its parts add up to it
 *     shipping   by weight, or by items − discount           shipping_price
 *     tax        of each line on (line − its discount), and of shipping, rounded each: totals_finish
 *     total      items − discount + shipping, and + tax unless prices include it
 *
 * Tax is Σ of rounded lines, so what a receipt prints adds up. Each product is computed in 128 bits; an amount above
 * money_max is STATUS_TOTAL_TOO_LARGE. No amount is ever negative. */
#pragma once

#include "base/status.h"
#include "base/str.h"
#include "shop/limits.h"

enum {
    tax_rate_unit = 100000,  /* a rate of 100 %: 20 % is 20000, 9.375 % is 9375 */
    tax_rate_max = 1000000,  /* ten times the price */
    shipping_tiers_max = 50, /* of one method */
};

struct total_line {
    int64_t quantity, price; /* given: 1 to money_max, 0 to money_max */
    int64_t tax_rate;        /* given before totals_finish: 0 to tax_rate_max */
    int64_t amount;          /* quantity · price */
    int64_t discount, tax;   /* its parts of these */
};

struct totals {
    bool includes_tax;         /* given: whether tax is in the prices, and in shipping's too */
    int64_t shipping_tax_rate; /* given before totals_finish, and so is `shipping` */
    int64_t items, discount, shipping;
    int64_t shipping_tax;
    int64_t tax; /* of the lines and of shipping */
    int64_t total;
};

/* Fills in the lines' amounts and discounts, and `items` and `discount`: the wanted discount, or all of the items if they
 * are less. A line's part is proportional to its amount, rounded down; what is left goes to the lines that lost most, one
 * unit each, and among equals to the first. */
MUST_CHECK enum status totals_items(struct totals *totals, struct total_line *lines, size_t count,
                                    int64_t discount);

/* Fills in the taxes and the total. A tax is rounded to the nearest unit, and half a unit up. */
MUST_CHECK enum status totals_finish(struct totals *totals, struct total_line *lines, size_t count);

/* What a shipping method's price goes by. */
enum shipping_basis { SHIPPING_FLAT, SHIPPING_WEIGHT, SHIPPING_SUBTOTAL };

/* `flat`, by enum shipping_basis; NULL ends them. */
extern const char *const shipping_basis_names[];

/* A price from some weight (grams) or subtotal on. */
struct shipping_tier {
    int64_t from, price;
};

/* Returns in `price` what a method costs: that of the last tier whose `from` is not above the value, which is 0 for a flat
 * price, the weight, or the subtotal (items − discount); and nothing from a subtotal of `free_from` on. False if no tier
 * reaches down to the value: then the method is not offered. `tiers` ascend. */
bool shipping_price(enum shipping_basis basis, const struct shipping_tier *tiers, size_t count,
                    struct maybe_int free_from, int64_t weight, int64_t subtotal, int64_t *price);
