/* The shop's settings, for the staff. */
#include "api/endpoint.h"
#include "api/resources/audit_note.h"
#include "api/resources/settings/countries_text.h"
#include "model/email.h"
#include "model/errors.h"
#include "shop/checkout/checkout_settings.h"
#include "shop/outbox/mail.h"

#include <string.h>

/* A list without data is absent: what is left out of a change. */
struct settings_view {
    struct str shop_name, shop_address, shop_email, currency;
    struct list checkout_requires; /* of int, numbers of requires_names */
    struct maybe_bool prices_include_tax;
    struct list ship_to; /* of struct str */
    struct maybe_bool payments_receipts;
    struct maybe_int low_stock_at;
    struct list mails; /* of int, an enum mail_kind each */
    struct maybe_bool sends_mail, uses_stripe;
    int64_t low_stock_below;
};

#define SETTINGS_FIELDS                                                                                      \
    TEXT_FIELD(struct settings_view, shop_name, AT_MOST(100), .optional = true, .never_null = true,          \
               .doc = "Shown to shoppers", .example = "\"Ann's lamps\""),                                    \
        TEXT_FIELD(struct settings_view, shop_address, AT_MOST(500), .optional = true, .never_null = true,   \
                   .doc = "Lines with a newline between them", .example = "\"1 High Street\\nLondon\""),     \
        TEXT_FIELD(struct settings_view, shop_email, AT_MOST(254), .optional = true, .never_null = true,     \
                   .doc = "Where shoppers write to", .example = "\"shop@example.com\""),                     \
        LIST_FIELD(struct settings_view, checkout_requires, AT_MOST(3), .optional = true,                    \
                   .never_null = true, .item = KIND_ENUM, .names = requires_names,                           \
                   .doc = "What an order must have beside its lines; nothing of it unless you say so",       \
                   .example = "[]"),                                                                         \
        MAYBE_BOOL_FIELD(struct settings_view, prices_include_tax, .never_null = true,                       \
                         .doc = "Whether tax is in the prices, or added to them", .example = "true"),        \
        LIST_FIELD(struct settings_view, ship_to, AT_MOST(country_count), .optional = true,                  \
                   .never_null = true, .item = KIND_TEXT, ITEM_LENGTH(2, 2),                                 \
                   .doc = "Countries (ISO 3166-1 alpha-2, in capitals); none: all countries",                \
                   .example = "[\"AT\", \"DE\"]"),                                                           \
        MAYBE_BOOL_FIELD(                                                                                    \
            struct settings_view, payments_receipts,                                                         \
            .doc = "Whether Stripe mails a receipt for an order with an `email`, from the next on",          \
            .example = "true"),                                                                              \
        MAYBE_INT_FIELD(struct settings_view, low_stock_at, BETWEEN(0, stock_low_at_max),                    \
                        .doc =                                                                               \
                            "When so few of a product are left, webhooks get product.low_stock; 0: never",   \
                        .example = "5"),                                                                     \
        LIST_FIELD(struct settings_view, mails, AT_MOST(MAIL_CHOSEN_COUNT), .optional = true,                \
                   .never_null = true, .item = KIND_ENUM, .names = mail_chosen_names,                        \
                   .doc =                                                                                    \
                       "The mails that go out by themselves: to shoppers about their orders, and to the "    \
                       "staff (`new_order`, and `low_stock` once a day)",                                    \
                   .example = "[\"order_confirmed\", \"order_shipped\"]")

static const struct field read_fields[] = {
    SETTINGS_FIELDS,
    TEXT_FIELD(struct settings_view, currency, .doc = "The shop's one, which `till serve --currency` names",
               .example = "\"usd\""),
    INT_FIELD(
        struct settings_view, low_stock_below,
        .doc = "What the desk counts as low stock: fewer units than this. One more than `low_stock_at`, or 5 "
               "if that is 0",
        .example = "6"),
    MAYBE_BOOL_FIELD(struct settings_view, sends_mail, .never_null = true,
                     .doc = "Whether the server was started with `--mail`; if not, mails are held",
                     .example = "true"),
    MAYBE_BOOL_FIELD(struct settings_view, uses_stripe, .never_null = true,
                     .doc =
                         "Whether payments are with Stripe; if not, they are the mock's, and no money moves",
                     .example = "true"),
};
static const struct model settings_read_model = MODEL("SettingsRead", struct settings_view, read_fields);
static const struct field update_fields[] = {SETTINGS_FIELDS};
static const struct model settings_update =
    MODEL("SettingsUpdate", struct settings_view, update_fields, .doc = "What is left out stays as it is");

/* ---- Between the API's lists and the texts that are stored. */

/* Joins numbers of `names` with commas, in the order of `names`. Absent if the list is. */
static struct str settings_join_names(struct call *call, const struct list *list, const char *const names[]) {
    unsigned bits = 0;
    struct buf text = buf_new(call->ctx.arena);
    if (!list->data)
        return (struct str){0};
    for (size_t i = 0; i < list->count; i++)
        bits |= 1u << ((const int *)list->data)[i];
    for (size_t i = 0; names[i]; i++)
        if (bits & 1u << i) {
            buf_put_text(&text, text.size > 0 ? "," : "");
            buf_put_text(&text, names[i]);
        }
    return text.size > 0 ? buf_str(&text) : STR("");
}

/* The numbers in `names` of a text that settings_join_names has made. */
static enum status settings_split_names(struct call *call, struct str text, const char *const names[],
                                        struct list *out) {
    struct list parts;
    TRY(comma_text_split(call->ctx.arena, text, &parts));
    int *numbers = arena_array(call->ctx.arena, parts.count, sizeof *numbers);
    if (!numbers)
        return STATUS_NO_MEMORY;
    for (size_t i = 0; i < parts.count; i++)
        while (names[numbers[i]] &&
               !str_equal(((const struct str *)parts.data)[i], str_from(names[numbers[i]])))
            numbers[i]++;
    *out = (struct list){numbers, parts.count};
    return STATUS_OK;
}

static struct str settings_switch_text(struct maybe_bool value) {
    const struct str none = {0};
    return !value.is_set ? none : value.value ? STR("true") : STR("false");
}

static struct str settings_number_text(struct arena *arena, struct maybe_int value) {
    struct buf text = buf_new(arena);
    if (!value.is_set)
        return (struct str){0};
    buf_put_int(&text, value.value);
    return buf_str(&text);
}

static struct setting_texts settings_to_texts(struct call *call, const struct settings_view *view) {
    const struct str none = {0};
    struct setting_texts texts = {{
        [SETTING_SHOP_NAME] = view->shop_name,
        [SETTING_SHOP_ADDRESS] = view->shop_address,
        [SETTING_SHOP_EMAIL] = view->shop_email,
        [SETTING_CHECKOUT_REQUIRES] = settings_join_names(call, &view->checkout_requires, requires_names),
        [SETTING_MAILS] = settings_join_names(call, &view->mails, mail_chosen_names),
        [SETTING_SHIP_TO] = view->ship_to.data ? countries_text_join(call->ctx.arena, &view->ship_to) : none,
    }};
    texts.values[SETTING_PRICES_INCLUDE_TAX] = settings_switch_text(view->prices_include_tax);
    texts.values[SETTING_PAYMENTS_RECEIPTS] = settings_switch_text(view->payments_receipts);
    texts.values[SETTING_STOCK_LOW_AT] = settings_number_text(call->ctx.arena, view->low_stock_at);
    return texts;
}

static enum status settings_show(struct call *call, const struct setting_texts *texts,
                                 struct settings_view *out) {
    struct list required, mails;
    int64_t low_at = 0;
    TRY(settings_split_names(call, texts->values[SETTING_CHECKOUT_REQUIRES], requires_names, &required));
    TRY(settings_split_names(call, texts->values[SETTING_MAILS], mail_chosen_names, &mails));
    if (!str_to_int(texts->values[SETTING_STOCK_LOW_AT], stock_low_at_max, &low_at))
        return STATUS_FAULT; /* nothing else is ever written there */
    *out = (struct settings_view){
        .shop_name = texts->values[SETTING_SHOP_NAME],
        .shop_address = texts->values[SETTING_SHOP_ADDRESS],
        .shop_email = texts->values[SETTING_SHOP_EMAIL],
        .currency = str_from(call->ctx.settings->currency),
        .checkout_requires = required,
        .prices_include_tax = {true, !str_equal(texts->values[SETTING_PRICES_INCLUDE_TAX], STR("false"))},
        .low_stock_at = {true, low_at},
        .low_stock_below = low_stock_below(low_at),
        .mails = mails,
        .payments_receipts = {true, !str_equal(texts->values[SETTING_PAYMENTS_RECEIPTS], STR("false"))},
        .sends_mail = {true, call->ctx.mails && call->ctx.mails->is_sent},
        .uses_stripe = {true, call->ctx.settings->uses_stripe},
    };
    return countries_text_split(call->ctx.arena, texts->values[SETTING_SHIP_TO], &out->ship_to);
}

/* ---- Handlers. */

/* Refuses what the model's table cannot say: an address of mail, and countries that there are not. */
static enum status settings_check(struct call *call) {
    const struct settings_view *body = call->body;
    struct loc root = {.name = STR("body")}, email = {.parent = &root, .name = STR("shop_email")};
    char reason[email_reason_size];
    if (body->shop_email.size > 0 && !email_valid(body->shop_email, reason))
        error_put(&call->errors, "value_error", &email, NULL, NULL, "value is not a valid email address: %s",
                  reason);
    countries_check(call, &body->ship_to, "ship_to");
    return call->errors.count > 0 ? STATUS_INVALID : STATUS_OK;
}

static enum status get_settings(struct call *call) {
    struct setting_texts texts;
    TRY(settings_read(&call->ctx, &texts));
    return settings_show(call, &texts, call->attempt.reply);
}

static enum status update_settings(struct call *call) {
    struct setting_texts before, change = settings_to_texts(call, call->body);
    struct audit_note note = audit_note_new(call);
    TRY(settings_read(&call->ctx, &before));
    for (int i = 0; i < SETTING_COUNT; i++) {
        if (!change.values[i].data)
            continue;
        if (str_equal(change.values[i], before.values[i]))
            change.values[i] = (struct str){0};
        else
            audit_note_text(&note, setting_names[i], before.values[i], change.values[i]);
    }
    TRY(note.changes.count > 0 ? settings_write(&call->ctx, &change) : STATUS_OK);
    TRY(audit_note_write(&note, NULL));
    return get_settings(call);
}

static const struct endpoint rows[] = {
    {
        .method = METHOD_GET,
        .path = "/admin/settings",
        .summary = "Get settings",
        .doc = "What the shop calls itself, and what it asks at checkout.",
        .access = ACCESS_STAFF,
        .scope = SCOPE_SETTINGS_WRITE,
        .lane = LANE_WRITER,
        .reply = &settings_read_model,
        .handle = get_settings,
    },
    {
        .method = METHOD_PATCH,
        .path = "/admin/settings",
        .summary = "Update settings",
        .doc = "Changes what is named and leaves the rest. Every server follows it from the next request on.",
        .access = ACCESS_STAFF,
        .scope = SCOPE_SETTINGS_WRITE,
        .lane = LANE_WRITER,
        .body = &settings_update,
        .reply = &settings_read_model,
        .check = settings_check,
        .handle = update_settings,
    },
};

const struct endpoint_group settings_endpoints = {
    .tag = "settings",
    .doc = "How the shop is called, what it asks at checkout, how it ships and which taxes it charges",
    .rows = rows,
    .count = sizeof rows / sizeof *rows,
};
