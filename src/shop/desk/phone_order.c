#include "shop/desk/phone_order.h"

#include "shop/orders/paid_mail.h"
#include "shop/payments/payment.h"

#define day_us (INT64_C(24) * 3600 * 1000000)

/* Writes a payment that has succeeded, and who got it. */
static enum status manual_payment_write(struct shop_ctx *ctx, const struct order *order,
                                        const struct actor *actor, struct str note) {
    static const struct sql payment_sql =
        SQL("INSERT INTO payments (id, order_seq, provider, amount, currency, status, created_at, changed_at)"
            " VALUES ($1, $2, '" PROVIDER_BY_HAND "', $3, $4, 'succeeded', $5, $5)");
    static const struct sql sql =
        SQL("INSERT INTO manual_payments (order_seq, amount, currency, note, actor_kind, actor, created_at)"
            " VALUES ($1, $2, $3, $4, $5, $6, $7)");
    struct uuid payment = uuid_new(ctx->clock, ctx->random);
    struct str id;
    TRY(actor_id_text(ctx->arena, actor, &id));
    TRY(db_exec_deferred(ctx->db, &payment_sql,
                         ARGS(db_uuid(&payment), db_int(order->seq), db_int(order->total_amount),
                              db_text(order->currency), db_int(clock_now_us(ctx->clock)))));
    return db_exec_deferred(ctx->db, &sql,
                            ARGS(db_int(order->seq), db_int(order->total_amount), db_text(order->currency),
                                 db_text(note), db_text(str_from(actor_kind_names[actor->kind])), db_text(id),
                                 db_int(clock_now_us(ctx->clock))));
}

enum status phone_order_place(struct shop_ctx *ctx, const struct actor *actor, const struct phone_wish *wish,
                              struct order *out, struct order_refusal *why) {
    TRY(order_place_by_staff(ctx, &wish->wares, wish->hold_days * day_us, &wish->checkout, out, why));
    if (!wish->is_paid)
        return STATUS_OK;
    out->status = ORDER_PAID;
    TRY(order_close(ctx, out->seq, ORDER_PAID));
    TRY(order_paid_mail(ctx, out->seq, wish->checkout.email));
    return manual_payment_write(ctx, out, actor, wish->payment_note);
}

/* Locks an order and reads it; `is_staffs` gets whether the staff took it, `email` its address of mail. */
static enum status phone_order_load(struct shop_ctx *ctx, const struct uuid *id, struct order *out,
                                    bool *is_staffs, struct str *email) {
    static const struct sql sql =
        SQL("SELECT o.seq, o.id, o.total_amount, o.status, o.currency, o.created_at,"
            " CASE WHEN o.session IS NULL THEN 1 ELSE 0 END, c.email FROM orders AS o"
            " LEFT JOIN order_contacts AS c ON c.order_seq = o.seq WHERE o.id = $1");
    TRY(order_lock(ctx, id));
    struct db_rows *rows = db_query(ctx->db, &sql, ARGS(db_uuid(id)));
    if (db_step(rows)) {
        order_read_row(ctx, rows, out);
        *is_staffs = db_column_int(rows, 6) != 0;
        *email = db_column_text(rows, 7, ctx->arena);
    }
    return db_finish_or(rows, STATUS_ORDER_NOT_FOUND);
}

enum status phone_order_mark_paid(struct shop_ctx *ctx, const struct uuid *id, const struct actor *actor,
                                  struct str note, struct order *out) {
    bool is_staffs = false;
    struct str email = {0};
    TRY(phone_order_load(ctx, id, out, &is_staffs, &email));
    if (!is_staffs)
        return STATUS_ORDER_OF_SHOPPER;
    TRY(out->status == ORDER_EXPIRED ? order_reactivate(ctx, out->seq)
                                     : order_close(ctx, out->seq, ORDER_PAID));
    out->status = ORDER_PAID;
    TRY(order_paid_mail(ctx, out->seq, email));
    TRY(manual_payment_write(ctx, out, actor, note));
    return db_check_deferred(ctx->db);
}

static const struct sql phone_order_sql = SQL(
    "SELECT CASE WHEN o.session IS NULL THEN 1 ELSE 0 END,"
    " CASE WHEN o.status = 'pending' THEN o.expires_at END, m.amount, m.currency, m.note, m.actor_kind, m.actor,"
    " m.created_at FROM orders AS o LEFT JOIN manual_payments AS m ON m.order_seq = o.seq WHERE o.id = $1");

void phone_order_prefetch(struct shop_ctx *ctx, const struct uuid *id) {
    db_prefetch(ctx->db, &phone_order_sql, ARGS(db_uuid(id)));
}

enum status phone_order_get(struct shop_ctx *ctx, const struct uuid *id, struct phone_order *out) {
    struct manual_payment *paid = ARENA_NEW(ctx->arena, struct manual_payment);
    if (!paid)
        return STATUS_NO_MEMORY;
    *out = (struct phone_order){0};
    struct db_rows *rows = db_query(ctx->db, &phone_order_sql, ARGS(db_uuid(id)));
    if (db_step(rows)) {
        struct maybe_int amount = db_column_maybe_int(rows, 2);
        out->is_staffs = db_column_int(rows, 0) != 0;
        out->expires_at = db_column_maybe_int(rows, 1);
        if (amount.is_set)
            *paid = (struct manual_payment){
                .amount = amount.value,
                .currency = db_column_text(rows, 3, ctx->arena),
                .note = db_column_text(rows, 4, ctx->arena),
                .actor_kind = db_column_text(rows, 5, ctx->arena),
                .actor = db_column_text(rows, 6, ctx->arena),
                .created_at = db_column_int(rows, 7),
            };
        out->paid = amount.is_set ? paid : NULL;
    }
    return db_finish_or(rows, STATUS_ORDER_NOT_FOUND);
}
