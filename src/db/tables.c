#include "db/tables.h"

#define PLACES_1 "$1"
#define PLACES_2 PLACES_1 ", $2"
#define PLACES_3 PLACES_2 ", $3"
#define PLACES_4 PLACES_3 ", $4"
#define PLACES_5 PLACES_4 ", $5"
#define PLACES_6 PLACES_5 ", $6"
#define PLACES_7 PLACES_6 ", $7"
#define PLACES_8 PLACES_7 ", $8"
#define PLACES_9 PLACES_8 ", $9"
#define PLACES_10 PLACES_9 ", $10"
#define PLACES_11 PLACES_10 ", $11"
#define PLACES_12 PLACES_11 ", $12"
#define PLACES_13 PLACES_12 ", $13"
#define PLACES_14 PLACES_13 ", $14"
#define PLACES_15 PLACES_14 ", $15"
#define PLACES_16 PLACES_15 ", $16"
#define PLACES_17 PLACES_16 ", $17"

/* clang-format off */
#define TABLE(name_, key, count_, columns_)                                                                  \
    .name = name_, .columns = columns_,                                                                      \
    .read = {"SELECT " columns_ " FROM " name_ " ORDER BY " key, NULL},                                      \
    .write = {"INSERT INTO " name_ " (" columns_ ") VALUES (" PLACES_##count_ ")",                           \
              "COPY " name_ " (" columns_ ") FROM STDIN (FORMAT binary)"},                                   \
    .count = {"SELECT count(*) FROM " name_, NULL},                                                          \
    .clear = {"DELETE FROM " name_, NULL},                                                                   \
    .hold = {NULL, "ALTER TABLE " name_ " DISABLE TRIGGER USER"},                                            \
    .let_go = {NULL, "ALTER TABLE " name_ " ENABLE TRIGGER USER"},                                           \
    .sample = {NULL, "ANALYZE " name_}
#define NUMBERED(name_)                                                                                      \
    .number = {NULL, "SELECT setval(pg_get_serial_sequence('" name_ "', 'seq'),"                             \
                     " coalesce(max(seq), 0) + 1, false) FROM " name_}

const struct table tables[] = {
    {TABLE("settings", "name", 2, "name, value")},
    {TABLE("products", "seq", 11,
           "seq, id, name, description, price, stock_quantity, category, image_url, is_active, created_at,"
           " stock_received"), NUMBERED("products")},
    {TABLE("categories", "name", 2, "name, product_count")},
    {TABLE("catalogue", "published", 4, "published, staged_by, staged_seq, swept_to"), .starts_filled = true},
    {TABLE("staged_categories", "name", 2, "name, product_count")},
    {TABLE("search_state", "next_term", 1, "next_term"), .starts_filled = true},
    {TABLE("search_terms", "term", 9,
           "term, id, documents, words, titles, staged_by, staged_documents, staged_words, staged_titles")},
    {TABLE("search_postings", "key", 2, "key, data")},
    {TABLE("search_columns", "block", 4, "block, prices, categories, lengths")},
    {TABLE("search_names", "block", 2, "block, names")},
    {TABLE("search_categories", "id", 2, "id, name")},
    {TABLE("carts", "session", 2, "session, used_at")},
    {TABLE("cart_items", "seq", 6, "seq, id, session, product, quantity, created_at"), NUMBERED("cart_items")},
    {TABLE("orders", "seq", 9,
           "seq, id, session, total_amount, currency, status, retaken, created_at, expires_at"),
     NUMBERED("orders")},
    {TABLE("order_items", "order_seq, line", 5, "order_seq, line, product, quantity, price_at_purchase")},
    {TABLE("stock_movements", "seq", 6, "seq, product, order_seq, kind, quantity, created_at"),
     NUMBERED("stock_movements")},
    {TABLE("idempotency_keys", "session, key", 6, "session, key, request, http_status, body, created_at")},
    {TABLE("payments", "seq", 17,
           "seq, id, order_seq, provider, provider_payment_id, amount, currency, status, failure_message,"
           " attempts, surplus, refund, wrong_amount, wrong_currency, created_at, changed_at, due_at"),
     NUMBERED("payments")},
    {TABLE("payment_events", "id", 2, "id, taken_at")},
};
/* clang-format on */

const size_t table_count = sizeof tables / sizeof *tables;
