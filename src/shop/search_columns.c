#include "shop/search_columns.h"

#include <assert.h>
#include <string.h>

enum { block_bytes_max = column_block_documents * 8 };

enum status column_category_find(struct tx *tx, struct str category, int64_t *out) {
    static const struct sql sql = {"SELECT id FROM search_categories WHERE name = $1", NULL};
    *out = 0;
    struct db_rows *rows = db_query(tx->db, &sql, ARGS(db_text(category)));
    if (db_step(rows))
        *out = db_column_int(rows, 0);
    return db_finish(rows);
}

enum status column_category(struct tx *tx, struct str category, int64_t *out) {
    static const struct sql sql = {
        "INSERT INTO search_categories (id, name) SELECT coalesce(max(id), 0) + 1, $1 FROM search_categories",
        NULL};
    enum status s = column_category_find(tx, category, out);
    if (s != STATUS_OK || *out != 0)
        return s;
    s = db_exec(tx->db, &sql, ARGS(db_text(category)), NULL);
    return s == STATUS_OK ? column_category_find(tx, category, out) : s;
}

struct column_value column_value_of(const struct search_document *d, int64_t category) {
    size_t length = utf8_length(d->name);
    struct column_value value = {
        .price = d->price,
        .category = category,
        .length = (uint8_t)(length < 1           ? 1
                            : length > UINT8_MAX ? UINT8_MAX
                                                 : length),
    };
    /* Cut between bytes, as they are compared; text_fold cuts between code points, at most one short of room.
     */
    char folded[name_key_bytes + fold_bytes_max] = {0};
    text_fold(d->name, folded, sizeof folded);
    memcpy(value.name, folded, sizeof value.name);
    return value;
}

void column_unpack(struct str packed, int64_t out[static column_block_documents]) {
    const unsigned char *at = (const unsigned char *)packed.at;
    switch (packed.size / column_block_documents) {
    case 1:
        for (size_t i = 0; i < column_block_documents; i++)
            out[i] = at[i];
        break;
    case 2:
        for (size_t i = 0; i < column_block_documents; i++)
            out[i] = at[2 * i] | at[2 * i + 1] << 8;
        break;
    case 4:
        for (size_t i = 0; i < column_block_documents; i++, at += 4)
            out[i] = (int64_t)((uint32_t)at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 |
                               (uint32_t)at[3] << 24);
        break;
    case 8:
        for (size_t i = 0; i < column_block_documents; i++) {
            uint64_t value = 0;
            for (size_t b = 8; b-- > 0;)
                value = value << 8 | at[8 * i + b];
            out[i] = (int64_t)value;
        }
        break;
    default:
        memset(out, 0, column_block_documents * sizeof *out);
    }
}

/* The least width that holds every number, and the numbers in it. */
static struct str pack(const int64_t in[static column_block_documents], char out[static block_bytes_max]) {
    uint64_t all = 0;
    for (size_t i = 0; i < column_block_documents; i++)
        all |= (uint64_t)in[i];
    size_t width = all < 1u << 8 ? 1 : all < 1u << 16 ? 2 : all < UINT64_C(1) << 32 ? 4 : 8;
    for (size_t i = 0; i < column_block_documents; i++)
        for (size_t b = 0; b < width; b++)
            out[i * width + b] = (char)((uint64_t)in[i] >> 8 * b & 0xFF);
    return (struct str){out, column_block_documents * width};
}

enum status columns_read(struct tx *tx, int64_t block, struct column_block *out) {
    struct column_scan scan;
    memset(out, 0, sizeof *out);
    scan_begin(&scan, tx, block, block, true);
    if (scan_next(&scan)) {
        assert(scan.names);
        column_unpack(scan.prices, out->prices);
        column_unpack(scan.categories, out->categories);
        memcpy(out->lengths, scan.lengths, sizeof out->lengths);
        memcpy(out->names, scan.names, sizeof out->names);
    }
    return scan_end(&scan);
}

enum status columns_write(struct tx *tx, int64_t block, const struct column_block *columns) {
    static const struct sql sql = {
        "INSERT INTO search_columns (block, prices, categories, lengths) VALUES ($1, $2, $3, $4)"
        " ON CONFLICT (block) DO UPDATE SET prices = excluded.prices, categories = excluded.categories,"
        " lengths = excluded.lengths",
        NULL};
    static const struct sql names_sql = {
        "INSERT INTO search_names (block, names) VALUES ($1, $2)"
        " ON CONFLICT (block) DO UPDATE SET names = excluded.names",
        NULL};
    char prices[block_bytes_max], categories[block_bytes_max];
    struct str lengths = {(const char *)columns->lengths, sizeof columns->lengths};
    struct str names = {columns->names, sizeof columns->names};
    enum status s = db_exec(tx->db, &sql,
                            ARGS(db_int(block), db_blob(pack(columns->prices, prices)),
                                 db_blob(pack(columns->categories, categories)), db_blob(lengths)),
                            NULL);
    return s == STATUS_OK ? db_exec(tx->db, &names_sql, ARGS(db_int(block), db_blob(names)), NULL) : s;
}

void columns_set(struct column_block *columns, int64_t seq, const struct column_value *value) {
    size_t at = (size_t)seq & (column_block_documents - 1);
    columns->prices[at] = value->price;
    columns->categories[at] = value->category;
    columns->lengths[at] = value->length;
    memcpy(columns->names + at * name_key_bytes, value->name, name_key_bytes);
}

enum status column_set(struct tx *tx, int64_t seq, const struct column_value *value) {
    static const struct column_value none;
    struct column_block columns;
    enum status s = columns_read(tx, seq >> column_block_bits, &columns);
    columns_set(&columns, seq, value ? value : &none);
    return s == STATUS_OK ? columns_write(tx, seq >> column_block_bits, &columns) : s;
}

void scan_begin(struct column_scan *scan, struct tx *tx, int64_t first, int64_t last, bool names) {
    static const struct sql sql = {
        "SELECT block, prices, categories, lengths FROM search_columns"
        " WHERE block BETWEEN $1 AND $2 ORDER BY block DESC",
        NULL};
    static const struct sql names_sql = {
        "SELECT block, names FROM search_names WHERE block BETWEEN $1 AND $2 ORDER BY block DESC", NULL};
    *scan = (struct column_scan){.tx = tx};
    scan->rows = db_query(tx->db, &sql, ARGS(db_int(first), db_int(last)));
    scan->name_rows = names ? db_query(tx->db, &names_sql, ARGS(db_int(first), db_int(last))) : NULL;
}

/* Both rows of a block are written together, so one is never there without the other. */
bool scan_next(struct column_scan *scan) {
    if (!db_step(scan->rows))
        return false;
    scan->block = db_column_int(scan->rows, 0);
    scan->prices = db_column_bytes(scan->rows, 1);
    scan->categories = db_column_bytes(scan->rows, 2);
    struct str lengths = db_column_bytes(scan->rows, 3), names = {0};
    scan->lengths = (const uint8_t *)lengths.at;
    bool whole = lengths.size == column_block_documents;
    if (scan->name_rows) {
        whole = whole && db_step(scan->name_rows) && db_column_int(scan->name_rows, 0) == scan->block;
        names = whole ? db_column_bytes(scan->name_rows, 1) : names;
        whole = whole && names.size == (size_t)column_block_documents * name_key_bytes;
    }
    scan->names = names.at;
    if (!whole)
        scan->status = STATUS_FAULT;
    return whole;
}

enum status scan_end(struct column_scan *scan) {
    enum status s = db_finish(scan->rows);
    enum status names = scan->name_rows ? db_finish(scan->name_rows) : STATUS_OK;
    return scan->status != STATUS_OK ? scan->status : s != STATUS_OK ? s : names;
}
