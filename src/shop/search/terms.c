#include "shop/search/terms.h"

#include "shop/schema/endings.h"

#include <string.h>

/* The columns that term_row_read() takes. */
#define TERM_SELECT "SELECT id, documents, words, titles, term FROM search_terms WHERE "

static void term_row_read(struct db_rows *rows, struct term_row *out) {
    *out = (struct term_row){
        .id = db_column_int(rows, 0),
        .counts = {db_column_int(rows, 1), db_column_int(rows, 2), db_column_int(rows, 3)},
        .text = db_column_bytes(rows, 4),
    };
}

static const struct sql find_sql = {TERM_SELECT "term = $1 AND " VISIBLE_TERM,
                                    TERM_SELECT "term = $1 AND " VISIBLE_TERM_POSTGRES};

bool term_announce(struct shop_ctx *ctx, struct str text) {
    return db_prefetch(ctx->db, &find_sql, ARGS(db_text(text)));
}

enum status term_find(struct shop_ctx *ctx, struct str text, struct term_row *out) {
    struct db_rows *rows = db_query(ctx->db, &find_sql, ARGS(db_text(text)));
    if (db_step(rows))
        term_row_read(rows, out);
    out->text = text;
    return db_finish_or(rows, STATUS_NOT_FOUND);
}

/* ---- Ranges. */

/* The range is [prefix, prefix + U+10FFFF): whatever follows the prefix in a term sorts before the highest code
 * point. */
static void terms_range_set(struct terms_range *range, struct str prefix) {
    memcpy(range->to_bytes, prefix.data, prefix.size);
    memcpy(range->to_bytes + prefix.size, TERM_PREFIX_END, sizeof TERM_PREFIX_END);
    range->from = prefix;
    range->to = (struct str){range->to_bytes, prefix.size + sizeof TERM_PREFIX_END - 1};
}

/* ---- The best terms. */

/* An insertion sort: of some thousand terms that are put in, only those that are better than the worst so far
 * move anything. */
void top_terms_put(struct top_terms *top, const struct term_row *row, int64_t weight) {
    size_t at = top->count;
    while (at > 0 && top->data[at - 1].weight < weight)
        at--;
    if (at == top->room || row->text.size > word_bytes_max)
        return;
    for (size_t i = 0; i < top->count; i++)
        if (top->data[i].row.id == row->id)
            return;
    if (top->count < top->room)
        top->count++;
    memmove(&top->data[at + 1], &top->data[at], (top->count - 1 - at) * sizeof top->data[0]);
    top->data[at].row = *row;
    top->data[at].weight = weight;
    memcpy(top->data[at].text, row->text.data, row->text.size);
}

struct term_row top_terms_get(const struct top_terms *top, size_t i) {
    struct term_row row = top->data[i].row;
    row.text.data = top->data[i].text;
    return row;
}

/* One statement for both walks of a prefix. Column 5 tells them apart. SQLite gives the rows of both walks one after
 * the other, as they are read, and does not begin the second walk if the first is enough. A server would have to send
 * them all, so there PostgreSQL chooses the best of each walk, at most top_terms_max, and leaves the second out by
 * itself. */
#define PREFIX_WALK "WHERE term > $1 AND term < $2 AND "
#define PREFIX_IN_ORDER " ORDER BY term LIMIT 4096)"
#define PREFIX_SQL                                                                                           \
    "SELECT *, 0 FROM (SELECT id, documents, words, titles, term FROM search_terms " PREFIX_WALK             \
    "documents >= 16 AND " VISIBLE_TERM PREFIX_IN_ORDER                                                      \
    " UNION ALL SELECT *, 1 FROM (SELECT id, documents, words, titles, term FROM search_terms " PREFIX_WALK  \
        VISIBLE_TERM PREFIX_IN_ORDER
#define PREFIX_POSTGRES(weight)                                                                              \
    "WITH common AS (SELECT id, documents, words, titles, term FROM"                                         \
    " (SELECT * FROM search_terms " PREFIX_WALK "documents >= 16 AND " VISIBLE_TERM_POSTGRES PREFIX_IN_ORDER \
    " AS walk WHERE " weight " > 0 ORDER BY " weight                                                         \
    " DESC, term LIMIT 24),"                                                                                 \
    " every AS (SELECT id, documents, words, titles, term FROM"                                              \
    " (SELECT * FROM search_terms " PREFIX_WALK                                                              \
    "(SELECT count(*) FROM common) < 24 AND " VISIBLE_TERM_POSTGRES PREFIX_IN_ORDER " AS walk WHERE " weight \
    " > 0 ORDER BY " weight                                                                                  \
    " DESC, term LIMIT 24)"                                                                                  \
    " SELECT *, 0 AS walk FROM common UNION ALL SELECT *, 1 FROM every ORDER BY walk, " weight " DESC, term"
_Static_assert(prefix_rows_max == 4096 && top_terms_max == 24, "the statements have them too");

static const struct sql *prefix_sql(enum terms_weight by) {
    static const struct sql documents_sql = {PREFIX_SQL, PREFIX_POSTGRES("documents")};
    static const struct sql titles_sql = {PREFIX_SQL, PREFIX_POSTGRES("titles")};
    return by == WEIGHT_TITLES ? &titles_sql : &documents_sql;
}

void terms_announce_by_prefix(struct shop_ctx *ctx, struct str prefix, enum terms_weight by) {
    struct terms_range range;
    terms_range_set(&range, prefix);
    db_prefetch(ctx->db, prefix_sql(by), ARGS(db_text(range.from), db_text(range.to)));
}

enum status terms_find_by_prefix(struct shop_ctx *ctx, struct str prefix, enum terms_weight by,
                                 struct top_terms *top) {
    struct terms_range range;
    struct term_row row;
    bool enough = false;
    int64_t walk = 0;
    terms_range_set(&range, prefix);
    struct db_rows *rows = db_query(ctx->db, prefix_sql(by), ARGS(db_text(range.from), db_text(range.to)));
    while (!enough && db_step(rows)) {
        term_row_read(rows, &row);
        int64_t weight = by == WEIGHT_TITLES ? row.counts.titles : row.counts.documents;
        enough = db_column_int(rows, 5) > walk && top->count == top->room;
        walk = db_column_int(rows, 5);
        if (weight > 0 && !enough)
            top_terms_put(top, &row, weight);
    }
    return db_finish(rows);
}

/* ---- By their end. */

/* $3 is the end, $4 the fillers. For each way of linking, `other` is what would be left, without the linking letters.
 * left() takes a negative number. */
#define COMPOUND_SQL(left, index_of, visible)                                                                \
    TERM_SELECT                                                                                              \
    "term IN (SELECT term FROM search_endings WHERE ending >= $1 AND ending < $2 LIMIT 4096)"                \
    " AND EXISTS (SELECT 1 FROM"                                                                             \
    " (VALUES (''), ('s'), ('e'), ('n'), ('en'), ('es'), ('er'), ('ens')) AS links"                          \
    " JOIN search_terms AS other"                                                                            \
    " ON other.term = " left                                                                                 \
    "length(search_terms.term) - length($3) - length(column1))"                                              \
    " WHERE other.term || column1 || $3 = search_terms.term AND length(other.term) >= 3"                     \
    " AND " index_of                                                                                         \
    "($4, ' ' || other.term || ' ') = 0)"                                                                    \
    " AND " visible " ORDER BY documents DESC, term LIMIT 96"
static const struct sql compound_sql = {
    COMPOUND_SQL("substr(search_terms.term, 1, ", "instr", VISIBLE_TERM),
    COMPOUND_SQL("left(search_terms.term, ", "strpos", VISIBLE_TERM_POSTGRES)};
_Static_assert(compounds_max == 96, "the statements have it too");

/* The range of the endings of what ends with a part. */
struct endings_range {
    struct terms_range range;
    char from_bytes[ENDING_LETTERS];
};

static void endings_range_set(struct endings_range *out, struct str part) {
    size_t size = part.size < ENDING_LETTERS ? part.size : (size_t)ENDING_LETTERS;
    for (size_t i = 0; i < size; i++)
        out->from_bytes[i] = part.data[part.size - 1 - i];
    terms_range_set(&out->range, (struct str){out->from_bytes, size});
}

void compounds_announce(struct shop_ctx *ctx, const struct language *language, struct str part) {
    struct endings_range ends;
    endings_range_set(&ends, part);
    db_prefetch(ctx->db, &compound_sql,
                ARGS(db_text(ends.range.from), db_text(ends.range.to), db_text(part),
                     db_text(str_from(language->fillers))));
}

enum status compounds_find(struct shop_ctx *ctx, const struct language *language, struct str part,
                           struct term_row out[static compounds_max], size_t *count) {
    struct endings_range ends;
    endings_range_set(&ends, part);
    *count = 0;
    struct db_rows *rows = db_query(ctx->db, &compound_sql,
                                    ARGS(db_text(ends.range.from), db_text(ends.range.to), db_text(part),
                                         db_text(str_from(language->fillers))));
    while (*count < compounds_max && db_step(rows)) {
        term_row_read(rows, &out[*count]);
        out[(*count)++].text = STR("");
    }
    return db_finish(rows);
}

/* ---- By spelling. */

/* PostgreSQL also sends what may be the stems of the terms, so that those that are chosen need no further round trip:
 * the term without its last letters, and with `i` for a last `y`. Column 5 tells them apart. BEGUN_TERMS joins in this
 * order, so that both engines walk a range of terms for each beginning. */
#define SPELT_TERMS(keys) "SELECT term FROM search_spellings WHERE key " keys " LIMIT 16384"
#define BEGUN_TERMS(beginnings)                                                                              \
    "SELECT t.term FROM " beginnings                                                                         \
    " CROSS JOIN search_terms AS t"                                                                          \
    " WHERE t.term >= b.value AND t.term < b.value || '" TERM_PREFIX_END                                     \
    "'"                                                                                                      \
    " AND t.words = 1 AND length(t.term) >= 4 LIMIT 16384"
#define SPELT_SELECT "SELECT id, documents, words, titles, term, "
static const struct sql spelt_sql = {
    SPELT_SELECT "0 FROM search_terms WHERE term IN"
                 " (SELECT term FROM (" SPELT_TERMS("IN (SELECT value FROM json_each($1))") ")"
                 " UNION SELECT term FROM (" BEGUN_TERMS("json_each($2) AS b") ")"
                 " UNION SELECT value FROM json_each($3)) AND " VISIBLE_TERM,
    "WITH spelt AS ((" SPELT_TERMS("= ANY (ARRAY(SELECT json_array_elements_text(CAST($1 AS json))))") ")"
    " UNION (" BEGUN_TERMS("json_array_elements_text(CAST($2 AS json)) AS b (value)") ")) "
    SPELT_SELECT "0 FROM search_terms WHERE term = ANY (ARRAY("
                 "SELECT term FROM spelt UNION SELECT json_array_elements_text(CAST($3 AS json))))"
                 " AND " VISIBLE_TERM_POSTGRES " UNION ALL "
    SPELT_SELECT "1 FROM search_terms WHERE term = ANY (ARRAY("
                 "SELECT left(term, -i) FROM spelt CROSS JOIN generate_series(1, 3) AS i"
                 " UNION SELECT left(term, -1) || 'i' FROM spelt WHERE term LIKE '%y'))"
                 " AND " VISIBLE_TERM_POSTGRES,
};
_Static_assert(spelt_terms_max == 16384, "the statements have it too");

void spelt_terms_announce(struct shop_ctx *ctx, const struct spelt_lookup *lookup) {
    db_prefetch(ctx->db, &spelt_sql,
                ARGS(db_text(lookup->keys), db_text(lookup->beginnings), db_text(lookup->texts)));
}

struct db_rows *spelt_terms_query(struct shop_ctx *ctx, const struct spelt_lookup *lookup) {
    return db_query(ctx->db, &spelt_sql,
                    ARGS(db_text(lookup->keys), db_text(lookup->beginnings), db_text(lookup->texts)));
}

bool spelt_terms_next(struct db_rows *rows, struct term_row *out, bool *is_spelt) {
    bool found = db_step(rows);
    if (found) {
        term_row_read(rows, out);
        *is_spelt = db_column_int(rows, 5) == 0;
    }
    return found;
}
