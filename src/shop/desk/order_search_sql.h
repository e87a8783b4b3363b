/* The statements of order_search.c, which says when each is run.
 *
 * Each but order_search_count_sql selects the columns that order_row_read() takes. `before` is a cursor: orders with a
 * lesser seq are found. A status of '' is any, unless said otherwise. Times are half-open, [from, to). */
#pragma once

#include "db/db.h"

/* The search looks through as many of the newest orders before it asks an index. */
enum { orders_looked_max = 5000 };

/* By seq, downwards. $1 first id, $2 end of ids, $3 before, $4 from, $5 to, then the limit. The second one has a status,
 * as $6. */
extern const struct sql order_search_all_sql, order_search_status_sql;

/* Of the newest orders, those whose email address or name begins with a word: [0] without a status, [1] with one.
 * $1 first id, $2 end of ids, $3 before, $4 status, $5 … $6 email addresses, $7 … $8 names, $9 from, $10 to, $11 limit. */
extern const struct sql order_search_named_sql[2];

/* By the indexes of ids, numbers, email addresses and names. $1 first id, $2 end of ids, $3 before, $4 id, $5 number's
 * suffix, $6 … $7 email addresses, $8 … $9 names, $10 whether $11 to $13 narrow, $11 from, $12 to, $13 status, $14 limit. */
extern const struct sql order_search_found_sql;

/* Of the newest orders, those with a payment that failed at these times: [0] without a status, [1] with one.
 * $1 first id, $2 end of ids, $3 before, $4 status, $5 from, $6 to, $7 limit. */
extern const struct sql order_search_late_sql[2];

/* The same by the index of failed payments. $1 from, $2 to, $3 before, $4 status, $5 limit. */
extern const struct sql order_search_failed_sql;

/* By the time of their payment, downwards. $1 from, $2 to, $3 the cursor's order, $4 status, $5 limit. */
extern const struct sql order_search_paid_sql;

/* The same for a status that is rare. $1 status, $2 from, $3 to, $4 the cursor's order, $5 limit. */
extern const struct sql order_search_paid_few_sql;

/* How many orders of a status there are, up to orders_looked_max. $1 first id, $2 end of ids, $3 before, $4 status. */
extern const struct sql order_search_count_sql;
