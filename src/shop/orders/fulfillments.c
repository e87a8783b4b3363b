/* How it works. To send or to change a parcel is one transaction, in which each step follows from the one before:
 *
 *     lock the order → what is owed of each line → what is sent of it → the parcel and its items
 *                                                                           │
 *                      mail ← event ← entry of the timeline ← the order's status
 *
 * A change writes the row only if its status is still the one that was read, and is tried again otherwise.
 *
 * Parcels are read as a join with their items: a row for each item, those of one parcel behind each other. A new `seq`
 * begins the next parcel. */
#include "shop/orders/fulfillments.h"

#include "shop/orders/carriers.h"
#include "shop/orders/order_mail.h"
#include "shop/orders/owed.h"
#include "shop/outbox/event.h"

const char *const fulfillment_status_names[] = {"shipped", "delivered", "lost", "cancelled", NULL};

enum { fulfillment_rows_max = 5000 }; /* lines of all fulfilments of one order that are shown */

/* ---- Reading. */

#define FULFILLMENT_COLUMNS                                                                                  \
    "f.seq, f.order_seq, f.id, f.status, f.carrier, f.tracking_number, f.tracking_url, f.shipped_at,"        \
    " f.delivered_at, fi.line, fi.quantity"
#define FULFILLMENT_TABLES " FROM fulfillments AS f JOIN fulfillment_items AS fi ON fi.fulfillment = f.seq"

static struct fulfillment fulfillment_read_row(struct shop_ctx *ctx, struct db_rows *rows) {
    struct fulfillment f = {
        .seq = db_column_int(rows, 0),
        .order_seq = db_column_int(rows, 1),
        .id = db_column_uuid(rows, 2),
        .status = db_column_enum(rows, 3, fulfillment_status_names),
        .carrier = db_column_text(rows, 4, ctx->arena),
        .tracking_number = db_column_text(rows, 5, ctx->arena),
        .tracking_url = db_column_text(rows, 6, ctx->arena),
        .shipped_at = db_column_int(rows, 7),
        .delivered_at = db_column_maybe_int(rows, 8),
    };
    return f;
}

/* What the reader of a fulfilment follows: the given link, or else the carrier's. */
static void fulfillment_fill_link(struct shop_ctx *ctx, struct fulfillment *f) {
    if (!f->tracking_url.data)
        f->tracking_url = carrier_link(ctx->arena, f->carrier, f->tracking_number);
}

/* Adds the item of the current row. Room for items doubles, so that each is copied a bounded number of times. */
static bool fulfillment_add_item(struct shop_ctx *ctx, struct db_rows *rows, struct fulfillment *f) {
    struct fulfillment_item *items = (struct fulfillment_item *)f->items.data;
    size_t count = f->items.count, size = sizeof *items;
    if ((count & (count - 1)) == 0) { /* 0, or a power of two: it is full */
        items = arena_grow(ctx->arena, items, count * size, (count ? 2 * count : 1) * size);
        if (!items)
            return false;
    }
    items[count] = (struct fulfillment_item){db_column_int(rows, 9), db_column_int(rows, 10)};
    f->items = (struct list){items, count + 1};
    return true;
}

/* Reads all rows of a statement and finishes it. The rows of one fulfilment follow each other. */
static enum status fulfillments_read_rows(struct shop_ctx *ctx, struct db_rows *rows, struct list *out) {
    struct fulfillment *all = NULL;
    size_t count = 0, size = sizeof *all;
    bool has_room = true;
    while (has_room && db_step(rows)) {
        if (count == 0 || all[count - 1].seq != db_column_int(rows, 0)) {
            if ((count & (count - 1)) == 0) {
                struct fulfillment *grown =
                    arena_grow(ctx->arena, all, count * size, (count ? 2 * count : 1) * size);
                has_room = grown != NULL;
                all = has_room ? grown : all;
            }
            if (has_room)
                all[count++] = fulfillment_read_row(ctx, rows);
        }
        has_room = has_room && fulfillment_add_item(ctx, rows, &all[count - 1]);
    }
    *out = (struct list){all, count};
    enum status s = db_finish(rows);
    return has_room ? s : STATUS_NO_MEMORY;
}

static const struct sql fulfillments_sql = SQL("SELECT " FULFILLMENT_COLUMNS FULFILLMENT_TABLES
                                               " WHERE f.order_seq = $1 ORDER BY f.seq, fi.line LIMIT $2");

void fulfillments_prefetch(struct shop_ctx *ctx, int64_t order_seq) {
    db_prefetch(ctx->db, &fulfillments_sql, ARGS(db_int(order_seq), db_int(fulfillment_rows_max)));
}

enum status fulfillments_read(struct shop_ctx *ctx, int64_t order_seq, struct list *out) {
    TRY(fulfillments_read_rows(
        ctx, db_query(ctx->db, &fulfillments_sql, ARGS(db_int(order_seq), db_int(fulfillment_rows_max))),
        out));
    for (size_t i = 0; i < out->count; i++)
        fulfillment_fill_link(ctx, (struct fulfillment *)out->data + i);
    return STATUS_OK;
}

/* ---- Sending. */

/* An order that is about to be sent. */
struct sendable_order {
    int64_t seq;
    int status;
    struct str email;
    struct uuid id;
    struct sendable_line {
        int64_t owed, sent; /* still to be sent, and sent now */
        struct str name;
    } lines[order_lines_max];
    size_t count;
};

/* Locks an order, and reads what is owed of it. Lines are numbered from 0 without gaps. */
static enum status sendable_order_read(struct shop_ctx *ctx, const struct uuid *order,
                                       struct sendable_order *out) {
    static const struct sql sql =
        SQL("SELECT o.seq, o.status, c.email, coalesce(i.name, p.name), " LINE_OWED
            " FROM orders AS o"
            " JOIN order_items AS i ON i.order_seq = o.seq JOIN products AS p ON p.seq = i.product"
            " LEFT JOIN order_contacts AS c ON c.order_seq = o.seq WHERE o.id = $1 ORDER BY i.line LIMIT $2");
    *out = (struct sendable_order){.id = *order};
    TRY(order_lock(ctx, order));
    struct db_rows *rows = db_query(ctx->db, &sql, ARGS(db_uuid(order), db_int(order_lines_max)));
    while (db_step(rows)) {
        out->seq = db_column_int(rows, 0);
        out->status = db_column_enum(rows, 1, order_status_names);
        out->email = db_column_text(rows, 2, ctx->arena);
        out->lines[out->count++] = (struct sendable_line){.owed = db_column_int(rows, 4),
                                                          .name = db_column_text(rows, 3, ctx->arena)};
    }
    return db_finish_or(rows, STATUS_ORDER_NOT_FOUND);
}

/* Decides how much of each line is sent. */
static enum status fulfillment_choose(struct sendable_order *order, const struct list *wished) {
    const struct fulfillment_item *items = wished->data;
    bool is_all = !items, is_any = false;
    for (size_t i = 0; i < wished->count && !is_all; i++) {
        if (items[i].line >= (int64_t)order->count)
            return STATUS_NOTHING_TO_SHIP;
        struct sendable_line *line = &order->lines[items[i].line];
        if (items[i].quantity > line->owed - line->sent)
            return STATUS_NOTHING_TO_SHIP;
        line->sent += items[i].quantity;
    }
    for (size_t i = 0; i < order->count; i++) {
        if (is_all)
            order->lines[i].sent = order->lines[i].owed;
        is_any = is_any || order->lines[i].sent > 0;
    }
    return is_any ? STATUS_OK : STATUS_NOTHING_TO_SHIP;
}

/* The name of a carrier that is known, or what was given. */
static struct str fulfillment_carrier(struct str given) {
    const struct carrier *known = given.data ? carrier_find(given) : NULL;
    return known ? str_from(known->name) : given;
}

static enum status fulfillment_insert(struct shop_ctx *ctx, const struct sendable_order *order,
                                      struct fulfillment *f) {
    static const struct sql sql = SQL(
        "INSERT INTO fulfillments (id, order_seq, status, carrier, tracking_number, tracking_url, shipped_at)"
        " VALUES ($1, $2, 'shipped', $3, $4, $5, $6)");
    static const struct sql item_sql =
        SQL("INSERT INTO fulfillment_items (fulfillment, line, quantity)"
            " SELECT seq, $1, $2 FROM fulfillments WHERE id = $3");
    struct fulfillment_item *items = arena_array(ctx->arena, order->count, sizeof *items);
    size_t count = 0;
    if (!items)
        return STATUS_NO_MEMORY;
    TRY(db_exec_deferred(ctx->db, &sql,
                         ARGS(db_uuid(&f->id), db_int(order->seq), db_text(f->carrier),
                              db_text(f->tracking_number), db_text(f->tracking_url), db_int(f->shipped_at))));
    for (size_t i = 0; i < order->count; i++) {
        int64_t line = (int64_t)i, sent = order->lines[i].sent;
        if (sent == 0)
            continue;
        items[count++] = (struct fulfillment_item){line, sent};
        TRY(db_exec_deferred(ctx->db, &item_sql, ARGS(db_int(line), db_int(sent), db_uuid(&f->id))));
    }
    f->items = (struct list){items, count};
    return STATUS_OK;
}

/* Mails the shopper of an order that has an address of mail, if that is wanted. */
static enum status fulfillment_mail(struct shop_ctx *ctx, const struct sendable_order *order,
                                    struct maybe_bool notify, const struct fulfillment *f) {
    struct shipped_mail mail = {.to = order->email,
                                .order = &order->id,
                                .order_seq = order->seq,
                                .notify = notify,
                                .carrier = f->carrier,
                                .tracking_number = f->tracking_number,
                                .tracking_url = f->tracking_url};
    struct shipped_mail_line lines[order_lines_max];
    for (size_t i = 0; i < order->count; i++) {
        const struct sendable_line *line = &order->lines[i];
        mail.is_part = mail.is_part || line->sent < line->owed;
        if (line->sent > 0)
            lines[mail.count++] = (struct shipped_mail_line){line->name, line->sent};
    }
    mail.lines = lines;
    return shipped_mail_queue(ctx, &mail);
}

enum status fulfillment_add(struct shop_ctx *ctx, const struct uuid *order, const struct actor *actor,
                            const struct fulfillment_wish *wish, struct fulfillment *out) {
    struct sendable_order *sendable = ARENA_NEW(ctx->arena, struct sendable_order);
    if (!sendable)
        return STATUS_NO_MEMORY;
    TRY(sendable_order_read(ctx, order, sendable));
    int status = sendable->status;
    if (status != ORDER_PAID && status != ORDER_SHIPPED && status != ORDER_DELIVERED)
        return STATUS_ORDER_NOT_PAID;
    TRY(fulfillment_choose(sendable, &wish->items));
    *out = (struct fulfillment){.id = uuid_new(ctx->clock, ctx->random),
                                .status = FULFILLMENT_SHIPPED,
                                .carrier = fulfillment_carrier(wish->carrier),
                                .tracking_number = wish->tracking_number,
                                .tracking_url = wish->tracking_url,
                                .shipped_at = clock_now_us(ctx->clock),
                                .order_seq = sendable->seq};
    struct order_event_new event = {.kind = ORDER_EVENT_SHIPPED, .actor = actor, .subject = &out->id};
    TRY(fulfillment_insert(ctx, sendable, out));
    fulfillment_fill_link(ctx, out);
    TRY(order_update_shipping(ctx, sendable->seq));
    TRY(order_event_add(ctx, sendable->seq, &event));
    TRY(event_record_order(ctx, EVENT_ORDER_SHIPPED, sendable->seq));
    return fulfillment_mail(ctx, sendable, wish->notify, out);
}

/* ---- Changes. */

static enum status fulfillment_find(struct shop_ctx *ctx, const struct uuid *order, const struct uuid *id,
                                    struct fulfillment *out) {
    static const struct sql sql = SQL("SELECT " FULFILLMENT_COLUMNS FULFILLMENT_TABLES
                                      " JOIN orders AS o ON o.seq = f.order_seq WHERE o.id = $1 AND f.id = $2"
                                      " ORDER BY fi.line");
    struct list found;
    TRY(order_lock(ctx, order));
    TRY(fulfillments_read_rows(ctx, db_query(ctx->db, &sql, ARGS(db_uuid(order), db_uuid(id))), &found));
    if (found.count == 0)
        return STATUS_FULFILLMENT_NOT_FOUND;
    *out = *(const struct fulfillment *)found.data;
    return STATUS_OK;
}

static bool fulfillment_may_become(int from, int to) {
    if (from == FULFILLMENT_CANCELLED)
        return false;
    return to == from || from != FULFILLMENT_DELIVERED;
}

static enum status fulfillment_write(struct shop_ctx *ctx, const struct fulfillment *f, int was) {
    static const struct sql sql =
        SQL("UPDATE fulfillments SET status = $1, carrier = $2, tracking_number = $3, tracking_url = $4,"
            " delivered_at = $5 WHERE seq = $6 AND status = $7");
    return db_exec_deferred_or(ctx->db, &sql,
                               ARGS(db_text(str_from(fulfillment_status_names[f->status])),
                                    db_text(f->carrier), db_text(f->tracking_number),
                                    db_text(f->tracking_url), db_maybe_int(f->delivered_at), db_int(f->seq),
                                    db_text(str_from(fulfillment_status_names[was]))),
                               STATUS_RETRY);
}

/* Writes what follows from a parcel's new state. */
static enum status fulfillment_moved(struct shop_ctx *ctx, const struct fulfillment *f,
                                     const struct actor *actor) {
    static const enum order_event_kind kinds[] = {
        [FULFILLMENT_SHIPPED] = ORDER_EVENT_SHIPPED,
        [FULFILLMENT_DELIVERED] = ORDER_EVENT_DELIVERED,
        [FULFILLMENT_LOST] = ORDER_EVENT_LOST,
        [FULFILLMENT_CANCELLED] = ORDER_EVENT_SHIPMENT_CANCELLED,
    };
    struct order_event_new event = {.kind = kinds[f->status], .actor = actor, .subject = &f->id};
    TRY(order_update_shipping(ctx, f->order_seq));
    TRY(order_event_add(ctx, f->order_seq, &event));
    return f->status == FULFILLMENT_DELIVERED ? event_record_order(ctx, EVENT_ORDER_DELIVERED, f->order_seq)
                                              : STATUS_OK;
}

/* Mails the shopper that a parcel has arrived, if that is wanted. */
static enum status fulfillment_mail_arrival(struct shop_ctx *ctx, const struct uuid *order,
                                            struct maybe_bool notify, const struct fulfillment *f) {
    static const struct sql sql =
        SQL("SELECT c.email, o.status FROM orders AS o JOIN order_contacts AS c"
            " ON c.order_seq = o.seq WHERE o.seq = $1");
    struct order_mail mail = {
        .kind = MAIL_ORDER_DELIVERED, .order = order, .order_seq = f->order_seq, .notify = notify};
    bool is_wanted = false;
    TRY(order_mail_is_wanted(ctx, mail.kind, notify, &is_wanted));
    if (!is_wanted)
        return STATUS_OK;
    struct db_rows *rows = db_query(ctx->db, &sql, ARGS(db_int(f->order_seq)));
    if (db_step(rows)) {
        mail.to = db_column_text(rows, 0, ctx->arena);
        mail.is_part = db_column_enum(rows, 1, order_status_names) != ORDER_DELIVERED;
    }
    TRY(db_finish(rows));
    return order_mail_queue(ctx, &mail);
}

/* A cancelled parcel's units are to be sent again: not if the order is refunded, or if units were taken back after they had
 * been sent and no other parcel has them. */
static enum status fulfillment_check_cancel(struct shop_ctx *ctx, const struct fulfillment *f) {
    static const struct sql sql = SQL(
        "SELECT 1 FROM fulfillment_items AS item JOIN fulfillments AS f ON f.seq = item.fulfillment"
        " JOIN order_items AS i ON i.order_seq = f.order_seq AND i.line = item.line"
        " JOIN orders AS o ON o.seq = f.order_seq WHERE f.seq = $1 AND (o.status = 'refunded'"
        " OR " LINE_SHIPPED " - item.quantity < " LINE_REFUNDED " - " LINE_TAKEN_BACK("unsent") ") LIMIT 1");
    int64_t is_refunded = 0; /* stays if no row matched */
    TRY(db_get_int(ctx->db, &sql, ARGS(db_int(f->seq)), &is_refunded));
    return is_refunded ? STATUS_FULFILLMENT_REFUNDED : STATUS_OK;
}

enum status fulfillment_change(struct shop_ctx *ctx, const struct uuid *order, const struct uuid *id,
                               const struct actor *actor, const struct fulfillment_wish *wish,
                               struct fulfillment *before, struct fulfillment *out) {
    TRY(fulfillment_find(ctx, order, id, before));
    *out = *before;
    out->status = wish->status >= 0 ? wish->status : before->status;
    if (!fulfillment_may_become(before->status, out->status))
        return STATUS_FULFILLMENT_ENDED;
    if (out->status == FULFILLMENT_CANCELLED && before->status != FULFILLMENT_CANCELLED)
        TRY(fulfillment_check_cancel(ctx, before));
    if (wish->carrier.data)
        out->carrier = fulfillment_carrier(wish->carrier);
    if (wish->tracking_number.data)
        out->tracking_number = wish->tracking_number;
    if (wish->tracking_url.data)
        out->tracking_url = wish->tracking_url;
    if (out->status == FULFILLMENT_DELIVERED && !out->delivered_at.is_set)
        out->delivered_at = (struct maybe_int){true, clock_now_us(ctx->clock)};
    TRY(fulfillment_write(ctx, out, before->status));
    if (out->status != before->status)
        TRY(fulfillment_moved(ctx, out, actor));
    if (out->status != before->status && out->status == FULFILLMENT_DELIVERED)
        TRY(fulfillment_mail_arrival(ctx, order, wish->notify, out));
    fulfillment_fill_link(ctx, before);
    fulfillment_fill_link(ctx, out);
    return STATUS_OK;
}
