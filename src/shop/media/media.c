/* How it works: what refers to a picture is in two tables, so whether anything does would be two lookups for each picture that
 * there is. So the pictures that nothing refers to have rows of their own, which the chores can find by their age:
 *
 *     upload              media + orphan
 *     put to use          the orphan's row goes       (a product's picture, or another picture's size)
 *     let go              an orphan again, unless something else refers to it
 *     a day later         if a product names it as its image_url, it has another day; else it goes, and
 *                         its sizes become orphans in turn
 *
 * `till audit` compares. A picture is never a size of itself: a size is narrower. */
#include "shop/media/media.h"

#include "base/buf.h"

#define orphan_us (INT64_C(24) * 3600 * 1000000)

enum { sweep_max = 100 };

bool media_hash_read(struct str text, struct media_hash *out) {
    if (text.size != media_hash_text_size)
        return false;
    for (size_t i = 0; i < text.size; i++) {
        int value = hex_value(text.data[i]);
        if (value < 0 || (text.data[i] >= 'A' && text.data[i] <= 'F'))
            return false;
        out->bytes[i / 2] = (uint8_t)(i % 2 ? out->bytes[i / 2] | value : value << 4);
    }
    return true;
}

struct str media_hash_text(struct arena *arena, struct str bytes) {
    char *text = arena_alloc(arena, 2 * bytes.size);
    if (!text)
        return (struct str){0};
    hex_write((const uint8_t *)bytes.data, bytes.size, text);
    return (struct str){text, 2 * bytes.size};
}

struct str media_url(struct arena *arena, struct str hash_text, int64_t width) {
    struct buf url = buf_new(arena);
    buf_put_text(&url, "/media/");
    buf_put(&url, hash_text);
    if (width) {
        buf_put_char(&url, '/');
        buf_put_int(&url, width);
    }
    return buf_ok(&url) ? buf_str(&url) : (struct str){0};
}

enum status media_lock(struct shop_ctx *ctx) {
    enum { media_lock_number = 0x6D65 }; /* for db_lock, which nothing else has */
    return db_lock(ctx->db, media_lock_number);
}

/* ---- Orphans. */

enum status media_note_orphan(struct shop_ctx *ctx, struct str hash_bytes) {
    static const struct sql sql =
        SQL("INSERT INTO media_orphans (hash, since) SELECT hash, $1 FROM media WHERE hash = $2"
            " AND NOT EXISTS (SELECT 1 FROM product_images AS i WHERE i.media = media.hash)"
            " AND NOT EXISTS (SELECT 1 FROM media_sizes AS s WHERE s.hash = media.hash)"
            " ON CONFLICT (hash) DO UPDATE SET since = excluded.since");
    return db_exec_deferred(ctx->db, &sql, ARGS(db_int(clock_now_us(ctx->clock)), db_blob(hash_bytes)));
}

enum status media_note_use(struct shop_ctx *ctx, const struct media_hash *hash) {
    static const struct sql sql = SQL("DELETE FROM media_orphans WHERE hash = $1");
    return db_exec_deferred(ctx->db, &sql, ARGS(db_blob(media_hash_bytes(hash))));
}

/* Deletes a picture, and what says which its sizes are: those become orphans. */
static enum status media_delete(struct shop_ctx *ctx, struct str hash_bytes) {
    static const struct sql list_sql = SQL("SELECT hash FROM media_sizes WHERE media = $1");
    static const struct sql sizes_sql = SQL("DELETE FROM media_sizes WHERE media = $1");
    static const struct sql orphan_sql = SQL("DELETE FROM media_orphans WHERE hash = $1");
    static const struct sql sql = SQL("DELETE FROM media WHERE hash = $1");
    struct str sizes[media_sizes_max];
    size_t count = 0;
    struct db_rows *rows = db_query(ctx->db, &list_sql, ARGS(db_blob(hash_bytes)));
    while (count < media_sizes_max && db_step(rows))
        sizes[count++] = db_column_text(rows, 0, ctx->arena);
    TRY(db_finish(rows));
    TRY(db_exec_deferred(ctx->db, &sizes_sql, ARGS(db_blob(hash_bytes))));
    TRY(db_exec_deferred(ctx->db, &orphan_sql, ARGS(db_blob(hash_bytes))));
    for (size_t i = 0; i < count; i++)
        TRY(media_note_orphan(ctx, sizes[i]));
    db_note_large(ctx->db, media_bytes_max);
    return db_exec(ctx->db, &sql, ARGS(db_blob(hash_bytes)), NULL);
}

/* Lists pictures that have been orphans for long enough. */
static enum status media_list_orphans(struct shop_ctx *ctx, int64_t limit, struct str out[static sweep_max],
                                      int64_t *count) {
    static const struct sql sql =
        SQL("SELECT hash FROM media_orphans WHERE since < $1 ORDER BY since LIMIT $2");
    *count = 0;
    struct db_rows *rows =
        db_query(ctx->db, &sql, ARGS(db_int(clock_now_us(ctx->clock) - orphan_us), db_int(limit)));
    while (*count < limit && db_step(rows))
        out[(*count)++] = db_column_text(rows, 0, ctx->arena);
    return db_finish(rows);
}

/* Keeps an orphan for another day if a product names it, or a size of it, as its image_url. */
static enum status media_keep_named(struct shop_ctx *ctx, struct str hash_bytes, bool *is_kept) {
    static const struct sql sql =
        SQL("UPDATE media_orphans SET since = $1 WHERE hash = $2 AND EXISTS (SELECT 1 FROM products"
            " WHERE substr(image_url, 1, 7) = '/media/' AND length(image_url) >= 71 AND (image_url = $3"
            " OR (image_url >= $4 AND image_url < $5)))");
    struct str hash = media_hash_text(ctx->arena, hash_bytes);
    struct str url = media_url(ctx->arena, hash, 0);
    struct buf first = buf_new(ctx->arena), end = buf_new(ctx->arena);
    int64_t changed = 0;
    buf_put(&first, url);
    buf_put_char(&first, '/');
    buf_put(&end, url);
    buf_put_char(&end, '/' + 1);
    if (!hash.data || !url.data || !buf_ok(&first) || !buf_ok(&end))
        return STATUS_NO_MEMORY;
    TRY(db_exec(ctx->db, &sql,
                ARGS(db_int(clock_now_us(ctx->clock)), db_blob(hash_bytes), db_text(url),
                     db_text(buf_str(&first)), db_text(buf_str(&end))),
                &changed));
    *is_kept = changed > 0;
    return STATUS_OK;
}

/* Looks a second time once it has the lock: what was an orphan may have been put to use. */
enum status media_sweep(struct shop_ctx *ctx, int64_t limit, int64_t *removed) {
    struct str orphans[sweep_max];
    limit = limit < sweep_max ? limit : sweep_max;
    TRY(media_list_orphans(ctx, limit, orphans, removed));
    if (*removed == 0)
        return STATUS_OK;
    TRY(media_lock(ctx));
    TRY(media_list_orphans(ctx, limit, orphans, removed));
    for (int64_t i = 0; i < *removed; i++) {
        bool is_kept = false;
        TRY(media_keep_named(ctx, orphans[i], &is_kept));
        if (!is_kept)
            TRY(media_delete(ctx, orphans[i]));
    }
    return STATUS_OK;
}

/* ---- Reading. */

/* Reads the sizes of a picture. */
static enum status media_read_sizes(struct shop_ctx *ctx, struct str hash_bytes, struct media *out) {
    static const struct sql sql =
        SQL("SELECT s.width, m.height FROM media_sizes AS s JOIN media AS m ON m.hash = s.hash"
            " WHERE s.media = $1 ORDER BY s.width");
    struct media_size *sizes = arena_array(ctx->arena, media_sizes_max, sizeof *sizes);
    size_t count = 0;
    if (!sizes)
        return STATUS_NO_MEMORY;
    struct db_rows *rows = db_query(ctx->db, &sql, ARGS(db_blob(hash_bytes)));
    for (; count < media_sizes_max && db_step(rows); count++) {
        sizes[count] = (struct media_size){db_column_int(rows, 0), db_column_int(rows, 1), {0}};
        sizes[count].url = media_url(ctx->arena, out->hash, sizes[count].width);
    }
    out->sizes = (struct list){sizes, count};
    return db_finish(rows);
}

/* Reads a picture without its bytes. STATUS_MEDIA_NOT_FOUND. */
static enum status media_find(struct shop_ctx *ctx, const struct media_hash *hash, struct media *out) {
    static const struct sql sql = SQL("SELECT type, width, height, length(bytes) FROM media WHERE hash = $1");
    struct str bytes = media_hash_bytes(hash);
    struct db_rows *rows = db_query(ctx->db, &sql, ARGS(db_blob(bytes)));
    if (db_step(rows)) {
        out->type = db_column_text(rows, 0, ctx->arena);
        out->width = db_column_int(rows, 1);
        out->height = db_column_int(rows, 2);
        out->size_bytes = db_column_int(rows, 3);
    }
    TRY(db_finish_or(rows, STATUS_MEDIA_NOT_FOUND));
    out->hash = media_hash_text(ctx->arena, bytes);
    out->url = media_url(ctx->arena, out->hash, 0);
    return out->hash.data && out->url.data ? media_read_sizes(ctx, bytes, out) : STATUS_NO_MEMORY;
}

enum status media_read(struct shop_ctx *ctx, const struct media_hash *hash, int64_t width,
                       struct media_file *out) {
    static const struct sql sql = SQL("SELECT hash, type, bytes FROM media WHERE hash = $1");
    static const struct sql size_sql =
        SQL("SELECT m.hash, m.type, m.bytes FROM media_sizes AS s JOIN media AS m ON m.hash = s.hash"
            " WHERE s.media = $1 AND s.width = $2");
    struct db_value key = db_blob(media_hash_bytes(hash));
    struct db_rows *rows =
        width ? db_query(ctx->db, &size_sql, ARGS(key, db_int(width))) : db_query(ctx->db, &sql, ARGS(key));
    if (db_step(rows)) {
        struct str found = db_column_bytes(rows, 0);
        memcpy(out->hash.bytes, found.data, sizeof out->hash.bytes);
        out->type = db_column_text(rows, 1, ctx->arena);
        out->bytes = db_column_text(rows, 2, ctx->arena);
    }
    TRY(db_finish_or(rows, STATUS_MEDIA_NOT_FOUND));
    db_note_large(ctx->db, (int64_t)out->bytes.size);
    return STATUS_OK;
}

/* ---- Taking in. */

/* Adds a picture unless it is there. */
static enum status media_insert(struct shop_ctx *ctx, const struct media_file *file) {
    static const struct sql sql =
        SQL("INSERT INTO media (hash, type, width, height, created_at, bytes) VALUES ($1, $2, $3, $4, $5, $6)"
            " ON CONFLICT (hash) DO NOTHING");
    db_note_large(ctx->db, (int64_t)file->bytes.size);
    return db_exec_deferred(ctx->db, &sql,
                            ARGS(db_blob(media_hash_bytes(&file->hash)), db_text(file->type),
                                 db_int(file->width), db_int(file->height), db_int(clock_now_us(ctx->clock)),
                                 db_blob(file->bytes)));
}

enum status media_put(struct shop_ctx *ctx, const struct media_file *file, struct media *out) {
    TRY(media_lock(ctx));
    TRY(media_insert(ctx, file));
    TRY(media_note_orphan(ctx, media_hash_bytes(&file->hash)));
    return media_find(ctx, &file->hash, out);
}

/* Finds out whether a picture may have the file as a further size. `is_there`: it has it already. */
static enum status media_check_size(struct shop_ctx *ctx, const struct media_hash *of,
                                    const struct media_file *file, bool *is_there) {
    static const struct sql sql = SQL("SELECT width, hash FROM media_sizes WHERE media = $1");
    int64_t count = 0;
    bool differs = false;
    *is_there = false;
    struct db_rows *rows = db_query(ctx->db, &sql, ARGS(db_blob(media_hash_bytes(of))));
    for (; db_step(rows); count++)
        if (db_column_int(rows, 0) == file->width) {
            *is_there = str_equal(db_column_bytes(rows, 1), media_hash_bytes(&file->hash));
            differs = !*is_there;
        }
    TRY(db_finish(rows));
    if (differs)
        return STATUS_MEDIA_SIZE_EXISTS;
    return !*is_there && count >= media_sizes_max ? STATUS_MEDIA_SIZES_FULL : STATUS_OK;
}

enum status media_put_size(struct shop_ctx *ctx, const struct media_hash *of, const struct media_file *file,
                           struct media *out) {
    static const struct sql sql = SQL("INSERT INTO media_sizes (media, width, hash) VALUES ($1, $2, $3)");
    bool is_there;
    TRY(media_lock(ctx));
    TRY(media_find(ctx, of, out));
    if (file->width >= out->width)
        return STATUS_MEDIA_SIZE_TOO_WIDE;
    TRY(media_check_size(ctx, of, file, &is_there));
    if (is_there)
        return STATUS_OK;
    ctx->changes |= TOPIC_CATALOGUE; /* of the answers that have the pictures of a product */
    TRY(media_insert(ctx, file));
    TRY(media_note_use(ctx, &file->hash));
    TRY(db_exec(
        ctx->db, &sql,
        ARGS(db_blob(media_hash_bytes(of)), db_int(file->width), db_blob(media_hash_bytes(&file->hash))),
        NULL));
    return media_read_sizes(ctx, media_hash_bytes(of), out);
}
