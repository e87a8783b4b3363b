/* The payments' endpoints. Create and confirm are three steps each: what is about to be asked is written
 * down, the provider is asked with no transaction open, and its answer is brought in. */
#include "api/endpoint.h"
#include "api/internal.h"
#include "api/order_model.h"
#include "model/errors.h"
#include "shop/payment_ask.h"

#include <assert.h>

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

/* What the steps of one request hand on. */
struct work {
    bool again; /* the second payment of one request: the provider knew of an end of the first */
    struct payment payment, older; /* older: to be cancelled first; seq 0 where there is none */
    enum ask ask;
    struct str method;
    struct intent intent, older_intent; /* without an id where nothing is known */
};

static enum status show(struct call *call, const struct payment *payment) {
    *(struct payment *)call->reply = *payment;
    return STATUS_OK;
}

/* As `show`, where no further step is needed. */
static enum status show_at_once(struct call *call, const struct payment *payment) {
    call_end(call);
    return show(call, payment);
}

static enum status new_work(struct call *call, struct work **out) {
    *out = call->state = ARENA_NEW(call->tx.arena, struct work);
    return *out ? STATUS_OK : STATUS_NO_MEMORY;
}

/* Brings in what was asked of a payment, as this transaction finds it. */
static enum status settle(struct call *call, struct payment *payment, const struct intent *intent) {
    bool known = intent->id.at && call->provided != STATUS_STORAGE;
    enum status s = payment_load(&call->tx, payment->seq, payment);
    return s == STATUS_OK && known ? payment_settle(&call->tx, payment, intent) : s;
}

/* Answers with why the provider was of no use, and leaves the payment to be looked after. */
static enum status fail(struct call *call, const struct payment *payment) {
    bool full = call->provided == STATUS_QUEUE_FULL, refused = call->provided == STATUS_PAYMENT_REFUSED;
    call_fail(call, full || refused ? call->provided : STATUS_PROVIDER_UNAVAILABLE);
    return refused ? STATUS_OK : payment_unanswered(&call->tx, payment);
}

/* ---- POST /payments/create-intent */

static enum status find_intent(struct call *call, struct work *w) {
    const struct intent_create *body = call->body;
    enum status s = payment_begin(&call->tx, str_from(api_provider(call->api)->name), &call->session.key,
                                  &body->order_id, &w->payment, &w->older);
    w->ask = w->payment.provider_payment_id.at ? ASK_RETRIEVE : ASK_CREATE;
    return s;
}

static enum status begin_intent(struct call *call) {
    struct work *w;
    if (!call->session.given)
        return STATUS_ORDER_NOT_FOUND;
    enum status s = new_work(call, &w);
    if (s == STATUS_OK)
        s = find_intent(call, w);
    return s == STATUS_OK && w->payment.amount == 0 ? show_at_once(call, &w->payment) : s;
}

/* The provider knew that the payment had failed, which the page or a lost reply had not told: another. */
static enum status begin_again(struct call *call, struct work *w) {
    *w = (struct work){.again = true};
    call_again(call);
    return find_intent(call, w);
}

static enum status provide_intent(struct call *call) {
    struct provider *provider = api_provider(call->api);
    struct arena *arena = call->tx.arena;
    struct str none = {0};
    struct work *w = call->state;
    if (w->older.seq != 0) {
        enum status s = payment_ask(provider, arena, &w->older, ASK_CANCEL, none, &w->older_intent);
        if (s != STATUS_OK || w->older_intent.status != INTENT_CANCELED)
            return s;
    }
    return payment_ask(provider, arena, &w->payment, w->ask, none, &w->intent);
}

static enum status settle_intent(struct call *call) {
    struct work *w = call->state;
    struct payment *p = &w->payment;
    enum status s = w->older.seq ? settle(call, &w->older, &w->older_intent) : STATUS_OK;
    if (s == STATUS_OK)
        s = settle(call, p, &w->intent);
    if (s != STATUS_OK)
        return s;
    if (p->order_status != ORDER_PENDING && p->status != PAYMENT_SUCCEEDED) {
        /* It was cancelled meanwhile, or the older payment had paid it after all. */
        call_fail(call, STATUS_ORDER_NOT_PENDING);
        return p->provider_payment_id.at ? STATUS_OK : payment_refused(&call->tx, p, (struct str){0});
    }
    if (p->status == PAYMENT_FAILED && !w->again)
        return begin_again(call, w);
    if (call->provided == STATUS_PAYMENT_REFUSED && w->ask == ASK_CREATE && !w->intent.id.at)
        s = payment_refused(&call->tx, p, w->intent.failure_message);
    if (s == STATUS_OK && (call->provided != STATUS_OK || !w->intent.id.at))
        return fail(call, p);
    p->client_secret = w->intent.client_secret;
    return s == STATUS_OK ? show(call, p) : s;
}

/* ---- POST /payments/confirm */

/* The id of a payment method goes to the provider as it is, and so has nothing in it but what ids have. */
static enum status check_confirm(struct call *call) {
    const struct payment_confirm *body = call->body;
    struct str method = body->payment_method;
    bool plain = true;
    for (size_t i = 0; i < method.size && plain; i++)
        plain = (method.at[i] >= '0' && method.at[i] <= '9') || method.at[i] == '_' ||
                ((method.at[i] | 0x20) >= 'a' && (method.at[i] | 0x20) <= 'z');
    if (plain)
        return STATUS_OK;
    struct loc where = {.name = STR("body")}, at = {.parent = &where, .name = STR("payment_method")};
    struct json input = {.kind = JSON_STRING, .text = method};
    error_put(&call->errors, "string_pattern_mismatch", &at, &input, "{\"pattern\":\"^[A-Za-z0-9_]+$\"}",
              "String should match pattern '^[A-Za-z0-9_]+$'");
    return STATUS_INVALID;
}

/* There is nothing to pay, so nobody is asked. */
static enum status confirm_nothing(struct call *call, struct payment *p) {
    struct intent paid = {.status = INTENT_SUCCEEDED, .currency = p->currency};
    enum status s = payment_settle(&call->tx, p, &paid);
    return s == STATUS_OK ? show_at_once(call, p) : s;
}

/* Money that the order had no use for is on its way back. */
static enum status show_end(struct call *call, const struct payment *p) {
    if (p->surplus) {
        call_fail(call, STATUS_ORDER_NOT_PENDING);
        return STATUS_OK;
    }
    return show_at_once(call, p);
}

static enum status begin_confirm(struct call *call) {
    const struct payment_confirm *body = call->body;
    struct work *w;
    if (!call->session.given)
        return STATUS_PAYMENT_NOT_FOUND;
    enum status s = new_work(call, &w);
    if (s == STATUS_OK)
        s = payment_lock(&call->tx, &body->payment_id);
    if (s == STATUS_OK)
        s = payment_get(&call->tx, &call->session.key, &body->payment_id, &w->payment);
    if (s != STATUS_OK)
        return s;
    struct payment *p = &w->payment;
    w->method = body->payment_method;
    if (p->status == PAYMENT_SUCCEEDED)
        return show_end(call, p);
    if (p->status == PAYMENT_FAILED && (w->method.at || p->due_at == 0))
        return show_at_once(call, p);
    if (p->order_status != ORDER_PENDING)
        return STATUS_ORDER_NOT_PENDING;
    if (p->amount == 0)
        return confirm_nothing(call, p);
    /* What failed may have been paid by the page since. */
    w->ask = p->status == PAYMENT_FAILED ? ASK_RETRIEVE : ASK_CONFIRM;
    return w->ask == ASK_CONFIRM ? payment_attempt(&call->tx, p) : STATUS_OK;
}

static enum status provide_confirm(struct call *call) {
    struct work *w = call->state;
    return payment_ask(api_provider(call->api), call->tx.arena, &w->payment, w->ask, w->method, &w->intent);
}

static enum status settle_confirm(struct call *call) {
    struct work *w = call->state;
    enum status s = settle(call, &w->payment, &w->intent);
    if (s != STATUS_OK)
        return s;
    return call->provided == STATUS_OK || w->payment.status == PAYMENT_SUCCEEDED ? show_end(call, &w->payment)
                                                                                 : fail(call, &w->payment);
}

/* ---- GET /payments/{payment_id} */

static enum status get_payment(struct call *call) {
    const struct payment_path *path = call->path;
    return call->session.given ? payment_get(&call->tx, &call->session.key, &path->payment_id, call->reply)
                               : STATUS_PAYMENT_NOT_FOUND;
}

/* ---- POST /payments/webhook */

static enum status check_event(struct call *call) {
    struct provider *provider = api_provider(call->api);
    struct payment_event *event = call->state = ARENA_NEW(call->tx.arena, struct payment_event);
    if (!event)
        return STATUS_NO_MEMORY;
    return provider->calls->event(provider, call->tx.arena, call->request->stripe_signature,
                                  call->request->body, clock_now_us(call->tx.clock), event);
}

static enum status take_event(struct call *call) {
    return payment_event(&call->tx, call->state);
}

static const struct endpoint rows[] = {
    {
        .method = METHOD_POST,
        .path = "/payments/create-intent",
        .tag = "payments",
        .summary = "Create payment",
        .doc =
            "Makes the provider's PaymentIntent for a pending order. While it can still be paid the same one is given again, so "
            "there is never a second. Its client_secret is for the provider's own script in the page.",
        .access = ACCESS_SESSION,
        .idempotent = true,
        .refuses_cards = true,
        .runs = RUNS_WRITE,
        .body = &intent_create,
        .reply = &payment_read,
        .http_status = 201,
        .errors = ERRORS(STATUS_ORDER_NOT_FOUND, STATUS_ORDER_NOT_PENDING, STATUS_PAYMENT_REFUSED,
                         STATUS_KEY_RUNNING, STATUS_PROVIDER_UNAVAILABLE),
        .handle = begin_intent,
        .provide = provide_intent,
        .settle = settle_intent,
    },
    {
        .method = METHOD_POST,
        .path = "/payments/confirm",
        .tag = "payments",
        .summary = "Confirm payment",
        .doc =
            "Charges the payment, and the order is paid. A declined card is an answer, not an error: the payment is `failed`, "
            "the order stays pending, and another payment can be created. A page that has confirmed by itself leaves the "
            "payment method out, and gets what the provider has. Never send a card's number: it is refused.",
        .access = ACCESS_SESSION,
        .idempotent = true,
        .refuses_cards = true,
        .runs = RUNS_WRITE,
        .body = &payment_confirm,
        .reply = &payment_read,
        .http_status = 200,
        .errors = ERRORS(STATUS_PAYMENT_NOT_FOUND, STATUS_ORDER_NOT_PENDING, STATUS_PAYMENT_REFUSED,
                         STATUS_KEY_RUNNING, STATUS_PROVIDER_UNAVAILABLE),
        .check = check_confirm,
        .handle = begin_confirm,
        .provide = provide_confirm,
        .settle = settle_confirm,
    },
    {
        .method = METHOD_POST,
        .path = "/payments/webhook",
        .tag = "payments",
        .summary = "Take a provider's event",
        .doc =
            "For the provider alone: its events, signed in Stripe-Signature over the very bytes of the body. Each "
            "has its effect once, however often and in whatever order they are delivered.",
        .access = ACCESS_PUBLIC,
        .runs = RUNS_WRITE,
        .raw_body = "application/json",
        .http_status = 200,
        .errors = ERRORS(STATUS_BAD_SIGNATURE, STATUS_BAD_EVENT),
        .check = check_event,
        .handle = take_event,
    },
    {
        .method = METHOD_GET,
        .path = "/payments/{payment_id}",
        .tag = "payments",
        .summary = "Get payment",
        .access = ACCESS_SESSION,
        .runs = RUNS_READ,
        .path_model = &payment_path,
        .reply = &payment_read,
        .http_status = 200,
        .errors = ERRORS(STATUS_PAYMENT_NOT_FOUND),
        .handle = get_payment,
    },
};

const struct endpoint_group payment_endpoints = {
    .tag = "payments",
    .doc = "How an order is paid",
    .rows = rows,
    .count = sizeof rows / sizeof *rows,
};
