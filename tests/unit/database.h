/* The database of a unit test: in memory, or in a schema of its own of the PostgreSQL that TILL_TEST_DB_URL
 * names (tools/with_postgres.py). */
#pragma once

#include "test.h"

#include "db/db.h"

#include <stdlib.h>
#include <unistd.h>

enum { database_url_size = 256 };

/* What is left of an earlier test goes first. The schema's name is a part of the statement and so of the
 * text. */
static inline enum status database_empty(const char *url, char why[static db_why_size]) {
    static const struct sql drop = {NULL,
                                    "DO $$ BEGIN EXECUTE format('DROP SCHEMA IF EXISTS %I CASCADE',"
                                    " current_setting('search_path'));"
                                    " EXECUTE format('CREATE SCHEMA %I', current_setting('search_path'));"
                                    " END $$"};
    struct db *db;
    enum status s = db_open(url, DB_COPY, &db, why);
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

/* An empty shop's database, for the caller to close. */
static inline enum status database_open(struct db **out) {
    const char *server = getenv("TILL_TEST_DB_URL");
    char url[database_url_size], why[db_why_size];
    enum status s = STATUS_OK;
    snprintf(url, sizeof url, ":memory:");
    if (server) {
        snprintf(url, sizeof url, "%s?options=-csearch_path%%3Dunit_%d", server, (int)getpid());
        s = database_empty(url, why);
    }
    if (s == STATUS_OK)
        s = db_open(url, DB_CREATE, out, why);
    if (s != STATUS_OK)
        print_error("%s\n", why);
    return s;
}
