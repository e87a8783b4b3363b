/* The letters of words: how far two words are apart, and the keys under which a misspelt word is looked up. All words
 * here are valid UTF-8 of at most word_bytes_max bytes. */
#pragma once

#include "base/buf.h"
#include "shop/index/text.h"

/* A word's letters. The numbers are UTF-8 sequences read as big-endian numbers: enough to tell letters apart. */
struct letters {
    uint32_t data[word_bytes_max];
    size_t count;
};

void letters_read(struct str word, struct letters *out);

/* The number of letters to change, add, leave out, or swap with their neighbour to make one word of the other
 * (Damerau and Levenshtein, no letter touched twice); `most` + 1 if it is more than `most`. */
size_t letters_distance(const struct letters *a, const struct letters *b, size_t most);

enum { letter_cost = 100 };

/* How unlikely it is that `meant` becomes `typed`: letter_cost for each letter that is another one, and less for what
 * fingers and ears often get wrong. */
uint32_t letters_cost(const struct letters *typed, const struct letters *meant);

/* Appends the keys (shop/schema/spellings.h) under which terms stand that are at most `distance` (1 or 2) from the
 * word, as a JSON array of texts. */
void letters_put_keys(struct buf *keys, const struct letters *word, size_t distance);

/* Appends the beginnings of terms that a word of four letters or more may stand for, as a JSON array of texts: its first
 * three letters, or its first four with one of the first three wrong. What else is wrong may be further on. */
void letters_put_beginnings(struct buf *beginnings, const struct letters *word);
