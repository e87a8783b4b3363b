/* Copying a database to a new file, for till backup and till restore. */
#pragma once

#include "db/db.h"

/* Copies the database as it is now to `part`, which it makes, and syncs it. Shows the progress on standard error.
 * On an error, nothing is left at `part`, unless it was there before. */
MUST_CHECK enum status backup_copy(struct db *db, const char *part, char error[static db_error_size]);
