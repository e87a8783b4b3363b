/* The audit of fulfilments and of units that were taken back: no more is sent of a line than is owed, no more taken back than
 * was bought, and a paid order's status is that of its quantities. */
#include "shop/audit/checks.h"
#include "shop/orders/order.h"
#include "shop/orders/owed.h"

enum status audit_fulfillments(struct auditor *a) {
    static const struct audit_rule rules[] = {
        {SQL("SELECT o.id, i.line, i.quantity, " LINE_SHIPPED " FROM order_items AS i"
             " JOIN orders AS o ON o.seq = i.order_seq WHERE i.order_seq IN"
             " (SELECT order_seq FROM fulfillments UNION ALL SELECT order_seq FROM refunds) AND " LINE_OWED
             " < 0"),
         "order %u: its line %d has %d units, and %d are sent, beside those that were refunded before"},
        {SQL("SELECT o.id, i.line, i.quantity, " LINE_REFUNDED
             " FROM order_items AS i JOIN orders AS o ON o.seq = i.order_seq"
             " WHERE i.order_seq IN (SELECT order_seq FROM refunds) AND " LINE_REFUNDED " > i.quantity"),
         "order %u: its line %d has %d units, and %d were taken back"},
        {SQL("SELECT r.id, ri.line FROM refund_items AS ri JOIN refunds AS r ON r.seq = ri.refund"
             " LEFT JOIN order_items AS i ON i.order_seq = r.order_seq AND i.line = ri.line WHERE i.line IS NULL"),
         "refund %u: its order has no line %d"},
        {SQL("SELECT f.id, fi.line FROM fulfillment_items AS fi JOIN fulfillments AS f ON f.seq = fi.fulfillment"
             " LEFT JOIN order_items AS i ON i.order_seq = f.order_seq AND i.line = fi.line WHERE i.line IS NULL"),
         "fulfillment %u: its order has no line %d"},
        {SQL("SELECT f.id FROM fulfillments AS f WHERE NOT EXISTS"
             " (SELECT 1 FROM fulfillment_items AS fi WHERE fi.fulfillment = f.seq)"),
         "fulfillment %u: has no items"},
        {SQL("SELECT id, status, " SHIPPING_STATUS " FROM orders WHERE status IN " SOLD_STATUSES
             " AND (status <> 'paid' OR seq IN (SELECT order_seq FROM fulfillments)) AND status <> " SHIPPING_STATUS),
         "order %u: is %s, and by its quantities it is %s"},
    };
    enum status s = STATUS_OK;
    for (size_t i = 0; i < sizeof rules / sizeof *rules && s == STATUS_OK; i++)
        s = audit_report_rows(a, &rules[i]);
    return s;
}
