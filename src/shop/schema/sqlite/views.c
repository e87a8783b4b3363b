/* Views for people with sqlite3 or datasette: ids and sessions as text, times in UTC, and the ids of products and orders in
 * place of their seqs. Till itself never reads them. Each lists its columns: a step that changes a table makes its view
 * anew. IF NOT EXISTS: a shopkeeper may have a view of such a name. These are the first ones; later tables came with
 * theirs. */
#include "shop/schema/sqlite/steps.h"

/* clang-format off */
const char sqlite_step_views[] =
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
