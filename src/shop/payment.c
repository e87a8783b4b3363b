/* Payments as rows: read, made, and put in line for reconciliation. What changes them is payment_settle.c. */
#include "shop/payment.h"

#include "shop/idempotency.h"

#include <assert.h>

const char *const payment_status_names[] = {"pending", "succeeded", "failed", NULL};
static const char *const refund_names[] = {"none", "wanted", "done", NULL};

/* Stripe delivers an event again for three days. */
#define event_keep_us (INT64_C(30) * 24 * 3600 * 1000000)

#define PAYMENT_COLUMNS                                                                                      \
    "p.seq, p.order_seq, p.id, o.id, p.provider, p.provider_payment_id, p.amount, p.currency, p.status,"     \
    " p.failure_message, p.created_at, p.attempts, o.status, p.surplus, p.refund, p.due_at,"                 \
    " CASE WHEN p.wrong_amount IS NULL THEN 0 ELSE 1 END, coalesce(p.wrong_amount, 0), p.wrong_currency"
enum { payment_column_count = 19 };

static int place_of(struct db_rows *rows, int column, const char *const names[]) {
    struct str name = db_column_bytes(rows, column);
    for (int i = 0; names[i]; i++)
        if (str_equal(name, str_from(names[i])))
            return i;
    assert(!"the table's own check allows no other");
    return 0;
}

static void read_payment(struct tx *tx, struct db_rows *rows, struct payment *out) {
    *out = (struct payment){
        .seq = db_column_int(rows, 0),
        .order_seq = db_column_int(rows, 1),
        .id = db_column_uuid(rows, 2),
        .order_id = db_column_uuid(rows, 3),
        .provider = db_column_text(rows, 4, tx->arena),
        .provider_payment_id = db_column_text(rows, 5, tx->arena),
        .amount = db_column_int(rows, 6),
        .currency = db_column_text(rows, 7, tx->arena),
        .status = place_of(rows, 8, payment_status_names),
        .failure_message = db_column_text(rows, 9, tx->arena),
        .created_at = db_column_int(rows, 10),
        .attempts = db_column_int(rows, 11),
        .order_status = place_of(rows, 12, order_status_names),
        .surplus = db_column_int(rows, 13) != 0,
        .refund = place_of(rows, 14, refund_names),
        .due_at = db_column_int(rows, 15),
        .wrong_amount = {.given = db_column_int(rows, 16) != 0, .value = db_column_int(rows, 17)},
        .wrong_currency = db_column_text(rows, 18, tx->arena),
    };
}

/* Reads the one payment of a statement. */
static enum status read_one(struct tx *tx, struct db_rows *rows, struct payment *out) {
    bool found = db_step(rows);
    if (found)
        read_payment(tx, rows, out);
    enum status s = db_finish(rows);
    return s == STATUS_OK && !found ? STATUS_PAYMENT_NOT_FOUND : s;
}

enum status payment_get(struct tx *tx, const struct uuid *session, const struct uuid *id,
                        struct payment *out) {
    static const struct sql sql = {"SELECT " PAYMENT_COLUMNS
                                   " FROM payments AS p JOIN orders AS o ON o.seq = p.order_seq"
                                   " WHERE p.id = $1 AND o.session = $2",
                                   NULL};
    return read_one(tx, db_query(tx->db, &sql, ARGS(db_uuid(id), db_uuid(session))), out);
}

enum status payment_lock(struct tx *tx, const struct uuid *id) {
    static const struct sql sql = {
        NULL,
        "SELECT 1 FROM orders WHERE seq = (SELECT order_seq FROM payments WHERE id = $1)"
        " FOR NO KEY UPDATE"};
    return db_exec_later(tx->db, &sql, ARGS(db_uuid(id)));
}

/* As payment_lock, by the order. */
static enum status lock_order(struct tx *tx, const struct uuid *order) {
    static const struct sql sql = {NULL, "SELECT 1 FROM orders WHERE id = $1 FOR NO KEY UPDATE"};
    return db_exec_later(tx->db, &sql, ARGS(db_uuid(order)));
}

enum status payment_load(struct tx *tx, int64_t seq, struct payment *out) {
    static const struct sql lock_sql = {
        NULL,
        "SELECT 1 FROM orders WHERE seq = (SELECT order_seq FROM payments WHERE seq = $1)"
        " FOR NO KEY UPDATE"};
    static const struct sql sql = {"SELECT " PAYMENT_COLUMNS
                                   " FROM payments AS p JOIN orders AS o ON o.seq = p.order_seq"
                                   " WHERE p.seq = $1",
                                   NULL};
    enum status s = db_exec_later(tx->db, &lock_sql, ARGS(db_int(seq)));
    if (s != STATUS_OK)
        return s;
    return read_one(tx, db_query(tx->db, &sql, ARGS(db_int(seq))), out);
}

/* ---- Beginning. */

/* A pending order as it is to be paid, and those of its payments that are not over. */
struct beginning {
    int64_t order_seq, total;
    int order_status;
    struct str currency;
    struct payment live, older; /* seq 0: there is none */
};

static enum status read_beginning(struct tx *tx, const struct uuid *session, const struct uuid *order,
                                  struct beginning *out) {
    static const struct sql sql = {
        "SELECT " PAYMENT_COLUMNS
        ", o.seq, o.total_amount, o.currency FROM orders AS o"
        " LEFT JOIN payments AS p ON p.order_seq = o.seq AND (p.status = 'pending' OR p.due_at IS NOT NULL)"
        " WHERE o.id = $1 AND o.session = $2 ORDER BY p.seq",
        NULL};
    *out = (struct beginning){0};
    enum status s = lock_order(tx, order);
    if (s != STATUS_OK)
        return s;
    struct db_rows *rows = db_query(tx->db, &sql, ARGS(db_uuid(order), db_uuid(session)));
    while (db_step(rows)) {
        struct payment p = {0};
        out->order_seq = db_column_int(rows, payment_column_count);
        out->total = db_column_int(rows, payment_column_count + 1);
        out->currency = db_column_text(rows, payment_column_count + 2, tx->arena);
        out->order_status = place_of(rows, 12, order_status_names);
        if (db_column_int(rows, 0) != 0)
            read_payment(tx, rows, &p);
        if (p.seq && p.status == PAYMENT_PENDING)
            out->live = p;
        else if (p.seq && p.status == PAYMENT_FAILED)
            out->older = p;
    }
    s = db_finish(rows);
    return s == STATUS_OK && out->order_seq == 0 ? STATUS_ORDER_NOT_FOUND : s;
}

static enum status insert_payment(struct tx *tx, struct payment *p) {
    static const struct sql sql = {
        "INSERT INTO payments (id, order_seq, provider, amount, currency, status, created_at, changed_at, due_at)"
        " VALUES ($1, $2, $3, $4, $5, 'pending', $6, $7, $8) RETURNING seq",
        NULL};
    p->id = uuid_new(tx->clock, tx->random);
    p->created_at = clock_now_us(tx->clock);
    struct db_rows *rows =
        db_query(tx->db, &sql,
                 ARGS(db_uuid(&p->id), db_int(p->order_seq), db_text(p->provider), db_int(p->amount),
                      db_text(p->currency), db_int(p->created_at), db_int(p->created_at),
                      db_int(p->created_at + idempotency_lease_us)));
    while (db_step(rows))
        p->seq = db_column_int(rows, 0);
    return db_finish(rows);
}

enum status payment_begin(struct tx *tx, struct str provider, const struct uuid *session,
                          const struct uuid *order, struct payment *out, struct payment *older) {
    struct beginning b;
    enum status s = read_beginning(tx, session, order, &b);
    if (s != STATUS_OK)
        return s;
    if (b.order_status != ORDER_PENDING)
        return STATUS_ORDER_NOT_PENDING;
    *older = b.older;
    *out = b.live;
    if (out->seq != 0)
        return STATUS_OK;
    *out = (struct payment){
        .order_id = *order,
        .provider = provider,
        .amount = b.total,
        .currency = b.currency,
        .status = PAYMENT_PENDING,
        .order_seq = b.order_seq,
        .order_status = b.order_status,
    };
    return insert_payment(tx, out);
}

enum status payment_attempt(struct tx *tx, struct payment *p) {
    static const struct sql sql = {"UPDATE payments SET attempts = $1, due_at = $2 WHERE seq = $3", NULL};
    assert(p->status == PAYMENT_PENDING);
    p->attempts++;
    return db_exec(
        tx->db, &sql,
        ARGS(db_int(p->attempts), db_int(clock_now_us(tx->clock) + idempotency_lease_us), db_int(p->seq)),
        NULL);
}

/* ---- Refunds by the shop's owner. */

static enum status find_paying(struct tx *tx, const struct uuid *order, int *order_status,
                               struct payment *out) {
    static const struct sql sql = {"SELECT " PAYMENT_COLUMNS
                                   " FROM orders AS o"
                                   " LEFT JOIN payments AS p ON p.order_seq = o.seq"
                                   " AND p.status = 'succeeded' AND p.surplus = 0 WHERE o.id = $1",
                                   NULL};
    *out = (struct payment){0};
    enum status s = lock_order(tx, order);
    if (s != STATUS_OK)
        return s;
    struct db_rows *rows = db_query(tx->db, &sql, ARGS(db_uuid(order)));
    bool found = db_step(rows);
    if (found)
        *order_status = place_of(rows, 12, order_status_names);
    if (found && db_column_int(rows, 0) != 0)
        read_payment(tx, rows, out);
    s = db_finish(rows);
    return s == STATUS_OK && !found ? STATUS_ORDER_NOT_FOUND : s;
}

static enum status set_refund(struct tx *tx, struct payment *p, enum refund_state to, struct db_value due) {
    static const struct sql sql = {
        "UPDATE payments SET refund = $1, due_at = $2, changed_at = $3 WHERE seq = $4", NULL};
    p->refund = (int)to;
    return db_exec(
        tx->db, &sql,
        ARGS(db_text(str_from(refund_names[to])), due, db_int(clock_now_us(tx->clock)), db_int(p->seq)),
        NULL);
}

enum status payment_begin_refund(struct tx *tx, const struct uuid *order, struct payment *out) {
    int order_status = ORDER_PENDING;
    enum status s = find_paying(tx, order, &order_status, out);
    if (s != STATUS_OK)
        return s;
    if (out->seq == 0)
        return STATUS_ORDER_NOT_PAID;
    if (out->refund == REFUND_DONE)
        return STATUS_OK;
    return set_refund(tx, out, REFUND_WANTED, db_int(clock_now_us(tx->clock) + idempotency_lease_us));
}

enum status payment_refund_refused(struct tx *tx, struct payment *p) {
    assert(!p->surplus);
    if (p->refund != REFUND_WANTED)
        return STATUS_OK;
    return set_refund(tx, p, REFUND_NONE, db_text((struct str){0}));
}

/* ---- In line for reconciliation. */

enum status payments_order_closed(struct tx *tx, int64_t order_seq) {
    static const struct sql sql = {
        "UPDATE payments SET due_at = $1 WHERE order_seq = $2 AND due_at IS NOT NULL", NULL};
    return db_exec(tx->db, &sql, ARGS(db_int(clock_now_us(tx->clock)), db_int(order_seq)), NULL);
}

/* Whatever a call was about to be made for is due within the lease, and so is little else. */
enum status payments_recover(struct tx *tx) {
    static const struct sql sql = {"UPDATE payments SET due_at = $1 WHERE due_at <= $2", NULL};
    int64_t now = clock_now_us(tx->clock);
    return db_exec(tx->db, &sql, ARGS(db_int(now), db_int(now + idempotency_lease_us)), NULL);
}

static enum status count_due(struct tx *tx, int64_t *open, int64_t *due) {
    static const struct sql sql = {
        "SELECT count(*), count(CASE WHEN due_at <= $1 THEN 1 END)"
        " FROM payments WHERE due_at IS NOT NULL",
        NULL};
    struct db_rows *rows = db_query(tx->db, &sql, ARGS(db_int(clock_now_us(tx->clock))));
    while (db_step(rows)) {
        *open = db_column_int(rows, 0);
        *due = db_column_int(rows, 1);
    }
    return db_finish(rows);
}

static enum status read_due(struct tx *tx, int64_t limit, struct list *out) {
    static const struct sql sql = {"SELECT " PAYMENT_COLUMNS
                                   " FROM payments AS p JOIN orders AS o ON o.seq = p.order_seq"
                                   " WHERE p.due_at <= $1 ORDER BY p.due_at LIMIT $2",
                                   "SELECT " PAYMENT_COLUMNS
                                   " FROM payments AS p JOIN orders AS o ON o.seq = p.order_seq"
                                   " WHERE p.due_at <= $1 ORDER BY p.due_at LIMIT $2"
                                   " FOR UPDATE OF p SKIP LOCKED"};
    struct payment *payments = arena_array(tx->arena, (size_t)limit, sizeof *payments);
    size_t count = 0;
    if (!payments)
        return STATUS_NO_MEMORY;
    struct db_rows *rows = db_query(tx->db, &sql, ARGS(db_int(clock_now_us(tx->clock)), db_int(limit)));
    while (db_step(rows))
        read_payment(tx, rows, &payments[count++]);
    *out = (struct list){payments, count};
    return db_finish(rows);
}

enum status payments_take_due(struct tx *tx, int64_t limit, struct list *out, int64_t *open, int64_t *due) {
    static const struct sql sql = {"UPDATE payments SET due_at = $1 WHERE seq = $2", NULL};
    int64_t later = clock_now_us(tx->clock) + idempotency_lease_us;
    enum status s = count_due(tx, open, due);
    if (s == STATUS_OK)
        s = read_due(tx, limit, out);
    const struct payment *payments = out->at;
    for (size_t i = 0; s == STATUS_OK && i < out->count; i++)
        s = db_exec(tx->db, &sql, ARGS(db_int(later), db_int(payments[i].seq)), NULL);
    return s;
}

enum status payment_events_sweep(struct tx *tx, int64_t limit, int64_t *removed) {
    static const struct sql sql = {
        "DELETE FROM payment_events WHERE id IN"
        " (SELECT id FROM payment_events WHERE taken_at < $1 ORDER BY taken_at LIMIT $2)",
        "DELETE FROM payment_events WHERE id IN (SELECT id FROM payment_events WHERE taken_at < $1"
        " ORDER BY taken_at LIMIT $2 FOR UPDATE SKIP LOCKED)"};
    return db_exec(tx->db, &sql, ARGS(db_int(clock_now_us(tx->clock) - event_keep_us), db_int(limit)),
                   removed);
}
