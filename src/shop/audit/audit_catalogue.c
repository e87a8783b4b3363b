/* The audit of products and categories.
 *
 * Products: for each, what was ever received = in stock + held by pending orders + taken by paid ones. The
 * orders' side is read first, as a sum for each product of a window (audit_windows), then the products are
 * read along with it: two scans, however many orders there are. The owner's adjustments of a product are a
 * chain: each adds its delta to what the one before had received, and the last has what the product has. The
 * tables of products that are sold out and scarce, which triggers keep, must have those whose stock is 0 or low.
 *
 * Categories: the list, which triggers keep, must say what counting the products says. There may be as many
 * categories as products, so nothing is kept for each. Instead both sides are added up in buckets:
 *
 *     bucket[hash(name) % 65,536]  +=  1 × audit_hash(hash(name))              for each active product
 *     bucket[hash(name) % 65,536]  -=  product_count × audit_hash(hash(name))  for each category of the list
 *
 * All buckets are zero if the two agree; that they are by chance although the two differ has a probability of
 * 2^-64 for each bucket. Only the categories of buckets that are not zero are counted one by one. */
#include "shop/audit/checks.h"

#include "shop/catalogue/catalogue.h"
#include "shop/schema/scarce.h"
#include "shop/synonyms/synonyms.h"

#include <inttypes.h>

enum { buckets = 1 << 16 }; /* of 8 bytes: half a MiB */

/* ---- Products. */

struct product_claims {
    int64_t held,
        taken; /* by pending and by paid orders, less what was restocked; -1 if the sum does not fit 64 bits */
    int64_t adjusted; /* stock_received after the last adjustment, if there is any */
    bool is_adjusted, is_broken;
    bool is_sold_out, is_scarce; /* say the tables of these */
};

/* Adds to a sum that stays -1 once it has overflowed. */
static void audit_add_quantity(int64_t *sum, int64_t quantity) {
    if (*sum < 0 || __builtin_add_overflow(*sum, quantity, sum))
        *sum = -1;
}

/* Adds up what orders hold and have taken of the products of a window. */
static enum status audit_read_claims(struct auditor *a, int64_t first, int64_t end,
                                     struct product_claims *claims) {
    static const struct sql sql =
        SQL("SELECT l.product, l.quantity, o.status <> 'pending' FROM order_items AS l"
            " JOIN orders AS o ON o.seq = l.order_seq"
            " WHERE o.status NOT IN ('cancelled', 'expired') AND l.product >= $1 AND l.product < $2");
    static const struct sql restock_sql =
        SQL("SELECT i.product, ri.restock FROM refunds AS r JOIN refund_items AS ri ON ri.refund = r.seq"
            " JOIN order_items AS i ON i.order_seq = r.order_seq AND i.line = ri.line"
            " WHERE r.succeeded_at IS NOT NULL AND ri.restock > 0 AND i.product >= $1 AND i.product < $2");
    struct db_rows *rows = db_query(a->ctx->db, &sql, ARGS(db_int(first), db_int(end)));
    while (db_step(rows)) {
        struct product_claims *c = &claims[db_column_int(rows, 0) - first];
        audit_add_quantity(db_column_int(rows, 2) ? &c->taken : &c->held, db_column_int(rows, 1));
    }
    TRY(db_finish(rows));
    rows = db_query(a->ctx->db, &restock_sql, ARGS(db_int(first), db_int(end)));
    while (db_step(rows))
        audit_add_quantity(&claims[db_column_int(rows, 0) - first].taken, -db_column_int(rows, 1));
    return db_finish(rows);
}

/* Follows the chains of adjustments of a window's products. */
static enum status audit_read_adjustments(struct auditor *a, int64_t first, int64_t end,
                                          struct product_claims *claims) {
    static const struct sql sql =
        SQL("SELECT product, delta, received FROM stock_adjustments"
            " WHERE product >= $1 AND product < $2 ORDER BY product, seq");
    struct db_rows *rows = db_query(a->ctx->db, &sql, ARGS(db_int(first), db_int(end)));
    while (db_step(rows)) {
        struct product_claims *c = &claims[db_column_int(rows, 0) - first];
        int64_t received = db_column_int(rows, 2), before;
        bool fits = !__builtin_sub_overflow(received, db_column_int(rows, 1), &before);
        c->is_broken |= !fits || (c->is_adjusted && before != c->adjusted);
        c->is_adjusted = true;
        c->adjusted = received;
    }
    return db_finish(rows);
}

static enum status audit_read_sold_out(struct auditor *a, int64_t first, int64_t end,
                                       struct product_claims *claims) {
    static const struct sql sql = SQL("SELECT seq FROM sold_out WHERE seq >= $1 AND seq < $2");
    static const struct sql scarce_sql = SQL("SELECT seq FROM scarce WHERE seq >= $1 AND seq < $2");
    struct db_rows *rows = db_query(a->ctx->db, &sql, ARGS(db_int(first), db_int(end)));
    while (db_step(rows))
        claims[db_column_int(rows, 0) - first].is_sold_out = true;
    TRY(db_finish(rows));
    rows = db_query(a->ctx->db, &scarce_sql, ARGS(db_int(first), db_int(end)));
    while (db_step(rows))
        claims[db_column_int(rows, 0) - first].is_scarce = true;
    return db_finish(rows);
}

static void audit_check_product(struct auditor *a, struct db_rows *rows, const struct product_claims *c) {
    char id[audit_id_size];
    struct uuid uuid = db_column_uuid(rows, 1);
    int64_t stock = db_column_int(rows, 2), received = db_column_int(rows, 3), sum = stock;
    a->out->products++;
    if (stock < 0)
        audit_breach(a, "product %s: its stock is %" PRId64, audit_id(&uuid, id), stock);
    if (c->is_sold_out != (stock == 0))
        audit_breach(a, "product %s: its stock is %" PRId64 ", but searches take it for %s",
                     audit_id(&uuid, id), stock, c->is_sold_out ? "sold out" : "in stock");
    if (c->is_scarce != (stock < SCARCE_BELOW_NUMBER))
        audit_breach(a, "product %s: its stock is %" PRId64 ", but the staff's list takes it for %s",
                     audit_id(&uuid, id), stock, c->is_scarce ? "scarce" : "plentiful");
    if (c->is_broken || (c->is_adjusted && c->adjusted != received))
        audit_breach(a, "product %s: %" PRId64 " received, but its adjustments do not add up to that",
                     audit_id(&uuid, id), received);
    bool fits = c->held >= 0 && c->taken >= 0 && !__builtin_add_overflow(sum, c->held, &sum) &&
                !__builtin_add_overflow(sum, c->taken, &sum);
    if (!fits || sum != received)
        audit_breach(a,
                     "product %s: %" PRId64 " received, but %" PRId64 " in stock, %" PRId64
                     " held by pending orders and %" PRId64 " taken by paid ones",
                     audit_id(&uuid, id), received, stock, c->held, c->taken);
}

static enum status audit_check_products_window(struct auditor *a, int64_t first, int64_t end, void *claims) {
    static const struct sql sql =
        SQL("SELECT seq, id, stock_quantity, stock_received FROM products"
            " WHERE seq >= $1 AND seq < $2 ORDER BY seq");
    struct product_claims *c = claims;
    TRY(audit_read_claims(a, first, end, c));
    TRY(audit_read_adjustments(a, first, end, c));
    TRY(audit_read_sold_out(a, first, end, c));
    struct db_rows *rows = db_query(a->ctx->db, &sql, ARGS(db_int(first), db_int(end)));
    while (db_step(rows))
        audit_check_product(a, rows, &c[db_column_int(rows, 0) - first]);
    return db_finish(rows);
}

enum status audit_products(struct auditor *a) {
    static const struct sql last_sql = SQL("SELECT coalesce(max(seq), 0) FROM products");
    return audit_windows(a, &last_sql, sizeof(struct product_claims), audit_check_products_window);
}

/* ---- Categories. */

/* Adds one side to the buckets, with `sign` 1 or -1, and its number of rows to `count`. */
static enum status audit_sum_categories(struct auditor *a, const struct sql *sql, int64_t sign,
                                        uint64_t *sums, int64_t *count) {
    struct db_rows *rows = db_query(a->ctx->db, sql, NO_ARGS);
    for (; db_step(rows); ++*count) {
        uint64_t hash = audit_hash_text(db_column_bytes(rows, 0));
        sums[hash % buckets] += (uint64_t)(sign * db_column_int(rows, 1)) * audit_hash(1, hash);
    }
    return db_finish(rows);
}

static enum status audit_check_category(struct auditor *a, struct str name, int64_t counted) {
    static const struct sql sql =
        SQL("SELECT count(*) FROM products WHERE is_active = 1 AND category = $1"
            " AND " VISIBLE_PRODUCT);
    int64_t products = 0;
    enum status s = db_get_int(a->ctx->db, &sql, ARGS(db_text(name)), &products);
    if (s == STATUS_OK && products != counted)
        audit_breach(a, "category '%.*s': counts %" PRId64 " active products and has %" PRId64,
                     (int)(name.size < 100 ? name.size : 100), name.data, counted, products);
    return s;
}

/* Counts the categories of buckets that are not zero one by one, and reports those that differ. */
static enum status audit_report_categories(struct auditor *a, const uint64_t *sums) {
    static const struct sql sql = SQL("SELECT name, product_count FROM categories ORDER BY name");
    enum status s = STATUS_OK;
    struct db_rows *rows = db_query(a->ctx->db, &sql, NO_ARGS);
    while (s == STATUS_OK && a->out->breaches < audit_lines_max && db_step(rows)) {
        struct str name = db_column_bytes(rows, 0);
        if (sums[audit_hash_text(name) % buckets])
            s = audit_check_category(a, name, db_column_int(rows, 1));
    }
    enum status finished = db_finish(rows);
    return s == STATUS_OK ? finished : s;
}

/* Reports active products whose category the list lacks. */
static enum status audit_check_listed(struct auditor *a) {
    static const struct sql sql =
        SQL("SELECT p.id FROM products AS p WHERE p.is_active = 1"
            " AND p." VISIBLE_PRODUCT
            " AND NOT EXISTS (SELECT 1 FROM categories AS c WHERE c.name = p.category)");
    char id[audit_id_size];
    struct db_rows *rows = db_query(a->ctx->db, &sql, NO_ARGS);
    while (db_step(rows)) {
        struct uuid uuid = db_column_uuid(rows, 0);
        audit_breach(a, "product %s: is active and its category is not in the list", audit_id(&uuid, id));
    }
    return db_finish(rows);
}

enum status audit_categories(struct auditor *a) {
    static const struct sql products =
        SQL("SELECT category, 1 FROM products WHERE is_active = 1 AND " VISIBLE_PRODUCT);
    static const struct sql categories = SQL("SELECT name, product_count FROM categories");
    uint64_t *sums = arena_array(a->ctx->arena, buckets, sizeof *sums), wrong = 0;
    int64_t active = 0;
    if (!sums)
        return STATUS_NO_MEMORY;
    enum status s = audit_sum_categories(a, &products, 1, sums, &active);
    if (s == STATUS_OK)
        s = audit_sum_categories(a, &categories, -1, sums, &a->out->categories);
    for (size_t i = 0; i < buckets; i++)
        wrong |= sums[i];
    if (s == STATUS_OK && wrong)
        s = audit_report_categories(a, sums);
    arena_reset(a->ctx->arena);
    return s == STATUS_OK ? audit_check_listed(a) : s;
}

/* ---- Synonyms. */

enum status audit_synonyms(struct auditor *a) {
    bool sound;
    TRY(synonyms_check(a->ctx, &sound));
    arena_reset(a->ctx->arena);
    if (!sound)
        audit_breach(
            a, "synonyms: a search finds others than the list says; write the list again (till synonyms)");
    return STATUS_OK;
}
