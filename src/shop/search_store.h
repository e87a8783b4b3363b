/* The inverted index as the database keeps it: terms, and which documents each stands in. What is written
 * here is written in the caller's transaction.
 *
 * A document is a product's `seq`. For each term and each block of 4096 documents there is one row of
 * postings, keyed (term << 24 | block), whose data are 16-bit little-endian entries in ascending order: 12
 * bits of document within the block, 4 bits of TERM_…. A term is there as long as it stands in a document,
 * and its counts are those of its postings.
 *
 * Those of an import that shoppers do not see yet (shop/stage.h) are counted apart, in the columns staged_…,
 * and are part of the counts from the moment that the import is published. Whoever changes a row afterwards
 * adds them up for good. */
#pragma once

#include "shop/search_collect.h"
#include "shop/tx.h"

enum {
    posting_block_bits = 12,
    posting_block_documents = 1 << posting_block_bits,
    posting_key_bits = 24, /* of the block's number: 2^36 documents */
    posting_bytes_max = posting_block_documents * 2,
};

/* Whether what was staged in a row of terms is seen. */
#define SEEN_STAGED "staged_by <= (SELECT published FROM catalogue)"

/* What lies between two terms of one prefix: a prefix followed by this comes after all that starts with it.
 */
#define TERM_LAST "\xF4\x8F\xBF\xBF"

static inline int64_t posting_key(int64_t term, int64_t seq) {
    return term << posting_key_bits | seq >> posting_block_bits;
}

/* An entry's two bytes. */
static inline uint32_t entry_at(const char *data) {
    return (uint32_t)(unsigned char)data[0] | (uint32_t)(unsigned char)data[1] << 8;
}

static inline void entry_put(char *data, uint32_t entry) {
    data[0] = (char)(entry & 0xFF);
    data[1] = (char)(entry >> 8 & 0xFF);
}

/* How many documents a term stands in: at all, as a word itself, as one of a name or a category. */
struct term_counts {
    int64_t documents, words, titles;
};

/* What an entry with these TERM_… bits (0: none) counts for. */
struct term_counts term_counts_of(uint32_t place);

/* Keeps every other writer of the index away until the transaction ends, and gives the next free term id. */
MUST_CHECK enum status store_lock(struct tx *tx, int64_t *next_term);
/* The same without the id, before anything else is locked: where transactions run side by side, those that
 * change products share the index and the counts of categories, and would wait for each other in a circle. */
MUST_CHECK enum status store_hold(struct tx *tx);
MUST_CHECK enum status store_set_next_term(struct tx *tx, int64_t next_term);

/* Counts a term's new documents, making it with `new_id` where it is not there; `id` gets the one it has.
 * They are those of the import with this number, or where it is 0, seen at once. */
MUST_CHECK enum status store_term(struct tx *tx, struct str term, int64_t new_id, int64_t staged_by,
                                  const struct term_counts *more, int64_t *id);

/* Sets where the term stands in a document (TERM_…, 0: no longer) and its counts to suit. */
MUST_CHECK enum status store_place(struct tx *tx, struct str term, int64_t seq, uint32_t place);

/* A posting row's data as it is (empty where there is none), into a buffer; and written: as a new row, or in
 * place of the one there is, which goes where there are no data left. */
MUST_CHECK enum status posting_read(struct tx *tx, int64_t key, char data[static posting_bytes_max],
                                    size_t *size);
MUST_CHECK enum status posting_write(struct tx *tx, int64_t key, bool is_new, struct str data);
