/* SQLite's steps as db_open() takes them: each is a list of runs of statements that ends with NULL. */
#include "shop/schema/sqlite/steps.h"

#include "shop/schema/migrations.h"

#define STEP(name) (const char *const[]){sqlite_step_##name, NULL},
static const char *const first_step[] = {sqlite_step_catalogue, sqlite_step_search, NULL};
static const char *const *const steps[] = {first_step, SQLITE_LATER_STEPS(STEP)};
const struct db_migrations shop_sqlite_migrations = {steps, sizeof steps / sizeof *steps};
