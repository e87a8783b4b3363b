/* The whole search index as text: as the database has it, and as it must be for the products that are
 * there. */
#pragma once

#include "search_shop.h"

#include "shop/index/postings.h"

#include <stdlib.h>

/* Prints every term with its counts, and its documents with the field mask of each: `lamp 2/2/1: 1*9
 * 4*12`. */
static inline void dump_terms(struct shop *shop, struct buf *out) {
    static const struct sql terms_sql =
        SQL("SELECT id, documents, words, titles, term FROM search_terms ORDER BY term");
    static const struct sql sql =
        SQL("SELECT key, data FROM search_postings WHERE key >> 24 = $1 ORDER BY key");
    struct db_rows *terms = db_query(shop->ctx.db, &terms_sql, NO_ARGS);
    while (db_step(terms)) {
        int64_t id = db_column_int(terms, 0);
        struct str term = db_column_bytes(terms, 4);
        buf_printf(out, "%.*s %d/%d/%d:", (int)term.size, term.data, (int)db_column_int(terms, 1),
                   (int)db_column_int(terms, 2), (int)db_column_int(terms, 3));
        struct db_rows *rows = db_query(shop->ctx.db, &sql, ARGS(db_int(id)));
        while (db_step(rows)) {
            struct str data = db_column_bytes(rows, 1);
            int64_t block = db_column_int(rows, 0) - (id << posting_key_bits);
            for (size_t i = 0; i < data.size; i += 2) {
                uint32_t entry = entry_at(data.data + i);
                buf_printf(out, " %lld*%u",
                           (long long)(block << posting_block_bits | entry >> field_mask_bits), entry & 15);
            }
        }
        assert_int_equal(db_finish(rows), STATUS_OK);
        buf_put_char(out, '\n');
    }
    assert_int_equal(db_finish(terms), STATUS_OK);
}

static inline int64_t count_orphans(struct shop *shop) {
    static const struct sql sql =
        SQL("SELECT count(*) FROM search_postings WHERE key >> 24 NOT IN (SELECT id FROM search_terms)");
    struct db_rows *rows = db_query(shop->ctx.db, &sql, NO_ARGS);
    assert_true(db_step(rows));
    int64_t count = db_column_int(rows, 0);
    assert_int_equal(db_finish(rows), STATUS_OK);
    return count;
}

static inline struct str category_name(struct shop *shop, int64_t id) {
    static const struct sql sql = SQL("SELECT name FROM search_categories WHERE id = $1");
    struct db_rows *rows = db_query(shop->ctx.db, &sql, ARGS(db_int(id)));
    struct str name = db_step(rows) ? db_column_text(rows, 0, &shop->arena) : STR("?");
    assert_int_equal(db_finish(rows), STATUS_OK);
    return name;
}

/* Prints one document's values: seq, price, category, length and start of the folded name. */
static inline void dump_value(struct buf *out, int64_t seq, int64_t price, struct str category, int length,
                              const char *name) {
    buf_printf(out, "%lld %lld %.*s %d %.15s\n", (long long)seq, (long long)price, (int)category.size,
               category.data, length, name);
}

static inline void dump_values(struct shop *shop, struct buf *out) {
    int64_t prices[doc_block_documents], categories[doc_block_documents];
    struct doc_scan scan;
    doc_scan_begin(&scan, &shop->ctx, 0, 1 << 20, (struct doc_columns){DOC_CATEGORIES, true});
    while (doc_scan_next(&scan)) {
        doc_values_unpack(scan.prices, prices);
        doc_values_unpack(scan.categories, categories);
        for (size_t i = 0; i < doc_block_documents; i++)
            if (scan.lengths[i])
                dump_value(out, (scan.block << doc_block_bits) + (int64_t)i, prices[i],
                           category_name(shop, categories[i]), scan.lengths[i],
                           scan.names + i * name_key_bytes);
    }
    assert_int_equal(doc_scan_end(&scan), STATUS_OK);
}

/* The index that the database has. */
static inline struct str dump(struct shop *shop) {
    struct buf out = buf_new(&shop->arena);
    dump_terms(shop, &out);
    dump_values(shop, &out);
    assert_int_equal(count_orphans(shop), 0);
    return buf_str(&out);
}

/* Orders entries by term, and those of one term by document. */
static inline int entry_order(const void *a, const void *b) {
    const struct collected_entry *x = a, *y = b;
    if (x->term != y->term)
        return x->term < y->term ? -1 : 1;
    return (x->document > y->document) - (x->document < y->document);
}

/* Prints collected terms as dump_terms() does. */
static inline void expect_terms(struct shop *shop, struct collector *c, struct buf *out) {
    const struct collected_term **terms = arena_array(&shop->arena, c->term_count, sizeof *terms);
    size_t *firsts = arena_array(&shop->arena, c->term_count, sizeof *firsts);
    assert_true(terms && firsts);
    qsort(c->entries, c->entry_count, sizeof *c->entries, entry_order);
    for (size_t i = c->entry_count; i-- > 0;)
        firsts[c->entries[i].term] = i;
    for (size_t i = 0; i < c->term_count; i++)
        terms[i] = &c->terms[i];
    qsort(terms, c->term_count, sizeof *terms, collected_term_order);
    for (size_t i = 0; i < c->term_count; i++) {
        const struct collected_entry *first = &c->entries[firsts[terms[i] - c->terms]];
        int words = 0, titles = 0;
        for (size_t e = 0; e < terms[i]->entries; e++) {
            uint32_t fields = first[e].document & 15;
            words += (fields & TERM_EXACT) != 0;
            titles += (fields & TERM_EXACT) && (fields & (TERM_IN_NAME | TERM_IN_CATEGORY));
        }
        buf_printf(out, "%.*s %d/%d/%d:", (int)terms[i]->text.size, terms[i]->text.data,
                   (int)terms[i]->entries, words, titles);
        for (size_t e = 0; e < terms[i]->entries; e++)
            buf_printf(out, " %u*%u", first[e].document >> field_mask_bits, first[e].document & 15);
        buf_put_char(out, '\n');
    }
}

/* The index that the active products must have: made from them in memory, without the tables of the index. */
static inline struct str expected_index(struct shop *shop) {
    static const struct sql sql = {
        "SELECT seq, name, category, description, price FROM products WHERE is_active = 1"
        " ORDER BY seq >> 8 DESC, seq", /* as a scan of doc values goes */
        NULL};
    struct collector c;
    struct buf out = buf_new(&shop->arena), values = buf_new(&shop->arena);
    struct stemmer stemmer;
    assert_int_equal(stemmer_open(&stemmer, &language_english), STATUS_OK);
    assert_int_equal(collector_open(&c, &shop->arena, &stemmer, (size_t)1 << 20), STATUS_OK);
    struct db_rows *rows = db_query(shop->ctx.db, &sql, NO_ARGS);
    while (db_step(rows)) {
        struct index_document d = {
            .seq = db_column_int(rows, 0),
            .name = db_column_bytes(rows, 1),
            .category = db_column_bytes(rows, 2),
            .description = db_column_bytes(rows, 3),
            .price = db_column_int(rows, 4),
        };
        assert_int_equal(collector_add(&c, (uint32_t)d.seq, &d), STATUS_OK);
        struct doc_value value = doc_value_of(&d, 0);
        dump_value(&values, d.seq, value.price, d.category, value.length, value.name);
    }
    assert_int_equal(db_finish(rows), STATUS_OK);
    expect_terms(shop, &c, &out);
    stemmer_close(&stemmer);
    buf_put(&out, buf_str(&values));
    return buf_str(&out);
}

/* Fails if the index is not that of the active products, and prints both from the first line that differs. */
static inline void assert_in_step(struct shop *shop) {
    struct str want = expected_index(shop), got = dump(shop);
    size_t line = 0;
    for (size_t i = 0; i < want.size && i < got.size && want.data[i] == got.data[i]; i++)
        line = want.data[i] == '\n' ? i + 1 : line;
    if (!str_equal(want, got))
        print_error("got  %.400s\nwant %.400s\n", got.data + line, want.data + line);
    assert_true(str_equal(want, got));
}
