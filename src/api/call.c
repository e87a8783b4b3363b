#include "api/call.h"

#include <assert.h>

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
