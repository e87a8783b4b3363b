#include "api/api.h"

#include "api/internal.h"
#include "api/openapi.h"
#include "api/router.h"
#include "shop/settings.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

_Static_assert((int)admin_hash_size == (int)token_hash_size, "the API keeps what the shop hashes");

struct api {
    struct api_options options;
    struct router router;
    struct arena arena; /* of the document */
    struct str document;
};

const struct endpoint_group *const shop_endpoints[] = {&product_endpoints, &media_endpoints,
                                                       &system_endpoints, NULL};

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

void call_header(struct call *call, struct str name, struct str value) {
    assert(call->response.header_count < response_headers_max);
    call->response.headers[call->response.header_count++] = (struct header){name, value};
}

void call_text(struct call *call, struct str content_type, struct str body) {
    call->response.content_type = content_type;
    call->response.body = body;
}

/* The query without `limit` and `offset`, each pair with a `&` behind it. */
static void put_other_parameters(struct str query, struct buf *out) {
    while (query.size > 0) {
        size_t end = str_find(query, '&');
        struct str pair = {query.at, end};
        size_t skip = end < query.size ? end + 1 : end;
        query.at += skip, query.size -= skip;
        if (pair.size == 0 || str_starts(pair, STR("limit=")) || str_starts(pair, STR("offset=")))
            continue;
        buf_put(out, pair);
        buf_put_char(out, '&');
    }
}

enum status call_page(struct call *call, int64_t limit, int64_t offset, size_t count, int64_t total) {
    struct buf number = buf_new(call->tx.arena);
    buf_put_int(&number, total);
    call_header(call, STR("x-total-count"), buf_str(&number));
    int64_t next = offset + (int64_t)count;
    if (next >= total || count == 0)
        return buf_ok(&number) ? STATUS_OK : STATUS_NO_MEMORY;
    struct buf link = buf_new(call->tx.arena);
    buf_put_char(&link, '<');
    buf_put(&link, call->request->path);
    buf_put_char(&link, '?');
    put_other_parameters(call->request->query, &link);
    buf_put_text(&link, "limit=");
    buf_put_int(&link, limit);
    buf_put_text(&link, "&offset=");
    buf_put_int(&link, next);
    buf_put_text(&link, ">; rel=\"next\"");
    call_header(call, STR("link"), buf_str(&link));
    return buf_ok(&number) && buf_ok(&link) ? STATUS_OK : STATUS_NO_MEMORY;
}

/* Whether a media type is JSON: application/json or application/…+json, parameters aside (RFC 6839 §3.1). A
 * body without a type is not: a page of another origin can send one unasked, and no client of ours does. */
static bool is_json(struct str content_type) {
    struct str type = str_trim((struct str){content_type.at, str_find(content_type, ';')});
    struct str prefix = STR("application/"), suffix = STR("+json");
    if (str_equal_nocase(type, STR("application/json")))
        return true;
    if (type.size < prefix.size + suffix.size)
        return false;
    return str_equal_nocase((struct str){type.at, prefix.size}, prefix) &&
           str_equal_nocase((struct str){type.at + type.size - suffix.size, suffix.size}, suffix);
}

static enum status check_access(const struct call *call) {
    if (call->endpoint->access == ACCESS_PUBLIC)
        return STATUS_OK;
    struct str given = call->request->authorization, scheme = STR("bearer ");
    if (given.size <= scheme.size || !str_equal_nocase((struct str){given.at, scheme.size}, scheme))
        return STATUS_NOT_AUTHENTICATED;
    struct str token = str_trim((struct str){given.at + scheme.size, given.size - scheme.size});
    return token_matches(token, call->api->options.admin_hash) ? STATUS_OK : STATUS_WRONG_TOKEN;
}

/* An object of the path's parameters, for the decoder. */
static struct json *path_object(struct arena *arena, const struct match *match) {
    struct json *members = arena_array(arena, match->parameter_count + 1, sizeof *members);
    if (!members)
        return NULL;
    members[0] = (struct json){.kind = JSON_OBJECT, .first = match->parameter_count ? &members[1] : NULL};
    for (size_t i = 0; i < match->parameter_count; i++)
        members[i + 1] = (struct json){
            .kind = JSON_STRING,
            .name = match->names[i],
            .text = match->parameters[i],
            .next = i + 1 < match->parameter_count ? &members[i + 2] : NULL,
        };
    return members;
}

/* Decodes one of the call's inputs into a new struct. STATUS_INVALID leaves its errors in the call. */
static enum status decode(struct call *call, const struct model *model, enum source source,
                          const struct json *value, const void **out) {
    void *decoded = arena_alloc(call->tx.arena, model->size);
    if (!decoded)
        return STATUS_NO_MEMORY;
    *out = decoded;
    return model_decode(model, source, value, decoded, call->tx.arena, &call->errors);
}

/* Every input, path first, then query, then body, so that the errors of all stand in FastAPI's order. A body
 * that is no JSON is told alone, as there. */
static enum status decode_all(struct call *call, const struct match *match) {
    const struct endpoint *e = call->endpoint;
    struct arena *arena = call->tx.arena;
    struct json *body = NULL, *query = NULL, *path = path_object(arena, match);
    enum status s = path ? STATUS_OK : STATUS_NO_MEMORY;
    if (s == STATUS_OK && e->body)
        s = body_read(arena, call->request->body, is_json(call->request->content_type), &body, &call->errors);
    if (s == STATUS_OK && e->query)
        s = query_read(arena, call->request->query, &query);
    if (s != STATUS_OK)
        return s;
    struct {
        const struct model *model;
        enum source source;
        const struct json *value;
        const void **out;
    } inputs[] = {
        {e->path_model, SOURCE_PATH, path, &call->path},
        {e->query, SOURCE_QUERY, query, &call->query},
        {e->body, SOURCE_BODY, body, &call->body},
    };
    for (size_t i = 0; i < sizeof inputs / sizeof *inputs; i++) {
        if (!inputs[i].model)
            continue;
        enum status one = decode(call, inputs[i].model, inputs[i].source, inputs[i].value, inputs[i].out);
        if (one == STATUS_NO_MEMORY)
            return one;
        s = one == STATUS_OK ? s : one;
    }
    return s;
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

void api_begin(const struct api *api, struct call *call, const struct request *request, struct arena *arena) {
    *call = (struct call){
        .api = api,
        .request = request,
        .route = api->router.count,
        .tx = {.arena = arena, .clock = api->options.clock, .random = api->options.random},
        .errors = errors_new(arena),
    };
    struct match match;
    call->status = route(call, &match);
    if (call->status != STATUS_OK || !call->endpoint)
        return;
    call->status = check_access(call);
    if (call->status == STATUS_OK)
        call->status = decode_all(call, &match);
    if (call->status == STATUS_OK)
        call->status = make_reply(call);
    if (call->status != STATUS_OK)
        return;
    call->runs = call->endpoint->runs;
    if (call->runs == RUNS_NOWHERE)
        call->status = call->endpoint->handle(call);
}

enum status api_perform(struct call *call, struct db *db) {
    call->tx.db = db;
    call->status = call->endpoint->handle(call);
    return call->status;
}

static void render_reply(struct call *call) {
    const struct endpoint *e = call->endpoint;
    struct response *r = &call->response;
    if (!r->http_status)
        r->http_status = e->http_status;
    if (!e || !e->reply)
        return;
    struct buf body = buf_new(call->tx.arena);
    if (e->reply_is_list)
        model_encode_list(e->reply, call->reply, &body);
    else
        model_encode(e->reply, call->reply, &body);
    if (!buf_ok(&body)) {
        call->status = STATUS_NO_MEMORY;
        return;
    }
    call_text(call, STR("application/json"), buf_str(&body));
}

/* {"detail": …}; the arena may be full, so the words of the one error that says so are static. */
static void render_error(struct call *call) {
    struct response *r = &call->response;
    struct buf body = buf_new(call->tx.arena);
    buf_put_text(&body, "{\"detail\":");
    if (call->status == STATUS_INVALID) {
        buf_put_char(&body, '[');
        buf_put(&body, buf_str(&call->errors.text));
        buf_put_char(&body, ']');
    } else {
        buf_put_json(&body, str_from(status_text(call->status)));
    }
    buf_put_char(&body, '}');
    r->http_status = status_http(call->status);
    if (buf_ok(&body)) {
        call_text(call, STR("application/json"), buf_str(&body));
    } else {
        r->http_status = status_http(STATUS_NO_MEMORY);
        call_text(call, STR("application/json"),
                  STR("{\"detail\":\"The request needs more memory than one may use\"}"));
    }
}

void api_finish(struct call *call) {
    struct response *r = &call->response;
    if (call->status == STATUS_OK)
        render_reply(call);
    if (call->status == STATUS_OK)
        return;
    if (call->status != STATUS_METHOD_NOT_ALLOWED)
        r->header_count = 0; /* what a handler said of a success that did not come about */
    render_error(call);
    if (r->http_status == 401)
        call_header(call, STR("www-authenticate"), STR("Bearer"));
    if (r->http_status == 503)
        call_header(call, STR("retry-after"), STR("1"));
}
