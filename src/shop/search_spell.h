/* Words that were meant where others were typed. */
#pragma once

#include "shop/search_query.h"

enum {
    /* Terms that are looked at for one word, at some 0.5 µs each. */
    spelling_rows_quick = 5000, /* all words of a shop with some five hundred products */
    spelling_rows_thorough = 65536,
};

/* How many letters must be changed, added, left out or swapped with their neighbour to make one word of the
 * other (Damerau and Levenshtein, no letter touched twice), or `most` + 1 where it is more than `most`. Both
 * are valid UTF-8 of at most word_bytes_max bytes. */
size_t spelling_distance(struct str a, struct str b, size_t most);

/* How much a word of so many letters may be misspelt: not at all below 4, by 1 below 7, by 2 from there. */
size_t spelling_distance_max(struct str word);

/* Adds to a word the terms that it is a misspelling of, nearest first, then most used, and their stems.
 * Looks at `rows_max` terms at most: first at those with the same first letter (or the second one's, where
 * the first is too much or swapped), then at the common ones of all letters. `corrected` says whether there
 * were any. */
MUST_CHECK enum status spelling_correct(struct tx *tx, struct stemmer *stemmer, struct query_word *word,
                                        int64_t rows_max, bool *corrected);
