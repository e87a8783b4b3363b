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

/* The page runs the script that the build made, and nothing that somebody has typed into the shop. Pictures of products may
 * be anywhere. */
#define DESK_POLICY                                                                                          \
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: https:; "                 \
    "connect-src 'self'; form-action 'none'; frame-ancestors 'none'; base-uri 'none'; "                      \
    "require-trusted-types-for 'script'"

static enum status desk_send(struct call *call, const struct desk_file *file, struct str keep) {
    bool is_gzip = request_accepts_gzip(call->request);
    call_header(call, STR("cache-control"), keep);
    call_header(call, STR("vary"), STR("Accept-Encoding"));
    if (is_gzip)
        call_header(call, STR("content-encoding"), STR("gzip"));
    call_text(call, file->type, is_gzip ? file->gzip : file->body);
    return STATUS_OK;
}

static enum status desk_page_get(struct call *call) {
    call_header(call, STR("content-security-policy"), STR(DESK_POLICY));
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
