/* Which pictures a product has, for the staff. Shoppers read them with the product (`include=images`). */
#include "api/endpoint.h"
#include "api/resources/audit_note.h"
#include "api/resources/product_model.h"

struct image_input {
    struct str media, alt;
};
static const struct field input_fields[] = {
    TEXT_FIELD(struct image_input, media, LENGTH(media_hash_text_size, media_hash_text_size),
               .doc = "Its hash, from `POST /admin/media`"),
    TEXT_FIELD(struct image_input, alt, AT_MOST(image_alt_length_max), .optional = true,
               .doc = "What it shows, for those who do not see it",
               .example = "\"A desk lamp of brass, from the side\""),
};
static const struct model image_input = MODEL("ProductImageChoice", struct image_input, input_fields);

struct images_input {
    struct list images;
};
static const struct field images_fields[] = {
    LIST_FIELD(struct images_input, images, AT_MOST(product_images_max), .item = KIND_MODEL,
               .of = &image_input, .doc = "In the order in which shoppers see them")};
static const struct model images_input = MODEL("ProductImages", struct images_input, images_fields);

struct images_path {
    struct uuid product_id;
};
static const struct field path_fields[] = {
    UUID_FIELD(struct images_path, product_id, .example = EXAMPLE_PRODUCT_ID)};
static const struct model images_path = MODEL("ProductImagesPath", struct images_path, path_fields);

static enum status get_images(struct call *call) {
    const struct images_path *path = call->path;
    int64_t seq = 0;
    TRY(product_find_seq(&call->ctx, &path->product_id, &seq));
    return product_images_read(&call->ctx, &seq, 1, call->attempt.reply);
}

/* A change of a product's pictures, and with them of its image_url. */
struct images_change {
    struct call *call;
    const struct image_choice *choices;
    size_t count;
    struct list before;           /* of struct product_image */
    struct product_change fields; /* of the product itself */
    struct audit_note note;
};

/* Reads what is chosen. STATUS_MEDIA_NOT_FOUND if something cannot be the hash of a picture. */
static enum status images_read_choices(struct images_change *change) {
    const struct images_input *body = change->call->body;
    const struct image_input *inputs = body->images.data;
    struct image_choice *choices = arena_array(change->call->ctx.arena, body->images.count, sizeof *choices);
    if (!choices)
        return STATUS_NO_MEMORY;
    for (size_t i = 0; i < body->images.count; i++) {
        choices[i].alt = inputs[i].alt.data ? inputs[i].alt : STR("");
        if (!media_hash_read(inputs[i].media, &choices[i].hash))
            return STATUS_MEDIA_NOT_FOUND;
    }
    change->choices = choices;
    change->count = body->images.count;
    return STATUS_OK;
}

/* The first picture becomes the product's image_url. Without pictures that is emptied, unless it names another one: the
 * owner may have set it to a picture on another server. */
static enum status images_choose_url(void *context, const struct product *now, bool is_active) {
    struct images_change *change = context;
    struct arena *arena = change->call->ctx.arena;
    const struct product_image *before = change->before.data;
    (void)is_active;
    if (change->count > 0) {
        struct str hash = media_hash_text(arena, media_hash_bytes(&change->choices[0].hash));
        change->fields.image_url = media_url(arena, hash, 0);
        if (!hash.data || !change->fields.image_url.data)
            return STATUS_NO_MEMORY;
    } else if (change->before.count > 0 && str_equal(now->image_url, before[0].url)) {
        change->fields.image_url = STR("");
    }
    if (change->fields.image_url.data)
        audit_note_text(&change->note, "image_url", now->image_url, change->fields.image_url);
    return STATUS_OK;
}

/* Notes pictures by the starts of their hashes. */
static struct str images_text(struct arena *arena, const struct list *list) {
    enum { shown_signs = 12 };
    const struct product_image *images = list->data;
    struct buf text = buf_new(arena);
    for (size_t i = 0; i < list->count; i++) {
        buf_put_text(&text, i ? ", " : "");
        buf_put(&text, (struct str){images[i].media.data, shown_signs});
    }
    return buf_ok(&text) && text.size ? buf_str(&text) : (struct str){0};
}

static enum status put_images(struct call *call) {
    const struct images_path *path = call->path;
    struct images_change change = {.call = call, .note = audit_note_new(call)};
    struct product_guard guard = {images_choose_url, &change};
    struct product product;
    struct list *after = call->attempt.reply;
    int64_t seq = 0;
    TRY(images_read_choices(&change));
    TRY(media_lock(&call->ctx));
    TRY(product_find_seq(&call->ctx, &path->product_id, &seq));
    TRY(product_images_read(&call->ctx, &seq, 1, &change.before));
    TRY(product_change(&call->ctx, &path->product_id, &change.fields, &guard, &product));
    TRY(product_images_set(&call->ctx, seq, change.choices, change.count, &change.before));
    TRY(product_images_read(&call->ctx, &seq, 1, after));
    audit_note_text(&change.note, "images", images_text(call->ctx.arena, &change.before),
                    images_text(call->ctx.arena, after));
    return audit_note_write(&change.note, &path->product_id);
}

static const struct endpoint rows[] = {
    {
        .method = METHOD_GET,
        .path = "/products/{product_id}/images",
        .summary = "List a product's pictures",
        .doc = "Of a deleted product too. Shoppers read them with the product: `include=images`.",
        .access = ACCESS_STAFF,
        .scope = SCOPE_PRODUCTS_READ,
        .lane = LANE_WRITER,
        .path_model = &images_path,
        .reply = &product_image_read,
        .reply_is_list = true,
        .errors = ERRORS(STATUS_PRODUCT_NOT_FOUND),
        .handle = get_images,
    },
    {
        .method = METHOD_PUT,
        .path = "/products/{product_id}/images",
        .summary = "Set a product's pictures",
        .doc =
            "In place of those that it has. The first one becomes its `image_url`; an empty list empties that, if it was of one "
            "of these pictures.",
        .access = ACCESS_STAFF,
        .scope = SCOPE_PRODUCTS_WRITE,
        .lane = LANE_WRITER,
        .path_model = &images_path,
        .body = &images_input,
        .reply = &product_image_read,
        .reply_is_list = true,
        .errors = ERRORS(STATUS_PRODUCT_NOT_FOUND, STATUS_MEDIA_NOT_FOUND),
        .handle = put_images,
    },
};

const struct endpoint_group product_image_endpoints = {
    .tag = "products",
    .rows = rows,
    .count = sizeof rows / sizeof *rows,
};
