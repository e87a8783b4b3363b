/* The reconciler's threads.
 *
 *     take a due payment (a transaction)  →  call (no transaction)  →  apply (a transaction)
 *
 * A call may last half a minute if the provider does not answer, and some payments may be answered while one is not.
 * So there are several threads, and each has one payment at a time. One of them leads: it looks for a payment that is
 * due, every poll_ms. When it has one, another thread leads:
 *
 *     thread 1   look · · look │ call ············ apply │        (waits to lead)
 *     thread 2   (waits)       │ look │ call apply │ look · · look · ·
 *
 * A payment that fails is put off (payment_postpone), behind those that are due then. So a payment that cannot be
 * settled holds up another one only while all threads wait for such payments.
 *
 * The rules are in shop/payments/reconcile.h. A crash at any point leaves the payment due, so that the next process
 * takes it again: each point has a kill point for the tests. */
#include "serve/reconciler.h"

#include "base/clock.h"
#include "base/kill_point.h"
#include "base/log.h"
#include "base/thread/idle_gate.h"
#include "base/thread/waiter.h"
#include "shop/checkout/checkout_settings.h"
#include "shop/payments/reconcile.h"
#include "shop/payments/refunds/refund.h"

#include <stdlib.h>

enum {
    threads =
        4, /* so many payments may hang at a time; each is a call to the provider beside those of requests */
    arena_bytes_max = 1024 * 1024,
};

struct reconciler_thread {
    struct reconciler *owner;
    struct arena arena; /* of a payment */
    struct payment_flow flow;
    size_t count; /* of payments taken: 0 or 1 */
    pthread_t thread;
};

struct reconciler {
    struct reconciler_options options;
    pthread_mutex_t leading; /* held by the thread that leads */
    struct waiter waiter;    /* the leader's, as is the gate */
    struct idle_gate gate;
    int64_t last_seq;        /* the leader's: of the payment taken last */
    int64_t counted_us;      /* the leader's: when it last counted, by the monotonic clock */
    pthread_mutex_t metrics; /* the shard is written under it */
    size_t started;
    struct reconciler_thread threads[threads];
};

/* One payment on its way through its transaction. */
struct reconciler_job {
    struct reconciler_thread *thread;
    enum status called;
    unsigned outcomes; /* of the transaction's latest try */
};

static struct shop_ctx reconciler_ctx(struct reconciler_thread *t, struct db *db) {
    return (struct shop_ctx){.db = db,
                             .arena = &t->arena,
                             .clock = t->owner->options.clock,
                             .random = &random_system,
                             .interest = t->owner->options.interest,
                             .settings_memory = t->owner->options.settings_memory,
                             .settings_commits = settings_memory_commits(t->owner->options.settings_memory),
                             .mails = t->owner->options.mails};
}

/* What the leader looks for, and counts. */
struct reconciler_look {
    struct reconciler_thread *thread;
    struct reconcile_backlog backlog;
    bool counts;
};

static enum status reconciler_prepare(void *context, struct db *db, unsigned *changes) {
    struct reconciler_look *look = context;
    struct reconciler_thread *t = look->thread;
    struct shop_ctx ctx = reconciler_ctx(t, db);
    (void)changes;
    return reconcile_prepare(&ctx, &t->flow, 1, &t->count, look->counts ? &look->backlog : NULL);
}

static enum status reconciler_apply(void *context, struct db *db, unsigned *changes) {
    struct reconciler_job *job = context;
    struct shop_ctx ctx = reconciler_ctx(job->thread, db);
    struct payment_flow *flow = &job->thread->flow;
    enum status s = flow->op == PROVIDER_OP_REFUND ? refund_reconcile(&ctx, job->called, flow)
                                                   : reconcile_apply(&ctx, job->called, flow);
    *changes = ctx.changes;
    job->outcomes = ctx.outcomes;
    kill_point("reconcile-before-commit");
    return s;
}

static void reconciler_count(struct reconciler *r, const struct reconciler_job *job, enum status applied) {
    pthread_mutex_lock(&r->metrics);
    metric_add(r->options.shard, METRIC_PROVIDER_CALLS, 1);
    if (job->called == STATUS_PROVIDER_UNAVAILABLE)
        metric_add(r->options.shard, METRIC_PROVIDER_FAILED, 1);
    if (applied == STATUS_OK)
        payment_count(job->outcomes, r->options.shard);
    pthread_mutex_unlock(&r->metrics);
}

/* Calls the provider, and applies its answer. */
static void reconciler_run_one(struct reconciler_thread *t) {
    struct reconciler *r = t->owner;
    struct reconciler_job job = {.thread = t};
    kill_point("reconcile-before-call");
    job.called = payment_flow_call(r->options.provider, &t->arena, &t->flow);
    kill_point("reconcile-after-call");
    enum status s = executor_call(r->options.executor, reconciler_apply, &job);
    if (s != STATUS_OK)
        log_warning("reconciliation: %s", status_text(s));
    reconciler_count(r, &job, s);
    executor_note_activity(r->options.executor); /* an event may wait for the sender */
}

/* Sets the gauges, which only the leader writes. */
static void reconciler_set_gauges(struct reconciler *r, const struct reconciler_look *look) {
    struct metrics_shard *s = r->options.shard;
    atomic_store_explicit(&s->counters[METRIC_PAYMENTS_OPEN], (uint64_t)look->backlog.open,
                          memory_order_relaxed);
    atomic_store_explicit(&s->counters[METRIC_PAYMENTS_DUE], (uint64_t)look->backlog.due,
                          memory_order_relaxed);
}

/* Looks once, and takes the payment that is due longest; false if there is none. Counting reads all that are open, so
 * it is done once in poll_ms at most, however many are due. */
static bool reconciler_look(struct reconciler_thread *t) {
    struct reconciler *r = t->owner;
    int64_t now = monotonic_us(), now_us = clock_now_us(r->options.clock);
    uint64_t activity = executor_activity(r->options.executor, 0);
    struct reconciler_look look = {.thread = t,
                                   .counts = now - r->counted_us >= (int64_t)r->options.poll_ms * 1000};
    t->count = 0;
    if (!idle_gate_opens(&r->gate, activity, now_us))
        return false;
    r->gate.is_closed = false;
    enum status s = executor_call(r->options.executor, reconciler_prepare, &look);
    if (s != STATUS_OK) {
        log_warning("reconciliation: %s", status_text(s));
        return false;
    }
    if (look.counts) {
        r->counted_us = now;
        reconciler_set_gauges(r, &look);
        if (t->count == 0)
            idle_gate_close(&r->gate, activity, now_us, look.backlog.next_us);
    }
    return t->count > 0;
}

/* Leads until a payment is taken. If it is the same as last time, its call has changed nothing: it is paced like a
 * look. False: the thread is to end. */
static bool reconciler_lead(struct reconciler_thread *t) {
    struct reconciler *r = t->owner;
    pthread_mutex_lock(&r->leading);
    bool found = false, goes_on = !waiter_is_stopping(&r->waiter);
    while (goes_on && !(found = reconciler_look(t)))
        goes_on = waiter_sleep(&r->waiter, r->options.poll_ms);
    if (found && t->flow.payment.seq == r->last_seq)
        waiter_sleep(&r->waiter, r->options.poll_ms);
    r->last_seq = found ? t->flow.payment.seq : 0;
    pthread_mutex_unlock(&r->leading);
    return found;
}

static void *reconciler_main(void *context) {
    struct reconciler_thread *t = context;
    while (reconciler_lead(t)) {
        reconciler_run_one(t);
        arena_reset(&t->arena);
    }
    return NULL;
}

struct reconciler *reconciler_start(const struct reconciler_options *options) {
    struct reconciler *r = calloc(1, sizeof *r);
    if (!r)
        return NULL;
    r->options = *options;
    r->counted_us = INT64_MIN / 2;
    pthread_mutex_init(&r->leading, NULL);
    pthread_mutex_init(&r->metrics, NULL);
    waiter_init(&r->waiter);
    for (bool runs = true; r->started < threads && runs; r->started += runs) {
        struct reconciler_thread *t = &r->threads[r->started];
        t->owner = r;
        arena_init(&t->arena, arena_bytes_max);
        runs = pthread_create(&t->thread, NULL, reconciler_main, t) == 0;
    }
    if (r->started == threads)
        return r;
    reconciler_stop(r);
    return NULL;
}

void reconciler_stop(struct reconciler *r) {
    if (!r)
        return;
    waiter_stop(&r->waiter);
    for (size_t i = 0; i < r->started; i++)
        pthread_join(r->threads[i].thread, NULL);
    for (size_t i = 0; i < threads; i++)
        arena_free(&r->threads[i].arena);
    waiter_free(&r->waiter);
    pthread_mutex_destroy(&r->metrics);
    pthread_mutex_destroy(&r->leading);
    free(r);
}
