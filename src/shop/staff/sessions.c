#include "shop/staff/sessions.h"

#include "shop/settings.h"

#include <string.h>

#define session_note_us (INT64_C(600) * 1000000) /* between two notes of a session's use */

_Static_assert((int)staff_session_text_size == (int)token_text_size,
               "a session has a token like the admin's");

/* The first half of a token's SHA-256. */
static struct uuid staff_session_key(struct str token) {
    uint8_t hash[token_hash_size];
    struct uuid key;
    token_hash(token, hash);
    memcpy(key.bytes, hash, sizeof key.bytes);
    return key;
}

enum status staff_session_begin(struct shop_ctx *ctx, const struct staff_member *member,
                                const struct staff_client *client, struct actor *out,
                                char token[static staff_session_text_size + 1]) {
    static const struct sql sql = SQL(
        "INSERT INTO staff_sessions (token, staff, created_at, used_at, proved_at, expires_at, user_agent,"
        " ip_prefix) VALUES ($1, $2, $3, $3, $3, $4, $5, $6)");
    int64_t now_us = clock_now_us(ctx->clock);
    struct str agent = client->user_agent;
    agent.size = utf8_limit(agent, staff_user_agent_bytes_max);
    token_mint(ctx->random, token);
    struct uuid key = staff_session_key(str_from(token));
    *out = (struct actor){
        .kind = member ? ACTOR_STAFF : ACTOR_TOKEN,
        .scopes = member ? role_scopes(member->role) : scopes_all,
        .proved_at = {true, now_us},
        .expires_at = {true, now_us + staff_session_us},
    };
    if (member) {
        out->id = member->id;
        out->has_second_factor = member->totp_step.is_set;
    }
    struct maybe_int seq = {member != NULL, member ? member->seq : 0};
    return db_exec(ctx->db, &sql,
                   ARGS(db_uuid(&key), db_maybe_int(seq), db_int(now_us), db_int(out->expires_at.value),
                        db_text(agent.data ? agent : STR("")), db_text(client->network)),
                   NULL);
}

static enum status staff_session_note(struct shop_ctx *ctx, const struct uuid *key, int64_t used_us,
                                      int64_t now_us) {
    static const struct sql sql = SQL("UPDATE staff_sessions SET used_at = $1 WHERE token = $2");
    if (now_us - used_us < session_note_us)
        return STATUS_OK;
    return db_exec_deferred(ctx->db, &sql, ARGS(db_int(now_us), db_uuid(key)));
}

/* Finds who acts in a session that is not over; `used_us` gets the latest use that was noted. */
static enum status staff_session_get(struct shop_ctx *ctx, struct str token, struct actor *out,
                                     int64_t *used_us) {
    static const struct sql sql =
        SQL("SELECT t.used_at, t.proved_at, t.expires_at, t.staff, s.id, s.role, s.status, s.totp_step"
            " FROM staff_sessions AS t LEFT JOIN staff AS s ON s.seq = t.staff"
            " WHERE t.token = $1");
    struct uuid key = staff_session_key(token);
    int64_t now_us = clock_now_us(ctx->clock);
    bool is_valid = false;
    struct db_rows *rows = db_query(ctx->db, &sql, ARGS(db_uuid(&key)));
    if (db_step(rows)) {
        bool is_member = db_column_maybe_int(rows, 3).is_set;
        *used_us = db_column_int(rows, 0);
        *out = (struct actor){.kind = ACTOR_TOKEN,
                              .scopes = scopes_all,
                              .proved_at = {true, db_column_int(rows, 1)},
                              .expires_at = {true, db_column_int(rows, 2)}};
        is_valid = now_us < out->expires_at.value && now_us - *used_us < staff_session_idle_us;
        if (is_member) {
            out->kind = ACTOR_STAFF;
            out->id = db_column_uuid(rows, 4);
            out->scopes = role_scopes((enum role)db_column_enum(rows, 5, role_names));
            out->has_second_factor = db_column_maybe_int(rows, 7).is_set;
            is_valid = is_valid && db_column_enum(rows, 6, staff_status_names) == STAFF_ACTIVE;
        }
    }
    TRY(db_finish(rows));
    return is_valid ? STATUS_OK : STATUS_NOT_AUTHENTICATED;
}

enum status staff_session_find(struct shop_ctx *ctx, struct str token, struct actor *out) {
    struct uuid key = staff_session_key(token);
    int64_t used_us = 0;
    TRY(staff_session_get(ctx, token, out, &used_us));
    return staff_session_note(ctx, &key, used_us, clock_now_us(ctx->clock));
}

enum status staff_session_look(struct shop_ctx *ctx, struct str token, struct actor *out) {
    int64_t used_us = 0;
    return staff_session_get(ctx, token, out, &used_us);
}

enum status staff_session_end(struct shop_ctx *ctx, struct str token) {
    static const struct sql sql = SQL("DELETE FROM staff_sessions WHERE token = $1");
    struct uuid key = staff_session_key(token);
    return db_exec_deferred(ctx->db, &sql, ARGS(db_uuid(&key)));
}

enum status staff_sessions_end_of(struct shop_ctx *ctx, int64_t member_seq, struct str kept) {
    static const struct sql sql = SQL("DELETE FROM staff_sessions WHERE staff = $1 AND token <> $2");
    struct uuid key = staff_session_key(kept);
    return db_exec_deferred(ctx->db, &sql, ARGS(db_int(member_seq), db_uuid(&key)));
}

enum status staff_sessions_end_of_owner(struct shop_ctx *ctx) {
    static const struct sql sql = SQL("DELETE FROM staff_sessions WHERE staff IS NULL");
    return db_exec(ctx->db, &sql, NO_ARGS, NULL);
}

enum status staff_sessions_sweep(struct shop_ctx *ctx, int64_t limit, int64_t *removed) {
    static const struct sql sql = SQL(
        "DELETE FROM staff_sessions WHERE token IN (SELECT token FROM staff_sessions WHERE expires_at < $1"
        " ORDER BY expires_at LIMIT $2)");
    return db_exec(ctx->db, &sql, ARGS(db_int(clock_now_us(ctx->clock)), db_int(limit)), removed);
}

enum status staff_sessions_list(struct shop_ctx *ctx, int64_t member_seq, struct str current,
                                struct list *out) {
    static const struct sql sql =
        SQL("SELECT token, created_at, used_at, expires_at, user_agent, ip_prefix FROM staff_sessions"
            " WHERE staff = $1 AND expires_at > $2 AND used_at > $3 ORDER BY used_at DESC, token LIMIT $4");
    struct staff_session *sessions = arena_array(ctx->arena, staff_sessions_listed_max, sizeof *sessions);
    struct uuid key = staff_session_key(current);
    int64_t now_us = clock_now_us(ctx->clock);
    size_t count = 0;
    if (!sessions)
        return STATUS_NO_MEMORY;
    struct db_rows *rows =
        db_query(ctx->db, &sql,
                 ARGS(db_int(member_seq), db_int(now_us), db_int(now_us - staff_session_idle_us),
                      db_int(staff_sessions_listed_max)));
    for (; count < staff_sessions_listed_max && db_step(rows); count++) {
        struct uuid id = db_column_uuid(rows, 0);
        sessions[count] = (struct staff_session){
            .id = id,
            .created_at = db_column_int(rows, 1),
            .used_at = db_column_int(rows, 2),
            .expires_at = db_column_int(rows, 3),
            .user_agent = db_column_text(rows, 4, ctx->arena),
            .network = db_column_text(rows, 5, ctx->arena),
            .is_current = uuid_equal(&id, &key),
        };
    }
    *out = (struct list){sessions, count};
    return db_finish(rows);
}

enum status staff_session_end_of(struct shop_ctx *ctx, int64_t member_seq, const struct uuid *id) {
    static const struct sql sql = SQL("DELETE FROM staff_sessions WHERE staff = $1 AND token = $2");
    return db_exec_or(ctx->db, &sql, ARGS(db_int(member_seq), db_uuid(id)), STATUS_SESSION_NOT_FOUND);
}
