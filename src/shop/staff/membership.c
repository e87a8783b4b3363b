#include "shop/staff/membership.h"

#include "shop/staff/keys.h"
#include "shop/staff/sessions.h"

enum status staff_lock(struct shop_ctx *ctx) {
    enum { staff_lock_number = 0x7366 }; /* for db_lock, which nothing else has */
    return db_lock(ctx->db, staff_lock_number);
}

enum status staff_end_invitations(struct shop_ctx *ctx, int64_t seq) {
    static const struct sql sql = SQL("DELETE FROM mail_proofs WHERE staff = $1 AND purpose = 'invite'");
    return db_exec_deferred(ctx->db, &sql, ARGS(db_int(seq)));
}

/* STATUS_LAST_OWNER if `member` is the only owner who can sign in. */
static enum status staff_check_last_owner(struct shop_ctx *ctx, const struct staff_member *member) {
    static const struct sql sql =
        SQL("SELECT count(*) FROM staff WHERE role = 'owner' AND status = 'active' AND seq <> $1");
    int64_t others = 0;
    if (member->role != ROLE_OWNER || member->status != STAFF_ACTIVE)
        return STATUS_OK;
    TRY(db_get_int(ctx->db, &sql, ARGS(db_int(member->seq)), &others));
    return others == 0 ? STATUS_LAST_OWNER : STATUS_OK;
}

/* Takes away all by which a member could still come in. */
static enum status staff_shut_out(struct shop_ctx *ctx, const struct staff_member *member) {
    char id[uuid_text_size];
    uuid_format(&member->id, id);
    TRY(staff_sessions_end_of(ctx, member->seq, (struct str){0}));
    TRY(staff_end_invitations(ctx, member->seq));
    return key_revoke_of(ctx, (struct str){id, sizeof id});
}

static enum status staff_write_change(struct shop_ctx *ctx, const struct staff_member *member) {
    static const struct sql sql = SQL("UPDATE staff SET name = $1, role = $2, status = $3 WHERE seq = $4");
    return db_exec(ctx->db, &sql,
                   ARGS(db_text(member->name), db_text(str_from(role_names[member->role])),
                        db_text(str_from(staff_status_names[member->status])), db_int(member->seq)),
                   NULL);
}

enum status staff_change(struct shop_ctx *ctx, const struct actor *maker, const struct uuid *id,
                         const struct staff_change *change, struct staff_member *before,
                         struct staff_member *out) {
    TRY(staff_lock(ctx));
    TRY(actor_hold(ctx, maker));
    enum status s = staff_find(ctx, id, before);
    if (s != STATUS_OK)
        return s == STATUS_NOT_FOUND ? STATUS_STAFF_NOT_FOUND : s;
    *out = *before;
    if (change->name.data)
        out->name = change->name;
    if (change->has_role)
        out->role = change->role;
    if (change->has_status)
        out->status = change->status;
    if ((role_scopes(before->role) | role_scopes(out->role)) & ~maker->scopes)
        return STATUS_SCOPE;
    if (out->status == STAFF_ACTIVE && !out->password.data)
        return STATUS_STAFF_UNFINISHED;
    if (maker->kind != ACTOR_TOKEN && maker->kind != ACTOR_SYSTEM &&
        (out->role != before->role || out->status != before->status))
        TRY(staff_check_last_owner(ctx, before));
    if (out->status == STAFF_DISABLED && before->status != STAFF_DISABLED)
        TRY(staff_shut_out(ctx, out));
    if (role_scopes(before->role) & ~role_scopes(out->role)) {
        char text[uuid_text_size];
        uuid_format(&out->id, text);
        TRY(key_revoke_beyond(ctx, (struct str){text, sizeof text}, role_scopes(out->role)));
    }
    return staff_write_change(ctx, out);
}
