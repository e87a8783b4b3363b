/* From text as people write it to words that can be compared.
 *
 *     "Cafetière, 1 L"  →  cafetiere · 1 · l         "Chef's knives"  →  chefs (chef) · knives (knive)
 *
 * Case is folded, compatibility forms and accented letters are decomposed and the marks dropped (utf8proc). A
 * word ends where letters and digits end, and is stemmed by the shop's language (Snowball).
 *
 * Any bytes are safe input: a byte that is not part of a letter, digit or mark ends a word, except for signs within
 * one:
 *
 *     20,000  20.000   →  20000             a sign that groups three digits is left out
 *     3.5  3,5         →  3.5               any other sign in a number is its decimal point
 *     women's  U.S.A.  →  womens  usa       apostrophes, and the points of abbreviations
 *     rock'n'roll      →  rock · n · roll
 *
 * An ideograph is a word by itself, because nothing separates it from the next one. */
#pragma once

#include "base/status.h"
#include "base/str.h"
#include "shop/index/language.h"

enum {
    word_bytes_max = 48, /* the rest of a longer word is dropped */
    fold_bytes_max = 72, /* of one code point: the longest folds to 18 code points of up to 4 bytes */
};

struct word {
    char data[word_bytes_max];
    size_t size;
    bool plain;         /* has only a to z, so that it can be stemmed */
    struct str written; /* as it is written in the text */
};

/* Takes the next word off the front of *text. False if no word is left. */
bool word_next(const struct language *language, struct str *text, struct word *out);

static inline struct str word_text(const struct word *word) {
    return (struct str){word->data, word->size};
}

/* Whether a folded word has only a to z, so that it can be stemmed. */
static inline bool word_is_plain(struct str word) {
    for (size_t i = 0; i < word.size; i++)
        if (word.data[i] < 'a' || word.data[i] > 'z')
            return false;
    return true;
}

/* Folds a whole text as words are folded: names are ordered by this. Writes at most `room` bytes and never a
 * part of a code point; returns the number of bytes. */
size_t text_fold(struct str text, char *out, size_t room);

/* Writes a text in lower case and otherwise unchanged; `room` and result as for text_fold(). */
size_t text_lower(struct str text, char *out, size_t room);

/* A language's stemmer, for one thread at a time. */
struct stemmer {
    struct sb_stemmer *snowball; /* NULL if it is not open */
    const struct language *language;
};

MUST_CHECK enum status stemmer_open(struct stemmer *out, const struct language *language);
void stemmer_close(struct stemmer *stemmer);

/* Returns the stem of a word, or the word itself if it is not plain. A word is stemmed as it is folded: German plurals
 * and French accents meet all the same, and shoppers leave accents out, or type `ue` for ü (struct language, digraphs). Valid until the next call. */
struct str stemmer_stem(const struct stemmer *stemmer, struct str word, bool plain);
