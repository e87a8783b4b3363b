/* Which documents a text finds, and how well each of them matches.
 *
 * The result is an array of scores for each block of 4096 documents in which something matches. The cost
 * grows with the number of postings of the words, and never with the length of the products' texts. */
#pragma once

#include "shop/search/query.h"

enum {
    /* 2048 blocks of 20 KiB: 8.4 million matching documents take 40 MiB of a request's 64. If more match, the
     * oldest blocks are left out and the count is a lower bound. */
    hit_blocks_max = 2048,
};

/* Documents that have all words lead, or if there is none, those that have the most words. If they are few, documents
 * that have fewer of the words follow: the tail. Then the scores of those that lead have this bit. */
enum { hit_leads = 1 << 15 };

struct hit_block {
    struct hit_block *next; /* in the list of spare blocks */
    bool
        is_new; /* the current word is its first: the word's scores go to `score`, and the rest is not set yet */
    bool has_word;   /* `word` is set */
    uint16_t filled; /* a bit for each doc block (doc_values.h) in which something matches */
    uint16_t score[posting_block_documents]; /* of all words so far; 0: does not match */
    uint16_t word[posting_block_documents];  /* of the current word; 0: does not match */
    uint8_t words[posting_block_documents];  /* how many words match, for COMBINE_ANY */
};

struct hits {
    struct hit_block **blocks; /* by number of the block; NULL if nothing in it matches */
    size_t first_block;        /* older blocks are not searched */
    size_t block_count;        /* one past the block of the newest visible product */
    int64_t last;            /* the newest visible product's seq: later entries are an unpublished import's */
    struct hit_block *spare; /* allocated and not in use */
    size_t used;             /* how many blocks are allocated, spare ones included */
    bool truncated;          /* more blocks matched than hit_blocks_max */
    bool has_tail;           /* the scores without hit_leads are those of the tail */
};

enum match_effort {
    MATCH_THOROUGH, /* for searches: all products */
    MATCH_QUICK,    /* for suggestions: the newest products, and at most one word's spelling is corrected */
};

/* A quick match reads the products of so many blocks of doc values: 262,144, or fewer if imports left gaps. */
enum { quick_doc_blocks = 1024 };

/* A text on its way to its hits, which live in ctx->arena. The steps are separate so that a caller who reads something
 * else as well, or matches two texts, can do each step for all of it: on PostgreSQL a step is a round trip, however much
 * it reads. (match.c says what they decide.) */
struct match {
    struct query *query; /* without words if the text has none: then there is no further step */
    enum match_effort effort;
    struct hits hits;
    int64_t count;     /* of the documents that have all words */
    bool is_corrected; /* spelling was looked at, whether it helped or not */
    bool is_loose;     /* `hits` was made of the documents that have any of the words */
    bool is_rematched; /* `hits` has documents without the rarest word, or with others than it had */
};

/* Reads the text's words, and announces what is looked up for them. */
MUST_CHECK enum status match_prepare(struct shop_ctx *ctx, struct str text, enum match_effort effort,
                                     struct match *out);

/* Finds the words' terms. `last` is the seq of the newest visible product. */
MUST_CHECK enum status match_read_terms(struct shop_ctx *ctx, int64_t last, struct match *match);

/* Adds the synonyms of the shop's own, corrects the words at once if it is certain that few documents have them all, and announces
 * the postings. */
MUST_CHECK enum status match_correct(struct shop_ctx *ctx, struct match *match);

/* Returns the rarest of the words that must match, and how many words these are; NULL if it is certain that documents
 * without it are found too, or none. */
const struct query_word *match_rarest(const struct match *match, size_t *words);

/* Finds the documents that have all words, and the tail if they may be few. */
MUST_CHECK enum status match_run(struct shop_ctx *ctx, struct match *match);

/* If they are too few: corrects the words, and finds the tail. A quick match has no tail. */
MUST_CHECK enum status match_finish(struct shop_ctx *ctx, struct match *match);
