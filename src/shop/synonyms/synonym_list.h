/* The list of words that mean the same in a shop, as its owner writes it.
 *
 *     # comment
 *     sofa, couch, settee          each finds the others
 *     tv => television             one way: tv finds television as well, television does not find tv
 *     usb stick => flash drive     several words are one phrase
 *
 * This is the form of Solr's and Lucene's synonyms.txt. One thing differs: a word on the left of an arrow still finds
 * itself. */
#pragma once

#include "base/arena.h"
#include "base/status.h"
#include "base/str.h"
#include "shop/index/text.h"

enum {
    synonym_text_bytes_max = 128 * 1024,
    synonym_lines_max = 2000, /* comments and blank lines included */
    synonym_line_bytes_max = 1000,
    synonym_phrases_max = 12, /* on one side of a line, and how many others a phrase finds */
    synonym_words_max = 6,    /* of one phrase */
    /* A phrase's folded words or stems, which are no longer, each with a space. */
    synonym_phrase_bytes_max = synonym_words_max * (word_bytes_max + 1),
    synonym_error_size = 240,
};

/* A phrase and what it finds. */
struct synonym {
    struct str phrase;  /* the stems of its words, with a space between them */
    struct str targets; /* phrases of folded words, with a comma between them */
};

struct synonym_list {
    struct synonym *data; /* in ascending order of their phrases; each phrase once */
    size_t count;
};

/* What is wrong with a list. */
struct synonym_error {
    size_t line; /* from 1; 0: the text as a whole */
    char text[synonym_error_size];
};

/* Reads a list; any bytes are safe input. The result is in the arena. STATUS_INVALID, with the first mistake in `error`;
 * STATUS_NO_MEMORY. */
MUST_CHECK enum status synonym_list_read(struct arena *arena, const struct language *language,
                                         struct str text, struct synonym_list *out,
                                         struct synonym_error *error);
