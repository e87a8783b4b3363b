#include "http/negotiate.h"

/* Whether the parameters of a coding say `q=0`, which forbids it. */
static bool forbidden(struct str parameters) {
    struct str q = str_trim(parameters);
    if (q.size < 3 || (q.at[0] | 0x20) != 'q' || q.at[1] != '=')
        return false;
    for (size_t i = 2; i < q.size; i++)
        if (q.at[i] != '0' && q.at[i] != '.')
            return false;
    return true;
}

bool accepts_gzip(struct str list) {
    while (list.size > 0) {
        size_t end = str_find(list, ',');
        struct str item = {list.at, end};
        size_t skip = end < list.size ? end + 1 : end;
        list.at += skip, list.size -= skip;
        size_t semicolon = str_find(item, ';');
        if (!str_equal_nocase(str_trim((struct str){item.at, semicolon}), STR("gzip")))
            continue;
        return semicolon == item.size ||
               !forbidden((struct str){item.at + semicolon + 1, item.size - semicolon - 1});
    }
    return false;
}

static bool has_header(const struct response *r, struct str name) {
    for (size_t i = 0; i < r->header_count; i++)
        if (str_equal(r->headers[i].name, name))
            return true;
    return false;
}

void negotiate(struct cache *cache, struct cached *entry, const struct message *m, struct call *call) {
    struct response *r = &call->response;
    struct str gzip = accepts_gzip(m->accept_encoding) ? cache_gzip(cache, entry) : (struct str){0};
    *r = entry->response;
    call->route = entry->route;
    call_header(call, STR("etag"),
                gzip.at ? (struct str){entry->gzip_etag, sizeof entry->gzip_etag}
                        : (struct str){entry->etag, sizeof entry->etag});
    if (!has_header(r, STR("cache-control")))
        call_header(call, STR("cache-control"),
                    STR("no-cache")); /* keep it, and ask each time whether it still holds */
    if (r->body.size >= gzip_bytes_min)
        call_header(call, STR("vary"), STR("Accept-Encoding"));
    if (cache_matches(entry, m->if_none_match)) {
        r->http_status = 304;
        r->content_type = r->body = (struct str){0};
    } else if (gzip.at) {
        call_header(call, STR("content-encoding"), STR("gzip"));
        r->body = gzip;
    }
}
