/* Makes a text of a file what its writer meant: spreadsheets leave blanks at its ends, and some systems write an
 * accent as a character of its own, so that two equal names differ in their bytes. */
#pragma once

#include "base/arena.h"
#include "base/str.h"

/* Returns the text, which is UTF-8, in Unicode's normal form C; also without white space at its ends if `trim` is
 * set. It is the text itself if nothing changes, else it lies in the arena. Absent without memory. */
struct str text_clean(struct arena *arena, struct str text, bool trim);
