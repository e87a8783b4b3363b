/* From text as people write it to words that can be compared: case folded, compatibility forms and accents
 * taken apart and the marks dropped (utf8proc), split where letters and digits end, stemmed as English
 * (Snowball).
 *
 *     "Cafetière, 1 L"  →  cafetiere · 1 · l         "Chef's knives"  →  chefs (chef) · knives (knive)
 *
 * Any bytes at all are safe: what is no letter, digit or mark ends a word. An apostrophe within a word, and a
 * comma or point between digits, are left out of it (`20,000` is 20000). An ideograph is a word by itself,
 * since nothing separates it from the next. */
#pragma once

#include "base/status.h"
#include "base/str.h"

enum {
    word_bytes_max = 48, /* the rest of a longer word is dropped */
    fold_bytes_max = 72, /* of one code point: the longest takes 18 code points of up to 4 bytes */
};

struct word {
    char at[word_bytes_max];
    size_t size;
    bool plain;         /* nothing but a to z: what can be stemmed */
    struct str written; /* as it stands in the text */
};

/* Takes the next word off the front of *text; false where none is left. */
bool word_next(struct str *text, struct word *out);

static inline struct str word_text(const struct word *word) {
    return (struct str){word->at, word->size};
}

/* Text folded as words are, but whole: how names are ordered. Writes at most `room` bytes, never a part of a
 * code point, and gives how many. */
size_t text_fold(struct str text, char *out, size_t room);

/* Text in lower case and otherwise as it is; the same of the bytes. */
size_t text_lower(struct str text, char *out, size_t room);

/* An English stemmer; one thread's at a time. NULL without memory. */
struct stemmer *stemmer_open(void);
void stemmer_close(struct stemmer *stemmer);

/* The stem of a word, or the word itself where it is not plain; valid until the next call. */
struct str stemmer_stem(struct stemmer *stemmer, struct str word, bool plain);
