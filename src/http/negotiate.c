#include "http/negotiate.h"

/* Returns whether the parameters of a coding are `q=0` (or `q=0.000`), which forbids the coding. */
static bool is_coding_forbidden(struct str parameters) {
    struct str q = str_trim(parameters);
    if (q.size < 3 || (q.data[0] | 0x20) != 'q' || q.data[1] != '=')
        return false;
    for (size_t i = 2; i < q.size; i++)
        if (q.data[i] != '0' && q.data[i] != '.')
            return false;
    return true;
}

bool accepts_gzip(struct str list) {
    while (list.size > 0) {
        struct str parameters = str_cut(&list, ','), coding = str_cut(&parameters, ';');
        if (str_equal_nocase(str_trim(coding), STR("gzip")))
            return !is_coding_forbidden(parameters);
    }
    return false;
}

/* The ETag names the form that is sent (RFC 9110 §8.8.3.3). Vary is set if another client could get the other form. */
void negotiate_answer(struct cache *cache, struct cached *entry, const struct message *m, struct call *call) {
    struct response *r = &call->attempt.response;
    struct str gzip = accepts_gzip(m->accept_encoding) ? cache_gzip(cache, entry) : (struct str){0};
    *r = entry->response;
    call->route = entry->route;
    call_header(call, STR("etag"),
                gzip.data ? (struct str){entry->gzip_etag, sizeof entry->gzip_etag}
                          : (struct str){entry->etag, sizeof entry->etag});
    if (r->body.size >= gzip_bytes_min)
        call_header(call, STR("vary"), STR("Accept-Encoding"));
    if (etag_listed(m->if_none_match, entry->etag, true)) {
        r->http_status = 304;
        r->content_type = r->body = (struct str){0};
    } else if (gzip.data) {
        call_header(call, STR("content-encoding"), STR("gzip"));
        r->body = gzip;
    }
}
