#include "pay/shapes.h"

#include "pay/intent.h"
#include "pay/stripe.h"

/* ---- members ---- */

static void put_name(struct buf *out, const char *name) {
    if (out->size > 0 && out->at[out->size - 1] != '{')
        buf_put_char(out, ',');
    buf_put_json(out, str_from(name));
    buf_put_char(out, ':');
}

/* null where it is absent. */
static void put_text(struct buf *out, const char *name, struct str text) {
    put_name(out, name);
    if (text.at)
        buf_put_json(out, text);
    else
        buf_put_text(out, "null");
}

static void put_int(struct buf *out, const char *name, int64_t value) {
    put_name(out, name);
    buf_put_int(out, value);
}

/* `json` is written as it is. */
static void put_raw(struct buf *out, const char *name, const char *json) {
    put_name(out, name);
    buf_put_text(out, json);
}

static void put_bool(struct buf *out, const char *name, bool value) {
    put_raw(out, name, value ? "true" : "false");
}

static void put_uuid(struct buf *out, const char *name, const struct uuid *id) {
    static const struct uuid zero;
    char text[uuid_text_size];
    if (uuid_equal(id, &zero))
        return;
    uuid_format(id, text);
    put_text(out, name, (struct str){text, sizeof text});
}

static void put_metadata(struct buf *out, const struct mock_intent *i) {
    put_name(out, "metadata");
    buf_put_char(out, '{');
    put_uuid(out, "till_payment", &i->intent.payment);
    put_uuid(out, "till_order", &i->order);
    buf_put_char(out, '}');
}

/* ---- objects ---- */

static void put_card(struct buf *out, const struct test_method *method) {
    put_name(out, "card");
    buf_put_char(out, '{');
    put_text(out, "brand", str_from(method->brand));
    put_text(out, "last4", str_from(method->last4));
    buf_put_char(out, '}');
}

static void shape_charge(const struct mock_intent *i, struct buf *out) {
    buf_put_char(out, '{');
    put_text(out, "id", i->charge);
    put_text(out, "object", STR("charge"));
    put_int(out, "amount", i->intent.amount);
    put_int(out, "amount_captured", i->intent.received);
    put_int(out, "amount_refunded", i->intent.refunded);
    put_bool(out, "captured", true);
    put_int(out, "created", i->created_s);
    put_text(out, "currency", i->intent.currency);
    put_bool(out, "livemode", false);
    put_metadata(out, i);
    put_bool(out, "paid", true);
    put_text(out, "payment_intent", i->intent.id);
    put_text(out, "payment_method", str_from(i->method->id));
    put_name(out, "payment_method_details");
    buf_put_char(out, '{');
    put_card(out, i->method);
    put_text(out, "type", STR("card"));
    buf_put_char(out, '}');
    put_bool(out, "refunded", i->intent.refunded == i->intent.amount);
    put_text(out, "status", STR("succeeded"));
    buf_put_char(out, '}');
}

/* The failure's members, for last_payment_error and for errors. */
static void put_failure(struct buf *out, const struct test_method *method) {
    put_text(out, "type", STR("card_error"));
    put_text(out, "code", str_from(method->code));
    put_text(out, "decline_code", str_from(method->decline_code));
    put_text(out, "message", str_from(method->message));
    put_name(out, "payment_method");
    buf_put_char(out, '{');
    put_text(out, "id", str_from(method->id));
    put_text(out, "object", STR("payment_method"));
    put_card(out, method);
    put_text(out, "type", STR("card"));
    buf_put_char(out, '}');
}

static void put_last_error(struct buf *out, const struct mock_intent *i) {
    put_name(out, "last_payment_error");
    if (!i->intent.failure_code.at) {
        buf_put_text(out, "null");
        return;
    }
    buf_put_char(out, '{');
    put_failure(out, i->method);
    buf_put_char(out, '}');
}

static void put_next_action(struct buf *out, const struct mock_intent *i) {
    put_raw(out, "next_action",
            i->intent.status == INTENT_REQUIRES_ACTION
                ? "{\"type\":\"use_stripe_sdk\",\"use_stripe_sdk\":{\"type\":\"three_d_secure_redirect\"}}"
                : "null");
}

/* A declined method is taken off its intent. */
static struct str attached_method(const struct mock_intent *i) {
    return i->method && !i->intent.failure_code.at ? str_from(i->method->id) : (struct str){0};
}

static void put_charge(struct buf *out, const struct mock_intent *i, bool expand) {
    if (!expand || !i->charge.at) {
        put_text(out, "latest_charge", i->charge);
        return;
    }
    put_name(out, "latest_charge");
    shape_charge(i, out);
}

void shape_intent(const struct mock_intent *i, bool expand_charge, struct buf *out) {
    buf_put_char(out, '{');
    put_text(out, "id", i->intent.id);
    put_text(out, "object", STR("payment_intent"));
    put_int(out, "amount", i->intent.amount);
    put_int(out, "amount_capturable", 0);
    put_int(out, "amount_received", i->intent.received);
    put_raw(out, "automatic_payment_methods", "{\"allow_redirects\":\"never\",\"enabled\":true}");
    put_text(out, "capture_method", STR("automatic_async"));
    put_text(out, "client_secret", i->intent.client_secret);
    put_text(out, "confirmation_method", STR("automatic"));
    put_int(out, "created", i->created_s);
    put_text(out, "currency", i->intent.currency);
    put_last_error(out, i);
    put_charge(out, i, expand_charge);
    put_bool(out, "livemode", false);
    put_metadata(out, i);
    put_next_action(out, i);
    put_text(out, "payment_method", attached_method(i));
    put_raw(out, "payment_method_types", "[\"card\"]");
    put_text(out, "status", intent_status_name(i->intent.status));
    buf_put_char(out, '}');
}

void shape_refund(const struct mock_refund *refund, struct buf *out) {
    buf_put_char(out, '{');
    put_text(out, "id", refund->id);
    put_text(out, "object", STR("refund"));
    put_int(out, "amount", refund->amount);
    put_text(out, "charge", refund->charge);
    put_int(out, "created", refund->created_s);
    put_text(out, "currency", refund->currency);
    put_raw(out, "metadata", "{}");
    put_text(out, "payment_intent", refund->intent);
    put_text(out, "reason", (struct str){0});
    put_text(out, "status", STR("succeeded"));
    buf_put_char(out, '}');
}

/* ---- errors ---- */

static void put_intent_of_error(struct buf *out, const struct mock_intent *i) {
    if (!i->intent.id.at)
        return;
    put_name(out, "payment_intent");
    shape_intent(i, false, out);
}

void shape_refusal(const struct mock_refusal *refusal, const struct mock_intent *intent, struct buf *out) {
    buf_put_text(out, "{\"error\":{");
    put_text(out, "type", str_from(refusal->type));
    if (refusal->code)
        put_text(out, "code", str_from(refusal->code));
    if (refusal->param)
        put_text(out, "param", str_from(refusal->param));
    put_text(out, "message", refusal->message);
    put_intent_of_error(out, intent);
    buf_put_text(out, "}}");
}

void shape_decline(const struct mock_intent *intent, struct buf *out) {
    buf_put_text(out, "{\"error\":{");
    put_failure(out, intent->method);
    put_intent_of_error(out, intent);
    buf_put_text(out, "}}");
}

/* ---- events ---- */

static const char *const event_types[] = {
    [MOCK_CREATED] = "payment_intent.created",
    [MOCK_SUCCEEDED] = "payment_intent.succeeded",
    [MOCK_FAILED] = "payment_intent.payment_failed",
    [MOCK_REQUIRES_ACTION] = "payment_intent.requires_action",
    [MOCK_CANCELED] = "payment_intent.canceled",
    [MOCK_REFUNDED] = "charge.refunded",
};

void shape_event(struct str id, enum mock_event event, const struct mock_intent *intent, int64_t created_s,
                 struct buf *out) {
    buf_put_char(out, '{');
    put_text(out, "id", id);
    put_text(out, "object", STR("event"));
    put_text(out, "api_version", STR(STRIPE_VERSION));
    put_int(out, "created", created_s);
    put_name(out, "data");
    buf_put_text(out, "{\"object\":");
    if (event == MOCK_REFUNDED)
        shape_charge(intent, out);
    else
        shape_intent(intent, false, out);
    buf_put_char(out, '}');
    put_bool(out, "livemode", false);
    put_int(out, "pending_webhooks", 1);
    put_raw(out, "request", "{\"id\":null,\"idempotency_key\":null}");
    put_text(out, "type", str_from(event_types[event]));
    buf_put_char(out, '}');
}
