/* POST /admin/products/bulk: one change of many products. */
#include "api/endpoint.h"
#include "api/resources/audit_note.h"
#include "api/resources/product_model.h"
#include "model/errors.h"
#include "shop/alerts/stock_alerts.h"
#include "shop/catalogue/bulk_change.h"

static const struct field change_fields[] = {
    TEXT_FIELD(struct bulk_change, category, LENGTH(1, 100), .optional = true),
    MAYBE_INT_FIELD(struct bulk_change, price, BETWEEN(0, money_max),
                    .doc = "In minor units: the same for all", .example = "2499"),
    MAYBE_INT_FIELD(
        struct bulk_change, price_e4, BETWEEN(price_e4_min, price_e4_max),
        .doc =
            "Added to each price, in ten-thousandths of it: 750 raises it by 7.5 %, -2000 lowers it by 20 %. "
            "Rounded to the nearest minor unit. Not together with `price`",
        .example = "-2000"),
    MAYBE_BOOL_FIELD(struct bulk_change, is_active,
                     .doc = "false takes them out of the shop, true brings them back"),
    MAYBE_INT_FIELD(struct bulk_change, stock_delta, BETWEEN(-money_max, money_max),
                    .doc = "Added to the stock of each; negative to take away", .example = "5"),
    TEXT_FIELD(struct bulk_change, reason, AT_MOST(200), .optional = true,
               .doc = "Kept beside the change of the stock", .example = "\"Delivery 4711\""),
};
static const struct model bulk_change =
    MODEL("BulkChange", struct bulk_change, change_fields, .doc = "What is left out stays as it is");

struct bulk_input {
    struct list ids;
    struct bulk_change change;
};
static const struct field input_fields[] = {
    LIST_FIELD(struct bulk_input, ids, LENGTH(1, bulk_products_max), .item = KIND_UUID,
               .doc = "Of products, active or not", .example = "[" EXAMPLE_PRODUCT_ID "]"),
    MODEL_FIELD(struct bulk_input, change, struct bulk_change, .of = &bulk_change,
                .example = "{\"price_e4\":-2000}"),
};
static const struct model bulk_input = MODEL("BulkProducts", struct bulk_input, input_fields);

static const struct field changed_fields[] = {
    UUID_FIELD(struct product, id, .example = EXAMPLE_PRODUCT_ID),
    INT_FIELD(struct product, price, .doc = "In minor units", .example = "2399"),
    INT_FIELD(struct product, stock_quantity, .example = "17"),
    TEXT_FIELD(struct product, category, .example = "\"lighting\""),
    MAYBE_BOOL_FIELD(struct product, is_active, .never_null = true, .example = "true"),
};
static const struct model product_changed = MODEL("ProductChanged", struct product, changed_fields);

static enum status bulk_check(struct call *call) {
    const struct bulk_change *c = &((const struct bulk_input *)call->body)->change;
    struct loc root = {.name = STR("body")}, at = {.parent = &root, .name = STR("change")};
    const char *fault = NULL;
    if (c->price.is_set && c->price_e4.is_set)
        fault = "Value error, send price or price_e4";
    else if (!c->category.data && !c->price.is_set && !c->price_e4.is_set && !c->is_active.is_set &&
             !c->stock_delta.is_set)
        fault = "Value error, there is nothing to change";
    if (!fault)
        return STATUS_OK;
    error_put_text(&call->errors, "value_error", &at, NULL, NULL, str_from(fault));
    return STATUS_INVALID;
}

/* Notes a product's change, as an entry of its own, so that it is found by the product. */
static enum status bulk_note(struct call *call, const struct bulk_change *change,
                             const struct bulk_product *p) {
    struct audit_note note = audit_note_new(call);
    struct maybe_bool before = {true, p->was_active}, after = {true, p->is_active};
    audit_note_int(&note, "price", &p->before.price, &p->after.price);
    audit_note_int(&note, "stock_quantity", &p->before.stock_quantity, &p->after.stock_quantity);
    audit_note_text(&note, "category", p->before.category, p->after.category);
    audit_note_bool(&note, "is_active", before, after);
    if (change->stock_delta.is_set && change->reason.size > 0)
        audit_note_text(&note, "reason", (struct str){0}, change->reason);
    return audit_note_write(&note, &p->before.id);
}

static enum status change_products(struct call *call) {
    const struct bulk_input *body = call->body;
    struct list *reply = call->attempt.reply, changed, refused;
    enum status s = products_change_all(&call->ctx, &body->ids, &body->change, &changed, &refused);
    if (s == STATUS_STOCK_OUT_OF_RANGE || s == STATUS_PRICE_OUT_OF_RANGE)
        call_error_list(call, &product_read, refused);
    TRY(s);
    const struct bulk_product *products = changed.data;
    struct product *after = arena_array(call->ctx.arena, changed.count, sizeof *after);
    if (!after)
        return STATUS_NO_MEMORY;
    for (size_t i = 0; i < changed.count; i++) {
        const struct bulk_product *p = &products[i];
        after[i] = p->after;
        after[i].is_active = (struct maybe_bool){true, p->is_active};
        TRY(stock_alert(&call->ctx, &p->before.id, p->before.stock_quantity, p->after.stock_quantity));
        TRY(bulk_note(call, &body->change, p));
    }
    *reply = (struct list){after, changed.count};
    return STATUS_OK;
}

static const struct endpoint rows[] = {
    {
        .method = METHOD_POST,
        .path = "/admin/products/bulk",
        .summary = "Change many products",
        .doc =
            "All of them or none, in one step; answers with what they have become. 404 if one of them is not there. 409, with "
            "the first 100 products in question as they are under `current`, if a stock would be less than 0, or a price more than "
            "can be counted. Each product that is changed has its entry in the audit log. Send an Idempotency-Key, and a retry changes "
            "once.",
        .access = ACCESS_STAFF,
        .scope = SCOPE_PRODUCTS_WRITE,
        .idempotent = true,
        .writes_much = true,
        .lane = LANE_WRITER,
        .body = &bulk_input,
        .reply = &product_changed,
        .reply_is_list = true,
        .errors = ERRORS(STATUS_PRODUCT_NOT_FOUND, STATUS_STOCK_OUT_OF_RANGE, STATUS_PRICE_OUT_OF_RANGE),
        .error_lists = {{.name = "current", .model = &product_read}},
        .check = bulk_check,
        .handle = change_products,
    },
};

const struct endpoint_group bulk_product_endpoints = {
    .tag = "products",
    .rows = rows,
    .count = sizeof rows / sizeof *rows,
};
