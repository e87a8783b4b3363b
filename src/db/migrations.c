#include "db/engine.h"

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
    "  UPDATE categories SET product_count = product_count - 1 WHERE name = old.category AND old.is_active = "
    "1;"
    "  INSERT INTO categories SELECT new.category, 1 WHERE new.is_active = 1"
    "    ON CONFLICT (name) DO UPDATE SET product_count = product_count + 1;"
    "  DELETE FROM categories WHERE name = old.category AND product_count = 0;"
    "END;"

    "CREATE TABLE settings (name TEXT PRIMARY KEY, value BLOB NOT NULL) STRICT, WITHOUT ROWID;";

const char *const sqlite_migrations[] = {first};
const int schema_version = sizeof sqlite_migrations / sizeof *sqlite_migrations;
