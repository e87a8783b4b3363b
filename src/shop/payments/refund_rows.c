#include "shop/payments/refund_rows.h"

#include "shop/orders/owed.h"
#include "shop/row_list.h"

const char *const refund_status_names[] = {"pending", "succeeded", "failed", NULL};
const char *const refund_origin_names[] = {"staff", "provider", "shop", NULL};

/* ---- Writing. */

enum status refund_insert(struct shop_ctx *ctx, const struct refund *r) {
    static const struct sql sql = SQL(
        "INSERT INTO refunds (id, order_seq, payment, amount, shipping, status, origin, reason, failure_message,"
        " provider_refund_id, succeeded_at, notify, actor_kind, actor, created_at)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)");
    return db_exec_deferred(ctx->db, &sql,
                            ARGS(db_uuid(&r->id), db_int(r->order_seq), db_int(r->payment), db_int(r->amount),
                                 db_int(r->shipping), db_text(str_from(refund_status_names[r->status])),
                                 db_text(str_from(refund_origin_names[r->origin])), db_text(r->reason),
                                 db_text(r->failure_message), db_text(r->provider_refund_id),
                                 db_maybe_int(r->succeeded_at), db_int(r->notify), db_text(r->actor_kind),
                                 db_text(r->actor), db_int(r->created_at)));
}

enum status refund_item_insert(struct shop_ctx *ctx, const struct uuid *refund,
                               const struct refund_item *item) {
    static const struct sql sql =
        SQL("INSERT INTO refund_items (refund, line, quantity, unsent, restock)"
            " SELECT seq, $1, $2, $3, $4 FROM refunds WHERE id = $5");
    return db_exec_deferred(ctx->db, &sql,
                            ARGS(db_int(item->line), db_int(item->quantity), db_int(item->unsent),
                                 db_int(item->restock), db_uuid(refund)));
}

enum status refund_claim_unsent(struct shop_ctx *ctx, const struct uuid *refund) {
    static const struct sql sql = SQL(
        "INSERT INTO refund_items (refund, line, quantity, unsent, restock)"
        " SELECT r.seq, i.line, " LINE_OWED ", " LINE_OWED ", " LINE_OWED
        " FROM refunds AS r JOIN order_items AS i ON i.order_seq = r.order_seq WHERE r.id = $1 AND " LINE_OWED
        " > 0 ON CONFLICT (refund, line) DO UPDATE SET quantity = refund_items.quantity + excluded.quantity,"
        " unsent = refund_items.unsent + excluded.unsent, restock = refund_items.restock + excluded.restock");
    return db_exec_deferred(ctx->db, &sql, ARGS(db_uuid(refund)));
}

enum status refund_write(struct shop_ctx *ctx, const struct refund *r) {
    static const struct sql sql =
        SQL("UPDATE refunds SET status = $1, failure_message = $2, provider_refund_id = $3, succeeded_at = $4"
            " WHERE id = $5");
    return db_exec_deferred(ctx->db, &sql,
                            ARGS(db_text(str_from(refund_status_names[r->status])),
                                 db_text(r->failure_message), db_text(r->provider_refund_id),
                                 db_maybe_int(r->succeeded_at), db_uuid(&r->id)));
}

/* ---- Reading. */

#define REFUND_COLUMNS                                                                                       \
    "r.seq, r.id, r.order_seq, r.payment, r.amount, r.shipping, r.status, r.origin, r.reason,"               \
    " r.failure_message, r.provider_refund_id, r.succeeded_at, r.created_at, r.notify, r.actor_kind, r.actor"
enum { refund_column_count = 16 };

static struct refund refund_read_row(struct shop_ctx *ctx, struct db_rows *rows) {
    return (struct refund){
        .seq = db_column_int(rows, 0),
        .id = db_column_uuid(rows, 1),
        .order_seq = db_column_int(rows, 2),
        .payment = db_column_int(rows, 3),
        .amount = db_column_int(rows, 4),
        .shipping = db_column_int(rows, 5),
        .status = db_column_enum(rows, 6, refund_status_names),
        .origin = db_column_enum(rows, 7, refund_origin_names),
        .reason = db_column_text(rows, 8, ctx->arena),
        .failure_message = db_column_text(rows, 9, ctx->arena),
        .provider_refund_id = db_column_text(rows, 10, ctx->arena),
        .succeeded_at = db_column_maybe_int(rows, 11),
        .created_at = db_column_int(rows, 12),
        .notify = db_column_int(rows, 13) != 0,
        .actor_kind = db_column_text(rows, 14, ctx->arena),
        .actor = db_column_text(rows, 15, ctx->arena),
    };
}

/* Reads all rows of a statement and finishes it; `has_currency`: that is the column behind those of a refund. */
static enum status refunds_read_rows(struct shop_ctx *ctx, struct db_rows *rows, bool has_currency,
                                     struct list *out) {
    struct refund *all = NULL;
    size_t count = 0, room = 0, size = sizeof *all;
    bool has_room = true;
    while (has_room && db_step(rows)) {
        if (count == room) {
            size_t wanted = room ? 2 * room : 4;
            struct refund *grown = arena_grow(ctx->arena, all, room * size, wanted * size);
            has_room = grown != NULL;
            all = has_room ? grown : all;
            room = wanted;
        }
        if (has_room)
            all[count++] = refund_read_row(ctx, rows);
        if (has_room && has_currency)
            all[count - 1].currency = db_column_text(rows, refund_column_count, ctx->arena);
    }
    *out = (struct list){all, count};
    enum status s = db_finish(rows);
    return has_room ? s : STATUS_NO_MEMORY;
}

static const struct sql find_sql = SQL("SELECT " REFUND_COLUMNS " FROM refunds AS r WHERE r.id = $1");

enum status refund_find(struct shop_ctx *ctx, const struct uuid *id, struct refund *out) {
    struct db_rows *rows = db_query(ctx->db, &find_sql, ARGS(db_uuid(id)));
    if (db_step(rows))
        *out = refund_read_row(ctx, rows);
    return db_finish_or(rows, STATUS_NOT_FOUND);
}

static const struct sql of_payment_sql =
    SQL("SELECT " REFUND_COLUMNS " FROM refunds AS r WHERE r.payment = $1 ORDER BY r.seq");

void refunds_of_payment_prefetch(struct shop_ctx *ctx, int64_t payment_seq) {
    db_prefetch(ctx->db, &of_payment_sql, ARGS(db_int(payment_seq)));
}

enum status refunds_of_payment(struct shop_ctx *ctx, int64_t payment_seq, struct list *out) {
    return refunds_read_rows(ctx, db_query(ctx->db, &of_payment_sql, ARGS(db_int(payment_seq))), false, out);
}

/* Puts the current row's item behind those of its refund. Room for items doubles. */
static bool refund_add_item(struct shop_ctx *ctx, struct db_rows *rows, struct refund *r) {
    struct refund_item *items = (struct refund_item *)r->items.data;
    size_t count = r->items.count, size = sizeof *items;
    if ((count & (count - 1)) == 0) { /* 0, or a power of two: it is full */
        items = arena_grow(ctx->arena, items, count * size, (count ? 2 * count : 1) * size);
        if (!items)
            return false;
    }
    items[count] = (struct refund_item){db_column_int(rows, 1), db_column_int(rows, 2),
                                        db_column_int(rows, 3), db_column_int(rows, 4)};
    r->items = (struct list){items, count + 1};
    return true;
}

/* Reads the items of refunds that are in the order of their seq. */
static enum status refunds_read_items(struct shop_ctx *ctx, struct db_rows *rows, struct list *refunds) {
    struct refund *all = (struct refund *)refunds->data;
    size_t at = 0;
    bool has_room = true;
    while (has_room && db_step(rows)) {
        while (at < refunds->count && all[at].seq < db_column_int(rows, 0))
            at++;
        if (at < refunds->count && all[at].seq == db_column_int(rows, 0))
            has_room = refund_add_item(ctx, rows, &all[at]);
    }
    enum status s = db_finish(rows);
    return has_room ? s : STATUS_NO_MEMORY;
}

/* On PostgreSQL the three statements travel together. */
enum status refunds_list(struct shop_ctx *ctx, const struct uuid *order, struct list *out) {
    static const struct sql order_sql = SQL("SELECT seq FROM orders WHERE id = $1");
    static const struct sql sql =
        SQL("SELECT " REFUND_COLUMNS
            ", p.currency FROM refunds AS r JOIN payments AS p ON p.seq = r.payment"
            " JOIN orders AS o ON o.seq = r.order_seq WHERE o.id = $1 ORDER BY r.seq");
    static const struct sql item_sql =
        SQL("SELECT ri.refund, ri.line, ri.quantity, ri.unsent, ri.restock FROM refund_items AS ri"
            " JOIN refunds AS r ON r.seq = ri.refund JOIN orders AS o ON o.seq = r.order_seq"
            " WHERE o.id = $1 ORDER BY ri.refund, ri.line");
    int64_t seq = 0; /* stays if there is no such order */
    db_prefetch(ctx->db, &order_sql, ARGS(db_uuid(order)));
    db_prefetch(ctx->db, &sql, ARGS(db_uuid(order)));
    db_prefetch(ctx->db, &item_sql, ARGS(db_uuid(order)));
    TRY(db_get_int(ctx->db, &order_sql, ARGS(db_uuid(order)), &seq));
    if (seq == 0)
        return STATUS_ORDER_NOT_FOUND;
    TRY(refunds_read_rows(ctx, db_query(ctx->db, &sql, ARGS(db_uuid(order))), true, out));
    return refunds_read_items(ctx, db_query(ctx->db, &item_sql, ARGS(db_uuid(order))), out);
}

static void refund_ask_read_row(struct shop_ctx *ctx, struct db_rows *rows, void *element) {
    struct refund_ask *out = element;
    (void)ctx;
    *out = (struct refund_ask){.id = db_column_uuid(rows, 0), .amount = db_column_int(rows, 1)};
}

enum status refunds_to_ask(struct shop_ctx *ctx, int64_t payment_seq, int64_t most, struct list *out) {
    static const struct sql sql =
        SQL("SELECT id, amount FROM refunds WHERE payment = $1 AND status = 'pending'"
            " ORDER BY seq DESC LIMIT $2");
    struct db_rows *rows = db_query(ctx->db, &sql, ARGS(db_int(payment_seq), db_int(most)));
    return row_list_read(ctx, rows, refund_ask_read_row, sizeof(struct refund_ask), most, out);
}
