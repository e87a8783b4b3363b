/* Requests through the real API. This is http/dispatch.c without sockets and threads: the lane of a call says what runs its
 * next step, and the executor and the simulator between them decide when.
 *
 *     visit_send ─▶ LANE_READER   answered at once
 *                   LANE_WRITER   VISIT_QUEUED until the writer's next batch
 *                   LANE_PROVIDER VISIT_CALL ── visit_call ──▶ VISIT_ANSWERED ── visit_take_answer ──▶ VISIT_QUEUED
 *
 * An answer that comes once the disk is cut never left the machine, so the model does not learn of it: the request is then
 * cut off by the crash that follows. */
#include "sim.h"

#include "disk.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

/* ---- The answer. */

static const struct json *visit_read_json(struct sim *sim, struct visit *v) {
    const struct response *r = &v->call.attempt.response;
    struct json *json = NULL;
    struct json_error error;
    if (r->body.size == 0 || !str_starts(r->content_type, STR("application/json")))
        return NULL;
    if (json_read(&v->arena, r->body, &json, &error) != STATUS_OK)
        breach(sim, "the answer to %s is no JSON: %s", v->path, error.reason);
    return json;
}

static bool visit_was_replayed(const struct visit *v) {
    const struct response *r = &v->call.attempt.response;
    for (size_t i = 0; i < r->header_count; i++)
        if (str_equal(r->headers[i].name, STR("idempotent-replayed")))
            return true;
    return false;
}

static void visit_read_answer(struct sim *sim, struct visit *v) {
    api_count(&v->call, metrics_shard(sim->metrics, 0));
    api_finish(&v->call);
    const struct response *r = &v->call.attempt.response;
    v->status = r->http_status;
    v->is_replayed = visit_was_replayed(v);
    v->json = visit_read_json(sim, v);
    sim_note(sim, &v->status, sizeof v->status);
    sim_note(sim, r->body.data, r->body.size);
    sim->counts.requests++;
    if (v->status >= 500 && v->status != 503)
        breach(sim, "%s is answered with %d", v->path, v->status);
}

static uint64_t visit_hash(const struct visit *v) {
    const struct str body = v->call.attempt.response.body;
    uint64_t hash = dice_mix((uint64_t)v->status, body.size);
    for (size_t i = 0; i < body.size; i++)
        hash = (hash ^ (unsigned char)body.data[i]) * UINT64_C(0x100000001b3);
    return hash;
}

/* What a key promises: an answer that was given is given again, and what was done is not done again. Returns whether the
 * answer is a repeated one, and so tells of nothing new. */
static bool visit_keeps_promise(struct sim *sim, struct visit *v) {
    struct promise *p = &sim->actors[v->actor].promise;
    bool is_its = p->is_set && v->key[0] && strcmp(p->visit.key, v->key) == 0 &&
                  strcmp(p->visit.path, v->path) == 0 && strcmp(p->visit.body, v->body) == 0;
    bool is_kept = is_its && (p->is_answered || p->is_applied);
    bool is_old = sim->now_us - p->at_us >= 23 * hour_us;
    if (!is_kept && !(is_its && p->is_open) && v->is_replayed)
        breach(sim, "%s to %s is answered from the key %s, although it was never done", v->body, v->path,
               v->key);
    bool was_slow =
        v->steps > 0; /* another one that ran beside it for longer than a key is kept as running */
    if (is_kept && !v->is_replayed && (is_old || was_slow))
        return false;
    if (is_kept && !v->is_replayed && !visit_may_fail(v))
        breach(sim, "%s to %s with the key %s is done a second time", v->body, v->path, v->key);
    if (is_kept && v->is_replayed && p->is_answered && p->answer != visit_hash(v))
        breach(sim, "the key %s gets another answer than before", v->key);
    if (is_its && v->status < 300 && !p->is_answered) {
        p->is_answered = true;
        p->is_open = false;
        p->answer = visit_hash(v);
    }
    return is_kept;
}

static void visit_end(struct sim *sim, struct visit *v) {
    if (disk_is_cut())
        return;
    visit_read_answer(sim, v);
    tell(sim, "%s %s %s: %d%s", visit_sender(v), v->is_retry ? "repeats" : "asks", v->path, v->status,
         v->is_replayed ? ", as before" : "");
    if (!visit_keeps_promise(sim, v))
        v->answered(sim, v);
    if (v->changes)
        sim->actors[v->actor].busy--;
    arena_reset(&v->arena);
    v->phase = VISIT_FREE;
}

bool visit_may_fail(const struct visit *v) {
    return v->status == 503 && (disk_has_failed() || v->was_silent);
}

bool visit_expect(struct visit *v, int status) {
    if (v->status != status && !visit_may_fail(v)) {
        const struct str body = v->call.attempt.response.body;
        breach(v->sim, "%s %s to %s is answered with %d and not with %d: %.*s", visit_sender(v), v->body,
               v->path, v->status, status, (int)(body.size < 160 ? body.size : 160), body.data);
    }
    return v->status == status;
}

/* ---- Steps. */

static enum status visit_job_run(struct job *job, struct db *db) {
    struct visit *v = (struct visit *)(void *)((char *)job - offsetof(struct visit, job));
    enum status s = api_step_run(&v->call, db);
    job->changes = v->call.ctx.changes;
    return s;
}

static void visit_next(struct visit *v);

/* A job that is done after the power was cut is of no consequence. */
static void visit_job_done(struct job *job, enum status status) {
    struct visit *v = (struct visit *)(void *)((char *)job - offsetof(struct visit, job));
    if (disk_is_cut())
        return;
    api_step_done(&v->call, status);
    if (v->stepped && status == STATUS_OK && v->call.lane != LANE_INLINE)
        v->stepped(v->sim, v);
    v->steps++;
    visit_next(v);
}

static void visit_queue(struct visit *v, enum status (*put)(struct executor *, struct job *)) {
    v->phase = VISIT_QUEUED;
    v->job = (struct job){.run = visit_job_run,
                          .done = visit_job_done,
                          .repeatable = api_repeatable(&v->call),
                          .is_alone = v->call.endpoint->writes_much};
    enum status s = put(v->sim->executor, &v->job);
    if (s != STATUS_OK)
        breach(v->sim, "the executor refuses a job: %s", status_text(s));
}

static void visit_read(struct visit *v) {
    uint64_t commits;
    enum status s = STATUS_OK;
    struct db *reader = executor_reader(v->sim->executor, 0, &commits, &s);
    if (reader)
        api_step_done(&v->call, api_step_run(&v->call, reader));
    else
        api_step_done(&v->call, s);
}

static void visit_next(struct visit *v) {
    switch (v->call.lane) {
    case LANE_WRITER:
        visit_queue(v, executor_continue);
        return;
    case LANE_SEARCH:
        visit_queue(v, executor_search);
        return;
    case LANE_PROVIDER:
        v->phase = VISIT_CALL;
        return;
    default:
        visit_end(v->sim, v);
    }
}

void visit_call(struct visit *v) {
    struct sim *sim = v->sim;
    sim->bank.was_silent = false;
    sim->counts.operations++;
    (void)!api_step_run(&v->call, NULL); /* what the provider said is in the call */
    v->was_silent |= sim->bank.was_silent;
    v->phase = VISIT_ANSWERED;
    tell(sim, "the provider is asked by %s of %s%s", v->path, visit_sender(v),
         sim->bank.was_silent ? ", and its answer is lost" : "");
}

/* The writer is empty before and after, so that an order that the answer changes can be looked at before anything else
 * changes it. */
void visit_take_answer(struct visit *v) {
    node_drain(v->sim);
    if (v->phase != VISIT_ANSWERED || disk_is_cut())
        return;
    api_step_done(&v->call, STATUS_OK);
    visit_next(v);
    node_drain(v->sim);
}

/* ---- Sending. */

struct visit *visit_new(struct sim *sim, int actor, enum method method, const char *path, ...) {
    struct visit *v = sim->visits, *end = v + visits_max;
    while (v < end && v->phase != VISIT_FREE)
        v++;
    if (v == end)
        return NULL;
    struct arena arena = v->arena;
    *v = (struct visit){.sim = sim, .actor = actor, .arena = arena, .order = -1, .request.method = method};
    va_list args;
    va_start(args, path);
    vsnprintf(v->path, sizeof v->path, path, args);
    va_end(args);
    return v;
}

void visit_put(struct visit *v, const char *format, ...) {
    size_t size = strlen(v->body);
    va_list args;
    va_start(args, format);
    vsnprintf(v->body + size, sizeof v->body - size, format, args);
    va_end(args);
}

static void visit_fill_request(struct visit *v) {
    struct request *r = &v->request;
    struct str target = str_from(v->path);
    size_t mark = str_find(target, '?');
    r->path = (struct str){v->path, mark};
    if (mark < target.size)
        r->query = str_skip(target, mark + 1);
    if (v->body[0]) {
        r->content_type = STR("application/json");
        r->body = str_from(v->body);
    }
    if (v->is_bank) {
        r->body = v->event;
    } else if (v->actor == staff) {
        snprintf(v->authorization, sizeof v->authorization, "Bearer %s", v->sim->actors[staff].token);
        r->authorization = str_from(v->authorization);
    } else {
        r->session_id = str_from(v->sim->actors[v->actor].token);
    }
    if (v->key[0])
        r->headers[r->header_count++] = (struct header){STR("idempotency-key"), str_from(v->key)};
    if (v->signature[0])
        r->headers[r->header_count++] = (struct header){STR("stripe-signature"), str_from(v->signature)};
}

static void visit_begin(struct visit *v) {
    struct sim *sim = v->sim;
    sim->counts.operations++;
    node_check_power(sim);
    visit_fill_request(v);
    api_begin(sim->api, &v->call, &v->request, &v->arena);
    if (v->changes)
        sim->actors[v->actor].busy++;
    if (v->call.lane == LANE_READER) {
        visit_read(v);
        visit_end(sim, v);
    } else {
        visit_next(v);
    }
}

/* What an actor has sent last with a key: its visit is one that is not under way. */
static void visit_promise(struct visit *v) {
    struct promise *p = &v->sim->actors[v->actor].promise;
    *p = (struct promise){.is_set = true, .at_us = v->sim->now_us};
    p->visit = *v;
}

void visit_send(struct visit *v, bool has_key) {
    if (has_key) {
        snprintf(v->key, sizeof v->key, "key-%d-%u", v->actor, v->sim->step);
        visit_promise(v);
    }
    visit_begin(v);
}

bool visit_send_again(struct sim *sim, int actor) {
    struct visit *v = visit_new(sim, actor, METHOD_GET, "/");
    if (!v)
        return false;
    struct arena arena = v->arena;
    *v = sim->actors[actor].promise.visit;
    v->arena = arena;
    v->is_retry = true;
    visit_begin(v);
    return true;
}

const struct visit *visit_look(struct sim *sim, int actor, const char *path, ...) {
    struct visit *v = &sim->probe;
    struct arena arena = v->arena;
    va_list args;
    arena_reset(&arena);
    *v = (struct visit){.sim = sim, .actor = actor, .arena = arena, .request.method = METHOD_GET};
    va_start(args, path);
    vsnprintf(v->path, sizeof v->path, path, args);
    va_end(args);
    sim->counts.operations++;
    node_check_power(sim);
    visit_fill_request(v);
    for (int tries = 0; tries < 3 && (tries == 0 || visit_may_fail(v)); tries++) {
        api_begin(sim->api, &v->call, &v->request, &v->arena);
        while (v->call.lane != LANE_INLINE) /* a search too: any connection can read */
            visit_read(v);
        node_check_power(sim);
        visit_read_answer(sim, v);
    }
    return v;
}

/* ---- Reading. */

int64_t answer_int(struct sim *sim, const struct json *json, const char *name) {
    int64_t value = 0;
    if (!json_member_int(json, name, INT64_MIN + 1, INT64_MAX, &value))
        breach(sim, "an answer lacks the number %s", name);
    return value;
}

void answer_id(struct sim *sim, const struct json *json, const char *name, char out[static id_size]) {
    struct str id = json_member_text(json, name);
    if (id.size != id_size - 1)
        breach(sim, "an answer lacks the id %s", name);
    memcpy(out, id.data, id.size);
    out[id.size] = '\0';
}

bool answer_is(const struct json *json, const char *name, const char *text) {
    return str_equal(json_member_text(json, name), str_from(text));
}
