/* Indexing many new products at once. What costs is the number of rows written and how far apart they lie, so
 * postings wait in memory, packed as they will be written: a chunk for each term and block. A flush writes
 * terms in the order of their texts and postings in the order of their keys, as the tables are. Columns come
 * in the order of their table anyway, and are written block by block. */
#include "shop/catalogue.h"
#include "shop/search_index.h"

#include <assert.h>
#include <endian.h>
#include <stdlib.h>
#include <string.h>

/* A term's entries in one block, or a part of them. */
struct chunk {
    struct chunk *next; /* of the same term, in a later block or further on in this one */
    uint32_t block;
    uint16_t count, room;
    char data[]; /* entries of two bytes */
};

struct bulk_term {
    struct chunk *first, *last;
    struct term_counts counts;
};

void search_bulk_begin(struct search_bulk *bulk, int64_t staged_by, struct turns *turns) {
    *bulk = (struct search_bulk){.staged_by = staged_by, .turns = turns, .columns_block = -1};
    arena_init(&bulk->arena, bulk_bytes_max);
}

void search_bulk_end(struct search_bulk *bulk) {
    if (bulk->stemmer)
        stemmer_close(bulk->stemmer);
    arena_free(&bulk->arena);
}

static enum status find_last_block(struct tx *tx, int64_t *out) {
    static const struct sql sql = {"SELECT coalesce(max(block), -1) FROM search_columns", NULL};
    struct db_rows *rows = db_query(tx->db, &sql, NO_ARGS);
    if (db_step(rows))
        *out = db_column_int(rows, 0) >> (posting_block_bits - column_block_bits);
    return db_finish(rows);
}

/* Takes the memory for what is gathered until the next flush. */
static enum status start(struct search_bulk *bulk, struct tx *tx, int64_t seq) {
    int64_t next_term;
    enum status s = store_lock(tx, &next_term); /* before the first row of the index is looked at */
    if (s == STATUS_OK)
        s = find_last_block(tx, &bulk->last_block);
    if (s != STATUS_OK)
        return s;
    if (bulk->last_block < seq >> posting_block_bits && bulk->turns)
        bulk->last_block = seq >> posting_block_bits; /* others may write to the block between two turns */
    if (!bulk->stemmer)
        bulk->stemmer = stemmer_open();
    if (!bulk->stemmer)
        return STATUS_NO_MEMORY;
    bulk->block = seq >> posting_block_bits;
    bulk->terms = NULL;
    bulk->term_room = 0;
    return collector_open(&bulk->collector, &bulk->arena, bulk->stemmer, bulk_entries_max);
}

/* Makes a place for every term that the collector has. */
static enum status grow_terms(struct search_bulk *bulk) {
    size_t room = bulk->collector.term_room;
    if (room == bulk->term_room)
        return STATUS_OK;
    struct bulk_term *terms = arena_array(&bulk->arena, room, sizeof *terms);
    if (!terms)
        return STATUS_NO_MEMORY;
    if (bulk->term_room)
        memcpy(terms, bulk->terms, bulk->term_room * sizeof *terms);
    bulk->terms = terms;
    bulk->term_room = room;
    return STATUS_OK;
}

/* A new chunk for the term's entries at hand. */
static struct chunk *open_chunk(struct search_bulk *bulk, uint32_t place, uint32_t room) {
    struct bulk_term *term = &bulk->terms[place];
    struct chunk *chunk = arena_grow(&bulk->arena, NULL, 0, sizeof *chunk + (size_t)room * 2);
    if (!chunk)
        return NULL;
    *chunk = (struct chunk){.block = (uint32_t)bulk->block, .room = (uint16_t)room};
    *(term->last ? &term->last->next : &term->first) = chunk;
    term->last = chunk;
    return chunk;
}

static void count_chunk(struct bulk_term *term, const struct chunk *chunk) {
    for (size_t i = 0; i < chunk->count; i++) {
        uint32_t place = entry_at(chunk->data + 2 * i) & ((1u << term_place_bits) - 1);
        struct term_counts one = term_counts_of(place);
        term->counts.documents += one.documents;
        term->counts.words += one.words;
        term->counts.titles += one.titles;
    }
}

/* Packs the entries at hand, which are of one block: each term's into a chunk, which is the term's `user`
 * until it is full. */
static enum status pack(struct search_bulk *bulk) {
    struct collector *c = &bulk->collector;
    enum status s = grow_terms(bulk);
    for (size_t i = 0; i < c->entry_count && s == STATUS_OK; i++) {
        const struct collected_entry *entry = &c->entries[i];
        struct collected_term *term = &c->terms[entry->term];
        struct chunk *chunk = term->user ? term->user : open_chunk(bulk, entry->term, term->entries);
        if (!chunk)
            return STATUS_NO_MEMORY;
        term->user = chunk;
        entry_put(chunk->data + (size_t)chunk->count++ * 2, entry->document);
        if (chunk->count == chunk->room) {
            count_chunk(&bulk->terms[entry->term], chunk);
            term->user = NULL;
            term->entries = term->latest = 0;
        }
    }
    collector_forget_entries(c);
    return s;
}

static enum status find_category(struct search_bulk *bulk, struct tx *tx, struct str name, int64_t *out) {
    for (size_t i = 0; i < bulk->category_count; i++)
        if (str_equal(bulk->categories[i].name, name)) {
            *out = bulk->categories[i].id;
            return STATUS_OK;
        }
    enum status s = column_category(tx, name, out);
    if (s != STATUS_OK || bulk->category_count == bulk_categories_max)
        return s;
    struct str copy = arena_copy(&bulk->arena, name);
    if (!copy.at)
        return STATUS_NO_MEMORY;
    bulk->categories[bulk->category_count].name = copy;
    bulk->categories[bulk->category_count++].id = *out;
    return STATUS_OK;
}

static enum status write_columns(struct search_bulk *bulk, struct tx *tx) {
    return bulk->columns_block < 0 ? STATUS_OK : columns_write(tx, bulk->columns_block, &bulk->columns);
}

/* Sets the document's columns in the block at hand. One that is done is written. */
static enum status add_columns(struct search_bulk *bulk, struct tx *tx, int64_t seq,
                               const struct column_value *value) {
    int64_t block = seq >> column_block_bits;
    enum status s = STATUS_OK;
    if (block != bulk->columns_block) {
        s = write_columns(bulk, tx);
        bulk->columns_block = block;
        if (s == STATUS_OK)
            s = columns_read(tx, block, &bulk->columns);
    }
    columns_set(&bulk->columns, seq, value);
    return s;
}

/* Makes room for one more document, by packing or by writing what there is. */
static enum status make_room(struct search_bulk *bulk, struct tx *tx, int64_t seq) {
    enum status s = STATUS_OK;
    if (bulk->arena.bytes > bulk_bytes_flush)
        s = search_bulk_flush(bulk, tx);
    if (s != STATUS_OK || bulk->count == 0)
        return s == STATUS_OK ? start(bulk, tx, seq) : s;
    if (seq >> posting_block_bits != bulk->block || !collector_has_room(&bulk->collector))
        s = pack(bulk);
    bulk->block = seq >> posting_block_bits;
    return s;
}

enum status search_bulk_add(struct search_bulk *bulk, struct tx *tx, const struct search_document *d) {
    int64_t category = 0;
    enum status s = make_room(bulk, tx, d->seq);
    if (s == STATUS_OK)
        s = find_category(bulk, tx, d->category, &category);
    if (s == STATUS_OK)
        s = collector_add(&bulk->collector, (uint32_t)(d->seq & (posting_block_documents - 1)), d);
    if (s != STATUS_OK)
        return s;
    struct column_value value = column_value_of(d, category);
    bulk->count++;
    return add_columns(bulk, tx, d->seq, &value);
}

/* A term with what it is sorted by, so that sorting hundreds of thousands seldom looks at the terms
 * themselves. */
struct ordered {
    uint64_t key;
    const struct collected_term *term;
};

static int compare_text(const void *a, const void *b) {
    const struct ordered *x = a, *y = b;
    if (x->key != y->key)
        return x->key < y->key ? -1 : 1;
    return collected_term_order(&x->term, &y->term);
}

static int compare_id(const void *a, const void *b) {
    const struct ordered *x = a, *y = b;
    return (x->key > y->key) - (x->key < y->key);
}

/* Changes to the next turn, if this one is over. */
static enum status breathe(struct search_bulk *bulk, struct tx *tx) {
    return bulk->turns && turn_is_over(bulk->turns, tx) ? turns_next(bulk->turns, tx) : STATUS_OK;
}

/* The same while terms get their ids: others may take some in between. */
static enum status change_turn(struct search_bulk *bulk, struct tx *tx, int64_t *next_term) {
    enum status s = store_set_next_term(tx, *next_term);
    if (s == STATUS_OK)
        s = turns_next(bulk->turns, tx);
    return s == STATUS_OK ? store_lock(tx, next_term) : s;
}

/* Writes every term and its counts, in the order of their texts, which gives each its id: its key from then
 * on. */
static enum status write_terms(struct search_bulk *bulk, struct tx *tx, struct ordered *order) {
    const struct collector *c = &bulk->collector;
    for (size_t i = 0; i < c->term_count; i++) {
        order[i].term = &c->terms[i];
        memcpy(&order[i].key, c->terms[i].head, sizeof order[i].key);
        order[i].key = be64toh(order[i].key);
    }
    qsort(order, c->term_count, sizeof *order, compare_text);
    int64_t next;
    enum status s = store_lock(tx, &next);
    for (size_t i = 0; i < c->term_count && s == STATUS_OK; i++) {
        const struct term_counts *counts = &bulk->terms[order[i].term - c->terms].counts;
        int64_t id = 0;
        s = store_term(tx, order[i].term->text, next, bulk->staged_by, counts, &id);
        next += id == next;
        order[i].key = (uint64_t)id;
        if (s == STATUS_OK && bulk->turns && turn_is_over(bulk->turns, tx))
            s = change_turn(bulk, tx, &next);
    }
    return s == STATUS_OK ? store_set_next_term(tx, next) : s;
}

/* Writes the chunks of one term and block, from *chunk on, behind what the row has already; *chunk becomes
 * the one after them. */
static enum status write_block(struct tx *tx, int64_t last_block, int64_t term, const struct chunk **chunk) {
    char data[posting_bytes_max];
    size_t size = 0;
    uint32_t block = (*chunk)->block;
    int64_t key = posting_key(term, (int64_t)block << posting_block_bits);
    enum status s = block <= last_block ? posting_read(tx, key, data, &size) : STATUS_OK;
    bool is_new = size == 0;
    for (; *chunk && (*chunk)->block == block && s == STATUS_OK; *chunk = (*chunk)->next) {
        size_t more = (size_t)(*chunk)->count * 2;
        assert(size + more <= posting_bytes_max); /* 4096 different documents */
        memcpy(data + size, (*chunk)->data, more);
        size += more;
    }
    return s == STATUS_OK ? posting_write(tx, key, is_new, (struct str){data, size}) : s;
}

/* Writes all postings in the order of their keys. */
static enum status write_postings(struct search_bulk *bulk, struct tx *tx, struct ordered *order) {
    const struct collector *c = &bulk->collector;
    enum status s = STATUS_OK;
    qsort(order, c->term_count, sizeof *order, compare_id);
    for (size_t i = 0; i < c->term_count; i++) {
        const struct chunk *chunk = bulk->terms[order[i].term - c->terms].first;
        while (chunk && s == STATUS_OK) {
            s = write_block(tx, bulk->last_block, (int64_t)order[i].key, &chunk);
            s = s == STATUS_OK ? breathe(bulk, tx) : s;
        }
    }
    return s;
}

enum status search_bulk_flush(struct search_bulk *bulk, struct tx *tx) {
    if (bulk->count == 0)
        return STATUS_OK;
    enum status s = pack(bulk);
    struct ordered *order = arena_grow(&bulk->arena, NULL, 0, bulk->collector.term_count * sizeof *order);
    if (s == STATUS_OK && !order)
        s = STATUS_NO_MEMORY;
    if (s == STATUS_OK)
        s = write_terms(bulk, tx, order);
    if (s == STATUS_OK)
        s = write_postings(bulk, tx, order);
    if (s == STATUS_OK)
        s = write_columns(bulk, tx);
    arena_free(&bulk->arena);
    bulk->count = bulk->category_count = 0;
    bulk->columns_block = -1;
    return s;
}

/* Indexes the active products after `seq`, at most a thousand; `seq` becomes the last one's. */
static enum status rebuild_some(struct search_bulk *bulk, struct tx *tx, int64_t *seq, size_t *count) {
    static const struct sql sql = {
        "SELECT seq, name, category, description, price FROM products"
        " WHERE is_active = 1 AND seq > $1 AND " SEEN_PRODUCT " ORDER BY seq LIMIT 1000",
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
    search_bulk_begin(&bulk, 0, NULL);
    for (seq = -1; count > 0 && s == STATUS_OK;)
        s = rebuild_some(&bulk, tx, &seq, &count);
    if (s == STATUS_OK)
        s = search_bulk_flush(&bulk, tx);
    search_bulk_end(&bulk);
    return s;
}
