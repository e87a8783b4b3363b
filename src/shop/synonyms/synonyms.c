#include "shop/synonyms/synonyms.h"

#include "shop/index/postings.h"

#include "base/buf.h"

/* All rows as one parameter, a JSON object. Folded phrases are letters, digits, spaces and commas, so nothing needs an
 * escape. */
static enum status synonyms_write_json(struct arena *arena, const struct synonym_list *list,
                                       struct str *out) {
    struct buf json = buf_new(arena);
    buf_put_char(&json, '{');
    for (size_t i = 0; i < list->count; i++) {
        buf_put_text(&json, i ? ",\"" : "\"");
        buf_put(&json, list->data[i].phrase);
        buf_put_text(&json, "\":\"");
        buf_put(&json, list->data[i].targets);
        buf_put_char(&json, '"');
    }
    buf_put_char(&json, '}');
    *out = buf_str(&json);
    return buf_ok(&json) ? STATUS_OK : STATUS_NO_MEMORY;
}

/* The text comes first: on PostgreSQL its row makes two changes at once wait for each other. */
enum status synonyms_replace(struct shop_ctx *ctx, struct str text, const struct synonym_list *list) {
    static const struct sql text_sql =
        SQL("INSERT INTO settings VALUES ('synonyms', $1)"
            " ON CONFLICT (name) DO UPDATE SET value = excluded.value");
    static const struct sql clear_sql = SQL("DELETE FROM synonyms");
    static const struct sql fill_sql = {
        "INSERT INTO synonyms SELECT key, value FROM json_each($1)",
        "INSERT INTO synonyms SELECT key, value FROM json_each_text(CAST($1 AS json))",
    };
    struct str json;
    ctx->changes |= TOPIC_CATALOGUE;
    TRY(synonyms_write_json(ctx->arena, list, &json));
    TRY(db_exec(ctx->db, &text_sql, ARGS(db_blob(text)), NULL));
    TRY(db_exec_deferred(ctx->db, &clear_sql, NO_ARGS));
    return db_exec(ctx->db, &fill_sql, ARGS(db_text(json)), NULL);
}

enum status synonyms_read_text(struct shop_ctx *ctx, struct str *out) {
    static const struct sql sql = SQL("SELECT value FROM settings WHERE name = 'synonyms'");
    struct db_rows *rows = db_query(ctx->db, &sql, NO_ARGS);
    *out = STR("");
    if (db_step(rows))
        *out = db_column_text(rows, 0, ctx->arena);
    return db_finish(rows);
}

enum status synonyms_refresh(struct shop_ctx *ctx) {
    struct synonym_list list;
    struct synonym_error error;
    struct str text;
    const struct language *language;
    TRY(synonyms_read_text(ctx, &text));
    TRY(index_read_language(ctx, &language));
    enum status s =
        text.size > 0 ? synonym_list_read(ctx->arena, language, text, &list, &error) : STATUS_INVALID;
    if (s == STATUS_OK)
        s = synonyms_replace(ctx, text, &list);
    return s == STATUS_INVALID ? STATUS_OK : s;
}

enum status synonyms_find(struct shop_ctx *ctx, struct str phrases, synonym_visitor *visit, void *context) {
    static const struct sql sql = {
        "SELECT k.key, s.targets FROM json_each($1) AS k CROSS JOIN synonyms AS s ON s.phrase = k.value",
        "SELECT k.i - 1, s.targets FROM json_array_elements_text(CAST($1 AS json)) WITH ORDINALITY AS k (value, i)"
        " JOIN synonyms AS s ON s.phrase = k.value ORDER BY k.i",
    };
    struct db_rows *rows = db_query(ctx->db, &sql, ARGS(db_text(phrases)));
    enum status s = STATUS_OK;
    while (s == STATUS_OK && db_step(rows))
        s = visit(context, (size_t)db_column_int(rows, 0), db_column_bytes(rows, 1));
    enum status end = db_finish(rows);
    return s == STATUS_OK ? end : s;
}

enum status synonyms_check(struct shop_ctx *ctx, bool *sound) {
    static const struct sql sql = {
        "SELECT (SELECT count(*) FROM json_each($1) AS k JOIN synonyms AS s ON s.phrase = k.key"
        " AND s.targets = k.value), (SELECT count(*) FROM synonyms)",
        "SELECT (SELECT count(*) FROM json_each_text(CAST($1 AS json)) AS k JOIN synonyms AS s ON s.phrase = k.key"
        " AND s.targets = k.value), (SELECT count(*) FROM synonyms)",
    };
    struct synonym_list list = {.count = 0};
    struct synonym_error error;
    struct str text, json;
    const struct language *language;
    TRY(synonyms_read_text(ctx, &text));
    TRY(index_read_language(ctx, &language));
    enum status s = synonym_list_read(ctx->arena, language, text, &list, &error);
    *sound = s == STATUS_OK;
    if (s != STATUS_OK)
        return s == STATUS_INVALID ? STATUS_OK : s;
    TRY(synonyms_write_json(ctx->arena, &list, &json));
    struct db_rows *rows = db_query(ctx->db, &sql, ARGS(db_text(json)));
    if (db_step(rows))
        *sound =
            db_column_int(rows, 0) == (int64_t)list.count && db_column_int(rows, 1) == (int64_t)list.count;
    return db_finish(rows);
}
