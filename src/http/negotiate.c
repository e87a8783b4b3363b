#include "http/negotiate.h"

/* The ETag names the form that is sent (RFC 9110 §8.8.3.3). Vary is set if another client could get the other form. */
void negotiate_answer(struct cache *cache, struct cached *entry, const struct message *m, struct call *call) {
    struct response *r = &call->attempt.response;
    struct str gzip = request_accepts_gzip(&m->request) ? cache_gzip(cache, entry) : (struct str){0};
    *r = entry->response;
    call->route = entry->route;
    call_header(call, STR("etag"),
                gzip.data ? (struct str){entry->gzip_etag, sizeof entry->gzip_etag}
                          : (struct str){entry->etag, sizeof entry->etag});
    if (r->body.size >= gzip_bytes_min)
        call_header(call, STR("vary"), STR("Accept-Encoding"));
    if (etag_listed(m->request.if_none_match, entry->etag, true)) {
        r->http_status = 304;
        r->content_type = r->body = (struct str){0};
    } else if (gzip.data) {
        call_header(call, STR("content-encoding"), STR("gzip"));
        r->body = gzip;
    }
}
