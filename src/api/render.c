#include "api/render.h"

void render_reply(struct call *call) {
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

static void put_error_list(const struct error_list *e, struct buf *body) {
    buf_put_char(body, ',');
    buf_put_json(body, str_from(e->name));
    buf_put_char(body, ':');
    model_encode_list(e->model, &e->list, body);
}

/* {"detail": …}; the arena may be full, so the words of the one error that says so are static. */
void render_error(struct call *call) {
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
    if (call->error_list.name)
        put_error_list(&call->error_list, &body);
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
