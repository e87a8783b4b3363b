/* How a call of the mock goes:
 *
 *     provider's worker                     the books' writer (an executor of its own)
 *     ─────────────────                     ─────────────────────────────────────────
 *     take a fault, sleep for its latency
 *     executor_call ──────────────────────▶ transaction: the operation of account.h
 *                                           COMMIT and fsync, shared with all calls that wait
 *     send the event       ◀─────────────── done
 *     answer, or lose the answer
 *
 * So what was answered survives a crash, and what was not answered happened wholly or not at all. */
#include "pay/mock/mock.h"

#include "db/exec/executor.h"
#include "pay/event.h"
#include "pay/intent.h"
#include "pay/intent_json.h"
#include "pay/mock/books.h"
#include "pay/mock/webhook_sender.h"
#include "pay/vault.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { made_secret_size = 32 };

struct mock {
    struct provider provider;
    struct mock_options options;
    int books_lock; /* -1: the books are in memory */
    char *books;    /* their path */
    struct executor *executor;
    struct webhook_sender *webhook_sender; /* NULL: no webhook */
    struct faults faults;
    struct vault *vault;
    struct str secret; /* of events */
};

static struct mock *mock_of(struct provider *p) {
    return (struct mock *)(void *)p;
}

void mock_send_event(struct provider *p, const struct mock_call *call) {
    struct webhook_sender *sender = mock_of(p)->webhook_sender;
    if (sender && call->event)
        webhook_sender_send(sender, call->event, &call->change.intent);
}

/* ---- calls ---- */

static enum status mock_job_run(void *context, struct db *db, unsigned *changes) {
    struct mock_call *call = context;
    (void)changes;
    call->db = db;
    return mock_operate(call);
}

/* Runs the call's operation on the books and waits until it is durable. If the books cannot be written, the
 * caller does not learn what was done. */
static enum status mock_run(struct mock *m, struct mock_call *call) {
    call->clock = m->options.clock;
    call->random = m->options.random;
    enum status s = executor_call(m->executor, mock_job_run, call);
    if (s == STATUS_OK)
        mock_send_event(&m->provider, call);
    bool answered = s == STATUS_OK || s == STATUS_PAYMENT_REFUSED || s == STATUS_NO_MEMORY;
    return answered ? s : STATUS_PROVIDER_UNAVAILABLE;
}

/* Whether a call that was refused asks for what came about before: an intent that is charged, or can never be
 * charged (a cancel of an intent that exists is refused only if it is final). */
static bool is_done_already(enum call_kind kind, const struct intent *i) {
    return (kind == CALL_CONFIRM && i->status == INTENT_SUCCEEDED) || (kind == CALL_CANCEL && i->id.data);
}

/* Makes a call of the provider: meets the faults, runs the operation, and reports what provider.h promises. A payment
 * and the number of its attempt give the call a key. */
static enum status mock_provide(struct provider *p, enum call_kind kind, struct mock_call *call,
                                const struct uuid *payment, int64_t attempt, struct intent *out) {
    struct mock *m = mock_of(p);
    char key[provider_key_size];
    if (payment)
        call->key = provider_key(payment, call->operation->name, attempt, key);
    enum fault fault = faults_take(&m->faults, kind);
    faults_wait(&m->faults, kind);
    *out = (struct intent){0};
    if (fault_prevents(fault))
        return STATUS_PROVIDER_UNAVAILABLE;
    enum status s = mock_run(m, call);
    if (s == STATUS_PAYMENT_REFUSED && strcmp(call->refusal.type, "idempotency_error") == 0) {
        if (kind != CALL_CONFIRM)
            return STATUS_PROVIDER_UNAVAILABLE; /* something was done with this key; what, is not known */
        call->operation = &mock_retrieve;       /* the attempt was made: report its end */
        s = mock_run(m, call);
    }
    if (fault == FAULT_LOST_REPLY)
        return STATUS_PROVIDER_UNAVAILABLE;
    if (s == STATUS_OK || s == STATUS_PAYMENT_REFUSED)
        *out = call->change.intent.intent;
    if (s == STATUS_PAYMENT_REFUSED && is_done_already(kind, out))
        return STATUS_OK;
    if (s == STATUS_PAYMENT_REFUSED) {
        out->failure_code = str_from(call->refusal.code);
        out->failure_message = call->refusal.message;
    }
    return s;
}

static enum status mock_provide_create(struct provider *p, struct arena *arena,
                                       const struct intent_new *wanted, struct intent *out) {
    struct mock_call call = {.operation = &mock_create,
                             .arena = arena,
                             .payment = wanted->payment,
                             .order = wanted->order,
                             .amount = wanted->amount,
                             .currency = wanted->currency,
                             .contact = wanted->contact};
    return mock_provide(p, CALL_CREATE, &call, &wanted->payment, 0, out);
}

static enum status mock_provide_retrieve(struct provider *p, struct arena *arena, struct str intent,
                                         struct intent *out) {
    struct mock_call call = {.operation = &mock_retrieve, .arena = arena, .id = intent};
    return mock_provide(p, CALL_RETRIEVE, &call, NULL, 0, out);
}

static enum status mock_provide_confirm(struct provider *p, struct arena *arena, const struct uuid *payment,
                                        struct str intent, struct str method, int64_t attempt,
                                        struct intent *out) {
    struct mock_call call = {.operation = &mock_confirm, .arena = arena, .id = intent, .method = method};
    if (method.size == 0)
        call.method = STR("pm_card_visa");
    return mock_provide(p, CALL_CONFIRM, &call, payment, attempt, out);
}

static enum status mock_provide_cancel(struct provider *p, struct arena *arena, struct str intent,
                                       struct intent *out) {
    struct mock_call call = {.operation = &mock_cancel, .arena = arena, .id = intent};
    return mock_provide(p, CALL_CANCEL, &call, NULL, 0, out);
}

static enum status mock_provide_refund(struct provider *p, struct arena *arena,
                                       const struct refund_new *wanted, struct str *reason) {
    struct intent intent;
    struct mock_call call = {.operation = &mock_refund,
                             .arena = arena,
                             .id = wanted->intent,
                             .amount = wanted->amount,
                             .till_refund = wanted->refund};
    enum status s = mock_provide(p, CALL_REFUND, &call, &wanted->refund, 0, &intent);
    *reason = intent.failure_message;
    return s;
}

static enum status mock_provide_refunds(struct provider *p, struct arena *arena, struct str intent,
                                        struct list *out) {
    struct intent refused;
    struct mock_call call = {
        .operation = &mock_list_refunds, .arena = arena, .id = intent, .limit = mock_page_max};
    *out = (struct list){0};
    TRY(mock_provide(p, CALL_RETRIEVE, &call, NULL, 0, &refused));
    const struct mock_refund *found = call.refunds.data;
    struct provider_refund *refunds = arena_array(arena, call.refunds.count, sizeof *refunds);
    if (call.refunds.count > 0 && !refunds)
        return STATUS_NO_MEMORY;
    for (size_t i = 0; i < call.refunds.count; i++)
        refunds[i] = (struct provider_refund){.id = found[i].id,
                                              .refund = found[i].till_refund,
                                              .amount = found[i].amount,
                                              .is_failed = found[i].is_failed};
    *out = (struct list){refunds, call.refunds.count};
    return STATUS_OK;
}

static enum status mock_event(struct provider *p, struct arena *arena, struct str signature, struct str body,
                              int64_t now_us, struct payment_event *out) {
    return event_read(arena, signature, body, mock_of(p)->secret, now_us, out);
}

/* ---- opening and closing ---- */

static void mock_free(struct mock *m) {
    webhook_sender_close(m->webhook_sender);
    if (m->executor)
        executor_close(m->executor);
    if (m->books_lock >= 0)
        close(m->books_lock); /* after every connection: see books_lock_file */
    vault_close(m->vault);
    free(m->books);
    free(m);
}

static void mock_close(struct provider *p) {
    mock_free(mock_of(p));
}

static const struct provider_calls mock_calls = {
    .create = mock_provide_create,
    .confirm = mock_provide_confirm,
    .retrieve = mock_provide_retrieve,
    .cancel = mock_provide_cancel,
    .refund = mock_provide_refund,
    .refunds = mock_provide_refunds,
    .event = mock_event,
    .close = mock_close,
};

/* Keeps the secret that was given, or makes one. */
static enum status mock_keep_secret(struct mock *m) {
    char made[made_secret_size];
    struct str given = m->options.webhook_secret;
    random_token(m->options.random, made, sizeof made);
    m->vault = vault_open();
    if (m->vault)
        m->secret = vault_put(m->vault, given.size > 0 ? given : (struct str){made, sizeof made});
    explicit_bzero(made, sizeof made);
    return m->secret.data ? STATUS_OK : STATUS_NO_MEMORY;
}

static enum status mock_open_books(struct mock *m, char *error) {
    m->books = strdup(m->options.ledger ? m->options.ledger : ":memory:");
    if (!m->books)
        return STATUS_NO_MEMORY;
    struct executor_options options = {.url = m->books, .schema = &books_schema, .searchers = 1};
    enum status s = db_is_private(m->books) ? STATUS_OK : books_lock_file(m->books, &m->books_lock, error);
    return s == STATUS_OK ? executor_open(&options, &m->executor, error) : s;
}

static enum status mock_open_parts(struct mock *m, char *error) {
    const struct mock_options *o = &m->options;
    TRY(mock_keep_secret(m));
    TRY(faults_parse(o->faults, &m->faults, error));
    TRY(mock_open_books(m, error));
    return o->webhook_url ? webhook_sender_open(o, m->secret, &m->faults, &m->webhook_sender, error)
                          : STATUS_OK;
}

enum status mock_open(const struct mock_options *options, struct provider **out, char *error) {
    struct mock *m = calloc(1, sizeof *m);
    snprintf(error, mock_error_size, "out of memory");
    if (!m)
        return STATUS_NO_MEMORY;
    m->provider = (struct provider){.calls = &mock_calls, .name = "stripe"};
    m->options = *options;
    m->books_lock = -1;
    enum status s = mock_open_parts(m, error);
    if (s == STATUS_OK)
        *out = &m->provider;
    else
        mock_free(m);
    return s;
}

struct executor *mock_executor_of(struct provider *mock) {
    return mock_of(mock)->executor;
}

struct faults *mock_faults_of(struct provider *mock) {
    return &mock_of(mock)->faults;
}
