/* The yardstick for orders and carts: what SQLite itself takes for the statements of src/shop/order_place.c
 * and src/shop/cart.c, made durable on the same disk, with nothing around them: no HTTP, no JSON, no queue.
 *
 *     bare_orders DATABASE order|add|sync BATCH SECONDS
 *
 * DATABASE is one that bench/orders.py has filled, and is changed. BATCH orders (or adds) share a commit.
 * With `sync` there is no SQLite: as many bytes as the commit of one order puts into the WAL, and one
 * fdatasync. Prints one line of JSON; a latency is that of a whole commit with its statements. */
#include <fcntl.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

enum {
    lines = 3,
    statements_max = 16,
    commits_max = 10000000,
    sessions = 20000, /* of adds; as in orders.py */
    products = 1000,
    order_pages = 13,  /* that an order of three lines writes to the WAL, if it is alone in its commit */
    page_bytes = 4120, /* with the frame's head */
    ring_pages = 1000, /* SQLite begins the WAL anew after as many */
};

static sqlite3 *db;
static int64_t batch;

static void fail(const char *what) {
    fprintf(stderr, "bare_orders: %s: %s\n", what, sqlite3_errmsg(db));
    exit(1);
}

static int64_t now_us(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static void run_text(const char *sql) {
    if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK)
        fail(sql);
}

static sqlite3_stmt *prepare(const char *sql) {
    sqlite3_stmt *stmt;
    if (sqlite3_prepare_v3(db, sql, -1, SQLITE_PREPARE_PERSISTENT, &stmt, NULL) != SQLITE_OK)
        fail(sql);
    return stmt;
}

/* Binds by a word of letters: i for an int64_t, b for 16 bytes, t for a text. */
static void bind(sqlite3_stmt *stmt, const char *kinds, ...) {
    va_list args;
    va_start(args, kinds);
    for (int i = 1; kinds[i - 1]; i++) {
        if (kinds[i - 1] == 'i')
            sqlite3_bind_int64(stmt, i, va_arg(args, int64_t));
        else if (kinds[i - 1] == 'b')
            sqlite3_bind_blob(stmt, i, va_arg(args, const void *), 16, SQLITE_STATIC);
        else
            sqlite3_bind_text(stmt, i, va_arg(args, const char *), -1, SQLITE_STATIC);
    }
    va_end(args);
}

/* The shop reads texts and blobs too. */
static void read_columns(sqlite3_stmt *stmt) {
    for (int i = 0; i < sqlite3_column_count(stmt); i++)
        if (sqlite3_column_type(stmt, i) == SQLITE_BLOB || sqlite3_column_type(stmt, i) == SQLITE_TEXT)
            sqlite3_column_blob(stmt, i);
}

/* To the statement's end, with the first column of its first row; a statement that finds nothing is a fault
 * where it should have. */
static int64_t finish(sqlite3_stmt *stmt, int rows_wanted) {
    int64_t first = 0;
    int rows = 0, code;
    while ((code = sqlite3_step(stmt)) == SQLITE_ROW) {
        if (rows++ == 0)
            first = sqlite3_column_int64(stmt, 0);
        read_columns(stmt);
    }
    sqlite3_reset(stmt);
    if (code != SQLITE_DONE || (rows_wanted >= 0 && rows != rows_wanted))
        fail(sqlite3_sql(stmt));
    return first;
}

/* A UUID of version 7: they lie together in their index, as the shop's do. */
static void new_id(unsigned char id[static 16]) {
    int64_t ms = (int64_t)time(NULL) * 1000;
    sqlite3_randomness(16, id);
    for (int i = 0; i < 6; i++)
        id[i] = (unsigned char)(ms >> (40 - 8 * i));
}

/* As orders.py numbers them. */
static void item_id(int64_t number, unsigned char id[static 16]) {
    static const unsigned char prefix[10] = {0x01, 0x98, 0xc0, 0xde, 0x7a, 0x11, 0x70, 0x00, 0x80, 0x00};
    memcpy(id, prefix, sizeof prefix);
    for (int i = 0; i < 6; i++)
        id[10 + i] = (unsigned char)(number >> (40 - 8 * i));
}

static struct {
    sqlite3_stmt *begin, *commit, *session, *find_line, *take, *order, *item, *movements, *empty;
    sqlite3_stmt *product, *target, *use, *put;
} sql;

static void prepare_all(void) {
    sql.begin = prepare("BEGIN IMMEDIATE");
    sql.commit = prepare("COMMIT");
    sql.session = prepare("SELECT session FROM cart_items WHERE id = $1");
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
    sql.product = prepare("SELECT id FROM products WHERE seq = $1");
    sql.target = prepare(
        "SELECT p.id, p.name, p.description, p.price, p.stock_quantity * p.is_active, p.category,"
        " p.image_url, p.seq,"
        " (SELECT count(*) FROM cart_items AS c WHERE c.session = $1 AND c.product <> p.seq),"
        " coalesce((SELECT used_at FROM carts WHERE session = $1), 0)"
        " FROM products AS p WHERE p.id = $2 AND p.is_active = 1");
    sql.use = prepare(
        "INSERT INTO carts (session, used_at) VALUES ($1, $2)"
        " ON CONFLICT (session) DO UPDATE SET used_at = excluded.used_at WHERE carts.used_at < $3");
    sql.put = prepare(
        "INSERT INTO cart_items (id, session, product, quantity, created_at) VALUES ($1, $2, $3, $4, $5)"
        " ON CONFLICT (session, product) DO UPDATE SET quantity = cart_items.quantity + excluded.quantity"
        " WHERE cart_items.quantity + excluded.quantity <= $6 RETURNING id, quantity");
}

/* The blob that a statement gives for a number; not among what is measured. */
static void look_up(sqlite3_stmt *stmt, unsigned char out[static 16]) {
    if (sqlite3_step(stmt) != SQLITE_ROW || sqlite3_column_bytes(stmt, 0) != 16)
        fail("the database has run out of carts or products");
    memcpy(out, sqlite3_column_blob(stmt, 0), 16);
    sqlite3_reset(stmt);
}

struct work {
    unsigned char session[16], ids[lines][16]; /* of an order: its cart lines; of an add: the product */
};

static struct work *load_orders(int64_t *count) {
    sqlite3_stmt *all = prepare("SELECT count(*) FROM cart_items");
    *count = finish(all, 1) / lines;
    sqlite3_finalize(all);
    struct work *works = calloc((size_t)*count + 1, sizeof *works);
    for (int64_t i = 0; works && i < *count; i++) {
        for (int line = 0; line < lines; line++)
            item_id(i * lines + line, works[i].ids[line]);
        bind(sql.session, "b", works[i].ids[0]);
        look_up(sql.session, works[i].session);
    }
    return works;
}

/* Spread over the index as the shop's hashes are (splitmix64, by Steele and others). */
static void session_key(uint64_t number, unsigned char key[static 16]) {
    uint64_t halves[2];
    for (uint64_t i = 0; i < 2; i++) {
        uint64_t x = (2 * number + i + 1) * 0x9E3779B97F4A7C15u;
        x = (x ^ x >> 30) * 0xBF58476D1CE4E5B9u;
        x = (x ^ x >> 27) * 0x94D049BB133111EBu;
        halves[i] = x ^ x >> 31;
    }
    memcpy(key, halves, sizeof halves);
}

/* Every session gets another product in each round, so that each add makes a line. */
static struct work *load_adds(int64_t *count) {
    *count = (int64_t)sessions * 50;
    struct work *works = calloc((size_t)*count, sizeof *works);
    for (int64_t i = 0; works && i < *count; i++) {
        int64_t session = i % sessions, round = i / sessions;
        session_key((uint64_t)session, works[i].session);
        bind(sql.product, "i", 1 + (session * 7 + round) % products);
        look_up(sql.product, works[i].ids[0]);
    }
    return works;
}

static void place(const struct work *w, int64_t now) {
    int64_t product[lines], quantity[lines], price[lines], total = 0;
    for (int i = 0; i < lines; i++) {
        bind(sql.find_line, "bb", w->ids[i], w->session);
        if (sqlite3_step(sql.find_line) != SQLITE_ROW)
            fail("a cart line is missing");
        product[i] = sqlite3_column_int64(sql.find_line, 1);
        quantity[i] = sqlite3_column_int64(sql.find_line, 2);
        finish(sql.find_line, 0);
    }
    for (int i = 0; i < lines; i++) {
        bind(sql.take, "ii", quantity[i], product[i]);
        price[i] = finish(sql.take, 1);
        total += price[i] * quantity[i];
    }
    unsigned char id[16];
    new_id(id);
    bind(sql.order, "bbitii", id, w->session, total, "usd", now, now + 1800000000);
    int64_t seq = finish(sql.order, 1);
    for (int i = 0; i < lines; i++) {
        bind(sql.item, "iiiii", seq, (int64_t)i, product[i], quantity[i], price[i]);
        finish(sql.item, 0);
    }
    bind(sql.movements, "tii", "reserved", now, seq);
    finish(sql.movements, 0);
    bind(sql.empty, "bi", w->session, seq);
    finish(sql.empty, 0);
}

static void add(const struct work *w, int64_t now) {
    unsigned char id[16];
    new_id(id);
    bind(sql.target, "bb", w->session, w->ids[0]);
    if (sqlite3_step(sql.target) != SQLITE_ROW)
        fail("a product is missing");
    int64_t stock = sqlite3_column_int64(sql.target, 4), product = sqlite3_column_int64(sql.target, 7);
    int64_t used_at = sqlite3_column_int64(sql.target, 9);
    read_columns(sql.target);
    finish(sql.target, 0);
    if (used_at == 0) {
        bind(sql.use, "bii", w->session, now, now);
        finish(sql.use, 0);
    }
    bind(sql.put, "bbiiii", id, w->session, product, (int64_t)1, now, stock);
    finish(sql.put, 1);
}

static int ring_fd = -1;

/* A file as the WAL is after a while: its blocks are there, and are written over. */
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

static void sync_once(const struct work *w, int64_t now) {
    static char page[page_bytes];
    static int at;
    (void)w;
    memcpy(page, &now, sizeof now);
    for (int i = 0; i < order_pages; i++, at = (at + 1) % ring_pages)
        if (pwrite(ring_fd, page, sizeof page, (off_t)at * page_bytes) != page_bytes)
            fail("write");
    if (fdatasync(ring_fd) != 0)
        fail("fdatasync");
}

static int by_value(const void *a, const void *b) {
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

static double cpu_seconds(void) {
    struct rusage used;
    getrusage(RUSAGE_SELF, &used);
    return (double)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) +
           (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6;
}

static void measure(void (*work)(const struct work *, int64_t), const struct work *works, int64_t count,
                    int64_t us_max) {
    int64_t *took = calloc(commits_max, sizeof *took), done = 0, commits = 0, start = now_us(), end = start;
    double cpu = cpu_seconds();
    if (!took)
        fail("out of memory");
    while (end - start < us_max && done + batch <= count && commits < commits_max) {
        int64_t before = end;
        if (sql.begin)
            finish(sql.begin, 0);
        for (int64_t i = 0; i < batch; i++)
            work(&works[done + i], before);
        if (sql.commit)
            finish(sql.commit, 0);
        end = now_us();
        took[commits++] = end - before;
        done += batch;
    }
    cpu = cpu_seconds() - cpu;
    qsort(took, (size_t)commits, sizeof *took, by_value);
    printf(
        "{\"requests\": %lld, \"microseconds\": %lld, \"cpu_seconds\": %.6f, \"p50\": %lld, \"p99\": %lld}\n",
        (long long)done, (long long)(end - start), cpu, (long long)took[commits / 2],
        (long long)took[commits * 99 / 100]);
    free(took);
}

static void open_database(const char *path) {
    sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    if (sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL) != SQLITE_OK)
        fail(path);
    run_text(
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA journal_size_limit=67108864;"
        "PRAGMA temp_store=MEMORY; PRAGMA secure_delete=OFF; PRAGMA cache_size=-32768; PRAGMA foreign_keys=ON");
    prepare_all();
}

int main(int argc, char **argv) {
    int64_t count = commits_max;
    if (argc != 5 || (batch = atoll(argv[3])) < 1) {
        fprintf(stderr, "bare_orders DATABASE order|add|sync BATCH SECONDS\n");
        return 2;
    }
    const char *mode = argv[2];
    bool is_sync = strcmp(mode, "sync") == 0, is_order = strcmp(mode, "order") == 0;
    if (is_sync)
        open_ring(argv[1]);
    else
        open_database(argv[1]);
    struct work *works = is_sync    ? calloc((size_t)count, sizeof *works)
                         : is_order ? load_orders(&count)
                                    : load_adds(&count);
    if (!works)
        fail("out of memory");
    measure(is_sync ? sync_once : is_order ? place : add, works, count, (int64_t)(atof(argv[4]) * 1e6));
    free(works);
    return 0;
}
