#include "shop/audit_checks.h"

#include "shop/catalogue.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

enum {
    line_size = 256,
    window = 1 << 20,  /* products or orders at a time: 16 or 24 MiB; a larger shop is read in turns */
    buckets = 1 << 16, /* of categories, by their hash: half a MiB */
};

void audit_breach(struct auditor *a, const char *format, ...) {
    char line[line_size];
    va_list args;
    if (a->out->breaches++ >= audit_lines_max)
        return;
    va_start(args, format);
    vsnprintf(line, sizeof line, format, args);
    va_end(args);
    a->report(a->context, line);
}

const char *audit_id(const struct uuid *id, char out[static audit_id_size]) {
    uuid_format(id, out);
    out[uuid_text_size] = '\0';
    return out;
}

static enum status read_max(struct auditor *a, const struct sql *sql, int64_t *out) {
    struct db_rows *rows = db_query(a->tx->db, sql, NO_ARGS);
    while (db_step(rows))
        *out = db_column_int(rows, 0);
    return db_finish(rows);
}

/* A hash of 64 bits (splitmix64's finish), to compare two sets by their sums: that two different ones have
 * the same sum happens by chance once in 2^64. */
static uint64_t mix(uint64_t seed, uint64_t value) {
    uint64_t x = seed * 0x9E3779B97F4A7C15u + value + 0x632BE59BD9B4E019u;
    x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9u;
    x = (x ^ (x >> 27)) * 0x94D049BB133111EBu;
    return x ^ (x >> 31);
}

static uint64_t mix_text(struct str text) {
    uint64_t hash = text.size;
    for (size_t i = 0; i < text.size; i++)
        hash = mix(hash, (unsigned char)text.at[i]);
    return hash;
}

/* ---- Products: received = in stock + held + taken. */

struct claims {
    int64_t held, taken; /* by pending and by paid orders; -1 where they do not fit 64 bits */
};

static void claim(int64_t *sum, int64_t quantity) {
    if (*sum < 0 || __builtin_add_overflow(*sum, quantity, sum))
        *sum = -1;
}

static enum status read_claims(struct auditor *a, int64_t first, int64_t end, struct claims *claims) {
    static const struct sql sql = {
        "SELECT l.product, l.quantity, o.status = 'paid' FROM order_items AS l"
        " JOIN orders AS o ON o.seq = l.order_seq"
        " WHERE o.status IN ('pending', 'paid') AND l.product >= $1 AND l.product < $2",
        NULL};
    struct db_rows *rows = db_query(a->tx->db, &sql, ARGS(db_int(first), db_int(end)));
    while (db_step(rows)) {
        struct claims *c = &claims[db_column_int(rows, 0) - first];
        claim(db_column_int(rows, 2) ? &c->taken : &c->held, db_column_int(rows, 1));
    }
    return db_finish(rows);
}

static void check_product(struct auditor *a, struct db_rows *rows, const struct claims *c) {
    char id[audit_id_size];
    struct uuid uuid = db_column_uuid(rows, 1);
    int64_t stock = db_column_int(rows, 2), received = db_column_int(rows, 3), sum = stock;
    a->out->products++;
    if (stock < 0)
        audit_breach(a, "product %s: its stock is %" PRId64, audit_id(&uuid, id), stock);
    bool fits = c->held >= 0 && c->taken >= 0 && !__builtin_add_overflow(sum, c->held, &sum) &&
                !__builtin_add_overflow(sum, c->taken, &sum);
    if (!fits || sum != received)
        audit_breach(a,
                     "product %s: %" PRId64 " received, but %" PRId64 " in stock, %" PRId64
                     " held by pending orders and %" PRId64 " taken by paid ones",
                     audit_id(&uuid, id), received, stock, c->held, c->taken);
}

static enum status check_products_window(struct auditor *a, int64_t first, int64_t end,
                                         struct claims *claims) {
    static const struct sql sql = {
        "SELECT seq, id, stock_quantity, stock_received FROM products"
        " WHERE seq >= $1 AND seq < $2 ORDER BY seq",
        NULL};
    enum status s = read_claims(a, first, end, claims);
    if (s != STATUS_OK)
        return s;
    struct db_rows *rows = db_query(a->tx->db, &sql, ARGS(db_int(first), db_int(end)));
    while (db_step(rows))
        check_product(a, rows, &claims[db_column_int(rows, 0) - first]);
    return db_finish(rows);
}

static enum status check_products(struct auditor *a) {
    static const struct sql last_sql = {"SELECT coalesce(max(seq), 0) FROM products", NULL};
    int64_t last = 0;
    enum status s = read_max(a, &last_sql, &last);
    for (int64_t first = 1; first <= last && s == STATUS_OK; first += window) {
        int64_t size = last - first + 1 < window ? last - first + 1 : window;
        struct claims *claims = arena_array(a->tx->arena, (size_t)size, sizeof *claims);
        s = claims ? check_products_window(a, first, first + size, claims) : STATUS_NO_MEMORY;
        arena_reset(a->tx->arena);
    }
    return s;
}

/* ---- Categories: each counts its active products. */

static enum status sum_categories(struct auditor *a, const struct sql *sql, int64_t sign, uint64_t *sums,
                                  int64_t *count) {
    struct db_rows *rows = db_query(a->tx->db, sql, NO_ARGS);
    for (; db_step(rows); ++*count) {
        uint64_t hash = mix_text(db_column_bytes(rows, 0));
        sums[hash % buckets] += (uint64_t)(sign * db_column_int(rows, 1)) * mix(1, hash);
    }
    return db_finish(rows);
}

static enum status check_category(struct auditor *a, struct str name, int64_t counted) {
    static const struct sql sql = {
        "SELECT count(*) FROM products WHERE is_active = 1 AND category = $1"
        " AND " SEEN_PRODUCT,
        NULL};
    int64_t products = 0;
    struct db_rows *rows = db_query(a->tx->db, &sql, ARGS(db_text(name)));
    while (db_step(rows))
        products = db_column_int(rows, 0);
    enum status s = db_finish(rows);
    if (s == STATUS_OK && products != counted)
        audit_breach(a, "category '%.*s': counts %" PRId64 " active products and has %" PRId64,
                     (int)(name.size < 100 ? name.size : 100), name.at, counted, products);
    return s;
}

/* Counts again, one by one, the categories whose sums are not zero. */
static enum status name_categories(struct auditor *a, const uint64_t *sums) {
    static const struct sql sql = {"SELECT name, product_count FROM categories ORDER BY name", NULL};
    enum status s = STATUS_OK;
    struct db_rows *rows = db_query(a->tx->db, &sql, NO_ARGS);
    while (s == STATUS_OK && a->out->breaches < audit_lines_max && db_step(rows)) {
        struct str name = db_column_bytes(rows, 0);
        if (sums[mix_text(name) % buckets])
            s = check_category(a, name, db_column_int(rows, 1));
    }
    enum status finished = db_finish(rows);
    return s == STATUS_OK ? finished : s;
}

static enum status check_categories_listed(struct auditor *a) {
    static const struct sql sql = {
        "SELECT p.id FROM products AS p WHERE p.is_active = 1"
        " AND p." SEEN_PRODUCT " AND NOT EXISTS (SELECT 1 FROM categories AS c WHERE c.name = p.category)",
        NULL};
    char id[audit_id_size];
    struct db_rows *rows = db_query(a->tx->db, &sql, NO_ARGS);
    while (db_step(rows)) {
        struct uuid uuid = db_column_uuid(rows, 0);
        audit_breach(a, "product %s: is active and its category is not in the list", audit_id(&uuid, id));
    }
    return db_finish(rows);
}

static enum status check_categories(struct auditor *a) {
    static const struct sql products = {
        "SELECT category, 1 FROM products WHERE is_active = 1 AND " SEEN_PRODUCT, NULL};
    static const struct sql categories = {"SELECT name, product_count FROM categories", NULL};
    uint64_t *sums = arena_array(a->tx->arena, buckets, sizeof *sums), wrong = 0;
    int64_t active = 0;
    if (!sums)
        return STATUS_NO_MEMORY;
    enum status s = sum_categories(a, &products, 1, sums, &active);
    if (s == STATUS_OK)
        s = sum_categories(a, &categories, -1, sums, &a->out->categories);
    for (size_t i = 0; i < buckets; i++)
        wrong |= sums[i];
    if (s == STATUS_OK && wrong)
        s = name_categories(a, sums);
    arena_reset(a->tx->arena);
    return s == STATUS_OK ? check_categories_listed(a) : s;
}

/* ---- Carts. */

/* Reads along the index that keeps it so, and so finds one that is damaged or gone. */
static enum status check_carts(struct auditor *a) {
    static const struct sql sql = {
        "SELECT count(*), p.id FROM cart_items AS c JOIN products AS p ON p.seq = c.product"
        " GROUP BY c.session, c.product",
        "SELECT count(*), p.id FROM cart_items AS c JOIN products AS p ON p.seq = c.product"
        " GROUP BY c.session, c.product, p.id"};
    char id[audit_id_size];
    struct db_rows *rows = db_query(a->tx->db, &sql, NO_ARGS);
    while (db_step(rows)) {
        struct uuid product = db_column_uuid(rows, 1);
        int64_t lines = db_column_int(rows, 0);
        a->out->cart_lines += lines;
        if (lines > 1)
            audit_breach(a, "product %s: has %" PRId64 " lines in one cart", audit_id(&product, id), lines);
    }
    return db_finish(rows);
}

/* ---- Orders: total, lines, movements. */

enum movement { RESERVED, RETURNED, SOLD };

/* What the lines and the status of an order ask of its movements, less the movements there are. */
struct ledger {
    uint64_t difference; /* a sum of hashes; 0 where they agree */
    int32_t lines;
    int32_t moved[3]; /* movements by enum movement, for whoever has to find out */
};

static uint64_t movement_hash(enum movement kind, int64_t order, int64_t product, int64_t quantity) {
    return mix(mix(mix((uint64_t)kind, (uint64_t)order), (uint64_t)product), (uint64_t)quantity);
}

struct order_row {
    int64_t seq, total;
    struct uuid id;
    unsigned moves[3]; /* how often each of its lines is moved, by enum movement */
};

static enum status read_lines(struct auditor *a, const struct order_row *order, struct ledger *ledger) {
    static const struct sql sql = {
        "SELECT product, quantity, price_at_purchase FROM order_items"
        " WHERE order_seq = $1 ORDER BY line",
        NULL};
    char id[audit_id_size];
    int64_t total = 0, amount;
    bool fits = true;
    struct db_rows *rows = db_query(a->tx->db, &sql, ARGS(db_int(order->seq)));
    for (; db_step(rows); ledger->lines++) {
        int64_t product = db_column_int(rows, 0), quantity = db_column_int(rows, 1);
        fits = fits && !__builtin_mul_overflow(db_column_int(rows, 2), quantity, &amount) &&
               !__builtin_add_overflow(total, amount, &total);
        for (enum movement kind = RESERVED; kind <= SOLD; kind++)
            ledger->difference += order->moves[kind] * movement_hash(kind, order->seq, product, quantity);
    }
    enum status s = db_finish(rows);
    if (s == STATUS_OK && ledger->lines == 0)
        audit_breach(a, "order %s: has no lines", audit_id(&order->id, id));
    else if (s == STATUS_OK && !fits)
        audit_breach(a, "order %s: its lines come to more than 64 bits hold", audit_id(&order->id, id));
    else if (s == STATUS_OK && total != order->total)
        audit_breach(a, "order %s: its total is %" PRId64 " and its lines come to %" PRId64,
                     audit_id(&order->id, id), order->total, total);
    return s;
}

static enum status read_orders(struct auditor *a, int64_t first, int64_t end, struct ledger *ledgers) {
    static const struct sql sql = {
        "SELECT seq, total_amount, id, retaken, CASE WHEN status IN ('paid', 'refunded') THEN 1 ELSE 0 END,"
        " CASE WHEN status IN ('cancelled', 'expired', 'refunded') THEN 1 ELSE 0 END"
        " FROM orders WHERE seq >= $1 AND seq < $2 ORDER BY seq",
        NULL};
    enum status s = STATUS_OK;
    struct db_rows *rows = db_query(a->tx->db, &sql, ARGS(db_int(first), db_int(end)));
    for (; s == STATUS_OK && db_step(rows); a->out->orders++) {
        unsigned again = (unsigned)db_column_int(rows, 3);
        struct order_row order = {db_column_int(rows, 0),
                                  db_column_int(rows, 1),
                                  db_column_uuid(rows, 2),
                                  {[RESERVED] = 1 + again,
                                   [RETURNED] = (unsigned)db_column_int(rows, 5) + again,
                                   [SOLD] = (unsigned)db_column_int(rows, 4)}};
        s = read_lines(a, &order, &ledgers[order.seq - first]);
    }
    enum status finished = db_finish(rows);
    return s == STATUS_OK ? finished : s;
}

static enum status read_movements(struct auditor *a, int64_t first, int64_t end, struct ledger *ledgers) {
    static const struct sql sql = {
        "SELECT order_seq, CASE kind WHEN 'reserved' THEN 0 WHEN 'returned' THEN 1 ELSE 2 END,"
        " product, quantity FROM stock_movements WHERE order_seq >= $1 AND order_seq < $2",
        NULL};
    struct db_rows *rows = db_query(a->tx->db, &sql, ARGS(db_int(first), db_int(end)));
    for (; db_step(rows); a->out->movements++) {
        int64_t order = db_column_int(rows, 0);
        enum movement kind = (enum movement)db_column_int(rows, 1);
        struct ledger *l = &ledgers[order - first];
        l->difference -= movement_hash(kind, order, db_column_int(rows, 2), db_column_int(rows, 3));
        l->moved[kind]++;
    }
    return db_finish(rows);
}

static enum status name_order(struct auditor *a, int64_t seq, const struct ledger *l) {
    static const struct sql sql = {"SELECT id, status FROM orders WHERE seq = $1", NULL};
    char id[audit_id_size];
    bool found = false;
    struct db_rows *rows = db_query(a->tx->db, &sql, ARGS(db_int(seq)));
    while (db_step(rows)) {
        struct uuid uuid = db_column_uuid(rows, 0);
        struct str status = db_column_bytes(rows, 1);
        found = true;
        audit_breach(
            a, "order %s: %.*s with %d lines, and its movements differ: %d reserved, %d returned, %d sold",
            audit_id(&uuid, id), (int)status.size, status.at, l->lines, l->moved[RESERVED],
            l->moved[RETURNED], l->moved[SOLD]);
    }
    if (!found)
        audit_breach(a, "order number %" PRId64 ": is not there, but has movements", seq);
    return db_finish(rows);
}

static enum status check_orders_window(struct auditor *a, int64_t first, int64_t end,
                                       struct ledger *ledgers) {
    enum status s = read_orders(a, first, end, ledgers);
    if (s == STATUS_OK)
        s = read_movements(a, first, end, ledgers);
    for (int64_t i = 0; i < end - first && s == STATUS_OK; i++)
        if (ledgers[i].difference != 0)
            s = name_order(a, first + i, &ledgers[i]);
    return s;
}

static enum status check_orders(struct auditor *a) {
    static const struct sql last_sql = {"SELECT coalesce(max(seq), 0) FROM orders", NULL};
    int64_t last = 0;
    enum status s = read_max(a, &last_sql, &last);
    for (int64_t first = 1; first <= last && s == STATUS_OK; first += window) {
        int64_t size = last - first + 1 < window ? last - first + 1 : window;
        struct ledger *ledgers = arena_array(a->tx->arena, (size_t)size, sizeof *ledgers);
        s = ledgers ? check_orders_window(a, first, first + size, ledgers) : STATUS_NO_MEMORY;
        arena_reset(a->tx->arena);
    }
    return s;
}

/* What is given back finds its product by it, so one that came twice would be given back once. */
static enum status check_products_once(struct auditor *a) {
    static const struct sql sql = {
        "SELECT o.id, l.line, m.line FROM order_items AS l"
        " JOIN order_items AS m ON m.order_seq = l.order_seq AND m.line > l.line AND m.product = l.product"
        " JOIN orders AS o ON o.seq = l.order_seq",
        NULL};
    char id[audit_id_size];
    struct db_rows *rows = db_query(a->tx->db, &sql, NO_ARGS);
    while (db_step(rows)) {
        struct uuid order = db_column_uuid(rows, 0);
        audit_breach(a, "order %s: its lines %" PRId64 " and %" PRId64 " are of one product",
                     audit_id(&order, id), db_column_int(rows, 1), db_column_int(rows, 2));
    }
    return db_finish(rows);
}

enum status audit_run(struct tx *tx, audit_report *report, void *context, struct audit *out) {
    static enum status (*const checks[])(struct auditor *) = {
        check_products, check_categories, check_carts, check_orders, check_products_once, audit_payments};
    struct auditor auditor = {.tx = tx, .report = report, .context = context, .out = out};
    enum status s = STATUS_OK;
    *out = (struct audit){0};
    for (size_t i = 0; i < sizeof checks / sizeof *checks && s == STATUS_OK; i++)
        s = checks[i](&auditor);
    return s;
}
