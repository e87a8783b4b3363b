/* Tax rates, for the owner. */
#include "api/endpoint.h"
#include "api/resources/audit_note.h"
#include "api/resources/settings/countries_text.h"
#include "shop/catalogue/catalogue.h"
#include "shop/checkout/tax.h"

#define EXAMPLE_RATE_ID "\"0198c0de-c2e9-7b70-8d13-90e4a7b5c6d2\""

#define RATE_FIELDS                                                                                          \
    TEXT_FIELD(struct tax_rate, country, LENGTH(2, 2), .doc = "ISO 3166-1 alpha-2, in capitals",             \
               .example = "\"GB\""),                                                                         \
        TEXT_FIELD(struct tax_rate, region, AT_MOST(100), .optional = true, .never_null = true,              \
                   .doc = "As shoppers write it (`CA`); empty: all regions without a rate of their own",     \
                   .example = "\"\""),                                                                       \
        TEXT_FIELD(                                                                                          \
            struct tax_rate, class, LENGTH(1, tax_class_length_max), .optional = true, .never_null = true,   \
            .doc =                                                                                           \
                "A product's `tax_class`; `shipping` for what shipping costs; `standard` unless you say so", \
            .example = "\"standard\""),                                                                      \
        TEXT_FIELD(struct tax_rate, name, LENGTH(1, 100), .doc = "On receipts", .example = "\"VAT 20%\""),   \
        INT_FIELD(struct tax_rate, rate_e5, BETWEEN(0, tax_rate_max),                                        \
                  .doc = "In thousandths of a per cent: 20 % is 20000, 9.375 % is 9375", .example = "20000")

static const struct field create_fields[] = {RATE_FIELDS};
static const struct model rate_create = MODEL("TaxRateCreate", struct tax_rate, create_fields);
static const struct field read_fields[] = {
    UUID_FIELD(struct tax_rate, id, .example = EXAMPLE_RATE_ID),
    RATE_FIELDS,
    TIME_FIELD(struct tax_rate, created_at),
};
static const struct model rate_read = MODEL("TaxRateRead", struct tax_rate, read_fields);

struct rate_path {
    struct uuid tax_rate_id;
};
static const struct field path_fields[] = {
    UUID_FIELD(struct rate_path, tax_rate_id, .example = EXAMPLE_RATE_ID)};
static const struct model rate_path = MODEL("TaxRatePath", struct rate_path, path_fields);

static struct tax_rate rate_take(const struct call *call) {
    struct tax_rate rate = *(const struct tax_rate *)call->body;
    if (!rate.region.data)
        rate.region = STR("");
    if (!rate.class.data)
        rate.class = STR("standard");
    return rate;
}

static enum status rate_check(struct call *call) {
    const struct tax_rate *body = call->body;
    struct loc root = {.name = STR("body")}, at = {.parent = &root, .name = STR("country")};
    return country_check(call, body->country, &at) ? STATUS_OK : STATUS_INVALID;
}

/* Notes what a rate was (NULL: it is new) and is (NULL: it is deleted). */
static enum status rate_note(struct call *call, const struct tax_rate *before, const struct tax_rate *after,
                             const struct uuid *id) {
    static const struct tax_rate absent = {.rate_e5 = 0};
    const struct tax_rate *b = before ? before : &absent, *a = after ? after : &absent;
    struct audit_note note = audit_note_new(call);
    audit_note_text(&note, "country", b->country, a->country);
    audit_note_text(&note, "region", b->region, a->region);
    audit_note_text(&note, "class", b->class, a->class);
    audit_note_text(&note, "name", b->name, a->name);
    audit_note_int(&note, "rate_e5", before ? &b->rate_e5 : NULL, after ? &a->rate_e5 : NULL);
    return audit_note_write(&note, id);
}

static enum status list_tax_rates(struct call *call) {
    return tax_rate_list(&call->ctx, (struct str){0}, call->attempt.reply);
}

static enum status create_tax_rate(struct call *call) {
    struct tax_rate *made = call->attempt.reply;
    *made = rate_take(call);
    TRY(tax_rate_add(&call->ctx, made));
    return rate_note(call, NULL, made, &made->id);
}

static enum status replace_tax_rate(struct call *call) {
    const struct rate_path *path = call->path;
    struct tax_rate before, *rate = call->attempt.reply;
    TRY(tax_rate_get(&call->ctx, &path->tax_rate_id, &before));
    *rate = rate_take(call);
    rate->id = before.id;
    rate->created_at = before.created_at;
    TRY(tax_rate_replace(&call->ctx, rate));
    return rate_note(call, &before, rate, &rate->id);
}

static enum status delete_tax_rate(struct call *call) {
    const struct rate_path *path = call->path;
    struct tax_rate before;
    TRY(tax_rate_get(&call->ctx, &path->tax_rate_id, &before));
    TRY(tax_rate_delete(&call->ctx, &path->tax_rate_id));
    return rate_note(call, &before, NULL, &path->tax_rate_id);
}

static const struct endpoint rows[] = {
    {
        .method = METHOD_GET,
        .path = "/admin/tax-rates",
        .summary = "List tax rates",
        .doc = "By country, region and class.",
        .access = ACCESS_STAFF,
        .scope = SCOPE_SETTINGS_WRITE,
        .lane = LANE_WRITER,
        .reply = &rate_read,
        .reply_is_list = true,
        .handle = list_tax_rates,
    },
    {
        .method = METHOD_POST,
        .path = "/admin/tax-rates",
        .summary = "Create tax rate",
        .doc = "Orders with an address there are charged it at once.",
        .access = ACCESS_STAFF,
        .scope = SCOPE_SETTINGS_WRITE,
        .lane = LANE_WRITER,
        .body = &rate_create,
        .reply = &rate_read,
        .http_status = 201,
        .errors = ERRORS(STATUS_TAX_RATE_EXISTS, STATUS_TAX_RATES_FULL),
        .check = rate_check,
        .handle = create_tax_rate,
    },
    {
        .method = METHOD_PUT,
        .path = "/admin/tax-rates/{tax_rate_id}",
        .summary = "Replace tax rate",
        .doc = "Orders that were placed keep what they were charged.",
        .access = ACCESS_STAFF,
        .scope = SCOPE_SETTINGS_WRITE,
        .lane = LANE_WRITER,
        .path_model = &rate_path,
        .body = &rate_create,
        .reply = &rate_read,
        .errors = ERRORS(STATUS_TAX_RATE_NOT_FOUND, STATUS_TAX_RATE_EXISTS),
        .check = rate_check,
        .handle = replace_tax_rate,
    },
    {
        .method = METHOD_DELETE,
        .path = "/admin/tax-rates/{tax_rate_id}",
        .summary = "Delete tax rate",
        .doc = "Orders that were placed keep what they were charged.",
        .access = ACCESS_STAFF,
        .scope = SCOPE_SETTINGS_WRITE,
        .lane = LANE_WRITER,
        .path_model = &rate_path,
        .http_status = 204,
        .errors = ERRORS(STATUS_TAX_RATE_NOT_FOUND),
        .handle = delete_tax_rate,
    },
};

const struct endpoint_group tax_endpoints = {
    .tag = "settings",
    .rows = rows,
    .count = sizeof rows / sizeof *rows,
};
