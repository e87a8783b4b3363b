#include "shop/index/doc_values.h"

#include "shop/index/postings.h"

#include <assert.h>
#include <string.h>

enum { block_bytes_max = doc_block_documents * 8 };

static const struct doc_columns all_columns = {DOC_WITHDRAWN, true};

static const struct sql category_sql = SQL("SELECT id FROM search_categories WHERE name = $1");

/* 0 if there is no such category. */
static enum status doc_category_find(struct shop_ctx *ctx, struct str category, int64_t *out) {
    *out = 0;
    return db_get_int(ctx->db, &category_sql, ARGS(db_text(category)), out);
}

void doc_categories_announce(struct shop_ctx *ctx, const struct list *categories) {
    const struct str *names = categories->data;
    for (size_t i = 0; i < categories->count; i++)
        db_prefetch(ctx->db, &category_sql, ARGS(db_text(names[i])));
}

enum status doc_categories_find(struct shop_ctx *ctx, const struct list *categories, struct list *out) {
    const struct str *names = categories->data;
    int64_t *ids = arena_array(ctx->arena, categories->count, sizeof *ids);
    size_t count = 0;
    if (!ids)
        return STATUS_NO_MEMORY;
    for (size_t i = 0; i < categories->count; i++) {
        TRY(doc_category_find(ctx, names[i], &ids[count]));
        count += ids[count] != 0;
    }
    *out = (struct list){ids, count};
    return STATUS_OK;
}

enum status doc_category_make(struct shop_ctx *ctx, struct str category, int64_t *out) {
    static const struct sql sql =
        SQL("INSERT INTO search_categories (id, name)"
            " SELECT coalesce(max(id), 0) + 1, $1 FROM search_categories"
            " RETURNING id");
    enum status s = doc_category_find(ctx, category, out);
    return s == STATUS_OK && *out == 0 ? db_get_int(ctx->db, &sql, ARGS(db_text(category)), out) : s;
}

struct doc_value doc_value_of(const struct index_document *d, int64_t category) {
    size_t length = utf8_length(d->name);
    struct doc_value value = {
        .price = d->price,
        .category = category,
        .is_withdrawn = d->is_withdrawn,
        .length = (uint8_t)(length < 1           ? 1
                            : length > UINT8_MAX ? UINT8_MAX
                                                 : length),
    };
    /* The key is compared by bytes, so it may end in the middle of a code point. text_fold() does not write
     * half a code point, so give it room for one more than the key. */
    char folded[name_key_bytes + fold_bytes_max] = {0};
    text_fold(d->name, folded, sizeof folded);
    memcpy(value.name, folded, sizeof value.name);
    return value;
}

void doc_values_unpack(struct str packed, int64_t out[static doc_block_documents]) {
    for (size_t i = 0; i < doc_block_documents; i++)
        out[i] = doc_packed_at(packed, i);
}

/* Compares in the width of the array, so that a vector holds as many numbers as possible. */
#define FIND(type, from_little_endian)                                                                       \
    for (size_t i = 0; i < doc_block_documents; i++) {                                                       \
        type value;                                                                                          \
        memcpy(&value, packed.data + i * sizeof value, sizeof value);                                        \
        out[i] = (type)(from_little_endian(value) - (type)min) <= (type)(max - min) ? 1 : out[i];            \
    }

void doc_packed_find(struct str packed, uint64_t min, uint64_t max, uint8_t *restrict out) {
    size_t width = packed.size / doc_block_documents;
    uint64_t largest = UINT64_MAX >> (64 - 8 * width);
    if (min > largest || min > max)
        return;
    max = max < largest ? max : largest;
    if (width == 1)
        FIND(uint8_t, )
    else if (width == 2)
        FIND(uint16_t, le16toh)
    else if (width == 4)
        FIND(uint32_t, le32toh)
    else
        FIND(uint64_t, le64toh)
}

/* Packs a block's numbers in the smallest width that holds them all. */
static struct str doc_values_pack(const int64_t in[static doc_block_documents],
                                  char out[static block_bytes_max]) {
    uint64_t all = 0;
    for (size_t i = 0; i < doc_block_documents; i++)
        all |= (uint64_t)in[i];
    size_t width = all < 1u << 8 ? 1 : all < 1u << 16 ? 2 : all < UINT64_C(1) << 32 ? 4 : 8;
    for (size_t i = 0; i < doc_block_documents; i++)
        for (size_t b = 0; b < width; b++)
            out[i * width + b] = (char)((uint64_t)in[i] >> 8 * b & 0xFF);
    return (struct str){out, doc_block_documents * width};
}

enum status doc_block_read(struct shop_ctx *ctx, int64_t block, struct doc_block *out) {
    struct doc_scan scan;
    memset(out, 0, sizeof *out);
    doc_scan_begin(&scan, ctx, block, block, all_columns);
    if (doc_scan_next(&scan)) {
        assert(scan.names);
        doc_values_unpack(scan.prices, out->prices);
        doc_values_unpack(scan.categories, out->categories);
        memcpy(out->lengths, scan.lengths, sizeof out->lengths);
        if (scan.withdrawn)
            memcpy(out->withdrawn, scan.withdrawn, sizeof out->withdrawn);
        memcpy(out->names, scan.names, sizeof out->names);
    }
    return doc_scan_end(&scan);
}

/* The array of those that are withdrawn; absent if all are active. */
static struct str doc_block_withdrawn(const struct doc_block *values) {
    static const uint8_t none[doc_block_documents];
    struct str all = {0};
    if (memcmp(values->withdrawn, none, sizeof none) != 0)
        all = (struct str){(const char *)values->withdrawn, sizeof none};
    return all;
}

enum status doc_block_write(struct shop_ctx *ctx, int64_t block, const struct doc_block *values) {
    static const struct sql sql =
        SQL("INSERT INTO search_columns (block, prices, categories, lengths, withdrawn)"
            " VALUES ($1, $2, $3, $4, $5)"
            " ON CONFLICT (block) DO UPDATE SET prices = excluded.prices, categories = excluded.categories,"
            " lengths = excluded.lengths, withdrawn = excluded.withdrawn");
    static const struct sql names_sql =
        SQL("INSERT INTO search_names (block, names) VALUES ($1, $2)"
            " ON CONFLICT (block) DO UPDATE SET names = excluded.names");
    char prices[block_bytes_max], categories[block_bytes_max];
    struct str lengths = {(const char *)values->lengths, sizeof values->lengths};
    struct str names = {values->names, sizeof values->names};
    struct str withdrawn = doc_block_withdrawn(values);
    TRY(db_exec_deferred(ctx->db, &sql,
                         ARGS(db_int(block), db_blob(doc_values_pack(values->prices, prices)),
                              db_blob(doc_values_pack(values->categories, categories)), db_blob(lengths),
                              db_blob(withdrawn))));
    return db_exec_deferred(ctx->db, &names_sql, ARGS(db_int(block), db_blob(names)));
}

void doc_block_set(struct doc_block *block, int64_t seq, const struct doc_value *value) {
    size_t i = (size_t)seq & (doc_block_documents - 1);
    block->prices[i] = value->price;
    block->categories[i] = value->category;
    block->lengths[i] = value->is_withdrawn ? 0 : value->length;
    block->withdrawn[i] = value->is_withdrawn ? value->length : 0;
    memcpy(block->names + i * name_key_bytes, value->name, name_key_bytes);
}

/* By enum doc_numbers. */
#define SCAN " FROM search_columns WHERE block BETWEEN $1 AND $2 ORDER BY block DESC"
static const struct sql scan_sql[] = {
    SQL("SELECT block, lengths" SCAN),
    SQL("SELECT block, lengths, prices" SCAN),
    SQL("SELECT block, lengths, prices, categories" SCAN),
    SQL("SELECT block, lengths, prices, categories, withdrawn" SCAN),
};
static const struct sql scan_names_sql =
    SQL("SELECT block, names FROM search_names WHERE block BETWEEN $1 AND $2 ORDER BY block DESC");

bool doc_scan_announce(struct shop_ctx *ctx, int64_t first, int64_t last, struct doc_columns columns) {
    bool sent = db_prefetch(ctx->db, &scan_sql[columns.numbers], ARGS(db_int(first), db_int(last)));
    return (columns.names && db_prefetch(ctx->db, &scan_names_sql, ARGS(db_int(first), db_int(last)))) ||
           sent;
}

void doc_value_prefetch(struct shop_ctx *ctx, int64_t seq, const struct index_document *d) {
    int64_t block = seq >> doc_block_bits;
    if (d)
        db_prefetch(ctx->db, &category_sql, ARGS(db_text(d->category)));
    (void)doc_scan_announce(ctx, block, block, all_columns);
}

enum status doc_value_write(struct shop_ctx *ctx, int64_t seq, const struct doc_value *value) {
    static const struct doc_value empty;
    struct doc_block block;
    enum status s = doc_block_read(ctx, seq >> doc_block_bits, &block);
    struct doc_value new = value ? *value : empty;
    if (value && value->category == doc_category_kept)
        new.category = block.categories[seq & (doc_block_documents - 1)];
    doc_block_set(&block, seq, &new);
    return s == STATUS_OK ? doc_block_write(ctx, seq >> doc_block_bits, &block) : s;
}

void doc_scan_begin(struct doc_scan *scan, struct shop_ctx *ctx, int64_t first, int64_t last,
                    struct doc_columns columns) {
    *scan = (struct doc_scan){.columns = columns};
    scan->rows = db_query(ctx->db, &scan_sql[columns.numbers], ARGS(db_int(first), db_int(last)));
    scan->name_rows =
        columns.names ? db_query(ctx->db, &scan_names_sql, ARGS(db_int(first), db_int(last))) : NULL;
}

/* Each entry of a posting is two bytes; the upper four bits of the second one say which of the 16 doc blocks of the
 * posting's block it is in. */
#define CHOSEN_BLOCKS                                                                                        \
    " WHERE block = ANY (ARRAY (SELECT DISTINCT ((key & 16777215) << 4)"                                     \
    " | CAST(get_byte(data, 2 * i + 1) >> 4 AS bigint)"                                                      \
    " FROM json_array_elements_text(CAST($1 AS json)) AS terms (term) CROSS JOIN LATERAL"                    \
    " (SELECT key, data FROM search_postings WHERE key BETWEEN (CAST(term AS bigint) << 24) + $2"            \
    " AND (CAST(term AS bigint) << 24) + $3 OFFSET 0) AS postings"                                           \
    " CROSS JOIN LATERAL generate_series(0, octet_length(data) / 2 - 1) AS i)) ORDER BY block DESC"
_Static_assert(posting_key_bits == 24 && posting_block_bits - doc_block_bits == 4,
               "the statement has these numbers too");

static const struct sql choice_sql[] = {
    {NULL, "SELECT block, lengths FROM search_columns" CHOSEN_BLOCKS},
    {NULL, "SELECT block, lengths, prices FROM search_columns" CHOSEN_BLOCKS},
    {NULL, "SELECT block, lengths, prices, categories FROM search_columns" CHOSEN_BLOCKS},
    {NULL, "SELECT block, lengths, prices, categories, withdrawn FROM search_columns" CHOSEN_BLOCKS},
};
static const struct sql choice_names_sql = {NULL, "SELECT block, names FROM search_names" CHOSEN_BLOCKS};

#define CHOICE_ARGS(choice) ARGS(db_text((choice)->terms), db_int((choice)->first), db_int((choice)->last))

bool doc_scan_announce_choice(struct shop_ctx *ctx, const struct doc_choice *choice,
                              struct doc_columns columns) {
    bool sent = db_prefetch(ctx->db, &choice_sql[columns.numbers], CHOICE_ARGS(choice));
    return (columns.names && db_prefetch(ctx->db, &choice_names_sql, CHOICE_ARGS(choice))) || sent;
}

void doc_scan_begin_choice(struct doc_scan *scan, struct shop_ctx *ctx, const struct doc_choice *choice,
                           struct doc_columns columns) {
    *scan = (struct doc_scan){.columns = columns};
    scan->rows = db_query(ctx->db, &choice_sql[columns.numbers], CHOICE_ARGS(choice));
    scan->name_rows = columns.names ? db_query(ctx->db, &choice_names_sql, CHOICE_ARGS(choice)) : NULL;
}

/* Whether an array has one of the widths. */
static bool is_packed(struct str packed) {
    size_t width = packed.size / doc_block_documents;
    return packed.size % doc_block_documents == 0 && (width == 1 || width == 2 || width == 4 || width == 8);
}

/* Both rows of a block are written together. If one is missing or has another size, the database is
 * damaged. */
bool doc_scan_next(struct doc_scan *scan) {
    if (!db_step(scan->rows))
        return false;
    scan->block = db_column_int(scan->rows, 0);
    struct str lengths = db_column_bytes(scan->rows, 1), names = {0};
    scan->lengths = (const uint8_t *)lengths.data;
    bool whole = lengths.size == doc_block_documents;
    if (scan->columns.numbers >= DOC_PRICES)
        whole &= is_packed(scan->prices = db_column_bytes(scan->rows, 2));
    if (scan->columns.numbers >= DOC_CATEGORIES)
        whole &= is_packed(scan->categories = db_column_bytes(scan->rows, 3));
    if (scan->columns.numbers >= DOC_WITHDRAWN) {
        struct str withdrawn = db_column_bytes(scan->rows, 4);
        whole &= !withdrawn.data || withdrawn.size == doc_block_documents;
        scan->withdrawn = (const uint8_t *)withdrawn.data;
    }
    if (scan->name_rows) {
        whole = whole && db_step(scan->name_rows) && db_column_int(scan->name_rows, 0) == scan->block;
        names = whole ? db_column_bytes(scan->name_rows, 1) : names;
        whole = whole && names.size == (size_t)doc_block_documents * name_key_bytes;
    }
    scan->names = names.data;
    if (!whole)
        scan->status = STATUS_FAULT;
    return whole;
}

enum status doc_scan_end(struct doc_scan *scan) {
    enum status s = db_finish(scan->rows);
    enum status names = scan->name_rows ? db_finish(scan->name_rows) : STATUS_OK;
    return scan->status != STATUS_OK ? scan->status : s != STATUS_OK ? s : names;
}
