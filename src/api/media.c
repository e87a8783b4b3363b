/* The demo shop's pictures. A real shop's lie on its own server or CDN, and its products' image_url says
 * where. */
#include "api/assets.h"
#include "api/endpoint.h"

struct media_path {
    struct str name;
};
static const struct field path_fields[] = {TEXT_FIELD(struct media_path, name)};
static const struct model media_path = MODEL("MediaPath", struct media_path, path_fields);

/* A year: names carry a hash of the content, so what a name stands for never changes (RFC 8246). */
#define KEEP "public, max-age=31536000, immutable"

/* An SVG that is opened by itself is a document: it may not run anything or load anything. */
#define POLICY "default-src 'none'; style-src 'unsafe-inline'; sandbox"

static enum status get_media(struct call *call) {
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
    .http_status = 200,
    .cache = CACHE_LASTING,
    .undocumented = true,
    .handle = get_media,
}};

const struct endpoint_group media_endpoints = {.rows = rows, .count = sizeof rows / sizeof *rows};
