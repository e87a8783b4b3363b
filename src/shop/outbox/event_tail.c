#include "shop/outbox/event_tail.h"

#include "shop/row_list.h"

void event_tail_mark(struct event_tail *tail, int64_t number, int64_t now_us) {
    *tail = (struct event_tail){.mark = number, .marked_us = now_us};
}

bool event_tail_needs_number(const struct event_tail *tail) {
    return tail->mark != 0 && tail->transaction == 0;
}

int64_t event_tail_settle(struct event_tail *tail, int64_t oldest, int64_t now_us) {
    int64_t number = tail->mark;
    if (number == 0 || (oldest < tail->transaction && now_us - tail->marked_us < event_tail_us_max))
        return 0;
    *tail = (struct event_tail){0};
    return number;
}

/* Each statement has a snapshot of its own, so a later one sees what was committed since. SQLite's transactions have no
 * numbers. */
enum status event_tail_look(struct shop_ctx *ctx, struct event_tail *tail, int64_t sent, int64_t *until) {
    static const struct sql latest_sql = SQL("SELECT coalesce(max(seq), 0) FROM events");
    static const struct sql own_sql = {"SELECT 0", "SELECT pg_current_xact_id()::text::bigint"};
    static const struct sql oldest_sql = {"SELECT 0",
                                          "SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint"};
    int64_t latest = 0, own = 0, oldest = 0;
    bool is_new = tail->mark == 0;
    *until = sent;
    if (is_new) {
        TRY(db_get_int(ctx->db, &latest_sql, NO_ARGS, &latest));
        if (latest <= sent)
            return STATUS_OK;
        event_tail_mark(tail, latest, monotonic_us());
    }
    TRY(db_get_int(ctx->db, &own_sql, NO_ARGS, &own));
    if (is_new && own != 0)
        return STATUS_OK; /* the number may be older than the mark */
    if (tail->transaction == 0)
        tail->transaction = own;
    TRY(db_get_int(ctx->db, &oldest_sql, NO_ARGS, &oldest));
    int64_t settled = event_tail_settle(tail, oldest, monotonic_us());
    *until = settled > sent ? settled : sent;
    return STATUS_OK;
}

static void tail_event_read_row(struct shop_ctx *ctx, struct db_rows *rows, void *element) {
    struct tail_event *out = element;
    *out = (struct tail_event){
        .seq = db_column_int(rows, 0),
        .type = db_column_text(rows, 1, ctx->arena),
        .subject = db_column_uuid(rows, 2),
        .status = db_column_text(rows, 3, ctx->arena),
        .amount = db_column_maybe_int(rows, 4),
        .currency = db_column_text(rows, 5, ctx->arena),
        .created_at = db_column_int(rows, 6),
        .number = db_column_text(rows, 7, ctx->arena),
    };
}

enum status event_tail_read(struct shop_ctx *ctx, int64_t after, int64_t until, int64_t limit,
                            struct list *out) {
    static const struct sql sql =
        SQL("SELECT e.seq, e.type, e.subject, e.status, e.amount, e.currency, e.created_at, c.number"
            " FROM events AS e LEFT JOIN orders AS o ON o.id = e.subject"
            " LEFT JOIN order_contacts AS c ON c.order_seq = o.seq"
            " WHERE e.seq > $1 AND e.seq <= $2 AND e.type <> 'webhook.test' ORDER BY e.seq LIMIT $3");
    struct db_rows *rows = db_query(ctx->db, &sql, ARGS(db_int(after), db_int(until), db_int(limit)));
    return row_list_read(ctx, rows, tail_event_read_row, sizeof(struct tail_event), limit, out);
}
