/* The price of some units of a line is what they add to what is given back of it:
 *
 *     share(k) = (price × quantity − discount, + tax if it is not in the price) × k / quantity, rounded to the nearest unit
 *     price of the next n units = share(given back + n) − share(given back)
 *
 * So the parts add up to the whole line however it is split. Of the units, those that were not sent are taken first. */
#include "shop/payments/refunds/refund_plan.h"

#include "shop/orders/owed.h"

/* A line of the order, and what is taken back of it now. */
struct plan_line {
    int64_t quantity, total; /* units; minor units for all of them */
    int64_t owed, refunded;  /* units that are still to be sent; that were taken back before */
    int64_t taken, restock;  /* units: now */
};

struct plan {
    struct plan_line lines[order_lines_max];
    size_t count;
    int64_t shipping_left; /* minor units */
};

static const struct sql plan_sql =
    SQL("SELECT i.quantity, i.quantity * i.price_at_purchase - coalesce(l.discount, 0)"
        " + CASE coalesce(t.tax_included, 1) WHEN 1 THEN 0 ELSE coalesce(l.tax, 0) END, " LINE_OWED
        ", " LINE_REFUNDED
        ", coalesce(t.shipping + CASE t.tax_included WHEN 1 THEN 0 ELSE t.shipping_tax END, 0)"
        " - (SELECT CAST(coalesce(sum(r.shipping), 0) AS bigint) FROM refunds AS r"
        " WHERE r.order_seq = i.order_seq AND " REFUND_COUNTS
        ")"
        " FROM order_items AS i LEFT JOIN order_totals AS t ON t.order_seq = i.order_seq"
        " LEFT JOIN order_line_totals AS l ON l.order_seq = i.order_seq AND l.line = i.line"
        " WHERE i.order_seq = $1 ORDER BY i.line LIMIT $2");

void refund_plan_prefetch(struct shop_ctx *ctx, int64_t order_seq) {
    db_prefetch(ctx->db, &plan_sql, ARGS(db_int(order_seq), db_int(order_lines_max)));
}

static enum status plan_read(struct shop_ctx *ctx, int64_t order_seq, struct plan *out) {
    struct db_rows *rows = db_query(ctx->db, &plan_sql, ARGS(db_int(order_seq), db_int(order_lines_max)));
    while (db_step(rows)) {
        out->lines[out->count++] = (struct plan_line){.quantity = db_column_int(rows, 0),
                                                      .total = db_column_int(rows, 1),
                                                      .owed = db_column_int(rows, 2),
                                                      .refunded = db_column_int(rows, 3)};
        out->shipping_left = db_column_int(rows, 4);
    }
    return db_finish(rows);
}

static enum status plan_take_items(struct plan *plan, const struct list *wished) {
    const struct refund_item_wish *items = wished->data;
    for (size_t i = 0; i < wished->count; i++) {
        if (items[i].line >= (int64_t)plan->count)
            return STATUS_REFUND_TOO_LARGE;
        struct plan_line *line = &plan->lines[items[i].line];
        int64_t unsent_before = line->taken < line->owed ? line->taken : line->owed;
        if (items[i].quantity > line->quantity - line->refunded - line->taken)
            return STATUS_REFUND_TOO_LARGE;
        line->taken += items[i].quantity;
        int64_t unsent = (line->taken < line->owed ? line->taken : line->owed) - unsent_before;
        line->restock += !items[i].restock.is_set ? unsent : items[i].restock.value ? items[i].quantity : 0;
    }
    return STATUS_OK;
}

/* total × k / quantity, rounded half up. */
static int64_t plan_share(const struct plan_line *line, int64_t k) {
    __int128 doubled = (__int128)line->total * k * 2 + line->quantity;
    return (int64_t)(doubled / line->quantity / 2);
}

/* Adds up what the items and the shipping cost. False if it does not fit. */
static bool plan_price(const struct plan *plan, int64_t shipping, int64_t *out) {
    *out = shipping;
    for (size_t i = 0; i < plan->count; i++) {
        const struct plan_line *line = &plan->lines[i];
        int64_t price = plan_share(line, line->refunded + line->taken) - plan_share(line, line->refunded);
        if (__builtin_add_overflow(*out, price, out))
            return false;
    }
    return true;
}

static enum status plan_write_items(struct shop_ctx *ctx, const struct plan *plan, struct list *out) {
    struct refund_item *items = arena_array(ctx->arena, order_lines_max, sizeof *items);
    size_t count = 0;
    if (!items)
        return STATUS_NO_MEMORY;
    for (size_t i = 0; i < plan->count; i++) {
        const struct plan_line *line = &plan->lines[i];
        int64_t unsent = line->taken < line->owed ? line->taken : line->owed;
        if (line->taken > 0)
            items[count++] = (struct refund_item){(int64_t)i, line->taken, unsent, line->restock};
    }
    *out = (struct list){items, count};
    return STATUS_OK;
}

enum status refund_plan(struct shop_ctx *ctx, const struct payment *p, const struct refund_wish *wish,
                        struct refund *out) {
    struct plan *plan = ARENA_NEW(ctx->arena, struct plan);
    if (!plan)
        return STATUS_NO_MEMORY;
    out->amount = p->amount - p->refund_reserved;
    if (wish->is_rest)
        return STATUS_OK;
    out->shipping = wish->shipping.is_set ? wish->shipping.value : 0;
    TRY(plan_read(ctx, p->order_seq, plan));
    TRY(plan_take_items(plan, &wish->items));
    if (out->shipping > plan->shipping_left || !plan_price(plan, out->shipping, &out->amount))
        return STATUS_REFUND_TOO_LARGE;
    if (wish->amount.is_set)
        out->amount = wish->amount.value;
    return plan_write_items(ctx, plan, &out->items);
}
