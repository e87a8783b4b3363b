/* How it works: orders_closed leads to the orders that ended on a day, and refunds_succeeded to its refunds. The chores look
 * for a day without rows from the newest downwards:
 *
 *     first order                                     gap        over   today
 *        │   …  no rows  …  │ ◄── slice of 64 days ──  │ rows │ rows │ live
 *
 * So the chart of a week is right at once after an upgrade, and that of a year some seconds later. Finding only reads, on a
 * searcher, and writing is a few rows: the one writer of SQLite is not held up. Two nodes may add up the same day, and find the
 * same. */
#include "shop/desk/daily_totals.h"

#include "base/buf.h"

int64_t daily_sum(int64_t a, int64_t b) {
    int64_t sum;
    return __builtin_add_overflow(a, b, &sum) || sum > money_max ? money_max : sum;
}

/* clang-format off */
/* `status || ''`: SQLite would take the index of the status, which leads to nearly all orders, and not that of closed_at. */
#define TOTALS(sum)                                                                                          \
    "SELECT currency, CAST(sum(n) AS bigint), " sum("amount") ", " sum("refunded")                           \
    " FROM (SELECT currency, 1 AS n, total_amount AS amount, 0 AS refunded FROM orders"                      \
    " WHERE closed_at >= $1 AND closed_at < $2"                                                              \
    " AND status || '' IN ('paid', 'shipped', 'delivered', 'refunded')"                                      \
    " UNION ALL SELECT y.currency, 0, 0, r.amount FROM refunds AS r JOIN payments AS y ON y.seq = r.payment" \
    " WHERE r.succeeded_at >= $1 AND r.succeeded_at < $2 AND y.surplus = 0) AS t"                            \
    " GROUP BY currency ORDER BY currency"
/* total() is exact up to 2^53, and has no overflow. */
#define SUM_SQLITE(column) "CAST(min(total(" column "), 9007199254740991.0) AS INTEGER)"
#define SUM_POSTGRES(column) "CAST(least(sum(" column "), 9007199254740991) AS bigint)"
/* clang-format on */

enum status daily_totals_add_up(struct shop_ctx *ctx, int64_t day, struct list *out) {
    static const struct sql sql = {TOTALS(SUM_SQLITE), TOTALS(SUM_POSTGRES)};
    struct daily_total *totals = arena_array(ctx->arena, daily_currencies_max, sizeof *totals);
    *out = (struct list){totals, 0};
    if (!totals)
        return STATUS_NO_MEMORY;
    struct db_rows *rows = db_query(ctx->db, &sql, ARGS(db_int(day * day_us), db_int((day + 1) * day_us)));
    while (out->count < daily_currencies_max && db_step(rows))
        totals[out->count++] = (struct daily_total){
            .day = day,
            .currency = db_column_text(rows, 0, ctx->arena),
            .orders = db_column_int(rows, 1),
            .revenue = db_column_int(rows, 2),
            .refunded = db_column_int(rows, 3),
        };
    return db_finish(rows);
}

enum status daily_totals_first(struct shop_ctx *ctx, int64_t *day) {
    static const struct sql sql =
        SQL("SELECT closed_at FROM orders WHERE closed_at IS NOT NULL ORDER BY closed_at LIMIT 1");
    int64_t first_us = INT64_MAX;
    TRY(db_get_int(ctx->db, &sql, NO_ARGS, &first_us));
    *day = first_us == INT64_MAX ? INT64_MAX : first_us / day_us;
    return STATUS_OK;
}

/* Finds the newest day from `first` to `last` that has no rows; less than `first` if all have. */
static enum status daily_gap(struct shop_ctx *ctx, int64_t first, int64_t last, int64_t *gap) {
    static const struct sql sql =
        SQL("SELECT DISTINCT day FROM daily_totals WHERE day >= $1 AND day <= $2 ORDER BY day DESC");
    *gap = last;
    struct db_rows *rows = db_query(ctx->db, &sql, ARGS(db_int(first), db_int(last)));
    while (db_step(rows) && db_column_int(rows, 0) == *gap)
        --*gap;
    return db_finish(rows);
}

/* Appends what was taken on a day, or a row that says that nothing was. `orders` grows by how many orders there were. */
static enum status daily_append(struct shop_ctx *ctx, int64_t day, struct buf *rows, int64_t *orders) {
    struct daily_total nothing = {.day = day, .currency = STR("")};
    struct list found;
    TRY(daily_totals_add_up(ctx, day, &found));
    const struct daily_total *totals = found.data;
    for (size_t i = 0; i < found.count; i++)
        *orders += totals[i].orders;
    if (found.count == 0)
        found = (struct list){&nothing, 1};
    buf_put(rows, (struct str){(const char *)found.data, found.count * sizeof(struct daily_total)});
    return buf_ok(rows) ? STATUS_OK : STATUS_NO_MEMORY;
}

enum status daily_totals_find(struct shop_ctx *ctx, struct daily_progress *progress, struct list *out,
                              bool *more) {
    int64_t last = (clock_now_us(ctx->clock) - day_slack_us) / day_us - 1, first, day, orders = 0;
    struct buf rows = buf_new(ctx->arena);
    *out = (struct list){NULL, 0};
    *more = false;
    if (progress->done >= last)
        return STATUS_OK;
    TRY(daily_totals_first(ctx, &first));
    first = first > progress->done ? first : progress->done + 1;
    day = last;
    if (first <= last)
        TRY(daily_gap(ctx, first, last, &day));
    if (first > last || day < first) {
        progress->done = last;
        return STATUS_OK;
    }
    for (int n = 0; day >= first && n < daily_slice_days && orders < daily_slice_orders; day--, n++)
        TRY(daily_append(ctx, day, &rows, &orders));
    *out = (struct list){rows.data, rows.size / sizeof(struct daily_total)};
    *more = true;
    return STATUS_OK;
}

enum status daily_totals_write(struct shop_ctx *ctx, const struct list *totals) {
    static const struct sql sql =
        SQL("INSERT INTO daily_totals (day, currency, orders, revenue, refunded)"
            " VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING");
    const struct daily_total *t = totals->data;
    for (size_t i = 0; i < totals->count; i++)
        TRY(db_exec_deferred(ctx->db, &sql,
                             ARGS(db_int(t[i].day), db_text(t[i].currency), db_int(t[i].orders),
                                  db_int(t[i].revenue), db_int(t[i].refunded))));
    return STATUS_OK;
}
