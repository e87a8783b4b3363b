/* The index of spellings: under which keys a misspelt word finds a term (shop/search/spell.h).
 *
 *     search_spellings   key │ term      one row for each key of a term
 *
 * Terms that are a word of a product (and not only the stem of one), with at least 4 letters and no digit, have keys.
 * They are made of the term's first h letters and of its length n; h is 4, but n for terms below 7 letters:
 *
 *     key                      lamps (n 5, h 5)                keyboard (n 8, h 4)
 *     the first h, n           lamps5                          keyb8
 *     all but one of them, n   amps5 lmps5 laps5 lams5 lamp5   eyb8 kyb8 keb8 key8
 *     n, the letters after h   -                               8oard
 *
 * A short term is found as SymSpell finds it: a letter is left out of the word, and of the term. If a long term differs
 * from the word in two places, its first part or the rest of it is the same, or both have one of the differences, so
 * the keys of the first part are enough. A term has 5 to 7 keys, of some 20 bytes each.
 *
 * A term that only one product has has the last kind of key alone, if it is long, and none if it is short. Such terms are
 * as many as all others, or far more if each product has a word of its own; then all their keys would take more room
 * than the rest of the index. Searches also find them by how they begin (letters_put_beginnings()).
 *
 * Triggers write the rows as terms come and go, in each engine's SQL. Of a double letter one is left out, because
 * leaving out the other makes the same key. */
#pragma once

/* Terms with the number of products that have them as a word: all of them, and those of a trigger's row. */
#define SPELT_TERMS "(SELECT term, words FROM search_terms WHERE words > 0)"
#define SPELT_ROW(row) "(SELECT " row ".term AS term, " row ".words AS words)"

#define HAS_KEYS(row) row ".words > 0 AND length(" row ".term) >= 4 AND " row ".term NOT GLOB '*[0-9]*'"
#define HAS_KEYS_POSTGRES(row) row ".words > 0 AND length(" row ".term) >= 4 AND " row ".term !~ '[0-9]'"

/* Whether a change of its words gives a term other keys: from none to one, or from one to more. */
#define CHANGES_KEYS "(old.words = 0) <> (new.words = 0) OR (old.words = 1) <> (new.words = 1)"

/* Selects the keys (key, term) of all terms in a table or query. */
#define SPELLING_KEYS(terms)                                                                                 \
    SPELLING_KEYS_OF(terms, "(SELECT column1 AS i FROM (VALUES (0), (1), (2), (3), (4), (5), (6))) AS n",    \
                     HAS_KEYS("t"))
#define SPELLING_KEYS_POSTGRES(terms)                                                                        \
    SPELLING_KEYS_OF(terms, "generate_series(0, 6) AS n (i)", HAS_KEYS_POSTGRES("t"))

/* The i-th letter is left out; 0: none; h + 1: all of the first ones. */
#define SPELLING_KEYS_OF(terms, numbers, condition)                                                          \
    "SELECT CASE WHEN i > h THEN length(term) || substr(term, h + 1)"                                        \
    " ELSE substr(term, 1, i - CASE WHEN i > 0 THEN 1 ELSE 0 END) || substr(term, i + 1, h - i)"             \
    " || length(term) END AS key, term"                                                                      \
    " FROM (SELECT term, words, CASE WHEN length(term) < 7 THEN length(term) ELSE 4 END AS h FROM " terms    \
    " AS s) AS t CROSS JOIN " numbers                                                                        \
    " WHERE i <= h + CASE WHEN h < length(term) THEN 1 ELSE 0 END"                                           \
    " AND (i > h OR (words > 1 AND (i = h OR substr(term, i, 1) <> substr(term, i + 1, 1))))"                \
    " AND " condition
