/* The payments' endpoints. Their rules are in shop/payments: this file decodes, runs the three steps of a
 * flow (shop/payments/flow.h), and answers. */
#include "api/endpoint.h"
#include "api/internal.h"
#include "api/resources/order_model.h"
#include "model/errors.h"
#include "shop/payments/confirm.h"
#include "shop/payments/create_intent.h"
#include "shop/payments/event.h"

#define EXAMPLE_PAYMENT_ID "\"0198c0de-b5e1-7d20-a1c3-9d4e5f6a7b8c\""

static const struct field read_fields[] = {
    UUID_FIELD(struct payment, id, .example = EXAMPLE_PAYMENT_ID),
    UUID_FIELD(struct payment, order_id, .example = EXAMPLE_ORDER_ID),
    TEXT_FIELD(struct payment, provider, .example = "\"stripe\""),
    TEXT_FIELD(struct payment, provider_payment_id, .optional = true,
               .doc = "The provider's PaymentIntent; none where there is nothing to pay",
               .example = "\"pi_3PqR8s2eZvKYlo2C1gFJ9wXy\""),
    INT_FIELD(struct payment, amount, .doc = "In minor units", .example = "5998"),
    TEXT_FIELD(struct payment, currency, .example = "\"usd\""),
    ENUM_FIELD(struct payment, status, .names = payment_status_names,
               .doc = "A failed one leaves the order pending, and another may be created"),
    TIME_FIELD(struct payment, created_at, .example = "\"2026-11-23T02:03:31.123456Z\""),
    TEXT_FIELD(struct payment, client_secret, .optional = true,
               .doc = "For the page's own talk with the provider; told by create-intent alone"),
    TEXT_FIELD(struct payment, failure_message, .optional = true,
               .doc = "Why it failed, or what the shopper has to do, in words for the shopper"),
};
static const struct model payment_read = MODEL("PaymentRead", struct payment, read_fields);

struct intent_create {
    struct uuid order_id;
};
static const struct field create_fields[] = {
    UUID_FIELD(struct intent_create, order_id, .example = EXAMPLE_ORDER_ID)};
static const struct model intent_create = MODEL("PaymentIntentCreate", struct intent_create, create_fields);

struct payment_confirm {
    struct uuid payment_id;
    struct str payment_method;
};
static const struct field confirm_fields[] = {
    UUID_FIELD(struct payment_confirm, payment_id, .example = EXAMPLE_PAYMENT_ID),
    TEXT_FIELD(struct payment_confirm, payment_method, LENGTH(1, provider_ref_bytes_max), .optional = true,
               .doc = "The provider's id of a payment method; left out where the page has confirmed already",
               .example = "\"pm_card_visa\""),
};
static const struct model payment_confirm = MODEL("PaymentConfirm", struct payment_confirm, confirm_fields);

struct payment_path {
    struct uuid payment_id;
};
static const struct field path_fields[] = {
    UUID_FIELD(struct payment_path, payment_id, .example = EXAMPLE_PAYMENT_ID)};
static const struct model payment_path = MODEL("PaymentPath", struct payment_path, path_fields);

/* Makes room for what the steps of one request hand on to each other. */
static enum status payment_new_state(struct call *call, size_t size) {
    call->state = arena_alloc(call->ctx.arena, size);
    return call->state ? STATUS_OK : STATUS_NO_MEMORY;
}

/* Answers with the payment of a flow, or with its failure, once it has ended. */
static enum status payment_answer(struct call *call, const struct payment_flow *flow) {
    if (!flow->is_ended)
        return STATUS_OK;
    *(struct payment *)call->attempt.reply = flow->payment;
    if (flow->failure != STATUS_OK)
        call_fail(call, flow->failure);
    else
        call_end(call);
    return STATUS_OK;
}

/* ---- POST /payments/create-intent */

static enum status intent_prepare(struct call *call) {
    const struct intent_create *body = call->body;
    enum status s = payment_new_state(call, sizeof(struct create_intent));
    struct create_intent *intent = call->state;
    if (s == STATUS_OK)
        s = create_intent_prepare(&call->ctx, str_from(call->api->options.provider->name), &call->session.key,
                                  &body->order_id, intent);
    return s == STATUS_OK ? payment_answer(call, &intent->flow) : s;
}

static enum status intent_call(struct call *call) {
    return create_intent_call(call->api->options.provider, call->ctx.arena, call->state);
}

static enum status intent_apply(struct call *call) {
    struct create_intent *intent = call->state;
    TRY(create_intent_apply(&call->ctx, call->provider_status, intent));
    if (intent->next)
        call_again(call, intent->next);
    return payment_answer(call, &intent->flow);
}

/* ---- POST /payments/confirm */

/* Checks that a payment method has only characters of ids, because it goes to the provider as it is. */
static enum status confirm_check(struct call *call) {
    const struct payment_confirm *body = call->body;
    struct str method = body->payment_method;
    if (str_is_alnum(method, "_"))
        return STATUS_OK;
    struct loc where = {.name = STR("body")}, at = {.parent = &where, .name = STR("payment_method")};
    struct json input = {.kind = JSON_STRING, .text = method};
    error_put(&call->errors, "string_pattern_mismatch", &at, &input, "{\"pattern\":\"^[A-Za-z0-9_]+$\"}",
              "String should match pattern '^[A-Za-z0-9_]+$'");
    return STATUS_INVALID;
}

static enum status payment_confirm_prepare(struct call *call) {
    const struct payment_confirm *body = call->body;
    TRY(payment_new_state(call, sizeof(struct payment_flow)));
    TRY(confirm_prepare(&call->ctx, &call->session.key, &body->payment_id, body->payment_method,
                        call->state));
    return payment_answer(call, call->state);
}

static enum status payment_confirm_call(struct call *call) {
    return payment_flow_call(call->api->options.provider, call->ctx.arena, call->state);
}

static enum status payment_confirm_apply(struct call *call) {
    enum status s = confirm_apply(&call->ctx, call->provider_status, call->state);
    return s == STATUS_OK ? payment_answer(call, call->state) : s;
}

/* ---- GET /payments/{payment_id} */

static enum status payment_read_one(struct call *call) {
    const struct payment_path *path = call->path;
    return payment_get(&call->ctx, &call->session.key, &path->payment_id, call->attempt.reply);
}

/* ---- POST /payments/webhook */

static enum status webhook_check(struct call *call) {
    struct provider *provider = call->api->options.provider;
    struct payment_event *event = call->state = ARENA_NEW(call->ctx.arena, struct payment_event);
    if (!event)
        return STATUS_NO_MEMORY;
    return provider->calls->event(provider, call->ctx.arena,
                                  request_header(call->request, STR("stripe-signature")), call->request->body,
                                  clock_now_us(call->ctx.clock), event);
}

static enum status webhook_apply(struct call *call) {
    return payment_event_apply(&call->ctx, call->state);
}

static const struct endpoint rows[] = {
    {
        .method = METHOD_POST,
        .path = "/payments/create-intent",
        .summary = "Create payment",
        .doc =
            "Makes the provider's PaymentIntent for a pending order. While it can still be paid the same one is given again, so "
            "there is never a second. Its client_secret is for the provider's own script in the page.",
        .access = ACCESS_SESSION,
        .idempotent = true,
        .refuses_cards = true,
        .lane = LANE_WRITER,
        .body = &intent_create,
        .reply = &payment_read,
        .http_status = 201,
        .errors = ERRORS(STATUS_ORDER_NOT_FOUND, STATUS_ORDER_NOT_PENDING, STATUS_PAYMENT_REFUSED,
                         STATUS_KEY_RUNNING, STATUS_PROVIDER_UNAVAILABLE),
        .prepare = intent_prepare,
        .call = intent_call,
        .apply = intent_apply,
    },
    {
        .method = METHOD_POST,
        .path = "/payments/confirm",
        .summary = "Confirm payment",
        .doc =
            "Charges the payment, and the order is paid. A declined card is an answer, not an error: the payment is `failed`, "
            "the order stays pending, and another payment can be created. A page that has confirmed by itself leaves the "
            "payment method out, and gets what the provider has. Never send a card's number: it is refused.",
        .access = ACCESS_SESSION,
        .idempotent = true,
        .refuses_cards = true,
        .lane = LANE_WRITER,
        .body = &payment_confirm,
        .reply = &payment_read,
        .errors = ERRORS(STATUS_PAYMENT_NOT_FOUND, STATUS_ORDER_NOT_PENDING, STATUS_PAYMENT_REFUSED,
                         STATUS_KEY_RUNNING, STATUS_PROVIDER_UNAVAILABLE),
        .check = confirm_check,
        .prepare = payment_confirm_prepare,
        .call = payment_confirm_call,
        .apply = payment_confirm_apply,
    },
    {
        .method = METHOD_POST,
        .path = "/payments/webhook",
        .summary = "Take a provider's event",
        .doc =
            "For the provider alone: its events, signed in Stripe-Signature over the very bytes of the body. Each "
            "has its effect once, however often and in whatever order they are delivered.",
        .access = ACCESS_PUBLIC,
        .lane = LANE_WRITER,
        .headers = {"stripe-signature"},
        .raw_body = "application/json",
        .errors = ERRORS(STATUS_BAD_SIGNATURE, STATUS_BAD_EVENT),
        .check = webhook_check,
        .handle = webhook_apply,
    },
    {
        .method = METHOD_GET,
        .path = "/payments/{payment_id}",
        .summary = "Get payment",
        .doc = "Of the session's own order; another session's is 404.",
        .access = ACCESS_SESSION,
        .lane = LANE_READER,
        .path_model = &payment_path,
        .reply = &payment_read,
        .errors = ERRORS(STATUS_PAYMENT_NOT_FOUND),
        .handle = payment_read_one,
    },
};

const struct endpoint_group payment_endpoints = {
    .tag = "payments",
    .doc = "How an order is paid",
    .rows = rows,
    .count = sizeof rows / sizeof *rows,
};
