/* The database of a unit test: in memory, or in a schema of its own of the PostgreSQL that TILL_TEST_DB_URL
 * names (tools/with_postgres.py). */
#pragma once

#include "test.h"

#include "db/db.h"
#include "shop/schema/schema.h"

#include <stdlib.h>
#include <unistd.h>

enum { database_url_size = 256 };

/* Drops the schema that an earlier test left, and makes an empty one. The schema's name cannot be a parameter of
 * the statement; it is read from the connection's search_path. */
static inline enum status database_empty(const char *url, char error[static db_error_size]) {
    static const struct sql drop = {NULL,
                                    "DO $$ BEGIN EXECUTE format('DROP SCHEMA IF EXISTS %I CASCADE',"
                                    " current_setting('search_path'));"
                                    " EXECUTE format('CREATE SCHEMA %I', current_setting('search_path'));"
                                    " END $$"};
    struct db *db;
    enum status s = shop_db_open(url, DB_COPY, &db, error);
    if (s != STATUS_OK)
        return s;
    s = db_begin(db, true);
    if (s == STATUS_OK)
        s = db_exec(db, &drop, NO_ARGS, NULL);
    if (s == STATUS_OK)
        s = db_commit(db);
    db_close(db);
    return s;
}

/* Opens the database of an empty shop. The caller closes it. */
static inline enum status database_open(struct db **out) {
    const char *server = getenv("TILL_TEST_DB_URL");
    char url[database_url_size], error[db_error_size];
    enum status s = STATUS_OK;
    snprintf(url, sizeof url, ":memory:");
    if (server) {
        snprintf(url, sizeof url, "%s?options=-csearch_path%%3Dunit_%d", server, (int)getpid());
        s = database_empty(url, error);
    }
    if (s == STATUS_OK)
        s = shop_db_open(url, DB_CREATE, out, error);
    if (s != STATUS_OK)
        print_error("%s\n", error);
    return s;
}
