#include "shop/staff/keys.h"

#include "base/buf.h"
#include "shop/row_list.h"
#include "shop/settings.h"

#include <string.h>

#define KEY_SIGN "till_sk_"
#define key_use_us                                                                                           \
    (INT64_C(3600) * 1000000) /* between two notes of a key's use, so that a busy key writes seldom */
#define KEY_COLUMNS "id, name, prefix, scopes, created_by, created_at, expires_at, last_used_at, revoked_at"

_Static_assert(key_text_size == sizeof KEY_SIGN - 1 + key_prefix_size + token_text_size,
               "the parts of a key");

bool key_has_form(struct str token) {
    return token.size == key_text_size && str_starts(token, STR(KEY_SIGN)) && str_is_alnum(token, "-_");
}

static struct str key_prefix(struct str token) {
    return (struct str){token.data + sizeof KEY_SIGN - 1, key_prefix_size};
}

struct str scopes_text(struct arena *arena, scope_set scopes) {
    struct buf text = buf_new(arena);
    for (int i = SCOPE_NONE + 1; i < SCOPE_COUNT; i++)
        if (scopes & scope_bit((enum scope)i)) {
            buf_put_text(&text, text.size ? " " : "");
            buf_put_text(&text, scope_names[i]);
        }
    return buf_ok(&text) ? buf_str(&text) : (struct str){0};
}

/* Reads them. A name that this version does not know gives nothing. */
static scope_set key_scopes_read(struct str text) {
    scope_set scopes = 0;
    while (text.size > 0) {
        struct str name = str_cut(&text, ' ');
        for (int i = SCOPE_NONE + 1; i < SCOPE_COUNT; i++)
            if (str_equal(name, str_from(scope_names[i])))
                scopes |= scope_bit((enum scope)i);
    }
    return scopes;
}

/* Reads the current row of a statement that begins with KEY_COLUMNS. */
static void key_read_row(struct shop_ctx *ctx, struct db_rows *rows, void *element) {
    struct api_key *out = element;
    *out = (struct api_key){
        .id = db_column_uuid(rows, 0),
        .name = db_column_text(rows, 1, ctx->arena),
        .prefix = db_column_text(rows, 2, ctx->arena),
        .scopes = key_scopes_read(db_column_bytes(rows, 3)),
        .created_by = db_column_text(rows, 4, ctx->arena),
        .created_at = db_column_int(rows, 5),
        .expires_at = db_column_maybe_int(rows, 6),
        .last_used_at = db_column_maybe_int(rows, 7),
        .revoked_at = db_column_maybe_int(rows, 8),
    };
}

static enum status key_note_use(struct shop_ctx *ctx, const struct api_key *key, int64_t now_us) {
    static const struct sql sql = SQL("UPDATE api_keys SET last_used_at = $1 WHERE id = $2");
    if (key->last_used_at.is_set && now_us - key->last_used_at.value < key_use_us)
        return STATUS_OK;
    return db_exec_deferred(ctx->db, &sql, ARGS(db_int(now_us), db_uuid(&key->id)));
}

enum status key_find(struct shop_ctx *ctx, struct str token, struct actor *out) {
    static const struct sql sql = SQL("SELECT " KEY_COLUMNS ", hash FROM api_keys WHERE prefix = $1");
    struct api_key key = {.name = {0}};
    int64_t now_us = clock_now_us(ctx->clock);
    bool matches = false;
    struct db_rows *rows = db_query(ctx->db, &sql, ARGS(db_text(key_prefix(token))));
    if (db_step(rows)) {
        key_read_row(ctx, rows, &key);
        struct str hash = db_column_bytes(rows, 9);
        matches = hash.size == token_hash_size && token_matches(token, (const uint8_t *)hash.data);
    }
    TRY(db_finish(rows));
    if (!matches || key.revoked_at.is_set || (key.expires_at.is_set && key.expires_at.value <= now_us))
        return STATUS_WRONG_TOKEN;
    *out = (struct actor){.kind = ACTOR_KEY, .id = key.id, .scopes = key.scopes};
    return key_note_use(ctx, &key, now_us);
}

static void key_mint(const struct random *random, char text[static key_text_size + 1]) {
    memcpy(text, KEY_SIGN, sizeof KEY_SIGN);
    random_token(random, text + sizeof KEY_SIGN - 1, key_prefix_size + token_text_size);
    text[key_text_size] = '\0';
}

enum status key_make(struct shop_ctx *ctx, const struct actor *maker, const struct key_wish *wish,
                     struct api_key *out, char text[static key_text_size + 1]) {
    static const struct sql sql =
        SQL("INSERT INTO api_keys (id, name, prefix, scopes, created_by, created_at, expires_at, hash)"
            " VALUES ($1, $2, $3, $4, $5, $6, $7, $8)");
    uint8_t hash[token_hash_size];
    if (wish->scopes & ~maker->scopes)
        return STATUS_SCOPE;
    TRY(actor_hold(ctx, maker));
    key_mint(ctx->random, text);
    token_hash((struct str){text, key_text_size}, hash);
    *out = (struct api_key){
        .id = uuid_new(ctx->clock, ctx->random),
        .name = wish->name,
        .prefix = key_prefix((struct str){text, key_text_size}),
        .scopes = wish->scopes,
        .created_at = clock_now_us(ctx->clock),
        .expires_at = wish->expires_at,
    };
    TRY(actor_id_text(ctx->arena, maker, &out->created_by));
    struct str scopes = scopes_text(ctx->arena, wish->scopes);
    if (!scopes.data)
        return STATUS_NO_MEMORY;
    return db_exec(ctx->db, &sql,
                   ARGS(db_uuid(&out->id), db_text(out->name), db_text(out->prefix), db_text(scopes),
                        db_text(out->created_by), db_int(out->created_at), db_maybe_int(out->expires_at),
                        db_blob((struct str){(const char *)hash, sizeof hash})),
                   NULL);
}

enum status key_list(struct shop_ctx *ctx, int64_t limit, int64_t offset, struct list *out, int64_t *total) {
    static const struct sql sql =
        SQL("SELECT " KEY_COLUMNS " FROM api_keys ORDER BY seq DESC LIMIT $1 OFFSET $2");
    static const struct sql count_sql = SQL("SELECT count(*) FROM api_keys");
    struct db_rows *rows = db_query(ctx->db, &sql, ARGS(db_int(limit), db_int(offset)));
    TRY(row_list_read(ctx, rows, key_read_row, sizeof(struct api_key), limit, out));
    return db_get_int(ctx->db, &count_sql, NO_ARGS, total);
}

/* The keys that `maker` has made, and that these have made in their turn. */
#define KEYS_MADE(maker, id_is_maker)                                                                        \
    " revoked_at IS NULL AND id IN"                                                                          \
    " (WITH RECURSIVE made (id) AS (SELECT id FROM api_keys WHERE created_by = " maker                       \
    "  UNION SELECT k.id FROM api_keys AS k JOIN made AS m ON " id_is_maker ") SELECT id FROM made)"
#define MAKER_SQLITE "replace(k.created_by, '-', '') = lower(hex(m.id))"
#define MAKER_POSTGRES "k.created_by = m.id::text"

/* Revokes what a maker has made, and what that has made in its turn. */
static enum status key_revoke_made(struct shop_ctx *ctx, struct str maker, int64_t *count) {
#define REVOKE_MADE "UPDATE api_keys SET revoked_at = $1 WHERE"
    static const struct sql sql = {REVOKE_MADE KEYS_MADE("$2", MAKER_SQLITE),
                                   REVOKE_MADE KEYS_MADE("$2", MAKER_POSTGRES)};
    return db_exec(ctx->db, &sql, ARGS(db_int(clock_now_us(ctx->clock)), db_text(maker)), count);
}

enum status key_revoke(struct shop_ctx *ctx, const struct uuid *id, struct api_key *out, int64_t *made) {
    static const struct sql sql = SQL(
        "UPDATE api_keys SET revoked_at = $1 WHERE id = $2 AND revoked_at IS NULL RETURNING " KEY_COLUMNS);
    char maker[uuid_text_size];
    struct db_rows *rows = db_query(ctx->db, &sql, ARGS(db_int(clock_now_us(ctx->clock)), db_uuid(id)));
    if (db_step(rows))
        key_read_row(ctx, rows, out);
    TRY(db_finish_or(rows, STATUS_KEY_NOT_FOUND));
    uuid_format(id, maker);
    return key_revoke_made(ctx, (struct str){maker, sizeof maker}, made);
}

enum status key_revoke_of(struct shop_ctx *ctx, struct str maker) {
    int64_t count;
    return key_revoke_made(ctx, maker, &count);
}

enum status key_revoke_beyond(struct shop_ctx *ctx, struct str maker, scope_set allowed) {
#define LIST_MADE "SELECT id, scopes FROM api_keys WHERE"
    static const struct sql list_sql = {LIST_MADE KEYS_MADE("$1", MAKER_SQLITE),
                                        LIST_MADE KEYS_MADE("$1", MAKER_POSTGRES)};
    static const struct sql sql = SQL("UPDATE api_keys SET revoked_at = $1 WHERE id = $2");
    struct made_key {
        struct uuid id;
        struct made_key *next;
    } *keys = NULL;
    bool is_whole = true;
    struct db_rows *rows = db_query(ctx->db, &list_sql, ARGS(db_text(maker)));
    while (is_whole && db_step(rows)) {
        if (!(key_scopes_read(db_column_bytes(rows, 1)) & ~allowed))
            continue;
        struct made_key *key = ARENA_NEW(ctx->arena, struct made_key);
        is_whole = key != NULL;
        if (key)
            *key = (struct made_key){db_column_uuid(rows, 0), keys};
        keys = key;
    }
    TRY(db_finish(rows));
    for (; keys; keys = keys->next)
        TRY(db_exec_deferred(ctx->db, &sql, ARGS(db_int(clock_now_us(ctx->clock)), db_uuid(&keys->id))));
    return is_whole ? STATUS_OK : STATUS_NO_MEMORY;
}
