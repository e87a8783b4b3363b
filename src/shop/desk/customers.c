/* Customers by email address.
 *
 * How it works: there is no table of customers. order_contacts_email has the address and the number of each order, so the
 * next address is one search in it, however many orders the one before has:
 *
 *     ann@x 3    ann@x 7    ann@x 9    bob@x 1    bob@x 8    cid@x 5
 *     └── step ────────────────────────└── step ────────────└── step …
 *
 * A page takes as many steps as it has rows. For each it looks up the latest order and adds up customer_orders_max of the
 * newest, so a page costs the same in a shop of a million orders. A name's start gives addresses by order_contacts_name:
 * those of the first 2,000 orders with such a name, which are all but for a start that very many have.
 *
 * A cursor is the seq of an order: the next page is behind its email address. So no address is in a cursor. */
#include "shop/desk/customers.h"

#include "shop/desk/daily_totals.h"
#include "shop/desk/prefix_range.h"
#include "shop/email_key.h"
#include "shop/index/text.h"
#include "shop/orders/order_details.h"
#include "shop/row_list.h"

/* clang-format off */
#define BEHIND "(SELECT b.email_key FROM order_contacts AS b WHERE b.order_seq = $2)"
/* The first step starts at the previous page's last address, if `q` has it (n = 0, so that it is not returned). As a second lower
 * bound of the first search it would be a filter to SQLite, which would read all addresses before it. */
#define BEHIND_STEP "(SELECT b.email_key FROM order_contacts AS b WHERE b.email_key >= $1 AND b.order_seq = $2)"
#define STEPS                                                                                                \
    "WITH RECURSIVE step (email_key, n) AS ("                                                                \
    "SELECT coalesce(" BEHIND_STEP ", (SELECT min(c.email_key) FROM order_contacts AS c"                     \
    " WHERE c.email_key >= $1 AND c.email_key < $3)), CASE WHEN " BEHIND_STEP " IS NULL THEN 1 ELSE 0 END"   \
    " UNION ALL SELECT (SELECT min(c.email_key) FROM order_contacts AS c WHERE c.email_key > s.email_key"    \
    " AND c.email_key < $3), s.n + 1 FROM step AS s WHERE s.email_key IS NOT NULL AND s.n < $4),"            \
    " page AS (SELECT email_key FROM (SELECT email_key FROM step WHERE email_key IS NOT NULL AND n > 0"      \
    " UNION SELECT email_key FROM (SELECT email_key FROM order_contacts WHERE name_key >= $5"               \
    " AND name_key < $6 ORDER BY name_key LIMIT 2000) AS named"                                              \
    " WHERE email_key > coalesce(" BEHIND ", '')) AS u ORDER BY email_key LIMIT $4) "
#define NEWEST                                                                                               \
    "(SELECT k.order_seq FROM order_contacts AS k WHERE k.email_key = p.email_key"                           \
    " ORDER BY k.order_seq DESC LIMIT $7) AS n"
#define PAID                                                                                                 \
    " FROM " NEWEST " JOIN orders AS t ON t.seq = n.order_seq"                                               \
    " WHERE t.status IN ('paid', 'shipped', 'delivered')"
#define CUSTOMERS(sum)                                                                                       \
    STEPS "SELECT o.seq, o.id, o.created_at, c.email, coalesce(c.shipping_name, c.billing_name),"            \
    " coalesce(c.shipping_country, c.billing_country), (SELECT count(*) FROM " NEWEST "),"                   \
    " (SELECT count(*)" PAID "), (SELECT " sum PAID " AND t.currency = $8)"                                  \
    " FROM page AS p"
#define LATEST "(SELECT max(m.order_seq) FROM order_contacts AS m WHERE m.email_key = p.email_key)"
static const struct sql customers_sql = {
    CUSTOMERS("CAST(min(total(t.total_amount), 9007199254740991.0) AS INTEGER)")
    " JOIN order_contacts AS c ON c.order_seq = " LATEST " JOIN orders AS o ON o.seq = c.order_seq"
    " ORDER BY p.email_key",
    CUSTOMERS("CAST(least(coalesce(sum(t.total_amount), 0), 9007199254740991) AS bigint)")
    " JOIN LATERAL (SELECT * FROM order_contacts AS k WHERE k.order_seq = " LATEST " LIMIT 1) AS c ON true"
    " JOIN LATERAL (SELECT * FROM orders AS k WHERE k.seq = c.order_seq LIMIT 1) AS o ON true"
    " ORDER BY p.email_key"};
/* clang-format on */

/* What `q` may be the start of. Without `q`: of every email address, and of no name. */
static enum status customer_ranges(struct shop_ctx *ctx, struct str q, struct prefix_range *email,
                                   struct prefix_range *name) {
    char *room = arena_alloc(ctx->arena, order_name_key_max);
    struct str key = email_key(ctx->arena, q);
    if (!room || !key.data)
        return STATUS_NO_MEMORY;
    *name = (struct prefix_range){.from = {0}};
    if (q.size > 0)
        TRY(prefix_range_make(ctx->arena, (struct str){room, text_fold(q, room, order_name_key_max)}, name));
    return prefix_range_make(ctx->arena, key, email);
}

static void customer_read(struct shop_ctx *ctx, struct db_rows *rows, void *element) {
    struct customer *out = element;
    *out = (struct customer){
        .seq = db_column_int(rows, 0),
        .last_order_id = db_column_uuid(rows, 1),
        .last_order_at = db_column_int(rows, 2),
        .email = db_column_text(rows, 3, ctx->arena),
        .name = db_column_text(rows, 4, ctx->arena),
        .country = db_column_text(rows, 5, ctx->arena),
        .orders = db_column_int(rows, 6),
        .paid_orders = db_column_int(rows, 7),
        .spent = db_column_int(rows, 8),
    };
}

enum status customers_list(struct shop_ctx *ctx, const struct customer_filter *filter, struct list *out,
                           int64_t *next) {
    struct prefix_range email, name;
    *next = 0;
    TRY(customer_ranges(ctx, str_trim(filter->q), &email, &name));
    struct db_rows *rows =
        db_query(ctx->db, &customers_sql,
                 ARGS(db_text(email.from), db_int(filter->cursor), db_text(email.to), db_int(filter->limit),
                      db_text(name.from), db_text(name.to), db_int(customer_orders_max),
                      db_text(str_from(ctx->settings->currency))));
    TRY(row_list_read(ctx, rows, customer_read, sizeof(struct customer), filter->limit, out));
    const struct customer *customers = out->data;
    if ((int64_t)out->count == filter->limit)
        *next = customers[out->count - 1].seq;
    return STATUS_OK;
}
