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
 *                            a mail address's start    order_contacts_email
 *                            a name's start            order_contacts_name
 *
 * Of a word that many names begin with, the candidates alone would take long. But then there are many among the newest
 * 5,000 orders, so these are looked through first, and the indexes are asked only if they do not fill the page.
 *
 * SQLite uses one upper bound of an index, so the lesser of two is computed.
 *
 * Times need no index: an id begins with its milliseconds, so the index of ids says from which seq to which the orders
 * of these times are. The clocks of several nodes may differ: clock_slack_us allows for that, and the times themselves
 * are compared as well.
 *
 * PostgreSQL does not know the LIMIT when it plans, and might read whole tables in order to join them. So it gets each
 * row of a page by a subquery with a LIMIT of its own, which can only be looked up. */
#include "shop/desk/order_search.h"

#include "base/buf.h"
#include "shop/email_key.h"
#include "shop/index/text.h"
#include "shop/orders/order_details.h"

/* By as much may the ids of orders be out of the order of their seq (an hour). */
#define clock_slack_us (INT64_C(3600) * 1000000)

/* clang-format off */
#define ROW_COLUMNS                                                                                          \
    "SELECT o.seq, o.id, o.status, o.total_amount, o.currency, o.created_at, c.email,"                       \
    " coalesce(c.shipping_name, c.billing_name), coalesce(c.shipping_country, c.billing_country),"           \
    " (SELECT CAST(coalesce(sum(i.quantity), 0) AS bigint) FROM order_items AS i WHERE i.order_seq = o.seq)"
#define CONTACT " LEFT JOIN order_contacts AS c ON c.order_seq = o.seq"
#define CONTACT_POSTGRES                                                                                     \
    " LEFT JOIN LATERAL (SELECT * FROM order_contacts AS k WHERE k.order_seq = o.seq LIMIT 1) AS c ON true"
#define OF_TIMES(least)                                                                                      \
    " o.seq >= coalesce((SELECT seq FROM orders WHERE id >= $1 ORDER BY id LIMIT 1), 9223372036854775807)"   \
    " AND o.seq < " least "(coalesce((SELECT seq FROM orders WHERE id < $2 ORDER BY id DESC LIMIT 1), 0) + 1, $3)" \
    " AND o.created_at >= $4 AND o.created_at < $5"
#define ORDERS_OF(least, contact)                                                                            \
    ROW_COLUMNS " FROM orders AS o" contact " WHERE" OF_TIMES(least) " ORDER BY o.seq DESC LIMIT $6"
#define ORDERS_IN(least, contact)                                                                            \
    ROW_COLUMNS " FROM orders AS o" contact " WHERE" OF_TIMES(least)                                         \
    " AND o.status = $6 ORDER BY o.seq DESC LIMIT $7"
#define RECENT(least, contact)                                                                               \
    ROW_COLUMNS " FROM orders AS o" contact " WHERE o.seq < $1"                                              \
    " AND o.seq >= " least "($1, (SELECT max(seq) FROM orders) + 1) - 5000"                                  \
    " AND (c.email_key >= $2 AND c.email_key < $3 OR c.name_key >= $4 AND c.name_key < $5)"                  \
    " AND o.created_at >= $6 AND o.created_at < $7 AND ($8 = '' OR o.status = $8) ORDER BY o.seq DESC LIMIT $9"
#define CANDIDATES(suffix)                                                                                   \
    "WITH found AS (SELECT seq FROM orders WHERE id = $1"                                                    \
    " UNION SELECT seq FROM orders WHERE " suffix " = $2"                                                    \
    " UNION SELECT order_seq FROM order_contacts WHERE email_key >= $3 AND email_key < $4"                   \
    " UNION SELECT order_seq FROM order_contacts WHERE name_key >= $5 AND name_key < $6) "
#define PAGE_OF_FOUND                                                                                        \
    " FROM (SELECT f.seq FROM found AS f WHERE f.seq < $7 AND ($8 = 0 OR"                                    \
    " (SELECT count(*) FROM orders AS s WHERE s.seq = f.seq AND s.created_at >= $9 AND s.created_at < $10"   \
    " AND ($11 = '' OR s.status = $11)) = 1) ORDER BY f.seq DESC LIMIT $12) AS page"
static const struct sql all_sql = {ORDERS_OF("min", CONTACT), ORDERS_OF("least", CONTACT_POSTGRES)};
static const struct sql status_sql = {ORDERS_IN("min", CONTACT), ORDERS_IN("least", CONTACT_POSTGRES)};
static const struct sql recent_sql = {
    RECENT("min", " CROSS JOIN order_contacts AS c ON c.order_seq = o.seq"), RECENT("least", CONTACT_POSTGRES)};
static const struct sql found_sql = {
    CANDIDATES("substr(id, 11)") ROW_COLUMNS PAGE_OF_FOUND " JOIN orders AS o ON o.seq = page.seq" CONTACT
    " ORDER BY o.seq DESC",
    CANDIDATES("substr(uuid_send(id), 11)") ROW_COLUMNS PAGE_OF_FOUND
    " JOIN LATERAL (SELECT * FROM orders AS k WHERE k.seq = page.seq LIMIT 1) AS o ON true" CONTACT_POSTGRES
    " ORDER BY page.seq DESC"};
/* clang-format on */

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

static struct db_rows *order_search_times(struct shop_ctx *ctx, const struct order_filter *f,
                                          const struct id_range *ids) {
    struct str status = f->status < 0 ? STR("") : str_from(order_status_names[f->status]);
    struct db_value first[] = {db_uuid(&ids->from), db_uuid(&ids->to), db_int(f->before),
                               db_int(f->from_us),  db_int(f->to_us),  db_int(f->limit)};
    struct db_value all[] = {first[0], first[1], first[2], first[3], first[4], db_text(status), first[5]};
    return f->status < 0 ? db_query(ctx->db, &all_sql, first, sizeof first / sizeof *first)
                         : db_query(ctx->db, &status_sql, all, sizeof all / sizeof *all);
}

/* The texts that begin with `from`: from it to before `to`. Absent: no text does. */
struct prefix_range {
    struct str from, to;
};

/* Puts the last code point behind a prefix, that no text has. STATUS_NO_MEMORY. */
static enum status prefix_range_make(struct arena *arena, struct str prefix, struct prefix_range *out) {
    static const struct str last = {"\xF4\x8F\xBF\xBF", 4};
    struct buf end = buf_new(arena);
    buf_put(&end, prefix);
    buf_put(&end, last);
    *out = (struct prefix_range){prefix, buf_str(&end)};
    return buf_ok(&end) ? STATUS_OK : STATUS_NO_MEMORY;
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

static struct db_rows *order_search_recent(struct shop_ctx *ctx, const struct order_filter *f,
                                           const struct order_wanted *w) {
    struct str status = f->status < 0 ? STR("") : str_from(order_status_names[f->status]);
    return db_query(ctx->db, &recent_sql,
                    ARGS(db_int(f->before), db_text(w->email.from), db_text(w->email.to),
                         db_text(w->name.from), db_text(w->name.to), db_int(f->from_us), db_int(f->to_us),
                         db_text(status), db_int(f->limit)));
}

static struct db_rows *order_search_found(struct shop_ctx *ctx, const struct order_filter *f,
                                          const struct order_wanted *w) {
    struct str status = f->status < 0 ? STR("") : str_from(order_status_names[f->status]);
    bool is_narrowed = f->status >= 0 || f->from_us > 0 || f->to_us < INT64_MAX;
    return db_query(ctx->db, &found_sql,
                    ARGS(w->id, w->suffix, db_text(w->email.from), db_text(w->email.to),
                         db_text(w->name.from), db_text(w->name.to), db_int(f->before), db_int(is_narrowed),
                         db_int(f->from_us), db_int(f->to_us), db_text(status), db_int(f->limit)));
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
    };
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

static enum status order_search_words(struct shop_ctx *ctx, const struct order_filter *f, struct list *out) {
    struct order_wanted wanted;
    TRY(order_wanted_read(ctx, f, &wanted));
    TRY(order_search_read(ctx, order_search_recent(ctx, f, &wanted), f, out));
    if (out->count == (size_t)f->limit)
        return STATUS_OK;
    return order_search_read(ctx, order_search_found(ctx, f, &wanted), f, out);
}

enum status order_search(struct shop_ctx *ctx, const struct order_filter *filter, struct list *out,
                         int64_t *next) {
    struct order_row *orders = arena_array(ctx->arena, (size_t)filter->limit, sizeof *orders);
    struct id_range ids = order_filter_ids(filter);
    *out = (struct list){orders, 0};
    *next = 0;
    if (!orders)
        return STATUS_NO_MEMORY;
    TRY(str_trim(filter->q).size > 0
            ? order_search_words(ctx, filter, out)
            : order_search_read(ctx, order_search_times(ctx, filter, &ids), filter, out));
    if (out->count == (size_t)filter->limit)
        *next = orders[out->count - 1].seq;
    return STATUS_OK;
}
