#include "cli/reconciler.h"

#include "base/fault.h"
#include "base/log.h"
#include "base/nap.h"
#include "shop/payment_ask.h"

#include <stdlib.h>

enum {
    batch = 20, /* payments in a round: few enough that a stop does not wait, and the line is short */
    arena_bytes_max = 1024 * 1024,
};

struct reconciler {
    struct reconciler_options options;
    struct arena arena; /* of a round */
    struct list due;
    int64_t open_count, due_count;
    pthread_t thread;
    struct nap nap;
};

/* One payment on its way through its transactions and the call between them. */
struct round {
    struct reconciler *r;
    struct payment payment;
    enum ask ask;
    struct intent intent;
    enum status provided;
    unsigned outcomes;
};

static struct tx new_tx(struct reconciler *r, struct db *db) {
    return (struct tx){.db = db, .arena = &r->arena, .clock = r->options.clock, .random = &random_system};
}

static enum status take_due(void *context, struct db *db, unsigned *changes) {
    struct reconciler *r = context;
    struct tx tx = new_tx(r, db);
    (void)changes;
    return payments_take_due(&tx, batch, &r->due, &r->open_count, &r->due_count);
}

/* On a thread of the pool. */
static void ask(void *context) {
    struct round *round = context;
    fault_point("reconcile-before-call");
    round->provided = payment_ask(round->r->options.provider, &round->r->arena, &round->payment, round->ask,
                                  (struct str){0}, &round->intent);
}

static enum status settle(void *context, struct db *db, unsigned *changes) {
    struct round *round = context;
    struct payment *p = &round->payment;
    struct tx tx = new_tx(round->r, db);
    enum status s = payment_load(&tx, p->seq, p);
    if (s == STATUS_OK && (round->provided == STATUS_OK || round->intent.id.at))
        s = payment_settle(&tx, p, &round->intent);
    else if (s == STATUS_OK && round->provided == STATUS_PAYMENT_REFUSED && !p->provider_payment_id.at)
        s = payment_refused(&tx, p, round->intent.failure_message);
    if (s == STATUS_OK)
        s = round->provided == STATUS_OK ? payment_looked_at(&tx, p) : payment_unanswered(&tx, p);
    *changes = tx.changes;
    round->outcomes = tx.outcomes;
    fault_point("reconcile-before-commit");
    return s;
}

static void reconcile(struct reconciler *r, const struct payment *payment) {
    struct round round = {.r = r, .payment = *payment, .ask = payment_ask_when_due(payment)};
    if (job_pool_call(r->options.pool, ask, &round) != STATUS_OK) { /* what it answered may not last */
        round.provided = STATUS_PROVIDER_UNAVAILABLE;
        round.intent = (struct intent){0};
    }
    fault_point("reconcile-after-call");
    metric_add(r->options.shard, METRIC_PROVIDER_CALLS, 1);
    if (round.provided == STATUS_PROVIDER_UNAVAILABLE)
        metric_add(r->options.shard, METRIC_PROVIDER_FAILED, 1);
    enum status s = executor_call(r->options.executor, settle, &round);
    if (s == STATUS_OK)
        payment_count(round.outcomes, r->options.shard);
    else
        log_warning("reconciliation: %s", status_text(s));
}

/* Only this thread sets these gauges. */
static void show(struct reconciler *r) {
    struct metrics_shard *s = r->options.shard;
    atomic_store_explicit(&s->counters[METRIC_PAYMENTS_OPEN], (uint64_t)r->open_count, memory_order_relaxed);
    atomic_store_explicit(&s->counters[METRIC_PAYMENTS_DUE], (uint64_t)r->due_count, memory_order_relaxed);
}

/* A round of what is due; true where more may be. */
static bool look(struct reconciler *r) {
    r->due = (struct list){0};
    enum status s = executor_call(r->options.executor, take_due, r);
    if (s != STATUS_OK) {
        log_warning("reconciliation: %s", status_text(s));
        return false;
    }
    show(r);
    const struct payment *payments = r->due.at;
    for (size_t i = 0; i < r->due.count && !nap_stopping(&r->nap); i++)
        reconcile(r, &payments[i]);
    arena_reset(&r->arena);
    return r->due.count == batch;
}

static void *reconciler_main(void *context) {
    struct reconciler *r = context;
    bool more;
    do
        more = look(r);
    while (nap(&r->nap, more ? 0 : r->options.look_ms));
    return NULL;
}

struct reconciler *reconciler_start(const struct reconciler_options *options) {
    struct reconciler *r = calloc(1, sizeof *r);
    if (!r)
        return NULL;
    r->options = *options;
    arena_init(&r->arena, arena_bytes_max);
    nap_init(&r->nap);
    if (pthread_create(&r->thread, NULL, reconciler_main, r) == 0)
        return r;
    nap_free(&r->nap);
    free(r);
    return NULL;
}

void reconciler_stop(struct reconciler *r) {
    if (!r)
        return;
    nap_stop(&r->nap);
    pthread_join(r->thread, NULL);
    nap_free(&r->nap);
    arena_free(&r->arena);
    free(r);
}
