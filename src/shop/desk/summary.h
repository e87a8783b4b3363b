/* How the shop is doing: what was taken in the last days, and what is to be done.
 *
 *     days that are over    daily_totals.h; up to summary_live_max of the newest that the chores have not come to yet are added
 *                           up here, as today is
 *     to be done            counted each time, each up to a bound
 *
 * With a million orders this takes tens of milliseconds. So answers are kept in memory for half a minute, whatever happens
 * meanwhile. */
#pragma once

#include "shop/desk/daily_totals.h"

#include <pthread.h>

enum {
    summary_live_max = 3,
    summary_days_max = 365,
    summary_count_max = 100000, /* of orders to be seen to: more are said as so many */
    summary_looked_max = 20000, /* products that are looked at one by one, sold out or scarce: 60 ms */
};
#define summary_keep_us (INT64_C(30) * 1000000)

/* What was taken, in the shop's currency: sums up to money_max. */
struct taken {
    int64_t orders, revenue, refunded;
    struct maybe_int average; /* revenue of an order, rounded; absent without orders */
};

/* A day of the series. */
struct summary_day {
    struct str day; /* `2026-11-23` */
    int64_t orders, revenue, refunded;
    char day_room[10]; /* `day` points here */
};

struct summary {
    int64_t days;
    struct str currency;
    struct taken taken, before; /* in these days, and in as many before them */
    struct list series;         /* struct summary_day, oldest first; the last one is today */
    int64_t to_ship, failed_payments;
    struct maybe_int
        low_stock; /* absent if too many products are scarce to look at, or the bound is above SCARCE_BELOW */
    int64_t low_stock_below, sold_out;
    int64_t days_missing; /* days that the chores have not added up yet */
    int64_t created_at;
};

/* The latest answers, which the threads of a process share. */
struct summary_memory {
    pthread_mutex_t lock;
    struct kept_summary {
        struct summary summary;
        struct summary_day series[summary_days_max];
    } kept[3]; /* for 7, 30 and 365 days; days 0: nothing yet */
};

void summary_memory_init(struct summary_memory *memory);
void summary_memory_free(struct summary_memory *memory);

/* Gets the summary of the last `days` (7, 30 or 365), today among them: from memory (NULL: there is no memory) or from the
 * database. */
MUST_CHECK enum status summary_get(struct shop_ctx *ctx, int64_t days, struct summary_memory *memory,
                                   struct summary *out);
