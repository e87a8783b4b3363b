#include "http/dispatch.h"

#include "base/fault.h"
#include "http/answer.h"
#include "http/negotiate.h"
#include "shop/payment.h"

#define provider_wait_us_max ((int64_t)provider_wait_ms_max * 1000)

/* Writes the answer that c->exchange holds, and is done with it. */
static void send_answer(struct connection *c) {
    struct exchange *x = c->exchange;
    c->working = false;
    const _Atomic bool *leaving = c->loop->server->options.leaving;
    if (!x->message.keep_alive || c->loop->stopping || (leaving && atomic_load(leaving)))
        c->close_after = true;
    answer_write(c->loop, x, c->close_after);
    c->exchange = NULL;
    exchange_free(x);
}

static struct freshness freshness(const struct loop *loop) {
    const struct executor *executor = loop->server->options.executor;
    return (struct freshness){
        .catalogue_changed = executor_changed(executor, CHANGES_CATALOGUE),
        .stock_changed = executor_changed(executor, CHANGES_STOCK),
        .now_ms = uv_now(&loop->uv),
    };
}

/* Keeps an answer that others may be given, in which case this request gets it as they will. */
static void keep_answer(struct loop *loop, struct exchange *x) {
    const struct call *call = &x->call;
    enum cache_policy policy = call->endpoint ? call->endpoint->cache : CACHE_NEVER;
    if (policy == CACHE_NEVER || call->response.http_status != 200)
        return;
    struct freshness f = freshness(loop);
    struct cached *entry = cache_put(loop->cache, x->message.request.path, x->message.request.query,
                                     &call->response, call->route, policy == CACHE_LASTING, x->commits, &f);
    if (entry)
        negotiate(loop->cache, entry, &x->message, &x->call);
}

void dispatch_answer(struct connection *c) {
    api_finish(&c->exchange->call);
    keep_answer(c->loop, c->exchange);
    send_answer(c);
}

/* Answers from the cache; false where it has nothing. */
static bool answer_cached(struct connection *c) {
    struct exchange *x = c->exchange;
    struct freshness f = freshness(c->loop);
    if (x->message.request.method != METHOD_GET)
        return false;
    struct cached *entry = cache_find(c->loop->cache, x->message.request.path, x->message.request.query, &f);
    if (!entry)
        return false;
    metric_add(c->loop->metrics, METRIC_CACHE_HITS, 1);
    negotiate(c->loop->cache, entry, &x->message, &x->call);
    send_answer(c);
    return true;
}

static struct exchange *exchange_of(struct job *job) {
    return (struct exchange *)(void *)((char *)job - offsetof(struct exchange, job));
}

static enum status run_job(struct job *job, struct db *db) {
    struct exchange *x = exchange_of(job);
    if (x->call.runs == RUNS_PROVIDER && monotonic_us() - x->queued_us > provider_wait_us_max) {
        api_provided(&x->call, STATUS_QUEUE_FULL);
        return STATUS_OK;
    }
    if (x->tried)
        api_rewind(&x->call);
    else
        api_mark(&x->call);
    x->tried = true;
    enum status s = api_perform(&x->call, db);
    job->changes = x->call.tx.changes;
    return s;
}

static void job_done(struct job *job, enum status status);
static void call_done(struct job *job, enum status status);

static void new_job(struct exchange *x) {
    x->job = (struct job){.run = run_job, .done = job_done};
    x->tried = false;
}

/* Queues the next of an exchange's steps, after which it is another thread's; false where there is none. */
static bool hand_on(struct exchange *x) {
    const struct server_options *o = &x->loop->server->options;
    enum runs runs = x->call.runs;
    if (runs != RUNS_PROVIDER && runs != RUNS_WRITE)
        return false;
    new_job(x);
    if (runs == RUNS_PROVIDER) {
        x->queued_us = monotonic_us();
        x->job.done = call_done;
        job_pool_put(o->provider, &x->job);
        return true;
    }
    enum status s = executor_write_on(o->executor, &x->job);
    if (s != STATUS_OK)
        x->call.status = s;
    return s == STATUS_OK;
}

/* On the thread that took a step. The steps go on also where the client has hung up: what was written down
 * must be brought to its end. */
static void job_done(struct job *job, enum status status) {
    struct exchange *x = exchange_of(job);
    x->call.status = status;
    x->commits = job->commits;
    if (status == STATUS_OK && hand_on(x))
        return;
    if (x->has_place) {
        fault_point("before-answer");
        job_pool_leave(x->loop->server->options.provider);
        x->has_place = false;
    }
    inbox_put(&x->loop->inbox, x);
}

/* As job_done, of a call of the provider. */
static void call_done(struct job *job, enum status status) {
    if (status != STATUS_OK)
        api_provided(&exchange_of(job)->call, STATUS_STORAGE);
    fault_point("after-call");
    job_done(job, STATUS_OK);
}

void dispatch_count(const struct exchange *x) {
    const struct call *call = &x->call;
    struct metrics_shard *shard = x->loop->metrics;
    if (call->step == STEP_SETTLE && call->provided != STATUS_QUEUE_FULL)
        metric_add(shard, METRIC_PROVIDER_CALLS, 1);
    if (call->step == STEP_SETTLE &&
        (call->provided == STATUS_PROVIDER_UNAVAILABLE || call->provided == STATUS_STORAGE))
        metric_add(shard, METRIC_PROVIDER_FAILED, 1);
    if (call->provided == STATUS_QUEUE_FULL)
        metric_add(shard, METRIC_QUEUE_REFUSED, 1);
    if (call->status == STATUS_OK)
        payment_count(call->tx.outcomes, shard);
}

static enum status queue_first(struct exchange *x) {
    const struct server_options *o = &x->loop->server->options;
    if (x->call.runs == RUNS_SEARCH)
        return executor_search(o->executor, &x->job);
    if (x->call.runs == RUNS_READ)
        return executor_read(o->executor, &x->job);
    if (!x->call.endpoint->provide)
        return executor_write(o->executor, &x->job);
    enum status s = job_pool_enter(o->provider);
    if (s != STATUS_OK)
        return s;
    x->has_place = true; /* before the job is anybody else's */
    s = executor_write(o->executor, &x->job);
    if (s != STATUS_OK) {
        job_pool_leave(o->provider);
        x->has_place = false;
    }
    return s;
}

static void submit(struct connection *c) {
    struct exchange *x = c->exchange;
    new_job(x);
    x->job.repeatable = api_repeatable(&x->call);
    x->job.may_lag = x->call.endpoint->cache == CACHE_CATALOGUE;
    c->working = true;
    c->loop->in_flight++;
    enum status s = queue_first(x);
    if (s == STATUS_OK)
        return;
    c->loop->in_flight--;
    if (s == STATUS_QUEUE_FULL)
        metric_add(c->loop->metrics, METRIC_QUEUE_REFUSED, 1);
    x->call.status = s;
    dispatch_answer(c);
}

/* `OPTIONS *` asks about the server and not about any path (RFC 9110 §9.3.7). */
static void answer_asterisk(struct connection *c) {
    struct call *call = &c->exchange->call;
    *call = (struct call){.route = api_route_count(c->loop->server->api) - 1, .response.http_status = 204};
    call_header(call, STR("allow"), STR("GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS"));
    dispatch_answer(c);
}

void dispatch(struct connection *c) {
    struct exchange *x = c->exchange;
    struct loop *loop = c->loop;
    if (x->message.asterisk) {
        answer_asterisk(c);
        return;
    }
    if (answer_cached(c))
        return;
    x->commits = 0;
    api_begin(loop->server->api, &x->call, &x->message.request, &x->arena);
    if (x->call.runs == RUNS_NOWHERE) {
        dispatch_answer(c);
        return;
    }
    enum status s = STATUS_OK;
    struct db *reader = NULL;
    if (x->call.runs == RUNS_READ)
        reader = executor_reader(loop->server->options.executor, loop->index, &x->commits, &s);
    if (reader)
        api_perform(&x->call, reader);
    else if (s != STATUS_OK)
        x->call.status = s;
    if (reader || s != STATUS_OK)
        dispatch_answer(c);
    else
        submit(c);
}
