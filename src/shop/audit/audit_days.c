/* The audit of the daily totals: they are what the orders and refunds of their days add up to. All days are compared, by
 * adding both sides to one sum each: it reads the orders once. What was added up stops at money_max, as a row does. */
#include "shop/audit/checks.h"

/* clang-format off */
#define MONEY_MAX "9007199254740991"
#define APART(kept, found, sum, least) "(" sum(kept) " - " least "(" sum(found) ", " MONEY_MAX "))"
#define DAYS_APART(order_day, refund_day, text_day, sum, least)                                              \
    "SELECT " text_day ", currency, CAST(" sum("n") " AS bigint),"                                           \
    " CAST(" APART("revenue", "paid", sum, least) " AS bigint),"                                             \
    " CAST(" APART("refunded", "given", sum, least) " AS bigint) FROM ("                                     \
    "SELECT day, currency, orders AS n, revenue, 0 AS paid, refunded, 0 AS given FROM daily_totals"          \
    " UNION ALL SELECT " order_day ", currency, -1, 0, total_amount, 0, 0 FROM orders WHERE closed_at IS NOT NULL" \
    " AND status IN ('paid', 'shipped', 'delivered', 'refunded')"                                            \
    " AND " order_day " IN (SELECT day FROM daily_totals)"                                                   \
    " UNION ALL SELECT " refund_day ", y.currency, 0, 0, 0, 0, r.amount FROM refunds AS r"                   \
    " JOIN payments AS y ON y.seq = r.payment WHERE r.succeeded_at IS NOT NULL AND y.surplus = 0"            \
    " AND " refund_day " IN (SELECT day FROM daily_totals)) AS t GROUP BY day, currency"                     \
    " HAVING " sum("n") " <> 0 OR " APART("revenue", "paid", sum, least) " <> 0"                             \
    " OR " APART("refunded", "given", sum, least) " <> 0 ORDER BY day LIMIT 100"
#define DAY_SQLITE(column) column " / 86400000000"
#define DAY_POSTGRES(column) "CAST(floor(extract(epoch FROM " column ") / 86400) AS bigint)"
#define SUM_SQLITE(column) "total(" column ")"
#define SUM_POSTGRES(column) "sum(" column ")"
/* clang-format on */

enum status audit_daily_totals(struct auditor *a) {
    static const struct audit_rule rule = {
        {DAYS_APART(DAY_SQLITE("closed_at"), DAY_SQLITE("r.succeeded_at"), "date(day * 86400, 'unixepoch')",
                    SUM_SQLITE, "min"),
         DAYS_APART(DAY_POSTGRES("closed_at"), DAY_POSTGRES("r.succeeded_at"),
                    "to_char(timestamp '1970-01-01' + day * interval '1 day', 'YYYY-MM-DD')", SUM_POSTGRES,
                    "least")},
        "day %s: its daily totals in '%s' are not what its orders say: %d orders, %d of revenue and %d refunded too "
        "many. Delete its rows, and a server adds it up anew"};
    return audit_report_rows(a, &rule);
}
