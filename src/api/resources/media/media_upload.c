/* Pictures come in as they are, one a request. What a picture is, and what is left of it, is found out on a thread apart,
 * between two transactions of the writer, so that no shopper waits for it. */
#include "api/endpoint.h"
#include "api/resources/audit_note.h"
#include "api/resources/product_model.h"
#include "base/crypto/sha.h"
#include "image/image.h"
#include "model/errors.h"
#include "shop/media/media.h"

#include <stdio.h>

_Static_assert((int)sha256_size == (int)media_hash_size, "a picture is known by its SHA-256");

#define EXAMPLE_HASH "\"9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08\""
#define IMAGE_TYPES "image/jpeg, image/png, image/webp"

static const struct field media_fields[] = {
    TEXT_FIELD(struct media, hash, .doc = "SHA-256 of what was kept, by which it is known",
               .example = EXAMPLE_HASH),
    TEXT_FIELD(struct media, type, .example = "\"image/webp\""),
    INT_FIELD(struct media, width, BETWEEN(1, image_side_max), .doc = "Pixels", .example = "1600"),
    INT_FIELD(struct media, height, BETWEEN(1, image_side_max), .doc = "Pixels", .example = "1200"),
    INT_FIELD(struct media, size_bytes, BETWEEN(1, media_bytes_max), .doc = "Of the file that was kept",
              .example = "301234"),
    TEXT_FIELD(struct media, url, .doc = "Its address in this server"),
    LIST_FIELD(struct media, sizes, .item = KIND_MODEL, .of = &image_size_read,
               .doc = "Its narrower copies, narrowest first"),
};
static const struct model media_read_model = MODEL("Media", struct media, media_fields);

struct size_path {
    struct str hash;
    int64_t width;
};
static const struct field size_path_fields[] = {
    TEXT_FIELD(struct size_path, hash, LENGTH(media_hash_text_size, media_hash_text_size),
               .example = EXAMPLE_HASH),
    INT_FIELD(struct size_path, width, BETWEEN(1, image_side_max), .example = "400"),
};
static const struct model size_path = MODEL("MediaSizePath", struct size_path, size_path_fields);

static enum status upload_prepare(struct call *call) {
    call->attempt.next_state = ARENA_NEW(call->ctx.arena, struct media_file);
    return call->attempt.next_state ? STATUS_OK : STATUS_NO_MEMORY;
}

/* Refuses the body with a sentence. */
static enum status upload_refuse(struct call *call, const char *sentence) {
    struct loc body = {.name = STR("body")};
    error_put(&call->errors, "value_error", &body, NULL, NULL, "%s", sentence);
    return STATUS_INVALID;
}

/* Strips the body in place: nothing else reads it. */
static enum status upload_call(struct call *call) {
    struct media_file *file = call->state;
    struct str body = call->request->body;
    struct image image;
    enum image_fault fault = image_strip((char *)body.data, body.size, &image);
    if (fault != IMAGE_FINE)
        return upload_refuse(call, image_fault_text(fault));
    *file = (struct media_file){
        .type = str_from(image_type_names[image.type]),
        .width = image.width,
        .height = image.height,
        .bytes = {body.data, image.size},
    };
    sha256_of(file->bytes, file->hash.bytes);
    return STATUS_OK;
}

/* What the audit log says of a picture: which it is, and not what. */
static enum status upload_note(struct call *call, struct str hash, const int64_t *width) {
    struct audit_note note = audit_note_new(call);
    audit_note_text(&note, "media", (struct str){0}, hash);
    if (width)
        audit_note_int(&note, "width", NULL, width);
    return audit_note_write(&note, NULL);
}

static enum status upload_apply(struct call *call) {
    struct media *media = call->attempt.reply;
    TRY(call->provider_status);
    TRY(media_put(&call->ctx, call->state, media));
    return upload_note(call, media->hash, NULL);
}

static enum status size_call(struct call *call) {
    const struct size_path *path = call->path;
    const struct media_file *file = call->state;
    char sentence[100];
    TRY(upload_call(call));
    if (file->width == path->width)
        return STATUS_OK;
    snprintf(sentence, sizeof sentence, "The picture is %d pixels wide, and not %d", (int)file->width,
             (int)path->width);
    return upload_refuse(call, sentence);
}

static enum status size_apply(struct call *call) {
    const struct size_path *path = call->path;
    struct media *media = call->attempt.reply;
    struct media_hash hash;
    TRY(call->provider_status);
    if (!media_hash_read(path->hash, &hash))
        return STATUS_MEDIA_NOT_FOUND;
    TRY(media_put_size(&call->ctx, &hash, call->state, media));
    return upload_note(call, media->hash, &path->width);
}

static const struct endpoint rows[] = {
    {
        .method = METHOD_POST,
        .path = "/admin/media",
        .summary = "Upload a picture",
        .doc =
            "The body is the file itself: JPEG, PNG or WebP, of at most 1 MiB and 8192 pixels a side. What it is decides, and not "
            "its Content-Type. It is not decoded, but its metadata (EXIF with the place where it was taken, XMP, comments) "
            "are left out. It is deleted after a day unless a product has it by then. The same picture again is the same one.",
        .access = ACCESS_STAFF,
        .scope = SCOPE_PRODUCTS_WRITE,
        .hashes = true,
        .lane = LANE_WRITER,
        .raw_body = IMAGE_TYPES,
        .refuses_body = true,
        .reply = &media_read_model,
        .http_status = 201,
        .prepare = upload_prepare,
        .call = upload_call,
        .apply = upload_apply,
    },
    {
        .method = METHOD_PUT,
        .path = "/admin/media/{hash}/sizes/{width}",
        .summary = "Upload a narrower copy of a picture",
        .doc =
            "For screens and lists that need no more: it is served below the picture's address, and named in the `sizes` of the "
            "products that have the picture. The body as of `POST /admin/media`, of exactly this width. A size that is there "
            "stays: browsers keep it for a year.",
        .access = ACCESS_STAFF,
        .scope = SCOPE_PRODUCTS_WRITE,
        .hashes = true,
        .lane = LANE_WRITER,
        .path_model = &size_path,
        .raw_body = IMAGE_TYPES,
        .refuses_body = true,
        .reply = &media_read_model,
        .errors = ERRORS(STATUS_MEDIA_NOT_FOUND, STATUS_MEDIA_SIZE_TOO_WIDE, STATUS_MEDIA_SIZE_EXISTS,
                         STATUS_MEDIA_SIZES_FULL),
        .prepare = upload_prepare,
        .call = size_call,
        .apply = size_apply,
    },
};

const struct endpoint_group media_upload_endpoints = {
    .tag = "media",
    .doc = "Pictures that the shop itself keeps and serves",
    .rows = rows,
    .count = sizeof rows / sizeof *rows,
};
