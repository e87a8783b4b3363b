/* SQLite's steps of the catalogue: products and their categories, stock, pictures, and the imports that bring products in. */
#include "shop/schema/index_version.h"
#include "shop/schema/scarce.h"
#include "shop/schema/sqlite/steps.h"

/* clang-format off */
/* Products and settings. Constraints check money and stock as well as the models do, because a constraint
 * outlives every program. 9007199254740991 is 2^53 - 1, the largest integer that JavaScript's numbers hold
 * exactly.
 *
 * `seq` gives newest-first lists a stable order and a cursor. Triggers keep `categories`, so that the menu
 * and the number of products cost a few rows at any size. */
const char sqlite_step_catalogue[] =
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

/* Imports. An import writes over many transactions, and its products become visible with the last one
 * (shop/catalogue/import.h). `published` is the number of the latest visible import. `staged_by` is the
 * number of the one that is being written or was broken off (0: there is no such import); its products have
 * the seqs from `staged_seq` on. `swept_to` is the last term that the clean-up of a broken import has come
 * to.
 *
 * A term's counts are in `documents` and so on, and what the import `staged_by` adds to them is in the
 * staged columns. */
const char sqlite_step_staged_imports[] =
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

/* What the owner changed in a product's stock (shop/stock.c). `received` is the product's stock_received after
 * it, so that the audit finds a change that is lost or counted twice. */
const char sqlite_step_adjustments[] =
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
const char sqlite_step_sold_out[] =
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
const char sqlite_step_import_keys[] =
    "ALTER TABLE products ADD COLUMN import_key TEXT;"
    "CREATE UNIQUE INDEX products_import_key ON products (import_key) WHERE import_key IS NOT NULL;";

/* Products that have run low since the owner was last told (shop/alerts/stock_digest.h). */
const char sqlite_step_low_stock[] =
    "CREATE TABLE low_stock ("
    "  product INTEGER PRIMARY KEY REFERENCES products (seq),"
    "  fell_at INTEGER NOT NULL"
    ") STRICT;"
    "CREATE VIEW IF NOT EXISTS low_stock_view AS SELECT " ID("p.id") " AS product_id, " TIME("l.fell_at") " AS fell_at"
    "  FROM low_stock AS l JOIN products AS p ON p.seq = l.product;";

/* The shop's own pictures (shop/media/media.h). The bytes come last, so that the other columns of a row can be read without
 * the pages that they fill. */
const char sqlite_step_media[] =
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
const char sqlite_step_desk_products[] =
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

/* Files that the staff sends in parts, to be imported (shop/imports/imports.h). */
const char sqlite_step_imports[] =
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

/* What finds the products that name a picture of the shop's own as their image_url: /media/ and 64 digits. */
const char sqlite_step_named_media[] =
    "CREATE INDEX products_media ON products (image_url)"
    "  WHERE substr(image_url, 1, 7) = '/media/' AND length(image_url) >= 71;";
