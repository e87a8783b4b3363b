#include "shop/payments/unpaid.h"

#include "shop/orders/order_mail.h"
#include "shop/payments/payment.h"

enum status unpaid_order_cancel(struct shop_ctx *ctx, const struct uuid *session, const struct uuid *id,
                                struct order *out) {
    struct order_mail mail = {.kind = MAIL_ORDER_CANCELLED, .order = id};
    TRY(order_get(ctx, session, id, out, &mail.to));
    mail.order_seq = out->seq;
    TRY(order_close(ctx, out->seq, ORDER_CANCELLED));
    out->status = ORDER_CANCELLED;
    TRY(payments_make_due(ctx, out->seq));
    TRY(order_mail_queue(ctx, &mail));
    return db_check_deferred(ctx->db); /* another transaction may have closed it since it was read */
}

enum status unpaid_orders_next(struct shop_ctx *ctx, int64_t *out) {
    static const struct sql sql = SQL("SELECT min(expires_at) FROM orders WHERE status = 'pending'");
    *out = INT64_MAX;
    struct db_rows *rows = db_query(ctx->db, &sql, NO_ARGS);
    while (db_step(rows)) {
        struct maybe_int next = db_column_maybe_int(rows, 0);
        *out = next.is_set ? next.value : INT64_MAX;
    }
    return db_finish(rows);
}

enum status unpaid_orders_expire(struct shop_ctx *ctx, int64_t limit, int64_t *expired) {
    struct list orders;
    enum status s = order_expire(ctx, limit, &orders);
    const int64_t *seqs = orders.data;
    for (size_t i = 0; i < orders.count && s == STATUS_OK; i++)
        s = payments_make_due(ctx, seqs[i]);
    *expired = (int64_t)orders.count;
    return s;
}
