/* Which words stand where in some products: the terms that the index is made of, gathered in memory.
 *
 * A product's every word is a term, and so is its stem where that is another text. An entry says that a term
 * stands in a document, and where. Entries come in the order of their documents. Limits: the first words of
 * each field, and as many entries as the collector was opened for. */
#pragma once

#include "base/arena.h"
#include "base/status.h"
#include "shop/text.h"

/* A product as the index sees it. */
struct search_document {
    int64_t seq;
    struct str name, category, description;
    int64_t price;
};

/* Where a term stands: the four low bits of an entry, in memory and in the database. TERM_EXACT says that the
 * term is one of the document's words itself, and not only the stem of one. */
enum { TERM_IN_NAME = 1, TERM_IN_CATEGORY = 2, TERM_IN_DESCRIPTION = 4, TERM_EXACT = 8, term_place_bits = 4 };

enum {
    name_words_max = 100,         /* of 200 characters: every one */
    category_words_max = 50,      /* of 100 characters: every one */
    description_words_max = 1000, /* of 10,000 characters: about 60 % of the longest */
    document_entries_max = 2 * (name_words_max + category_words_max + description_words_max),
    terms_max = 1 << 24,
    term_head_bytes = 16,
};

struct collected_term {
    char head[term_head_bytes]; /* the first bytes of the text, zeros behind it: most terms are no longer */
    struct str text;
    uint32_t hash;
    uint32_t stem;    /* which term; no_term until it is asked for */
    uint32_t latest;  /* one past its latest entry; 0: none yet */
    uint32_t entries; /* how many */
    void *user;       /* for whoever takes the entries */
};

struct collected_entry {
    uint32_t term;
    uint32_t document; /* << term_place_bits, | TERM_… */
};

struct collector_slot {
    uint32_t hash, term; /* one past the term's place; 0: free */
};

struct collector {
    struct arena *arena;
    struct stemmer *stemmer;
    struct collected_term *terms;
    struct collector_slot *slots; /* open addressing */
    struct collected_entry *entries;
    size_t term_count, term_room, slot_count, entry_count, entries_max;
};

/* An empty collector in the arena, for at most entries_max entries. The stemmer is the caller's. */
MUST_CHECK enum status collector_open(struct collector *c, struct arena *arena, struct stemmer *stemmer,
                                      size_t entries_max);

/* Whether there is room for one more document whatever is in it. */
bool collector_has_room(const struct collector *c);

/* Gathers one document's terms; `number` is what its entries call it, below 2^28 and another than the one's
 * before. */
MUST_CHECK enum status collector_add(struct collector *c, uint32_t number, const struct search_document *d);

/* Forgets the entries and keeps the terms. Whoever took the entries has set their terms' `latest` and
 * `entries` to 0. */
void collector_forget_entries(struct collector *c);

/* Orders pointers to terms (struct collected_term *) by their bytes, for qsort. */
int collected_term_order(const void *a, const void *b);
