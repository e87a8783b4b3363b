/* The ways in which a shop ships, as its owner lists them: where to, what they cost, and how long they take.
 *
 * A row has its countries (`AT,DE`, or `*`) and its tiers (`0:490,1000:690`, ascending: from, price) as texts, because a
 * method is always read as a whole. */
#pragma once

#include "shop/checkout/countries.h"
#include "shop/checkout/totals.h"
#include "shop/shop_ctx.h"

enum { shipping_methods_max = 50 };

struct shipping_method {
    struct uuid id;
    struct str name, description;
    int64_t position;     /* in the list that shoppers see; ascending */
    struct str countries; /* codes with commas between, or `*` */
    int basis;            /* an enum shipping_basis */
    struct list tiers;    /* of struct shipping_tier, ascending; 1 to shipping_tiers_max */
    struct maybe_int free_from, min_days, max_days;
    struct maybe_bool is_active; /* set where a method is read */
    int64_t created_at;
};

/* Lists the methods in the order in which shoppers see them; `only_active`: those that they see. */
MUST_CHECK enum status shipping_method_list(struct shop_ctx *ctx, bool only_active, struct list *out);

/* Reads a method. STATUS_SHIPPING_METHOD_NOT_FOUND. */
MUST_CHECK enum status shipping_method_get(struct shop_ctx *ctx, const struct uuid *id,
                                           struct shipping_method *out);

/* Adds a method, whose id and time it fills in. STATUS_SHIPPING_METHODS_FULL. */
MUST_CHECK enum status shipping_method_add(struct shop_ctx *ctx, struct shipping_method *method);

/* Puts a method in the place of the one with its id. STATUS_SHIPPING_METHOD_NOT_FOUND. */
MUST_CHECK enum status shipping_method_replace(struct shop_ctx *ctx, const struct shipping_method *method);

/* Deletes a method; orders keep its name. STATUS_SHIPPING_METHOD_NOT_FOUND. */
MUST_CHECK enum status shipping_method_delete(struct shop_ctx *ctx, const struct uuid *id);

/* Returns whether a method ships to a country. */
bool shipping_method_serves(const struct shipping_method *method, const struct country *country);

/* Writes tiers as their text; absent without memory. */
struct str shipping_tiers_format(struct arena *arena, const struct list *tiers);
