/* Corrections for a query that finds few documents or none: misspelt words, and words that the shop writes
 * together or apart. */
#pragma once

#include "shop/search/query.h"

/* The number of letters to change, add, leave out, or swap with their neighbour to make one word of the other
 * (Damerau and Levenshtein, no letter touched twice); `most` + 1 if it is more than `most`. Both words are
 * valid UTF-8 of at most word_bytes_max bytes. */
size_t spell_distance(struct str a, struct str b, size_t most);

/* How far a word may be from its correction: 0 below 4 letters, 1 below 6, 2 from 6 letters on. A short word
 * is one letter away from too many others (`mug`: `mag`, `rug`). */
size_t spell_distance_max(struct str word);

/* Adds corrections to the query's words that fewer than `documents_min` documents have. `corrected` says
 * whether it added any; the scores must be set again then. `quick`: corrects one word at most. */
MUST_CHECK enum status spell_correct(struct shop_ctx *ctx, struct stemmer *stemmer, struct query *query,
                                     int64_t documents_min, bool quick, bool *corrected);
