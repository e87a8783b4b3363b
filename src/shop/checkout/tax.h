/* Tax rates, as the owner lists them: one for a country, or a region of it, and a class of products. */
#pragma once

#include "shop/checkout/totals.h"
#include "shop/shop_ctx.h"

enum { tax_rates_max = 1000 };

/* The class of what shipping costs. */
#define TAX_CLASS_SHIPPING STR("shipping")

struct tax_rate {
    struct uuid id;
    struct str country; /* ISO 3166-1 alpha-2, in capitals */
    struct str region;  /* as shoppers write it, `CA`; empty: all regions */
    struct str class;   /* of products.tax_class, or `shipping` */
    struct str name;    /* on receipts: `VAT 20%` */
    int64_t rate_e5;    /* of tax_rate_unit */
    int64_t created_at;
};

/* Lists all rates, by country, region and class; only those of a country unless `country` is absent. */
MUST_CHECK enum status tax_rate_list(struct shop_ctx *ctx, struct str country, struct list *out);

/* Reads a rate. STATUS_TAX_RATE_NOT_FOUND. */
MUST_CHECK enum status tax_rate_get(struct shop_ctx *ctx, const struct uuid *id, struct tax_rate *out);

/* Adds a rate, whose id and time it fills in. STATUS_TAX_RATE_EXISTS if the country, region and class have one;
 * STATUS_TAX_RATES_FULL. */
MUST_CHECK enum status tax_rate_add(struct shop_ctx *ctx, struct tax_rate *rate);

/* Puts a rate in the place of the one with its id. STATUS_TAX_RATE_NOT_FOUND, STATUS_TAX_RATE_EXISTS. */
MUST_CHECK enum status tax_rate_replace(struct shop_ctx *ctx, const struct tax_rate *rate);

/* Deletes a rate; orders keep what they were charged. STATUS_TAX_RATE_NOT_FOUND. */
MUST_CHECK enum status tax_rate_delete(struct shop_ctx *ctx, const struct uuid *id);

/* Finds the rate of a class among a country's: that of the region, or else that of all regions. NULL: no tax. `region` may
 * be absent; the case of its letters does not count. */
const struct tax_rate *tax_rate_find(const struct list *rates, struct str region, struct str class);
