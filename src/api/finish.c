/* The end of a call: the error's body, and the headers of session and caches. */
#include "api/etag.h"
#include "api/internal.h"

static void render_error_list(const struct error_list *e, struct buf *body) {
    buf_put_char(body, ',');
    buf_put_json(body, str_from(e->name));
    buf_put_char(body, ':');
    model_encode_list(e->model, &e->list, 0, body);
}

/* The shop's own way to write an error: FastAPI's. */
static void write_detail(struct buf *body, const struct call *call) {
    buf_put_text(body, "{\"detail\":");
    if (call->status == STATUS_INVALID) {
        buf_put_char(body, '[');
        buf_put(body, buf_str(&call->errors.text));
        buf_put_char(body, ']');
    } else {
        buf_put_json(body, str_from(status_text(call->status)));
    }
    if (call->attempt.error_list.name)
        render_error_list(&call->attempt.error_list, body);
    buf_put_char(body, '}');
}

/* Renders {"detail": …} for call->status. The arena may be full: then the answer is a static text. */
static void render_error(struct call *call) {
    struct response *r = &call->attempt.response;
    struct buf body = buf_new(call->ctx.arena);
    if (call->api->options.write_error)
        call->api->options.write_error(&body, call);
    else
        write_detail(&body, call);
    r->http_status = status_http(call->status);
    if (buf_ok(&body)) {
        call_text(call, STR("application/json"), buf_str(&body));
    } else {
        r->http_status = status_http(STATUS_NO_MEMORY);
        call_text(call, STR("application/json"),
                  STR("{\"detail\":\"The request needs more memory than one may use\"}"));
    }
}

/* Sends a new session to the client: as a cookie for browsers, as a header for servers. */
static enum status api_send_session(struct call *call) {
    struct str cookie;
    if (!call->session.minted[0])
        return STATUS_OK;
    int64_t now_us = clock_now_us(call->ctx.clock);
    TRY(session_cookie(call->ctx.arena, &call->session, now_us, call->request->secure, &cookie));
    call_header(call, STR("set-cookie"), cookie);
    call_header(call, STR("x-session-id"), (struct str){call->session.minted, session_minted_size});
    return STATUS_OK;
}

enum status api_complete(struct call *call) {
    if (call->attempt.completed)
        return STATUS_OK;
    if (!call->attempt.rendered)
        TRY(call_render(call));
    TRY(api_send_session(call));
    call->attempt.completed = true;
    return STATUS_OK;
}

/* Says what caches on the way may do (RFC 9111 §4.2.2 lets them keep a 200 or a 404 that says nothing, and
 * Varnish does so for two minutes). What is for one shopper or the admin, and what is true for a moment only
 * (health, metrics), is kept by no cache. The rest may be kept, but the server must be asked each time whether it
 * is still fresh: a product that is not there may be made. */
static void api_put_cache_control(struct call *call) {
    const struct endpoint *e = call->endpoint;
    if (response_header(&call->attempt.response, STR("cache-control")).data)
        return;
    bool is_private = e && (e->access != ACCESS_PUBLIC || !e->cache);
    call_header(call, STR("cache-control"), is_private ? STR("no-store") : STR("no-cache"));
}

/* Adds the ETag of the answer to an endpoint that takes If-Match: GET gives the same one for the same body. */
static void api_put_etag(struct call *call) {
    struct response *r = &call->attempt.response;
    char *etag = r->body.data ? arena_alloc(call->ctx.arena, etag_size) : NULL;
    if (!etag)
        return;
    etag_write(r->body, etag);
    call_header(call, STR("etag"), (struct str){etag, etag_size});
}

/* Says in how many whole seconds to try again. Left out without memory. */
static void api_put_retry_after(struct call *call) {
    struct buf seconds = buf_new(call->ctx.arena);
    buf_put_int(&seconds, (call->retry_us + 999999) / 1000000);
    if (buf_ok(&seconds))
        call_header(call, STR("retry-after"), buf_str(&seconds));
}

void api_finish(struct call *call) {
    struct response *r = &call->attempt.response;
    if (call->status == STATUS_OK)
        call->status = call->attempt.failure;
    if (call->status == STATUS_OK)
        call->status = api_complete(call);
    if (call->status != STATUS_OK) {
        if (call->status != STATUS_METHOD_NOT_ALLOWED)
            r->header_count = 0; /* of a success: a step may have added them before it failed */
        r->is_stream = false;
        render_error(call);
    } else if (call->endpoint && call->endpoint->if_match) {
        api_put_etag(call);
    }
    api_put_cache_control(call);
    if (r->http_status == 401)
        call_header(call, STR("www-authenticate"), STR("Bearer"));
    if (r->http_status == 503)
        call_header(call, STR("retry-after"), STR("1"));
    if (r->http_status == 429)
        api_put_retry_after(call);
}
