/* The inverted index as the database keeps it: which documents a term is in, and in which of their fields.
 *
 * A document is a product, known by its `seq`. For each term and each block of 4096 documents that it is in,
 * there is one row of postings:
 *
 *     search_terms                             search_postings
 *     term  id  documents  words  titles       key              data
 *     lamp   7          3      2       1       7 << 24 | 0      entry entry
 *                                              7 << 24 | 5      entry
 *
 *                 bit 15              4  3               0
 *         entry = [ seq % 4096         | field mask       ]    16 bits, little-endian, ascending by document
 *
 * A row has at most 4096 entries, 8 KiB. The key has 24 bits for the block: room for 2^36 documents.
 *
 * A term has a row as long as it has an entry, and its counts are those of its entries. Entries of an import
 * that is not published yet (shop/catalogue/import.h) count as well: counts only rank and order, so that a
 * search needs no exact ones. Readers skip those entries with visible_entries() and terms that have no others
 * with VISIBLE_TERM.
 *
 * These functions write in the caller's transaction, which has called index_lock() or index_hold() first. */
#pragma once

#include "shop/index/collector.h"
#include "shop/shop_ctx.h"

enum {
    posting_block_bits = 12,
    posting_block_documents = 1 << posting_block_bits,
    posting_key_bits = 24, /* of the block's number */
    posting_bytes_max = posting_block_documents * 2,
};

/* A condition on a row of search_terms: the term is in a document that shoppers see. Without a staged import
 * every term is. During one, look whether the term has a posting before the boundary `staged_seq`
 * (catalogue.h): in an earlier block, or in the boundary's own block with a first entry below it. The
 * boundary is a multiple of 256 documents, so the high byte of that entry is enough to tell. SQLite cannot
 * read a byte of a blob as a number, so there hexadecimal digits are compared. */
#define VISIBLE_TERM_BY(high_byte, boundary_byte)                                                            \
    "((SELECT staged_by FROM catalogue) = 0 OR EXISTS (SELECT 1 FROM catalogue CROSS JOIN search_postings"   \
    " WHERE key BETWEEN id << 24 AND (id << 24) + (staged_seq >> 12)"                                        \
    " AND (key < (id << 24) + (staged_seq >> 12) OR " high_byte " < " boundary_byte ")))"
#define VISIBLE_TERM VISIBLE_TERM_BY("hex(substr(data, 2, 1))", "printf('%02X', (staged_seq >> 4) & 255)")
#define VISIBLE_TERM_POSTGRES VISIBLE_TERM_BY("get_byte(data, 1)", "((staged_seq >> 4) & 255)")

/* The end of a prefix's range of terms: `prefix` TERM_PREFIX_END compares after every term that starts with
 * the prefix, because it is U+10FFFF, the highest code point. */
#define TERM_PREFIX_END "\xF4\x8F\xBF\xBF"

/* The key of the row that has the term's entry for this document. */
static inline int64_t posting_key(int64_t term, int64_t seq) {
    return term << posting_key_bits | seq >> posting_block_bits;
}

/* Reads an entry's two bytes. */
static inline uint32_t entry_at(const char *data) {
    return (uint32_t)(unsigned char)data[0] | (uint32_t)(unsigned char)data[1] << 8;
}

static inline void entry_put(char *data, uint32_t entry) {
    data[0] = (char)(entry & 0xFF);
    data[1] = (char)(entry >> 8 & 0xFF);
}

/* In how many documents a term is: in any form, as a word itself (TERM_EXACT), as a word of a name or
 * category. */
struct term_counts {
    int64_t documents, words, titles;
};

static inline void term_counts_add(struct term_counts *counts, struct term_counts more) {
    counts->documents += more.documents;
    counts->words += more.words;
    counts->titles += more.titles;
}

/* Counts entries, given as a row's data. */
struct term_counts entries_count(struct str entries);

/* Cuts off the entries of documents past `last`, the newest visible product's `seq`: they are a staged
 * import's. */
struct str visible_entries(struct str data, int64_t block, int64_t last);

/* The index as a whole. */
struct index_state {
    int64_t next_term; /* the next free id of a term */
    const struct language *language;
};

/* Locks the index for this transaction, so that no other one writes to it, and reads its state. SQLite's only writer has
 * the lock already. */
MUST_CHECK enum status index_lock(struct shop_ctx *ctx, struct index_state *out);

/* Reads the language of the index. */
MUST_CHECK enum status index_read_language(struct shop_ctx *ctx, const struct language **out);

/* Locks the index as index_lock() does. Call it before anything else is locked: transactions that change
 * products share the index and the counts of categories, and those that locked them in different orders would
 * deadlock. */
MUST_CHECK enum status index_hold(struct shop_ctx *ctx);

/* Stores the next free id of a term, after ids were given out. */
MUST_CHECK enum status index_set_next_term(struct shop_ctx *ctx, int64_t next_term);

/* Finds a term's id; 0 if there is no such term. */
MUST_CHECK enum status term_find_id(struct shop_ctx *ctx, struct str term, int64_t *id);

/* Adds to a term's counts; a new term gets a row with this id first. */
MUST_CHECK enum status term_add_counts(struct shop_ctx *ctx, struct str term, int64_t id, bool is_new,
                                       const struct term_counts *more);

/* What becomes of a term in one document: the fields that it is in; 0: it is no longer in the document. */
struct posting_change {
    struct str term;
    int64_t seq;
    uint32_t fields;
};

/* Sets the fields of documents' terms, each pair of them named once, and the terms' counts to match. `changes` are in the
 * order of terms, and of each term in that of documents: so each row is written once. Makes new terms, whose ids are
 * taken from `next_term` on, and deletes those that are no longer used. The rows are read together, 96 a round trip. */
MUST_CHECK enum status postings_set(struct shop_ctx *ctx, const struct posting_change *changes, size_t count,
                                    int64_t *next_term);

/* Deletes the term's entries of the documents from `first_seq` on and counts the others anew, whatever the
 * counts were before. Deletes the term itself if no entry is left. */
MUST_CHECK enum status postings_cut(struct shop_ctx *ctx, struct str term, int64_t id, int64_t first_seq);

/* Reads a row's data into a buffer; `size` is 0 if there is no such row. */
MUST_CHECK enum status postings_read(struct shop_ctx *ctx, int64_t key, char data[static posting_bytes_max],
                                     size_t *size);

/* Writes a row's data: inserts a new row, else updates the one that is there, or deletes it if no data are
 * left. */
MUST_CHECK enum status postings_write(struct shop_ctx *ctx, int64_t key, bool is_new, struct str data);
