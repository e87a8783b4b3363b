/* The owner's desk (admin/): one page, and the files it loads. Their names have a hash of their content, so browsers keep
 * them for ever; the page itself is asked for again each time, and is small. The build has compressed them all. */
#include "api/assets.h"
#include "api/endpoint.h"

struct desk_path {
    struct str name;
};
static const struct field path_fields[] = {TEXT_FIELD(struct desk_path, name)};
static const struct model desk_path = MODEL("DeskPath", struct desk_path, path_fields);

#define KEEP "public, max-age=31536000, immutable"

/* Answers with a file, as gzip if the client takes it, or with 304 if the client has it. */
static enum status desk_send(struct call *call, const struct desk_file *file, struct str keep) {
    bool is_gzip = request_accepts_gzip(call->request);
    char *etag = arena_alloc(call->ctx.arena, etag_gzip_size);
    if (!etag)
        return STATUS_NO_MEMORY;
    etag_write_gzip(file->etag, etag);
    call_header(call, STR("cache-control"), keep);
    call_header(call, STR("vary"), STR("Accept-Encoding"));
    call_header(call, STR("etag"),
                is_gzip ? (struct str){etag, etag_gzip_size} : (struct str){file->etag, etag_size});
    if (etag_listed(call->request->if_none_match, file->etag, true)) {
        call->attempt.response.http_status = 304;
        return STATUS_OK;
    }
    if (is_gzip)
        call_header(call, STR("content-encoding"), STR("gzip"));
    call_text(call, file->type, is_gzip ? file->gzip : file->body);
    return STATUS_OK;
}

static enum status desk_page_get(struct call *call) {
    call_header(call, STR("content-security-policy"), asset_desk_policy);
    call_header(call, STR("referrer-policy"), STR("no-referrer"));
    call_header(call, STR("cross-origin-opener-policy"), STR("same-origin"));
    return desk_send(call, &asset_desk[0], STR("no-cache"));
}

static enum status desk_file_get(struct call *call) {
    const struct desk_path *path = call->path;
    for (size_t i = 1; i < asset_desk_count; i++)
        if (str_equal(asset_desk[i].name, path->name))
            return desk_send(call, &asset_desk[i], STR(KEEP));
    return STATUS_NOT_FOUND;
}

static const struct endpoint rows[] = {
    {
        .method = METHOD_GET,
        .path = "/admin",
        .access = ACCESS_SIGN_IN,
        .undocumented = true,
        .handle = desk_page_get,
    },
    {
        .method = METHOD_GET,
        .path = "/admin/assets/{name}",
        .access = ACCESS_SIGN_IN,
        .path_model = &desk_path,
        .undocumented = true,
        .handle = desk_file_get,
    },
};

const struct endpoint_group desk_page_endpoints = {.rows = rows, .count = sizeof rows / sizeof *rows};
