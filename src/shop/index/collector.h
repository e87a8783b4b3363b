/* The terms of some products, gathered in memory: which term is in which document, and in which fields.
 *
 * Every word of a product is a term, and so is its stem if that is another text, and what models.h makes of its
 * name. An entry says that a term is
 * in a document. Entries are in the order in which documents were added.
 *
 * Limits: the first words of each field (see below), and the number of entries that the collector was opened
 * for. */
#pragma once

#include "base/arena.h"
#include "base/status.h"
#include "shop/index/models.h"

/* A product as the index sees it. */
struct index_document {
    int64_t seq;
    struct str name, category, description;
    int64_t price;
    bool is_withdrawn; /* not active: it has doc values, and no postings */
};

/* A field mask: in which fields of a document a term is. It is the four low bits of an entry, in memory and
 * in the database. TERM_EXACT says that the term is one of the document's words itself, and not only the stem
 * of one. */
enum { TERM_IN_NAME = 1, TERM_IN_CATEGORY = 2, TERM_IN_DESCRIPTION = 4, TERM_EXACT = 8, field_mask_bits = 4 };

enum {
    name_words_max = 100,         /* of 200 characters: every word */
    category_words_max = 50,      /* of 100 characters: every word */
    description_words_max = 1000, /* of 10,000 characters: about 60 % of the longest description */
    /* Each word is at most two terms: itself and its stem. So is each further term of the name. */
    document_entries_max =
        2 * (name_words_max + model_terms_max + category_words_max + description_words_max),
    terms_max = 1 << 24,
    term_head_bytes = 16,
};

struct collected_term {
    char head[term_head_bytes]; /* the first bytes of the text, padded with zeros: most terms are no longer */
    struct str text;
    uint32_t hash;
    uint32_t stem;    /* the index of the stem's term; no_term before it was needed */
    uint32_t latest;  /* the index of its latest entry, plus 1; 0: it has no entry yet */
    uint32_t entries; /* how many it has */
    void *user;       /* for the caller, while it takes the entries */
};

struct collected_entry {
    uint32_t term;     /* an index of `terms` */
    uint32_t document; /* its number << field_mask_bits | its field mask */
};

struct collector_slot {
    uint32_t hash, term; /* the term's index plus 1; 0: the slot is free */
};

/* The terms and entries are for the caller to read. */
struct collector {
    struct arena *arena;
    struct stemmer *stemmer;
    struct collected_term *terms;
    struct collector_slot *slots; /* a hash table of the terms */
    struct collected_entry *entries;
    size_t term_count, term_room, slot_count, entry_count, entries_max;
};

/* Opens an empty collector with room for `entries_max` entries in the arena. The stemmer stays the
 * caller's. */
MUST_CHECK enum status collector_open(struct collector *c, struct arena *arena, struct stemmer *stemmer,
                                      size_t entries_max);

/* Returns whether there is room for one more document, whichever words it has. */
bool collector_has_room(const struct collector *c);

/* Gathers one document's terms. Its entries call it `number`, which is below 2^28 and differs from the number
 * of the document before. Requires collector_has_room(). */
MUST_CHECK enum status collector_add(struct collector *c, uint32_t number, const struct index_document *d);

/* Forgets the entries and keeps the terms. The caller has set each term's `latest` and `entries` to 0. */
void collector_forget_entries(struct collector *c);

/* Orders pointers to terms (struct collected_term *) by the bytes of their texts, for qsort. */
int collected_term_order(const void *a, const void *b);
