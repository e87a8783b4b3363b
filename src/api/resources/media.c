/* The demo shop's pictures, which are part of the program. A real shop keeps its own on a server or CDN, to
 * which its products' image_url points. */
#include "api/assets.h"
#include "api/endpoint.h"

struct media_path {
    struct str name;
};
static const struct field path_fields[] = {TEXT_FIELD(struct media_path, name)};
static const struct model media_path = MODEL("MediaPath", struct media_path, path_fields);

/* A year, and immutable (RFC 8246): a name carries a hash of its content, so the content never changes. */
#define KEEP "public, max-age=31536000, immutable"

/* An SVG that is opened by itself is a document: the policy lets it run and load nothing. */
#define POLICY "default-src 'none'; style-src 'unsafe-inline'; sandbox"

static enum status media_get(struct call *call) {
    const struct media_path *path = call->path;
    for (size_t i = 0; i < asset_media_count; i++)
        if (str_equal(asset_media[i].name, path->name)) {
            call_header(call, STR("cache-control"), STR(KEEP));
            call_header(call, STR("content-security-policy"), STR(POLICY));
            call_text(call, STR("image/svg+xml"), asset_media[i].body);
            return STATUS_OK;
        }
    return STATUS_NOT_FOUND;
}

static const struct endpoint rows[] = {{
    .method = METHOD_GET,
    .path = "/media/{name}",
    .path_model = &media_path,
    .cache = &cache_forever,
    .undocumented = true,
    .handle = media_get,
}};

const struct endpoint_group media_endpoints = {.rows = rows, .count = sizeof rows / sizeof *rows};
