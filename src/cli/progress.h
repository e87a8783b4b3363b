/* How far a long command has come: a bar on a terminal, and nothing where standard error is none. */
#pragma once

#include "base/str.h"

struct progress {
    bool terminal, shown;
    int64_t next_us;
};

struct progress progress_new(void);

/* Shows the part that is done (0 to 1; below 0: not known) with some words behind it, ten times a second at
 * most.
 */
__attribute__((format(printf, 3, 4))) void progress_show(struct progress *progress, double part,
                                                         const char *format, ...);

/* Wipes the bar, before something else is written and at the end. */
void progress_wipe(struct progress *progress);
