#include "api/call.h"

#include "api/endpoint.h"
#include "api/page.h"

#include <assert.h>

static const struct field page_fields[] = {PAGE_FIELDS(struct page)};
const struct model page_query = MODEL("Page", struct page, page_fields);

static struct str header_value(const struct header *headers, size_t count, struct str name) {
    for (size_t i = 0; i < count; i++)
        if (str_equal(headers[i].name, name))
            return headers[i].value;
    return (struct str){0};
}

struct str request_header(const struct request *request, struct str name) {
    return header_value(request->headers, request->header_count, name);
}

/* Returns the weight among an entry's parameters, `q=0.8`, in thousandths (RFC 9110 §12.4.2). Without one it is 1000. */
static int weight_of(struct str parameters) {
    while (parameters.size > 0) {
        struct str q = str_trim(str_cut(&parameters, ';'));
        if (q.size < 3 || (q.data[0] | 0x20) != 'q' || q.data[1] != '=')
            continue;
        int weight = 0;
        for (size_t i = 4, unit = 100; i < q.size && i < 7 && ascii_is_digit(q.data[i]); i++, unit /= 10)
            weight += (q.data[i] - '0') * (int)unit;
        return q.data[2] == '0' ? weight : 1000;
    }
    return 1000;
}

/* Returns the weight of a name in a list such as Accept, or -1 if it is not there. */
static int weight_in(struct str list, struct str name) {
    while (list.size > 0) {
        struct str parameters = str_cut(&list, ','), entry = str_cut(&parameters, ';');
        if (str_equal_nocase(str_trim(entry), name))
            return weight_of(parameters);
    }
    return -1;
}

bool request_accepts_gzip(const struct request *request) {
    return weight_in(request->accept_encoding, STR("gzip")) > 0;
}

bool request_prefers_html(const struct request *request) {
    static const char *const json_ranges[] = {"application/json", "application/*", "*/*"};
    int html = weight_in(request->accept, STR("text/html")), json = -1;
    for (size_t i = 0; i < sizeof json_ranges / sizeof *json_ranges && json < 0; i++)
        json = weight_in(request->accept, str_from(json_ranges[i]));
    return html > 0 && html > json;
}

struct str request_last_segment(struct str path) {
    while (str_find(path, '/') < path.size)
        path = str_skip(path, str_find(path, '/') + 1);
    return path;
}

struct str request_credentials(const struct request *request, struct str scheme) {
    struct str given = request->authorization;
    if (given.size <= scheme.size || !str_equal_nocase((struct str){given.data, scheme.size}, scheme))
        return (struct str){0};
    return str_trim(str_skip(given, scheme.size));
}

struct str response_header(const struct response *response, struct str name) {
    return header_value(response->headers, response->header_count, name);
}

void call_header(struct call *call, struct str name, struct str value) {
    struct response *r = &call->attempt.response;
    assert(r->header_count < response_headers_max);
    r->headers[r->header_count++] = (struct header){name, value};
}

void call_text(struct call *call, struct str content_type, struct str body) {
    call->attempt.response.content_type = content_type;
    call->attempt.response.body = body;
}

enum status call_render(struct call *call) {
    const struct endpoint *e = call->endpoint;
    if (!call->attempt.response.http_status)
        call->attempt.response.http_status = endpoint_http_status(e);
    if (!e || !e->reply)
        return STATUS_OK;
    struct buf body = buf_new(call->ctx.arena);
    if (e->reply_is_list)
        model_encode_list(e->reply, call->attempt.reply, call->asked, &body);
    else
        model_encode(e->reply, call->attempt.reply, call->asked, &body);
    if (!buf_ok(&body))
        return STATUS_NO_MEMORY;
    call_text(call, STR("application/json"), buf_str(&body));
    return STATUS_OK;
}

enum status call_accept(struct call *call, const void *reply) {
    struct buf body = buf_new(call->ctx.arena);
    model_encode(call->endpoint->accepted, reply, call->asked, &body);
    if (!buf_ok(&body))
        return STATUS_NO_MEMORY;
    call_text(call, STR("application/json"), buf_str(&body));
    call->attempt.response.http_status = 202;
    call->attempt.rendered = true;
    return STATUS_OK;
}

void call_end(struct call *call) {
    call->attempt.ended = true;
}

void call_again(struct call *call, void *state) {
    call->attempt.ended = false;
    call->attempt.next_state = state;
}

void call_fail(struct call *call, enum status failure) {
    call->attempt.failure = failure;
    call->attempt.ended = true;
}

void call_error_list(struct call *call, const struct model *model, struct list list) {
    const struct error_list *found = call->endpoint->error_lists;
    while (found->model != model)
        found++;
    call->attempt.error_list = *found;
    call->attempt.error_list.list = list;
}

/* Writes the query's pairs but limit, offset and cursor, each with a `&` behind it. */
static void page_put_other_parameters(struct str query, struct buf *out) {
    while (query.size > 0) {
        struct str pair = str_cut(&query, '&');
        if (pair.size == 0 || str_starts(pair, STR("limit=")) || str_starts(pair, STR("offset=")) ||
            str_starts(pair, STR("cursor=")))
            continue;
        buf_put(out, pair);
        buf_put_char(out, '&');
    }
}

static struct str page_number_text(struct call *call, int64_t number) {
    struct buf text = buf_new(call->ctx.arena);
    buf_put_int(&text, number);
    return buf_ok(&text) ? buf_str(&text) : (struct str){0};
}

/* `<products?limit=20&offset=20>; rel="next"`. It is relative to the request, because a proxy may have taken a
 * prefix off the path. It has the last segment, because java.net.URI resolves `?limit=20` wrongly. */
static struct str page_next_link(struct call *call, int64_t limit, const char *name, int64_t value) {
    struct buf link = buf_new(call->ctx.arena);
    buf_put_char(&link, '<');
    buf_put(&link, request_last_segment(call->request->path));
    buf_put_char(&link, '?');
    page_put_other_parameters(call->request->query, &link);
    buf_put_text(&link, "limit=");
    buf_put_int(&link, limit);
    buf_put_char(&link, '&');
    buf_put_text(&link, name);
    buf_put_char(&link, '=');
    buf_put_int(&link, value);
    buf_put_text(&link, ">; rel=\"next\"");
    return buf_ok(&link) ? buf_str(&link) : (struct str){0};
}

enum status call_page(struct call *call, const struct paging *p) {
    int64_t next = p->offset + (int64_t)p->count;
    bool more = p->count > 0 && (p->by_cursor ? (int64_t)p->count == p->limit : next < p->total + p->further);
    bool offset = more && !p->by_cursor && next <= page_offset_max;
    struct str total = page_number_text(call, p->total), link = STR(""), cursor = STR("");
    struct str further = p->further > 0 ? page_number_text(call, p->further) : STR("");
    if (offset)
        link = page_next_link(call, p->limit, "offset", next);
    else if (more && p->cursor)
        link = page_next_link(call, p->limit, "cursor", p->cursor);
    if (more && p->cursor)
        cursor = page_number_text(call, p->cursor);
    if (!total.data || !link.data || !cursor.data || !further.data)
        return STATUS_NO_MEMORY;
    call_header(call, STR("x-total-count"), total);
    if (p->is_at_least)
        call_header(call, STR("x-total-count-relation"), STR("at-least"));
    if (further.size > 0)
        call_header(call, STR("x-further-count"), further);
    if (link.size > 0)
        call_header(call, STR("link"), link);
    if (cursor.size > 0)
        call_header(call, STR("x-next-cursor"), cursor);
    return STATUS_OK;
}

enum status call_total(struct call *call, int64_t total) {
    struct str text = page_number_text(call, total);
    if (!text.data)
        return STATUS_NO_MEMORY;
    call_header(call, STR("x-total-count"), text);
    return STATUS_OK;
}

enum status call_cursor(struct call *call, int64_t next) {
    struct str cursor = next ? page_number_text(call, next) : STR("");
    if (!cursor.data)
        return STATUS_NO_MEMORY;
    if (next)
        call_header(call, STR("x-next-cursor"), cursor);
    return STATUS_OK;
}
