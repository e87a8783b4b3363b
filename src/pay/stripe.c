#include "pay/stripe.h"

#include "pay/event.h"
#include "pay/intent.h"
#include "pay/stripe_call.h"
#include "pay/vault.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { key_bytes_max = 255, secret_bytes_max = 255, form_number_size = 24 };

struct stripe {
    struct provider provider;
    struct stripe_line line;
    struct vault *vault;
    struct str secret; /* of webhooks */
};

static struct stripe *stripe_of(struct provider *p) {
    return (struct stripe *)(void *)p;
}

/* ---- what an answer makes of an intent ---- */

/* An answer that should be an intent. What is none says nothing of what was done. */
static enum status take_intent(struct arena *arena, const json_t *object, struct intent *out) {
    enum status s = intent_read(arena, object, out);
    return s == STATUS_BAD_EVENT ? STATUS_PROVIDER_UNAVAILABLE : s;
}

static enum status take_refusal(struct arena *arena, const struct stripe_error *error, struct intent *out) {
    *out = (struct intent){0};
    if (error->intent && intent_read(arena, error->intent, out) != STATUS_OK)
        *out = (struct intent){0};
    bool plain = stripe_id_valid(error->code, STR(""));
    out->failure_code = arena_copy(arena, plain ? error->code : STR("unknown"));
    out->failure_message =
        stripe_message(arena, error->message.at ? error->message : STR("The payment was refused."));
    return out->failure_code.at && out->failure_message.at ? STATUS_PAYMENT_REFUSED : STATUS_NO_MEMORY;
}

/* The key was used for something else, so something was done, and this answer does not say what. */
static bool is_idempotency_error(const struct stripe_error *error) {
    return str_equal(error->type, STR("idempotency_error"));
}

/* Calls, and reads an intent or a refusal out of the answer. */
static enum status call_for_intent(struct stripe *s, struct arena *arena,
                                   const struct stripe_request *request, struct intent *out) {
    json_t *object;
    struct stripe_error error;
    enum status status = stripe_call(&s->line, arena, request, &object, &error);
    if (status == STATUS_OK)
        status = take_intent(arena, object, out);
    else if (status == STATUS_PAYMENT_REFUSED && is_idempotency_error(&error))
        status = STATUS_PROVIDER_UNAVAILABLE;
    else if (status == STATUS_PAYMENT_REFUSED)
        status = take_refusal(arena, &error, out);
    json_decref(object);
    return status;
}

/* ---- requests ---- */

/* `/payment_intents/pi_…action`. An id that is none of Stripe's is never put into a path. */
static bool intent_path(struct arena *arena, struct str intent, const char *action, struct buf *out) {
    *out = buf_new(arena);
    if (!stripe_id_valid(intent, STR("pi_")))
        return false;
    buf_put_text(out, "/payment_intents/");
    buf_put(out, intent);
    buf_put_text(out, action);
    return true;
}

static enum status no_such_intent(struct intent *out) {
    *out = (struct intent){.failure_code = STR("resource_missing"),
                           .failure_message = STR("There is no such payment at the provider.")};
    return STATUS_PAYMENT_REFUSED;
}

/* An answer with the charge in it, which says what was refunded. */
static const char expand[] = "expand[]";
static const struct str latest_charge = {"latest_charge", 13};

static void put_uuid(struct buf *form, const char *name, const struct uuid *id) {
    char text[uuid_text_size];
    uuid_format(id, text);
    form_put(form, name, (struct str){text, sizeof text});
}

/* Methods that lead the shopper to another site and back are left out: so the server may confirm without a
 * return_url, and the page's Payment Element takes what is left (cards, wallets, debits), with 3-D Secure in
 * the page itself. */
static enum status create(struct provider *p, struct arena *arena, const struct intent_new *wanted,
                          struct intent *out) {
    char key[provider_key_size], amount[form_number_size];
    struct stripe_request r = {.path = buf_new(arena), .form = buf_new(arena), .post = true};
    buf_put_text(&r.path, "/payment_intents");
    int size = snprintf(amount, sizeof amount, "%lld", (long long)wanted->amount);
    form_put(&r.form, "amount", (struct str){amount, (size_t)size});
    form_put(&r.form, "currency", wanted->currency);
    form_put(&r.form, "automatic_payment_methods[enabled]", STR("true"));
    form_put(&r.form, "automatic_payment_methods[allow_redirects]", STR("never"));
    put_uuid(&r.form, "metadata[till_payment]", &wanted->payment);
    put_uuid(&r.form, "metadata[till_order]", &wanted->order);
    form_put(&r.form, expand, latest_charge);
    r.key = provider_key(&wanted->payment, "create", 0, key);
    return call_for_intent(stripe_of(p), arena, &r, out);
}

static enum status retrieve(struct provider *p, struct arena *arena, struct str intent, struct intent *out) {
    struct stripe_request r = {.form = buf_new(arena)};
    if (!intent_path(arena, intent, "?expand[]=latest_charge", &r.path))
        return no_such_intent(out);
    return call_for_intent(stripe_of(p), arena, &r, out);
}

/* What a refused confirm comes to: a declined card is an answer, and so is an intent that an earlier attempt
 * has charged. */
static enum status settle_confirm(struct provider *p, struct arena *arena, struct str intent,
                                  const struct stripe_error *error, struct intent *out) {
    if (is_idempotency_error(error))
        return retrieve(p, arena, intent, out);
    enum status s = take_refusal(arena, error, out);
    bool declined = str_equal(error->type, STR("card_error"));
    if (s != STATUS_PAYMENT_REFUSED || (!declined && !out->id.at))
        return s;
    if (declined && !out->id.at)
        return retrieve(p, arena, intent, out);
    bool charged = out->status == INTENT_SUCCEEDED || out->status == INTENT_PROCESSING ||
                   out->status == INTENT_REQUIRES_CAPTURE;
    if (charged && !declined)
        out->failure_code = out->failure_message = (struct str){0};
    return declined || charged ? STATUS_OK : s;
}

/* Without a method, the page has confirmed with Stripe.js, and what came of it is taken over: the one place
 * where that is decided. */
static enum status confirm(struct provider *p, struct arena *arena, const struct uuid *payment,
                           struct str intent, struct str method, int64_t attempt, struct intent *out) {
    char key[provider_key_size];
    struct stripe_request r = {.form = buf_new(arena), .post = true};
    struct stripe_error error;
    json_t *object;
    if (method.size == 0)
        return retrieve(p, arena, intent, out);
    if (!intent_path(arena, intent, "/confirm", &r.path))
        return no_such_intent(out);
    form_put(&r.form, "payment_method", method);
    form_put(&r.form, expand, latest_charge);
    r.key = provider_key(payment, "confirm", attempt, key);
    enum status s = stripe_call(&stripe_of(p)->line, arena, &r, &object, &error);
    if (s == STATUS_OK)
        s = take_intent(arena, object, out);
    else if (s == STATUS_PAYMENT_REFUSED)
        s = settle_confirm(p, arena, intent, &error, out);
    json_decref(object);
    return s;
}

/* Whoever cancels wants it never charged; where Stripe will not cancel, it is final already or in the hands
 * of a bank, and the intent says which. A cancel may be repeated, so it needs no key. */
static enum status cancel(struct provider *p, struct arena *arena, struct str intent, struct intent *out) {
    struct stripe_request r = {.form = buf_new(arena), .post = true};
    if (!intent_path(arena, intent, "/cancel", &r.path))
        return no_such_intent(out);
    form_put(&r.form, expand, latest_charge);
    enum status s = call_for_intent(stripe_of(p), arena, &r, out);
    return s == STATUS_PAYMENT_REFUSED ? retrieve(p, arena, intent, out) : s;
}

/* A refund that a bank sent back is none. */
static bool refund_failed(const json_t *refund) {
    struct str status = json_text(refund, "status");
    return str_equal(status, STR("failed")) || str_equal(status, STR("canceled"));
}

/* Stripe answers with the refund; what has gone back in all stands in the intent's charge. */
static enum status refund(struct provider *p, struct arena *arena, const struct uuid *payment,
                          struct str intent, struct intent *out) {
    char key[provider_key_size];
    struct stripe_request r = {.path = buf_new(arena), .form = buf_new(arena), .post = true};
    struct stripe_error error;
    json_t *object;
    if (!stripe_id_valid(intent, STR("pi_")))
        return no_such_intent(out);
    buf_put_text(&r.path, "/refunds");
    form_put(&r.form, "payment_intent", intent);
    r.key = provider_key(payment, "refund", 0, key);
    enum status s = stripe_call(&stripe_of(p)->line, arena, &r, &object, &error);
    bool done = s == STATUS_OK && !refund_failed(object);
    if (s == STATUS_PAYMENT_REFUSED && str_equal(error.code, STR("charge_already_refunded")))
        done = true;
    if (s == STATUS_PAYMENT_REFUSED && is_idempotency_error(&error))
        s = STATUS_PROVIDER_UNAVAILABLE;
    if (s == STATUS_OK && !done) {
        error.message = STR("The bank sent the refund back.");
        s = STATUS_PAYMENT_REFUSED;
    }
    if (done)
        s = retrieve(p, arena, intent, out);
    else if (s == STATUS_PAYMENT_REFUSED)
        s = take_refusal(arena, &error, out);
    json_decref(object);
    return s;
}

static enum status event(struct provider *p, struct arena *arena, struct str signature, struct str body,
                         int64_t now_us, struct payment_event *out) {
    return event_read(arena, signature, body, stripe_of(p)->secret, now_us, out);
}

static void close_stripe(struct provider *p) {
    struct stripe *s = stripe_of(p);
    web_close(s->line.web);
    vault_close(s->vault);
    free(s);
}

static const struct provider_calls calls = {
    .create = create,
    .confirm = confirm,
    .retrieve = retrieve,
    .cancel = cancel,
    .refund = refund,
    .event = event,
    .close = close_stripe,
};

/* ---- opening ---- */

/* Whether text can stand in a header: printable ASCII without blanks. */
static bool secret_plain(struct str text, size_t max) {
    bool plain = text.size <= max;
    for (size_t i = 0; i < text.size && plain; i++)
        plain = text.at[i] > ' ' && text.at[i] < 0x7F;
    return plain;
}

static enum status keep_secrets(struct stripe *s, const struct stripe_options *o) {
    char header[sizeof "Authorization: Bearer " + key_bytes_max];
    int size = snprintf(header, sizeof header, "Authorization: Bearer %.*s", (int)o->key.size, o->key.at);
    s->vault = vault_open();
    if (s->vault) {
        s->line.authorization = vault_put(s->vault, (struct str){header, (size_t)size}).at;
        s->secret = vault_put(s->vault, o->webhook_secret);
    }
    explicit_bzero(header, sizeof header);
    return s->vault ? STATUS_OK : STATUS_NO_MEMORY;
}

static enum status check(const struct stripe_options *o, char *why) {
    struct str key = o->key;
    bool known = key.at && (str_starts(key, STR("sk_")) || str_starts(key, STR("rk_")));
    if (!known || !secret_plain(key, key_bytes_max)) {
        snprintf(why, stripe_why_size, "Stripe needs a secret key, sk_… or rk_…: set TILL_STRIPE_KEY");
        return STATUS_USAGE;
    }
    if (!secret_plain(o->webhook_secret, secret_bytes_max)) {
        snprintf(why, stripe_why_size,
                 "the webhook's secret is none of Stripe's, which are plain text such as whsec_…");
        return STATUS_USAGE;
    }
    return STATUS_OK;
}

enum status stripe_open(const struct stripe_options *options, struct provider **out, char *why) {
    snprintf(why, stripe_why_size, "out of memory");
    enum status status = check(options, why);
    struct stripe *s = status == STATUS_OK ? calloc(1, sizeof *s) : NULL;
    if (!s)
        return status == STATUS_OK ? STATUS_NO_MEMORY : status;
    s->provider = (struct provider){.calls = &calls, .name = "stripe"};
    s->line = (struct stripe_line){
        .random = options->random,
        .try_ms = options->try_ms ? options->try_ms : stripe_try_ms_max,
        .wait_ms = options->wait_ms ? options->wait_ms : stripe_wait_ms_first,
    };
    struct web_options web = {.url = options->url ? options->url : STRIPE_URL, .ca_file = options->ca_file};
    status = web_open(&web, &s->line.web, why);
    if (status == STATUS_OK)
        status = keep_secrets(s, options);
    if (status != STATUS_OK) {
        close_stripe(&s->provider);
        return status;
    }
    *out = &s->provider;
    return STATUS_OK;
}
