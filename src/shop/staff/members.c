#include "shop/staff/members.h"

#include "shop/email_key.h"
#include "shop/row_list.h"

#include <string.h>

#define STAFF_COLUMNS                                                                                        \
    "seq, id, email, email_key, name, password, totp_secret, totp_step, role, status, created_at,"           \
    " password_changed_at"

const char *const staff_status_names[STAFF_STATUS_COUNT + 1] = {
    [STAFF_INVITED] = "invited",
    [STAFF_ACTIVE] = "active",
    [STAFF_DISABLED] = "disabled",
};

/* Reads the current row of a statement that begins with STAFF_COLUMNS. */
static void staff_read_row(struct shop_ctx *ctx, struct db_rows *rows, void *element) {
    struct staff_member *out = element;
    struct str secret = db_column_bytes(rows, 6);
    *out = (struct staff_member){
        .seq = db_column_int(rows, 0),
        .id = db_column_uuid(rows, 1),
        .email = db_column_text(rows, 2, ctx->arena),
        .email_key = db_column_text(rows, 3, ctx->arena),
        .name = db_column_text(rows, 4, ctx->arena),
        .password = db_column_text(rows, 5, ctx->arena),
        .has_totp = secret.size == totp_secret_size,
        .totp_step = db_column_maybe_int(rows, 7),
        .role = (enum role)db_column_enum(rows, 8, role_names),
        .status = (enum staff_status)db_column_enum(rows, 9, staff_status_names),
        .created_at = db_column_int(rows, 10),
        .password_changed_at = db_column_maybe_int(rows, 11),
    };
    if (out->has_totp)
        memcpy(out->totp_secret, secret.data, totp_secret_size);
}

/* Ends a statement that selects one member. */
static enum status staff_read_one(struct shop_ctx *ctx, struct db_rows *rows, struct staff_member *out) {
    if (db_step(rows))
        staff_read_row(ctx, rows, out);
    return db_finish_or(rows, STATUS_NOT_FOUND);
}

enum status staff_find_by_email(struct shop_ctx *ctx, struct str email_key, struct staff_member *out) {
    static const struct sql sql = SQL("SELECT " STAFF_COLUMNS " FROM staff WHERE email_key = $1");
    return staff_read_one(ctx, db_query(ctx->db, &sql, ARGS(db_text(email_key))), out);
}

enum status staff_find(struct shop_ctx *ctx, const struct uuid *id, struct staff_member *out) {
    static const struct sql sql = SQL("SELECT " STAFF_COLUMNS " FROM staff WHERE id = $1");
    return staff_read_one(ctx, db_query(ctx->db, &sql, ARGS(db_uuid(id))), out);
}

enum status staff_add(struct shop_ctx *ctx, struct staff_member *member) {
    static const struct sql sql =
        SQL("INSERT INTO staff (id, email, email_key, name, password, role, status, created_at,"
            " password_changed_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) RETURNING seq");
    member->id = uuid_new(ctx->clock, ctx->random);
    member->created_at = clock_now_us(ctx->clock);
    member->password_changed_at = (struct maybe_int){member->password.data, member->created_at};
    member->email_key = email_key(ctx->arena, member->email);
    if (!member->email_key.data)
        return STATUS_NO_MEMORY;
    return db_get_int(ctx->db, &sql,
                      ARGS(db_uuid(&member->id), db_text(member->email), db_text(member->email_key),
                           db_text(member->name), db_text(member->password),
                           db_text(str_from(role_names[member->role])),
                           db_text(str_from(staff_status_names[member->status])), db_int(member->created_at),
                           db_maybe_int(member->password_changed_at)),
                      &member->seq);
}

enum status staff_rehash(struct shop_ctx *ctx, const struct staff_member *member, struct str hash) {
    static const struct sql sql = SQL("UPDATE staff SET password = $1 WHERE seq = $2 AND password = $3");
    return db_exec_deferred(ctx->db, &sql,
                            ARGS(db_text(hash), db_int(member->seq), db_text(member->password)));
}

enum status staff_count_other_peppers(struct shop_ctx *ctx, struct str mark, int64_t *count) {
    static const struct sql sql =
        SQL("SELECT count(*) FROM staff WHERE password NOT LIKE '$%' AND password NOT LIKE $1 || '$%'");
    return db_get_int(ctx->db, &sql, ARGS(db_text(mark)), count);
}

enum status staff_list(struct shop_ctx *ctx, int64_t limit, int64_t offset, struct list *out,
                       int64_t *total) {
    static const struct sql sql = SQL("SELECT " STAFF_COLUMNS " FROM staff ORDER BY seq LIMIT $1 OFFSET $2");
    static const struct sql count_sql = SQL("SELECT count(*) FROM staff");
    struct db_rows *rows = db_query(ctx->db, &sql, ARGS(db_int(limit), db_int(offset)));
    TRY(row_list_read(ctx, rows, staff_read_row, sizeof(struct staff_member), limit, out));
    return db_get_int(ctx->db, &count_sql, NO_ARGS, total);
}

enum status staff_set_password(struct shop_ctx *ctx, const struct staff_member *member, struct str password) {
    static const struct sql sql =
        SQL("UPDATE staff SET password = $1, password_changed_at = $2 WHERE seq = $3 AND password = $4");
    return db_exec_or(ctx->db, &sql,
                      ARGS(db_text(password), db_int(clock_now_us(ctx->clock)), db_int(member->seq),
                           db_text(member->password)),
                      STATUS_WRONG_PROOF);
}
