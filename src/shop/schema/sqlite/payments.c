/* SQLite's steps of money: payments, refunds, disputes, and what the shop took each day. */
#include "shop/schema/sqlite/steps.h"

/* clang-format off */
/* Payments. The orders' table is made anew, because a CHECK cannot be changed and there is a new status.
 * `retaken` marks an expired order whose stock was taken a second time, because its money came late.
 *
 * `due_at` is when reconciliation checks a payment next; NULL if nothing more can happen to it. `surplus`
 * is money that its order had no use for. `wrong_amount` and `wrong_currency` are what the provider
 * reports if it is not what was asked. */
const char sqlite_step_payments[] =
    "CREATE TABLE orders_new ("
    "  seq INTEGER PRIMARY KEY,"
    "  id BLOB NOT NULL UNIQUE CHECK (length(id) = 16),"
    "  session BLOB NOT NULL,"
    "  total_amount INTEGER NOT NULL CHECK (total_amount BETWEEN 0 AND 9007199254740991),"
    "  currency TEXT NOT NULL,"
    "  status TEXT NOT NULL CHECK (status IN ('pending', 'paid', 'cancelled', 'expired', 'refunded')),"
    "  retaken INTEGER NOT NULL DEFAULT 0 CHECK (retaken IN (0, 1)),"
    "  created_at INTEGER NOT NULL,"
    "  expires_at INTEGER NOT NULL"
    ") STRICT;"
    "INSERT INTO orders_new (seq, id, session, total_amount, currency, status, created_at, expires_at)"
    "  SELECT seq, id, session, total_amount, currency, status, created_at, expires_at FROM orders;"
    "DROP TABLE orders;"
    "ALTER TABLE orders_new RENAME TO orders;"
    "CREATE INDEX orders_session ON orders (session, seq);"
    "CREATE INDEX orders_expiring ON orders (expires_at) WHERE status = 'pending';"

    "CREATE TABLE payments ("
    "  seq INTEGER PRIMARY KEY,"
    "  id BLOB NOT NULL UNIQUE CHECK (length(id) = 16),"
    "  order_seq INTEGER NOT NULL REFERENCES orders (seq),"
    "  provider TEXT NOT NULL,"
    "  provider_payment_id TEXT UNIQUE,"
    "  amount INTEGER NOT NULL CHECK (amount BETWEEN 0 AND 9007199254740991),"
    "  currency TEXT NOT NULL,"
    "  status TEXT NOT NULL CHECK (status IN ('pending', 'succeeded', 'failed')),"
    "  failure_message TEXT,"
    "  attempts INTEGER NOT NULL DEFAULT 0 CHECK (attempts >= 0),"
    "  surplus INTEGER NOT NULL DEFAULT 0 CHECK (surplus IN (0, 1)),"
    "  refund TEXT NOT NULL DEFAULT 'none' CHECK (refund IN ('none', 'wanted', 'done')),"
    "  wrong_amount INTEGER,"
    "  wrong_currency TEXT,"
    "  created_at INTEGER NOT NULL,"
    "  changed_at INTEGER NOT NULL,"
    "  due_at INTEGER,"
    "  CHECK (status = 'succeeded' OR (surplus = 0 AND refund = 'none')),"
    "  CHECK (surplus = 0 OR refund <> 'none'),"
    "  CHECK ((wrong_amount IS NULL) = (wrong_currency IS NULL))"
    ") STRICT;"
    "CREATE INDEX payments_order ON payments (order_seq);"
    "CREATE UNIQUE INDEX payments_live ON payments (order_seq) WHERE status = 'pending';"
    "CREATE UNIQUE INDEX payments_paying ON payments (order_seq) WHERE status = 'succeeded' AND surplus = 0;"
    "CREATE INDEX payments_due ON payments (due_at) WHERE due_at IS NOT NULL;"
    "CREATE TABLE payment_events (id TEXT PRIMARY KEY, taken_at INTEGER NOT NULL) STRICT, WITHOUT ROWID;"
    "CREATE INDEX payment_events_age ON payment_events (taken_at);";

/* What banks undo (shop/payments/reversal.h). Each id is the provider's. */
const char sqlite_step_reversals[] =
    "CREATE TABLE payment_disputes ("
    "  id TEXT PRIMARY KEY,"
    "  payment INTEGER NOT NULL REFERENCES payments (seq),"
    "  amount INTEGER NOT NULL CHECK (amount BETWEEN 0 AND 9007199254740991),"
    "  currency TEXT NOT NULL,"
    "  reason TEXT,"
    "  status TEXT NOT NULL,"
    "  evidence_due_at INTEGER,"
    "  changed_at INTEGER NOT NULL"
    ") STRICT, WITHOUT ROWID;"
    "CREATE INDEX payment_disputes_payment ON payment_disputes (payment);"
    "CREATE TABLE failed_refunds ("
    "  id TEXT PRIMARY KEY,"
    "  payment INTEGER NOT NULL REFERENCES payments (seq),"
    "  amount INTEGER NOT NULL CHECK (amount BETWEEN 0 AND 9007199254740991),"
    "  currency TEXT NOT NULL,"
    "  reason TEXT,"
    "  failed_at INTEGER NOT NULL,"
    "  made_up_at INTEGER"
    ") STRICT, WITHOUT ROWID;"
    "CREATE INDEX failed_refunds_payment ON failed_refunds (payment);"
    "CREATE VIEW IF NOT EXISTS payment_disputes_view AS SELECT d.id, " ID("o.id") " AS order_id,"
    "  " ID("y.id") " AS payment_id, d.amount, d.currency, d.reason, d.status,"
    "  " TIME("d.evidence_due_at") " AS evidence_due_at, " TIME("d.changed_at") " AS changed_at"
    "  FROM payment_disputes AS d JOIN payments AS y ON y.seq = d.payment " OF_ORDER("y") ";"
    "CREATE VIEW IF NOT EXISTS failed_refunds_view AS SELECT f.id, " ID("o.id") " AS order_id,"
    "  " ID("y.id") " AS payment_id, f.amount, f.currency, f.reason, " TIME("f.failed_at") " AS failed_at,"
    "  " TIME("f.made_up_at") " AS made_up_at"
    "  FROM failed_refunds AS f JOIN payments AS y ON y.seq = f.payment " OF_ORDER("y") ";";

/* Whether the payment provider mails a receipt to the contact's address. NULL: the order was placed before this step, and
 * the provider is told nothing of its contact, because its intent may have been created so. */
const char sqlite_step_receipts[] =
    "ALTER TABLE order_contacts ADD COLUMN receipt INTEGER CHECK (receipt IN (0, 1));";

/* Refunds of parts (shop/payments/refund_rows.h). A refund of all the money from before has its payment's id, and took back
 * every unit that its order had. */
const char sqlite_step_refunds[] =
    "ALTER TABLE payments ADD COLUMN refund_reserved INTEGER NOT NULL DEFAULT 0"
    "  CHECK (refund_reserved BETWEEN 0 AND amount);"
    "ALTER TABLE payments ADD COLUMN refunded_amount INTEGER NOT NULL DEFAULT 0"
    "  CHECK (refunded_amount BETWEEN 0 AND refund_reserved);"
    "CREATE TABLE refunds ("
    "  seq INTEGER PRIMARY KEY,"
    "  id BLOB NOT NULL UNIQUE CHECK (length(id) = 16),"
    "  order_seq INTEGER NOT NULL REFERENCES orders (seq),"
    "  payment INTEGER NOT NULL REFERENCES payments (seq),"
    "  amount INTEGER NOT NULL CHECK (amount BETWEEN 0 AND 9007199254740991),"
    "  shipping INTEGER NOT NULL CHECK (shipping BETWEEN 0 AND 9007199254740991),"
    "  status TEXT NOT NULL CHECK (status IN ('pending', 'succeeded', 'failed')),"
    "  origin TEXT NOT NULL CHECK (origin IN ('staff', 'provider', 'shop')),"
    "  reason TEXT,"
    "  failure_message TEXT,"
    "  provider_refund_id TEXT UNIQUE,"
    "  succeeded_at INTEGER CHECK (succeeded_at IS NOT NULL OR status <> 'succeeded'),"
    "  notify INTEGER NOT NULL CHECK (notify IN (0, 1)),"
    "  actor_kind TEXT CHECK (actor_kind IN ('staff', 'key', 'token', 'system')),"
    "  actor TEXT,"
    "  created_at INTEGER NOT NULL"
    ") STRICT;"
    "CREATE INDEX refunds_order ON refunds (order_seq);"
    "CREATE INDEX refunds_payment ON refunds (payment);"
    "CREATE TABLE refund_items ("
    "  refund INTEGER NOT NULL REFERENCES refunds (seq),"
    "  line INTEGER NOT NULL,"
    "  quantity INTEGER NOT NULL CHECK (quantity >= 1),"
    "  unsent INTEGER NOT NULL CHECK (unsent BETWEEN 0 AND quantity),"
    "  restock INTEGER NOT NULL CHECK (restock BETWEEN 0 AND quantity),"
    "  PRIMARY KEY (refund, line)"
    ") STRICT, WITHOUT ROWID;"
    "INSERT INTO refunds (id, order_seq, payment, amount, shipping, status, origin, succeeded_at, notify, created_at)"
    "  SELECT id, order_seq, seq, amount, 0, CASE refund WHEN 'done' THEN 'succeeded' ELSE 'pending' END,"
    "  CASE surplus WHEN 1 THEN 'shop' ELSE 'staff' END, CASE refund WHEN 'done' THEN changed_at END, 0, changed_at"
    "  FROM payments WHERE refund <> 'none' ORDER BY seq;"
    "INSERT INTO refund_items SELECT r.seq, i.line, i.quantity, i.quantity - coalesce((SELECT sum(fi.quantity)"
    "  FROM fulfillments AS f JOIN fulfillment_items AS fi ON fi.fulfillment = f.seq WHERE f.order_seq = i.order_seq"
    "  AND fi.line = i.line AND f.status <> 'cancelled'), 0), i.quantity FROM refunds AS r"
    "  JOIN order_items AS i ON i.order_seq = r.order_seq WHERE r.origin = 'staff' AND r.status = 'succeeded';"
    "UPDATE payments SET refund_reserved = amount WHERE refund <> 'none';"
    "UPDATE payments SET refunded_amount = amount WHERE refund = 'done';"
    "DROP VIEW IF EXISTS payments_view;"
    "CREATE VIEW payments_view AS SELECT y.seq, " ID("y.id") " AS id, " ID("o.id") " AS order_id,"
    "  y.provider, y.provider_payment_id, y.amount, y.currency, y.status, y.failure_message, y.attempts, y.surplus,"
    "  y.refund, y.refund_reserved, y.refunded_amount, y.wrong_amount, y.wrong_currency,"
    "  " TIME("y.created_at") " AS created_at, " TIME("y.changed_at") " AS changed_at, " TIME("y.due_at") " AS due_at"
    "  FROM payments AS y " OF_ORDER("y") ";"
    "CREATE VIEW IF NOT EXISTS refunds_view AS SELECT r.seq, " ID("r.id") " AS id, " ID("o.id") " AS order_id, r.amount,"
    "  r.shipping, r.status, r.origin, r.reason, r.failure_message, r.provider_refund_id,"
    "  " TIME("r.succeeded_at") " AS succeeded_at, r.notify, r.actor_kind, r.actor, " TIME("r.created_at") " AS created_at"
    "  FROM refunds AS r " OF_ORDER("r") ";"
    "CREATE VIEW IF NOT EXISTS refund_items_view AS SELECT " ID("r.id") " AS refund_id, " ID("o.id") " AS order_id,"
    "  i.line, i.quantity, i.unsent, i.restock FROM refund_items AS i JOIN refunds AS r ON r.seq = i.refund"
    "  " OF_ORDER("r") ";";

/* What was paid by hand is a payment as well, so that it can be refunded. Its id is the order's, which no payment has. */
const char sqlite_step_paid_by_hand[] =
    "INSERT INTO payments (id, order_seq, provider, amount, currency, status, created_at, changed_at)"
    "  SELECT o.id, m.order_seq, 'by_hand', m.amount, m.currency, 'succeeded', m.created_at, m.created_at"
    "  FROM manual_payments AS m JOIN orders AS o ON o.seq = m.order_seq ORDER BY m.order_seq;";

/* What the shop took each day (shop/desk/daily_totals.h), and what finds the orders, refunds and failed payments of a time.
 * An order that is placed is in none of these indexes. */
const char sqlite_step_daily_totals[] =
    "CREATE TABLE daily_totals ("
    "  day INTEGER NOT NULL,"
    "  currency TEXT NOT NULL,"
    "  orders INTEGER NOT NULL CHECK (orders >= 0),"
    "  revenue INTEGER NOT NULL CHECK (revenue BETWEEN 0 AND 9007199254740991),"
    "  refunded INTEGER NOT NULL CHECK (refunded BETWEEN 0 AND 9007199254740991),"
    "  PRIMARY KEY (day, currency)"
    ") STRICT, WITHOUT ROWID;"
    "CREATE VIEW IF NOT EXISTS daily_totals_view AS SELECT date(day * 86400, 'unixepoch') AS day, currency, orders,"
    "  revenue, refunded FROM daily_totals;"
    "CREATE INDEX orders_closed ON orders (closed_at) WHERE closed_at IS NOT NULL;"
    "CREATE INDEX refunds_succeeded ON refunds (succeeded_at) WHERE succeeded_at IS NOT NULL;"
    "CREATE INDEX payments_failed ON payments (changed_at) WHERE status = 'failed';";
