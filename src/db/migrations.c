#include "db/engine.h"

/* The search index (shop/search_store.h, shop/search_columns.h): terms, postings, columns.
 * `search_terms_common` makes the few thousand terms that many products have quick to look through, among
 * millions that few have.
 */
#define SEARCH_SCHEMA                                                                                        \
    "CREATE TABLE search_state (next_term INTEGER NOT NULL) STRICT;"                                         \
    "INSERT INTO search_state VALUES (1);"                                                                   \
    "CREATE TABLE search_terms ("                                                                            \
    "  term TEXT PRIMARY KEY,"                                                                               \
    "  id INTEGER NOT NULL,"                                                                                 \
    "  documents INTEGER NOT NULL CHECK (documents >= 0),"                                                   \
    "  words INTEGER NOT NULL CHECK (words BETWEEN 0 AND documents),"                                        \
    "  titles INTEGER NOT NULL CHECK (titles BETWEEN 0 AND words)"                                           \
    ") STRICT, WITHOUT ROWID;"                                                                               \
    "CREATE INDEX search_terms_common ON search_terms (term) WHERE documents >= 16;"                         \
    "CREATE TABLE search_postings (key INTEGER PRIMARY KEY, data BLOB NOT NULL) STRICT;"                     \
    "CREATE TABLE search_columns ("                                                                          \
    "  block INTEGER PRIMARY KEY,"                                                                           \
    "  prices BLOB NOT NULL,"                                                                                \
    "  categories BLOB NOT NULL,"                                                                            \
    "  lengths BLOB NOT NULL"                                                                                \
    ") STRICT;"                                                                                              \
    "CREATE TABLE search_names (block INTEGER PRIMARY KEY, names BLOB NOT NULL) STRICT;"                     \
    "CREATE TABLE search_categories (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;"

/* Money and stock are checked here as well as in the models: a constraint outlives every program.
 * 9007199254740991 is 2^53 - 1, the largest integer that JavaScript's numbers keep exactly.
 *
 * `seq` gives 'newest first' a stable order and a cursor. `categories` is kept by triggers, so that the menu
 * and the number of products cost a few rows at any size. */
static const char first[] =
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

    "CREATE TABLE settings (name TEXT PRIMARY KEY, value BLOB NOT NULL) STRICT, WITHOUT ROWID;" SEARCH_SCHEMA;

/* Carts, orders and stock. `stock_received` is all the stock that a product was ever given, so that at any
 * time received = stock_quantity + what pending orders hold + what paid orders took (the audit's equation).
 * Every change of stock by an order also stands in stock_movements. `session` is a hash, see api/session.h.
 */
static const char second[] =
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

/* Payments. orders is made anew for a status more, which a CHECK cannot be given, and to know those whose
 * stock was taken a second time, for money that came after they had expired.
 *
 * `due_at` is when reconciliation looks at a payment next; NULL where nothing can happen to it any more.
 * `surplus` is money that its order had no use for. `wrong_amount` and `wrong_currency` are what the provider
 * says it took, where that is not what was asked for. */
static const char third[] =
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

/* Imports. What one adds is written over many transactions and is seen by nobody before the last of them
 * (shop/stage.h). `published` is the number of the latest import that shoppers see, `staged_by` that of the
 * one that is being written or was broken off (0: none), whose products are those from `staged_seq` on;
 * `swept_to` is how far the removal of a broken one has come among the terms.
 *
 * A term's counts are `documents` and so on, and what the import `staged_by` adds to them once it is seen. */
static const char fourth[] =
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

const char *const sqlite_migrations[] = {first, second, third, fourth};
const int schema_version = sizeof sqlite_migrations / sizeof *sqlite_migrations;
