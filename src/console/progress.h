/* Shows how far a long command has come: a bar on standard error if that is a terminal, and nothing
 * otherwise. Not for several threads at once. */
#pragma once

#include "base/str.h"

struct progress {
    bool terminal, shown;
    int64_t next_us;
};

struct progress progress_new(void);

/* Draws the bar, at most ten times a second. `part` is how much is done, from 0 to 1; below 0 it is not
 * known, and only the text is shown. The text must fit in 39 characters. */
__attribute__((format(printf, 3, 4))) void progress_show(struct progress *progress, double part,
                                                         const char *format, ...);

/* Wipes the bar. Call it before anything else is printed, and at the end. */
void progress_wipe(struct progress *progress);
