/* How it works: the pictures of a whole page of products are one statement, whose rows come by product, position and width:
 *
 *     product  position  media  size
 *     0        0         a      400      ┐ one picture with two sizes
 *     0        0         a      800      ┘
 *     0        1         b      –        one without
 *     2        0         a      400 …    product 1 has none */
#include "shop/media/product_images.h"

#include "base/buf.h"

#define IMAGE_COLUMNS "i.position, i.media, i.alt, m.width, m.height, s.width, z.height"
#define IMAGE_TABLES                                                                                         \
    " JOIN media AS m ON m.hash = i.media LEFT JOIN media_sizes AS s ON s.media = i.media"                   \
    " LEFT JOIN media AS z ON z.hash = s.hash"

/* The pictures of the product at hand, as they are gathered: a row for each size, or for a picture without sizes. */
struct image_list {
    struct product_image *images;
    struct media_size *sizes; /* of the last one */
    size_t count;
    int64_t position; /* of the last one */
};

static bool image_list_add(struct shop_ctx *ctx, struct db_rows *rows, struct image_list *list) {
    if (!list->images)
        list->images = arena_array(ctx->arena, product_images_max, sizeof *list->images);
    if (!list->images || list->count == product_images_max)
        return false;
    struct product_image *image = &list->images[list->count++];
    list->sizes = NULL;
    list->position = db_column_int(rows, 1);
    *image = (struct product_image){
        .media = media_hash_text(ctx->arena, db_column_bytes(rows, 2)),
        .alt = db_column_text(rows, 3, ctx->arena),
        .width = db_column_int(rows, 4),
        .height = db_column_int(rows, 5),
    };
    image->url = media_url(ctx->arena, image->media, 0);
    return image->media.data && image->url.data;
}

static bool image_list_add_size(struct shop_ctx *ctx, struct db_rows *rows, struct image_list *list) {
    struct product_image *image = &list->images[list->count - 1];
    struct maybe_int width = db_column_maybe_int(rows, 6);
    if (!width.is_set)
        return true;
    if (!list->sizes)
        list->sizes = arena_array(ctx->arena, media_sizes_max, sizeof *list->sizes);
    if (!list->sizes || image->sizes.count == media_sizes_max)
        return false;
    list->sizes[image->sizes.count] = (struct media_size){width.value, db_column_int(rows, 7),
                                                          media_url(ctx->arena, image->media, width.value)};
    image->sizes = (struct list){list->sizes, image->sizes.count + 1};
    return true;
}

/* Reads rows that come by product, position and width. */
static enum status image_rows_read(struct shop_ctx *ctx, struct db_rows *rows, size_t count,
                                   struct list *out) {
    struct image_list list = {.count = 0};
    size_t product = count;
    bool has_room = true;
    while (has_room && db_step(rows)) {
        size_t i = (size_t)db_column_int(rows, 0);
        if (i >= count)
            break;
        if (i != product)
            list = (struct image_list){.count = 0};
        product = i;
        if (list.count == 0 || list.position != db_column_int(rows, 1))
            has_room = image_list_add(ctx, rows, &list);
        has_room = has_room && image_list_add_size(ctx, rows, &list);
        out[i] = (struct list){list.images, list.count};
    }
    enum status s = db_finish(rows);
    return has_room ? s : STATUS_NO_MEMORY;
}

enum status product_images_read(struct shop_ctx *ctx, const int64_t *seqs, size_t count, struct list *out) {
    static const struct sql sql = {
        "SELECT k.key, " IMAGE_COLUMNS
        " FROM json_each($1) AS k CROSS JOIN product_images AS i"
        " ON i.product = k.value" IMAGE_TABLES " ORDER BY k.key, i.position, s.width",
        "SELECT k.i - 1, " IMAGE_COLUMNS
        " FROM json_array_elements_text(CAST($1 AS json))"
        " WITH ORDINALITY AS k (value, i) JOIN product_images AS i ON i.product = CAST(k.value AS bigint)" IMAGE_TABLES
        " ORDER BY k.i, i.position, s.width"};
    struct buf keys = buf_new(ctx->arena);
    for (size_t i = 0; i < count; i++) {
        buf_put_char(&keys, i ? ',' : '[');
        buf_put_int(&keys, seqs[i]);
        out[i] = (struct list){0};
    }
    buf_put_char(&keys, ']');
    if (count == 0)
        return STATUS_OK;
    if (!buf_ok(&keys))
        return STATUS_NO_MEMORY;
    return image_rows_read(ctx, db_query(ctx->db, &sql, ARGS(db_text(buf_str(&keys)))), count, out);
}

/* Notes pictures that the product has no longer as orphans. */
static enum status product_images_let_go(struct shop_ctx *ctx, const struct list *before) {
    const struct product_image *images = before->data;
    for (size_t i = 0; i < before->count; i++) {
        struct media_hash hash;
        if (media_hash_read(images[i].media, &hash))
            TRY(media_note_orphan(ctx, media_hash_bytes(&hash)));
    }
    return STATUS_OK;
}

enum status product_images_set(struct shop_ctx *ctx, int64_t product_seq, const struct image_choice *choices,
                               size_t count, const struct list *before) {
    static const struct sql delete_sql = SQL("DELETE FROM product_images WHERE product = $1");
    static const struct sql insert_sql =
        SQL("INSERT INTO product_images (product, position, media, alt)"
            " SELECT $1, $2, hash, $3 FROM media WHERE hash = $4");
    ctx->changes |= TOPIC_CATALOGUE;
    TRY(db_exec_deferred(ctx->db, &delete_sql, ARGS(db_int(product_seq))));
    for (size_t i = 0; i < count; i++) {
        TRY(db_exec_deferred_or(ctx->db, &insert_sql,
                                ARGS(db_int(product_seq), db_int((int64_t)i), db_text(choices[i].alt),
                                     db_blob(media_hash_bytes(&choices[i].hash))),
                                STATUS_MEDIA_NOT_FOUND));
        TRY(media_note_use(ctx, &choices[i].hash));
    }
    TRY(product_images_let_go(ctx, before));
    return db_check_deferred(ctx->db);
}
