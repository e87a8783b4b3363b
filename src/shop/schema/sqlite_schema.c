/* SQLite's tables, as the steps that made them. Money is in the currency's smallest unit, times are microseconds
 * since 1970, ids are UUIDs of 16 bytes. `seq` is a row's own number: clients get ids, while references between
 * tables and the newest-first order use seqs. */
#include "shop/schema/audit_keep.h"
#include "shop/schema/endings.h"
#include "shop/schema/index_version.h"
#include "shop/schema/migrations.h"
#include "shop/schema/order_times.h"
#include "shop/schema/scarce.h"
#include "shop/schema/spellings.h"

/* Products and settings. Constraints check money and stock as well as the models do, because a constraint
 * outlives every program. 9007199254740991 is 2^53 - 1, the largest integer that JavaScript's numbers hold
 * exactly.
 *
 * `seq` gives newest-first lists a stable order and a cursor. Triggers keep `categories`, so that the menu
 * and the number of products cost a few rows at any size. */
static const char version_1[] =
    "CREATE TABLE products ("
    "  seq INTEGER PRIMARY KEY,"
    "  id BLOB NOT NULL UNIQUE CHECK (length(id) = 16),"
    "  name TEXT NOT NULL,"
    "  description TEXT NOT NULL,"
    "  price INTEGER NOT NULL CHECK (price BETWEEN 0 AND 9007199254740991),"
    "  stock_quantity INTEGER NOT NULL CHECK (stock_quantity BETWEEN 0 AND 9007199254740991),"
    "  category TEXT NOT NULL,"
    "  image_url TEXT NOT NULL,"
    "  is_active INTEGER NOT NULL DEFAULT 1 CHECK (is_active IN (0, 1)),"
    "  created_at INTEGER NOT NULL"
    ") STRICT;"
    "CREATE INDEX products_active ON products (seq) WHERE is_active = 1;"

    "CREATE TABLE categories ("
    "  name TEXT PRIMARY KEY,"
    "  product_count INTEGER NOT NULL CHECK (product_count >= 0)"
    ") STRICT, WITHOUT ROWID;"
    "CREATE TRIGGER products_inserted AFTER INSERT ON products WHEN new.is_active = 1 BEGIN"
    "  INSERT INTO categories VALUES (new.category, 1)"
    "    ON CONFLICT (name) DO UPDATE SET product_count = product_count + 1;"
    "END;"
    "CREATE TRIGGER products_moved AFTER UPDATE OF category, is_active ON products BEGIN"
    "  UPDATE categories SET product_count = product_count - 1 WHERE name = old.category AND old.is_active = 1;"
    "  INSERT INTO categories SELECT new.category, 1 WHERE new.is_active = 1"
    "    ON CONFLICT (name) DO UPDATE SET product_count = product_count + 1;"
    "  DELETE FROM categories WHERE name = old.category AND product_count = 0;"
    "END;"

    "CREATE TABLE settings (name TEXT PRIMARY KEY, value BLOB NOT NULL) STRICT, WITHOUT ROWID;";

/* The search index (shop/index/postings.h, shop/index/doc_values.h): terms, postings, columns. Most of the
 * millions of terms are in a few products only. `search_terms_common` makes the few thousand others quick
 * to scan. */
static const char version_1_search[] =
    "CREATE TABLE search_state (next_term INTEGER NOT NULL) STRICT;"
    "INSERT INTO search_state VALUES (1);"
    "CREATE TABLE search_terms ("
    "  term TEXT PRIMARY KEY,"
    "  id INTEGER NOT NULL,"
    "  documents INTEGER NOT NULL CHECK (documents >= 0),"
    "  words INTEGER NOT NULL CHECK (words BETWEEN 0 AND documents),"
    "  titles INTEGER NOT NULL CHECK (titles BETWEEN 0 AND words)"
    ") STRICT, WITHOUT ROWID;"
    "CREATE INDEX search_terms_common ON search_terms (term) WHERE documents >= 16;"
    "CREATE TABLE search_postings (key INTEGER PRIMARY KEY, data BLOB NOT NULL) STRICT;"
    "CREATE TABLE search_columns ("
    "  block INTEGER PRIMARY KEY,"
    "  prices BLOB NOT NULL,"
    "  categories BLOB NOT NULL,"
    "  lengths BLOB NOT NULL"
    ") STRICT;"
    "CREATE TABLE search_names (block INTEGER PRIMARY KEY, names BLOB NOT NULL) STRICT;"
    "CREATE TABLE search_categories (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;";

/* Carts, orders and stock. `stock_received` is all the stock that a product was ever given, so that at any
 * time stock_received = stock_quantity + what pending orders hold + what paid orders took: the audit
 * checks that. Each change of stock by an order is also a row of stock_movements. `session` is a hash
 * (api/session.h). */
static const char version_2[] =
    "ALTER TABLE products ADD COLUMN stock_received INTEGER NOT NULL DEFAULT 0;"
    "UPDATE products SET stock_received = stock_quantity;"

    "CREATE TABLE carts (session BLOB PRIMARY KEY, used_at INTEGER NOT NULL) STRICT, WITHOUT ROWID;"
    "CREATE INDEX carts_used ON carts (used_at);"
    "CREATE TABLE cart_items ("
    "  seq INTEGER PRIMARY KEY,"
    "  id BLOB NOT NULL UNIQUE CHECK (length(id) = 16),"
    "  session BLOB NOT NULL REFERENCES carts (session) ON DELETE CASCADE,"
    "  product INTEGER NOT NULL REFERENCES products (seq),"
    "  quantity INTEGER NOT NULL CHECK (quantity BETWEEN 1 AND 9007199254740991),"
    "  created_at INTEGER NOT NULL,"
    "  UNIQUE (session, product)"
    ") STRICT;"

    "CREATE TABLE orders ("
    "  seq INTEGER PRIMARY KEY,"
    "  id BLOB NOT NULL UNIQUE CHECK (length(id) = 16),"
    "  session BLOB NOT NULL,"
    "  total_amount INTEGER NOT NULL CHECK (total_amount BETWEEN 0 AND 9007199254740991),"
    "  currency TEXT NOT NULL,"
    "  status TEXT NOT NULL CHECK (status IN ('pending', 'paid', 'cancelled', 'expired')),"
    "  created_at INTEGER NOT NULL,"
    "  expires_at INTEGER NOT NULL"
    ") STRICT;"
    "CREATE INDEX orders_session ON orders (session, seq);"
    "CREATE INDEX orders_expiring ON orders (expires_at) WHERE status = 'pending';"
    "CREATE TABLE order_items ("
    "  order_seq INTEGER NOT NULL REFERENCES orders (seq),"
    "  line INTEGER NOT NULL,"
    "  product INTEGER NOT NULL REFERENCES products (seq),"
    "  quantity INTEGER NOT NULL CHECK (quantity >= 1),"
    "  price_at_purchase INTEGER NOT NULL CHECK (price_at_purchase >= 0),"
    "  PRIMARY KEY (order_seq, line)"
    ") STRICT, WITHOUT ROWID;"
    "CREATE TABLE stock_movements ("
    "  seq INTEGER PRIMARY KEY,"
    "  product INTEGER NOT NULL REFERENCES products (seq),"
    "  order_seq INTEGER NOT NULL REFERENCES orders (seq),"
    "  kind TEXT NOT NULL CHECK (kind IN ('reserved', 'returned', 'sold')),"
    "  quantity INTEGER NOT NULL CHECK (quantity >= 1),"
    "  created_at INTEGER NOT NULL"
    ") STRICT;"

    "CREATE TABLE idempotency_keys ("
    "  session BLOB NOT NULL,"
    "  key TEXT NOT NULL,"
    "  request BLOB NOT NULL,"
    "  http_status INTEGER NOT NULL,"
    "  body BLOB NOT NULL,"
    "  created_at INTEGER NOT NULL,"
    "  PRIMARY KEY (session, key)"
    ") STRICT, WITHOUT ROWID;"
    "CREATE INDEX idempotency_age ON idempotency_keys (created_at);";

/* Payments. The orders' table is made anew, because a CHECK cannot be changed and there is a new status.
 * `retaken` marks an expired order whose stock was taken a second time, because its money came late.
 *
 * `due_at` is when reconciliation checks a payment next; NULL if nothing more can happen to it. `surplus`
 * is money that its order had no use for. `wrong_amount` and `wrong_currency` are what the provider
 * reports if it is not what was asked. */
static const char version_3[] =
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

/* Imports. An import writes over many transactions, and its products become visible with the last one
 * (shop/catalogue/import.h). `published` is the number of the latest visible import. `staged_by` is the
 * number of the one that is being written or was broken off (0: there is no such import); its products have
 * the seqs from `staged_seq` on. `swept_to` is the last term that the clean-up of a broken import has come
 * to.
 *
 * A term's counts are in `documents` and so on, and what the import `staged_by` adds to them is in the
 * staged columns. */
static const char version_4[] =
    "CREATE TABLE catalogue ("
    "  published INTEGER NOT NULL,"
    "  staged_by INTEGER NOT NULL,"
    "  staged_seq INTEGER NOT NULL,"
    "  swept_to TEXT NOT NULL"
    ") STRICT;"
    "INSERT INTO catalogue VALUES (0, 0, 9223372036854775807, '');"
    "CREATE TABLE staged_categories ("
    "  name TEXT PRIMARY KEY,"
    "  product_count INTEGER NOT NULL CHECK (product_count >= 1)"
    ") STRICT, WITHOUT ROWID;"
    "ALTER TABLE search_terms ADD COLUMN staged_by INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE search_terms ADD COLUMN staged_documents INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE search_terms ADD COLUMN staged_words INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE search_terms ADD COLUMN staged_titles INTEGER NOT NULL DEFAULT 0;"
    "DROP INDEX search_terms_common;"
    "CREATE INDEX search_terms_common ON search_terms (term) WHERE documents + staged_documents >= 16;"

    "DROP TRIGGER products_inserted;"
    "CREATE TRIGGER products_inserted AFTER INSERT ON products"
    "  WHEN new.is_active = 1 AND new.seq < (SELECT staged_seq FROM catalogue) BEGIN"
    "  INSERT INTO categories VALUES (new.category, 1)"
    "    ON CONFLICT (name) DO UPDATE SET product_count = product_count + 1;"
    "END;";

/* A term's counts include those of an import that is not published yet (shop/index/postings.h). What
 * published imports staged is added up. The counts of an import that was broken off are left out, because
 * it may have counted entries that it never wrote; its clean-up counts anew the terms that it has entries
 * of, and the others go here. */
static const char version_5[] =
    "CREATE TABLE search_terms_new ("
    "  term TEXT PRIMARY KEY,"
    "  id INTEGER NOT NULL,"
    "  documents INTEGER NOT NULL CHECK (documents >= 0),"
    "  words INTEGER NOT NULL CHECK (words BETWEEN 0 AND documents),"
    "  titles INTEGER NOT NULL CHECK (titles BETWEEN 0 AND words)"
    ") STRICT, WITHOUT ROWID;"
    "INSERT INTO search_terms_new"
    "  SELECT term, id, documents + CASE WHEN staged_by <= published THEN staged_documents ELSE 0 END,"
    "    words + CASE WHEN staged_by <= published THEN staged_words ELSE 0 END,"
    "    titles + CASE WHEN staged_by <= published THEN staged_titles ELSE 0 END"
    "  FROM (SELECT t.*, c.published FROM search_terms AS t CROSS JOIN catalogue AS c)"
    "  WHERE documents > 0 OR staged_by <= published"
    "    OR EXISTS (SELECT 1 FROM search_postings WHERE key >= id << 24 AND key < (id + 1) << 24)"
    "  ORDER BY term;"
    "DROP TABLE search_terms;"
    "ALTER TABLE search_terms_new RENAME TO search_terms;"
    "CREATE INDEX search_terms_common ON search_terms (term) WHERE documents >= 16;";

/* What the owner changed in a product's stock (shop/stock.c). `received` is the product's stock_received after
 * it, so that the audit finds a change that is lost or counted twice. */
static const char version_6[] =
    "CREATE TABLE stock_adjustments ("
    "  seq INTEGER PRIMARY KEY,"
    "  product INTEGER NOT NULL REFERENCES products (seq),"
    "  delta INTEGER NOT NULL CHECK (delta BETWEEN -9007199254740991 AND 9007199254740991),"
    "  received INTEGER NOT NULL,"
    "  reason TEXT NOT NULL,"
    "  created_at INTEGER NOT NULL"
    ") STRICT;"
    "CREATE INDEX stock_adjustments_product ON stock_adjustments (product, seq);";

/* The products whose stock is 0, active or not, for searches that filter by stock (shop/search/sold_out.h). An index
 * would do the same on SQLite, but on PostgreSQL one that depends on the stock rules out HOT updates of it. */
static const char version_7[] =
    "CREATE TABLE sold_out (seq INTEGER PRIMARY KEY) STRICT;"
    "INSERT INTO sold_out SELECT seq FROM products WHERE stock_quantity = 0;"
    "CREATE TRIGGER products_inserted_empty AFTER INSERT ON products WHEN new.stock_quantity = 0 BEGIN"
    "  INSERT INTO sold_out VALUES (new.seq) ON CONFLICT DO NOTHING;"
    "END;"
    "CREATE TRIGGER products_sold_out AFTER UPDATE OF stock_quantity ON products"
    "  WHEN new.stock_quantity = 0 AND old.stock_quantity <> 0 BEGIN"
    "  INSERT INTO sold_out VALUES (new.seq) ON CONFLICT DO NOTHING;"
    "END;"
    "CREATE TRIGGER products_restocked AFTER UPDATE OF stock_quantity ON products"
    "  WHEN new.stock_quantity <> 0 AND old.stock_quantity = 0 BEGIN"
    "  DELETE FROM sold_out WHERE seq = old.seq;"
    "END;"
    "CREATE TRIGGER products_deleted_empty AFTER DELETE ON products WHEN old.stock_quantity = 0 BEGIN"
    "  DELETE FROM sold_out WHERE seq = old.seq;"
    "END;";

/* What a product is called in the system or file that it was imported from, so that `till import --update` finds it
 * again. */
static const char version_8[] =
    "ALTER TABLE products ADD COLUMN import_key TEXT;"
    "CREATE UNIQUE INDEX products_import_key ON products (import_key) WHERE import_key IS NOT NULL;";

/* Views for people with sqlite3 or datasette: ids and sessions as text, times in UTC, and the ids of products and
 * orders in place of their seqs. Till itself never reads them. Each lists its columns: a migration that changes a
 * table makes its view anew. IF NOT EXISTS: a shopkeeper may have a view of such a name. */
/* clang-format off */
#define HEX(column, from, size) "substr(hex(" column "), " #from ", " #size ")"
#define ID(column)                                                                                           \
    "lower(" HEX(column, 1, 8) " || '-' || " HEX(column, 9, 4) " || '-' || " HEX(column, 13, 4)              \
    " || '-' || " HEX(column, 17, 4) " || '-' || " HEX(column, 21, 12) ")"
#define TIME(column) "strftime('%Y-%m-%dT%H:%M:%fZ', " column " / 1000000.0, 'unixepoch')"
#define OF_PRODUCT(table) "JOIN products AS p ON p.seq = " table ".product"
#define OF_ORDER(table) "JOIN orders AS o ON o.seq = " table ".order_seq"
static const char version_9[] =
    "CREATE VIEW IF NOT EXISTS products_view AS SELECT seq, " ID("id") " AS id, name, description, price,"
    "  stock_quantity, category, image_url, is_active, " TIME("created_at") " AS created_at, stock_received,"
    "  import_key FROM products;"
    "CREATE VIEW IF NOT EXISTS carts_view AS SELECT lower(hex(session)) AS session, " TIME("used_at") " AS used_at"
    "  FROM carts;"
    "CREATE VIEW IF NOT EXISTS cart_items_view AS SELECT i.seq, " ID("i.id") " AS id,"
    "  lower(hex(i.session)) AS session, " ID("p.id") " AS product_id, p.name AS product_name, i.quantity,"
    "  " TIME("i.created_at") " AS created_at FROM cart_items AS i " OF_PRODUCT("i") ";"
    "CREATE VIEW IF NOT EXISTS orders_view AS SELECT seq, " ID("id") " AS id, lower(hex(session)) AS session,"
    "  total_amount, currency, status, retaken, " TIME("created_at") " AS created_at,"
    "  " TIME("expires_at") " AS expires_at FROM orders;"
    "CREATE VIEW IF NOT EXISTS order_items_view AS SELECT " ID("o.id") " AS order_id, i.line,"
    "  " ID("p.id") " AS product_id, p.name AS product_name, i.quantity, i.price_at_purchase"
    "  FROM order_items AS i " OF_ORDER("i") " " OF_PRODUCT("i") ";"
    "CREATE VIEW IF NOT EXISTS payments_view AS SELECT y.seq, " ID("y.id") " AS id, " ID("o.id") " AS order_id,"
    "  y.provider, y.provider_payment_id, y.amount, y.currency, y.status, y.failure_message, y.attempts, y.surplus,"
    "  y.refund, y.wrong_amount, y.wrong_currency, " TIME("y.created_at") " AS created_at,"
    "  " TIME("y.changed_at") " AS changed_at, " TIME("y.due_at") " AS due_at FROM payments AS y " OF_ORDER("y") ";"
    "CREATE VIEW IF NOT EXISTS stock_movements_view AS SELECT m.seq, " ID("p.id") " AS product_id,"
    "  p.name AS product_name, " ID("o.id") " AS order_id, m.kind, m.quantity, " TIME("m.created_at") " AS created_at"
    "  FROM stock_movements AS m " OF_ORDER("m") " " OF_PRODUCT("m") ";"
    "CREATE VIEW IF NOT EXISTS stock_adjustments_view AS SELECT a.seq, " ID("p.id") " AS product_id,"
    "  p.name AS product_name, a.delta, a.received, a.reason, " TIME("a.created_at") " AS created_at"
    "  FROM stock_adjustments AS a " OF_PRODUCT("a") ";"
    "CREATE VIEW IF NOT EXISTS idempotency_keys_view AS SELECT lower(hex(session)) AS session, key, http_status,"
    "  " TIME("created_at") " AS created_at FROM idempotency_keys;";

/* What banks undo (shop/payments/reversal.h). Each id is the provider's. */
static const char version_10[] =
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

/* Keys of the staff (shop/staff/keys.h). */
static const char version_11[] =
    "CREATE TABLE api_keys ("
    "  seq INTEGER PRIMARY KEY,"
    "  id BLOB NOT NULL UNIQUE CHECK (length(id) = 16),"
    "  name TEXT NOT NULL,"
    "  prefix TEXT NOT NULL UNIQUE,"
    "  hash BLOB NOT NULL CHECK (length(hash) = 32),"
    "  scopes TEXT NOT NULL,"
    "  created_by TEXT,"
    "  created_at INTEGER NOT NULL,"
    "  expires_at INTEGER,"
    "  last_used_at INTEGER,"
    "  revoked_at INTEGER"
    ") STRICT;"
    "CREATE VIEW IF NOT EXISTS api_keys_view AS SELECT seq, " ID("id") " AS id, name, prefix, scopes, created_by,"
    "  " TIME("created_at") " AS created_at, " TIME("expires_at") " AS expires_at,"
    "  " TIME("last_used_at") " AS last_used_at, " TIME("revoked_at") " AS revoked_at FROM api_keys;";

/* How the index was made (index_version.h). An empty one is as this program makes it. */
static const char version_12[] =
    "ALTER TABLE search_state ADD COLUMN version INTEGER NOT NULL DEFAULT 0;"
    "UPDATE search_state SET version = " INDEX_VERSION_SQL " WHERE NOT EXISTS (SELECT 1 FROM products);";

/* What webhooks are told (shop/outbox/event.h). The types that a webhook asks for are bits of enum event_type. */
static const char version_13[] =
    "CREATE TABLE webhooks ("
    "  seq INTEGER PRIMARY KEY,"
    "  id BLOB NOT NULL UNIQUE,"
    "  url TEXT NOT NULL,"
    "  types INTEGER NOT NULL CHECK (types > 0),"
    "  secret BLOB NOT NULL CHECK (length(secret) = 32),"
    "  secret_before BLOB CHECK (length(secret_before) = 32),"
    "  rotated_at INTEGER,"
    "  is_active INTEGER NOT NULL CHECK (is_active IN (0, 1)),"
    "  disabled_reason TEXT,"
    "  failing_since INTEGER,"
    "  created_at INTEGER NOT NULL"
    ") STRICT;"
    "CREATE TABLE events ("
    "  seq INTEGER PRIMARY KEY AUTOINCREMENT,"
    "  id BLOB NOT NULL UNIQUE,"
    "  type TEXT NOT NULL,"
    "  subject BLOB NOT NULL,"
    "  status TEXT,"
    "  amount INTEGER,"
    "  currency TEXT,"
    "  created_at INTEGER NOT NULL"
    ") STRICT;"
    "CREATE INDEX events_age ON events (created_at, seq);"
    "CREATE TABLE webhook_deliveries ("
    "  seq INTEGER PRIMARY KEY,"
    "  event INTEGER NOT NULL REFERENCES events (seq),"
    "  webhook INTEGER NOT NULL REFERENCES webhooks (seq),"
    "  state TEXT NOT NULL CHECK (state IN ('queued', 'sent', 'failed', 'dropped')),"
    "  attempts INTEGER NOT NULL CHECK (attempts >= 0),"
    "  due_at INTEGER CHECK ((due_at IS NOT NULL) = (state = 'queued')),"
    "  last_status INTEGER,"
    "  last_error TEXT,"
    "  answer TEXT,"
    "  done_at INTEGER,"
    "  UNIQUE (event, webhook)"
    ") STRICT;"
    "CREATE INDEX webhook_deliveries_due ON webhook_deliveries (due_at) WHERE due_at IS NOT NULL;"
    "CREATE INDEX webhook_deliveries_webhook ON webhook_deliveries (webhook, event);"
    "CREATE VIEW IF NOT EXISTS webhooks_view AS SELECT seq, " ID("id") " AS id, url, types, is_active,"
    "  disabled_reason, " TIME("rotated_at") " AS rotated_at, " TIME("failing_since") " AS failing_since, " TIME("created_at") " AS created_at FROM webhooks;"
    "CREATE VIEW IF NOT EXISTS events_view AS SELECT seq, " ID("id") " AS id, type, " ID("subject") " AS subject,"
    "  status, amount, currency, " TIME("created_at") " AS created_at FROM events;"
    "CREATE VIEW IF NOT EXISTS webhook_deliveries_view AS SELECT d.seq, " ID("e.id") " AS event_id,"
    "  " ID("w.id") " AS webhook_id, d.state, d.attempts, " TIME("d.due_at") " AS due_at, d.last_status, d.last_error,"
    "  d.answer, " TIME("d.done_at") " AS done_at FROM webhook_deliveries AS d"
    "  JOIN events AS e ON e.seq = d.event JOIN webhooks AS w ON w.seq = d.webhook;";

/* What the list of synonyms in `settings` says of a phrase (shop/synonyms/). */
static const char version_14[] =
    "CREATE TABLE synonyms (phrase TEXT PRIMARY KEY, targets TEXT NOT NULL) STRICT, WITHOUT ROWID;";

/* The index of spellings, which rare_spellings fills. */
static const char spellings[] =
    "CREATE TABLE search_spellings ("
    "  key TEXT NOT NULL,"
    "  term TEXT NOT NULL,"
    "  PRIMARY KEY (key, term)"
    ") STRICT, WITHOUT ROWID;";

/* What the staff changed (shop/staff/audit_log.h). An entry can be deleted after audit_keep_us, 94,608,000 s. */
static const char audit_log[] =
    "CREATE TABLE audit_log ("
    "  seq INTEGER PRIMARY KEY,"
    "  created_at INTEGER NOT NULL,"
    "  actor_kind TEXT NOT NULL CHECK (actor_kind IN ('staff', 'key', 'token', 'system')),"
    "  actor TEXT,"
    "  action TEXT NOT NULL,"
    "  target TEXT,"
    "  changes TEXT NOT NULL,"
    "  address TEXT NOT NULL,"
    "  request_id TEXT NOT NULL"
    ") STRICT;"
    "CREATE INDEX audit_log_target ON audit_log (target, seq);"
    "CREATE INDEX audit_log_age ON audit_log (created_at);"
    "CREATE TRIGGER audit_log_unchanged BEFORE UPDATE ON audit_log BEGIN"
    "  SELECT raise(ABORT, 'entries of the audit log are never changed');"
    "END;"
    "CREATE TRIGGER audit_log_kept BEFORE DELETE ON audit_log"
    "  WHEN old.created_at > (unixepoch() - 94608000) * 1000000 BEGIN"
    "  SELECT raise(ABORT, 'entries of the audit log are kept for 1095 days');"
    "END;";

/* The language of the shop's texts (shop/index/language.h). */
static const char languages[] = "ALTER TABLE search_state ADD COLUMN language TEXT NOT NULL DEFAULT 'en';";

/* The staff, their sessions, links by mail, and tries to guess a password (shop/staff/). email_key: shop/email_key.h. */
static const char staff[] =
    "CREATE TABLE staff ("
    "  seq INTEGER PRIMARY KEY,"
    "  id BLOB NOT NULL UNIQUE CHECK (length(id) = 16),"
    "  email TEXT NOT NULL,"
    "  email_key TEXT NOT NULL UNIQUE,"
    "  name TEXT NOT NULL,"
    "  password TEXT,"
    "  totp_secret BLOB CHECK (length(totp_secret) = 20),"
    "  totp_step INTEGER,"
    "  role TEXT NOT NULL CHECK (role IN ('owner', 'manager', 'catalogue', 'fulfilment', 'support')),"
    "  status TEXT NOT NULL CHECK (status IN ('invited', 'active', 'disabled')),"
    "  created_at INTEGER NOT NULL,"
    "  password_changed_at INTEGER,"
    "  CHECK (password IS NOT NULL OR status <> 'active'),"
    "  CHECK (totp_secret IS NOT NULL OR totp_step IS NULL)"
    ") STRICT;"
    "CREATE TABLE staff_recovery_codes ("
    "  staff INTEGER NOT NULL REFERENCES staff (seq) ON DELETE CASCADE,"
    "  hash BLOB NOT NULL CHECK (length(hash) = 32),"
    "  PRIMARY KEY (staff, hash)"
    ") STRICT, WITHOUT ROWID;"
    "CREATE TABLE staff_sessions ("
    "  token BLOB NOT NULL PRIMARY KEY CHECK (length(token) = 16),"
    "  staff INTEGER REFERENCES staff (seq) ON DELETE CASCADE,"
    "  created_at INTEGER NOT NULL,"
    "  used_at INTEGER NOT NULL,"
    "  proved_at INTEGER NOT NULL,"
    "  expires_at INTEGER NOT NULL,"
    "  user_agent TEXT NOT NULL,"
    "  ip_prefix TEXT NOT NULL"
    ") STRICT, WITHOUT ROWID;"
    "CREATE INDEX staff_sessions_staff ON staff_sessions (staff);"
    "CREATE INDEX staff_sessions_expiring ON staff_sessions (expires_at);"
    "CREATE TABLE mail_proofs ("
    "  token BLOB NOT NULL PRIMARY KEY CHECK (length(token) = 32),"
    "  purpose TEXT NOT NULL CHECK (purpose IN ('start', 'email_change', 'order', 'invite')),"
    "  email_key TEXT NOT NULL,"
    "  staff INTEGER REFERENCES staff (seq) ON DELETE CASCADE,"
    "  expires_at INTEGER NOT NULL,"
    "  created_at INTEGER NOT NULL"
    ") STRICT, WITHOUT ROWID;"
    "CREATE INDEX mail_proofs_email ON mail_proofs (email_key, purpose);"
    "CREATE INDEX mail_proofs_staff ON mail_proofs (staff);"
    "CREATE INDEX mail_proofs_expiring ON mail_proofs (expires_at);"
    "CREATE TABLE throttles ("
    "  key BLOB NOT NULL PRIMARY KEY CHECK (length(key) = 16),"
    "  failures INTEGER NOT NULL CHECK (failures >= 1),"
    "  until INTEGER NOT NULL"
    ") STRICT, WITHOUT ROWID;"
    "CREATE INDEX throttles_over ON throttles (until);"
    "CREATE VIEW IF NOT EXISTS staff_view AS SELECT seq, " ID("id") " AS id, email, name, role, status,"
    "  password IS NOT NULL AS has_password, totp_secret IS NOT NULL AS has_totp,"
    "  " TIME("created_at") " AS created_at, " TIME("password_changed_at") " AS password_changed_at FROM staff;"
    "CREATE VIEW IF NOT EXISTS staff_sessions_view AS SELECT " ID("s.id") " AS staff_id, s.email,"
    "  " TIME("t.created_at") " AS created_at, " TIME("t.used_at") " AS used_at, " TIME("t.proved_at") " AS proved_at,"
    "  " TIME("t.expires_at") " AS expires_at, t.user_agent, t.ip_prefix"
    "  FROM staff_sessions AS t LEFT JOIN staff AS s ON s.seq = t.staff;";

/* What is mailed (shop/outbox/mail.h). */
static const char mails[] =
    "CREATE TABLE mails ("
    "  seq INTEGER PRIMARY KEY,"
    "  id BLOB NOT NULL UNIQUE CHECK (length(id) = 16),"
    "  to_address TEXT NOT NULL,"
    "  kind TEXT NOT NULL,"
    "  subject TEXT NOT NULL,"
    "  text TEXT,"
    "  html TEXT,"
    "  state TEXT NOT NULL CHECK (state IN ('held', 'queued', 'sent', 'failed')),"
    "  attempts INTEGER NOT NULL CHECK (attempts >= 0),"
    "  due_at INTEGER CHECK ((due_at IS NOT NULL) = (state = 'queued')),"
    "  last_error TEXT,"
    "  created_at INTEGER NOT NULL,"
    "  done_at INTEGER CHECK ((done_at IS NOT NULL) = (state IN ('sent', 'failed')))"
    ") STRICT;"
    "CREATE INDEX mails_due ON mails (due_at) WHERE due_at IS NOT NULL;"
    "CREATE INDEX mails_sent ON mails (done_at) WHERE state = 'sent';"
    "CREATE INDEX mails_state ON mails (state, seq);"
    "CREATE INDEX mails_bodies ON mails (created_at) WHERE text IS NOT NULL;"
    "CREATE INDEX mails_age ON mails (created_at);"
    "CREATE VIEW IF NOT EXISTS mails_view AS SELECT seq, " ID("id") " AS id, to_address, kind, subject, text, html,"
    "  state, attempts, " TIME("due_at") " AS due_at, last_error, " TIME("created_at") " AS created_at,"
    "  " TIME("done_at") " AS done_at FROM mails;";

/* Entries have the network of the client from now on. Those that are there stay as they are. */
static const char audit_prefixes[] = "ALTER TABLE audit_log RENAME COLUMN address TO ip_prefix;";

/* Fewer keys of words that one product has (shop/schema/spellings.h), kept by triggers. Older shops have triggers for
 * those of all words. */
static const char rare_spellings[] =
    "DROP TRIGGER IF EXISTS search_terms_inserted;"
    "DROP TRIGGER IF EXISTS search_terms_gained;"
    "DROP TRIGGER IF EXISTS search_terms_lost;"
    "DROP TRIGGER IF EXISTS search_terms_deleted;"
    "DELETE FROM search_spellings;"
    "INSERT INTO search_spellings " SPELLING_KEYS(SPELT_TERMS) ";"
    "CREATE TRIGGER search_terms_inserted AFTER INSERT ON search_terms WHEN " HAS_KEYS("new")
    "  BEGIN INSERT INTO search_spellings " SPELLING_KEYS(SPELT_ROW("new")) "; END;"
    "CREATE TRIGGER search_terms_changed AFTER UPDATE OF words ON search_terms WHEN " CHANGES_KEYS " BEGIN"
    "  DELETE FROM search_spellings WHERE (key, term) IN (" SPELLING_KEYS(SPELT_ROW("old")) ");"
    "  INSERT INTO search_spellings " SPELLING_KEYS(SPELT_ROW("new")) "; END;"
    "CREATE TRIGGER search_terms_deleted AFTER DELETE ON search_terms WHEN " HAS_KEYS("old")
    "  BEGIN DELETE FROM search_spellings WHERE (key, term) IN (" SPELLING_KEYS(SPELT_ROW("old")) "); END;";

/* How long an entry stays is a setting (shop/staff/audit_log.h). */
static const char audit_periods[] =
    "DROP TRIGGER audit_log_kept;"
    "CREATE TRIGGER audit_log_kept BEFORE DELETE ON audit_log"
    "  WHEN old.created_at > (unixepoch() - 86400 * " AUDIT_KEEP_DAYS ") * 1000000 BEGIN"
    "  SELECT raise(ABORT, 'entries of the audit log are kept for as long as --keep-audit-days says');"
    "END;";

/* The index of endings, kept by triggers (shop/schema/endings.h). */
static const char endings[] =
    "CREATE TABLE search_endings ("
    "  ending TEXT NOT NULL,"
    "  term TEXT NOT NULL,"
    "  PRIMARY KEY (ending, term)"
    ") STRICT, WITHOUT ROWID;"
    "INSERT INTO search_endings " TERM_ENDINGS ";"
    "CREATE TRIGGER search_endings_inserted AFTER INSERT ON search_terms"
    "  WHEN " HAS_ENDING("new.term") " AND " COMPOUND_LANGUAGE
    "  BEGIN INSERT INTO search_endings VALUES (" ENDING("new.term") ", new.term); END;"
    "CREATE TRIGGER search_endings_deleted AFTER DELETE ON search_terms"
    "  WHEN " HAS_ENDING("old.term") " AND " COMPOUND_LANGUAGE
    "  BEGIN DELETE FROM search_endings WHERE ending = " ENDING("old.term") " AND term = old.term; END;";

/* What a product needs to be sent and taxed, and what shipping and taxes cost (shop/checkout/). */
static const char shipping[] =
    "ALTER TABLE products ADD COLUMN weight_grams INTEGER CHECK (weight_grams BETWEEN 0 AND 1000000000);"
    "ALTER TABLE products ADD COLUMN ships INTEGER NOT NULL DEFAULT 1 CHECK (ships IN (0, 1));"
    "ALTER TABLE products ADD COLUMN tax_class TEXT NOT NULL DEFAULT 'standard';"
    "DROP VIEW IF EXISTS products_view;"
    "CREATE VIEW products_view AS SELECT seq, " ID("id") " AS id, name, description, price,"
    "  stock_quantity, category, image_url, is_active, " TIME("created_at") " AS created_at, stock_received,"
    "  import_key, weight_grams, ships, tax_class FROM products;"
    "CREATE TABLE shipping_methods ("
    "  seq INTEGER PRIMARY KEY,"
    "  id BLOB NOT NULL UNIQUE CHECK (length(id) = 16),"
    "  name TEXT NOT NULL,"
    "  description TEXT NOT NULL,"
    "  position INTEGER NOT NULL,"
    "  countries TEXT NOT NULL,"
    "  basis TEXT NOT NULL CHECK (basis IN ('flat', 'weight', 'subtotal')),"
    "  tiers TEXT NOT NULL,"
    "  free_from INTEGER CHECK (free_from BETWEEN 0 AND 9007199254740991),"
    "  min_days INTEGER,"
    "  max_days INTEGER,"
    "  is_active INTEGER NOT NULL CHECK (is_active IN (0, 1)),"
    "  created_at INTEGER NOT NULL"
    ") STRICT;"
    "CREATE TABLE tax_rates ("
    "  seq INTEGER PRIMARY KEY,"
    "  id BLOB NOT NULL UNIQUE CHECK (length(id) = 16),"
    "  country TEXT NOT NULL,"
    "  region TEXT NOT NULL,"
    "  class TEXT NOT NULL,"
    "  name TEXT NOT NULL,"
    "  rate_e5 INTEGER NOT NULL CHECK (rate_e5 BETWEEN 0 AND 1000000),"
    "  created_at INTEGER NOT NULL,"
    "  UNIQUE (country, region, class)"
    ") STRICT;"
    "CREATE VIEW IF NOT EXISTS shipping_methods_view AS SELECT seq, " ID("id") " AS id, name, description, position,"
    "  countries, basis, tiers, free_from, min_days, max_days, is_active, " TIME("created_at") " AS created_at"
    "  FROM shipping_methods;"
    "CREATE VIEW IF NOT EXISTS tax_rates_view AS SELECT seq, " ID("id") " AS id, country, region, class, name, rate_e5,"
    "  " TIME("created_at") " AS created_at FROM tax_rates;";

/* When the staff were mailed that a webhook fails (shop/outbox/webhook_mail.h). */
static const char warnings[] =
    "ALTER TABLE webhooks ADD COLUMN warned_at INTEGER;"
    "DROP VIEW IF EXISTS webhooks_view;"
    "CREATE VIEW webhooks_view AS SELECT seq, " ID("id") " AS id, url, types, is_active,"
    "  disabled_reason, " TIME("rotated_at") " AS rotated_at, " TIME("failing_since") " AS failing_since,"
    "  " TIME("warned_at") " AS warned_at, " TIME("created_at") " AS created_at FROM webhooks;";

/* What an order has beside the seed's fields: where it goes, and how its total comes about. */
static const char order_details[] =
    "ALTER TABLE order_items ADD COLUMN name TEXT;"
    "DROP VIEW IF EXISTS order_items_view;"
    "CREATE VIEW order_items_view AS SELECT " ID("o.id") " AS order_id, i.line,"
    "  " ID("p.id") " AS product_id, p.name AS product_name, i.quantity, i.price_at_purchase, i.name"
    "  FROM order_items AS i " OF_ORDER("i") " " OF_PRODUCT("i") ";"
    "CREATE TABLE order_contacts ("
    "  order_seq INTEGER PRIMARY KEY REFERENCES orders (seq),"
    "  number TEXT NOT NULL,"
    "  email TEXT,"
    "  email_key TEXT,"
    "  note TEXT,"
    "  shipping_name TEXT,"
    "  shipping_company TEXT,"
    "  shipping_line1 TEXT,"
    "  shipping_line2 TEXT,"
    "  shipping_city TEXT,"
    "  shipping_region TEXT,"
    "  shipping_postal_code TEXT,"
    "  shipping_country TEXT,"
    "  shipping_phone TEXT,"
    "  billing_name TEXT,"
    "  billing_company TEXT,"
    "  billing_line1 TEXT,"
    "  billing_line2 TEXT,"
    "  billing_city TEXT,"
    "  billing_region TEXT,"
    "  billing_postal_code TEXT,"
    "  billing_country TEXT,"
    "  billing_phone TEXT"
    ") STRICT;"
    "CREATE INDEX order_contacts_number ON order_contacts (number);"
    "CREATE INDEX order_contacts_email ON order_contacts (email_key) WHERE email_key IS NOT NULL;"
    "CREATE TABLE order_totals ("
    "  order_seq INTEGER PRIMARY KEY REFERENCES orders (seq),"
    "  items INTEGER NOT NULL CHECK (items BETWEEN 0 AND 9007199254740991),"
    "  discount INTEGER NOT NULL CHECK (discount BETWEEN 0 AND items),"
    "  shipping INTEGER NOT NULL CHECK (shipping BETWEEN 0 AND 9007199254740991),"
    "  shipping_tax INTEGER NOT NULL CHECK (shipping_tax BETWEEN 0 AND tax),"
    "  tax INTEGER NOT NULL CHECK (tax BETWEEN 0 AND 9007199254740991),"
    "  tax_included INTEGER NOT NULL CHECK (tax_included IN (0, 1)),"
    "  shipping_method BLOB,"
    "  shipping_name TEXT"
    ") STRICT;"
    "CREATE VIEW IF NOT EXISTS order_totals_view AS SELECT " ID("o.id") " AS order_id, t.items, t.discount, t.shipping,"
    "  t.shipping_tax, t.tax, t.tax_included, " ID("t.shipping_method") " AS shipping_method, t.shipping_name"
    "  FROM order_totals AS t " OF_ORDER("t") ";"
    "CREATE TABLE order_line_totals ("
    "  order_seq INTEGER NOT NULL REFERENCES orders (seq),"
    "  line INTEGER NOT NULL,"
    "  discount INTEGER NOT NULL CHECK (discount >= 0),"
    "  tax INTEGER NOT NULL CHECK (tax >= 0),"
    "  tax_rate_e5 INTEGER NOT NULL,"
    "  tax_name TEXT,"
    "  PRIMARY KEY (order_seq, line)"
    ") STRICT, WITHOUT ROWID;";

/* The states shipped and delivered, when an order left pending and when it was refunded, and the entries of an order's
 * timeline that are not in these columns (shop/orders/order_events.h). The orders' table is made anew, because a CHECK
 * cannot be changed. The times of older orders are those of their stock's movements. */
static const char order_events[] =
    "CREATE TABLE orders_new ("
    "  seq INTEGER PRIMARY KEY,"
    "  id BLOB NOT NULL UNIQUE CHECK (length(id) = 16),"
    "  session BLOB NOT NULL,"
    "  total_amount INTEGER NOT NULL CHECK (total_amount BETWEEN 0 AND 9007199254740991),"
    "  currency TEXT NOT NULL,"
    "  status TEXT NOT NULL CHECK (status IN"
    "    ('pending', 'paid', 'shipped', 'delivered', 'cancelled', 'expired', 'refunded')),"
    "  retaken INTEGER NOT NULL DEFAULT 0 CHECK (retaken IN (0, 1)),"
    "  created_at INTEGER NOT NULL,"
    "  expires_at INTEGER NOT NULL,"
    "  closed_at INTEGER,"
    "  refunded_at INTEGER"
    ") STRICT;"
    "INSERT INTO orders_new SELECT o.seq, o.id, o.session, o.total_amount, o.currency, o.status, o.retaken,"
    "  o.created_at, o.expires_at, " CLOSED_AT ", " REFUNDED_AT " FROM orders AS o"
    "  LEFT JOIN (" MOVEMENT_TIMES ") AS m ON m.order_seq = o.seq ORDER BY o.seq;"
    "DROP TABLE orders;"
    "ALTER TABLE orders_new RENAME TO orders;"
    "CREATE INDEX orders_session ON orders (session, seq);"
    "CREATE INDEX orders_expiring ON orders (expires_at) WHERE status = 'pending';"
    "DROP VIEW IF EXISTS orders_view;"
    "CREATE VIEW orders_view AS SELECT seq, " ID("id") " AS id, lower(hex(session)) AS session,"
    "  total_amount, currency, status, retaken, " TIME("created_at") " AS created_at,"
    "  " TIME("expires_at") " AS expires_at, " TIME("closed_at") " AS closed_at,"
    "  " TIME("refunded_at") " AS refunded_at FROM orders;"
    "CREATE TABLE order_events ("
    "  order_seq INTEGER NOT NULL REFERENCES orders (seq),"
    "  n INTEGER NOT NULL,"
    "  at INTEGER NOT NULL,"
    "  kind TEXT NOT NULL,"
    "  actor_kind TEXT CHECK (actor_kind IN ('staff', 'key', 'token', 'system')),"
    "  actor TEXT,"
    "  subject BLOB CHECK (length(subject) = 16),"
    "  amount INTEGER,"
    "  text TEXT,"
    "  PRIMARY KEY (order_seq, n)"
    ") STRICT, WITHOUT ROWID;"
    "CREATE TRIGGER order_events_unchanged BEFORE UPDATE ON order_events BEGIN"
    "  SELECT raise(ABORT, 'entries of a timeline are never changed');"
    "END;"
    "CREATE TRIGGER order_events_kept BEFORE DELETE ON order_events BEGIN"
    "  SELECT raise(ABORT, 'entries of a timeline are never deleted');"
    "END;"
    "CREATE VIEW IF NOT EXISTS order_events_view AS SELECT " ID("o.id") " AS order_id, e.n, " TIME("e.at") " AS at,"
    "  e.kind, e.actor_kind, e.actor, " ID("e.subject") " AS subject, e.amount, e.text"
    "  FROM order_events AS e " OF_ORDER("e") ";";

/* What was sent of orders, together and when (shop/orders/fulfillments.h). */
static const char fulfillments[] =
    "CREATE TABLE fulfillments ("
    "  seq INTEGER PRIMARY KEY,"
    "  id BLOB NOT NULL UNIQUE CHECK (length(id) = 16),"
    "  order_seq INTEGER NOT NULL REFERENCES orders (seq),"
    "  status TEXT NOT NULL CHECK (status IN ('shipped', 'delivered', 'lost', 'cancelled')),"
    "  carrier TEXT,"
    "  tracking_number TEXT,"
    "  tracking_url TEXT,"
    "  shipped_at INTEGER NOT NULL,"
    "  delivered_at INTEGER CHECK (delivered_at IS NOT NULL OR status <> 'delivered')"
    ") STRICT;"
    "CREATE INDEX fulfillments_order ON fulfillments (order_seq);"
    "CREATE TABLE fulfillment_items ("
    "  fulfillment INTEGER NOT NULL REFERENCES fulfillments (seq),"
    "  line INTEGER NOT NULL,"
    "  quantity INTEGER NOT NULL CHECK (quantity >= 1),"
    "  PRIMARY KEY (fulfillment, line)"
    ") STRICT, WITHOUT ROWID;"
    "CREATE VIEW IF NOT EXISTS fulfillments_view AS SELECT f.seq, " ID("f.id") " AS id, " ID("o.id") " AS order_id,"
    "  f.status, f.carrier, f.tracking_number, f.tracking_url, " TIME("f.shipped_at") " AS shipped_at,"
    "  " TIME("f.delivered_at") " AS delivered_at FROM fulfillments AS f " OF_ORDER("f") ";"
    "CREATE VIEW IF NOT EXISTS fulfillment_items_view AS SELECT " ID("f.id") " AS fulfillment_id, " ID("o.id")
    "  AS order_id, i.line, i.quantity FROM fulfillment_items AS i JOIN fulfillments AS f ON f.seq = i.fulfillment"
    "  " OF_ORDER("f") ";";

/* Whether the payment provider mails a receipt to the contact's address. NULL: the order was placed before this step, and
 * the provider is told nothing of its contact, because its intent may have been created so. */
static const char receipts[] =
    "ALTER TABLE order_contacts ADD COLUMN receipt INTEGER CHECK (receipt IN (0, 1));";

/* What the staff finds orders by (shop/desk/order_search.h). Names that are there already are folded as far as SQL can.
 * On SQLite an index ends with the row's number, so orders_status is in the order of `seq` too. */
static const char order_search[] =
    "ALTER TABLE order_contacts ADD COLUMN name_key TEXT;"
    "UPDATE order_contacts SET name_key = lower(coalesce(shipping_name, billing_name));"
    "CREATE INDEX order_contacts_name ON order_contacts (name_key) WHERE name_key IS NOT NULL;"
    "CREATE INDEX orders_status ON orders (status);"
    "CREATE INDEX orders_suffix ON orders (substr(id, 11));";

/* Links in mails by which a guest reads an order (shop/orders/order_link.h), and the sessions that have opened one
 * (shop/guests/order_access.h). */
static const char order_access[] =
    "ALTER TABLE mail_proofs ADD COLUMN order_seq INTEGER REFERENCES orders (seq);"
    "CREATE INDEX mail_proofs_order ON mail_proofs (order_seq, created_at) WHERE order_seq IS NOT NULL;"
    "CREATE TABLE order_access ("
    "  session BLOB NOT NULL CHECK (length(session) = 16),"
    "  order_seq INTEGER NOT NULL REFERENCES orders (seq),"
    "  until INTEGER NOT NULL,"
    "  PRIMARY KEY (session, order_seq)"
    ") STRICT, WITHOUT ROWID;"
    "CREATE INDEX order_access_over ON order_access (until);"
    "CREATE VIEW IF NOT EXISTS order_access_view AS SELECT lower(hex(a.session)) AS session, " ID("o.id")
    "  AS order_id, " TIME("a.until") " AS until FROM order_access AS a " OF_ORDER("a") ";";

/* Orders that the staff took, by phone or over the counter: they have no session, so that no session can read them. The
 * table is made anew, because NOT NULL cannot be dropped. And what was paid without a provider: by hand. */
static const char phone_orders[] =
    "CREATE TABLE orders_new ("
    "  seq INTEGER PRIMARY KEY,"
    "  id BLOB NOT NULL UNIQUE CHECK (length(id) = 16),"
    "  session BLOB,"
    "  total_amount INTEGER NOT NULL CHECK (total_amount BETWEEN 0 AND 9007199254740991),"
    "  currency TEXT NOT NULL,"
    "  status TEXT NOT NULL CHECK (status IN"
    "    ('pending', 'paid', 'shipped', 'delivered', 'cancelled', 'expired', 'refunded')),"
    "  retaken INTEGER NOT NULL DEFAULT 0 CHECK (retaken IN (0, 1)),"
    "  created_at INTEGER NOT NULL,"
    "  expires_at INTEGER NOT NULL,"
    "  closed_at INTEGER,"
    "  refunded_at INTEGER"
    ") STRICT;"
    "INSERT INTO orders_new SELECT seq, id, session, total_amount, currency, status, retaken, created_at,"
    "  expires_at, closed_at, refunded_at FROM orders ORDER BY seq;"
    "DROP TABLE orders;"
    "ALTER TABLE orders_new RENAME TO orders;"
    "CREATE INDEX orders_session ON orders (session, seq);"
    "CREATE INDEX orders_expiring ON orders (expires_at) WHERE status = 'pending';"
    "CREATE INDEX orders_status ON orders (status);"
    "CREATE INDEX orders_suffix ON orders (substr(id, 11));"
    "DROP VIEW IF EXISTS orders_view;"
    "CREATE VIEW orders_view AS SELECT seq, " ID("id") " AS id,"
    "  CASE WHEN session IS NOT NULL THEN lower(hex(session)) END AS session,"
    "  total_amount, currency, status, retaken, " TIME("created_at") " AS created_at,"
    "  " TIME("expires_at") " AS expires_at, " TIME("closed_at") " AS closed_at,"
    "  " TIME("refunded_at") " AS refunded_at FROM orders;"
    "CREATE TABLE manual_payments ("
    "  order_seq INTEGER PRIMARY KEY REFERENCES orders (seq),"
    "  amount INTEGER NOT NULL CHECK (amount BETWEEN 0 AND 9007199254740991),"
    "  currency TEXT NOT NULL,"
    "  note TEXT,"
    "  actor_kind TEXT NOT NULL CHECK (actor_kind IN ('staff', 'key', 'token', 'system')),"
    "  actor TEXT,"
    "  created_at INTEGER NOT NULL"
    ") STRICT;"
    "CREATE VIEW IF NOT EXISTS manual_payments_view AS SELECT " ID("o.id") " AS order_id, m.amount, m.currency, m.note,"
    "  m.actor_kind, m.actor, " TIME("m.created_at") " AS created_at FROM manual_payments AS m " OF_ORDER("m") ";";
/* Refunds of parts (shop/payments/refund_rows.h). A refund of all the money from before has its payment's id, and took back
 * every unit that its order had. */
static const char refunds[] =
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
/* Products that have run low since the owner was last told (shop/alerts/stock_digest.h). */
static const char low_stock[] =
    "CREATE TABLE low_stock ("
    "  product INTEGER PRIMARY KEY REFERENCES products (seq),"
    "  fell_at INTEGER NOT NULL"
    ") STRICT;"
    "CREATE VIEW IF NOT EXISTS low_stock_view AS SELECT " ID("p.id") " AS product_id, " TIME("l.fell_at") " AS fell_at"
    "  FROM low_stock AS l JOIN products AS p ON p.seq = l.product;";

/* The shop's own pictures (shop/media/media.h). The bytes come last, so that the other columns of a row can be read without
 * the pages that they fill. */
static const char media[] =
    "CREATE TABLE media ("
    "  hash BLOB PRIMARY KEY CHECK (length(hash) = 32),"
    "  type TEXT NOT NULL CHECK (type IN ('image/jpeg', 'image/png', 'image/webp')),"
    "  width INTEGER NOT NULL CHECK (width BETWEEN 1 AND 8192),"
    "  height INTEGER NOT NULL CHECK (height BETWEEN 1 AND 8192),"
    "  created_at INTEGER NOT NULL,"
    "  bytes BLOB NOT NULL CHECK (length(bytes) BETWEEN 1 AND 1048576)"
    ") STRICT;"
    "CREATE TABLE media_sizes ("
    "  media BLOB NOT NULL REFERENCES media (hash),"
    "  width INTEGER NOT NULL CHECK (width BETWEEN 1 AND 8192),"
    "  hash BLOB NOT NULL REFERENCES media (hash) CHECK (hash <> media),"
    "  PRIMARY KEY (media, width)"
    ") STRICT, WITHOUT ROWID;"
    "CREATE INDEX media_sizes_hash ON media_sizes (hash);"
    "CREATE TABLE product_images ("
    "  product INTEGER NOT NULL REFERENCES products (seq),"
    "  position INTEGER NOT NULL CHECK (position BETWEEN 0 AND 19),"
    "  media BLOB NOT NULL REFERENCES media (hash),"
    "  alt TEXT NOT NULL,"
    "  PRIMARY KEY (product, position)"
    ") STRICT, WITHOUT ROWID;"
    "CREATE INDEX product_images_media ON product_images (media);"
    "CREATE TABLE media_orphans ("
    "  hash BLOB PRIMARY KEY REFERENCES media (hash),"
    "  since INTEGER NOT NULL"
    ") STRICT, WITHOUT ROWID;"
    "CREATE INDEX media_orphans_since ON media_orphans (since);";
/* What the staff's list of products needs (shop/desk/product_list.h): the doc values of those that are not active, which
 * the index lacks if there are any; their names; and the products with fewer than 50 units (SCARCE_BELOW). As with
 * sold_out, rows are written only when a stock crosses the bound. One trigger looks for both: each costs a sale some
 * 1,500 instructions a line, even if it writes nothing. */
static const char desk_products[] =
    "ALTER TABLE search_columns ADD COLUMN withdrawn BLOB;"
    "UPDATE search_state SET version = " INDEX_VERSION_SQL " WHERE version = 4"
    "  AND NOT EXISTS (SELECT 1 FROM products WHERE is_active = 0);"
    "CREATE INDEX products_withdrawn ON products (seq) WHERE is_active = 0;"
    "CREATE INDEX products_withdrawn_name ON products (lower(name)) WHERE is_active = 0;"
    "CREATE TABLE scarce (seq INTEGER PRIMARY KEY) STRICT;"
    "INSERT INTO scarce SELECT seq FROM products WHERE stock_quantity < " SCARCE_BELOW ";"
    "CREATE TRIGGER products_inserted_scarce AFTER INSERT ON products WHEN new.stock_quantity < " SCARCE_BELOW " BEGIN"
    "  INSERT INTO scarce VALUES (new.seq) ON CONFLICT DO NOTHING;"
    "END;"
    "DROP TRIGGER IF EXISTS products_restocked;"
    "DROP TRIGGER IF EXISTS products_sold_out;"
    "CREATE TRIGGER products_sold_out AFTER UPDATE OF stock_quantity ON products"
    "  WHEN (new.stock_quantity < " SCARCE_BELOW ") <> (old.stock_quantity < " SCARCE_BELOW ")"
    "    OR (new.stock_quantity = 0) <> (old.stock_quantity = 0) BEGIN"
    "  DELETE FROM sold_out WHERE seq = new.seq AND new.stock_quantity <> 0;"
    "  INSERT INTO sold_out SELECT new.seq WHERE new.stock_quantity = 0 ON CONFLICT DO NOTHING;"
    "  DELETE FROM scarce WHERE seq = new.seq AND new.stock_quantity >= " SCARCE_BELOW ";"
    "  INSERT INTO scarce SELECT new.seq WHERE new.stock_quantity < " SCARCE_BELOW " ON CONFLICT DO NOTHING;"
    "END;"
    "CREATE TRIGGER products_deleted_scarce AFTER DELETE ON products WHEN old.stock_quantity < " SCARCE_BELOW " BEGIN"
    "  DELETE FROM scarce WHERE seq = old.seq;"
    "END;";

/* What was paid by hand is a payment as well, so that it can be refunded. Its id is the order's, which no payment has. */
static const char paid_by_hand[] =
    "INSERT INTO payments (id, order_seq, provider, amount, currency, status, created_at, changed_at)"
    "  SELECT o.id, m.order_seq, 'by_hand', m.amount, m.currency, 'succeeded', m.created_at, m.created_at"
    "  FROM manual_payments AS m JOIN orders AS o ON o.seq = m.order_seq ORDER BY m.order_seq;";
/* Files that the staff sends in parts, to be imported (shop/imports/imports.h). */
static const char imports[] =
    "CREATE TABLE imports ("
    "  seq INTEGER PRIMARY KEY,"
    "  id BLOB NOT NULL UNIQUE CHECK (length(id) = 16),"
    "  name TEXT NOT NULL,"
    "  options TEXT NOT NULL,"
    "  state TEXT NOT NULL CHECK (state IN"
    "    ('open', 'checking', 'checked', 'started', 'changing', 'done', 'failed', 'deleted')),"
    "  parts INTEGER NOT NULL CHECK (parts BETWEEN 1 AND 1024),"
    "  received INTEGER NOT NULL DEFAULT 0 CHECK (received BETWEEN 0 AND parts),"
    "  size_bytes INTEGER NOT NULL DEFAULT 0,"
    "  rows_done INTEGER NOT NULL DEFAULT 0,"
    "  percent INTEGER NOT NULL DEFAULT 0 CHECK (percent BETWEEN 0 AND 100),"
    "  report TEXT,"
    "  actor_kind TEXT NOT NULL CHECK (actor_kind IN ('staff', 'key', 'token', 'system')),"
    "  actor TEXT,"
    "  created_at INTEGER NOT NULL,"
    "  changed_at INTEGER NOT NULL"
    ") STRICT;"
    "CREATE INDEX imports_due ON imports (seq) WHERE state IN ('checking', 'started', 'changing');"
    "CREATE TABLE import_parts ("
    "  import_seq INTEGER NOT NULL REFERENCES imports (seq),"
    "  n INTEGER NOT NULL CHECK (n >= 1),"
    "  hash BLOB NOT NULL CHECK (length(hash) = 32),"
    "  bytes BLOB NOT NULL CHECK (length(bytes) BETWEEN 1 AND 1048576),"
    "  PRIMARY KEY (import_seq, n)"
    ") STRICT;"
    "CREATE VIEW IF NOT EXISTS imports_view AS SELECT seq, " ID("id") " AS id, name, options, state, parts, received,"
    "  size_bytes, rows_done, percent, report, actor_kind, actor, " TIME("created_at") " AS created_at,"
    "  " TIME("changed_at") " AS changed_at FROM imports;";

/* What the shop took each day (shop/desk/daily_totals.h), and what finds the orders, refunds and failed payments of a time.
 * An order that is placed is in none of these indexes. */
static const char daily_totals[] =
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

static const char *const *const steps[] = {
    (const char *const[]){version_1, version_1_search, NULL},
    (const char *const[]){version_2, NULL},
    (const char *const[]){version_3, NULL},
    (const char *const[]){version_4, NULL},
    (const char *const[]){version_5, NULL},
    (const char *const[]){version_6, NULL},
    (const char *const[]){version_7, NULL},
    (const char *const[]){version_8, NULL},
    (const char *const[]){version_9, NULL},
    (const char *const[]){version_10, NULL},
    (const char *const[]){version_11, NULL},
    (const char *const[]){version_12, NULL},
    (const char *const[]){version_13, NULL},
    (const char *const[]){version_14, NULL},
    (const char *const[]){spellings, NULL},
    (const char *const[]){audit_log, NULL},
    (const char *const[]){languages, NULL},
    (const char *const[]){staff, NULL},
    (const char *const[]){mails, NULL},
    (const char *const[]){audit_prefixes, NULL},
    (const char *const[]){rare_spellings, NULL},
    (const char *const[]){audit_periods, NULL},
    (const char *const[]){endings, NULL},
    (const char *const[]){shipping, NULL},
    (const char *const[]){warnings, NULL},
    (const char *const[]){order_details, NULL},
    (const char *const[]){order_events, NULL},
    (const char *const[]){fulfillments, NULL},
    (const char *const[]){receipts, NULL},
    (const char *const[]){order_search, NULL},
    (const char *const[]){order_access, NULL},
    (const char *const[]){phone_orders, NULL},
    (const char *const[]){refunds, NULL},
    (const char *const[]){low_stock, NULL},
    (const char *const[]){media, NULL},
    (const char *const[]){desk_products, NULL},
    (const char *const[]){paid_by_hand, NULL},
    (const char *const[]){imports, NULL},
    (const char *const[]){daily_totals, NULL},
};
/* clang-format on */
const struct db_migrations shop_sqlite_migrations = {steps, sizeof steps / sizeof *steps};
