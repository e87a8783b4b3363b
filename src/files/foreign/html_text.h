/* The text of a piece of HTML, as other shops export descriptions. */
#pragma once

#include "base/arena.h"
#include "base/str.h"

/* Returns the text of `html`, which is UTF-8: without tags, comments and the contents of scripts and styles, and with
 * its entities decoded. Blocks and <br> become line breaks, items of a list begin with "- ", and other white space is
 * one space. Malformed HTML is never an error. The work and the result are linear in the size of `html`.
 *
 * `keep_lines`: line breaks of the text itself are kept too, because its system shows them. They are also kept if there
 * is no tag in it. Lives in the arena; absent without memory. */
struct str html_to_text(struct arena *arena, struct str html, bool keep_lines);
