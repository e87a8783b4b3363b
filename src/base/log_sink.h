/* Where the log's lines go: standard error, without ever waiting for its reader. From any thread. */
#pragma once

#include "base/str.h"

/* Finds out what standard error is. Call it once, before the first thread starts. Without it, log_sink_write
 * works too, but may block if another process writes to the same pipe. */
void log_sink_open(void);

/* Writes finished lines, each whole. A line that standard error does not take at once (a full pipe or disk, a
 * reader that is gone, a closed descriptor) is dropped and counted. */
void log_sink_write(struct str lines);

/* How many lines were dropped so far. */
uint64_t log_sink_dropped(void);
