/* The index of endings: which terms end with a word, so that `stuhl` finds Gartenstuhl (shop/search/terms.h).
 *
 *     search_endings   ending   │ term           one row for each term that can be a compound
 *                      lhutsnet │ gartenstuhl    the last eight letters from the end: what ends with `stuhl`
 *                      lhutsred │ kinderstuhl    lies between `lhuts` and the next letter's
 *
 * Only shops in a language that writes compounds as one word have rows. Triggers write them as terms come and go. The
 * languages are those of LANGUAGE_COMPOUNDS (shop/index/language.h). */
#pragma once

#define COMPOUND_LANGUAGE "(SELECT language FROM search_state) IN ('da', 'de', 'fi', 'nb', 'nl', 'sv')"

#define HAS_ENDING(term) "length(" term ") >= 6 AND " term " NOT GLOB '*[^a-z]*'"
#define HAS_ENDING_POSTGRES(term) "length(" term ") >= 6 AND " term " !~ '[^a-z]'"

#define ENDING_LETTERS 8
#define ENDING(term)                                                                                         \
    "substr(" term ", -1, 1) || substr(" term ", -2, 1) || substr(" term ", -3, 1) || substr(" term          \
    ", -4, 1) || substr(" term ", -5, 1) || substr(" term ", -6, 1) || substr(" term                         \
    ", -7, 1) || substr(" term ", -8, 1)"
#define ENDING_POSTGRES(term) "left(reverse(" term "), 8)"

/* Selects the endings (ending, term) of all terms. */
#define TERM_ENDINGS                                                                                         \
    "SELECT " ENDING("term") ", term FROM search_terms WHERE " COMPOUND_LANGUAGE " AND " HAS_ENDING("term")
#define TERM_ENDINGS_POSTGRES                                                                                \
    "SELECT " ENDING_POSTGRES("term") ", term FROM search_terms"                                             \
    " WHERE " COMPOUND_LANGUAGE " AND " HAS_ENDING_POSTGRES("term")
