/* The staff's list of orders.
 *
 * How it works: one statement reads a page, so a shop of a million orders answers as fast as a small one. Each way to
 * look for orders has a statement of its own, which an index leads:
 *
 *     nothing, or times    orders by seq, downwards
 *     a status             orders_status, downwards
 *     q                    candidates, of which the newest are a page:
 *                            the order's id            orders.id
 *                            its number                orders_suffix: the last 48 of the number's 50 bits
 *                            an email address's start    order_contacts_email
 *                            a name's start            order_contacts_name
 *     paid at              orders_closed, downwards; a cursor is the seq of an order, whose closed_at is looked up. A status
 *                          that few orders have leads instead
 *     a payment failed at  the newest orders as below, then candidates by payments_failed
 *
 * Of a word that many names begin with, the candidates alone would take long. But then there are many among the newest
 * 5,000 orders of the status and the times that are asked for, so these are looked through first, unless the word is an order's
 * id or number. The indexes are asked only if they do not fill the page, and if there are others of the status.
 *
 * Times need no index: an id begins with its milliseconds, so the index of ids says from which seq to which the orders
 * of these times are. The clocks of several nodes may differ: clock_slack_us allows for that, and the times themselves
 * are compared as well.
 *
 * The statements are in order_search_sql.c. */
#include "shop/desk/order_search.h"

#include "shop/desk/order_search_sql.h"
#include "shop/desk/prefix_range.h"
#include "shop/email_key.h"
#include "shop/index/text.h"
#include "shop/orders/order_details.h"

#include <string.h>

/* By as much may the ids of orders be out of the order of their seq (an hour). */
#define clock_slack_us (INT64_C(3600) * 1000000)

/* The least id of a time. */
static struct uuid order_first_id(int64_t us) {
    struct uuid id = {.bytes = {0}};
    uint64_t ms = us > 0 ? (uint64_t)us / 1000 : 0;
    for (int i = 0; i < 6; i++)
        id.bytes[i] = (uint8_t)(ms >> (40 - 8 * i));
    return id;
}

/* The ids that the times of a filter may have. The statement's parameters point to them until it is finished. */
struct id_range {
    struct uuid from, to;
};

static struct id_range order_filter_ids(const struct order_filter *f) {
    struct id_range ids = {.from = order_first_id(f->from_us - clock_slack_us)};
    memset(ids.to.bytes, 0xFF, sizeof ids.to.bytes);
    if (f->to_us < INT64_MAX - clock_slack_us)
        ids.to = order_first_id(f->to_us + clock_slack_us);
    return ids;
}

/* The name of the status that is asked for; empty: any. */
static struct str order_filter_status(const struct order_filter *f) {
    return f->status < 0 ? STR("") : str_from(order_status_names[f->status]);
}

static struct db_rows *order_search_times(struct shop_ctx *ctx, const struct order_filter *f,
                                          const struct id_range *ids) {
    struct db_value first[] = {db_uuid(&ids->from), db_uuid(&ids->to), db_int(f->before),
                               db_int(f->from_us),  db_int(f->to_us),  db_int(f->limit)};
    struct db_value all[] = {
        first[0], first[1], first[2], first[3], first[4], db_text(order_filter_status(f)), first[5]};
    return f->status < 0 ? db_query(ctx->db, &order_search_all_sql, first, sizeof first / sizeof *first)
                         : db_query(ctx->db, &order_search_status_sql, all, sizeof all / sizeof *all);
}

static struct db_rows *order_search_by_time(struct shop_ctx *ctx, const struct order_filter *f,
                                            const struct sql *sql) {
    return db_query(ctx->db, sql,
                    ARGS(db_int(f->from_us), db_int(f->to_us), db_int(f->before),
                         db_text(order_filter_status(f)), db_int(f->limit)));
}

/* Whether there are so few orders of the filter's status, of the ids and before the cursor, that all can be looked at. */
static enum status order_status_is_rare(struct shop_ctx *ctx, const struct order_filter *f,
                                        const struct id_range *ids, int64_t before, bool *is_rare) {
    int64_t count = orders_looked_max;
    if (f->status >= 0)
        TRY(db_get_int(
            ctx->db, &order_search_count_sql,
            ARGS(db_uuid(&ids->from), db_uuid(&ids->to), db_int(before), db_text(order_filter_status(f))),
            &count));
    *is_rare = count < orders_looked_max;
    return STATUS_OK;
}

static struct db_rows *order_search_late(struct shop_ctx *ctx, const struct order_filter *f,
                                         const struct id_range *ids) {
    return db_query(ctx->db, &order_search_late_sql[f->status >= 0],
                    ARGS(db_uuid(&ids->from), db_uuid(&ids->to), db_int(f->before),
                         db_text(order_filter_status(f)), db_int(f->from_us), db_int(f->to_us),
                         db_int(f->limit)));
}

/* What `q` may stand for. */
struct order_wanted {
    struct db_value id, suffix; /* NULL: it is not one */
    struct uuid id_room;
    uint8_t suffix_room[6];
    struct prefix_range email, name;
};

static enum status order_wanted_read(struct shop_ctx *ctx, const struct order_filter *f,
                                     struct order_wanted *out) {
    uint64_t bits;
    char *name = arena_alloc(ctx->arena, order_name_key_max);
    struct str q = str_trim(f->q), email = email_key(ctx->arena, q);
    if (!name || !email.data)
        return STATUS_NO_MEMORY;
    *out = (struct order_wanted){.id = {.kind = DB_NULL}, .suffix = {.kind = DB_NULL}};
    if (uuid_parse(q, &out->id_room, NULL))
        out->id = db_uuid(&out->id_room);
    if (order_number_parse(q, &bits)) {
        for (size_t i = 0; i < sizeof out->suffix_room; i++)
            out->suffix_room[i] = (uint8_t)(bits >> (40 - 8 * i));
        out->suffix = db_blob((struct str){(const char *)out->suffix_room, sizeof out->suffix_room});
    }
    TRY(f->has_mail ? prefix_range_make(ctx->arena, email, &out->email) : STATUS_OK);
    struct str folded = {name, text_fold(q, name, order_name_key_max)};
    return prefix_range_make(ctx->arena, folded, &out->name);
}

static struct db_rows *order_search_named(struct shop_ctx *ctx, const struct order_filter *f,
                                          const struct id_range *ids, const struct order_wanted *w) {
    return db_query(ctx->db, &order_search_named_sql[f->status >= 0],
                    ARGS(db_uuid(&ids->from), db_uuid(&ids->to), db_int(f->before),
                         db_text(order_filter_status(f)), db_text(w->email.from), db_text(w->email.to),
                         db_text(w->name.from), db_text(w->name.to), db_int(f->from_us), db_int(f->to_us),
                         db_int(f->limit)));
}

static struct db_rows *order_search_found(struct shop_ctx *ctx, const struct order_filter *f,
                                          const struct id_range *ids, const struct order_wanted *w) {
    bool is_narrowed = f->status >= 0 || f->from_us > 0 || f->to_us < INT64_MAX;
    return db_query(ctx->db, &order_search_found_sql,
                    ARGS(db_uuid(&ids->from), db_uuid(&ids->to), db_int(f->before), w->id, w->suffix,
                         db_text(w->email.from), db_text(w->email.to), db_text(w->name.from),
                         db_text(w->name.to), db_int(is_narrowed), db_int(f->from_us), db_int(f->to_us),
                         db_text(order_filter_status(f)), db_int(f->limit)));
}

static void order_row_read(struct shop_ctx *ctx, struct db_rows *rows, bool has_mail, struct order_row *out) {
    *out = (struct order_row){
        .seq = db_column_int(rows, 0),
        .id = db_column_uuid(rows, 1),
        .status = db_column_enum(rows, 2, order_status_names),
        .total_amount = db_column_int(rows, 3),
        .currency = db_column_text(rows, 4, ctx->arena),
        .created_at = db_column_int(rows, 5),
        .email = has_mail ? db_column_text(rows, 6, ctx->arena) : (struct str){0},
        .name = db_column_text(rows, 7, ctx->arena),
        .country = db_column_text(rows, 8, ctx->arena),
        .item_count = db_column_int(rows, 9),
        .refunded_amount = db_column_int(rows, 10),
    };
    out->is_partly_shipped =
        (struct maybe_bool){true, out->status == ORDER_PAID && db_column_int(rows, 11) > 0};
    order_number_format(&out->id, out->number_room);
    out->number = (struct str){out->number_room, order_number_size};
}

/* Reads the rows of a page and finishes its statement. */
static enum status order_search_read(struct shop_ctx *ctx, struct db_rows *rows, const struct order_filter *f,
                                     struct list *out) {
    size_t count = 0, limit = (size_t)f->limit;
    struct order_row *orders = (struct order_row *)out->data;
    for (; count < limit && db_step(rows); count++)
        order_row_read(ctx, rows, f->has_mail, &orders[count]);
    out->count = count;
    return db_finish(rows);
}

static enum status order_search_words(struct shop_ctx *ctx, const struct order_filter *f,
                                      const struct id_range *ids, struct list *out) {
    struct order_wanted wanted;
    bool is_rare;
    TRY(order_wanted_read(ctx, f, &wanted));
    bool is_one = wanted.id.kind != DB_NULL || wanted.suffix.kind != DB_NULL;
    if (!is_one) {
        TRY(order_search_read(ctx, order_search_named(ctx, f, ids, &wanted), f, out));
        if (out->count == (size_t)f->limit)
            return STATUS_OK;
        TRY(order_status_is_rare(ctx, f, ids, f->before, &is_rare));
        if (is_rare)
            return STATUS_OK;
    }
    return order_search_read(ctx, order_search_found(ctx, f, ids, &wanted), f, out);
}

static enum status order_search_failed(struct shop_ctx *ctx, const struct order_filter *f, struct list *out) {
    struct order_filter placed_at_any_time = {.to_us = INT64_MAX};
    struct id_range ids = order_filter_ids(&placed_at_any_time);
    bool is_rare;
    TRY(order_search_read(ctx, order_search_late(ctx, f, &ids), f, out));
    if (out->count == (size_t)f->limit)
        return STATUS_OK;
    TRY(order_status_is_rare(ctx, f, &ids, f->before, &is_rare));
    return is_rare ? STATUS_OK
                   : order_search_read(ctx, order_search_by_time(ctx, f, &order_search_failed_sql), f, out);
}

static enum status order_search_paid(struct shop_ctx *ctx, const struct order_filter *f, struct list *out) {
    struct order_filter placed_at_any_time = {.to_us = INT64_MAX};
    struct id_range ids = order_filter_ids(&placed_at_any_time);
    bool is_rare;
    if (f->status == ORDER_PENDING || f->status == ORDER_CANCELLED || f->status == ORDER_EXPIRED)
        return STATUS_OK;
    TRY(order_status_is_rare(ctx, f, &ids, INT64_MAX, &is_rare));
    if (!is_rare)
        return order_search_read(ctx, order_search_by_time(ctx, f, &order_search_paid_sql), f, out);
    return order_search_read(ctx,
                             db_query(ctx->db, &order_search_paid_few_sql,
                                      ARGS(db_text(order_filter_status(f)), db_int(f->from_us),
                                           db_int(f->to_us), db_int(f->before), db_int(f->limit))),
                             f, out);
}

enum status order_search(struct shop_ctx *ctx, const struct order_filter *filter, struct list *out,
                         int64_t *next) {
    struct order_row *orders = arena_array(ctx->arena, (size_t)filter->limit, sizeof *orders);
    struct id_range ids = order_filter_ids(filter);
    *out = (struct list){orders, 0};
    *next = 0;
    if (!orders)
        return STATUS_NO_MEMORY;
    if (filter->by == ORDER_TIME_PAID)
        TRY(order_search_paid(ctx, filter, out));
    else if (filter->by == ORDER_TIME_PAYMENT_FAILED)
        TRY(order_search_failed(ctx, filter, out));
    else if (str_trim(filter->q).size > 0)
        TRY(order_search_words(ctx, filter, &ids, out));
    else
        TRY(order_search_read(ctx, order_search_times(ctx, filter, &ids), filter, out));
    if (out->count == (size_t)filter->limit)
        *next = orders[out->count - 1].seq;
    return STATUS_OK;
}
