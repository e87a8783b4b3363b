/* A shopper's text as words, and for each word the terms of the index that it may stand for. */
#pragma once

#include "shop/search/terms.h"
#include "shop/synonyms/synonyms.h"

enum {
    query_words_max = 16, /* further words of a query are ignored */
    prefix_terms_max = 24,
    spelling_terms_max = 4,
    synonym_terms_max = 24,
    /* The word itself, its stem, what it is a prefix of, its synonyms with their stems, its corrections with theirs,
     * and the two words that it makes with its neighbours (and room for two more). */
    word_terms_max = 2 + prefix_terms_max + synonym_terms_max + 2 * spelling_terms_max + 4,
};

/* How a term came to stand for a word, from the best match to the weakest. */
enum match_kind {
    MATCH_WORD,     /* the word itself */
    MATCH_STEM,     /* its stem: `lamp` for `lamps` */
    MATCH_SYNONYM,  /* a synonym of the shop's own: `couch` for `sofa` */
    MATCH_HEAD,     /* a compound that it ends: `gartenstuhl` for `stuhl` */
    MATCH_PREFIX,   /* a longer term that it starts: `lampshade` for `lamp` */
    MATCH_JOINED,   /* one term for two neighbours: `headphones` for `head phones` */
    MATCH_SPELLING, /* a correction: `grinder` for `grnider` */
    MATCH_KIND_COUNT
};

struct query_term {
    int64_t id, documents;
    enum match_kind kind;
    uint32_t share;                        /* per cent of what its kind scores */
    uint16_t scores[1 << field_mask_bits]; /* by the field mask of an entry (TERM_…) */
    struct query_phrase *phrase;           /* a synonym of several words, in place of `id`; else NULL */
};

/* A synonym of several words. A document must have all of them, and scores their sum. */
struct query_phrase {
    struct query_phrase_word {
        struct query_term terms[2]; /* the word and its stem */
        size_t count;
    } words[synonym_words_max];
    size_t count;
};

/* What a word is read from. */
enum word_kind {
    WORD_PLAIN, /* a word */
    WORD_SIZE,  /* dimensions, as the index has them: `2x4` for `2 by 4` */
    WORD_SIGN,  /* the unit that a sign stands for: `in`, behind a number. It is optional */
};

struct query_word {
    struct str text, stem;
    enum word_kind kind;
    bool plain;               /* only a to z */
    bool last;                /* the last of the text: perhaps not typed to its end */
    bool optional;            /* a filler such as `the`: adds to the score of a document but need not match */
    bool has_synonym;         /* one that products have: then the word is no mistake */
    bool ends_compounds;      /* it may be the last part of another word: `stuhl` of `gartenstuhl` */
    struct query_term *terms; /* room for as many as a word may have in its language */
    size_t count, room;
    struct str synonyms
        [synonym_phrases_max]; /* the stems that name the same thing as the word: of a synonym of several
                                               * words its head's, and that for its phrase's head */
    size_t synonym_count;
    struct str
        respelt; /* what a correction reads in its place, empty if that is in the word before; absent: itself */
    struct term_row joined; /* what it makes with the word after it; id 0: no term. Has no text */
};

struct query {
    struct query_word words[query_words_max];
    size_t count;
    int64_t documents; /* how many active products the shop has */
    const struct language *language;
    bool has_synonyms; /* the shop has some */
    bool joins_are_read, joins_are_announced;
    bool has_split; /* a word became two (query_split) */
};

/* Reads the words of `text` into a query in ctx->arena, each word once and without its terms. The query has
 * no words if the text has none. Reads nothing from the database. */
MUST_CHECK enum status query_read_words(struct shop_ctx *ctx, struct stemmer *stemmer, struct str text,
                                        struct query **out);

/* Reads how many products the shop has, and whether it has synonyms. */
void query_announce_shop(struct shop_ctx *ctx);
MUST_CHECK enum status query_read_shop(struct shop_ctx *ctx, struct query *query);

/* Adds the terms of all words: each word itself, its stem, and those that it is a prefix of. Announcing that first lets
 * PostgreSQL answer for all of them together (terms.h). */
void query_announce_terms(struct shop_ctx *ctx, struct query *query);
MUST_CHECK enum status query_find_terms(struct shop_ctx *ctx, struct query *query);

/* Adds the shop's own synonyms of the words, and of words that stand together: for a shop that has some. Two round
 * trips. */
MUST_CHECK enum status query_find_synonyms(struct shop_ctx *ctx, struct stemmer *stemmer,
                                           struct query *query);

/* Finds the terms that each two neighbours make together. If PostgreSQL sent them along with the others, they are read
 * already; otherwise this is left to when they are needed. */
MUST_CHECK enum status query_read_joins(struct shop_ctx *ctx, struct query *query);

/* Replaces the i-th word by its first `size` bytes and the rest, as two words without terms. The query must have room
 * for one more word. */
MUST_CHECK enum status query_split(struct shop_ctx *ctx, struct stemmer *stemmer, struct query *query,
                                   size_t i, size_t size);

/* Adds a term to a word, unless the word has it already or is full. */
void query_add_term(struct query_word *word, const struct term_row *row, enum match_kind kind,
                    uint32_t share);

/* Adds up how many documents the word's terms have, up to and including the kind `weakest`. A document that
 * has two of the terms counts twice. */
int64_t query_documents(const struct query_word *word, enum match_kind weakest);

/* Whether products have the word itself, or a form, synonym or continuation of it: then corrections are only added. */
bool query_word_is_known(const struct query_word *word);

/* Whether one of the word's terms is a phrase, which has no postings of its own. */
bool query_has_phrase(const struct query_word *word);

/* Writes the words as a correction has read them, with spaces between; absent if it took each as it is. Words that a
 * product has are not corrected: what a correction adds to them only ranks lower. */
MUST_CHECK enum status query_corrected_text(struct shop_ctx *ctx, const struct query *query, struct str *out);

/* Works out the scores of all terms: call it once the query has them. */
void query_set_scores(struct query *query);
