#include "api/api.h"

#include "api/inputs.h"
#include "api/internal.h"
#include "api/once.h"
#include "api/openapi.h"
#include "api/render.h"
#include "base/fault.h"
#include "shop/settings.h"

#include <assert.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

_Static_assert((int)admin_hash_size == (int)token_hash_size, "the API keeps what the shop hashes");

struct api {
    struct api_options options;
    struct router router;
    struct arena arena; /* of the document */
    struct str document;
};

const struct endpoint_group *const shop_endpoints[] = {
    &search_endpoints,  &product_endpoints, &cart_endpoints,   &order_endpoints,
    &payment_endpoints, &media_endpoints,   &system_endpoints, NULL};

enum { document_bytes_max = 1024 * 1024 };

struct api *api_open(const struct api_options *options) {
    struct api *api = calloc(1, sizeof *api);
    if (!api)
        return NULL;
    api->options = *options;
    router_fill(&api->router, options->groups);
    arena_init(&api->arena, document_bytes_max);
    struct buf document = buf_new(&api->arena);
    openapi_write(&api->router, &document);
    if (!buf_ok(&document)) {
        api_close(api);
        return NULL;
    }
    api->document = buf_str(&document);
    return api;
}

void api_close(struct api *api) {
    if (!api)
        return;
    arena_free(&api->arena);
    free(api);
}

size_t api_route_count(const struct api *api) {
    return api->router.count + 1;
}

struct str api_document(const struct api *api) {
    return api->document;
}

void api_write_metrics(const struct api *api, struct buf *out) {
    struct str labels[routes_max + 1];
    for (size_t i = 0; i < api->router.count; i++)
        labels[i] = str_from(api->router.routes[i].label);
    labels[api->router.count] = STR("none");
    metrics_write(api->options.metrics, labels, api_route_count(api), out);
}

struct provider *api_provider(const struct api *api) {
    return api->options.provider;
}

bool api_leaving(const struct api *api) {
    return api->options.leaving && atomic_load(api->options.leaving);
}

static enum status check_access(const struct call *call) {
    if (call->endpoint->access != ACCESS_ADMIN)
        return STATUS_OK;
    struct str given = call->request->authorization, scheme = STR("bearer ");
    if (given.size <= scheme.size || !str_equal_nocase((struct str){given.at, scheme.size}, scheme))
        return STATUS_NOT_AUTHENTICATED;
    struct str token = str_trim((struct str){given.at + scheme.size, given.size - scheme.size});
    return token_matches(token, call->api->options.admin_hash) ? STATUS_OK : STATUS_WRONG_TOKEN;
}

/* The path decoded; STATUS_BAD_TARGET where it holds what can only be an attack. */
static enum status decode_path(struct call *call, struct str *out) {
    struct str path = percent_decode(call->tx.arena, call->request->path, false);
    if (!path.at)
        return STATUS_NO_MEMORY;
    for (size_t i = 0; i < path.size; i++)
        if ((unsigned char)path.at[i] < 0x20 || path.at[i] == 0x7F)
            return STATUS_BAD_TARGET;
    *out = path;
    return STATUS_OK;
}

static void answer_allow(struct call *call, const struct match *match) {
    char *allow = arena_alloc(call->tx.arena, allow_size_max);
    if (allow)
        call_header(call, STR("allow"), (struct str){allow, router_allow(match, allow)});
}

/* `/products/` leads to `/products`: a relative Location, so that it holds behind any proxy. */
static enum status answer_slash(struct call *call) {
    const struct request *request = call->request;
    struct buf location = buf_new(call->tx.arena);
    buf_put(&location, (struct str){request->path.at, request->path.size - 1});
    if (request->query.size > 0) {
        buf_put_char(&location, '?');
        buf_put(&location, request->query);
    }
    if (!buf_ok(&location))
        return STATUS_NO_MEMORY;
    call->response.http_status = 307;
    call_header(call, STR("location"), buf_str(&location));
    return STATUS_OK;
}

static enum status answer_unmatched(struct call *call, struct str path) {
    struct match match;
    if (path.size < 2 || path.at[path.size - 1] != '/' ||
        call->request->path.at[call->request->path.size - 1] != '/')
        return STATUS_NOT_FOUND;
    router_match(&call->api->router, (struct str){path.at, path.size - 1}, &match);
    return match.found ? answer_slash(call) : STATUS_NOT_FOUND;
}

static enum status route(struct call *call, struct match *match) {
    struct str path;
    enum status s = decode_path(call, &path);
    if (s != STATUS_OK)
        return s;
    router_match(&call->api->router, path, match);
    if (!match->found)
        return answer_unmatched(call, path);
    if (call->request->method == METHOD_OPTIONS) {
        answer_allow(call, match);
        call->response.http_status = 204;
        return STATUS_OK;
    }
    size_t number = match->by_method[call->request->method];
    if (number == routes_max) {
        answer_allow(call, match);
        return STATUS_METHOD_NOT_ALLOWED;
    }
    call->route = number;
    call->endpoint = call->api->router.routes[number].endpoint;
    return STATUS_OK;
}

/* Room for what the handler fills in. */
static enum status make_reply(struct call *call) {
    const struct endpoint *e = call->endpoint;
    if (!e->reply)
        return STATUS_OK;
    call->reply = arena_alloc(call->tx.arena, e->reply_is_list ? sizeof(struct list) : e->reply->size);
    return call->reply ? STATUS_OK : STATUS_NO_MEMORY;
}

/* One session for all where the shop has one cart; a new one where the endpoint makes it. */
static void choose_session(struct call *call) {
    if (call->endpoint->access != ACCESS_SESSION)
        return;
    if (call->api->options.cart_global)
        call->session = (struct session){.given = true};
    else if (!call->session.given && call->endpoint->makes_session)
        session_mint(call->tx.random, &call->session);
}

void api_begin(const struct api *api, struct call *call, const struct request *request, struct arena *arena) {
    *call = (struct call){
        .api = api,
        .request = request,
        .route = api->router.count,
        .tx =
            {
                .arena = arena,
                .clock = api->options.clock,
                .random = api->options.random,
                .settings = api->options.settings,
                .carts_seen = api->options.carts_seen,
            },
        .errors = errors_new(arena),
    };
    struct match match;
    call->status = route(call, &match);
    if (call->status != STATUS_OK || !call->endpoint)
        return;
    call->status = check_access(call);
    if (call->status == STATUS_OK)
        call->status = inputs_decode(call, &match);
    if (call->status == STATUS_OK)
        call->status = make_reply(call);
    if (call->status == STATUS_OK && call->endpoint->check)
        call->status = call->endpoint->check(call);
    if (call->status != STATUS_OK)
        return;
    choose_session(call);
    call->runs = call->endpoint->runs;
    if (call->runs == RUNS_NOWHERE)
        call->status = call->endpoint->handle(call);
}

static enum status go_on(struct call *call, enum status s) {
    if (s == STATUS_OK && call->endpoint->provide && !call->ended) {
        call->step = STEP_PROVIDE;
        call->runs = RUNS_PROVIDER;
    }
    return s;
}

static enum status perform_handle(struct call *call) {
    return go_on(call, once_wanted(call) ? once_begin(call, render_reply) : call->endpoint->handle(call));
}

static enum status perform_settle(struct call *call) {
    call->ended = true;
    enum status s = once_wanted(call) ? once_end(call, render_reply) : call->endpoint->settle(call);
    fault_point("before-commit");
    return go_on(call, s);
}

bool api_repeatable(const struct call *call) {
    return once_wanted(call);
}

void api_provided(struct call *call, enum status provided) {
    call->provided = provided;
    call->step = STEP_SETTLE;
    call->runs = RUNS_WRITE;
}

static size_t reply_size(const struct endpoint *e) {
    return !e->reply ? 0 : e->reply_is_list ? sizeof(struct list) : e->reply->size;
}

void api_mark(struct call *call) {
    call->mark = (struct call_mark){.step = call->step, .outcomes = call->tx.outcomes};
    if (call->step != STEP_HANDLE && call->reply) /* before, it is all zero */
        call->mark.reply = arena_copy(call->tx.arena, (struct str){call->reply, reply_size(call->endpoint)});
}

void api_rewind(struct call *call) {
    call->step = call->mark.step;
    call->tx.outcomes = call->mark.outcomes;
    call->tx.changes = CHANGES_NOTHING;
    call->response = (struct response){0};
    call->error_list = (struct error_list){0};
    call->rendered = call->ended = false;
    call->failure = STATUS_OK;
    if (call->mark.reply.at)
        memcpy(call->reply, call->mark.reply.at, call->mark.reply.size);
    else if (call->reply)
        memset(call->reply, 0, reply_size(call->endpoint));
}

enum status api_perform(struct call *call, struct db *db) {
    call->tx.db = db;
    call->runs = RUNS_NOWHERE;
    switch (call->step) {
    case STEP_HANDLE:
        call->status = perform_handle(call);
        break;
    case STEP_PROVIDE:
        fault_point("before-call");
        api_provided(call, call->endpoint->provide(call));
        break;
    case STEP_SETTLE:
        call->status = perform_settle(call);
        break;
    }
    return call->status;
}

/* Tells the client its new session: as a cookie for browsers, as a header for servers. */
static enum status tell_session(struct call *call) {
    struct str cookie;
    if (!call->session.minted[0])
        return STATUS_OK;
    enum status s = session_cookie(call->tx.arena, &call->session, call->request->secure, &cookie);
    if (s != STATUS_OK)
        return s;
    call_header(call, STR("set-cookie"), cookie);
    call_header(call, STR("x-session-id"), (struct str){call->session.minted, session_minted_size});
    return STATUS_OK;
}

void api_finish(struct call *call) {
    struct response *r = &call->response;
    bool shared = !call->endpoint || call->endpoint->access == ACCESS_PUBLIC;
    if (call->status == STATUS_OK)
        call->status = call->failure;
    if (call->status == STATUS_OK && !call->rendered)
        render_reply(call);
    if (call->status == STATUS_OK)
        call->status = tell_session(call);
    if (call->status != STATUS_OK) {
        if (call->status != STATUS_METHOD_NOT_ALLOWED)
            r->header_count = 0; /* what a handler said of a success that did not come about */
        render_error(call);
    }
    if (!shared) /* one shopper's, or the admin's: no cache on the way may keep it */
        call_header(call, STR("cache-control"), STR("no-store"));
    if (r->http_status == 401)
        call_header(call, STR("www-authenticate"), STR("Bearer"));
    if (r->http_status == 503)
        call_header(call, STR("retry-after"), STR("1"));
}
