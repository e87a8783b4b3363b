#include "http/answer.h"

#include "api/router.h"
#include "base/log.h"

#include <endian.h>
#include <string.h>

static void answer_put_header(struct buf *out, struct str name, struct str value) {
    buf_put(out, name);
    buf_put(out, STR(": "));
    buf_put(out, value);
    buf_put(out, STR("\r\n"));
}

/* Returns the Date header's value, formatted once a second. */
static struct str loop_date(struct loop *loop) {
    uint64_t second = uv_now(&loop->uv) / 1000;
    if (second != loop->date_second) {
        loop->date_second = second;
        http_date_format(clock_now_us(&clock_system), loop->date);
    }
    return (struct str){loop->date, sizeof loop->date};
}

static void answer_put_status_line(struct buf *out, int code) {
    buf_put(out, STR("HTTP/1.1 "));
    buf_put_int(out, code);
    buf_put_char(out, ' ');
    buf_put_text(out, http_reason(code));
    buf_put(out, STR("\r\n"));
}

/* Writes the headers that the page may send: those that the shop reads, and those that the page asked for,
 * because tools add their own to every request of a page (traceparent, baggage, sentry-trace) and the shop
 * ignores what it does not know. What is not a list of names is not repeated. */
static void answer_put_allowed_headers(const struct message *m, struct buf *out) {
    enum { asked_bytes_max = 1024 };
    struct str asked = m->preflight_headers;
    buf_put(out, STR("access-control-allow-headers: "));
    buf_put(out, cors_allowed_headers);
    if (asked.size > 0 && asked.size <= asked_bytes_max && str_is_alnum(asked, "-_., ")) {
        buf_put(out, STR(", "));
        buf_put(out, asked);
    }
    buf_put(out, STR("\r\n"));
}

/* Writes the headers that let a page of an allowed origin read the answer (fetch.spec.whatwg.org, "CORS
 * protocol"). Cookies are allowed, so the origin is always named and never `*`. A preflight also gets the
 * methods and headers that the page may send. */
static void answer_put_cross_origin(const struct loop *loop, const struct message *m,
                                    const struct response *r, struct buf *out) {
    const struct server_options *o = &loop->server->options;
    if (o->origin_count == 0)
        return;
    bool allowed = false;
    for (size_t i = 0; i < o->origin_count && m->request.origin.data; i++)
        allowed |= str_equal(m->request.origin, o->origins[i]);
    if (!allowed)
        return;
    answer_put_header(out, STR("access-control-allow-origin"), m->request.origin);
    answer_put_header(out, STR("access-control-allow-credentials"), STR("true"));
    if (m->request.method != METHOD_OPTIONS || !m->preflight_method.data) {
        answer_put_header(out, STR("access-control-expose-headers"), cors_exposed_headers);
        return;
    }
    for (size_t i = 0; i < r->header_count; i++)
        if (str_equal(r->headers[i].name, STR("allow")))
            answer_put_header(out, STR("access-control-allow-methods"), r->headers[i].value);
    answer_put_allowed_headers(m, out);
    answer_put_header(out, STR("access-control-max-age"), STR("600"));
}

/* Writes the response's own headers. If any origin is allowed, Vary names Origin too, because the answer then
 * depends on it. */
static void answer_put_headers(const struct loop *loop, const struct response *r, struct buf *out) {
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
        answer_put_header(out, STR("vary"), STR("Origin"));
}

static void answer_put_connection(const struct message *m, bool close, struct buf *out) {
    if (close)
        answer_put_header(out, STR("connection"), STR("close"));
    else if (m->http10)
        answer_put_header(out, STR("connection"), STR("keep-alive"));
}

/* Says where the body ends. A stream to a client of HTTP/1.0 ends with the connection. */
static void answer_put_framing(const struct message *m, const struct response *r, struct buf *out) {
    if (r->is_stream && !m->http10)
        answer_put_header(out, STR("transfer-encoding"), STR("chunked"));
    if (r->is_stream || r->http_status == 204 || r->http_status == 304)
        return;
    buf_put(out, STR("content-length: "));
    buf_put_int(out, (int64_t)r->body.size);
    buf_put(out, STR("\r\n"));
}

void answer_put_chunk(struct str text, struct buf *out) {
    buf_printf(out, "%zx\r\n", text.size);
    buf_put(out, text);
    buf_put(out, STR("\r\n"));
}

/* What the log says of a request line. */
struct line {
    struct str method, path;
};

static bool is_method(struct str text) {
    bool plain = text.size > 0 && text.size <= 16;
    for (size_t i = 0; i < text.size && plain; i++)
        plain = text.data[i] == '-' || (text.data[i] >= 'A' && text.data[i] <= 'Z');
    return plain;
}

/* Returns a copy of a path that was not checked, for the log: plain characters, and not all of a long one. */
static struct str line_clean_path(struct str path, struct arena *arena) {
    enum { shown_bytes_max = 1024 };
    struct buf out = buf_new(arena);
    for (size_t i = 0; i < path.size && i < shown_bytes_max; i++)
        buf_put_char(&out, path.data[i] > ' ' && path.data[i] <= '~' ? path.data[i] : '?');
    return buf_ok(&out) ? buf_str(&out) : (struct str){0};
}

/* Returns the request line as it was sent, as far as it came. One empty line may stand before it. */
static struct str message_request_line(const struct message *m) {
    struct str head = buf_str(&m->head);
    if (str_starts(head, STR("\r\n")))
        head = str_skip(head, 2);
    head.size = str_find(head, '\r');
    head.size = str_find(head, '\n');
    return head;
}

/* Reads the method and the path of a request that was refused, as far as its line was read. The rest of a
 * target, query and authority, may be private. What looks like no request line is not shown at all: after a
 * fault of framing it may be a part of a body. */
static struct line line_of_refused(const struct message *m, struct arena *arena) {
    struct str text = message_request_line(m);
    struct line line = {.method = str_cut(&text, ' ')};
    struct str path = str_cut(&text, ' ');
    const char *scheme = path.size ? memmem(path.data, path.size, "://", 3) : NULL;
    path.size = str_find(path, '?');
    if (scheme && path.data[0] != '/') {
        path = str_skip(path, (size_t)(scheme - path.data) + 3);
        path = str_skip(path, str_find(path, '/'));
    }
    if (is_method(line.method) && path.size > 0 && (path.data[0] == '/' || path.data[0] == '*'))
        line.path = line_clean_path(path, arena);
    if (!is_method(line.method))
        line.method = STR("-");
    if (line.path.size == 0)
        line.path = STR("-");
    return line;
}

static struct line line_of(struct exchange *x) {
    const struct message *m = &x->message;
    if (!m->request.path.data)
        return line_of_refused(m, &x->arena);
    if (m->request.method != METHOD_OTHER)
        return (struct line){m->is_head ? STR("HEAD") : method_name(m->request.method), m->request.path};
    struct str text = message_request_line(m);
    return (struct line){str_cut(&text, ' '), m->request.path};
}

/* Appends one line to the log. It has no query, no header and no body, because these may hold private
 * data. */
static void answer_log(struct loop *loop, struct exchange *x, struct str id, int64_t us) {
    char stamp[time_text_size], client[ip_text_size];
    if (log_format() == LOG_NONE)
        return;
    client_address_format(&x->message.request.client, client);
    struct line line = line_of(x);
    time_format(clock_now_us(&clock_system), stamp);
    if (log_format() == LOG_TEXT) {
        buf_printf(&loop->log, "%.*s %d %.*s %.*s %lld us %zu B %.*s %s\n", time_text_size, stamp,
                   x->call.attempt.response.http_status, (int)line.method.size, line.method.data,
                   (int)line.path.size, line.path.data, (long long)us, x->call.attempt.response.body.size,
                   (int)id.size, id.data, client);
        return;
    }
    buf_printf(&loop->log,
               "{\"time\":\"%.*s\",\"level\":\"info\",\"request_id\":\"%.*s\",\"method\":\"%.*s\",\"path\":",
               time_text_size, stamp, (int)id.size, id.data, (int)line.method.size, line.method.data);
    buf_put_json(&loop->log, line.path);
    buf_printf(&loop->log,
               ",\"status\":%d,\"us\":%lld,\"bytes\":%zu,\"statements\":%llu,\"client\":\"%s\"}\n",
               x->call.attempt.response.http_status, (long long)us, x->call.attempt.response.body.size,
               (unsigned long long)x->call.statements, client);
}

struct str answer_request_id(struct loop *loop, struct exchange *x) {
    if (x->message.request_id.data)
        return x->message.request_id;
    uint64_t id = htobe64(loop->next_id++);
    hex_write((const uint8_t *)&id, sizeof id, x->request_id);
    x->message.request_id = (struct str){x->request_id, sizeof x->request_id};
    return x->message.request_id;
}

void answer_write(struct loop *loop, struct exchange *x, bool close) {
    const struct response *r = &x->call.attempt.response;
    const struct message *m = &x->message;
    struct buf *out = &loop->out;
    struct str id = answer_request_id(loop, x);
    answer_put_status_line(out, r->http_status);
    answer_put_header(out, STR("date"), loop_date(loop));
    if (r->content_type.data)
        answer_put_header(out, STR("content-type"), r->content_type);
    answer_put_framing(m, r, out);
    answer_put_header(out, STR("x-content-type-options"), STR("nosniff"));
    answer_put_header(out, STR("x-request-id"), id);
    answer_put_headers(loop, r, out);
    answer_put_cross_origin(loop, m, r, out);
    answer_put_connection(m, close, out);
    buf_put(out, STR("\r\n"));
    if (r->is_stream && !m->is_head && !m->http10)
        answer_put_chunk(r->body, out);
    else if (!m->is_head)
        buf_put(out, r->body);
    int64_t us = monotonic_us() - x->began_us;
    metric_request(loop->metrics, x->call.route, r->http_status, us);
    answer_log(loop, x, id, us);
}

void answer_refuse(struct loop *loop, struct exchange *x, enum status status) {
    struct call *call = &x->call;
    const char *text = status_text(status);
    struct buf body = buf_new(&x->arena);
    *call = (struct call){.route = api_route_count(loop->server->api) - 1,
                          .attempt.response.http_status = status_http(status)};
    buf_put(&body, STR("{\"detail\":"));
    buf_put_json(&body, str_from(text));
    buf_put_char(&body, '}');
    if (buf_ok(&body))
        call_text(call, STR("application/json"), buf_str(&body));
    call_header(call, STR("cache-control"), STR("no-store"));
    if (call->attempt.response.http_status == 503)
        call_header(call, STR("retry-after"), STR("1"));
    answer_write(loop, x, true);
}
