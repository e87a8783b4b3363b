/* How it works: a statement is `SELECT` the columns of a row `FROM` a page of orders. The page is chosen first, as seqs
 * only, and its order, contact and sums are looked up for these few:
 *
 *     WITH looked AS (…)         the candidates
 *     ROW_COLUMNS                SELECT o.seq, …
 *     FROM (… LIMIT …) AS page   PAGE_OF_…: the seqs of a page of them
 *     JOIN orders AS o …         OF_PAGE: what the columns are of
 *
 * The two engines differ in four ways, so a macro may have a form for PostgreSQL, or an argument:
 *
 *     least     the lesser of two values is min() in SQLite, least() in PostgreSQL. SQLite uses one upper bound of an
 *               index, so the lesser of two is computed
 *     contact   PostgreSQL does not know the LIMIT when it plans, and might read whole tables in order to join them. So it
 *               gets each row by a subquery with a LIMIT of its own, which can only be looked up
 *     suffix    the last bytes of an order's id
 *     status    PostgreSQL does not know the status either, and might read all orders to find a few. Compared together with
 *               the seq, it can only be looked up in the index of both, which alone has that order */
#include "shop/desk/order_search_sql.h"

#define LOOKED_MAX "5000" /* as orders_looked_max */

/* clang-format off */

/* ---- Of an order `o`, and its contact `c`. */

#define ROW_COLUMNS                                                                                          \
    "SELECT o.seq, o.id, o.status, o.total_amount, o.currency, o.created_at, c.email,"                       \
    " coalesce(c.shipping_name, c.billing_name), coalesce(c.shipping_country, c.billing_country),"           \
    " (SELECT CAST(coalesce(sum(i.quantity), 0) AS bigint) FROM order_items AS i WHERE i.order_seq = o.seq)," \
    " (SELECT coalesce(max(p.refunded_amount), 0) FROM payments AS p"                                        \
    " WHERE p.order_seq = o.seq AND p.status = 'succeeded' AND p.surplus = 0),"                              \
    " (SELECT count(*) FROM fulfillments AS u WHERE u.order_seq = o.seq AND u.status <> 'cancelled')"

#define CONTACT " LEFT JOIN order_contacts AS c ON c.order_seq = o.seq"
#define CONTACT_POSTGRES                                                                                     \
    " LEFT JOIN LATERAL (SELECT * FROM order_contacts AS k WHERE k.order_seq = o.seq LIMIT 1) AS c ON true"

#define ORDER_OF(table) " CROSS JOIN orders AS o ON o.seq = " table ".seq"
#define ORDER_OF_POSTGRES(table)                                                                             \
    " JOIN LATERAL (SELECT * FROM orders AS k WHERE k.seq = " table ".seq LIMIT 1) AS o ON true"

#define OF_PAGE ORDER_OF("page") CONTACT " ORDER BY page.seq DESC"
#define OF_PAGE_POSTGRES ORDER_OF_POSTGRES("page") CONTACT_POSTGRES " ORDER BY page.seq DESC"

/* ---- By the time they were placed. */

/* The orders of the times of a filter: from which seq on, and before which. */
#define FIRST_SEQ "coalesce((SELECT seq FROM orders WHERE id >= $1 ORDER BY id LIMIT 1), 9223372036854775807)"
#define END_SEQ(least)                                                                                       \
    least "(coalesce((SELECT seq FROM orders WHERE id < $2 ORDER BY id DESC LIMIT 1), 0) + 1, $3)"
#define OF_TIMES(least)                                                                                      \
    " o.seq >= " FIRST_SEQ " AND o.seq < " END_SEQ(least) " AND o.created_at >= $4 AND o.created_at < $5"

#define ALL(least, contact)                                                                                  \
    ROW_COLUMNS " FROM orders AS o" contact " WHERE" OF_TIMES(least) " ORDER BY o.seq DESC LIMIT $6"
#define ALL_OF_STATUS                                                                                        \
    ROW_COLUMNS " FROM orders AS o" CONTACT " WHERE" OF_TIMES("min")                                         \
    " AND o.status = $6 ORDER BY o.seq DESC LIMIT $7"

/* Those of a status and of the same times, in the index of both. */
#define STATUS_AND_TIMES_POSTGRES(status)                                                                    \
    " (status, seq) >= (" status ", " FIRST_SEQ ") AND (status, seq) < (" status ", " END_SEQ("least") ")"
#define BY_STATUS_POSTGRES " ORDER BY status DESC, seq DESC"
#define ALL_OF_STATUS_POSTGRES                                                                               \
    ROW_COLUMNS " FROM (SELECT * FROM orders WHERE" STATUS_AND_TIMES_POSTGRES("$6")                          \
    " AND created_at >= $4 AND created_at < $5" BY_STATUS_POSTGRES " LIMIT $7) AS o" CONTACT_POSTGRES        \
    " ORDER BY o.seq DESC"

const struct sql order_search_all_sql = {ALL("min", CONTACT), ALL("least", CONTACT_POSTGRES)};
const struct sql order_search_status_sql = {ALL_OF_STATUS, ALL_OF_STATUS_POSTGRES};

/* ---- Among the newest LOOKED_MAX orders, of a status if `of_status` says so. */

#define ANY_STATUS " AND $4 = ''"
#define OF_STATUS " AND status = $4"
#define SEQS_OF_TIMES(least) "SELECT seq FROM orders WHERE seq >= " FIRST_SEQ " AND seq < " END_SEQ(least)
#define SEQS_OF_STATUS_POSTGRES "SELECT seq FROM orders WHERE" STATUS_AND_TIMES_POSTGRES("$4")
#define LOOKED(seqs) "WITH looked AS (" seqs " LIMIT " LOOKED_MAX ") "
#define LOOKED_SQLITE(of_status) LOOKED(SEQS_OF_TIMES("min") of_status " ORDER BY seq DESC")
#define LOOKED_ANY_POSTGRES LOOKED(SEQS_OF_TIMES("least") ANY_STATUS " ORDER BY seq DESC")
#define LOOKED_STATUS_POSTGRES LOOKED(SEQS_OF_STATUS_POSTGRES BY_STATUS_POSTGRES)
#define COUNT(seqs) "SELECT count(*) FROM (" seqs " LIMIT " LOOKED_MAX ") AS s"

const struct sql order_search_count_sql = {COUNT(SEQS_OF_TIMES("min") OF_STATUS),
                                           COUNT(SEQS_OF_STATUS_POSTGRES)};

#define LOOKED_CONTACT " FROM looked AS l CROSS JOIN order_contacts AS c ON c.order_seq = l.seq"
#define LOOKED_CONTACT_POSTGRES                                                                              \
    " FROM looked AS l JOIN LATERAL (SELECT * FROM order_contacts AS k WHERE k.order_seq = l.seq LIMIT 1) AS c ON true"
#define PAGE_OF_NAMED(contact)                                                                               \
    " FROM (SELECT l.seq" contact                                                                            \
    " WHERE (c.email_key >= $5 AND c.email_key < $6 OR c.name_key >= $7 AND c.name_key < $8)"                \
    " AND (SELECT count(*) FROM orders AS s WHERE s.seq = l.seq AND s.created_at >= $9 AND s.created_at < $10) = 1" \
    " ORDER BY l.seq DESC LIMIT $11) AS page"
#define NAMED(looked, looked_postgres)                                                                       \
    {looked ROW_COLUMNS PAGE_OF_NAMED(LOOKED_CONTACT) OF_PAGE,                                               \
     looked_postgres ROW_COLUMNS PAGE_OF_NAMED(LOOKED_CONTACT_POSTGRES) OF_PAGE_POSTGRES}

const struct sql order_search_named_sql[2] = {NAMED(LOOKED_SQLITE(ANY_STATUS), LOOKED_ANY_POSTGRES),
                                              NAMED(LOOKED_SQLITE(OF_STATUS), LOOKED_STATUS_POSTGRES)};

#define PAGE_OF_LATE                                                                                         \
    " FROM (SELECT l.seq FROM looked AS l WHERE EXISTS (SELECT 1 FROM payments AS y WHERE y.order_seq = l.seq" \
    " AND y.status = 'failed' AND y.changed_at >= $5 AND y.changed_at < $6) ORDER BY l.seq DESC LIMIT $7) AS page"
#define LATE(looked, looked_postgres)                                                                        \
    {looked ROW_COLUMNS PAGE_OF_LATE OF_PAGE, looked_postgres ROW_COLUMNS PAGE_OF_LATE OF_PAGE_POSTGRES}

const struct sql order_search_late_sql[2] = {LATE(LOOKED_SQLITE(ANY_STATUS), LOOKED_ANY_POSTGRES),
                                             LATE(LOOKED_SQLITE(OF_STATUS), LOOKED_STATUS_POSTGRES)};

/* ---- By the indexes of what `q` may be. */

#define CANDIDATES(least, suffix)                                                                            \
    "WITH bounds AS (SELECT " FIRST_SEQ " AS first, " END_SEQ(least) " AS past),"                            \
    " found AS (SELECT seq FROM orders WHERE id = $4"                                                        \
    " UNION SELECT seq FROM orders WHERE " suffix " = $5"                                                    \
    " UNION SELECT order_seq FROM order_contacts WHERE email_key >= $6 AND email_key < $7"                   \
    " UNION SELECT order_seq FROM order_contacts WHERE name_key >= $8 AND name_key < $9) "
#define PAGE_OF_FOUND                                                                                        \
    " FROM (SELECT f.seq FROM found AS f"                                                                    \
    " WHERE f.seq >= (SELECT first FROM bounds) AND f.seq < (SELECT past FROM bounds)"                       \
    " AND ($10 = 0 OR (SELECT count(*) FROM orders AS s WHERE s.seq = f.seq AND s.created_at >= $11 AND s.created_at < $12" \
    " AND ($13 = '' OR s.status = $13)) = 1) ORDER BY f.seq DESC LIMIT $14) AS page"

const struct sql order_search_found_sql = {
    CANDIDATES("min", "substr(id, 11)") ROW_COLUMNS PAGE_OF_FOUND OF_PAGE,
    CANDIDATES("least", "substr(uuid_send(id), 11)") ROW_COLUMNS PAGE_OF_FOUND OF_PAGE_POSTGRES};

/* ---- By a payment that failed. */

#define FAILED                                                                                               \
    "WITH found AS (SELECT DISTINCT order_seq AS seq FROM payments WHERE status = 'failed'"                  \
    " AND changed_at >= $1 AND changed_at < $2 AND order_seq < $3) "
#define PAGE_OF_FAILED                                                                                       \
    " FROM (SELECT f.seq FROM found AS f WHERE $4 = '' OR"                                                   \
    " (SELECT s.status FROM orders AS s WHERE s.seq = f.seq) = $4 ORDER BY f.seq DESC LIMIT $5) AS page"

const struct sql order_search_failed_sql = {FAILED ROW_COLUMNS PAGE_OF_FAILED OF_PAGE,
                                            FAILED ROW_COLUMNS PAGE_OF_FAILED OF_PAGE_POSTGRES};

/* ---- By the time they were paid. SQLite would take `closed_at < to` as the upper bound, and read all that was paid after the
 * cursor; it does not see one in NOT. */

#define BY_CLOSED " ORDER BY o.closed_at DESC, o.seq DESC"
#define PAID_WHERE(least, from, to, before, status)                                                          \
    " WHERE o.closed_at >= " from " AND NOT (o.closed_at >= " to ")"                                         \
    " AND o.closed_at <= " least                                                                             \
    "(coalesce((SELECT b.closed_at FROM orders AS b WHERE b.seq = " before "), " to "), " to ")"             \
    " AND (o.seq < " before " OR o.closed_at < (SELECT b.closed_at FROM orders AS b WHERE b.seq = " before "))" \
    " AND o.status NOT IN ('pending', 'cancelled', 'expired') AND (" status " = '' OR o.status = " status ")" \
    BY_CLOSED " LIMIT $5"
#define PAID(least, contact)                                                                                 \
    ROW_COLUMNS " FROM orders AS o" contact PAID_WHERE(least, "$1", "$2", "$3", "$4")

const struct sql order_search_paid_sql = {PAID("min", CONTACT), PAID("least", CONTACT_POSTGRES)};

#define FEW_OF_STATUS "status = $1 ORDER BY seq DESC"
#define FEW_OF_STATUS_POSTGRES "status >= $1 AND status <= $1" BY_STATUS_POSTGRES
#define PAID_FEW(few, least, join, page)                                                                     \
    "WITH few AS (SELECT seq FROM orders WHERE " few " LIMIT " LOOKED_MAX ") " ROW_COLUMNS                   \
    " FROM (SELECT o.seq FROM few AS f" join PAID_WHERE(least, "$2", "$3", "$4", "$1") ") AS page" page

const struct sql order_search_paid_few_sql = {
    PAID_FEW(FEW_OF_STATUS, "min", ORDER_OF("f"), ORDER_OF("page") CONTACT BY_CLOSED),
    PAID_FEW(FEW_OF_STATUS_POSTGRES, "least", ORDER_OF_POSTGRES("f"), ORDER_OF_POSTGRES("page") CONTACT_POSTGRES BY_CLOSED)};
/* clang-format on */
