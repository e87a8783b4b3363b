/* A call's way through its row.
 *
 *     api_begin      decode the path, match a row, check access, decode path, query, headers and body,
 *                    run `check`, choose the session
 *     api_step_run   one try of a step: clear struct attempt, run the row's function, with its key around it
 *     api_step_done  the step's transaction was committed or undone: choose the next step
 *     api_finish     render the reply by its model, or {"detail": …}; add headers of session and caches (finish.c)
 *
 * The first error ends the call: it skips to api_finish with call->status set. This is also the order in
 * which errors win, so that a request with several faults always gets the same answer: 404 and 405, then 401
 * and 403, then 422, then what the shop's rules say. A key or a session of the staff is in the database: api_step_run reads
 * it before the first step, and what the inputs were refused with waits for that in call->refusal.
 *
 * Nothing is written before everything that can be checked without the database is checked. From then on a
 * step either returns STATUS_OK and is committed, or its transaction is undone. A step that must keep its
 * writes and still answer with an error uses call_fail. The answer to a request that writes is rendered in the transaction of
 * its last step, so that one for which there is no memory is undone too.
 *
 * Retries. A database may undo a transaction after api_step_run has returned and ask for it again (a conflict
 * of two transactions on PostgreSQL). So api_step_run leaves `step`, `state` and `outcomes` alone and writes
 * only to struct attempt and to what ctx collects. It clears both at its start. When the
 * transaction has ended, api_step_done runs once and moves the call on. */
#include "api/access.h"
#include "api/idempotency.h"
#include "api/inputs.h"
#include "api/internal.h"
#include "base/kill_point.h"
#include "shop/checkout/checkout_settings.h"
#include "shop/lost_keys.h"
#include "shop/payments/payment.h"

#include <assert.h>
#include <string.h>

/* Decodes the path. STATUS_BAD_TARGET if it has control characters, which no row's path can have. */
static enum status api_decode_path(struct call *call, struct str *out) {
    struct str path = percent_decode(call->ctx.arena, call->request->path, false);
    if (!path.data)
        return STATUS_NO_MEMORY;
    for (size_t i = 0; i < path.size; i++)
        if ((unsigned char)path.data[i] < 0x20 || path.data[i] == 0x7F)
            return STATUS_BAD_TARGET;
    *out = path;
    return STATUS_OK;
}

/* Adds Allow; left out if there is no memory. */
static void api_answer_allow(struct call *call, const struct match *match) {
    char *allow = arena_alloc(call->ctx.arena, allow_size_max);
    if (allow)
        call_header(call, STR("allow"), (struct str){allow, router_allow(match, allow)});
}

/* Redirects `/products/` to `/products`, as FastAPI does. A proxy may have taken a prefix off the path, so behind
 * one the Location is relative to the request: `../products`. */
static enum status api_answer_slash(struct call *call) {
    const struct request *request = call->request;
    struct str path = {request->path.data, request->path.size - 1};
    struct buf location = buf_new(call->ctx.arena);
    buf_put(&location, request->is_forwarded ? STR("../") : STR(""));
    buf_put(&location, request->is_forwarded ? request_last_segment(path) : path);
    if (request->query.size > 0) {
        buf_put_char(&location, '?');
        buf_put(&location, request->query);
    }
    if (!buf_ok(&location))
        return STATUS_NO_MEMORY;
    call->attempt.response.http_status = 307;
    call_header(call, STR("location"), buf_str(&location));
    return STATUS_OK;
}

/* Answers a path that matches no row: 404, or a redirect if it matches without its last slash. */
static enum status api_answer_unmatched(struct call *call, struct str path) {
    struct match match;
    if (path.size < sizeof "/x" || path.data[path.size - 1] != '/' ||
        call->request->path.data[call->request->path.size - 1] != '/')
        return STATUS_NOT_FOUND;
    router_match(&call->api->router, (struct str){path.data, path.size - 1}, &match);
    return match.found ? api_answer_slash(call) : STATUS_NOT_FOUND;
}

/* Returns whether the path matched, and not only a page while the client is no browser. */
static bool api_is_there(const struct call *call, const struct match *match) {
    size_t page = match->by_method[METHOD_GET];
    return match->found && (page == routes_max || !call->api->router.routes[page].endpoint->for_browsers ||
                            request_prefers_html(call->request));
}

/* Finds the call's row. If it returns STATUS_OK without one, the response is complete (OPTIONS, a
 * redirect). */
static enum status api_route(struct call *call, struct match *match) {
    struct str path;
    TRY(api_decode_path(call, &path));
    router_match(&call->api->router, path, match);
    if (!api_is_there(call, match))
        return api_answer_unmatched(call, path);
    if (call->request->method == METHOD_OPTIONS) {
        api_answer_allow(call, match);
        call->attempt.response.http_status = 204;
        return STATUS_OK;
    }
    size_t number = match->by_method[call->request->method];
    if (number == routes_max) {
        api_answer_allow(call, match);
        return STATUS_METHOD_NOT_ALLOWED;
    }
    call->route = number;
    call->endpoint = call->api->router.routes[number].endpoint;
    return STATUS_OK;
}

/* Takes the shared session if the shop has one cart for all, and makes a new one if the endpoint wants
 * one. The admin's idempotency keys are kept under a session that is the hash of no token, and those of a key of
 * the staff under its id (access.c). */
static void api_choose_session(struct call *call) {
    if (call->endpoint->access == ACCESS_STAFF && call->endpoint->idempotent)
        call->session = (struct session){.is_set = true, .key = {.bytes = "admin"}};
    if (call->endpoint->access != ACCESS_SESSION)
        return;
    if (call->api->options.cart_global)
        call->session = (struct session){.is_set = true};
    else if (!call->session.is_set && call->endpoint->makes_session)
        session_mint(call->ctx.random, &call->session);
}

/* Decodes the inputs and runs the row's check. A call with a key or a session of the staff learns only after its first
 * step what they were refused with: whether it may know is in the database. */
static enum status api_read_inputs(struct call *call, const struct match *match) {
    enum status s = inputs_decode(call, match);
    if (s == STATUS_OK && call->endpoint->check)
        s = call->endpoint->check(call);
    if (!access_is_pending(call))
        return s;
    call->refusal = s;
    return STATUS_OK;
}

/* Begins a call of which only the request is known. */
static void api_call_init(const struct api *api, struct call *call, const struct request *request,
                          struct arena *arena) {
    *call = (struct call){
        .api = api,
        .access = &api->options.access,
        .request = request,
        .route = api->router.count,
        .ctx =
            {
                .arena = arena,
                .clock = api->options.clock,
                .random = api->options.random,
                .settings = api->options.settings,
                .cart_touches = api->options.cart_touches,
                .interest = api->options.interest,
                .mails = api->options.mails,
                .settings_memory = api->options.settings_memory,
                .settings_commits = settings_memory_commits(api->options.settings_memory),
            },
        .errors = errors_new(arena),
    };
}

void api_stream_pass(const struct call *call, struct stream_pass *out) {
    struct str credential = call->key.data ? call->key : call->staff_session;
    assert(credential.size <= stream_pass_bytes_max);
    *out =
        (struct stream_pass){.route = call->route, .is_key = call->key.data != NULL, .size = credential.size};
    if (credential.size > 0)
        memcpy(out->credential, credential.data, credential.size);
}

void api_recheck_begin(const struct api *api, struct call *call, const struct stream_pass *pass,
                       const struct request *request, struct arena *arena) {
    struct str credential = {pass->credential, pass->size};
    api_call_init(api, call, request, arena);
    call->route = pass->route;
    call->endpoint = api->router.routes[pass->route].endpoint;
    *(pass->is_key ? &call->key : &call->staff_session) = credential;
    call->step = STEP_RECHECK;
    call->lane = LANE_WRITER;
}

void api_begin(const struct api *api, struct call *call, const struct request *request, struct arena *arena) {
    struct match match;
    api_call_init(api, call, request, arena);
    call->status = api_route(call, &match);
    if (call->status != STATUS_OK || !call->endpoint)
        return;
    call->status = access_check(call);
    if (call->status == STATUS_OK)
        call->status = api_read_inputs(call, &match);
    if (call->status != STATUS_OK)
        return;
    api_choose_session(call);
    const struct endpoint *e = call->endpoint;
    if (e->access == ACCESS_SESSION && !call->session.is_set && !call_is_staff(call) && e->errors) {
        call->status = e->errors[0];
        return;
    }
    call->lane = access_is_pending(call) ? LANE_WRITER : e->lane; /* keys are read where they are revoked */
    if (access_is_pending(call) && e->lane == LANE_SEARCH)
        call->step = STEP_ACCESS;
    if (call->lane == LANE_INLINE)
        call->status = api_step_run(call, NULL);
}

/* Clears what an earlier try of the step left, and allocates the reply for the handler to fill. */
static enum status attempt_begin(struct call *call, struct db *db) {
    const struct endpoint *e = call->endpoint;
    call->attempt = (struct attempt){0};
    call->ctx.db = db;
    call->ctx.arena->failed = false;
    call->ctx.changes = 0;
    call->ctx.outcomes = 0;
    if (!e->reply)
        return STATUS_OK;
    call->attempt.reply =
        arena_alloc(call->ctx.arena, e->reply_is_list ? sizeof(struct list) : e->reply->size);
    return call->attempt.reply ? STATUS_OK : STATUS_NO_MEMORY;
}

static enum status api_step_prepare(struct call *call) {
    if (!call->is_admitted)
        TRY(access_check_database(call));
    return idempotency_wanted(call) ? idempotency_prepare(call) : call->endpoint->prepare(call);
}

/* If the provider fails, the step still succeeds: its status is an input of `apply`. */
static enum status api_step_call(struct call *call) {
    kill_point("before-call");
    call->provider_status = call->endpoint->call(call);
    return STATUS_OK;
}

static enum status api_step_apply(struct call *call) {
    call->attempt.ended = true;
    enum status s = idempotency_wanted(call) ? idempotency_apply(call) : call->endpoint->apply(call);
    kill_point("before-commit");
    return s;
}

/* Whether no step follows the one that has just returned. */
static bool api_step_is_last(const struct call *call) {
    return call->step == STEP_APPLY ||
           (call->step == STEP_PREPARE && (!call->endpoint->call || call->attempt.ended));
}

/* Ends a step. It is undone if its answer cannot be written, or if it lacked memory anywhere: a text that is cut short must not
 * be stored, or shown as the whole. */
static enum status api_step_seal(struct call *call) {
    if (call->step == STEP_CALL) /* what it has done at the provider cannot be undone */
        return STATUS_OK;
    if (call->endpoint->method != METHOD_GET && api_step_is_last(call) && call->attempt.failure == STATUS_OK)
        TRY(api_complete(call));
    return call->ctx.arena->failed ? STATUS_NO_MEMORY : STATUS_OK;
}

/* Keeps other steps of the transaction from remembering settings that this one has changed (checkout_settings.h). */
static void api_hold_settings(struct call *call) {
    struct settings_memory *memory = call->ctx.settings_memory;
    if (!memory || call->holds_settings || !(call->ctx.changes & TOPIC_SETTINGS))
        return;
    settings_memory_hold(memory);
    call->holds_settings = true;
}

enum status api_step_run(struct call *call, struct db *db) {
    static enum status (*const steps[])(struct call *) = {[STEP_PREPARE] = api_step_prepare,
                                                          [STEP_CALL] = api_step_call,
                                                          [STEP_APPLY] = api_step_apply,
                                                          [STEP_ACCESS] = access_check_database,
                                                          [STEP_RECHECK] = access_check_again};
    enum status s = attempt_begin(call, db);
    uint64_t before = db ? db_statements(db) : 0;
    if (s == STATUS_OK)
        s = steps[call->step](call);
    if (s == STATUS_OK)
        s = api_step_seal(call);
    api_hold_settings(call);
    if (db)
        call->statements += db_statements(db) - before;
    return s;
}

/* After a transaction of `apply` was lost: tries it again, because what it brings in has happened. If that is of no
 * use, the key is still kept as running, and the chores release it as soon as the database can be written. */
static void api_apply_lost(struct call *call) {
    enum { tries_max = 3 };
    struct lost_keys *lost_keys = call->api->options.lost_keys;
    if (++call->lost < tries_max)
        call->lane = LANE_WRITER;
    else if (idempotency_wanted(call) && lost_keys)
        lost_keys_put(lost_keys, &call->session.key, request_header(call->request, idempotency_header));
}

void api_step_done(struct call *call, enum status status) {
    if (call->holds_settings)
        settings_memory_release(call->ctx.settings_memory);
    call->holds_settings = false;
    call->status = status;
    call->lane = LANE_INLINE;
    if (status == STATUS_STORAGE && call->step == STEP_APPLY)
        api_apply_lost(call);
    if (status != STATUS_OK)
        return;
    call->outcomes |= call->ctx.outcomes;
    if (call->attempt.next_state)
        call->state = call->attempt.next_state;
    if (call->step == STEP_ACCESS) {
        call->is_admitted = true;
        call->step = STEP_PREPARE;
        call->lane = call->endpoint->lane;
    } else if (call->step == STEP_CALL) {
        call->step = STEP_APPLY;
        if (call->endpoint->apply)
            call->lane = LANE_WRITER;
        else
            call->status = call->provider_status;
    } else if (call->endpoint->call && !call->attempt.ended) {
        call->step = STEP_CALL;
        call->lane = LANE_PROVIDER;
    }
}

void api_count(const struct call *call, struct metrics_shard *shard) {
    bool asked = call->step == STEP_APPLY && !call->endpoint->hashes;
    if (asked && call->provider_status != STATUS_QUEUE_FULL)
        metric_add(shard, METRIC_PROVIDER_CALLS, 1);
    if (asked && call->provider_status == STATUS_PROVIDER_UNAVAILABLE)
        metric_add(shard, METRIC_PROVIDER_FAILED, 1);
    if (asked && call->provider_status == STATUS_PAYMENT_REFUSED)
        metric_add(shard, METRIC_PROVIDER_REFUSED, 1);
    if (call->provider_status == STATUS_QUEUE_FULL)
        metric_add(shard, METRIC_QUEUE_REFUSED, 1);
    if (call->status == STATUS_OK)
        payment_count(call->outcomes, shard);
}

bool api_repeatable(const struct call *call) {
    return idempotency_wanted(call);
}
