/* How it works: one read of daily_totals has the days that are over, of these days and of as many before them. Days without
 * rows are read from their orders, today always. What is to be done is counted along partial indexes that hold little else:
 * orders_status, payments_failed, and the tables of what is sold out and scarce.
 *
 *     days->first             first day of the series                   today
 *        │ ── before ──────────── │ ── series ───────────────────────────│
 *
 * With a million orders and products this is some 150 ms of processor time, of which most is for the stock of a hundred thousand
 * scarce products. */
#include "shop/desk/summary.h"

#include "shop/checkout/checkout_settings.h"
#include "shop/schema/scarce.h"

#include <string.h>

/* ---- What was taken. */

static void taken_add(struct taken *taken, const struct daily_total *t) {
    taken->orders = daily_sum(taken->orders, t->orders);
    taken->revenue = daily_sum(taken->revenue, t->revenue);
    taken->refunded = daily_sum(taken->refunded, t->refunded);
}

static void taken_average(struct taken *taken) {
    if (taken->orders > 0)
        taken->average = (struct maybe_int){true, (taken->revenue + taken->orders / 2) / taken->orders};
}

/* Days that are put together. Their index counts from `first`: the days before the series, then the series. */
struct summary_days {
    int64_t first, today;
    bool is_known[2 * summary_days_max]; /* it has rows */
    struct summary *out;
};

/* Adds a day's total, if it is in the shop's currency. */
static void summary_add(struct shop_ctx *ctx, struct summary_days *days, const struct daily_total *t) {
    int64_t i = t->day - days->first - days->out->days;
    struct summary_day *series = (struct summary_day *)days->out->series.data;
    days->is_known[t->day - days->first] = true;
    if (!str_equal(t->currency, str_from(ctx->settings->currency)))
        return;
    taken_add(i < 0 ? &days->out->before : &days->out->taken, t);
    if (i < 0)
        return;
    series[i].orders = t->orders;
    series[i].revenue = t->revenue;
    series[i].refunded = t->refunded;
}

static enum status summary_read_days(struct shop_ctx *ctx, struct summary_days *days) {
    static const struct sql sql =
        SQL("SELECT day, currency, orders, revenue, refunded FROM daily_totals"
            " WHERE day >= $1 AND day < $2 ORDER BY day");
    struct db_rows *rows = db_query(ctx->db, &sql, ARGS(db_int(days->first), db_int(days->today)));
    while (db_step(rows)) {
        struct daily_total t = {.day = db_column_int(rows, 0),
                                .currency = db_column_bytes(rows, 1),
                                .orders = db_column_int(rows, 2),
                                .revenue = db_column_int(rows, 3),
                                .refunded = db_column_int(rows, 4)};
        summary_add(ctx, days, &t);
    }
    return db_finish(rows);
}

static enum status summary_add_up(struct shop_ctx *ctx, struct summary_days *days, int64_t day) {
    struct list found;
    TRY(daily_totals_add_up(ctx, day, &found));
    const struct daily_total *totals = found.data;
    for (size_t i = 0; i < found.count; i++)
        summary_add(ctx, days, &totals[i]);
    return STATUS_OK;
}

/* Adds up today, and the newest days without rows; counts the others. */
static enum status summary_read_live(struct shop_ctx *ctx, struct summary_days *days) {
    int64_t first, live = 0;
    TRY(daily_totals_first(ctx, &first));
    TRY(summary_add_up(ctx, days, days->today));
    for (int64_t day = days->today - 1; day >= days->first && day >= first; day--) {
        if (days->is_known[day - days->first])
            continue;
        if (live++ < summary_live_max)
            TRY(summary_add_up(ctx, days, day));
        else
            days->out->days_missing++;
    }
    return STATUS_OK;
}

static enum status summary_make_series(struct shop_ctx *ctx, int64_t first, struct summary *out) {
    struct summary_day *series = arena_array(ctx->arena, (size_t)out->days, sizeof *series);
    char text[time_text_size];
    out->series = (struct list){series, (size_t)out->days};
    for (int64_t i = 0; series && i < out->days; i++) {
        time_format((first + i) * day_us, text);
        memcpy(series[i].day_room, text, sizeof series[i].day_room);
        series[i].day = (struct str){series[i].day_room, sizeof series[i].day_room};
    }
    return series ? STATUS_OK : STATUS_NO_MEMORY;
}

static enum status summary_read_taken(struct shop_ctx *ctx, struct summary *out) {
    struct summary_days *days = ARENA_NEW(ctx->arena, struct summary_days);
    if (!days)
        return STATUS_NO_MEMORY;
    days->today = out->created_at / day_us;
    days->first = days->today + 1 - 2 * out->days;
    days->out = out;
    TRY(summary_make_series(ctx, days->first + out->days, out));
    TRY(summary_read_days(ctx, days));
    TRY(summary_read_live(ctx, days));
    taken_average(&out->taken);
    taken_average(&out->before);
    return STATUS_OK;
}

/* ---- What is to be done. */

static enum status summary_count_orders(struct shop_ctx *ctx, struct summary *out) {
    static const struct sql ship_sql =
        SQL("SELECT count(*) FROM (SELECT seq FROM orders WHERE status = 'paid' LIMIT $1) AS o");
    /* `+ 0`: SQLite would read all payments in the order of order_seq, and not only those that have failed. */
    static const struct sql failed_sql =
        SQL("SELECT count(*) FROM (SELECT DISTINCT order_seq + 0 FROM payments WHERE status = 'failed'"
            " AND changed_at >= $1 LIMIT $2) AS p");
    int64_t from_us = (out->created_at / day_us + 1 - out->days) * day_us;
    struct db_value most = db_int(summary_count_max);
    TRY(db_get_int(ctx->db, &ship_sql, ARGS(most), &out->to_ship));
    return db_get_int(ctx->db, &failed_sql, ARGS(db_int(from_us), most), &out->failed_payments);
}

/* Products are looked up by a subquery, because PostgreSQL might read all of them in order to join them. */
static enum status summary_count_products(struct shop_ctx *ctx, struct summary *out) {
    static const struct sql sold_out_sql =
        SQL("SELECT count(*) FROM (SELECT seq FROM sold_out LIMIT $1) AS s WHERE"
            " (SELECT p.is_active FROM products AS p WHERE p.seq = s.seq) = 1");
    static const struct sql scarce_sql = SQL("SELECT count(*) FROM (SELECT seq FROM scarce LIMIT $1) AS s");
    static const struct sql low_sql = SQL(
        "SELECT count(*) FROM scarce AS s WHERE (SELECT CASE WHEN p.stock_quantity < $1 THEN p.is_active END"
        " FROM products AS p WHERE p.seq = s.seq) = 1");
    struct checkout_settings settings;
    int64_t scarce = 0;
    TRY(checkout_settings_get(ctx, &settings));
    out->low_stock_below = low_stock_below(settings.low_at);
    TRY(db_get_int(ctx->db, &sold_out_sql, ARGS(db_int(summary_looked_max)), &out->sold_out));
    TRY(db_get_int(ctx->db, &scarce_sql, ARGS(db_int(summary_looked_max + 1)), &scarce));
    out->low_stock.is_set = scarce <= summary_looked_max && out->low_stock_below <= SCARCE_BELOW_NUMBER;
    return out->low_stock.is_set
               ? db_get_int(ctx->db, &low_sql, ARGS(db_int(out->low_stock_below)), &out->low_stock.value)
               : STATUS_OK;
}

static enum status summary_read(struct shop_ctx *ctx, int64_t days, struct summary *out) {
    *out = (struct summary){
        .days = days, .currency = str_from(ctx->settings->currency), .created_at = clock_now_us(ctx->clock)};
    TRY(summary_read_taken(ctx, out));
    TRY(summary_count_orders(ctx, out));
    return summary_count_products(ctx, out);
}

/* ---- Memory. */

void summary_memory_init(struct summary_memory *memory) {
    *memory = (struct summary_memory){.lock = PTHREAD_MUTEX_INITIALIZER};
}

void summary_memory_free(struct summary_memory *memory) {
    pthread_mutex_destroy(&memory->lock);
}

static struct kept_summary *summary_kept(struct summary_memory *memory, int64_t days) {
    return &memory->kept[days <= 7 ? 0 : days <= 30 ? 1 : 2];
}

/* Copies a series, whose days then point into the copy. */
static void series_copy(const struct list *from, struct summary_day *to, struct list *out) {
    memcpy(to, from->data, from->count * sizeof *to);
    for (size_t i = 0; i < from->count; i++)
        to[i].day.data = to[i].day_room;
    *out = (struct list){to, from->count};
}

/* Copies what is kept into ctx->arena, if it is fresh. */
static bool summary_recall(struct shop_ctx *ctx, struct summary_memory *memory, int64_t days,
                           struct summary *out) {
    struct summary_day *series = arena_array(ctx->arena, (size_t)days, sizeof *series);
    int64_t now = clock_now_us(ctx->clock);
    bool is_fresh = false;
    pthread_mutex_lock(&memory->lock);
    const struct kept_summary *kept = summary_kept(memory, days);
    int64_t age = now - kept->summary.created_at;
    is_fresh = series && kept->summary.days == days && age >= 0 && age < summary_keep_us;
    if (is_fresh) {
        *out = kept->summary;
        series_copy(&kept->summary.series, series, &out->series);
    }
    pthread_mutex_unlock(&memory->lock);
    return is_fresh;
}

static void summary_keep(struct summary_memory *memory, const struct summary *summary) {
    pthread_mutex_lock(&memory->lock);
    struct kept_summary *kept = summary_kept(memory, summary->days);
    kept->summary = *summary;
    series_copy(&summary->series, kept->series, &kept->summary.series);
    pthread_mutex_unlock(&memory->lock);
}

enum status summary_get(struct shop_ctx *ctx, int64_t days, struct summary_memory *memory,
                        struct summary *out) {
    if (memory && summary_recall(ctx, memory, days, out))
        return STATUS_OK;
    TRY(summary_read(ctx, days, out));
    if (memory)
        summary_keep(memory, out);
    return STATUS_OK;
}
