#include "shop/staff/invitations.h"

#include "shop/email_key.h"
#include "shop/outbox/mail_proof.h"
#include "shop/staff/second_factor.h"
#include "shop/staff/sessions.h"

#define invitation_us (invitation_days * INT64_C(24) * 3600 * 1000000)

/* Makes the link of out->member, in place of an earlier one. */
static enum status invitation_make(struct shop_ctx *ctx, struct invitation *out) {
    out->expires_at = clock_now_us(ctx->clock) + invitation_us;
    struct mail_proof proof = {.purpose = "invite",
                               .email_key = out->member.email_key,
                               .staff = {true, out->member.seq},
                               .expires_at = out->expires_at};
    TRY(staff_end_invitations(ctx, out->member.seq));
    return mail_proof_make(ctx, &proof, out->token);
}

/* Gives one who has not accepted yet the name and the role of the new invitation. */
static enum status invitation_renew(struct shop_ctx *ctx, const struct actor *maker,
                                    const struct staff_wish *wish, struct staff_member *member) {
    static const struct sql sql =
        SQL("UPDATE staff SET email = $1, name = $2, role = $3, status = 'invited' WHERE seq = $4");
    if (member->password.data)
        return STATUS_STAFF_EXISTS;
    if (role_scopes(member->role) & ~maker->scopes)
        return STATUS_SCOPE;
    member->email = wish->email;
    member->name = wish->name;
    member->role = wish->role;
    member->status = STAFF_INVITED;
    return db_exec(ctx->db, &sql,
                   ARGS(db_text(wish->email), db_text(wish->name), db_text(str_from(role_names[wish->role])),
                        db_int(member->seq)),
                   NULL);
}

enum status staff_invite(struct shop_ctx *ctx, const struct actor *maker, const struct staff_wish *wish,
                         struct invitation *out) {
    if (role_scopes(wish->role) & ~maker->scopes)
        return STATUS_SCOPE;
    struct str key = email_key(ctx->arena, wish->email);
    if (!key.data)
        return STATUS_NO_MEMORY;
    TRY(staff_lock(ctx));
    TRY(actor_hold(ctx, maker));
    enum status s = staff_find_by_email(ctx, key, &out->member);
    if (s == STATUS_OK) {
        s = invitation_renew(ctx, maker, wish, &out->member);
    } else if (s == STATUS_NOT_FOUND) {
        out->member = (struct staff_member){
            .email = wish->email, .name = wish->name, .role = wish->role, .status = STAFF_INVITED};
        s = staff_add(ctx, &out->member);
    }
    TRY(s);
    return invitation_make(ctx, out);
}

enum status staff_reset(struct shop_ctx *ctx, struct str email, struct invitation *out) {
    static const struct sql sql =
        SQL("UPDATE staff SET password = NULL, password_changed_at = NULL, totp_secret = NULL,"
            " totp_step = NULL, status = 'invited' WHERE seq = $1");
    struct str key = email_key(ctx->arena, email);
    if (!key.data)
        return STATUS_NO_MEMORY;
    TRY(staff_lock(ctx));
    enum status s = staff_find_by_email(ctx, key, &out->member);
    if (s != STATUS_OK)
        return s == STATUS_NOT_FOUND ? STATUS_STAFF_NOT_FOUND : s;
    TRY(db_exec_deferred(ctx->db, &sql, ARGS(db_int(out->member.seq))));
    TRY(second_factor_end_codes(ctx, out->member.seq));
    TRY(staff_sessions_end_of(ctx, out->member.seq, (struct str){0}));
    return invitation_make(ctx, out);
}

enum status invitation_find(struct shop_ctx *ctx, struct str token, struct staff_member *out) {
    static const struct sql sql =
        SQL("SELECT s.id FROM mail_proofs p JOIN staff s ON s.seq = p.staff"
            " WHERE p.token = $1 AND p.purpose = 'invite' AND p.expires_at > $2 AND s.status = 'invited'");
    uint8_t hash[token_hash_size];
    struct uuid id = {{0}};
    struct db_rows *rows = db_query(
        ctx->db, &sql, ARGS(db_blob(mail_proof_hash(token, hash)), db_int(clock_now_us(ctx->clock))));
    if (db_step(rows))
        id = db_column_uuid(rows, 0);
    TRY(db_finish_or(rows, STATUS_LINK_OVER));
    return staff_find(ctx, &id, out);
}

enum status invitation_accept(struct shop_ctx *ctx, struct str token, struct str name, struct str password,
                              struct staff_member *out) {
    static const struct sql sql =
        SQL("UPDATE staff SET name = $1, password = $2, password_changed_at = $3, status = 'active'"
            " WHERE seq = $4");
    TRY(staff_lock(ctx));
    TRY(invitation_find(ctx, token, out));
    if (name.data)
        out->name = name;
    out->password = password;
    out->status = STAFF_ACTIVE;
    out->password_changed_at = (struct maybe_int){true, clock_now_us(ctx->clock)};
    TRY(db_exec(
        ctx->db, &sql,
        ARGS(db_text(out->name), db_text(password), db_maybe_int(out->password_changed_at), db_int(out->seq)),
        NULL));
    return staff_end_invitations(ctx, out->seq);
}
