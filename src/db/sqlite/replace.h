/* Files of SQLite's that take another's place, and logs that are left over from the other. Private to src/db.
 *
 * SQLite replays every FILE-wal that it finds, because nothing in a log names its database. If a backup is copied
 * over FILE while the old log lies beside it, the result is a mixture of both, without an error.
 *
 * So a backup is marked: bytes 18 and 19 of its header are 1, SQLite's rollback mode, in which there is no log. The
 * first connection that writes sets both to 2 and syncs that before it makes a log. If both are 1 beside a log with
 * frames, that log was written for another file. */
#pragma once

#include <sqlite3.h>
#include <stdbool.h>

/* Marks the database `path`, which no connection has open, as one without a log. Returns false, with errno set,
 * if it cannot be written. */
bool sqlite_mark_without_log(const char *path);

/* Whether the database of a connection that has run no statement yet is marked as above, but has a log with
 * frames. False too if either cannot be read. */
bool sqlite_log_is_foreign(sqlite3 *handle);
