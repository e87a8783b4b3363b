/* The audit of the daily totals: they are what the orders and refunds of their days add up to. All days are compared, by
 * adding both sides to one sum each: it reads the orders once. */
#include "shop/audit/checks.h"

/* clang-format off */
#define DAYS_APART(order_day, refund_day, text_day, sum)                                                     \
    "SELECT " text_day ", currency, CAST(" sum("orders") " AS bigint), CAST(" sum("revenue") " AS bigint),"  \
    " CAST(" sum("refunded") " AS bigint) FROM ("                                                            \
    "SELECT day, currency, orders, revenue, refunded FROM daily_totals"                                      \
    " UNION ALL SELECT " order_day ", currency, -1, -total_amount, 0 FROM orders WHERE closed_at IS NOT NULL" \
    " AND status IN ('paid', 'shipped', 'delivered', 'refunded')"                                            \
    " AND " order_day " IN (SELECT day FROM daily_totals)"                                                   \
    " UNION ALL SELECT " refund_day ", y.currency, 0, 0, -r.amount FROM refunds AS r"                        \
    " JOIN payments AS y ON y.seq = r.payment WHERE r.succeeded_at IS NOT NULL AND y.surplus = 0"            \
    " AND " refund_day " IN (SELECT day FROM daily_totals)) AS t GROUP BY day, currency"                     \
    " HAVING " sum("orders") " <> 0 OR " sum("revenue") " <> 0 OR " sum("refunded") " <> 0"                  \
    " ORDER BY day LIMIT 100"
#define DAY_SQLITE(column) column " / 86400000000"
#define DAY_POSTGRES(column) "CAST(floor(extract(epoch FROM " column ") / 86400) AS bigint)"
#define SUM_SQLITE(column) "total(" column ")"
#define SUM_POSTGRES(column) "sum(" column ")"
/* clang-format on */

enum status audit_daily_totals(struct auditor *a) {
    static const struct audit_rule rule = {
        {DAYS_APART(DAY_SQLITE("closed_at"), DAY_SQLITE("r.succeeded_at"), "date(day * 86400, 'unixepoch')",
                    SUM_SQLITE),
         DAYS_APART(DAY_POSTGRES("closed_at"), DAY_POSTGRES("r.succeeded_at"),
                    "to_char(timestamp '1970-01-01' + day * interval '1 day', 'YYYY-MM-DD')", SUM_POSTGRES)},
        "day %s: its daily totals in '%s' are not what its orders say: %d orders, %d of revenue and %d refunded too "
        "many. Delete its rows, and a server adds it up anew"};
    return audit_report_rows(a, &rule);
}
