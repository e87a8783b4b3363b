/* Which documents a query finds, and how well.
 *
 * For each block of 4096 documents that a word stands in there is an array of scores. Words are gone through
 * one after the other, rarest first, and a document keeps its score while every word stands in it. What this
 * costs grows with the words' postings and never with what is in the products. */
#pragma once

#include "shop/search_query.h"

enum {
    /* 2048 blocks of 20 KiB: 8.4 million documents that match in 40 MiB of a request's 64. Where more match,
     * the newest are looked at, and the count is a lower bound. */
    hit_blocks_max = 2048,
};

struct hit_block {
    struct hit_block *next;                  /* of the spare ones */
    uint16_t score[posting_block_documents]; /* of all words so far; 0: does not match */
    uint16_t word[posting_block_documents];  /* of the word at hand */
    uint8_t words[posting_block_documents];  /* how many have matched */
};

struct hits {
    struct hit_block **blocks; /* by block; NULL where nothing matches */
    size_t first_block;        /* older ones are not looked at */
    size_t block_count;        /* one past the last block with a product that is seen */
    int64_t last;              /* the newest product's seq: entries past it are an import's, not yet seen */
    struct hit_block *spare;
    size_t used;    /* blocks that were made, spare ones included */
    bool truncated; /* more blocks matched than hit_blocks_max */
};

/* How far to look: for a search everywhere, for suggestions among the newest products (262,144 of them, or
 * fewer where imports left gaps), and with one word's spelling corrected at most. */
enum match_effort { MATCH_THOROUGH, MATCH_QUICK };
enum { quick_column_blocks = 1024 };

/* The `seq` of the newest product that is seen; 0 where there is none. */
MUST_CHECK enum status search_last(struct tx *tx, int64_t *out);

/* The entries of a block of postings that are seen: all but those past `last`. */
struct str seen_entries(struct str data, int64_t block, int64_t last);

/* Finds what the text matches. With `found` false there is no word in it. Every word must match as a word, a
 * stem or a prefix; where few documents do, words that hardly any has are taken as misspelt, and where none
 * does still, the documents are taken that most of the words match. */
MUST_CHECK enum status search_match(struct tx *tx, struct str text, enum match_effort effort,
                                    struct hits *out, bool *found);
