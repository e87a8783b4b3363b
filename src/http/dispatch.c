#include "http/dispatch.h"

#include "http/answer.h"
#include "http/negotiate.h"

/* Writes the answer that c->exchange holds, and is done with it. */
static void send_answer(struct connection *c) {
    struct exchange *x = c->exchange;
    c->working = false;
    if (!x->message.keep_alive || c->loop->stopping)
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

static enum status run_job(struct job *job, struct db *db) {
    struct exchange *x = (struct exchange *)(void *)((char *)job - offsetof(struct exchange, job));
    enum status s = api_perform(&x->call, db);
    job->changes = x->call.tx.changes;
    return s;
}

/* On the writer's thread: hands the exchange back to its loop. */
static void job_done(struct job *job, enum status status) {
    struct exchange *x = (struct exchange *)(void *)((char *)job - offsetof(struct exchange, job));
    struct loop *loop = x->loop;
    x->call.status = status;
    x->commits = job->commits;
    struct exchange *first = atomic_load_explicit(&loop->finished, memory_order_relaxed);
    do
        x->next = first;
    while (!atomic_compare_exchange_weak_explicit(&loop->finished, &first, x, memory_order_release,
                                                  memory_order_relaxed));
    uv_async_send(&loop->wake);
}

static void submit(struct connection *c) {
    struct exchange *x = c->exchange;
    x->job = (struct job){.run = run_job, .done = job_done};
    c->working = true;
    c->loop->in_flight++;
    struct executor *executor = c->loop->server->options.executor;
    enum status s =
        x->call.runs == RUNS_SEARCH ? executor_search(executor, &x->job) : executor_write(executor, &x->job);
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
    *call = (struct call){.route = api_route_count(c->loop->server->options.api) - 1,
                          .response.http_status = 204};
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
    api_begin(loop->server->options.api, &x->call, &x->message.request, &x->arena);
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
