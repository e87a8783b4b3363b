#include "pay/mock_account.h"

#include "pay/mock_refusals.h"
#include "pay/mock_show.h"
#include "pay/mock_store.h"

#include <assert.h>
#include <openssl/evp.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

struct mock_account {
    struct mock_account_options options;
    pthread_mutex_t lock; /* of the store, and of the order of the ledger's lines */
    struct mock_store store;
    struct ledger *ledger;
};

/* A call at work. With the account's lock until its end. */
struct work {
    struct mock_account *a;
    struct arena *arena;
    const struct mock_request *request;
    struct stored_change change;
    struct mock_intent *out;
    struct mock_refund *refund; /* NULL but for a refund */
    struct mock_refusal *refusal;
    uint64_t ticket;
    bool replayed;
};

/* ---- idempotency ---- */

/* What makes two requests the same: everything they ask for. A hash is enough for a mock. */
static uint64_t params_of(const char *op, const struct mock_request *r) {
    uint64_t h = bytes_hash(0, op, strlen(op) + 1);
    h = bytes_hash(h, &r->payment, sizeof r->payment);
    h = bytes_hash(h, &r->order, sizeof r->order);
    h = bytes_hash(h, &r->amount, sizeof r->amount);
    const struct str texts[] = {r->currency, r->intent, r->method};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        h = bytes_hash(h, texts[i].at, texts[i].size);
        h = bytes_hash(h, "", 1);
    }
    return h;
}

static void take_key(struct work *w, const char *op) {
    struct str key = w->request->key;
    uint8_t digest[EVP_MAX_MD_SIZE];
    w->change.op = op;
    w->change.has_key = key.size > 0 && EVP_Digest(key.at, key.size, digest, NULL, EVP_sha256(), NULL);
    if (!w->change.has_key)
        return;
    memcpy(w->change.key, digest, sizeof w->change.key);
    w->change.params = params_of(op, w->request);
}

/* Whether this key was used before; then it is answered as it was, or refused. */
static bool replay(struct work *w, enum status *s) {
    struct mock_store *store = &w->a->store;
    int64_t row = w->change.has_key ? store_find_answer(store, w->change.key) : row_none;
    if (row == row_none)
        return false;
    const struct stored_answer *answer = rows_at(&store->answers, (size_t)row);
    if (answer->params != w->change.params) {
        *s = refuse_key(w->arena, w->request->key, w->refusal);
        return true;
    }
    struct stored_intent then = *(struct stored_intent *)rows_at(&store->intents, (size_t)answer->intent);
    then.status = answer->status;
    then.method = answer->method;
    then.declined = answer->declined;
    then.refunded = answer->refunded;
    *s = show_intent(store, w->arena, &then, w->out);
    if (*s == STATUS_OK && w->refund)
        *s = show_refund(store, w->arena, rows_at(&store->refunds, (size_t)answer->refund), w->refund);
    w->ticket = ledger_latest(w->a->ledger); /* the first call may not be on the disk yet */
    w->replayed = true;
    return true;
}

/* ---- a call from its beginning to its end ---- */

/* Writes down w->change, which is checked. */
static enum status commit(struct work *w) {
    struct mock_account *a = w->a;
    char line[ledger_line_bytes_max];
    w->change.at_us = clock_now_us(a->options.clock);
    if (!ledger_has_room(a->ledger))
        return STATUS_PROVIDER_UNAVAILABLE;
    enum status s = show_intent(&a->store, w->arena, &w->change.intent, w->out);
    if (s != STATUS_OK || !store_reserve(&a->store))
        return STATUS_NO_MEMORY;
    size_t size = store_write(&w->change, line);
    if (!ledger_add(a->ledger, (struct str){line, size}, &w->ticket))
        return STATUS_NO_MEMORY;
    store_apply(&a->store, &w->change);
    return STATUS_OK;
}

/* What stands behind a prefix; nothing where text does not start with it. */
static struct str without_prefix(struct str text, struct str prefix) {
    if (!str_starts(text, prefix))
        return (struct str){0};
    return (struct str){text.at + prefix.size, text.size - prefix.size};
}

/* Finds the intent that the request names; w->change starts from how it is. */
static enum status find_intent(struct work *w) {
    struct mock_store *store = &w->a->store;
    w->change.row = store_find_intent(store, without_prefix(w->request->intent, STR("pi_")));
    if (w->change.row == row_none)
        return refuse_unknown(w->arena, "payment_intent", "intent", w->request->intent, w->refusal);
    w->change.intent = *(struct stored_intent *)rows_at(&store->intents, (size_t)w->change.row);
    return STATUS_OK;
}

/* Without the lock: what a call answers once its lines are on the disk, or will be. */
static enum status kept(struct mock_account *a, uint64_t ticket, enum status s) {
    if (a->options.answers_early || ledger_wait(a->ledger, ticket) == STATUS_OK)
        return s;
    return STATUS_PROVIDER_UNAVAILABLE;
}

typedef enum status step(struct work *w);

/* Runs one call: `decide` checks, and makes w->change.intent what it is to be. */
static enum status run(struct work *w, const char *op, step *decide) {
    enum status s = STATUS_OK;
    *w->refusal = (struct mock_refusal){0};
    *w->out = (struct mock_intent){0};
    take_key(w, op);
    pthread_mutex_lock(&w->a->lock);
    if (!replay(w, &s)) {
        s = decide(w);
        if (s == STATUS_OK)
            s = commit(w);
    }
    if (s == STATUS_PAYMENT_REFUSED) /* for what another call did, which must be on the disk too */
        w->ticket = ledger_latest(w->a->ledger);
    pthread_mutex_unlock(&w->a->lock);
    bool answered = s == STATUS_OK || s == STATUS_PAYMENT_REFUSED;
    return answered ? kept(w->a, w->ticket, s) : s;
}

static void tell(const struct work *w, enum mock_event event) {
    const struct mock_account_options *o = &w->a->options;
    if (o->on_event && !w->replayed)
        o->on_event(o->context, event, w->out);
}

/* Refuses for the state that the intent is in, and says what that is. */
static enum status refuse_here(struct work *w, const char *verb) {
    const struct stored_intent *i = &w->change.intent;
    enum status s = show_intent(&w->a->store, w->arena, i, w->out);
    return s == STATUS_OK ? refuse_state(w->arena, verb, (enum intent_status)i->status, w->refusal) : s;
}

static bool currency_valid(struct str currency) {
    bool valid = currency.size == 3;
    for (size_t i = 0; i < 3 && valid; i++)
        valid = currency.at[i] >= 'a' && currency.at[i] <= 'z';
    return valid;
}

static enum status decide_create(struct work *w) {
    const struct mock_request *r = w->request;
    struct stored_intent *i = &w->change.intent;
    if (r->amount < 1 || r->amount > mock_amount_max)
        return refuse_amount(r->amount, w->refusal);
    if (!currency_valid(r->currency))
        return refuse_currency(w->arena, r->currency, w->refusal);
    *i = (struct stored_intent){
        .payment = r->payment,
        .order = r->order,
        .amount = r->amount,
        .created_s = clock_now_us(w->a->options.clock) / 1000000,
        .status = INTENT_REQUIRES_PAYMENT_METHOD,
        .method = mock_no_method,
    };
    memcpy(i->currency, r->currency.at, sizeof i->currency);
    mock_make_id(w->a->options.random, i->id);
    w->change.row = row_none;
    return STATUS_OK;
}

enum status mock_create(struct mock_account *a, struct arena *arena, const struct mock_request *request,
                        struct mock_intent *out, struct mock_refusal *refusal) {
    struct work w = {.a = a, .arena = arena, .request = request, .out = out, .refusal = refusal};
    enum status s = run(&w, "create", decide_create);
    if (s == STATUS_OK)
        tell(&w, MOCK_CREATED);
    return s;
}

static bool is_open(enum intent_status status) {
    return status == INTENT_REQUIRES_PAYMENT_METHOD || status == INTENT_REQUIRES_CONFIRMATION ||
           status == INTENT_REQUIRES_ACTION;
}

static enum status decide_confirm(struct work *w) {
    struct stored_intent *i = &w->change.intent;
    enum status s = find_intent(w);
    if (s != STATUS_OK)
        return s;
    if (!is_open((enum intent_status)i->status))
        return refuse_here(w, "confirm");
    if (w->request->method.size == 0)
        return refuse_no_method(w->refusal);
    const struct test_method *method = test_method_find(w->request->method);
    if (!method)
        return refuse_method(w->arena, w->request->method, w->refusal);
    i->method = (uint8_t)test_method_number(method);
    i->declined = method->code != NULL;
    i->status = i->declined            ? INTENT_REQUIRES_PAYMENT_METHOD
                : method->needs_action ? INTENT_REQUIRES_ACTION
                                       : INTENT_SUCCEEDED;
    return STATUS_OK;
}

enum status mock_confirm(struct mock_account *a, struct arena *arena, const struct mock_request *request,
                         struct mock_intent *out, struct mock_refusal *refusal) {
    struct work w = {.a = a, .arena = arena, .request = request, .out = out, .refusal = refusal};
    enum status s = run(&w, "confirm", decide_confirm);
    if (s == STATUS_OK)
        tell(&w, out->intent.status == INTENT_SUCCEEDED         ? MOCK_SUCCEEDED
                 : out->intent.status == INTENT_REQUIRES_ACTION ? MOCK_REQUIRES_ACTION
                                                                : MOCK_FAILED);
    return s;
}

static enum status decide_cancel(struct work *w) {
    enum status s = find_intent(w);
    if (s != STATUS_OK)
        return s;
    if (!is_open((enum intent_status)w->change.intent.status))
        return refuse_here(w, "cancel");
    w->change.intent.status = INTENT_CANCELED;
    return STATUS_OK;
}

enum status mock_cancel(struct mock_account *a, struct arena *arena, const struct mock_request *request,
                        struct mock_intent *out, struct mock_refusal *refusal) {
    struct work w = {.a = a, .arena = arena, .request = request, .out = out, .refusal = refusal};
    enum status s = run(&w, "cancel", decide_cancel);
    if (s == STATUS_OK)
        tell(&w, MOCK_CANCELED);
    return s;
}

static enum status decide_refund(struct work *w) {
    struct stored_intent *i = &w->change.intent;
    struct stored_refund *r = &w->change.refund;
    enum status s = find_intent(w);
    if (s != STATUS_OK)
        return s;
    s = show_intent(&w->a->store, w->arena, i, w->out);
    if (s != STATUS_OK)
        return s;
    int64_t left = i->amount - i->refunded, amount = w->request->amount ? w->request->amount : left;
    if (i->status != INTENT_SUCCEEDED || left == 0 || amount < 1 || amount > left)
        return refuse_refund(w->arena, w->out, amount, left, w->refusal);
    *r = (struct stored_refund){.amount = amount,
                                .created_s = clock_now_us(w->a->options.clock) / 1000000,
                                .intent = (int32_t)w->change.row};
    mock_make_id(w->a->options.random, r->id);
    i->refunded += amount;
    return show_refund(&w->a->store, w->arena, r, w->refund);
}

enum status mock_refund(struct mock_account *a, struct arena *arena, const struct mock_request *request,
                        struct mock_intent *out, struct mock_refund *refund, struct mock_refusal *refusal) {
    struct work w = {
        .a = a, .arena = arena, .request = request, .out = out, .refund = refund, .refusal = refusal};
    enum status s = run(&w, "refund", decide_refund);
    if (s == STATUS_OK)
        tell(&w, MOCK_REFUNDED);
    return s;
}

/* ---- reading ---- */

/* Lets the lock go, and waits for what was seen under it to be on the disk. */
static enum status seen(struct mock_account *a, enum status s) {
    uint64_t ticket = ledger_latest(a->ledger);
    pthread_mutex_unlock(&a->lock);
    return s == STATUS_OK ? kept(a, ticket, s) : s;
}

enum status mock_retrieve(struct mock_account *a, struct arena *arena, struct str id, struct mock_intent *out,
                          struct mock_refusal *refusal) {
    pthread_mutex_lock(&a->lock);
    int64_t row = store_find_intent(&a->store, without_prefix(id, STR("pi_")));
    enum status s = row == row_none
                        ? refuse_unknown(arena, "payment_intent", "intent", id, refusal)
                        : show_intent(&a->store, arena, rows_at(&a->store.intents, (size_t)row), out);
    return seen(a, s);
}

enum status mock_retrieve_refund(struct mock_account *a, struct arena *arena, struct str id,
                                 struct mock_refund *out, struct mock_refusal *refusal) {
    pthread_mutex_lock(&a->lock);
    int64_t row = store_find_refund(&a->store, without_prefix(id, STR("re_")));
    enum status s = row == row_none
                        ? refuse_unknown(arena, "refund", "refund", id, refusal)
                        : show_refund(&a->store, arena, rows_at(&a->store.refunds, (size_t)row), out);
    return seen(a, s);
}

static enum status list_from(struct mock_account *a, struct arena *arena, size_t end, size_t most,
                             struct list *out, bool *more) {
    size_t count = end < most ? end : most;
    struct mock_intent *page = arena_array(arena, count, sizeof *page);
    enum status s = page ? STATUS_OK : STATUS_NO_MEMORY;
    for (size_t i = 0; i < count && s == STATUS_OK; i++)
        s = show_intent(&a->store, arena, rows_at(&a->store.intents, end - 1 - i), &page[i]);
    *out = (struct list){page, count};
    *more = end > count;
    return s;
}

enum status mock_list(struct mock_account *a, struct arena *arena, struct str after, size_t most,
                      struct list *out, bool *more, struct mock_refusal *refusal) {
    pthread_mutex_lock(&a->lock);
    int64_t end = (int64_t)a->store.intents.count;
    if (after.at)
        end = store_find_intent(&a->store, without_prefix(after, STR("pi_")));
    enum status s = end == row_none
                        ? refuse_unknown(arena, "payment_intent", "starting_after", after, refusal)
                        : list_from(a, arena, (size_t)end, most, out, more);
    return seen(a, s);
}

enum status mock_account_sync(struct mock_account *a) {
    return ledger_wait(a->ledger, ledger_latest(a->ledger));
}

/* ---- opening and closing ---- */

/* The first line of a new ledger. */
static enum status seed(struct mock_account *a) {
    char line[ledger_line_bytes_max];
    uint64_t ticket;
    if (a->store.seeded)
        return STATUS_OK;
    random_fill(a->options.random, a->store.seed, mock_seed_size);
    a->store.seeded = true;
    size_t size = store_write_seed(&a->store, line);
    if (!ledger_add(a->ledger, (struct str){line, size}, &ticket))
        return STATUS_NO_MEMORY;
    return ledger_wait(a->ledger, ticket);
}

enum status mock_account_open(const struct mock_account_options *options, struct mock_account **out,
                              char *why) {
    struct mock_account *a = calloc(1, sizeof *a);
    why[0] = '\0';
    if (!a)
        return STATUS_NO_MEMORY;
    a->options = *options;
    pthread_mutex_init(&a->lock, NULL);
    store_init(&a->store);
    enum status s = ledger_open(options->ledger, store_read, &a->store, &a->ledger, why);
    if (s == STATUS_OK)
        s = seed(a);
    if (s != STATUS_OK) {
        mock_account_close(a);
        return s;
    }
    *out = a;
    return STATUS_OK;
}

void mock_account_close(struct mock_account *a) {
    if (!a)
        return;
    ledger_close(a->ledger);
    store_free(&a->store);
    pthread_mutex_destroy(&a->lock);
    free(a);
}
