/* Doc values: what documents are filtered and sorted by, stored as columns (Lucene's word).
 *
 * For each block of 256 documents there are two rows of arrays, indexed by `seq % 256`:
 *
 *     search_columns  block │ prices [256] │ categories [256] │ lengths [256] │ withdrawn [256]
 *     search_names    block │ names [256][15]                                   only read if a search sorts by name
 *
 *     prices      minor units     ┐ each packed in 1, 2, 4 or 8 bytes, little-endian: the fewest that hold the
 *     categories  ids             ┘ block's largest number. The size of the array tells how many.
 *     lengths     of the name in code points, at most 255; 0: there is no such active document
 *     withdrawn   the same of documents that are not active, which the staff alone finds; NULL: all are active
 *     names       the first bytes of the folded name, padded with zeros
 *
 * A search reads these rows from one end to the other, and rows of products only for the page that it shows.
 * What is written here is written in the caller's transaction. */
#pragma once

#include "shop/index/collector.h"
#include "shop/shop_ctx.h"

#include <endian.h>
#include <string.h>

enum {
    doc_block_bits = 8,
    doc_block_documents = 1 << doc_block_bits,
    /* 256 * 15 = 3840 bytes and the head of the row fit in one page of SQLite's: a row may have 4061 of its
     * 4096 bytes. 256 * 16 = 4096 would not. */
    name_key_bytes = 15,
};

/* Finds the id of a category, and makes one if the category is new. Ids are never freed: a shop has hundreds
 * of them. */
MUST_CHECK enum status doc_category_make(struct shop_ctx *ctx, struct str category, int64_t *out);

/* Finds the ids (int64_t) of categories (struct str); there is none for a category that is not there. Announcing the
 * same list before lets PostgreSQL answer together with the statement in between. */
void doc_categories_announce(struct shop_ctx *ctx, const struct list *categories);
MUST_CHECK enum status doc_categories_find(struct shop_ctx *ctx, const struct list *categories,
                                           struct list *out);

/* One document's values. */
enum { doc_category_kept = 0 }; /* in place of a category's id: that of the document as it was */
struct doc_value {
    int64_t price, category;
    uint8_t length; /* of the name in code points, 1 to 255; 0: there is no such document */
    bool is_withdrawn;
    char name[name_key_bytes];
};

/* Makes the values of a document; `category` is the id of its category. */
struct doc_value doc_value_of(const struct index_document *d, int64_t category);

/* One block of values, unpacked. */
struct doc_block {
    int64_t prices[doc_block_documents], categories[doc_block_documents];
    uint8_t lengths[doc_block_documents], withdrawn[doc_block_documents];
    char names[doc_block_documents * name_key_bytes];
};

/* Reads a block; all zeros if it has no rows. */
MUST_CHECK enum status doc_block_read(struct shop_ctx *ctx, int64_t block, struct doc_block *out);

/* Writes both rows of a block, whether they are there already or not. */
MUST_CHECK enum status doc_block_write(struct shop_ctx *ctx, int64_t block, const struct doc_block *values);

/* Sets one document's values in its block. */
void doc_block_set(struct doc_block *block, int64_t seq, const struct doc_value *value);

/* Announces what doc_category_make (NULL: it is not called) and doc_value_write read for a document, so that it travels
 * with the next statement (db_prefetch). */
void doc_value_prefetch(struct shop_ctx *ctx, int64_t seq, const struct index_document *d);

/* Sets one document's values in the database; NULL: there is none any more. */
MUST_CHECK enum status doc_value_write(struct shop_ctx *ctx, int64_t seq, const struct doc_value *value);

/* Which arrays a scan reads: what is not read is neither sent nor copied. */
struct doc_columns {
    enum doc_numbers {
        DOC_LENGTHS,
        DOC_PRICES,     /* and lengths */
        DOC_CATEGORIES, /* all three */
        DOC_WITHDRAWN,  /* and which are withdrawn */
    } numbers;
    bool names;
};

/* A walk over the blocks from `first` to `last`, the newest (last) one first. The arrays of a block can be
 * read until the next doc_scan_next(). */
struct doc_scan {
    struct db_rows *rows, *name_rows;
    enum status status;
    struct doc_columns columns;
    int64_t block;
    struct str prices, categories; /* packed: see doc_packed_at(); absent if not read */
    const uint8_t *lengths;
    const uint8_t *withdrawn; /* NULL if not read, or if all are active */
    const char *names;        /* NULL if not read */
};
void doc_scan_begin(struct doc_scan *scan, struct shop_ctx *ctx, int64_t first, int64_t last,
                    struct doc_columns columns);

/* Announces a scan that will be begun with the same values. Returns whether it was sent ahead (db_prefetch). */
bool doc_scan_announce(struct shop_ctx *ctx, int64_t first, int64_t last, struct doc_columns columns);

/* The doc blocks that have a document with one of some terms. PostgreSQL finds them by itself, in the postings, so that
 * nothing needs to wait for these. It takes some 0.5 us for each entry. */
struct doc_choice {
    struct str terms;    /* their ids, a JSON array */
    int64_t first, last; /* blocks of postings */
};

/* Announces a scan over these blocks. Returns whether it was sent ahead; if not, it cannot be begun either. */
bool doc_scan_announce_choice(struct shop_ctx *ctx, const struct doc_choice *choice,
                              struct doc_columns columns);
void doc_scan_begin_choice(struct doc_scan *scan, struct shop_ctx *ctx, const struct doc_choice *choice,
                           struct doc_columns columns);

/* Moves to the next block. False at the end, or after a failure that doc_scan_end() returns. */
bool doc_scan_next(struct doc_scan *scan);
MUST_CHECK enum status doc_scan_end(struct doc_scan *scan);

/* Returns a number of a packed array. */
static inline int64_t doc_packed_at(struct str packed, size_t slot) {
    uint16_t two;
    uint32_t four;
    uint64_t eight;
    switch (packed.size / doc_block_documents) {
    case 1:
        return (uint8_t)packed.data[slot];
    case 2:
        memcpy(&two, packed.data + slot * sizeof two, sizeof two);
        return le16toh(two);
    case 4:
        memcpy(&four, packed.data + slot * sizeof four, sizeof four);
        return le32toh(four);
    case 8:
        memcpy(&eight, packed.data + slot * sizeof eight, sizeof eight);
        return (int64_t)le64toh(eight);
    default:
        return 0; /* not read */
    }
}

/* Sets out[i] to 1 for each number from `min` to `max`, and leaves the others as they are. */
void doc_packed_find(struct str packed, uint64_t min, uint64_t max, uint8_t *restrict out);

/* Unpacks an array of a block's numbers. */
void doc_values_unpack(struct str packed, int64_t out[static doc_block_documents]);
