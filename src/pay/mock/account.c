/* The life of an intent:
 *
 *                    ┌────────── confirm: declined ──────────┐
 *                    ▼                                       │
 *     create ─▶ requires_payment_method ─────────────────────┤
 *                    │                                       ├─ confirm: accepted ─▶ succeeded ──▶ refund,
 *                    │            requires_action ───────────┤                       (final)       up to all
 *                    │                 ▲     │               │
 *                    │                 │     │               └─ confirm: bank wants to see the shopper
 *                    │                 └─────┼──────────────────────────┘
 *                    └─ cancel ─▶ canceled ◀─┘
 *                                 (final)
 *
 * The payment method alone decides what a confirm comes to (test_methods.c), so a test chooses its outcome.
 *
 * mock_operate runs an operation that changes something in three parts: it looks the key up; the operation
 * decides, from the intent as it is, on the intent as it will be; the change is written down with the key. The
 * books have one writer, so no other operation comes between. */
#include "pay/mock/account.h"

#include "base/buf.h"
#include "pay/currency.h"
#include "pay/intent.h"
#include "pay/intent_json.h"

#include <stdarg.h>
#include <stdio.h>

static const char unexpected_state[] = "payment_intent_unexpected_state";

struct str mock_make_id(const struct random *random, struct arena *arena, const char *prefix) {
    uint8_t chance[mock_id_size / 2];
    struct buf text = buf_new(arena);
    random_fill(random, chance, sizeof chance);
    buf_put_text(&text, prefix);
    char *to = buf_space(&text, mock_id_size);
    if (to)
        hex_write(chance, sizeof chance, to);
    return to ? buf_str(&text) : (struct str){0};
}

/* ---- refusals ---- */

enum status mock_refuse(struct mock_call *c, int http_status, const char *code, const char *param,
                        const char *format, ...) {
    char text[1024]; /* the longest sentence is below 512, and an echo at most echo_bytes_max */
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    c->refusal =
        (struct mock_refusal){http_status, http_status == 500 ? "api_error" : "invalid_request_error", code,
                              param, arena_copy(c->arena, str_from(text))};
    return c->refusal.message.data ? STATUS_PAYMENT_REFUSED : STATUS_NO_MEMORY;
}

/* Finds an intent, or a refund and its intent, by its id, or refuses the parameter that names it. */
static enum status account_find(struct mock_call *c, enum books_key by, struct str id, const char *param,
                                struct mock_change *out) {
    const char *object = by == BOOKS_REFUND ? "refund" : "payment_intent";
    enum status s = books_find(c->db, c->arena, by, id, out);
    return s == STATUS_NOT_FOUND
               ? mock_refuse(c, 404, "resource_missing", param, "No such %s: '%.*s'", object, MOCK_ECHO(id))
               : s;
}

/* Refuses to confirm (or cancel) an intent in its present state. */
static enum status refuse_state(struct mock_call *c, const char *verb, const char *more_statuses) {
    enum intent_status status = c->change.intent.intent.status;
    if (status == INTENT_SUCCEEDED && !more_statuses[0])
        return mock_refuse(c, 400, unexpected_state, NULL,
                           "You cannot %s this PaymentIntent because it has already succeeded after being "
                           "previously confirmed.",
                           verb);
    return mock_refuse(c, 400, unexpected_state, NULL,
                       "You cannot %s this PaymentIntent because it has a status of %s. Only a PaymentIntent "
                       "with one of the following statuses may be %sed: requires_payment_method, "
                       "requires_confirmation, requires_action%s.",
                       verb, intent_status_name(status).data, verb, more_statuses);
}

/* Refuses a refund of `amount` if `left` of the intent's money can still go back. */
static enum status refuse_refund(struct mock_call *c, int64_t amount, int64_t left) {
    if (c->change.intent.intent.status != INTENT_SUCCEEDED)
        return mock_refuse(c, 400, unexpected_state, NULL,
                           "This PaymentIntent (%.*s) does not have a successful charge to refund.",
                           MOCK_ECHO(c->id));
    if (left == 0)
        return mock_refuse(c, 400, "charge_already_refunded", NULL,
                           "Charge ch_%.*s has already been refunded.", MOCK_ECHO(str_skip(c->id, 3)));
    return mock_refuse(c, 400, NULL, "amount",
                       "Refund amount (%lld minor units) is greater than unrefunded amount on charge (%lld)",
                       (long long)amount, (long long)left);
}

/* ---- operations that change something ---- */

/* Adds what is told of the shopper, each text with its size, so that no two contacts look the same. */
static void account_put_contact(struct buf *params, const struct intent_contact *contact) {
    for (int i = 0; i < CONTACT_FIELD_COUNT; i++)
        if (contact->fields[i].size > 0) {
            buf_printf(params, "\n%d:%zu:", i, contact->fields[i].size);
            buf_put(params, contact->fields[i]);
        }
}

/* Collects all parameters of a request: two requests with the same key must not differ in them. Without memory
 * the text is absent, which no text in the books equals. */
static struct str account_params(struct mock_call *c) {
    struct buf text = buf_new(c->arena);
    buf_printf(&text, "%s\n%lld\n%.*s\n%.*s\n%.*s\n", c->operation->name, (long long)c->amount,
               MOCK_ECHO(c->currency), MOCK_ECHO(c->id), MOCK_ECHO(c->method));
    buf_put(&text, (struct str){(const char *)c->payment.bytes, sizeof c->payment.bytes});
    buf_put(&text, (struct str){(const char *)c->order.bytes, sizeof c->order.bytes});
    buf_put(&text, (struct str){(const char *)c->till_refund.bytes, sizeof c->till_refund.bytes});
    account_put_contact(&text, &c->contact);
    return buf_ok(&text) ? buf_str(&text) : (struct str){0};
}

/* Answers a request whose key was used before as the first one was answered, or refuses it. c->is_replayed tells
 * whether there was such a request. */
static enum status account_replay(struct mock_call *c, struct str params) {
    struct mock_change first;
    enum status s = books_find(c->db, c->arena, BOOKS_IDEMPOTENCY_KEY, c->key, &first);
    c->is_replayed = s == STATUS_OK;
    if (s != STATUS_OK)
        return s == STATUS_NOT_FOUND ? STATUS_OK : s;
    if (str_equal(first.params, params)) {
        c->change = first;
        return STATUS_OK;
    }
    s = mock_refuse(
        c, 400, NULL, NULL,
        "Keys for idempotent requests can only be used with the same parameters they were first "
        "used with. Try using a key other than '%.*s' if you meant to execute a different request.",
        MOCK_ECHO(c->key));
    c->refusal.type = "idempotency_error";
    return s;
}

static enum status account_retrieve(struct mock_call *c) {
    enum status s = account_find(c, BOOKS_INTENT, c->id, "intent", &c->change);
    c->change.refund = (struct mock_refund){0};
    return s;
}

enum status mock_operate(struct mock_call *c) {
    const struct mock_operation *operation = c->operation;
    bool has_key = operation->name && c->key.size > 0;
    struct str params = has_key ? account_params(c) : (struct str){0};
    enum status s = has_key ? account_replay(c, params) : STATUS_OK;
    if (s != STATUS_OK || c->is_replayed)
        return s;
    if (operation->name && !operation->creates)
        TRY(account_retrieve(c));
    c->now_s = clock_now_us(c->clock) / 1000000;
    TRY(operation->run(c));
    if (!operation->name)
        return STATUS_OK;
    c->change.at_s = c->now_s;
    c->change.params = params;
    return books_add(c->db, &c->change, operation->name, has_key ? c->key : (struct str){0});
}

/* Refuses an amount beyond `bound`, as 99999999 or 50 with the currency's code. */
static enum status refuse_amount(struct mock_call *c, const char *code, const char *how, int64_t bound) {
    return mock_refuse(c, 400, code, "amount", "Amount must be %s %lld minor units of %.*s", how,
                       (long long)bound, MOCK_ECHO(c->currency));
}

/* Stripe wants a name and an address if it is told of shipping, and an address of mail that looks like one. The bound of a
 * field is the mock's own, for pages of many intents; Stripe's is 5,000 characters. */
static enum status account_check_contact(struct mock_call *c) {
    const struct str *fields = c->contact.fields;
    struct str email = fields[CONTACT_RECEIPT_EMAIL];
    bool has_address = false;
    for (int i = 0; i < CONTACT_FIELD_COUNT; i++) {
        has_address = has_address || (i >= CONTACT_LINE1 && fields[i].size > 0);
        if (fields[i].size > contact_bytes_max)
            return mock_refuse(c, 400, NULL, contact_field_names[i],
                               "Invalid string: the mock takes at most %d bytes.", contact_bytes_max);
    }
    bool has_name = fields[CONTACT_NAME].size > 0;
    if (!has_name && (has_address || fields[CONTACT_PHONE].size > 0))
        return mock_refuse(c, 400, "parameter_missing", "shipping[name]",
                           "Missing required param: shipping[name].");
    if (has_name && !has_address)
        return mock_refuse(c, 400, "parameter_missing", "shipping[address]",
                           "Missing required param: shipping[address].");
    if (email.size > 0 && str_find(email, '@') == email.size)
        return mock_refuse(c, 400, "email_invalid", "receipt_email", "Invalid email address: %.*s",
                           MOCK_ECHO(email));
    return STATUS_OK;
}

static enum status account_create(struct mock_call *c) {
    TRY(account_check_contact(c));
    if (c->amount < 1)
        return mock_refuse(c, 400, "parameter_invalid_integer", "amount",
                           "This value must be greater than or equal to 1.");
    if (!currency_is_valid(c->currency))
        return mock_refuse(c, 400, NULL, "currency", "Invalid currency: %.*s", MOCK_ECHO(c->currency));
    if (c->amount < currency_amount_min(c->currency))
        return refuse_amount(c, "amount_too_small", "at least", currency_amount_min(c->currency));
    if (c->amount > currency_amount_max(c->currency))
        return refuse_amount(c, "amount_too_large", "no more than", currency_amount_max(c->currency));
    struct str id = mock_make_id(c->random, c->arena, "pi_");
    struct buf secret = buf_new(c->arena);
    buf_put(&secret, id);
    buf_put(&secret, mock_make_id(c->random, c->arena, "_secret_"));
    c->change.intent = (struct mock_intent){
        .intent = {.id = id,
                   .client_secret = buf_str(&secret),
                   .payment = c->payment,
                   .status = INTENT_REQUIRES_PAYMENT_METHOD,
                   .amount = c->amount,
                   .currency = c->currency},
        .order = c->order,
        .contact = c->contact,
        .created_s = c->now_s,
    };
    c->event = "payment_intent.created";
    return id.data && buf_ok(&secret) ? STATUS_OK : STATUS_NO_MEMORY;
}

static bool intent_is_final(const struct mock_intent *i) {
    return i->intent.status == INTENT_SUCCEEDED || i->intent.status == INTENT_CANCELED;
}

static enum status account_confirm(struct mock_call *c) {
    if (intent_is_final(&c->change.intent))
        return refuse_state(c, "confirm", "");
    if (c->method.size == 0)
        return mock_refuse(c, 400, unexpected_state, NULL,
                           "You cannot confirm this PaymentIntent because it's missing a payment method. "
                           "You can either update the PaymentIntent with a payment method and then confirm "
                           "it again, or confirm it again directly with a payment method or "
                           "ConfirmationToken.");
    const struct test_method *method = test_method_find(c->method);
    if (!method)
        return mock_refuse(c, 400, "resource_missing", "payment_method", "No such PaymentMethod: '%.*s'",
                           MOCK_ECHO(c->method));
    struct intent *i = &c->change.intent.intent;
    c->change.intent.method = method;
    i->failure_code = str_from(method->code);
    i->failure_message = str_from(method->message);
    if (method->code) {
        i->status = INTENT_REQUIRES_PAYMENT_METHOD;
        c->event = "payment_intent.payment_failed";
    } else if (method->needs_action) {
        i->status = INTENT_REQUIRES_ACTION;
        c->event = "payment_intent.requires_action";
    } else {
        i->status = INTENT_SUCCEEDED;
        i->received = i->amount;
        c->event = "payment_intent.succeeded";
    }
    return STATUS_OK;
}

static enum status account_cancel(struct mock_call *c) {
    if (intent_is_final(&c->change.intent))
        return refuse_state(c, "cancel", ", requires_capture, processing");
    c->change.intent.intent.status = INTENT_CANCELED;
    c->event = "payment_intent.canceled";
    return STATUS_OK;
}

static enum status account_refund(struct mock_call *c) {
    struct intent *i = &c->change.intent.intent;
    int64_t left = i->received - i->refunded, amount = c->amount ? c->amount : left;
    if (left == 0 || amount < 1 || amount > left)
        return refuse_refund(c, amount, left);
    bool is_failed = c->change.intent.method->refund_fails;
    c->change.refund = (struct mock_refund){.id = mock_make_id(c->random, c->arena, "re_"),
                                            .amount = amount,
                                            .till_refund = c->till_refund,
                                            .is_failed = is_failed,
                                            .created_s = c->now_s};
    i->refunded += is_failed ? 0 : amount;
    c->event = "charge.refunded";
    return c->change.refund.id.data ? STATUS_OK : STATUS_NO_MEMORY;
}

/* ---- operations that read ---- */

static enum status account_retrieve_refund(struct mock_call *c) {
    return account_find(c, BOOKS_REFUND, c->id, "refund", &c->change);
}

/* Finds the intent that a list starts after or ends before; `*seq` stays if the list has no such bound. */
static enum status list_bound(struct mock_call *c, struct str id, const char *param, int64_t *seq) {
    struct mock_change at;
    if (!id.data)
        return STATUS_OK;
    TRY(account_find(c, BOOKS_INTENT, id, param, &at));
    *seq = at.intent_seq;
    return STATUS_OK;
}

/* Reads one more than is wanted, to know whether others follow. */
static enum status account_list(struct mock_call *c) {
    struct books_range range = {.before = INT64_MAX,
                                .from_s = c->created_from_s,
                                .to_s = c->created_to_s,
                                .oldest_first = c->ending_before.data != NULL};
    TRY(list_bound(c, c->starting_after, "starting_after", &range.before));
    TRY(list_bound(c, c->ending_before, "ending_before", &range.after));
    TRY(books_list(c->db, c->arena, &range, c->limit + 1, &c->page));
    c->more = c->page.count > (size_t)c->limit;
    c->page.count -= c->more;
    if (range.oldest_first) /* the one too many is the newest */
        c->page.data = (const struct mock_intent *)c->page.data + c->more;
    return STATUS_OK;
}

static enum status account_list_refunds(struct mock_call *c) {
    TRY(account_retrieve(c));
    TRY(books_list_refunds(c->db, c->arena, c->change.intent_seq, c->starting_after, c->limit + 1,
                           &c->refunds));
    c->more = c->refunds.count > (size_t)c->limit;
    c->refunds.count -= c->more;
    return STATUS_OK;
}

const struct mock_operation mock_create = {account_create, "create", true};
const struct mock_operation mock_confirm = {account_confirm, "confirm", false};
const struct mock_operation mock_cancel = {account_cancel, "cancel", false};
const struct mock_operation mock_refund = {account_refund, "refund", false};
const struct mock_operation mock_retrieve = {account_retrieve, NULL, false};
const struct mock_operation mock_retrieve_refund = {account_retrieve_refund, NULL, false};
const struct mock_operation mock_list = {account_list, NULL, false};
const struct mock_operation mock_list_refunds = {account_list_refunds, NULL, false};
