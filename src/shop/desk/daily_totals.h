/* What the shop took each day, added up once the day is over: a chart of a year reads 365 rows, and no order writes a row that
 * others write too.
 *
 *     an order       counts on the day on which it was paid (UTC): it was paid once, so a day that is over never changes
 *     a refund       counts on the day on which it succeeded, also if a bank sends the money back later. Money that no order
 *                    had a use for counts neither as taken nor as given back
 *
 * A day is over an hour after midnight, because the clocks of several nodes differ a little. The chores add up the newest days
 * first, those from before the upgrade too; whoever reads adds up the rest himself (summary.h). A day with nothing has a row
 * with an empty currency. */
#pragma once

#include "shop/shop_ctx.h"

/* Days since 1970. */
#define day_us (INT64_C(24) * 3600 * 1000000)
#define day_slack_us (INT64_C(3600) * 1000000)

/* What was taken on a day in one currency. Sums stop at money_max. */
struct daily_total {
    int64_t day;
    struct str currency;
    int64_t orders, revenue, refunded;
};

enum {
    daily_currencies_max = 32, /* that a shop has had on one day: more are left out */
    daily_slice_days = 64,     /* added up at a time, but only so many … */
    daily_slice_orders = 5000, /* … that about as many orders are read, or one day */
};

/* Adds two sums, up to money_max. */
int64_t daily_sum(int64_t a, int64_t b);

/* Reads what was taken on a day from its orders: a list of struct daily_total. */
MUST_CHECK enum status daily_totals_add_up(struct shop_ctx *ctx, int64_t day, struct list *out);

/* Reads the first day of the shop, on which its first order ended; INT64_MAX: there was none yet. */
MUST_CHECK enum status daily_totals_first(struct shop_ctx *ctx, int64_t *day);

/* How far the chores of a process have come. */
struct daily_progress {
    int64_t
        done; /* every day up to this one has its rows, as far as the process knows; 0: it does not know */
};

/* Adds up the newest days that are over and have no rows: only reads. `out` gets them as a list of struct daily_total, and
 * `more` whether there are others. Without any, it notes that in `progress`, and then reads nothing until the next day is
 * over. */
MUST_CHECK enum status daily_totals_find(struct shop_ctx *ctx, struct daily_progress *progress,
                                         struct list *out, bool *more);

/* Writes rows that daily_totals_find() has found, but for those that another node has written meanwhile. */
MUST_CHECK enum status daily_totals_write(struct shop_ctx *ctx, const struct list *totals);
