/* SQLite's own check and its online backup, for sqlite.c. Private to src/db. */
#pragma once

#include "db/db.h"

#include <sqlite3.h>

/* As db_check and db_backup. */
MUST_CHECK enum status sqlite_check(sqlite3 *handle, db_report *report, void *context);
MUST_CHECK enum status sqlite_backup(sqlite3 *handle, const char *path, db_progress *progress, void *context,
                                     char why[static db_why_size]);
