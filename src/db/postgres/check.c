/* Damage that PostgreSQL itself knows of. It checks keys and constraints at every change, so only three
 * things can be wrong: a check that was switched off, one that was not finished, and pages whose checksum did
 * not match when they were read. Each query returns a line for each finding. */
#include "db/postgres/postgres.h"

#include <stdio.h>

enum { line_size = 512, findings_max = 100 };

static const struct sql checks[] = {
    {NULL,
     "SELECT 'the constraint ' || conname || ' of ' || conrelid::regclass || ' was never validated'"
     " FROM pg_constraint WHERE NOT convalidated AND connamespace = current_schema()::regnamespace"},
    {NULL,
     "SELECT 'the index ' || indexrelid::regclass || ' is not valid; REINDEX it' FROM pg_index"
     " JOIN pg_class ON pg_class.oid = indexrelid"
     " WHERE NOT indisvalid AND relnamespace = current_schema()::regnamespace"},
    {NULL,
     "SELECT 'the trigger ' || tgname || ' of ' || tgrelid::regclass || ' is disabled' FROM pg_trigger"
     " JOIN pg_class ON pg_class.oid = tgrelid"
     " WHERE tgenabled = 'D' AND relnamespace = current_schema()::regnamespace"},
    {NULL,
     "SELECT checksum_failures || ' pages did not have their checksum when they were read'"
     " FROM pg_stat_database WHERE datname = current_database() AND checksum_failures > 0"},
};

enum status postgres_check(struct db *db, db_report *report, void *context) {
    char line[line_size];
    enum status s = STATUS_OK;
    for (size_t i = 0; i < sizeof checks / sizeof *checks && s == STATUS_OK; i++) {
        struct db_rows *rows = db_query(db, &checks[i], NO_ARGS);
        for (int found = 0; found < findings_max && db_step(rows); found++) {
            struct str text = db_column_bytes(rows, 0);
            snprintf(line, sizeof line, "database: %.*s", (int)text.size, text.data);
            report(context, line);
        }
        s = db_finish(rows);
    }
    return s;
}
