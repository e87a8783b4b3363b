/* Serves pictures: those of products, and the demo shop's, which are part of the program. */
#include "api/assets.h"
#include "api/endpoint.h"
#include "api/etag.h"
#include "shop/media/media.h"

struct media_path {
    struct str name;
};
static const struct field path_fields[] = {TEXT_FIELD(struct media_path, name)};
static const struct model media_path = MODEL("MediaPath", struct media_path, path_fields);

struct media_size_path {
    struct str name;
    int64_t width;
};
static const struct field size_path_fields[] = {
    TEXT_FIELD(struct media_size_path, name),
    INT_FIELD(struct media_size_path, width, BETWEEN(1, money_max)),
};
static const struct model media_size_path = MODEL("MediaSizePath", struct media_size_path, size_path_fields);

/* A year, and immutable (RFC 8246): a name carries a hash of its content, so the content never changes. */
#define KEEP "public, max-age=31536000, immutable"

/* An SVG that is opened by itself is a document: the policy lets it run and load nothing. The shop's own pictures are no
 * documents, whatever is in them: their type is fixed, and nosniff is sent with every answer. */
#define SVG_POLICY "default-src 'none'; style-src 'unsafe-inline'; sandbox"
#define MEDIA_POLICY "sandbox"

/* Answers with a picture, or with 304 if the client has it: an ETag of a picture is the start of its hash. */
static enum status media_answer(struct call *call, const struct media_file *file) {
    struct response *r = &call->attempt.response;
    char *etag = arena_alloc(call->ctx.arena, etag_size);
    if (!etag)
        return STATUS_NO_MEMORY;
    etag_write_hash(file->hash.bytes, etag);
    call_header(call, STR("cache-control"), STR(KEEP));
    call_header(call, STR("content-security-policy"), STR(MEDIA_POLICY));
    call_header(call, STR("etag"), (struct str){etag, etag_size});
    r->is_unkept = true;
    if (etag_listed(call->request->if_none_match, etag, true))
        r->http_status = 304;
    else
        call_text(call, file->type, file->bytes);
    return STATUS_OK;
}

static enum status media_get_stored(struct call *call, struct str name, int64_t width) {
    struct media_hash hash;
    struct media_file file;
    if (!media_hash_read(name, &hash))
        return STATUS_NOT_FOUND;
    enum status s = media_read(&call->ctx, &hash, width, &file);
    if (s == STATUS_MEDIA_NOT_FOUND)
        return STATUS_NOT_FOUND;
    return s == STATUS_OK ? media_answer(call, &file) : s;
}

static enum status media_get(struct call *call) {
    const struct media_path *path = call->path;
    for (size_t i = 0; i < asset_media_count; i++)
        if (str_equal(asset_media[i].name, path->name)) {
            call_header(call, STR("cache-control"), STR(KEEP));
            call_header(call, STR("content-security-policy"), STR(SVG_POLICY));
            call_text(call, STR("image/svg+xml"), asset_media[i].body);
            return STATUS_OK;
        }
    return media_get_stored(call, path->name, 0);
}

static enum status media_get_size(struct call *call) {
    const struct media_size_path *path = call->path;
    return media_get_stored(call, path->name, path->width);
}

static const struct endpoint rows[] = {
    {
        .method = METHOD_GET,
        .path = "/media/{name}",
        .lane = LANE_READER,
        .path_model = &media_path,
        .cache = &cache_forever,
        .undocumented = true,
        .handle = media_get,
    },
    {
        .method = METHOD_GET,
        .path = "/media/{name}/{width}",
        .lane = LANE_READER,
        .path_model = &media_size_path,
        .cache = &cache_forever,
        .undocumented = true,
        .handle = media_get_size,
    },
};

const struct endpoint_group media_endpoints = {.rows = rows, .count = sizeof rows / sizeof *rows};
