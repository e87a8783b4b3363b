#include "files/demo_shop.h"

#include "shop/checkout/shipping.h"
#include "shop/checkout/tax.h"

enum { standard_price = 490, standard_free_from = 15000, express_price = 1290 }; /* minor units */

#define DAYS(n) {true, n}

static enum status demo_ship_to_all(struct shop_ctx *ctx, struct shipping_method method, int64_t price) {
    struct shipping_tier tier = {0, price};
    method.countries = STR("*");
    method.basis = SHIPPING_FLAT;
    method.tiers = (struct list){&tier, 1};
    method.is_active = (struct maybe_bool){true, true};
    return shipping_method_add(ctx, &method);
}

static enum status demo_add_methods(struct shop_ctx *ctx) {
    const struct shipping_method standard = {
        .name = STR("Standard"),
        .description = STR("To your door or the nearest parcel shop"),
        .position = 1,
        .free_from = {true, standard_free_from},
        .min_days = DAYS(3),
        .max_days = DAYS(5),
    };
    const struct shipping_method express = {
        .name = STR("Express"),
        .description = STR("With a tracking number"),
        .position = 2,
        .min_days = DAYS(1),
        .max_days = DAYS(2),
    };
    TRY(demo_ship_to_all(ctx, standard, standard_price));
    return demo_ship_to_all(ctx, express, express_price);
}

static enum status demo_add_rate(struct shop_ctx *ctx, const char *country, const char *name,
                                 int64_t rate_e5) {
    const struct str classes[] = {STR("standard"), TAX_CLASS_SHIPPING};
    for (size_t i = 0; i < sizeof classes / sizeof *classes; i++) {
        struct tax_rate rate = {
            .country = str_from(country),
            .region = STR(""),
            .class = classes[i],
            .name = str_from(name),
            .rate_e5 = rate_e5,
        };
        TRY(tax_rate_add(ctx, &rate));
    }
    return STATUS_OK;
}

enum status demo_shop_add(struct shop_ctx *ctx, size_t *count, char error[static catalogue_error_size]) {
    struct list methods;
    TRY(catalogue_read_json(ctx, asset_demo_catalogue, count, error));
    TRY(shipping_method_list(ctx, false, &methods));
    if (methods.count > 0)
        return STATUS_OK;
    TRY(demo_add_methods(ctx));
    TRY(demo_add_rate(ctx, "DE", "VAT 19%", 19000));
    return demo_add_rate(ctx, "GB", "VAT 20%", 20000);
}
