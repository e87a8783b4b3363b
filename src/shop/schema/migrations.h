/* Each engine's migrations. Private to shop/schema. */
#pragma once

#include "db/schema.h"

extern const struct db_migrations shop_sqlite_migrations, shop_postgres_migrations;
