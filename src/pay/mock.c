#include "pay/mock.h"

#include "pay/event.h"
#include "pay/intent.h"
#include "pay/outbox.h"
#include "pay/vault.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { made_secret_size = 32 };

struct mock {
    struct provider provider;
    struct mock_options options;
    struct mock_account *account;
    struct outbox *outbox; /* NULL where there is no webhook */
    struct faults faults;
    struct vault *vault;
    struct str secret; /* of events */
};

static const struct str usual_method = {"pm_card_visa", 12};

static struct mock *mock_of(struct provider *p) {
    return (struct mock *)(void *)p;
}

static bool is_idempotency_error(const struct mock_refusal *refusal) {
    return refusal->type && strcmp(refusal->type, "idempotency_error") == 0;
}

/* What the caller is told of a call that met a fault, or was refused. */
static enum status answer(enum status s, enum fault fault, const struct mock_intent *done,
                          const struct mock_refusal *refusal, struct intent *out) {
    *out = done->intent;
    if (s == STATUS_PAYMENT_REFUSED && is_idempotency_error(refusal))
        return STATUS_PROVIDER_UNAVAILABLE; /* something was done with this key, and who knows what */
    if (s == STATUS_PAYMENT_REFUSED)
        out->failure_code = str_from(refusal->code), out->failure_message = refusal->message;
    return fault == FAULT_LOST_REPLY ? STATUS_PROVIDER_UNAVAILABLE : s;
}

/* Whether a fault keeps the call from being made at all. */
static bool prevents(enum fault fault) {
    return fault != FAULT_NONE && fault != FAULT_LOST_REPLY;
}

static enum status create(struct provider *p, struct arena *arena, const struct intent_new *wanted,
                          struct intent *out) {
    struct mock *m = mock_of(p);
    enum fault fault = faults_meet(&m->faults, CALL_CREATE);
    char key[provider_key_size];
    struct mock_intent done = {0};
    struct mock_refusal refusal;
    if (prevents(fault))
        return STATUS_PROVIDER_UNAVAILABLE;
    struct mock_request request = {
        .key = provider_key(&wanted->payment, "create", 0, key),
        .payment = wanted->payment,
        .order = wanted->order,
        .amount = wanted->amount,
        .currency = wanted->currency,
    };
    enum status s = mock_create(m->account, arena, &request, &done, &refusal);
    return answer(s, fault, &done, &refusal, out);
}

static enum status retrieve(struct provider *p, struct arena *arena, struct str intent, struct intent *out) {
    struct mock *m = mock_of(p);
    enum fault fault = faults_meet(&m->faults, CALL_RETRIEVE);
    struct mock_intent done = {0};
    struct mock_refusal refusal;
    if (prevents(fault))
        return STATUS_PROVIDER_UNAVAILABLE;
    enum status s = mock_retrieve(m->account, arena, intent, &done, &refusal);
    return answer(s, fault, &done, &refusal, out);
}

static enum status confirm(struct provider *p, struct arena *arena, const struct uuid *payment,
                           struct str intent, struct str method, int64_t attempt, struct intent *out) {
    struct mock *m = mock_of(p);
    enum fault fault = faults_meet(&m->faults, CALL_CONFIRM);
    char key[provider_key_size];
    struct mock_intent done = {0};
    struct mock_refusal refusal;
    if (prevents(fault))
        return STATUS_PROVIDER_UNAVAILABLE;
    struct mock_request request = {
        .key = provider_key(payment, "confirm", attempt, key),
        .intent = intent,
        .method = method.size > 0 ? method : usual_method,
    };
    enum status s = mock_confirm(m->account, arena, &request, &done, &refusal);
    if (s == STATUS_PAYMENT_REFUSED && is_idempotency_error(&refusal))
        s = mock_retrieve(m->account, arena, intent, &done, &refusal); /* the attempt was made: see its end */
    if (s == STATUS_PAYMENT_REFUSED && done.intent.status == INTENT_SUCCEEDED)
        s = STATUS_OK; /* an earlier attempt charged it: that is what the caller asks for */
    return answer(s, fault, &done, &refusal, out);
}

static enum status cancel(struct provider *p, struct arena *arena, struct str intent, struct intent *out) {
    struct mock *m = mock_of(p);
    enum fault fault = faults_meet(&m->faults, CALL_CANCEL);
    struct mock_intent done = {0};
    struct mock_refusal refusal;
    if (prevents(fault))
        return STATUS_PROVIDER_UNAVAILABLE;
    enum status s = mock_cancel(m->account, arena, &(struct mock_request){.intent = intent}, &done, &refusal);
    if (s == STATUS_PAYMENT_REFUSED && done.intent.id.at)
        s = STATUS_OK; /* it was final already */
    return answer(s, fault, &done, &refusal, out);
}

static enum status refund(struct provider *p, struct arena *arena, const struct uuid *payment,
                          struct str intent, struct intent *out) {
    struct mock *m = mock_of(p);
    enum fault fault = faults_meet(&m->faults, CALL_REFUND);
    char key[provider_key_size];
    struct mock_intent done = {0};
    struct mock_refund given;
    struct mock_refusal refusal;
    if (prevents(fault))
        return STATUS_PROVIDER_UNAVAILABLE;
    struct mock_request request = {.key = provider_key(payment, "refund", 0, key), .intent = intent};
    enum status s = mock_refund(m->account, arena, &request, &done, &given, &refusal);
    if (s == STATUS_PAYMENT_REFUSED && done.intent.received > 0 &&
        done.intent.refunded == done.intent.received)
        s = STATUS_OK; /* all of it went back already */
    return answer(s, fault, &done, &refusal, out);
}

static enum status event(struct provider *p, struct arena *arena, struct str signature, struct str body,
                         int64_t now_us, struct payment_event *out) {
    return event_read(arena, signature, body, mock_of(p)->secret, now_us, out);
}

static enum status sync_books(struct provider *p) {
    return mock_account_sync(mock_of(p)->account);
}

static void close_mock(struct provider *p) {
    struct mock *m = mock_of(p);
    outbox_close(m->outbox);
    mock_account_close(m->account);
    vault_close(m->vault);
    free(m);
}

static const struct provider_calls calls = {
    .create = create,
    .confirm = confirm,
    .retrieve = retrieve,
    .cancel = cancel,
    .refund = refund,
    .event = event,
    .sync = sync_books,
    .close = close_mock,
};

/* Keeps the secret as it was given, or one that nobody knows. */
static enum status keep_secret(struct mock *m) {
    const struct mock_options *o = &m->options;
    char made[sizeof "whsec_" - 1 + made_secret_size] = "whsec_";
    random_token(o->random, made + sizeof made - made_secret_size, made_secret_size);
    m->vault = vault_open();
    if (!m->vault)
        return STATUS_NO_MEMORY;
    struct str secret = o->webhook_secret.size > 0 ? o->webhook_secret : (struct str){made, sizeof made};
    m->secret = vault_put(m->vault, secret);
    explicit_bzero(made, sizeof made);
    return m->secret.at ? STATUS_OK : STATUS_NO_MEMORY;
}

/* A mock_account_options.on_event. */
static void on_event(void *context, enum mock_event event, const struct mock_intent *intent) {
    const struct mock *m = context;
    if (m->outbox)
        outbox_event(m->outbox, event, intent);
}

static enum status open_parts(struct mock *m, char *why) {
    const struct mock_options *o = &m->options;
    enum status s = faults_parse(o->faults, &m->faults, why);
    if (s != STATUS_OK)
        return s;
    struct mock_account_options account = {.ledger = o->ledger,
                                           .answers_early = o->answers_early,
                                           .clock = o->clock,
                                           .random = o->random,
                                           .on_event = on_event,
                                           .context = m};
    s = mock_account_open(&account, &m->account, why);
    if (s != STATUS_OK || !o->webhook_url)
        return s;
    struct outbox_options outbox = {.url = o->webhook_url,
                                    .secret = m->secret,
                                    .faults = &m->faults,
                                    .clock = o->clock,
                                    .random = o->random};
    return outbox_open(&outbox, &m->outbox, why);
}

enum status mock_open(const struct mock_options *options, struct provider **out, char *why) {
    assert(!options->answers_early || (!options->faults && !options->webhook_url));
    struct mock *m = calloc(1, sizeof *m);
    snprintf(why, pay_why_size, "out of memory");
    if (!m)
        return STATUS_NO_MEMORY;
    m->provider =
        (struct provider){.calls = &calls, .name = "stripe", .answers_early = options->answers_early};
    m->options = *options;
    enum status s = keep_secret(m);
    if (s == STATUS_OK)
        s = open_parts(m, why);
    if (s != STATUS_OK) {
        close_mock(&m->provider);
        return s;
    }
    *out = &m->provider;
    return STATUS_OK;
}

struct mock_account *mock_account_of(struct provider *mock) {
    return mock_of(mock)->account;
}

struct faults *mock_faults_of(struct provider *mock) {
    return &mock_of(mock)->faults;
}
