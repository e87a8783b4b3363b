/* Brings a PostgreSQL schema to the program's version.
 *
 * The table `till` holds the version, and shows that the tables are Till's. One process migrates at a time, under
 * an advisory lock, and in one transaction: others see the old schema or the new one. */
#include "db/postgres/postgres.h"
#include "db/schema.h"

#include <stdio.h>
#include <stdlib.h>

enum { version_missing = -1, version_unknown = -2 };

/* Reads the version; version_missing if there is no schema. For version_unknown `error` says what failed. */
static int schema_read_version(PGconn *conn, int ms, char *error) {
    PGresult *result = postgres_exec_timed(conn, "SELECT to_regclass('till') IS NOT NULL", ms);
    bool exists = PQresultStatus(result) == PGRES_TUPLES_OK && PQgetvalue(result, 0, 0)[0] == 't';
    if (exists) {
        PQclear(result);
        result = postgres_exec_timed(conn, "SELECT version FROM till", ms);
    }
    int version = PQresultStatus(result) == PGRES_TUPLES_OK ? version_missing : version_unknown;
    struct str reason = postgres_last_error(conn);
    if (version == version_unknown)
        snprintf(error, db_error_size, "PostgreSQL: %.*s", (int)reason.size, reason.data);
    else if (exists && PQntuples(result) == 1)
        version = (int)strtol(PQgetvalue(result, 0, 0), NULL, 10);
    PQclear(result);
    return version;
}

static enum status schema_check_version(int version, int wanted, char *error) {
    if (version == version_unknown)
        return STATUS_STORAGE;
    if (version > wanted) {
        snprintf(
            error, db_error_size,
            "the database was written by a newer Till (its schema is %d, this program's is %d); use that one",
            version, wanted);
        return STATUS_USAGE;
    }
    return STATUS_OK;
}

static enum status schema_set_version(PGconn *conn, bool is_new, int version, char *error) {
    char text[64]; /* UPDATE without parameters: the number is this program's own */
    snprintf(text, sizeof text, "UPDATE till SET version = %d", version);
    enum status s = is_new ? postgres_exec(conn,
                                           "CREATE TABLE till (version integer NOT NULL);"
                                           "INSERT INTO till VALUES (0)",
                                           error)
                           : STATUS_OK;
    return s == STATUS_OK ? postgres_exec(conn, text, error) : s;
}

/* Runs the steps that the database lacks, in the transaction that is open. Reads the version again, because another
 * process may have migrated before this one got the lock. */
static enum status schema_run_steps(PGconn *conn, const struct db_migrations *migrations, char *error) {
    int version = schema_read_version(conn, 0, error), wanted = migrations->count;
    enum status s = schema_check_version(version, wanted, error);
    for (int step = version < 0 ? 0 : version; s == STATUS_OK && step < wanted; step++)
        for (const char *const *part = migrations->steps[step]; *part && s == STATUS_OK; part++)
            s = postgres_exec(conn, *part, error);
    return s == STATUS_OK && version < wanted ? schema_set_version(conn, version < 0, wanted, error) : s;
}

enum status postgres_migrate(PGconn *conn, const struct db_migrations *migrations, bool may_make,
                             bool may_write, char error[static db_error_size]) {
    char ignored[db_error_size];
    int version = schema_read_version(conn, may_make ? 0 : postgres_open_ms_max, error);
    enum status s = schema_check_version(version, migrations->count, error);
    if (s != STATUS_OK || version == migrations->count)
        return s;
    if (!may_write || (version < 0 && !may_make)) {
        snprintf(error, db_error_size,
                 version < 0 ? "the database is empty; till serve makes a shop in it"
                             : "the database is of an older Till; till serve brings it up to date");
        return STATUS_STORAGE;
    }
    /* The number is "Till" in ASCII. The lock comes before BEGIN, so that the transaction's snapshot has the tables
     * that another process has just made. */
    s = postgres_exec(conn, "SELECT pg_advisory_lock(x'54696C6C'::bigint)", error);
    if (s == STATUS_OK)
        s = postgres_exec(conn, "BEGIN", error);
    if (s == STATUS_OK)
        s = schema_run_steps(conn, migrations, error);
    if (s == STATUS_OK)
        s = postgres_exec(conn, "COMMIT", error);
    if (s != STATUS_OK)
        (void)!postgres_exec(conn, "ROLLBACK", ignored); /* the caller closes the connection */
    (void)!postgres_exec(conn, "SELECT pg_advisory_unlock_all()", ignored);
    return s;
}
