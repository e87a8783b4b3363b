/* Indexing many new products at once. What costs is the number of rows written, so entries wait in memory
 * until there are many for each row, and rows are written in the order of their keys.
 *
 * Memory: 4 Mi entries of 8 bytes gathered, the same again of 4 bytes sorted, 64 Ki documents of 48 bytes,
 * and the terms' own (at most a few hundred thousand of some 100 bytes): below bulk_bytes_max in the worst
 * case, where the arena's bound makes it STATUS_NO_MEMORY. */
#include "shop/search_index.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

struct bulk_document {
    int64_t seq;
    struct column_value value;
};

void search_bulk_begin(struct search_bulk *bulk) {
    *bulk = (struct search_bulk){.count = 0};
    arena_init(&bulk->arena, bulk_bytes_max);
}

void search_bulk_end(struct search_bulk *bulk) {
    if (bulk->stemmer)
        stemmer_close(bulk->stemmer);
    arena_free(&bulk->arena);
}

/* Takes the memory for what is gathered until the next flush. */
static enum status start(struct search_bulk *bulk, struct tx *tx, int64_t first) {
    if (!bulk->stemmer)
        bulk->stemmer = stemmer_open();
    bulk->documents = arena_grow(&bulk->arena, NULL, 0, bulk_documents_max * sizeof *bulk->documents);
    if (!bulk->stemmer || !bulk->documents)
        return STATUS_NO_MEMORY;
    int64_t next_term;
    bulk->first = first;
    enum status s = store_lock(tx, &next_term); /* before the first row of the index is looked at */
    if (s != STATUS_OK)
        return s;
    return collector_open(&bulk->collector, &bulk->arena, bulk->stemmer, bulk_entries_max);
}

static enum status find_category(struct search_bulk *bulk, struct tx *tx, struct str name, int64_t *out) {
    for (size_t i = 0; i < bulk->category_count; i++)
        if (str_equal(bulk->categories[i].name, name)) {
            *out = bulk->categories[i].id;
            return STATUS_OK;
        }
    enum status s = column_category(tx, name, out);
    struct str copy = arena_copy(&bulk->arena, name);
    if (s != STATUS_OK || !copy.at)
        return s == STATUS_OK ? STATUS_NO_MEMORY : s;
    if (bulk->category_count < bulk_categories_max) {
        bulk->categories[bulk->category_count].name = copy;
        bulk->categories[bulk->category_count++].id = *out;
    }
    return STATUS_OK;
}

enum status search_bulk_add(struct search_bulk *bulk, struct tx *tx, const struct search_document *d) {
    enum status s = STATUS_OK;
    if (bulk->count == bulk_documents_max ||
        (bulk->count > 0 && (!collector_has_room(&bulk->collector) || d->seq - bulk->first >= 1 << 27)))
        s = search_bulk_flush(bulk, tx);
    if (s == STATUS_OK && bulk->count == 0)
        s = start(bulk, tx, d->seq);
    int64_t category = 0;
    if (s == STATUS_OK)
        s = find_category(bulk, tx, d->category, &category);
    if (s == STATUS_OK)
        s = collector_add(&bulk->collector, (uint32_t)(d->seq - bulk->first), d);
    if (s != STATUS_OK)
        return s;
    assert(bulk->count == 0 || d->seq > bulk->documents[bulk->count - 1].seq);
    bulk->documents[bulk->count++] = (struct bulk_document){d->seq, column_value_of(d, category)};
    return STATUS_OK;
}

static int compare_id(const void *a, const void *b) {
    const struct collected_term *x = *(struct collected_term *const *)a,
                                *y = *(struct collected_term *const *)b;
    return (x->id > y->id) - (x->id < y->id);
}

/* Counts every term's documents and writes them, which gives each its id; in the terms' own order, as the
 * table is. */
static enum status write_terms(struct search_bulk *bulk, struct tx *tx, struct collected_term **terms) {
    struct collector *c = &bulk->collector;
    struct term_counts *counts = arena_array(&bulk->arena, c->term_count, sizeof *counts);
    if (!counts)
        return STATUS_NO_MEMORY;
    for (size_t i = 0; i < c->entry_count; i++) {
        struct term_counts one = term_counts_of(c->entries[i].document & ((1u << term_place_bits) - 1));
        struct term_counts *all = &counts[c->entries[i].term];
        all->documents += one.documents, all->words += one.words, all->titles += one.titles;
    }
    int64_t next;
    enum status s = store_lock(tx, &next);
    for (size_t i = 0; i < c->term_count && s == STATUS_OK; i++) {
        s = store_term(tx, terms[i]->text, next, &counts[terms[i] - c->terms], &terms[i]->id);
        next += terms[i]->id == next;
    }
    return s == STATUS_OK ? store_set_next_term(tx, next) : s;
}

/* Writes the entries of one term that lie in one block, behind those that are there already. */
static enum status write_block(struct tx *tx, int64_t key, const uint32_t *documents, size_t count,
                               int64_t first, bool may_be_there) {
    char data[posting_bytes_max];
    size_t size = 0;
    enum status s = may_be_there ? posting_read(tx, key, data, &size) : STATUS_OK;
    bool is_new = size == 0;
    assert(s != STATUS_OK || size + count * 2 <= posting_bytes_max);
    for (size_t i = 0; i < count && s == STATUS_OK; i++, size += 2) {
        uint32_t document =
            (uint32_t)((documents[i] >> term_place_bits) + first) & (posting_block_documents - 1);
        entry_put(data + size, document << term_place_bits | (documents[i] & ((1u << term_place_bits) - 1)));
    }
    return s == STATUS_OK ? posting_write(tx, key, is_new, (struct str){data, size}) : s;
}

static enum status write_term(struct search_bulk *bulk, struct tx *tx, const struct collected_term *term,
                              const uint32_t *documents) {
    enum status s = STATUS_OK;
    int64_t first_key = posting_key(term->id, bulk->first);
    for (size_t at = 0, end; at < term->entries && s == STATUS_OK; at = end) {
        int64_t key = posting_key(term->id, bulk->first + (documents[at] >> term_place_bits));
        for (end = at + 1; end < term->entries; end++)
            if (posting_key(term->id, bulk->first + (documents[end] >> term_place_bits)) != key)
                break;
        s = write_block(tx, key, documents + at, end - at, bulk->first, key == first_key);
    }
    return s;
}

/* Sorts the entries by term, where each term's stay in the order of their documents, and writes them in the
 * order of the terms' ids, as the table is. */
static enum status write_postings(struct search_bulk *bulk, struct tx *tx, struct collected_term **terms) {
    struct collector *c = &bulk->collector;
    uint32_t *sorted = arena_grow(&bulk->arena, NULL, 0, c->entry_count * sizeof *sorted);
    uint32_t **next = arena_array(&bulk->arena, c->term_count, sizeof *next);
    if (!sorted || !next)
        return STATUS_NO_MEMORY;
    uint32_t *at = sorted;
    for (size_t i = 0; i < c->term_count; i++) {
        next[terms[i] - c->terms] = at;
        at += terms[i]->entries;
    }
    for (size_t i = 0; i < c->entry_count; i++)
        *next[c->entries[i].term]++ = c->entries[i].document;
    enum status s = STATUS_OK;
    at = sorted;
    for (size_t i = 0; i < c->term_count && s == STATUS_OK; at += terms[i]->entries, i++)
        s = write_term(bulk, tx, terms[i], at);
    return s;
}

static enum status write_columns(struct search_bulk *bulk, struct tx *tx) {
    enum status s = STATUS_OK;
    for (size_t at = 0; at < bulk->count && s == STATUS_OK;) {
        struct column_block columns;
        int64_t block = bulk->documents[at].seq >> column_block_bits;
        s = columns_read(tx, block, &columns);
        for (; at < bulk->count && bulk->documents[at].seq >> column_block_bits == block; at++)
            columns_set(&columns, bulk->documents[at].seq, &bulk->documents[at].value);
        if (s == STATUS_OK)
            s = columns_write(tx, block, &columns);
    }
    return s;
}

enum status search_bulk_flush(struct search_bulk *bulk, struct tx *tx) {
    struct collector *c = &bulk->collector;
    if (bulk->count == 0)
        return STATUS_OK;
    struct collected_term **terms = arena_array(&bulk->arena, c->term_count, sizeof(struct collected_term *));
    enum status s = terms ? STATUS_OK : STATUS_NO_MEMORY;
    for (size_t i = 0; i < c->term_count && s == STATUS_OK; i++)
        terms[i] = &c->terms[i];
    if (s == STATUS_OK) {
        qsort(terms, c->term_count, sizeof *terms, collected_term_order);
        s = write_terms(bulk, tx, terms);
    }
    if (s == STATUS_OK) {
        qsort(terms, c->term_count, sizeof *terms, compare_id);
        s = write_postings(bulk, tx, terms);
    }
    if (s == STATUS_OK)
        s = write_columns(bulk, tx);
    arena_free(&bulk->arena);
    bulk->count = bulk->category_count = 0;
    return s;
}

/* Indexes the active products after `seq`, at most a thousand; `seq` becomes the last one's. */
static enum status rebuild_some(struct search_bulk *bulk, struct tx *tx, int64_t *seq, size_t *count) {
    static const struct sql sql = {
        "SELECT seq, name, category, description, price FROM products"
        " WHERE is_active = 1 AND seq > $1 ORDER BY seq LIMIT 1000",
        NULL};
    enum status added = STATUS_OK;
    *count = 0;
    struct db_rows *rows = db_query(tx->db, &sql, ARGS(db_int(*seq)));
    while (added == STATUS_OK && db_step(rows)) {
        struct search_document d = {
            .seq = db_column_int(rows, 0),
            .name = db_column_bytes(rows, 1),
            .category = db_column_bytes(rows, 2),
            .description = db_column_bytes(rows, 3),
            .price = db_column_int(rows, 4),
        };
        added = search_bulk_add(bulk, tx, &d);
        *seq = d.seq;
        ++*count;
    }
    enum status s = db_finish(rows);
    return added != STATUS_OK ? added : s;
}

enum status search_index_rebuild(struct tx *tx) {
    static const struct sql empty[] = {{"DELETE FROM search_terms", NULL},
                                       {"DELETE FROM search_postings", NULL},
                                       {"DELETE FROM search_columns", NULL},
                                       {"DELETE FROM search_names", NULL},
                                       {"DELETE FROM search_categories", NULL}};
    struct search_bulk bulk;
    int64_t seq = -1;
    size_t count = 1;
    enum status s = store_lock(tx, &seq);
    for (size_t i = 0; i < sizeof empty / sizeof *empty && s == STATUS_OK; i++)
        s = db_exec(tx->db, &empty[i], NO_ARGS, NULL);
    search_bulk_begin(&bulk);
    for (seq = -1; count > 0 && s == STATUS_OK;)
        s = rebuild_some(&bulk, tx, &seq, &count);
    if (s == STATUS_OK)
        s = search_bulk_flush(&bulk, tx);
    search_bulk_end(&bulk);
    return s;
}
