#include "shop/orders/order_link.h"

#include "base/buf.h"
#include "shop/outbox/mail_proof.h"

#define hour_us (INT64_C(3600) * 1000000)
#define day_us (24 * hour_us)
enum { links_hour_max = 3, links_day_max = 8 };

static const char order_purpose[] = "order";

enum status order_link_make(struct shop_ctx *ctx, int64_t order_seq, struct str *out) {
    char token[token_text_size + 1];
    struct buf url = buf_new(ctx->arena);
    struct mail_proof proof = {.purpose = order_purpose,
                               .email_key = STR(""),
                               .order_seq = {true, order_seq},
                               .expires_at = clock_now_us(ctx->clock) + order_link_days * day_us};
    TRY(mail_proof_make(ctx, &proof, token));
    buf_put(&url, mail_shop_url(ctx));
    buf_put_text(&url, ORDER_LINK_PATH);
    buf_put(&url, str_from(token));
    *out = buf_str(&url);
    return buf_ok(&url) ? STATUS_OK : STATUS_NO_MEMORY;
}

enum status order_link_find(struct shop_ctx *ctx, struct str token, int64_t *order_seq) {
    struct mail_proof proof = {0};
    TRY(mail_proof_find(ctx, order_purpose, token, &proof));
    *order_seq = proof.order_seq.value;
    return proof.order_seq.is_set ? STATUS_OK : STATUS_LINK_OVER;
}

enum status order_link_may_be_sent(struct shop_ctx *ctx, int64_t order_seq, bool *out) {
    static const struct sql sql =
        SQL("SELECT count(*) FROM mail_proofs WHERE order_seq = $1 AND created_at > $2");
    int64_t now = clock_now_us(ctx->clock), in_hour = 0, in_day = 0;
    TRY(db_get_int(ctx->db, &sql, ARGS(db_int(order_seq), db_int(now - hour_us)), &in_hour));
    TRY(db_get_int(ctx->db, &sql, ARGS(db_int(order_seq), db_int(now - day_us)), &in_day));
    *out = in_hour < links_hour_max && in_day < links_day_max;
    return STATUS_OK;
}
