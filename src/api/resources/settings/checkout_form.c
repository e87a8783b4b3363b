/* What a page has to know to ask for an address, for shoppers. */
#include "api/endpoint.h"
#include "shop/checkout/checkout_settings.h"

static const char *const need_names[] = {"none", "optional", "required", NULL}; /* by enum need */

struct country_view {
    struct str code;
    int postal_code, region; /* an enum need */
};
static const struct field country_fields[] = {
    TEXT_FIELD(struct country_view, code, .doc = "ISO 3166-1 alpha-2", .example = "\"GB\""),
    ENUM_FIELD(struct country_view, postal_code, .names = need_names,
               .doc = "`none`: there are no postal codes", .example = "\"required\""),
    ENUM_FIELD(struct country_view, region, .names = need_names,
               .doc = "A state or province; `none`: addresses there have no such line",
               .example = "\"none\""),
};
static const struct model country_read = MODEL("CountryRead", struct country_view, country_fields);

struct checkout_form {
    // clang-format off: version 19 takes `requires` for C++
    struct list requires; /* of int, numbers of requires_names */
    // clang-format on
    struct maybe_bool prices_include_tax;
    struct str currency;
    struct list countries; /* of struct country_view */
};
static const struct field form_fields[] = {
    LIST_FIELD(struct checkout_form, requires, .item = KIND_ENUM, .names = requires_names,
               .doc = "What an order must have beside its lines", .example = "[]"),
    MAYBE_BOOL_FIELD(struct checkout_form, prices_include_tax, .never_null = true,
                     .doc = "Whether tax is in the prices, or added to them", .example = "true"),
    TEXT_FIELD(struct checkout_form, currency, .example = "\"usd\""),
    LIST_FIELD(struct checkout_form, countries, .item = KIND_MODEL, .of = &country_read,
               .doc = "To which the shop ships, by their codes, and what an address needs there"),
};
static const struct model form_read = MODEL("CheckoutRead", struct checkout_form, form_fields);

static enum status checkout_form_list_required(struct call *call, unsigned required, struct list *out) {
    int *numbers =
        arena_array(call->ctx.arena, sizeof requires_names / sizeof *requires_names, sizeof *numbers);
    if (!numbers)
        return STATUS_NO_MEMORY;
    *out = (struct list){numbers, 0};
    for (int i = 0; requires_names[i]; i++)
        if (required & 1u << i)
            numbers[out->count++] = i;
    return STATUS_OK;
}

static enum status checkout_form_list_countries(struct call *call, const struct country_set *ship_to,
                                                struct list *out) {
    struct country_view *views = arena_array(call->ctx.arena, country_count, sizeof *views);
    if (!views)
        return STATUS_NO_MEMORY;
    *out = (struct list){views, 0};
    for (size_t i = 0; i < country_count; i++)
        if (country_set_has(ship_to, &countries[i]))
            views[out->count++] = (struct country_view){
                .code = str_from(countries[i].code),
                .postal_code = (int)countries[i].postal_code,
                .region = (int)countries[i].region,
            };
    return STATUS_OK;
}

static enum status get_checkout(struct call *call) {
    struct checkout_form *reply = call->attempt.reply;
    struct checkout_settings settings;
    TRY(checkout_settings_get(&call->ctx, &settings));
    reply->prices_include_tax = (struct maybe_bool){true, settings.includes_tax};
    reply->currency = str_from(call->ctx.settings->currency);
    TRY(checkout_form_list_required(call, settings.required, &reply->requires));
    return checkout_form_list_countries(call, &settings.ship_to, &reply->countries);
}

static const struct endpoint rows[] = {
    {
        .method = METHOD_GET,
        .path = "/checkout",
        .summary = "Get what a checkout asks for",
        .doc =
            "Which fields a page should show and mark as required: the same for every shopper. Browsers know the countries' "
            "names (`Intl.DisplayNames`).",
        .lane = LANE_READER,
        .cache = &cache_settings,
        .reply = &form_read,
        .handle = get_checkout,
    },
};

const struct endpoint_group checkout_form_endpoints = {
    .tag = "orders",
    .rows = rows,
    .count = sizeof rows / sizeof *rows,
};
