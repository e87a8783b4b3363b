/* A file of lines that only grows: what was added and waited for survives a crash.
 *
 * Lines that are added while the disk is busy reach it together: whoever waits first writes and syncs for
 * all that was added so far, without holding the lock, and the others wait for it. Where the disk is full or
 * fails, the lines stay in memory and whoever waits next tries again at the same place in the file. So the
 * file is always a run of whole lines, then perhaps torn ones, then zeros: room for the next, while it is
 * open. */
#pragma once

#include "base/status.h"
#include "base/str.h"

enum {
    ledger_line_bytes_max = 2048,
    ledger_waiting_bytes_max = 16 * 1024 * 1024, /* of lines that the disk did not take yet */
    ledger_why_size = 200,
};

struct ledger;

/* What is called with each line that the file holds, without its line end. Anything but STATUS_OK ends the
 * reading; STATUS_INVALID says that the line is none of ours. */
typedef enum status ledger_reader(void *context, struct str line);

/* Opens the file, making it where it is not there, and reads it back; a line at its end that was torn by a
 * crash is cut off, and a file that holds something else is left alone. A NULL path keeps nothing. The file
 * is this process's alone until ledger_close. On failure `why` (at least ledger_why_size) says what is wrong.
 */
MUST_CHECK enum status ledger_open(const char *path, ledger_reader *read, void *context, struct ledger **out,
                                   char *why);

/* Whether a line may be added now: false where too much waits for a disk that takes nothing. */
bool ledger_has_room(struct ledger *l);

/* Adds a line (without its line end; up to ledger_line_bytes_max) and gives its ticket. Lines stand in the
 * file in the order of the calls. False without memory: nothing was added. */
MUST_CHECK bool ledger_add(struct ledger *l, struct str line, uint64_t *ticket);

/* The ticket of the latest line. */
uint64_t ledger_latest(struct ledger *l);

/* Waits until everything up to the ticket is on the disk. STATUS_STORAGE where the disk did not take it: it
 * may still be written later. */
MUST_CHECK enum status ledger_wait(struct ledger *l, uint64_t ticket);

/* Writes what is left, as far as the disk takes it. Nobody may be waiting. NULL is fine. */
void ledger_close(struct ledger *l);
