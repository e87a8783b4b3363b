/* Shipping methods: the owner's list, and what shoppers see of it. */
#include "shop/checkout/shipping.h"
#include "api/endpoint.h"
#include "api/resources/audit_note.h"
#include "api/resources/checkout_model.h"
#include "api/resources/settings/countries_text.h"
#include "model/errors.h"
#include "shop/checkout/checkout_settings.h"

enum { delivery_days_max = 365 };

static const struct field tier_fields[] = {
    INT_FIELD(struct shipping_tier, from, BETWEEN(0, money_max), DEFAULT(0),
              .doc = "Grams, or a subtotal in minor units: from there on this price counts", .example = "0"),
    INT_FIELD(struct shipping_tier, price, BETWEEN(0, money_max), .doc = "In minor units", .example = "490"),
};
static const struct model tier_model = MODEL("ShippingTier", struct shipping_tier, tier_fields);

/* A shipping method with its countries as a list. */
struct method_view {
    struct uuid id;
    struct str name, description;
    int64_t position;
    struct list countries; /* of struct str; empty: all */
    int basis;
    struct list tiers;
    struct maybe_int free_from, min_days, max_days;
    struct maybe_bool is_active;
    int64_t created_at;
};

#define METHOD_SHOWN_FIELDS                                                                                     \
    TEXT_FIELD(struct method_view, name, LENGTH(1, 100), .doc = "Shown to shoppers and on receipts",            \
               .example = "\"Standard\""),                                                                      \
        TEXT_FIELD(struct method_view, description, AT_MOST(500), .optional = true, .never_null = true,         \
                   .example = "\"With a tracking number\""),                                                    \
        ENUM_FIELD(struct method_view, basis, DEFAULT(SHIPPING_FLAT), .names = shipping_basis_names,            \
                   .doc = "What the price goes by", .example = "\"flat\""),                                     \
        LIST_FIELD(                                                                                             \
            struct method_view, tiers, LENGTH(1, shipping_tiers_max), .item = KIND_MODEL, .of = &tier_model,    \
            .doc =                                                                                              \
                "In ascending order: the last one counts whose `from` is reached; none: not offered. A `flat` " \
                "price is one tier from 0",                                                                     \
            .example = "[{\"from\": 0, \"price\": 490}]"),                                                      \
        MAYBE_INT_FIELD(struct method_view, free_from, BETWEEN(0, money_max), .may_be_null = true,              \
                        .doc = "The subtotal from which on it costs nothing", .example = "5000"),               \
        MAYBE_INT_FIELD(struct method_view, min_days, BETWEEN(0, delivery_days_max), .may_be_null = true,       \
                        .example = "2"),                                                                        \
        MAYBE_INT_FIELD(struct method_view, max_days, BETWEEN(0, delivery_days_max), .may_be_null = true,       \
                        .example = "4")

#define METHOD_OWN_FIELDS                                                                                    \
    INT_FIELD(struct method_view, position, BETWEEN(0, money_max), DEFAULT(0),                               \
              .doc = "In the list that shoppers see, ascending", .example = "1"),                            \
        LIST_FIELD(struct method_view, countries, AT_MOST(country_count), .optional = true,                  \
                   .never_null = true, .item = KIND_TEXT, ITEM_LENGTH(2, 2),                                 \
                   .doc = "Where to (ISO 3166-1 alpha-2, in capitals); none: to all that the shop ships to", \
                   .example = "[\"GB\"]"),                                                                   \
        MAYBE_BOOL_FIELD(struct method_view, is_active, .never_null = true,                                  \
                         .doc = "Whether shoppers can choose it; true unless you say so", .example = "true")

static const struct field input_fields[] = {METHOD_SHOWN_FIELDS, METHOD_OWN_FIELDS};
static const struct model method_input = MODEL("ShippingMethodCreate", struct method_view, input_fields);
static const struct field admin_fields[] = {
    UUID_FIELD(struct method_view, id, .example = EXAMPLE_METHOD_ID),
    METHOD_SHOWN_FIELDS,
    METHOD_OWN_FIELDS,
    TIME_FIELD(struct method_view, created_at),
};
static const struct model method_admin = MODEL("ShippingMethodAdmin", struct method_view, admin_fields);
static const struct field shown_fields[] = {
    UUID_FIELD(struct method_view, id, .example = EXAMPLE_METHOD_ID),
    METHOD_SHOWN_FIELDS,
};
static const struct model method_read = MODEL("ShippingMethodRead", struct method_view, shown_fields);

struct method_path {
    struct uuid shipping_method_id;
};
static const struct field path_fields[] = {
    UUID_FIELD(struct method_path, shipping_method_id, .example = EXAMPLE_METHOD_ID)};
static const struct model method_path = MODEL("ShippingMethodPath", struct method_path, path_fields);

struct methods_query {
    struct str country;
};
static const struct field query_fields[] = {
    TEXT_FIELD(struct methods_query, country, LENGTH(2, 2), .optional = true, .may_be_empty = true,
               .doc = "Only those that ship there (ISO 3166-1 alpha-2, in capitals)", .example = "\"GB\""),
};
static const struct model methods_query = MODEL("ShippingMethodQuery", struct methods_query, query_fields);

/* ---- Between the API's lists and the shop's texts. */

static enum status method_show(struct call *call, const struct shipping_method *method,
                               struct method_view *out) {
    *out = (struct method_view){
        .id = method->id,
        .name = method->name,
        .description = method->description,
        .position = method->position,
        .basis = method->basis,
        .tiers = method->tiers,
        .free_from = method->free_from,
        .min_days = method->min_days,
        .max_days = method->max_days,
        .is_active = method->is_active,
        .created_at = method->created_at,
    };
    return countries_text_split(call->ctx.arena, method->countries, &out->countries);
}

static enum status method_take(struct call *call, struct shipping_method *out) {
    const struct method_view *body = call->body;
    *out = (struct shipping_method){
        .name = body->name,
        .description = body->description.data ? body->description : STR(""),
        .position = body->position,
        .countries = countries_text_join(call->ctx.arena, &body->countries),
        .basis = body->basis,
        .tiers = body->tiers,
        .free_from = body->free_from,
        .min_days = body->min_days,
        .max_days = body->max_days,
        .is_active = {true, !body->is_active.is_set || body->is_active.value},
    };
    return out->countries.data ? STATUS_OK : STATUS_NO_MEMORY;
}

/* Refuses what the model's table cannot say. */
static enum status method_check(struct call *call) {
    const struct method_view *body = call->body;
    const struct shipping_tier *tiers = body->tiers.data;
    struct loc root = {.name = STR("body")}, list = {.parent = &root, .name = STR("tiers")},
               days = {.parent = &root, .name = STR("max_days")};
    countries_check(call, &body->countries, "countries");
    for (size_t i = 1; i < body->tiers.count; i++) {
        struct loc at = {.parent = &list, .index = i};
        if (tiers[i].from <= tiers[i - 1].from)
            error_put(&call->errors, "value_error", &at, NULL, NULL,
                      "Value error, `from` must be above that of the tier before");
    }
    if (body->min_days.is_set && body->max_days.is_set && body->min_days.value > body->max_days.value)
        error_put(&call->errors, "value_error", &days, NULL, NULL, "Value error, must not be below min_days");
    return call->errors.count > 0 ? STATUS_INVALID : STATUS_OK;
}

/* Notes what a method was (NULL: it is new) and is (NULL: it is deleted). */
static enum status method_note(struct call *call, const struct shipping_method *before,
                               const struct shipping_method *after, const struct uuid *id) {
    static const struct shipping_method absent = {.basis = -1};
    const struct shipping_method *b = before ? before : &absent, *a = after ? after : &absent;
    struct audit_note note = audit_note_new(call);
    struct arena *arena = call->ctx.arena;
    const struct str none = {0};
    audit_note_text(&note, "name", b->name, a->name);
    audit_note_text(&note, "description", b->description, a->description);
    audit_note_int(&note, "position", before ? &b->position : NULL, after ? &a->position : NULL);
    audit_note_text(&note, "countries", b->countries, a->countries);
    audit_note_text(&note, "basis", before ? str_from(shipping_basis_names[b->basis]) : none,
                    after ? str_from(shipping_basis_names[a->basis]) : none);
    audit_note_text(&note, "tiers", before ? shipping_tiers_format(arena, &b->tiers) : none,
                    after ? shipping_tiers_format(arena, &a->tiers) : none);
    audit_note_maybe_int(&note, "free_from", b->free_from, a->free_from);
    audit_note_maybe_int(&note, "min_days", b->min_days, a->min_days);
    audit_note_maybe_int(&note, "max_days", b->max_days, a->max_days);
    audit_note_bool(&note, "is_active", b->is_active, a->is_active);
    return audit_note_write(&note, id);
}

/* ---- Handlers. */

static enum status methods_show(struct call *call, bool only_active, const struct country *country) {
    struct list methods, *reply = call->attempt.reply;
    TRY(shipping_method_list(&call->ctx, only_active, &methods));
    const struct shipping_method *method = methods.data;
    struct method_view *views = arena_array(call->ctx.arena, methods.count, sizeof *views);
    size_t count = 0;
    if (!views)
        return STATUS_NO_MEMORY;
    for (size_t i = 0; i < methods.count; i++)
        if (!country || shipping_method_serves(&method[i], country))
            TRY(method_show(call, &method[i], &views[count++]));
    *reply = (struct list){views, count};
    return STATUS_OK;
}

static enum status methods_check_country(struct call *call) {
    const struct methods_query *query = call->query;
    struct loc root = {.name = STR("query")}, at = {.parent = &root, .name = STR("country")};
    return !query->country.data || country_check(call, query->country, &at) ? STATUS_OK : STATUS_INVALID;
}

static enum status list_shipping_methods(struct call *call) {
    const struct methods_query *query = call->query;
    const struct country *country = query->country.data ? country_find(query->country) : NULL;
    struct checkout_settings settings;
    TRY(checkout_settings_get(&call->ctx, &settings));
    if (country && !country_set_has(&settings.ship_to, country))
        return STATUS_OK;
    return methods_show(call, true, country);
}

static enum status list_all_shipping_methods(struct call *call) {
    return methods_show(call, false, NULL);
}

static enum status create_shipping_method(struct call *call) {
    struct shipping_method method;
    TRY(method_take(call, &method));
    TRY(shipping_method_add(&call->ctx, &method));
    TRY(method_note(call, NULL, &method, &method.id));
    return method_show(call, &method, call->attempt.reply);
}

static enum status replace_shipping_method(struct call *call) {
    const struct method_path *path = call->path;
    struct shipping_method before, method;
    TRY(method_take(call, &method));
    TRY(shipping_method_get(&call->ctx, &path->shipping_method_id, &before));
    method.id = before.id;
    method.created_at = before.created_at;
    TRY(shipping_method_replace(&call->ctx, &method));
    TRY(method_note(call, &before, &method, &method.id));
    return method_show(call, &method, call->attempt.reply);
}

static enum status delete_shipping_method(struct call *call) {
    const struct method_path *path = call->path;
    struct shipping_method before;
    TRY(shipping_method_get(&call->ctx, &path->shipping_method_id, &before));
    TRY(shipping_method_delete(&call->ctx, &path->shipping_method_id));
    return method_note(call, &before, NULL, &path->shipping_method_id);
}

static const struct endpoint rows[] = {
    {
        .method = METHOD_GET,
        .path = "/shipping-methods",
        .summary = "List shipping methods",
        .doc = "What shoppers can choose, before there is a cart.",
        .lane = LANE_READER,
        .cache = &cache_settings,
        .query = &methods_query,
        .reply = &method_read,
        .reply_is_list = true,
        .check = methods_check_country,
        .handle = list_shipping_methods,
    },
    {
        .method = METHOD_GET,
        .path = "/admin/shipping-methods",
        .summary = "List all shipping methods",
        .doc = "Also those that are switched off, in the order in which shoppers see them.",
        .access = ACCESS_STAFF,
        .scope = SCOPE_SETTINGS_WRITE,
        .lane = LANE_WRITER,
        .reply = &method_admin,
        .reply_is_list = true,
        .handle = list_all_shipping_methods,
    },
    {
        .method = METHOD_POST,
        .path = "/admin/shipping-methods",
        .summary = "Create shipping method",
        .doc = "Shoppers can choose it at once.",
        .access = ACCESS_STAFF,
        .scope = SCOPE_SETTINGS_WRITE,
        .lane = LANE_WRITER,
        .body = &method_input,
        .reply = &method_admin,
        .http_status = 201,
        .errors = ERRORS(STATUS_SHIPPING_METHODS_FULL),
        .check = method_check,
        .handle = create_shipping_method,
    },
    {
        .method = METHOD_PUT,
        .path = "/admin/shipping-methods/{shipping_method_id}",
        .summary = "Replace shipping method",
        .doc = "Orders that were placed keep its name and price.",
        .access = ACCESS_STAFF,
        .scope = SCOPE_SETTINGS_WRITE,
        .lane = LANE_WRITER,
        .path_model = &method_path,
        .body = &method_input,
        .reply = &method_admin,
        .errors = ERRORS(STATUS_SHIPPING_METHOD_NOT_FOUND),
        .check = method_check,
        .handle = replace_shipping_method,
    },
    {
        .method = METHOD_DELETE,
        .path = "/admin/shipping-methods/{shipping_method_id}",
        .summary = "Delete shipping method",
        .doc = "Orders that were placed keep its name and price.",
        .access = ACCESS_STAFF,
        .scope = SCOPE_SETTINGS_WRITE,
        .lane = LANE_WRITER,
        .path_model = &method_path,
        .http_status = 204,
        .errors = ERRORS(STATUS_SHIPPING_METHOD_NOT_FOUND),
        .handle = delete_shipping_method,
    },
};

const struct endpoint_group shipping_endpoints = {
    .tag = "settings",
    .rows = rows,
    .count = sizeof rows / sizeof *rows,
};
