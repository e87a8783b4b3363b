/* What SQLite leaves to the disk, and disks break: commits that are only in the page cache, syncs that fail,
 * files that are taken away. Private to src/db/sqlite.
 *
 * Each function works on the main database of a connection in WAL mode, and does nothing for one without a
 * file. The codes are SQLite's. */
#pragma once

#include <sqlite3.h>
#include <stdbool.h>

/* Makes what recovery found durable: writes the log again in place, byte for byte, syncs it, and lets the
 * next checkpoint copy all of it. For a connection that may write, when no other process serves the file,
 * before anything is answered. Waits for the write lock as BEGIN IMMEDIATE does. */
int durability_recover(sqlite3 *handle);

/* Makes the names of the database's files durable, for a connection that may write, once its log is there. */
int durability_sync_names(sqlite3 *handle);

/* Makes sure that a commit that failed with `code` does not come back after a crash; `version` is the
 * database's user_version, which is written again as it is. SQLITE_OK: the commit has not happened and
 * never will. Otherwise that is not known, and the process must end without an answer. */
int durability_undo_commit(sqlite3 *handle, int code, int version);

/* Lets the next checkpoint copy the whole log again, because a sync of the database has failed and pages that
 * earlier checkpoints wrote may be lost. The caller holds the write lock. */
void durability_forget_backfill(sqlite3 *handle);

/* Empties a file of at most one page of zeros without a journal or a log: what a power cut leaves of a database that
 * was being made. For a connection that may make the database, before its first statement. */
void durability_empty_unwritten(sqlite3 *handle);

/* Whether the database's file or its log is no longer the one that its name leads to. */
bool durability_is_moved(sqlite3 *handle);
