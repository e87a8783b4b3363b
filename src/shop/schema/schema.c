/* The tables as a copy between engines carries them, in an order in which each follows those that it
 * refers to, and the shop's topics. SQL is put together here by the preprocessor: TABLE() spells out what
 * a copy runs for a table. */
#include "shop/schema/schema.h"

#include "shop/schema/migrations.h"

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
#define PLACES_18 PLACES_17 ", $18"
#define PLACES_19 PLACES_18 ", $19"
#define PLACES_20 PLACES_19 ", $20"
#define PLACES_21 PLACES_20 ", $21"
#define PLACES_22 PLACES_21 ", $22"
#define PLACES_23 PLACES_22 ", $23"
#define PLACES_24 PLACES_23 ", $24"
#define PLACES_25 PLACES_24 ", $25"

/* clang-format off */
#define TABLE(name_, key, count_, columns_) TABLE_ROWS(name_, "", key, count_, columns_)
/* A table of which a copy takes the rows that `where_` says, " WHERE …". */
#define TABLE_ROWS(name_, where_, key, count_, columns_)                                                     \
    .name = name_, .columns = columns_,                                                                      \
    .read = SQL("SELECT " columns_ " FROM " name_ where_ " ORDER BY " key),                                  \
    .write = {"INSERT INTO " name_ " (" columns_ ") VALUES (" PLACES_##count_ ")",                           \
              "COPY " name_ " (" columns_ ") FROM STDIN (FORMAT binary)"},                                   \
    .count = SQL("SELECT count(*) FROM " name_ where_),                                                      \
    .clear = SQL("DELETE FROM " name_),                                                                      \
    .hold = {NULL, "ALTER TABLE " name_ " DISABLE TRIGGER USER"},                                            \
    .let_go = {NULL, "ALTER TABLE " name_ " ENABLE TRIGGER USER"},                                           \
    .sample = {NULL, "ANALYZE " name_}
#define NUMBERED(name_)                                                                                      \
    .number = {NULL, "SELECT setval(pg_get_serial_sequence('" name_ "', 'seq'),"                             \
                     " coalesce(max(seq), 0) + 1, false) FROM " name_}

static const struct db_table tables[] = {
    {TABLE("settings", "name", 2, "name, value")},
    {TABLE("products", "seq", 15,
           "seq, id, name, description, price, stock_quantity, category, image_url, is_active, created_at,"
           " stock_received, import_key, weight_grams, ships, tax_class"), NUMBERED("products")},
    {TABLE("shipping_methods", "seq", 13,
           "seq, id, name, description, position, countries, basis, tiers, free_from, min_days, max_days, is_active,"
           " created_at"), NUMBERED("shipping_methods")},
    {TABLE("tax_rates", "seq", 8, "seq, id, country, region, class, name, rate_e5, created_at"),
     NUMBERED("tax_rates")},
    {TABLE("media", "hash", 6, "hash, type, width, height, created_at, bytes")},
    {TABLE("media_sizes", "media, width", 3, "media, width, hash")},
    {TABLE("media_orphans", "hash", 2, "hash, since")},
    {TABLE("product_images", "product, position", 4, "product, position, media, alt")},
    /* What comes in parts is sent again to another shop. */
    {TABLE("imports", "seq", 15,
           "seq, id, name, options, state, parts, received, size_bytes, rows_done, percent, report, actor_kind,"
           " actor, created_at, changed_at"), NUMBERED("imports"), .stays = true},
    {TABLE("import_parts", "import_seq, n", 4, "import_seq, n, hash, bytes"), .stays = true},
    {TABLE("sold_out", "seq", 1, "seq")},
    {TABLE("scarce", "seq", 1, "seq")},
    {TABLE("categories", "name", 2, "name, product_count")},
    {TABLE("catalogue", "published", 4, "published, staged_by, staged_seq, swept_to"), .starts_filled = true},
    {TABLE("staged_categories", "name", 2, "name, product_count")},
    {TABLE("search_state", "next_term", 3, "next_term, version, language"), .starts_filled = true},
    {TABLE("search_terms", "term", 5, "term, id, documents, words, titles")},
    {TABLE("search_spellings", "key, term", 2, "key, term")},
    {TABLE("search_endings", "ending, term", 2, "ending, term")},
    {TABLE("search_postings", "key", 2, "key, data")},
    {TABLE("search_columns", "block", 5, "block, prices, categories, lengths, withdrawn")},
    {TABLE("search_names", "block", 2, "block, names")},
    {TABLE("search_categories", "id", 2, "id, name")},
    {TABLE("synonyms", "phrase", 2, "phrase, targets")},
    {TABLE("carts", "session", 2, "session, used_at")},
    {TABLE("cart_items", "seq", 6, "seq, id, session, product, quantity, created_at"), NUMBERED("cart_items")},
    {TABLE("orders", "seq", 11,
           "seq, id, session, total_amount, currency, status, retaken, created_at, expires_at, closed_at,"
           " refunded_at"),
     NUMBERED("orders")},
    {TABLE("manual_payments", "order_seq", 7, "order_seq, amount, currency, note, actor_kind, actor, created_at")},
    {TABLE("order_items", "order_seq, line", 6, "order_seq, line, product, quantity, price_at_purchase, name")},
    {TABLE("order_contacts", "order_seq", 25,
           "order_seq, number, email, email_key, note, shipping_name, shipping_company, shipping_line1,"
           " shipping_line2, shipping_city, shipping_region, shipping_postal_code, shipping_country,"
           " shipping_phone, billing_name, billing_company, billing_line1, billing_line2, billing_city,"
           " billing_region, billing_postal_code, billing_country, billing_phone, receipt, name_key")},
    {TABLE("order_totals", "order_seq", 9,
           "order_seq, items, discount, shipping, shipping_tax, tax, tax_included, shipping_method, shipping_name")},
    {TABLE("order_line_totals", "order_seq, line", 6, "order_seq, line, discount, tax, tax_rate_e5, tax_name")},
    {TABLE("order_events", "order_seq, n", 9,
           "order_seq, n, at, kind, actor_kind, actor, subject, amount, text")},
    {TABLE("fulfillments", "seq", 9,
           "seq, id, order_seq, status, carrier, tracking_number, tracking_url, shipped_at, delivered_at"),
     NUMBERED("fulfillments")},
    {TABLE("fulfillment_items", "fulfillment, line", 3, "fulfillment, line, quantity")},
    {TABLE("stock_movements", "seq", 6, "seq, product, order_seq, kind, quantity, created_at"),
     NUMBERED("stock_movements")},
    {TABLE("stock_adjustments", "seq", 6, "seq, product, delta, received, reason, created_at"),
     NUMBERED("stock_adjustments")},
    {TABLE("low_stock", "product", 2, "product, fell_at")},
    {TABLE("idempotency_keys", "session, key", 6, "session, key, request, http_status, body, created_at")},
    {TABLE("payments", "seq", 19,
           "seq, id, order_seq, provider, provider_payment_id, amount, currency, status, failure_message,"
           " attempts, surplus, refund, wrong_amount, wrong_currency, created_at, changed_at, due_at,"
           " refund_reserved, refunded_amount"),
     NUMBERED("payments")},
    {TABLE("refunds", "seq", 16,
           "seq, id, order_seq, payment, amount, shipping, status, origin, reason, failure_message,"
           " provider_refund_id, succeeded_at, notify, actor_kind, actor, created_at"),
     NUMBERED("refunds")},
    {TABLE("daily_totals", "day, currency", 5, "day, currency, orders, revenue, refunded")},
    {TABLE("refund_items", "refund, line", 5, "refund, line, quantity, unsent, restock")},
    {TABLE("payment_events", "id", 2, "id, taken_at")},
    {TABLE("payment_disputes", "id", 8,
           "id, payment, amount, currency, reason, status, evidence_due_at, changed_at")},
    {TABLE("failed_refunds", "id", 7, "id, payment, amount, currency, reason, failed_at, made_up_at")},
    {TABLE("api_keys", "seq", 11,
           "seq, id, name, prefix, hash, scopes, created_by, created_at, expires_at, last_used_at, revoked_at"),
     NUMBERED("api_keys")},
    {TABLE("webhooks", "seq", 12,
           "seq, id, url, types, secret, secret_before, rotated_at, is_active, disabled_reason, failing_since,"
           " created_at, warned_at"), NUMBERED("webhooks")},
    {TABLE("events", "seq", 8, "seq, id, type, subject, status, amount, currency, created_at"),
     NUMBERED("events")},
    {TABLE("webhook_deliveries", "seq", 10,
           "seq, event, webhook, state, attempts, due_at, last_status, last_error, answer, done_at"),
     NUMBERED("webhook_deliveries")},
    {TABLE("mails", "seq", 13,
           "seq, id, to_address, kind, subject, text, html, state, attempts, due_at, last_error, created_at,"
           " done_at"), NUMBERED("mails")},
    {TABLE("audit_log", "seq", 9,
           "seq, created_at, actor_kind, actor, action, target, changes, ip_prefix, request_id"),
     NUMBERED("audit_log")},
    {TABLE("staff", "seq", 12,
           "seq, id, email, email_key, name, password, totp_secret, totp_step, role, status, created_at,"
           " password_changed_at"), NUMBERED("staff")},
    {TABLE("staff_recovery_codes", "staff, hash", 2, "staff, hash")},
    {TABLE("staff_sessions", "token", 8,
           "token, staff, created_at, used_at, proved_at, expires_at, user_agent, ip_prefix"), .stays = true},
    /* Links to orders are in mailboxes for half a year; those of the staff are asked for again. */
    {TABLE_ROWS("mail_proofs", " WHERE purpose = 'order'", "token", 7,
                "token, purpose, email_key, staff, expires_at, created_at, order_seq")},
    {TABLE("order_access", "session, order_seq", 3, "session, order_seq, until")},
    {TABLE("throttles", "key", 3, "key, failures, until"), .stays = true},
    {TABLE("event_audience", "n", 3, "n, since, until"), .stays = true},
};
/* clang-format on */

/* Topic i is bit i of enum topics. */
static const struct topic topics[] = {{.name = "catalogue", .is_urgent = true},
                                      {.name = "stock"},
                                      {.name = "settings", .is_urgent = true},
                                      {.name = "events"}};
_Static_assert(TOPIC_CATALOGUE == 1 << 0 && TOPIC_STOCK == 1 << 1 && TOPIC_SETTINGS == 1 << 2 &&
                   TOPIC_EVENTS == 1 << 3,
               "topic i is bit i");

/* Views and triggers, then indexes and functions, of either engine. */
static const char other_names[] =
    "products_view, shipping_methods_view, tax_rates_view, carts_view, cart_items_view, orders_view, manual_payments_view, order_items_view, order_totals_view, order_contacts_number, order_contacts_email, order_contacts_name, orders_status, orders_suffix, payments_view,"
    " stock_movements_view, stock_adjustments_view, idempotency_keys_view, payment_disputes_view,"
    " failed_refunds_view, api_keys_view, audit_log_unchanged, audit_log_kept, audit_log_keep, audit_log_refuse, audit_log_target,"
    " audit_log_age, webhooks_view, events_view, webhook_deliveries_view, mails_view, mails_due, mails_sent,"
    " mails_state, mails_bodies, mails_age,"
    " products_inserted, products_moved,"
    " products_inserted_empty, products_sold_out, products_deleted_empty,"
    " products_withdrawn, products_withdrawn_name, products_inserted_scarce, products_scarce,"
    " products_deleted_scarce, product_scarce,"
    " products_active, products_media, search_terms_common, carts_used, orders_session, orders_expiring, idempotency_age,"
    " payments_order, payments_live, payments_paying, payments_due, payment_events_age,"
    " stock_adjustments_product, products_import_key, payment_disputes_payment, failed_refunds_payment,"
    " events_age, webhook_deliveries_due, webhook_deliveries_webhook, category_add, product_inserted,"
    " product_moved, product_sold_out,"
    " search_terms_inserted, search_terms_changed, search_terms_deleted,"
    " search_term_spelt, search_endings_inserted, search_endings_deleted, search_term_ending,"
    " order_events_unchanged, order_events_kept, order_events_refuse, order_events_view,"
    " fulfillments_view, fulfillment_items_view, fulfillments_order,"
    " low_stock_view, refunds_view, refund_items_view, daily_totals_view, orders_closed, refunds_succeeded, payments_failed, refunds_order, refunds_payment,"
    " staff_sessions_staff, staff_sessions_expiring, mail_proofs_email, mail_proofs_staff,"
    " mail_proofs_expiring, mail_proofs_order, order_access_over, order_access_view, throttles_over, staff_view, staff_sessions_view,"
    " media_sizes_hash, product_images_media, media_orphans_since, imports_view, imports_due";

const struct db_schema shop_schema = {
    .application_id = 0x54696C6C, /* "Till" in ASCII */
    .file_hint = "Till's database; give another file to --db",
    .sqlite = &shop_sqlite_migrations,
    .postgres = &shop_postgres_migrations,
    .tables = tables,
    .table_count = sizeof tables / sizeof *tables,
    .others = other_names,
    .topics = topics,
    .topic_count = sizeof topics / sizeof *topics,
};

enum status shop_db_open(const char *url, enum db_mode mode, struct db **out,
                         char error[static db_error_size]) {
    return db_open(url, mode, &shop_schema, out, error);
}

enum status shop_notify_catalogue(struct db *db) {
    return db_notify(db, topics[0].name);
}

enum status shop_notify_settings(struct db *db) {
    return db_notify(db, topics[2].name);
}
