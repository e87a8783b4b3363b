/* How a request gets its answer. The lane of its row (api/call.h) says on which thread each step runs:
 *
 *     kept answer     the loop's thread, from its own cache; no handler runs
 *     LANE_INLINE     the loop's thread: api_begin runs the handler
 *     LANE_READER     the loop's thread, on the loop's own read-only connection; without one, on the executor
 *     LANE_SEARCH     a searcher of the executor
 *     LANE_WRITER     the executor's writer, which gathers many jobs into one transaction
 *     LANE_PROVIDER   a thread that may wait for the payment provider, or one that hashes passwords
 *
 * A row of three steps moves from thread to thread. Each thread queues the next step itself, so the loop
 * sleeps until the end:
 *
 *     loop ─submit─► writer: prepare ─► provider's thread: call ─► writer: apply ─► completion queue ─► loop
 *
 * A job's `run` is one try of a step, and `done` reports that its transaction was committed or undone. `run`
 * may be called again after a conflict; struct attempt makes that safe. All three steps run even if the
 * client hangs up, because what `prepare` wrote down must be brought to its end.
 *
 * Bounds. The writer and the searchers have queues of their own, and a full one answers 503 at once. A row of
 * three steps also takes a place in the provider's line before its first step and leaves it after its last.
 * So no more is begun than the provider's threads can finish, and later steps are queued by force: they
 * cannot be refused for lack of room. */
#include "http/dispatch.h"

#include "base/kill_point.h"
#include "http/answer.h"
#include "http/negotiate.h"
#include "http/state.h"

#define provider_wait_us_max ((int64_t)provider_wait_ms_max * 1000)

static uint64_t dispatch_changed(const void *executor, unsigned topics) {
    return executor_changed(executor, topics);
}

static struct freshness dispatch_freshness(const struct loop *loop) {
    return (struct freshness){dispatch_changed, loop->server->options.executor, uv_now(&loop->uv)};
}

/* Keeps an answer that other clients may get too. This request then gets it in the form that they will. */
static void dispatch_keep_answer(struct exchange *x) {
    const struct call *call = &x->call;
    struct cache *cache = x->loop->cache;
    const struct cache_rule *rule = call->endpoint ? call->endpoint->cache : NULL;
    if (!rule || call->attempt.response.http_status != 200 || x->is_admin || call->attempt.response.is_unkept)
        return;
    struct freshness f = dispatch_freshness(x->loop);
    struct cached *entry = cache_put(cache, x->message.request.path, x->message.request.query,
                                     &call->attempt.response, call->route, rule, x->commits, &f);
    if (entry)
        negotiate_answer(cache, entry, &x->message, &x->call);
}

static void dispatch_make_answer(struct exchange *x) {
    api_finish(&x->call);
    dispatch_keep_answer(x);
}

/* Takes a place for a stream, before the answer is made: all may be taken. */
static void dispatch_admit_stream(struct exchange *x) {
    struct server *server = x->loop->server;
    if (x->call.status != STATUS_OK || !x->call.attempt.response.is_stream || x->message.is_head)
        return;
    x->has_stream = atomic_fetch_add(&server->streams, 1) < streams_max;
    if (!x->has_stream) {
        atomic_fetch_sub(&server->streams, 1);
        x->call.status = STATUS_TOO_MANY_STREAMS;
    }
}

void dispatch_finish(struct exchange *x) {
    api_count(&x->call, x->loop->metrics);
    if (x->connection) {
        dispatch_admit_stream(x);
        dispatch_make_answer(x);
    }
}

/* Answers from the cache. Returns false if it has nothing fresh for the target. */
static bool dispatch_from_cache(struct exchange *x) {
    struct cache *cache = x->loop->cache;
    struct freshness f = dispatch_freshness(x->loop);
    if (x->message.request.method != METHOD_GET)
        return false;
    struct cached *entry = cache_find(cache, x->message.request.path, x->message.request.query, &f);
    if (!entry)
        return false;
    metric_add(x->loop->metrics, METRIC_CACHE_HITS, 1);
    negotiate_answer(cache, entry, &x->message, &x->call);
    return true;
}

static struct exchange *dispatch_exchange_of(struct job *job) {
    return (struct exchange *)(void *)((char *)job - offsetof(struct exchange, job));
}

/* One try of a step, on the thread of its lane. */
static enum status dispatch_job_run(struct job *job, struct db *db) {
    struct exchange *x = dispatch_exchange_of(job);
    if (x->call.lane == LANE_PROVIDER && monotonic_us() - x->queued_us > provider_wait_us_max) {
        x->call.provider_status = STATUS_QUEUE_FULL; /* in place of the call: `apply` will see it */
        return STATUS_OK;
    }
    enum status s = api_step_run(&x->call, db);
    job->changes = x->call.ctx.changes;
    return s;
}

static void dispatch_job_done(struct job *job, enum status status);
static void dispatch_call_done(struct job *job, enum status status);

/* The threads that run the row's call. */
static struct provider_workers *dispatch_workers(const struct exchange *x) {
    const struct server_options *o = &x->loop->server->options;
    return x->call.endpoint->hashes ? o->hashers : o->provider;
}

/* Queues the next step on the executor. A search has written nothing yet, so it may be refused. */
static enum status dispatch_continue(struct exchange *x) {
    struct executor *executor = x->loop->server->options.executor;
    return x->call.lane == LANE_SEARCH ? executor_search(executor, &x->job)
                                       : executor_continue(executor, &x->job);
}

/* Queues the exchange's next step, after which another thread owns it. Returns false if no step is left, or
 * if the executor does not take it. */
static bool dispatch_next_step(struct exchange *x) {
    enum lane lane = x->call.lane;
    if (lane != LANE_PROVIDER && lane != LANE_WRITER && lane != LANE_SEARCH)
        return false;
    x->job = (struct job){.run = dispatch_job_run, .done = dispatch_job_done};
    if (lane == LANE_PROVIDER) {
        x->queued_us = monotonic_us();
        x->job.done = dispatch_call_done;
        provider_workers_put(dispatch_workers(x), &x->job);
        return true;
    }
    enum status s = dispatch_continue(x);
    if (s != STATUS_OK)
        x->call.status = s;
    return s == STATUS_OK;
}

static void dispatch_leave_line(struct exchange *x) {
    if (x->has_place)
        provider_workers_leave(dispatch_workers(x));
    x->has_place = false;
}

/* On the thread that ran a step, when its transaction has ended. */
static void dispatch_job_done(struct job *job, enum status status) {
    struct exchange *x = dispatch_exchange_of(job);
    api_step_done(&x->call, status);
    x->commits = job->commits;
    if (dispatch_next_step(x))
        return;
    if (x->has_place)
        kill_point("before-answer");
    dispatch_leave_line(x);
    completion_queue_put(&x->loop->completions, &x->completion);
}

/* After STEP_CALL. `apply` always follows: if the step could not run for want of memory, the provider's status
 * tells it so. */
static void dispatch_call_done(struct job *job, enum status status) {
    if (status != STATUS_OK)
        dispatch_exchange_of(job)->call.provider_status = status;
    kill_point("after-call");
    dispatch_job_done(job, STATUS_OK);
}

/* Queues the first step of an exchange. */
static enum status dispatch_first_step(struct exchange *x) {
    const struct server_options *o = &x->loop->server->options;
    if (x->call.lane == LANE_SEARCH)
        return executor_search(o->executor, &x->job);
    if (x->call.lane == LANE_READER)
        return executor_read(o->executor, &x->job);
    if (!x->call.endpoint->call)
        return executor_write(o->executor, &x->job);
    TRY(provider_workers_enter(dispatch_workers(x)));
    x->has_place = true; /* set before another thread owns the exchange */
    enum status s = executor_write(o->executor, &x->job);
    if (s != STATUS_OK)
        dispatch_leave_line(x);
    return s;
}

/* Returns false if other threads own the exchange, true if they refused it and it has its answer. */
static bool dispatch_submit(struct exchange *x) {
    x->job = (struct job){
        .run = dispatch_job_run,
        .done = dispatch_job_done,
        .repeatable = api_repeatable(&x->call),
        .is_alone = x->call.endpoint->writes_much,
        .may_lag = x->call.endpoint->cache && x->call.endpoint->cache->topics,
    };
    enum status s = dispatch_first_step(x);
    if (s == STATUS_OK)
        return false;
    if (s == STATUS_QUEUE_FULL)
        metric_add(x->loop->metrics, METRIC_QUEUE_REFUSED, 1);
    x->call.status = s;
    dispatch_make_answer(x);
    return true;
}

bool dispatch_recheck(struct exchange *x, const struct stream_pass *pass) {
    const struct server *server = x->loop->server;
    const struct api *api = x->is_admin ? server->admin_api : server->api;
    api_recheck_begin(api, &x->call, pass, &x->message.request, &x->arena);
    x->job = (struct job){.run = dispatch_job_run, .done = dispatch_job_done, .repeatable = true};
    enum status s = executor_write(server->options.executor, &x->job);
    if (s != STATUS_OK)
        x->call.status = s;
    return s == STATUS_OK;
}

/* `OPTIONS *` asks about the server and not about a path (RFC 9110 §9.3.7). */
static void dispatch_asterisk(struct exchange *x) {
    x->call = (struct call){.api = x->loop->server->api,
                            .route = api_route_count(x->loop->server->api) - 1,
                            .attempt.response.http_status = 204};
    call_header(&x->call, STR("allow"), STR("GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS"));
    dispatch_make_answer(x);
}

/* Runs the call on the loop's own reader. Returns false if the database has no readers. */
static bool dispatch_read(struct exchange *x) {
    enum status s = STATUS_OK;
    struct db *reader = executor_reader(x->loop->server->options.executor, x->loop->index, &x->commits, &s);
    if (reader)
        api_step_done(&x->call, api_step_run(&x->call, reader));
    else if (s != STATUS_OK)
        x->call.status = s;
    return reader || s != STATUS_OK;
}

bool dispatch_start(struct exchange *x) {
    if (x->message.asterisk) {
        dispatch_asterisk(x);
        return true;
    }
    const struct server *server = x->loop->server;
    const struct api *api = x->is_admin ? server->admin_api : server->api;
    if (!x->is_admin && dispatch_from_cache(x))
        return true;
    x->commits = 0;
    x->message.request.id = answer_request_id(x->loop, x);
    api_begin(api, &x->call, &x->message.request, &x->arena);
    if (x->call.lane != LANE_INLINE && (x->call.lane != LANE_READER || !dispatch_read(x)))
        return dispatch_submit(x);
    dispatch_make_answer(x);
    return true;
}
