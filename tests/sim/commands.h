/* Power cuts in each command that writes, and failing calls in each. */
#pragma once

#include <stdbool.h>

/* Cuts the power in the steps of each command whose name contains `word` (NULL: all): in every one of them, or in some. Prints
 * what breaks, and returns how much. */
int commands_cut(const char *word, bool every_step, bool verbose);

/* Lets each call of a command fail, once and from then on: those of the disk, and allocations. */
int commands_fail(const char *word, bool every_call, bool verbose);
