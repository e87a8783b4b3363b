#include "shop/checkout/checkout.h"

#include <assert.h>

enum status checkout_begin(struct shop_ctx *ctx, const struct address *to, size_t lines_max,
                           struct checkout *out) {
    out->lines_max = lines_max;
    out->lines = arena_array(ctx->arena, lines_max, sizeof *out->lines);
    out->rate_of = arena_array(ctx->arena, lines_max, sizeof *out->rate_of);
    if (!out->lines || !out->rate_of)
        return STATUS_NO_MEMORY;
    TRY(checkout_settings_get(ctx, &out->settings));
    out->totals.includes_tax = out->settings.includes_tax;
    if (!to)
        return STATUS_OK;
    out->country = country_find(to->country);
    out->region = to->region;
    return tax_rate_list(ctx, to->country, &out->rates);
}

void checkout_add(struct checkout *checkout, const struct checkout_ware *ware) {
    size_t i = checkout->count++;
    const struct tax_rate *rate = tax_rate_find(&checkout->rates, checkout->region, ware->tax_class);
    __int128 weight = (__int128)ware->quantity * ware->weight_grams + checkout->weight;
    assert(i < checkout->lines_max);
    checkout->rate_of[i] = rate;
    checkout->lines[i] = (struct total_line){
        .quantity = ware->quantity, .price = ware->price, .tax_rate = rate ? rate->rate_e5 : 0};
    if (!ware->ships)
        return;
    checkout->ships = true;
    checkout->weight = weight > money_max ? money_max : (int64_t)weight;
}

enum status checkout_items(struct checkout *checkout) {
    return totals_items(&checkout->totals, checkout->lines, checkout->count, 0);
}

unsigned checkout_missing(const struct checkout *checkout, const struct checkout_wish *wish) {
    unsigned given = (wish->email.data ? REQUIRES_EMAIL : 0u) | (wish->shipping ? REQUIRES_ADDRESS : 0u) |
                     (wish->shipping_method.is_set || !checkout->ships ? REQUIRES_SHIPPING : 0u);
    return checkout->settings.required & ~given;
}

bool checkout_is_served(const struct checkout *checkout) {
    return !checkout->ships || !checkout->country ||
           country_set_has(&checkout->settings.ship_to, checkout->country);
}

/* Without a country a method can be chosen that ships everywhere. */
bool checkout_offer(const struct checkout *checkout, const struct shipping_method *method, int64_t *price) {
    const struct totals *totals = &checkout->totals;
    bool served = checkout->country ? shipping_method_serves(method, checkout->country)
                                    : str_equal(method->countries, STR("*"));
    return served && checkout_is_served(checkout) && method->is_active.value &&
           shipping_price((enum shipping_basis)method->basis, method->tiers.data, method->tiers.count,
                          method->free_from, checkout->weight, totals->items - totals->discount, price);
}

enum status checkout_choose(struct shop_ctx *ctx, struct checkout *checkout, const struct uuid *method) {
    const struct tax_rate *rate = tax_rate_find(&checkout->rates, checkout->region, TAX_CLASS_SHIPPING);
    struct shipping_method found;
    if (!checkout->ships)
        return STATUS_OK;
    enum status s = shipping_method_get(ctx, method, &found);
    if (s == STATUS_SHIPPING_METHOD_NOT_FOUND)
        return STATUS_NO_SHIPPING;
    TRY(s);
    if (!checkout_offer(checkout, &found, &checkout->totals.shipping))
        return STATUS_NO_SHIPPING;
    checkout->totals.shipping_tax_rate = rate ? rate->rate_e5 : 0;
    checkout->method = found;
    return STATUS_OK;
}

enum status checkout_finish(struct checkout *checkout) {
    return totals_finish(&checkout->totals, checkout->lines, checkout->count);
}
