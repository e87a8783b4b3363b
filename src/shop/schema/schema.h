/* The shop's tables for both engines.
 *
 * A change of the schema is a new step at the end of each engine's list (sqlite/steps.h); one that was released is never
 * edited. A new table or column also goes into `tables` (schema.c), or else every copy stops. */
#pragma once

#include "db/schema.h"

/* The shop's topics; sets of them say what a commit changed (struct job, struct shop_ctx). */
enum topics {
    TOPIC_CATALOGUE = 1 << 0, /* what a shopper sees of a product, except its stock */
    TOPIC_STOCK = 1 << 1,
    TOPIC_SETTINGS = 1 << 2, /* settings, ways to ship, taxes (shop/checkout/) */
    TOPIC_EVENTS = 1 << 3,   /* events were written while there is an audience (shop/outbox/audience.h) */
};

extern const struct db_schema shop_schema;

/* db_open with the shop's schema. */
MUST_CHECK enum status shop_db_open(const char *url, enum db_mode mode, struct db **out,
                                    char error[static db_error_size]);

/* Notifies every server of the shop, when the transaction commits, that the catalogue has changed: for
 * commands, which are no server. The server of a file finds out by itself. */
MUST_CHECK enum status shop_notify_catalogue(struct db *db);

/* The same for settings. */
MUST_CHECK enum status shop_notify_settings(struct db *db);
