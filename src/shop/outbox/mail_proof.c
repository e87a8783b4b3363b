#include "shop/outbox/mail_proof.h"

struct str mail_proof_hash(struct str token, uint8_t out[static token_hash_size]) {
    token_hash(token, out);
    return (struct str){(const char *)out, token_hash_size};
}

enum status mail_proof_make(struct shop_ctx *ctx, const struct mail_proof *proof,
                            char token[static token_text_size + 1]) {
    static const struct sql sql =
        SQL("INSERT INTO mail_proofs (token, purpose, email_key, staff, order_seq, expires_at, created_at)"
            " VALUES ($1, $2, $3, $4, $5, $6, $7)");
    uint8_t hash[token_hash_size];
    token_mint(ctx->random, token);
    return db_exec_deferred(ctx->db, &sql,
                            ARGS(db_blob(mail_proof_hash(str_from(token), hash)),
                                 db_text(str_from(proof->purpose)), db_text(proof->email_key),
                                 db_maybe_int(proof->staff), db_maybe_int(proof->order_seq),
                                 db_int(proof->expires_at), db_int(clock_now_us(ctx->clock))));
}

enum status mail_proof_find(struct shop_ctx *ctx, const char *purpose, struct str token,
                            struct mail_proof *out) {
    static const struct sql sql =
        SQL("SELECT staff, order_seq, expires_at FROM mail_proofs"
            " WHERE token = $1 AND purpose = $2 AND expires_at > $3");
    uint8_t hash[token_hash_size];
    struct db_rows *rows = db_query(ctx->db, &sql,
                                    ARGS(db_blob(mail_proof_hash(token, hash)), db_text(str_from(purpose)),
                                         db_int(clock_now_us(ctx->clock))));
    if (db_step(rows))
        *out = (struct mail_proof){.purpose = purpose,
                                   .staff = db_column_maybe_int(rows, 0),
                                   .order_seq = db_column_maybe_int(rows, 1),
                                   .expires_at = db_column_int(rows, 2)};
    return db_finish_or(rows, STATUS_LINK_OVER);
}

enum status mail_proofs_sweep(struct shop_ctx *ctx, int64_t limit, int64_t *removed) {
    static const struct sql sql =
        SQL("DELETE FROM mail_proofs WHERE token IN"
            " (SELECT token FROM mail_proofs WHERE expires_at <= $1 ORDER BY expires_at LIMIT $2)");
    return db_exec(ctx->db, &sql, ARGS(db_int(clock_now_us(ctx->clock)), db_int(limit)), removed);
}
