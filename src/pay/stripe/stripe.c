#include "pay/stripe/stripe.h"

#include "pay/event.h"
#include "pay/intent.h"
#include "pay/stripe/stripe_client.h"
#include "pay/vault.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { key_bytes_max = 255, secret_bytes_max = 255, path_bytes_max = provider_ref_bytes_max + 64 };

struct stripe {
    struct provider provider;
    struct stripe_client client;
    struct vault *vault;
    struct str webhook_secret;
};

static struct stripe *stripe_of(struct provider *p) {
    return (struct stripe *)(void *)p;
}

/* ---- answers ---- */

/* Reads an answer that should be an intent. If it is not, it does not tell what was done. */
static enum status stripe_take_intent(struct arena *arena, const struct json *object, struct intent *out) {
    enum status s = intent_read(arena, object, out);
    return s == STATUS_BAD_EVENT ? STATUS_PROVIDER_UNAVAILABLE : s;
}

static enum status stripe_take_refusal(struct arena *arena, const struct stripe_error *error,
                                       struct intent *out) {
    *out = (struct intent){0};
    if (error->intent && intent_read(arena, error->intent, out) != STATUS_OK)
        *out = (struct intent){0};
    bool plain = stripe_id_valid(error->code, STR(""));
    out->failure_code = arena_copy(arena, plain ? error->code : STR("unknown"));
    out->failure_message =
        stripe_message(arena, error->message.data ? error->message : STR("The payment was refused."));
    return out->failure_code.data && out->failure_message.data ? STATUS_PAYMENT_REFUSED : STATUS_NO_MEMORY;
}

/* Whether the key was used for another request. Then something was done, but the answer does not tell what. */
static bool stripe_key_reused(const struct stripe_error *error) {
    return str_equal(error->type, STR("idempotency_error"));
}

/* Reads an intent or a refusal out of the answer to a call that came to `status`, and ends the call. */
static enum status stripe_finish_for_intent(struct arena *arena, struct stripe_call *call, enum status status,
                                            struct intent *out) {
    if (status == STATUS_OK)
        status = stripe_take_intent(arena, call->object, out);
    else if (status == STATUS_PAYMENT_REFUSED && stripe_key_reused(&call->error))
        status = STATUS_PROVIDER_UNAVAILABLE;
    else if (status == STATUS_PAYMENT_REFUSED)
        status = stripe_take_refusal(arena, &call->error, out);
    stripe_call_end(call);
    return status;
}

static enum status stripe_call_for_intent(struct stripe *s, struct arena *arena, struct stripe_call *call,
                                          struct intent *out) {
    return stripe_finish_for_intent(arena, call, stripe_client_call(&s->client, call), out);
}

/* ---- requests ---- */

/* Asks for an answer with the whole charge in it, which tells what was refunded. */
static void stripe_expand_charge(struct stripe_call *call) {
    stripe_call_field(call, "expand[]", STR("latest_charge"));
}

static void stripe_field_uuid(struct stripe_call *call, const char *name, const struct uuid *id) {
    char text[uuid_text_size];
    uuid_format(id, text);
    stripe_call_field(call, name, (struct str){text, sizeof text});
}

static void stripe_field_int(struct stripe_call *call, const char *name, int64_t value) {
    char text[24];
    int size = snprintf(text, sizeof text, "%lld", (long long)value);
    stripe_call_field(call, name, (struct str){text, (size_t)size});
}

/* Starts a call to `/payment_intents/pi_…action`. An id that is not Stripe's never gets into a path: then it
 * returns false, and `out` holds the refusal. */
static bool stripe_intent_begin(struct stripe_call *call, bool post, struct str intent, const char *action,
                                struct intent *out) {
    char path[path_bytes_max];
    if (!stripe_id_valid(intent, STR("pi_"))) {
        *out = (struct intent){.failure_code = STR("resource_missing"),
                               .failure_message = STR("There is no such payment at the provider.")};
        return false;
    }
    snprintf(path, sizeof path, "/payment_intents/%.*s%s", (int)intent.size, intent.data, action);
    stripe_call_begin(call, post, path);
    return true;
}

/* Payment methods that lead the shopper to another site and back are excluded. So the server may confirm
 * without a return_url, and the page's Payment Element offers the rest (cards, wallets, debits), with 3-D
 * Secure in the page itself. */
static void stripe_create_begin(struct stripe_call *call, const struct intent_new *wanted) {
    stripe_call_begin(call, true, "/payment_intents");
    stripe_field_int(call, "amount", wanted->amount);
    stripe_call_field(call, "currency", wanted->currency);
    stripe_call_field(call, "automatic_payment_methods[enabled]", STR("true"));
    stripe_call_field(call, "automatic_payment_methods[allow_redirects]", STR("never"));
    stripe_field_uuid(call, "metadata[till_payment]", &wanted->payment);
    stripe_field_uuid(call, "metadata[till_order]", &wanted->order);
    stripe_expand_charge(call);
}

static void stripe_fields_contact(struct stripe_call *call, const struct intent_contact *contact) {
    for (size_t i = 0; i < CONTACT_FIELD_COUNT; i++)
        if (contact->fields[i].size > 0)
            stripe_call_field(call, contact_field_names[i], contact->fields[i]);
}

/* Stripe may refuse an address that a parcel reaches, or a mail. That must not cost the shop an order, so the intent is
 * then created without the contact. That request differs, so it has a key of its own, and a creation that is repeated
 * after a crash goes the same way. Both calls share one call's time. */
static enum status stripe_create(struct provider *p, struct arena *arena, const struct intent_new *wanted,
                                 struct intent *out) {
    const struct stripe_client *client = &stripe_of(p)->client;
    char key[provider_key_size];
    struct stripe_call call;
    stripe_create_begin(&call, wanted);
    stripe_fields_contact(&call, &wanted->contact);
    call.key = provider_key(&wanted->payment, "create", 0, key);
    enum status s = stripe_client_call(client, &call);
    if (s == STATUS_PAYMENT_REFUSED && stripe_error_is_contact(&call.error)) {
        int64_t deadline_us = call.deadline_us;
        stripe_call_end(&call);
        stripe_create_begin(&call, wanted);
        call.deadline_us = deadline_us;
        call.key = provider_key(&wanted->payment, "create-no-contact", 0, key);
        s = stripe_client_call(client, &call);
    }
    return stripe_finish_for_intent(arena, &call, s, out);
}

static enum status stripe_retrieve(struct provider *p, struct arena *arena, struct str intent,
                                   struct intent *out) {
    struct stripe_call call;
    if (!stripe_intent_begin(&call, false, intent, "?expand[]=latest_charge", out))
        return STATUS_PAYMENT_REFUSED;
    return stripe_call_for_intent(stripe_of(p), arena, &call, out);
}

/* Decides what a refused confirm means:
 *
 *   the key was used before     this attempt was made: retrieve its end
 *   a card was declined         an answer (STATUS_OK) with the failure in it
 *   the intent is charged       an earlier attempt charged it, which is all that the caller wants: STATUS_OK
 *   anything else               a refusal */
static enum status stripe_confirm_refused(struct provider *p, struct arena *arena, struct str intent,
                                          const struct stripe_error *error, struct intent *out) {
    if (stripe_key_reused(error))
        return stripe_retrieve(p, arena, intent, out);
    enum status s = stripe_take_refusal(arena, error, out);
    bool declined = str_equal(error->type, STR("card_error"));
    if (s != STATUS_PAYMENT_REFUSED || (!declined && !out->id.data))
        return s;
    if (declined && !out->id.data)
        return stripe_retrieve(p, arena, intent, out);
    bool charged = out->status == INTENT_SUCCEEDED || out->status == INTENT_PROCESSING ||
                   out->status == INTENT_REQUIRES_CAPTURE;
    if (charged && !declined)
        out->failure_code = out->failure_message = (struct str){0};
    return declined || charged ? STATUS_OK : s;
}

/* Without a method, the shopper's page has confirmed with Stripe.js: the intent's state is taken over. This
 * is the only place that decides it. */
static enum status stripe_confirm(struct provider *p, struct arena *arena, const struct uuid *payment,
                                  struct str intent, struct str method, int64_t attempt, struct intent *out) {
    char key[provider_key_size];
    struct stripe_call call;
    if (method.size == 0)
        return stripe_retrieve(p, arena, intent, out);
    if (!stripe_intent_begin(&call, true, intent, "/confirm", out))
        return STATUS_PAYMENT_REFUSED;
    stripe_call_field(&call, "payment_method", method);
    stripe_expand_charge(&call);
    call.key = provider_key(payment, "confirm", attempt, key);
    enum status s = stripe_client_call(&stripe_of(p)->client, &call);
    if (s == STATUS_OK)
        s = stripe_take_intent(arena, call.object, out);
    else if (s == STATUS_PAYMENT_REFUSED)
        s = stripe_confirm_refused(p, arena, intent, &call.error, out);
    stripe_call_end(&call);
    return s;
}

/* If Stripe refuses to cancel, the intent is final already or a bank is at work on it: retrieve tells which.
 * A cancel may be repeated, so it needs no key. */
static enum status stripe_cancel(struct provider *p, struct arena *arena, struct str intent,
                                 struct intent *out) {
    struct stripe_call call;
    if (!stripe_intent_begin(&call, true, intent, "/cancel", out))
        return STATUS_PAYMENT_REFUSED;
    stripe_expand_charge(&call);
    enum status s = stripe_call_for_intent(stripe_of(p), arena, &call, out);
    return s == STATUS_PAYMENT_REFUSED ? stripe_retrieve(p, arena, intent, out) : s;
}

/* Stripe answers with the refund alone, which may still fail: the list of refunds has what became of it. */
static enum status stripe_refund(struct provider *p, struct arena *arena, const struct refund_new *wanted,
                                 struct str *reason) {
    char key[provider_key_size];
    struct stripe_call call;
    *reason = STR("There is no such payment at the provider.");
    if (!stripe_id_valid(wanted->intent, STR("pi_")))
        return STATUS_PAYMENT_REFUSED;
    stripe_call_begin(&call, true, "/refunds");
    stripe_call_field(&call, "payment_intent", wanted->intent);
    stripe_field_int(&call, "amount", wanted->amount);
    stripe_field_uuid(&call, "metadata[till_refund]", &wanted->refund);
    call.key = provider_key(&wanted->refund, "refund-part", 0, key);
    enum status s = stripe_client_call(&stripe_of(p)->client, &call);
    if (s == STATUS_PAYMENT_REFUSED && stripe_key_reused(&call.error))
        s = STATUS_PROVIDER_UNAVAILABLE;
    else if (s == STATUS_PAYMENT_REFUSED)
        *reason = stripe_message(arena, call.error.message.data ? call.error.message
                                                                : STR("The refund was refused."));
    stripe_call_end(&call);
    return reason->data ? s : STATUS_NO_MEMORY;
}

enum { refunds_of_page = 50, refund_pages_max = provider_refunds_max / refunds_of_page };

/* Reads one page of refunds behind the refund `after`, if that is not absent. `*more` gets whether others follow. */
static enum status stripe_refunds_page(struct stripe *s, struct arena *arena, struct str intent,
                                       struct str after, struct provider_refund *to, size_t *count,
                                       bool *more) {
    char path[2 * path_bytes_max];
    struct stripe_call call;
    snprintf(path, sizeof path, "/refunds?payment_intent=%.*s&limit=%d%s%.*s", (int)intent.size, intent.data,
             refunds_of_page, after.data ? "&starting_after=" : "", (int)after.size,
             after.data ? after.data : "");
    stripe_call_begin(&call, false, path);
    enum status status = stripe_client_call(&s->client, &call);
    if (status == STATUS_OK)
        status = refunds_read(arena, call.object, refunds_of_page, to, count, more);
    stripe_call_end(&call);
    return status == STATUS_BAD_EVENT ? STATUS_PROVIDER_UNAVAILABLE : status;
}

static enum status stripe_refunds(struct provider *p, struct arena *arena, struct str intent,
                                  struct list *out) {
    struct provider_refund *all = NULL;
    struct str after = {0};
    size_t size = sizeof *all, count = 0;
    bool more = stripe_id_valid(intent, STR("pi_"));
    for (int page = 0; more && page < refund_pages_max; page++) {
        size_t read = 0;
        struct provider_refund *grown =
            arena_grow(arena, all, count * size, (count + refunds_of_page) * size);
        if (!grown)
            return STATUS_NO_MEMORY;
        all = grown;
        TRY(stripe_refunds_page(stripe_of(p), arena, intent, after, all + count, &read, &more));
        count += read;
        more = more && read > 0;
        after = count > 0 ? all[count - 1].id : after;
    }
    *out = (struct list){all, count};
    return STATUS_OK;
}

static enum status stripe_event(struct provider *p, struct arena *arena, struct str signature,
                                struct str body, int64_t now_us, struct payment_event *out) {
    return event_read(arena, signature, body, stripe_of(p)->webhook_secret, now_us, out);
}

static void stripe_close(struct provider *p) {
    struct stripe *s = stripe_of(p);
    http_client_close(s->client.http_client);
    vault_close(s->vault);
    free(s);
}

static const struct provider_calls stripe_calls = {
    .create = stripe_create,
    .confirm = stripe_confirm,
    .retrieve = stripe_retrieve,
    .cancel = stripe_cancel,
    .refund = stripe_refund,
    .refunds = stripe_refunds,
    .event = stripe_event,
    .close = stripe_close,
};

/* ---- opening ---- */

/* Whether text can stand in a header: printable ASCII without blanks. */
static bool secret_is_plain(struct str text, size_t max) {
    bool plain = text.size <= max;
    for (size_t i = 0; i < text.size && plain; i++)
        plain = text.data[i] > ' ' && text.data[i] < 0x7F;
    return plain;
}

static enum status stripe_keep_secrets(struct stripe *s, const struct stripe_options *o) {
    char header[sizeof "Authorization: Bearer " + key_bytes_max];
    int size = snprintf(header, sizeof header, "Authorization: Bearer %.*s", (int)o->key.size, o->key.data);
    s->vault = vault_open();
    if (s->vault) {
        s->client.authorization = vault_put(s->vault, (struct str){header, (size_t)size}).data;
        s->webhook_secret = vault_put(s->vault, o->webhook_secret);
    }
    explicit_bzero(header, sizeof header);
    return s->vault ? STATUS_OK : STATUS_NO_MEMORY;
}

static enum status stripe_check_options(const struct stripe_options *o, char *error) {
    struct str key = o->key;
    bool known = key.data && (str_starts(key, STR("sk_")) || str_starts(key, STR("rk_")));
    if (!known || !secret_is_plain(key, key_bytes_max)) {
        snprintf(error, stripe_error_size, "Stripe needs a secret key, sk_… or rk_…: set TILL_STRIPE_KEY");
        return STATUS_USAGE;
    }
    if (!secret_is_plain(o->webhook_secret, secret_bytes_max)) {
        snprintf(error, stripe_error_size,
                 "the webhook's secret is none of Stripe's, which are plain text such as whsec_…");
        return STATUS_USAGE;
    }
    return STATUS_OK;
}

enum status stripe_open(const struct stripe_options *options, struct provider **out, char *error) {
    snprintf(error, stripe_error_size, "out of memory");
    enum status status = stripe_check_options(options, error);
    struct stripe *s = status == STATUS_OK ? calloc(1, sizeof *s) : NULL;
    if (!s)
        return status == STATUS_OK ? STATUS_NO_MEMORY : status;
    s->provider = (struct provider){.calls = &stripe_calls, .name = "stripe"};
    s->client = (struct stripe_client){
        .random = options->random,
        .try_ms = options->try_ms ? options->try_ms : stripe_try_ms_max,
        .wait_ms = options->wait_ms ? options->wait_ms : stripe_wait_ms_first,
    };
    struct http_client_options http_client = {.url = options->url ? options->url : STRIPE_URL,
                                              .ca_file = options->ca_file};
    status = http_client_open(&http_client, &s->client.http_client, error);
    if (status == STATUS_OK)
        status = stripe_keep_secrets(s, options);
    if (status != STATUS_OK) {
        stripe_close(&s->provider);
        return status;
    }
    *out = &s->provider;
    return STATUS_OK;
}
