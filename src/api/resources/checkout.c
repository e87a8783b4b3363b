/* The checkout: what an order would cost, and what one that was placed has beside its lines. */
#include "api/endpoint.h"
#include "api/resources/checkout_model.h"
#include "api/resources/order_model.h"
#include "api/resources/product_model.h"
#include "model/errors.h"
#include "shop/orders/order_details.h"

/* ---- What a shopper sends. */

#define OPTIONAL_LINE(member, longest, ...)                                                                  \
    TEXT_FIELD(struct address, member, AT_MOST(longest), .optional = true, .may_be_null = true, __VA_ARGS__)
#define COUNTRY_FIELD                                                                                        \
    TEXT_FIELD(struct address, country, LENGTH(2, 2), .doc = "ISO 3166-1 alpha-2, in capitals",              \
               .example = "\"GB\"")

static const struct field address_fields[] = {
    TEXT_FIELD(struct address, name, LENGTH(1, 100), .example = "\"Ann Smith\""),
    OPTIONAL_LINE(company, 100),
    TEXT_FIELD(struct address, line1, LENGTH(1, 200), .example = "\"1 High Street\""),
    OPTIONAL_LINE(line2, 200),
    TEXT_FIELD(struct address, city, LENGTH(1, 100), .example = "\"London\""),
    OPTIONAL_LINE(region, 100, .doc = "A state or province, where the country needs one"),
    OPTIONAL_LINE(postal_code, 20, .doc = "Where the country needs one", .example = "\"SW1A 1AA\""),
    COUNTRY_FIELD,
    OPTIONAL_LINE(phone, 30),
};
const struct model address_create = MODEL("AddressCreate", struct address, address_fields);

static const struct field place_fields[] = {
    OPTIONAL_LINE(name, 100),       OPTIONAL_LINE(company, 100),
    OPTIONAL_LINE(line1, 200),      OPTIONAL_LINE(line2, 200),
    OPTIONAL_LINE(city, 100),       OPTIONAL_LINE(region, 100),
    OPTIONAL_LINE(postal_code, 20), COUNTRY_FIELD,
    OPTIONAL_LINE(phone, 30),
};
static const struct model quote_address =
    MODEL("QuoteAddress", struct address, place_fields, .doc = "The country alone is enough");

#define ORDER_FIELDS(address_model)                                                                          \
    LIST_FIELD(struct order_create, cart_item_ids, LENGTH(1, order_lines_max), .item = KIND_UUID,            \
               .doc = "Lines of the cart; one that is named twice counts once",                              \
               .example = "[\"0198c0de-7a11-7c0f-9b1e-3f2a6d5c4b3a\"]"),                                     \
        CHECKOUT_FIELDS(address_model)

static const struct field create_fields[] = {ORDER_FIELDS(address_create)};
const struct model order_create = MODEL("OrderCreate", struct order_create, create_fields);
static const struct field quote_fields[] = {ORDER_FIELDS(quote_address)};
static const struct model quote_create = MODEL("QuoteCreate", struct order_create, quote_fields);

struct checkout_wish order_create_wish(const struct order_create *body) {
    return (struct checkout_wish){
        .email = body->email,
        .shipping = body->shipping_address,
        .billing = body->billing_address,
        .shipping_method = body->shipping_method_id,
        .note = body->note,
        .expected_total = body->expected_total,
    };
}

static void address_check_needed(struct call *call, const struct loc *address, const char *name,
                                 enum need need, struct str value) {
    struct loc at = {.parent = address, .name = str_from(name)};
    if (need == NEED_REQUIRED && str_trim(value).size == 0)
        error_put(&call->errors, "missing", &at, NULL, NULL, "Field required");
}

/* Refuses a country that there is not, and, if `is_whole`, an address without what its country needs. */
static void address_check(struct call *call, const char *name, const struct address *address, bool is_whole) {
    struct loc root = {.name = STR("body")}, at = {.parent = &root, .name = str_from(name)},
               field = {.parent = &at, .name = STR("country")};
    if (!address)
        return;
    const struct country *country = country_find(address->country);
    if (!country)
        error_put(&call->errors, "value_error", &field, NULL, NULL, COUNTRY_UNKNOWN);
    if (!country || !is_whole)
        return;
    address_check_needed(call, &at, "region", country->region, address->region);
    address_check_needed(call, &at, "postal_code", country->postal_code, address->postal_code);
}

static enum status addresses_check(struct call *call, bool are_whole) {
    const struct order_create *body = call->body;
    address_check(call, "shipping_address", body->shipping_address, are_whole);
    address_check(call, "billing_address", body->billing_address, are_whole);
    return call->errors.count > 0 ? STATUS_INVALID : STATUS_OK;
}

enum status order_create_check(struct call *call) {
    return addresses_check(call, true);
}

static enum status quote_check(struct call *call) {
    return addresses_check(call, false);
}

enum status order_create_refuse(struct call *call, unsigned missing) {
    static const char *const names[] = {"email", "shipping_address", "shipping_method_id"}; /* by bit */
    struct loc root = {.name = STR("body")};
    struct json *body = NULL;
    TRY(body_read(call->ctx.arena, call->request->body, true, &body, &call->errors));
    call->errors = errors_new(call->ctx.arena); /* a step may run again */
    for (unsigned i = 0; i < sizeof names / sizeof *names; i++) {
        struct loc at = {.parent = &root, .name = str_from(names[i])};
        if (missing & 1u << i)
            error_put(&call->errors, "missing", &at, body, NULL, "Field required");
    }
    return STATUS_INVALID;
}

/* ---- What a quote shows. */

struct quote_warning {
    struct list loc; /* of struct str */
    struct str msg;
};
static const struct field warning_fields[] = {
    LIST_FIELD(struct quote_warning, loc, AT_MOST(8), .item = KIND_TEXT, ITEM_LENGTH(0, 100)),
    TEXT_FIELD(struct quote_warning, msg),
};
static const struct model warning_read = MODEL("QuoteWarning", struct quote_warning, warning_fields);

static const struct field option_fields[] = {
    UUID_FIELD(struct shipping_option, id, .example = EXAMPLE_METHOD_ID),
    TEXT_FIELD(struct shipping_option, name, .example = "\"Standard\""),
    TEXT_FIELD(struct shipping_option, description),
    INT_FIELD(struct shipping_option, price, .doc = "In minor units, for this order", .example = "490"),
    MAYBE_INT_FIELD(struct shipping_option, min_days, .example = "2"),
    MAYBE_INT_FIELD(struct shipping_option, max_days, .example = "4"),
};
static const struct model option_read = MODEL("ShippingOption", struct shipping_option, option_fields);

static const struct field shortage_fields[] = {
    UUID_FIELD(struct shortage, product_id),
    INT_FIELD(struct shortage, requested),
    INT_FIELD(struct shortage, available),
};
const struct model shortage_read = MODEL("Shortage", struct shortage, shortage_fields);

struct quote_view {
    int64_t items_total, discount_total, shipping_total, tax_total;
    struct maybe_bool tax_included;
    int64_t total_amount;
    struct str currency;
    struct list shipping_options, short_of, warnings;
};

#define TOTAL_FIELDS(type)                                                                                   \
    INT_FIELD(type, items_total, .doc = "In minor units, as all of them", .example = "5998"),                \
        INT_FIELD(type, discount_total, .example = "0"), INT_FIELD(type, shipping_total, .example = "490"),  \
        INT_FIELD(type, tax_total, .doc = "In the total already if `tax_included`", .example = "1081"),      \
        MAYBE_BOOL_FIELD(type, tax_included, .never_null = true, .example = "true"),                         \
        INT_FIELD(type, total_amount, .doc = "What is to be paid", .example = "6488"),                       \
        TEXT_FIELD(type, currency, .example = "\"usd\"")

static const struct field view_fields[] = {
    TOTAL_FIELDS(struct quote_view),
    LIST_FIELD(struct quote_view, shipping_options, .item = KIND_MODEL, .of = &option_read,
               .doc = "The ways to ship that can be chosen"),
    {.name = "short",
     .kind = KIND_LIST,
     .offset = MEMBER_OF(struct quote_view, short_of, struct list),
     .item = KIND_MODEL,
     .of = &shortage_read,
     .doc = "Products of which there are not as many now"},
    LIST_FIELD(struct quote_view, warnings, .item = KIND_MODEL, .of = &warning_read,
               .doc = "What may be wrong, and does not stop an order"),
};
const struct model quote_read = MODEL("QuoteRead", struct quote_view, view_fields);

static void quote_show_totals(const struct call *call, const struct totals *totals, struct quote_view *out) {
    *out = (struct quote_view){
        .items_total = totals->items,
        .discount_total = totals->discount,
        .shipping_total = totals->shipping,
        .tax_total = totals->tax,
        .tax_included = {true, totals->includes_tax},
        .total_amount = totals->total,
        .currency = str_from(call->ctx.settings->currency),
    };
}

enum status order_create_show_totals(struct call *call, const struct checkout *checkout) {
    struct quote_view *view = ARENA_NEW(call->ctx.arena, struct quote_view);
    if (!view)
        return STATUS_NO_MEMORY;
    quote_show_totals(call, &checkout->totals, view);
    call_error_list(call, &quote_read, (struct list){view, 1});
    return STATUS_OK;
}

enum { warnings_max = 3, warning_steps_max = 3 };

static enum status quote_warn(struct call *call, struct list *warnings, const char *field, const char *inner,
                              const char *message) {
    struct quote_warning *all = (struct quote_warning *)warnings->data;
    struct str *loc = arena_array(call->ctx.arena, warning_steps_max, sizeof *loc);
    if (!loc)
        return STATUS_NO_MEMORY;
    loc[0] = STR("body");
    loc[1] = str_from(field);
    loc[2] = str_from(inner);
    all[warnings->count++] = (struct quote_warning){{loc, inner ? 3 : 2}, str_from(message)};
    return STATUS_OK;
}

static enum status quote_warn_code(struct call *call, struct list *warnings, const char *field,
                                   const struct address *address) {
    const struct country *country = address ? country_find(address->country) : NULL;
    if (!country || address->postal_code.size == 0 || country_postal_code_fits(country, address->postal_code))
        return STATUS_OK;
    return quote_warn(call, warnings, field, "postal_code",
                      "This does not look like a postal code of the country");
}

static enum status quote_put_warnings(struct call *call, const struct quote *quote, struct list *out) {
    const struct order_create *body = call->body;
    struct quote_warning *all = arena_array(call->ctx.arena, warnings_max, sizeof *all);
    if (!all)
        return STATUS_NO_MEMORY;
    *out = (struct list){all, 0};
    TRY(quote_warn_code(call, out, "shipping_address", body->shipping_address));
    TRY(quote_warn_code(call, out, "billing_address", body->billing_address));
    if (!quote->is_unshippable)
        return STATUS_OK;
    return quote_warn(call, out, body->shipping_method_id.is_set ? "shipping_method_id" : "shipping_address",
                      NULL, status_text(STATUS_NO_SHIPPING));
}

static enum status create_quote(struct call *call) {
    const struct order_create *body = call->body;
    struct quote_view *reply = call->attempt.reply;
    struct checkout_wish wish = order_create_wish(body);
    struct quote *quote = ARENA_NEW(call->ctx.arena, struct quote);
    if (!quote)
        return STATUS_NO_MEMORY;
    TRY(quote_make(&call->ctx, &call->session.key, &body->cart_item_ids, &wish, quote));
    quote_show_totals(call, &quote->checkout.totals, reply);
    reply->shipping_options = quote->options;
    reply->short_of = quote->short_of;
    return quote_put_warnings(call, quote, &reply->warnings);
}

/* ---- GET /orders/{order_id}/details */

static const struct field address_read_fields[] = {
    TEXT_FIELD(struct address, name, .optional = true),
    OPTIONAL_LINE(company, 100),
    TEXT_FIELD(struct address, line1, .optional = true),
    OPTIONAL_LINE(line2, 200),
    TEXT_FIELD(struct address, city, .optional = true),
    OPTIONAL_LINE(region, 100),
    OPTIONAL_LINE(postal_code, 20),
    TEXT_FIELD(struct address, country),
    OPTIONAL_LINE(phone, 30),
};
static const struct model address_read = MODEL("OrderAddress", struct address, address_read_fields);

static const struct field line_fields[] = {
    INT_FIELD(struct order_line_details, line, .example = "0"),
    UUID_FIELD(struct order_line_details, product_id, .example = EXAMPLE_PRODUCT_ID),
    TEXT_FIELD(struct order_line_details, name, .doc = "As it was called then", .example = "\"Desk lamp\""),
    TEXT_FIELD(struct order_line_details, image_url),
    INT_FIELD(struct order_line_details, quantity, .example = "2"),
    INT_FIELD(struct order_line_details, price_at_purchase, .example = "2999"),
    INT_FIELD(struct order_line_details, discount, .example = "0"),
    INT_FIELD(struct order_line_details, tax, .example = "1000"),
    INT_FIELD(struct order_line_details, tax_rate_e5, .example = "20000"),
    TEXT_FIELD(struct order_line_details, tax_name, .optional = true, .example = "\"VAT 20%\""),
    INT_FIELD(struct order_line_details, shipped_quantity, .example = "0"),
    INT_FIELD(struct order_line_details, refunded_quantity, .doc = "Taken back, sent or not", .example = "0"),
};
static const struct model line_read = MODEL("OrderLineDetails", struct order_line_details, line_fields);

enum payment_state {
    PAYMENT_STATE_UNPAID,
    PAYMENT_STATE_PAID,
    PAYMENT_STATE_PARTLY_REFUNDED,
    PAYMENT_STATE_REFUNDED
};
static const char *const payment_state_names[] = {"unpaid", "paid", "partly_refunded", "refunded", NULL};

enum shipping_state { SHIPPING_NONE, SHIPPING_PARTIAL, SHIPPING_SHIPPED, SHIPPING_DELIVERED };
static const char *const shipping_state_names[] = {"none", "partial", "shipped", "delivered", NULL};

struct details_view {
    struct uuid id;
    struct str number;
    int status, payment_status, fulfillment_status;
    struct list items;
    int64_t items_total, discount_total, shipping_total, tax_total;
    struct maybe_bool tax_included;
    int64_t total_amount, refunded_amount;
    struct str currency, email;
    struct address *shipping_address, *billing_address;
    struct str shipping_method, note;
    struct list fulfillments, timeline;
    int64_t created_at;
    struct maybe_bool can_cancel;
};

static const struct field details_fields[] = {
    UUID_FIELD(struct details_view, id, .example = EXAMPLE_ORDER_ID),
    TEXT_FIELD(struct details_view, number, .doc = "For people, on the phone and on paper",
               .example = "\"K7QF9-29XM4\""),
    ENUM_FIELD(struct details_view, status, .names = order_status_names),
    ENUM_FIELD(struct details_view, payment_status, .names = payment_state_names),
    ENUM_FIELD(struct details_view, fulfillment_status, .names = shipping_state_names),
    LIST_FIELD(struct details_view, items, .item = KIND_MODEL, .of = &line_read),
    TOTAL_FIELDS(struct details_view),
    INT_FIELD(struct details_view, refunded_amount, .example = "0"),
    TEXT_FIELD(struct details_view, email, .optional = true),
    MAYBE_MODEL_FIELD(struct details_view, shipping_address, struct address, .of = &address_read),
    MAYBE_MODEL_FIELD(struct details_view, billing_address, struct address, .of = &address_read),
    TEXT_FIELD(struct details_view, shipping_method, .optional = true, .doc = "Its name then"),
    TEXT_FIELD(struct details_view, note, .optional = true),
    LIST_FIELD(struct details_view, fulfillments, .item = KIND_MODEL, .of = &fulfillment_read),
    LIST_FIELD(struct details_view, timeline, .item = KIND_MODEL, .of = &order_event_read,
               .doc = "What happened to it, oldest first"),
    TIME_FIELD(struct details_view, created_at),
    MAYBE_BOOL_FIELD(struct details_view, can_cancel, .never_null = true,
                     .doc = "By the session that placed it"),
};
const struct model order_details_read = MODEL("OrderDetails", struct details_view, details_fields);

struct details_path {
    struct uuid order_id;
};
static const struct field path_fields[] = {
    UUID_FIELD(struct details_path, order_id, .example = EXAMPLE_ORDER_ID)};
static const struct model details_path = MODEL("OrderDetailsPath", struct details_path, path_fields);

/* An enum payment_state, as the int that a view holds. */
static int order_payment_state(const struct order_details *details) {
    int status = details->status;
    bool is_paid = status == ORDER_PAID || status == ORDER_SHIPPED || status == ORDER_DELIVERED;
    return is_paid && details->refunded_amount > 0 ? PAYMENT_STATE_PARTLY_REFUNDED
           : is_paid                               ? PAYMENT_STATE_PAID
           : status == ORDER_REFUNDED              ? PAYMENT_STATE_REFUNDED
                                                   : PAYMENT_STATE_UNPAID;
}

/* An enum shipping_state, from what is sent, what is owed, and which parcels have arrived. */
static int order_shipping_state(const struct order_details *details) {
    const struct order_line_details *lines = details->items.data;
    const struct fulfillment *parcels = details->fulfillments.data;
    bool is_sent = false, is_owed = false, is_under_way = false;
    for (size_t i = 0; i < details->items.count; i++) {
        is_sent = is_sent || lines[i].shipped_quantity > 0;
        is_owed = is_owed || lines[i].owed > 0;
    }
    for (size_t i = 0; i < details->fulfillments.count; i++)
        is_under_way =
            is_under_way || parcels[i].status == FULFILLMENT_SHIPPED || parcels[i].status == FULFILLMENT_LOST;
    return !is_sent       ? SHIPPING_NONE
           : is_owed      ? SHIPPING_PARTIAL
           : is_under_way ? SHIPPING_SHIPPED
                          : SHIPPING_DELIVERED;
}

enum status order_details_show(struct call *call, const struct uuid *id, struct details_view *reply) {
    struct order_details details;
    TRY(order_details_get(&call->ctx, order_reader(call), id, &details));
    *reply = (struct details_view){
        .id = details.id,
        .number = details.number,
        .status = details.status,
        .payment_status = order_payment_state(&details),
        .fulfillment_status = order_shipping_state(&details),
        .items = details.items,
        .items_total = details.items_total,
        .discount_total = details.discount_total,
        .shipping_total = details.shipping_total,
        .tax_total = details.tax_total,
        .tax_included = details.tax_included,
        .total_amount = details.total_amount,
        .refunded_amount = details.refunded_amount,
        .currency = details.currency,
        .email = order_shows_mail(call) ? details.email : (struct str){0},
        .shipping_address = details.shipping,
        .billing_address = details.billing,
        .shipping_method = details.shipping_name,
        .note = details.note,
        .fulfillments = details.fulfillments,
        .timeline = details.timeline,
        .created_at = details.created_at,
        .can_cancel = {true, details.is_own && details.status == ORDER_PENDING},
    };
    return STATUS_OK;
}

static enum status get_order_details(struct call *call) {
    const struct details_path *path = call->path;
    return order_details_show(call, &path->order_id, call->attempt.reply);
}

static const struct endpoint rows[] = {
    {
        .method = METHOD_POST,
        .path = "/checkout/quote",
        .summary = "Quote an order",
        .doc =
            "What these lines would cost with shipping and taxes, and how they can be shipped. Changes nothing, and an order with the same body "
            "comes to the same total. Send that as `expected_total` to be charged no more.",
        .access = ACCESS_SESSION,
        .lane = LANE_READER,
        .body = &quote_create,
        .reply = &quote_read,
        .errors = ERRORS(STATUS_CART_ITEM_NOT_FOUND, STATUS_TOTAL_TOO_LARGE),
        .check = quote_check,
        .handle = create_quote,
    },
    {
        .method = METHOD_GET,
        .path = "/orders/{order_id}/details",
        .summary = "Get order in full",
        .doc =
            "With its addresses, how its total comes about, fixed when it was placed, and what happened to it. The session's own, or "
            "one whose link it has opened; the staff may read any.",
        .access = ACCESS_SESSION,
        .scope = SCOPE_ORDERS_READ,
        .lane = LANE_READER,
        .path_model = &details_path,
        .reply = &order_details_read,
        .errors = ERRORS(STATUS_ORDER_NOT_FOUND),
        .handle = get_order_details,
    },
};

const struct endpoint_group checkout_endpoints = {
    .tag = "orders",
    .rows = rows,
    .count = sizeof rows / sizeof *rows,
};
