#include "shop/staff/actor.h"

const char *const actor_kind_names[ACTOR_COUNT + 1] = {
    [ACTOR_TOKEN] = "token", [ACTOR_KEY] = "key", [ACTOR_SYSTEM] = "system", [ACTOR_STAFF] = "staff"};

enum status actor_id_text(struct arena *arena, const struct actor *actor, struct str *out) {
    *out = (struct str){0};
    if (actor->kind != ACTOR_KEY && actor->kind != ACTOR_STAFF)
        return STATUS_OK;
    char *text = arena_alloc(arena, uuid_text_size);
    if (!text)
        return STATUS_NO_MEMORY;
    uuid_format(&actor->id, text);
    *out = (struct str){text, uuid_text_size};
    return STATUS_OK;
}

#define KEY_IS_VALID "SELECT 1 FROM api_keys WHERE id = $1 AND revoked_at IS NULL"
#define MEMBER_IS_SAME "SELECT 1 FROM staff WHERE id = $1 AND status = 'active' AND role = $2"

enum status actor_hold(struct shop_ctx *ctx, const struct actor *actor) {
    static const struct sql key_sql = {KEY_IS_VALID, KEY_IS_VALID " FOR SHARE"};
    static const struct sql member_sql = {MEMBER_IS_SAME, MEMBER_IS_SAME " FOR SHARE"};
    bool is_key = actor->kind == ACTOR_KEY;
    struct str role = str_from(role_names[role_of(actor->scopes)]);
    if (!is_key && actor->kind != ACTOR_STAFF)
        return STATUS_OK;
    struct db_rows *rows = is_key ? db_query(ctx->db, &key_sql, ARGS(db_uuid(&actor->id)))
                                  : db_query(ctx->db, &member_sql, ARGS(db_uuid(&actor->id), db_text(role)));
    (void)db_step(rows);
    return db_finish_or(rows, is_key ? STATUS_WRONG_TOKEN : STATUS_NOT_AUTHENTICATED);
}
