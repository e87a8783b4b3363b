#include "shop/desk/order_payments.h"

static const struct sql payments_sql = SQL(
    "SELECT p.id, p.provider, p.provider_payment_id, p.amount, p.currency, p.status, p.surplus,"
    " p.failure_message, p.created_at, p.refunded_amount FROM payments AS p JOIN orders AS o ON o.seq = p.order_seq"
    " WHERE o.id = $1 AND p.provider <> '" PROVIDER_BY_HAND "' ORDER BY p.seq LIMIT $2");

void order_payments_prefetch(struct shop_ctx *ctx, const struct uuid *order) {
    db_prefetch(ctx->db, &payments_sql, ARGS(db_uuid(order), db_int(order_payments_max)));
}

enum status order_payments_list(struct shop_ctx *ctx, const struct uuid *order, struct list *out) {
    struct order_payment *payments = NULL;
    size_t count = 0, size = sizeof *payments;
    bool has_room = true;
    struct db_rows *rows = db_query(ctx->db, &payments_sql, ARGS(db_uuid(order), db_int(order_payments_max)));
    while (has_room && db_step(rows)) {
        struct order_payment *grown = arena_grow(ctx->arena, payments, count * size, (count + 1) * size);
        has_room = grown != NULL;
        if (!has_room)
            break;
        payments = grown;
        payments[count++] = (struct order_payment){
            .id = db_column_uuid(rows, 0),
            .provider = db_column_text(rows, 1, ctx->arena),
            .provider_payment_id = db_column_text(rows, 2, ctx->arena),
            .amount = db_column_int(rows, 3),
            .currency = db_column_text(rows, 4, ctx->arena),
            .status = db_column_enum(rows, 5, payment_status_names),
            .is_over = {true, db_column_int(rows, 6) != 0},
            .failure_message = db_column_text(rows, 7, ctx->arena),
            .created_at = db_column_int(rows, 8),
            .refunded_amount = db_column_int(rows, 9),
        };
    }
    *out = (struct list){payments, count};
    enum status s = db_finish(rows);
    return has_room ? s : STATUS_NO_MEMORY;
}
