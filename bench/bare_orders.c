/* The yardstick for carts, orders and payments: the time that SQLite itself takes for the statements of
 * src/shop/orders and src/shop/payments, durable on the same disk, without HTTP, JSON, queue and provider.
 *
 *     bare_orders DATABASE order|add|checkout|sync BATCH SECONDS
 *
 * DATABASE is one that bench/orders.py has filled; it is changed. BATCH orders (or adds) share a commit. A
 * checkout is the seven transactions of its five requests, and BATCH checkouts share each of them. `sync` measures
 * the disk without SQLite: it writes as many bytes as the commit of an order adds to the WAL, and calls fdatasync
 * once. Prints one line of JSON. */
#include "bare_sqlite.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    lines = 3,
    checkout_lines = 2,
    sessions = 20000, /* of adds; as in orders.py */
    products = 1000,
    checkouts = 200000,
    order_pages = 13,  /* WAL pages of one order of three lines, if it is alone in its commit */
    page_bytes = 4120, /* 4096, and 24 of the frame's header */
    ring_pages = 1000, /* after so many SQLite starts the WAL from its beginning */
    syncs_max = 10000000,
};

#define minute_us INT64_C(60000000)

static struct {
    sqlite3_stmt *session, *product, *cart_lines;
    sqlite3_stmt *target, *use, *put;
    sqlite3_stmt *find_line, *take, *order, *item, *movements, *empty;
    sqlite3_stmt *beginning, *payment, *load, *load_own, *attempt, *write, *close;
} sql;

#define PAYMENT_COLUMNS                                                                                      \
    "p.seq, p.order_seq, p.id, o.id, p.provider, p.provider_payment_id, p.amount, p.currency, p.status,"     \
    " p.failure_message, p.created_at, p.attempts, o.status, p.surplus, p.refund, coalesce(p.due_at, 0),"    \
    " CASE WHEN p.wrong_amount IS NULL THEN 0 ELSE 1 END, coalesce(p.wrong_amount, 0), p.wrong_currency"

static void prepare_carts(void) {
    sql.session = prepare("SELECT session FROM cart_items WHERE id = $1");
    sql.cart_lines = prepare("SELECT count(*) FROM cart_items");
    sql.product = prepare("SELECT id FROM products WHERE seq = $1 - 1 + (SELECT min(seq) FROM products)");
    sql.target = prepare(
        "SELECT p.id, p.name, p.description, p.price, p.stock_quantity * p.is_active, p.category,"
        " p.image_url, p.seq,"
        " (SELECT count(*) FROM cart_items AS c WHERE c.session = $1 AND c.product <> p.seq),"
        " coalesce((SELECT used_at FROM carts WHERE session = $1), 0)"
        " FROM products AS p WHERE p.id = $2 AND p.is_active = 1"
        " AND p.seq < (SELECT staged_seq FROM catalogue)");
    sql.use = prepare(
        "INSERT INTO carts (session, used_at) VALUES ($1, $2)"
        " ON CONFLICT (session) DO UPDATE SET used_at = excluded.used_at WHERE carts.used_at < $3");
    sql.put = prepare(
        "INSERT INTO cart_items (id, session, product, quantity, created_at) VALUES ($1, $2, $3, $4, $5)"
        " ON CONFLICT (session, product) DO UPDATE SET quantity = cart_items.quantity + excluded.quantity"
        " WHERE cart_items.quantity + excluded.quantity <= $6 RETURNING id, quantity");
}

static void prepare_orders(void) {
    sql.find_line = prepare(
        "SELECT c.seq, c.product, c.quantity, p.id FROM cart_items AS c"
        " JOIN products AS p ON p.seq = c.product WHERE c.id = $1 AND c.session = $2");
    sql.take = prepare(
        "UPDATE products SET stock_quantity = stock_quantity - $1"
        " WHERE seq = $2 AND is_active = 1 AND stock_quantity >= $1 RETURNING price");
    sql.order = prepare(
        "INSERT INTO orders (id, session, total_amount, currency, status, created_at, expires_at)"
        " VALUES ($1, $2, $3, $4, 'pending', $5, $6) RETURNING seq");
    sql.item = prepare(
        "INSERT INTO order_items (order_seq, line, product, quantity, price_at_purchase)"
        " VALUES ($1, $2, $3, $4, $5)");
    sql.movements = prepare(
        "INSERT INTO stock_movements (product, order_seq, kind, quantity, created_at)"
        " SELECT product, order_seq, $1, quantity, $2 FROM order_items"
        " WHERE order_seq = $3 ORDER BY line");
    sql.empty = prepare(
        "DELETE FROM cart_items WHERE session = $1 AND product IN"
        " (SELECT product FROM order_items WHERE order_seq = $2)");
}

static void prepare_payments(void) {
    sql.beginning = prepare(
        "SELECT " PAYMENT_COLUMNS
        ", o.seq, o.total_amount, o.currency FROM orders AS o"
        " LEFT JOIN payments AS p ON p.order_seq = o.seq AND (p.status = 'pending' OR p.due_at IS NOT NULL)"
        " WHERE o.id = $1 AND o.session = $2 ORDER BY p.seq");
    sql.payment = prepare(
        "INSERT INTO payments (id, order_seq, provider, amount, currency, status, created_at, changed_at, due_at)"
        " VALUES ($1, $2, $3, $4, $5, 'pending', $6, $7, $8) RETURNING seq");
    sql.load = prepare("SELECT " PAYMENT_COLUMNS
                       " FROM payments AS p JOIN orders AS o ON o.seq = p.order_seq WHERE p.seq = $1");
    sql.load_own = prepare("SELECT " PAYMENT_COLUMNS
                           " FROM payments AS p JOIN orders AS o ON o.seq = p.order_seq"
                           " WHERE p.id = $1 AND o.session = $2");
    sql.attempt = prepare("UPDATE payments SET attempts = $1, due_at = $2 WHERE seq = $3");
    sql.write = prepare(
        "UPDATE payments SET provider_payment_id = $1, status = $2, failure_message = $3, surplus = $4,"
        " refund = $5, wrong_amount = $6, wrong_currency = $7, changed_at = $8, due_at = $9"
        " WHERE seq = $10 AND status = $11");
    sql.close = prepare("UPDATE orders SET status = $1 WHERE seq = $2 AND status = 'pending'");
}

/* One shopper's carts, order and payment so far. */
struct work {
    unsigned char session[16];
    unsigned char ids[lines][16]; /* of an order: its cart lines; of adds: the products */
    unsigned char made[lines][16];
    unsigned char order[16], payment[16];
    int64_t order_seq, payment_seq, total;
    char intent[32];
};

static struct work *works;

static struct work *works_new(int64_t count) {
    struct work *all = calloc((size_t)count + 1, sizeof *all);
    if (!all)
        fail("out of memory");
    return all;
}

/* ---- The statements of each transaction. */

static void add(struct work *w, int line, int64_t now) {
    new_id(w->made[line]);
    bind_values(sql.target, "bb", w->session, w->ids[line]);
    if (sqlite3_step(sql.target) != SQLITE_ROW)
        fail("a product is missing");
    int64_t stock = sqlite3_column_int64(sql.target, 4), product = sqlite3_column_int64(sql.target, 7);
    int64_t used_at = sqlite3_column_int64(sql.target, 9);
    read_columns(sql.target);
    finish(sql.target, 0);
    if (used_at == 0) {
        bind_values(sql.use, "bii", w->session, now, now);
        finish(sql.use, 0);
    }
    bind_values(sql.put, "bbiiii", w->made[line], w->session, product, (int64_t)1, now, stock);
    finish(sql.put, 1);
}

static void place(struct work *w, unsigned char items[][16], int count, int64_t now) {
    int64_t product[lines], quantity[lines], price[lines];
    for (int i = 0; i < count; i++) {
        bind_values(sql.find_line, "bb", items[i], w->session);
        if (sqlite3_step(sql.find_line) != SQLITE_ROW)
            fail("a cart line is missing");
        product[i] = sqlite3_column_int64(sql.find_line, 1);
        quantity[i] = sqlite3_column_int64(sql.find_line, 2);
        finish(sql.find_line, 0);
    }
    for (int i = 0; i < count; i++) {
        bind_values(sql.take, "ii", quantity[i], product[i]);
        price[i] = finish(sql.take, 1);
        w->total += price[i] * quantity[i];
    }
    new_id(w->order);
    bind_values(sql.order, "bbitii", w->order, w->session, w->total, "usd", now, now + 30 * minute_us);
    w->order_seq = finish(sql.order, 1);
    for (int i = 0; i < count; i++) {
        bind_values(sql.item, "iiiii", w->order_seq, (int64_t)i, product[i], quantity[i], price[i]);
        finish(sql.item, 0);
    }
    bind_values(sql.movements, "tii", "reserved", now, w->order_seq);
    finish(sql.movements, 0);
    bind_values(sql.empty, "bi", w->session, w->order_seq);
    finish(sql.empty, 0);
}

static void prepare_intent(struct work *w, int64_t now) {
    bind_values(sql.beginning, "bb", w->order, w->session);
    finish(sql.beginning, 1);
    new_id(w->payment);
    bind_values(sql.payment, "bititiii", w->payment, w->order_seq, "stripe", w->total, "usd", now, now,
                now + minute_us);
    w->payment_seq = finish(sql.payment, 1);
}

static void write_payment(const struct work *w, const char *status, bool due, int64_t now) {
    bind_values(sql.write, "tt", w->intent, status);
    sqlite3_bind_null(sql.write, 3);
    sqlite3_bind_int(sql.write, 4, 0);
    sqlite3_bind_text(sql.write, 5, "none", -1, SQLITE_STATIC);
    sqlite3_bind_null(sql.write, 6);
    sqlite3_bind_null(sql.write, 7);
    sqlite3_bind_int64(sql.write, 8, now);
    if (due)
        sqlite3_bind_int64(sql.write, 9, now + minute_us);
    else
        sqlite3_bind_null(sql.write, 9);
    sqlite3_bind_int64(sql.write, 10, w->payment_seq);
    sqlite3_bind_text(sql.write, 11, "pending", -1, SQLITE_STATIC);
    finish(sql.write, 0);
}

static void load(const struct work *w) {
    bind_values(sql.load, "i", w->payment_seq);
    finish(sql.load, 1);
}

static void apply_intent(struct work *w, int64_t now) {
    unsigned char id[16];
    sqlite3_randomness(sizeof id, id);
    snprintf(w->intent, sizeof w->intent, "pi_%08x%08x%08x", *(unsigned *)id, *(unsigned *)(id + 4),
             *(unsigned *)(id + 8));
    load(w);
    write_payment(w, "pending", true, now);
}

static void prepare_confirm(struct work *w, int64_t now) {
    bind_values(sql.load_own, "bb", w->payment, w->session);
    finish(sql.load_own, 1);
    bind_values(sql.attempt, "iii", (int64_t)1, now + minute_us, w->payment_seq);
    finish(sql.attempt, 0);
}

static void apply_confirm(struct work *w, int64_t now) {
    load(w);
    bind_values(sql.close, "ti", "paid", w->order_seq);
    finish(sql.close, 0);
    bind_values(sql.movements, "tii", "sold", now, w->order_seq);
    finish(sql.movements, 0);
    write_payment(w, "succeeded", false, now);
}

/* ---- Batches of transactions. */

static void commit_orders(int64_t first, int64_t batch, int64_t now) {
    begin();
    for (int64_t i = first; i < first + batch; i++)
        place(&works[i], works[i].ids, lines, now);
    commit();
}

static void commit_adds(int64_t first, int64_t batch, int64_t now) {
    begin();
    for (int64_t i = first; i < first + batch; i++)
        add(&works[i], 0, now);
    commit();
}

static void checkout_step(struct work *w, int step, int64_t now) {
    switch (step) {
    case 0:
    case 1:
        add(w, step, now);
        break;
    case 2:
        place(w, w->made, checkout_lines, now);
        break;
    case 3:
        prepare_intent(w, now);
        break;
    case 4:
        apply_intent(w, now);
        break;
    case 5:
        prepare_confirm(w, now);
        break;
    default:
        apply_confirm(w, now);
    }
}

static void commit_checkouts(int64_t first, int64_t batch, int64_t now) {
    for (int step = 0; step < 7; step++) {
        begin();
        for (int64_t i = first; i < first + batch; i++)
            checkout_step(&works[i], step, now);
        commit();
    }
}

/* ---- Reading the work from the database. */

/* The id of a cart line, as orders.py numbers them. */
static void item_id(int64_t number, unsigned char id[static 16]) {
    static const unsigned char prefix[10] = {0x01, 0x98, 0xc0, 0xde, 0x7a, 0x11, 0x70, 0x00, 0x80, 0x00};
    memcpy(id, prefix, sizeof prefix);
    for (int i = 0; i < 6; i++)
        id[10 + i] = (unsigned char)(number >> (40 - 8 * i));
}

static int64_t load_orders(void) {
    int64_t count = finish(sql.cart_lines, 1) / lines;
    works = works_new(count);
    for (int64_t i = 0; i < count; i++) {
        for (int line = 0; line < lines; line++)
            item_id(i * lines + line, works[i].ids[line]);
        bind_values(sql.session, "b", works[i].ids[0]);
        look_up(sql.session, works[i].session);
    }
    return count;
}

/* Gives every session another product in each round, so that each add makes a new line. */
static int64_t load_adds(void) {
    int64_t count = (int64_t)sessions * 50;
    works = works_new(count);
    for (int64_t i = 0; i < count; i++) {
        int64_t session = i % sessions, round = i / sessions;
        session_key((uint64_t)session, works[i].session);
        bind_values(sql.product, "i", 1 + (session * 7 + round) % products);
        look_up(sql.product, works[i].ids[0]);
    }
    return count;
}

static int64_t load_checkouts(void) {
    works = works_new(checkouts);
    for (int64_t i = 0; i < checkouts; i++) {
        session_key((uint64_t)i, works[i].session);
        for (int line = 0; line < checkout_lines; line++) {
            bind_values(sql.product, "i", 1 + (i * 31 + line * 337) % products);
            look_up(sql.product, works[i].ids[line]);
        }
    }
    return checkouts;
}

/* ---- The disk alone. */

static int ring_fd = -1;

/* Makes a file as the WAL is after a while: its blocks are allocated and get overwritten. */
static void open_ring(const char *database) {
    static const char page[page_bytes];
    char path[4096];
    snprintf(path, sizeof path, "%s-ring", database);
    ring_fd = open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
    for (int i = 0; i < ring_pages; i++)
        if (pwrite(ring_fd, page, sizeof page, (off_t)i * page_bytes) != page_bytes)
            fail(path);
    if (fsync(ring_fd) != 0)
        fail(path);
}

static void sync_once(int64_t first, int64_t batch, int64_t now) {
    static char page[page_bytes];
    memcpy(page, &now, sizeof now);
    for (int64_t i = first * order_pages; i < (first + batch) * order_pages; i++)
        if (pwrite(ring_fd, page, sizeof page, (off_t)(i % ring_pages) * page_bytes) != page_bytes)
            fail("write");
    if (fdatasync(ring_fd) != 0)
        fail("fdatasync");
}

static const struct mode {
    const char *name;
    int64_t (*load)(void);
    commit_function *commit;
} modes[] = {
    {"order", load_orders, commit_orders},
    {"add", load_adds, commit_adds},
    {"checkout", load_checkouts, commit_checkouts},
    {"sync", NULL, sync_once},
};

int main(int argc, char **argv) {
    const struct mode *mode = NULL;
    int64_t batch = argc == 5 ? atoll(argv[3]) : 0;
    for (size_t i = 0; batch > 0 && i < sizeof modes / sizeof *modes; i++)
        if (strcmp(modes[i].name, argv[2]) == 0)
            mode = &modes[i];
    if (!mode) {
        fprintf(stderr, "usage: bare_orders DATABASE order|add|checkout|sync BATCH SECONDS\n");
        return 2;
    }
    int64_t count = syncs_max;
    if (mode->load) {
        open_database(argv[1]);
        prepare_carts();
        prepare_orders();
        prepare_payments();
        count = mode->load();
    } else {
        open_ring(argv[1]);
    }
    measure(mode->commit, count, batch, atof(argv[4]));
    free(works);
    return 0;
}
