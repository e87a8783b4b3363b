#include "shop/staff/second_factor.h"

#include "shop/settings.h"

#include <string.h>

static struct str secret_of(const struct staff_member *member) {
    return (struct str){(const char *)member->totp_secret, totp_secret_size};
}

/* The hash of a recovery code, as the table has it. */
static struct str recovery_hash(const char code[static recovery_code_size],
                                uint8_t out[static token_hash_size]) {
    token_hash((struct str){code, recovery_code_size}, out);
    return (struct str){(const char *)out, token_hash_size};
}

/* Copies a code without its blanks, which apps show. Absent if it is longer than an app's. */
static struct str app_code_read(struct str text, char out[static totp_code_size]) {
    size_t size = 0;
    for (size_t i = 0; i < text.size; i++) {
        if (text.data[i] == ' ')
            continue;
        if (size == totp_code_size)
            return (struct str){0};
        out[size++] = text.data[i];
    }
    return (struct str){out, size};
}

/* Takes a code of the app. STATUS_WRONG_PROOF also if another request has taken it since the member was read. */
static enum status app_code_take(struct shop_ctx *ctx, const struct staff_member *member, struct str code) {
    static const struct sql sql =
        SQL("UPDATE staff SET totp_step = $1 WHERE seq = $2 AND totp_secret = $3"
            " AND coalesce(totp_step, -1) < $1");
    char digits[totp_code_size];
    int64_t step = 0;
    if (!totp_is_right(member->totp_secret, app_code_read(code, digits), clock_now_us(ctx->clock),
                       member->totp_step, &step))
        return STATUS_WRONG_PROOF;
    return db_exec_or(ctx->db, &sql, ARGS(db_int(step), db_int(member->seq), db_blob(secret_of(member))),
                      STATUS_WRONG_PROOF);
}

static enum status recovery_code_take(struct shop_ctx *ctx, const struct staff_member *member,
                                      struct str code) {
    static const struct sql sql = SQL("DELETE FROM staff_recovery_codes WHERE staff = $1 AND hash = $2");
    char read[recovery_code_size];
    uint8_t hash[token_hash_size];
    if (!recovery_code_read(code, read))
        return STATUS_WRONG_PROOF;
    return db_exec_or(ctx->db, &sql, ARGS(db_int(member->seq), db_blob(recovery_hash(read, hash))),
                      STATUS_WRONG_PROOF);
}

static enum status code_take(struct shop_ctx *ctx, const struct staff_member *member, struct str code) {
    enum status s = app_code_take(ctx, member, code);
    return s == STATUS_WRONG_PROOF ? recovery_code_take(ctx, member, code) : s;
}

enum status staff_second_factor(struct shop_ctx *ctx, const struct staff_member *member, struct str code) {
    if (!member->totp_step.is_set)
        return STATUS_OK;
    if (!code.data)
        return STATUS_CODE_NEEDED;
    enum status s = code_take(ctx, member, code);
    return s == STATUS_WRONG_PROOF ? STATUS_WRONG_LOGIN : s;
}

enum status second_factor_begin(struct shop_ctx *ctx, const struct staff_member *member,
                                uint8_t secret[static totp_secret_size]) {
    static const struct sql sql =
        SQL("UPDATE staff SET totp_secret = $1 WHERE seq = $2 AND totp_step IS NULL");
    random_fill(ctx->random, secret, totp_secret_size);
    struct str bytes = {(const char *)secret, totp_secret_size};
    return db_exec_or(ctx->db, &sql, ARGS(db_blob(bytes), db_int(member->seq)), STATUS_SECOND_FACTOR_SET);
}

enum status second_factor_end_codes(struct shop_ctx *ctx, int64_t member_seq) {
    static const struct sql sql = SQL("DELETE FROM staff_recovery_codes WHERE staff = $1");
    return db_exec_deferred(ctx->db, &sql, ARGS(db_int(member_seq)));
}

/* Makes recovery codes in place of those that are there. */
static enum status recovery_codes_make(struct shop_ctx *ctx, const struct staff_member *member,
                                       char codes[static recovery_code_count][recovery_code_text_size]) {
    static const struct sql sql = SQL("INSERT INTO staff_recovery_codes (staff, hash) VALUES ($1, $2)");
    TRY(second_factor_end_codes(ctx, member->seq));
    for (size_t i = 0; i < recovery_code_count; i++) {
        char read[recovery_code_size];
        uint8_t hash[token_hash_size];
        recovery_code_mint(ctx->random, codes[i]);
        if (!recovery_code_read((struct str){codes[i], recovery_code_text_size}, read))
            return STATUS_FAULT;
        TRY(db_exec_deferred(ctx->db, &sql, ARGS(db_int(member->seq), db_blob(recovery_hash(read, hash)))));
    }
    return STATUS_OK;
}

enum status second_factor_confirm(struct shop_ctx *ctx, const struct staff_member *member, struct str code,
                                  char codes[static recovery_code_count][recovery_code_text_size]) {
    if (!member->has_totp)
        return STATUS_SECOND_FACTOR_UNSET;
    if (member->totp_step.is_set)
        return STATUS_SECOND_FACTOR_SET;
    TRY(app_code_take(ctx, member, code));
    return recovery_codes_make(ctx, member, codes);
}

enum status second_factor_end(struct shop_ctx *ctx, const struct staff_member *member, struct str code) {
    static const struct sql sql = SQL("UPDATE staff SET totp_secret = NULL, totp_step = NULL WHERE seq = $1");
    if (!member->totp_step.is_set)
        return STATUS_SECOND_FACTOR_UNSET;
    TRY(code_take(ctx, member, code));
    TRY(db_exec(ctx->db, &sql, ARGS(db_int(member->seq)), NULL));
    return second_factor_end_codes(ctx, member->seq);
}
