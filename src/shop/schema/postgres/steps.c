/* PostgreSQL's steps as db_open() takes them: each is a list of runs of statements that ends with NULL. */
#include "shop/schema/postgres/steps.h"

#include "shop/schema/migrations.h"

#define STEP(name) (const char *const[]){postgres_step_##name, NULL},
static const char *const first_step[] = {postgres_step_catalogue, postgres_step_search, postgres_step_orders,
                                         postgres_step_payments, NULL};
static const char *const *const steps[] = {first_step, POSTGRES_LATER_STEPS(STEP)};
const struct db_migrations shop_postgres_migrations = {steps, sizeof steps / sizeof *steps};
