#include "api/call.h"

#include "api/page.h"

#include <assert.h>

void call_header(struct call *call, struct str name, struct str value) {
    assert(call->response.header_count < response_headers_max);
    call->response.headers[call->response.header_count++] = (struct header){name, value};
}

void call_text(struct call *call, struct str content_type, struct str body) {
    call->response.content_type = content_type;
    call->response.body = body;
}

void call_end(struct call *call) {
    call->ended = true;
}

void call_again(struct call *call) {
    call->ended = false;
}

void call_fail(struct call *call, enum status failure) {
    call->failure = failure;
    call->ended = true;
}

/* The query without what says which page, each pair with a `&` behind it. */
static void put_other_parameters(struct str query, struct buf *out) {
    while (query.size > 0) {
        size_t end = str_find(query, '&');
        struct str pair = {query.at, end};
        size_t skip = end < query.size ? end + 1 : end;
        query.at += skip, query.size -= skip;
        if (pair.size == 0 || str_starts(pair, STR("limit=")) || str_starts(pair, STR("offset=")) ||
            str_starts(pair, STR("cursor=")))
            continue;
        buf_put(out, pair);
        buf_put_char(out, '&');
    }
}

static struct str number_text(struct call *call, int64_t number) {
    struct buf text = buf_new(call->tx.arena);
    buf_put_int(&text, number);
    return buf_ok(&text) ? buf_str(&text) : (struct str){0};
}

/* `</products?limit=20&offset=20>; rel="next"` */
static struct str next_link(struct call *call, int64_t limit, const char *name, int64_t value) {
    struct buf link = buf_new(call->tx.arena);
    buf_put_char(&link, '<');
    buf_put(&link, call->request->path);
    buf_put_char(&link, '?');
    put_other_parameters(call->request->query, &link);
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
    bool more = p->count > 0 && (p->by_cursor ? (int64_t)p->count == p->limit : next < p->total);
    bool offset = more && !p->by_cursor && next <= page_offset_max;
    struct str total = number_text(call, p->total), link = STR(""), cursor = STR("");
    if (offset)
        link = next_link(call, p->limit, "offset", next);
    else if (more && p->cursor)
        link = next_link(call, p->limit, "cursor", p->cursor);
    if (more && p->cursor)
        cursor = number_text(call, p->cursor);
    if (!total.at || !link.at || !cursor.at)
        return STATUS_NO_MEMORY;
    call_header(call, STR("x-total-count"), total);
    if (link.size > 0)
        call_header(call, STR("link"), link);
    if (cursor.size > 0)
        call_header(call, STR("x-next-cursor"), cursor);
    return STATUS_OK;
}
