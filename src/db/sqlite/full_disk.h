/* What a full disk does to a database that is opened. Private to src/db/sqlite.
 *
 * SQLite maps FILE-shm into memory, and writes one byte of each of its pages of 4 KiB so that the page has room on the
 * disk. On a file system with smaller blocks the rest of the page has no room, and the first access to it is a SIGBUS
 * if the disk is full. Nothing that was answered is lost, because FILE-shm is only an index, but the process cannot
 * go on. */
#pragma once

#include "base/status.h"

/* Makes a SIGBUS end the process with a message that names the database `path` and its disk. The first call counts;
 * without effect if the program has a handler of its own, as a sanitizer has. */
void full_disk_catch(const char *path);

/* Writes a sentence to `error`, at least db_error_size bytes, if the disk of `path` has no room for an index of the
 * log. */
void full_disk_explain(const char *path, char *error);
