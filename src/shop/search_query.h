/* What a shopper typed, as words, and for each word the terms of the index that it may stand for. */
#pragma once

#include "shop/search_store.h"

enum {
    query_words_max = 16, /* further words of a query are not looked at */
    prefix_terms_max = 24,
    spelling_terms_max = 3,
    /* Itself, its stem, what it is a prefix of, spellings and their stems, and two joined neighbours. */
    word_terms_max = 2 + prefix_terms_max + 2 * spelling_terms_max + 4,
    prefix_rows_max = 4096, /* terms looked at for one prefix */
};

/* How a term came to stand for a word: the further down, the less a match counts. */
enum match_kind { MATCH_WORD, MATCH_STEM, MATCH_PREFIX, MATCH_JOINED, MATCH_SPELLING, MATCH_KIND_COUNT };

struct query_term {
    int64_t id, documents;
    enum match_kind kind;
    uint32_t share;                        /* of its kind's score, in percent */
    uint16_t scores[1 << term_place_bits]; /* by where it stands in a document */
};

struct query_word {
    struct str text, stem;
    bool plain;    /* only a to z */
    bool last;     /* may still be typed */
    bool optional; /* `the`, `with`: adds to the score of what matches without it */
    struct query_term terms[word_terms_max];
    size_t count;
};

struct query {
    struct query_word words[query_words_max];
    size_t count;
    int64_t documents; /* in the index */
};

/* Reads `text` into words, each once, without their terms. The query lives in tx->arena. */
MUST_CHECK enum status query_read_words(struct tx *tx, struct stemmer *stemmer, struct str text,
                                        struct query **out);

/* Adds the terms of a word: itself, its stem, and what it is a prefix of. */
MUST_CHECK enum status query_find_terms(struct tx *tx, struct query_word *word);

/* Makes two words of one, at a byte of it, and adds their terms. */
MUST_CHECK enum status query_split(struct tx *tx, struct stemmer *stemmer, struct query *query, size_t i,
                                   size_t at);

/* A term of the index. */
struct term_row {
    int64_t id;
    struct term_counts counts;
    struct str text; /* where term_find or the walk gives it */
};

/* STATUS_NOT_FOUND where the index has no such term. */
MUST_CHECK enum status term_find(struct tx *tx, struct str text, struct term_row *out);

/* Adds one term to a word, unless it has it already or is full. */
void query_add_term(struct query_word *word, const struct term_row *row, enum match_kind kind,
                    uint32_t share);

/* How many documents the word's terms of these kinds have together, those in two of them counted twice. */
int64_t query_documents(const struct query_word *word, enum match_kind last_kind);

/* Works out the terms' scores, once they are all there. */
void query_set_scores(struct query *query);

/* A walk over the terms from `from` up to (and without) `to`, in order: all of them, or those that many
 * documents have (common_documents_min). */
enum { common_documents_min = 16 };
struct db_rows *terms_walk(struct tx *tx, struct str from, struct str to, int64_t rows_max, bool common);
bool terms_next(struct db_rows *rows, struct term_row *out);
