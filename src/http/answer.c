#include "http/answer.h"

#include "base/log.h"

#include <string.h>

static void put_header(struct buf *out, struct str name, struct str value) {
    buf_put(out, name);
    buf_put(out, STR(": "));
    buf_put(out, value);
    buf_put(out, STR("\r\n"));
}

static struct str date(struct loop *loop) {
    uint64_t second = uv_now(&loop->uv) / 1000;
    if (second != loop->date_second) {
        loop->date_second = second;
        http_date_format(clock_now_us(&clock_system), loop->date);
    }
    return (struct str){loop->date, sizeof loop->date};
}

static void put_status_line(struct buf *out, int code) {
    buf_put(out, STR("HTTP/1.1 "));
    buf_put_int(out, code);
    buf_put_char(out, ' ');
    buf_put_text(out, http_reason(code));
    buf_put(out, STR("\r\n"));
}

/* Headers that let a page of an allowed origin read the answer (fetch.spec.whatwg.org, "CORS protocol").
 * Cookies are allowed, so the origin is always named and never `*`. */
static void put_cross_origin(const struct loop *loop, const struct message *m, const struct response *r,
                             struct buf *out) {
    const struct server_options *o = &loop->server->options;
    if (o->origin_count == 0)
        return;
    bool allowed = false;
    for (size_t i = 0; i < o->origin_count && m->origin.at; i++)
        allowed |= str_equal(m->origin, o->origins[i]);
    if (!allowed)
        return;
    put_header(out, STR("access-control-allow-origin"), m->origin);
    put_header(out, STR("access-control-allow-credentials"), STR("true"));
    if (m->request.method != METHOD_OPTIONS || !m->preflight_method.at) {
        put_header(
            out, STR("access-control-expose-headers"),
            STR("Link, X-Total-Count, X-Total-Count-Relation, X-Next-Cursor, X-Request-Id, X-Session-Id, Idempotent-Replayed, "
                "Retry-After"));
        return;
    }
    for (size_t i = 0; i < r->header_count; i++)
        if (str_equal(r->headers[i].name, STR("allow")))
            put_header(out, STR("access-control-allow-methods"), r->headers[i].value);
    put_header(out, STR("access-control-allow-headers"),
               STR("Authorization, Content-Type, Idempotency-Key, X-Request-Id, X-Session-Id"));
    put_header(out, STR("access-control-max-age"), STR("600"));
}

/* The response's own headers; Vary names Origin too where pages of some origins may read answers. */
static void put_headers(const struct loop *loop, const struct response *r, struct buf *out) {
    bool by_origin = loop->server->options.origin_count > 0, varied = false;
    for (size_t i = 0; i < r->header_count; i++) {
        bool vary = by_origin && str_equal(r->headers[i].name, STR("vary"));
        varied |= vary;
        buf_put(out, r->headers[i].name);
        buf_put(out, STR(": "));
        buf_put(out, r->headers[i].value);
        buf_put(out, vary ? STR(", Origin\r\n") : STR("\r\n"));
    }
    if (by_origin && !varied)
        put_header(out, STR("vary"), STR("Origin"));
}

static void put_connection(const struct message *m, bool close, struct buf *out) {
    if (close)
        put_header(out, STR("connection"), STR("close"));
    else if (m->http10)
        put_header(out, STR("connection"), STR("keep-alive"));
}

static void put_length(size_t size, struct buf *out) {
    buf_put(out, STR("content-length: "));
    buf_put_int(out, (int64_t)size);
    buf_put(out, STR("\r\n"));
}

/* One line: no query, no header and no body, since those may hold what is nobody's business. */
static void log_request(struct loop *loop, const struct exchange *x, struct str id, int64_t us) {
    const struct request *q = &x->message.request;
    static const char *const methods[METHOD_COUNT] = {"GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"};
    const char *method = x->message.is_head ? "HEAD" : methods[q->method];
    char stamp[time_text_size];
    if (log_format() == LOG_NONE)
        return;
    time_format(clock_now_us(&clock_system), stamp);
    if (log_format() == LOG_TEXT) {
        buf_printf(&loop->log, "%.*s %d %s %.*s %lld us %zu B %.*s\n", time_text_size, stamp,
                   x->call.response.http_status, method, (int)q->path.size, q->path.at, (long long)us,
                   x->call.response.body.size, (int)id.size, id.at);
        return;
    }
    buf_printf(&loop->log,
               "{\"time\":\"%.*s\",\"level\":\"info\",\"request_id\":\"%.*s\",\"method\":\"%s\",\"path\":",
               time_text_size, stamp, (int)id.size, id.at, method);
    buf_put_json(&loop->log, q->path);
    buf_printf(&loop->log, ",\"status\":%d,\"us\":%lld,\"bytes\":%zu}\n", x->call.response.http_status,
               (long long)us, x->call.response.body.size);
}

static struct str request_id(struct loop *loop, struct exchange *x) {
    static const char hex[] = "0123456789abcdef";
    if (x->message.request_id.at)
        return x->message.request_id;
    uint64_t id = loop->next_id++;
    for (size_t i = 0; i < sizeof x->request_id; i++)
        x->request_id[i] = hex[id >> (60 - 4 * i) & 15];
    return (struct str){x->request_id, sizeof x->request_id};
}

void answer_write(struct loop *loop, struct exchange *x, bool close) {
    const struct response *r = &x->call.response;
    const struct message *m = &x->message;
    struct buf *out = &loop->out;
    struct str id = request_id(loop, x);
    put_status_line(out, r->http_status);
    put_header(out, STR("date"), date(loop));
    if (r->content_type.at)
        put_header(out, STR("content-type"), r->content_type);
    if (r->http_status != 204 && r->http_status != 304)
        put_length(r->body.size, out);
    put_header(out, STR("x-content-type-options"), STR("nosniff"));
    put_header(out, STR("x-request-id"), id);
    put_headers(loop, r, out);
    put_cross_origin(loop, m, r, out);
    put_connection(m, close, out);
    buf_put(out, STR("\r\n"));
    if (!m->is_head)
        buf_put(out, r->body);
    int64_t us = monotonic_us() - x->began_us;
    metric_request(loop->metrics, x->call.route, r->http_status, us);
    log_request(loop, x, id, us);
}

void answer_refuse(struct loop *loop, struct exchange *x, enum status status) {
    struct call *call = &x->call;
    const char *text = status_text(status);
    struct buf body = buf_new(&x->arena);
    *call = (struct call){.route = api_route_count(loop->server->api) - 1,
                          .response.http_status = status_http(status)};
    buf_put(&body, STR("{\"detail\":"));
    buf_put_json(&body, str_from(text));
    buf_put_char(&body, '}');
    if (buf_ok(&body))
        call_text(call, STR("application/json"), buf_str(&body));
    if (call->response.http_status == 503)
        call_header(call, STR("retry-after"), STR("1"));
    answer_write(loop, x, true);
}
