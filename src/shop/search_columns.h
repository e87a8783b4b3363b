/* What documents are filtered and sorted by, as columns: for each block of 256 documents one row of arrays,
 * of prices, category ids and name lengths, and a second row of the first bytes of the folded names. A search
 * reads these rows from one end to the other and touches the products of its page only.
 *
 * Prices and categories take 1, 2, 4 or 8 bytes each, little-endian: the least that hold the block's largest,
 * which the size of the array tells. A length of 0 means that there is no such document, or that it is not
 * active. What is written here is written in the caller's transaction. */
#pragma once

#include "shop/search_collect.h"
#include "shop/tx.h"

enum {
    column_block_bits = 8,
    column_block_documents = 1 << column_block_bits,
    /* 256 * 15 and the head of the row fit one page of SQLite's (4061 bytes for a row of 4096); 16 would not.
     */
    name_key_bytes = 15,
};

/* The id of a category, which is made where it is new; 0 where it is not there. Ids are never given back: a
 * shop has hundreds of them. */
MUST_CHECK enum status column_category(struct tx *tx, struct str category, int64_t *out);
MUST_CHECK enum status column_category_find(struct tx *tx, struct str category, int64_t *out);

/* What the columns say of one document. */
struct column_value {
    int64_t price, category;
    uint8_t length; /* of the name in code points, 1 to 255; 0: not there */
    char name[name_key_bytes];
};

struct column_value column_value_of(const struct search_document *d, int64_t category);

/* One block. */
struct column_block {
    int64_t prices[column_block_documents], categories[column_block_documents];
    uint8_t lengths[column_block_documents];
    char names[column_block_documents * name_key_bytes];
};

/* A block as it is (zeroed where there is none), and written anew. */
MUST_CHECK enum status columns_read(struct tx *tx, int64_t block, struct column_block *out);
MUST_CHECK enum status columns_write(struct tx *tx, int64_t block, const struct column_block *columns);
void columns_set(struct column_block *columns, int64_t seq, const struct column_value *value);

/* Sets one document's columns; NULL: it is no longer there. */
MUST_CHECK enum status column_set(struct tx *tx, int64_t seq, const struct column_value *value);

/* A walk over the blocks first to last, the newest (last) first. Between scan_next and the next one, the
 * arrays of the current block can be read; names are there where they were asked for. */
struct column_scan {
    struct tx *tx;
    struct db_rows *rows, *name_rows;
    enum status status;
    int64_t block;
    struct str prices, categories; /* packed; for column_unpack */
    const uint8_t *lengths;
    const char *names; /* NULL where they were not asked for */
};
void scan_begin(struct column_scan *scan, struct tx *tx, int64_t first, int64_t last, bool names);
bool scan_next(struct column_scan *scan);
MUST_CHECK enum status scan_end(struct column_scan *scan);

void column_unpack(struct str packed, int64_t out[static column_block_documents]);
