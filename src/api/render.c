#include "api/render.h"

void render_reply(struct call *call) {
    const struct endpoint *e = call->endpoint;
    struct response *r = &call->attempt.response;
    if (!r->http_status)
        r->http_status = endpoint_http_status(e);
    if (!e || !e->reply)
        return;
    struct buf body = buf_new(call->ctx.arena);
    if (e->reply_is_list)
        model_encode_list(e->reply, call->attempt.reply, call->asked, &body);
    else
        model_encode(e->reply, call->attempt.reply, call->asked, &body);
    if (!buf_ok(&body)) {
        call->status = STATUS_NO_MEMORY;
        return;
    }
    call_text(call, STR("application/json"), buf_str(&body));
}

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

/* The arena may be full: then the answer is a static text. */
void render_error(struct call *call) {
    struct response *r = &call->attempt.response;
    struct buf body = buf_new(call->ctx.arena);
    if (call->write_error)
        call->write_error(&body, call);
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
