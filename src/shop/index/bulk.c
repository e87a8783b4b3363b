/* How it works: the cost of indexing is the number of rows written and how far apart they lie. So entries
 * wait in memory until a term has many of them for one row, in chunks that look as the database will have
 * them:
 *
 *     product  ──collector──►  entries of the current block      (in the order of their documents)
 *                                   │ pack, when the block is done or the collector is full
 *                                   ▼
 *     terms[i].first ─► chunk (block 0) ─► chunk (block 1) ─► …  (each term's, in the order of blocks)
 *                                   │ flush, when memory is full or before the commit
 *                                   ▼
 *     for each term, in the order of texts:  its id  ·  a row for each block  ·  its counts
 *
 * Texts are in order because search_terms is. The keys of postings nearly are: new terms get ascending ids as
 * they are written, so their rows are appended. The ids of an earlier flush ascend with the texts too, so
 * that a flush visits each page of the tree once.
 *
 * A slice may end after any row of postings (see bulk.h). Before it does, the term's counts so far and the
 * next free id are stored, so that committed counts always match committed postings. The clean-up of a killed
 * import relies on that: it looks only at terms that have postings of the import.
 *
 * Doc values come in the order of their table anyway: each block is written as soon as the next one
 * begins. */
#include "shop/index/bulk.h"

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
};

void bulk_index_begin(struct bulk_index *bulk, struct sliced_tx *sliced_tx) {
    *bulk = (struct bulk_index){.sliced_tx = sliced_tx, .bytes_flush = bulk_bytes_flush, .values_block = -1};
    arena_init(&bulk->arena, bulk_bytes_max);
}

void bulk_index_end(struct bulk_index *bulk) {
    if (bulk->stemmer.snowball)
        stemmer_close(&bulk->stemmer);
    arena_free(&bulk->arena);
}

/* Finds the last block of documents that the index has; later blocks have no postings. */
static enum status find_last_block(struct shop_ctx *ctx, int64_t *out) {
    static const struct sql sql = SQL("SELECT coalesce(max(block), -1) FROM search_columns");
    enum status s = db_get_int(ctx->db, &sql, NO_ARGS, out);
    *out >>= posting_block_bits - doc_block_bits;
    return s;
}

/* Takes memory for what is gathered until the next flush. */
static enum status bulk_index_start(struct bulk_index *bulk, struct shop_ctx *ctx, int64_t seq) {
    struct index_state state;
    enum status s = index_lock(ctx, &state); /* before the first row of the index is read */
    if (s == STATUS_OK)
        s = find_last_block(ctx, &bulk->last_block);
    if (s != STATUS_OK)
        return s;
    bulk->block = seq >> posting_block_bits;
    if (bulk->sliced_tx && bulk->last_block < bulk->block)
        bulk->last_block = bulk->block; /* other transactions may write to this block between two slices */
    if (!bulk->stemmer.snowball)
        TRY(stemmer_open(&bulk->stemmer, state.language));
    bulk->terms = NULL;
    bulk->term_room = 0;
    return collector_open(&bulk->collector, &bulk->arena, &bulk->stemmer, bulk_entries_max);
}

/* Makes room in `terms` for every term that the collector has. */
static enum status grow_terms(struct bulk_index *bulk) {
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

/* Appends a chunk to a term, for its entries in the current block. */
static struct chunk *chunk_open(struct bulk_index *bulk, uint32_t term_index, uint32_t room) {
    struct bulk_term *term = &bulk->terms[term_index];
    struct chunk *chunk = arena_grow(&bulk->arena, NULL, 0, sizeof *chunk + (size_t)room * 2);
    if (!chunk)
        return NULL;
    *chunk = (struct chunk){.block = (uint32_t)bulk->block, .room = (uint16_t)room};
    *(term->last ? &term->last->next : &term->first) = chunk;
    term->last = chunk;
    return chunk;
}

/* Moves the collector's entries, which are all of one block, into chunks. A term's chunk has exactly the room
 * that its entries take; it is the term's `user` until the last of them is in it. */
static enum status pack_entries(struct bulk_index *bulk) {
    struct collector *c = &bulk->collector;
    enum status s = grow_terms(bulk);
    for (size_t i = 0; i < c->entry_count && s == STATUS_OK; i++) {
        const struct collected_entry *entry = &c->entries[i];
        struct collected_term *term = &c->terms[entry->term];
        struct chunk *chunk = term->user ? term->user : chunk_open(bulk, entry->term, term->entries);
        if (!chunk)
            return STATUS_NO_MEMORY;
        term->user = chunk;
        entry_put(chunk->data + (size_t)chunk->count++ * 2, entry->document);
        if (chunk->count == chunk->room) {
            term->user = NULL;
            term->entries = term->latest = 0;
        }
    }
    collector_forget_entries(c);
    return s;
}

/* Finds a category's id: one of those remembered, or the database's. */
static enum status find_category(struct bulk_index *bulk, struct shop_ctx *ctx, struct str name,
                                 int64_t *out) {
    for (size_t i = 0; i < bulk->category_count; i++)
        if (str_equal(bulk->categories[i].name, name)) {
            *out = bulk->categories[i].id;
            return STATUS_OK;
        }
    enum status s = doc_category_make(ctx, name, out);
    if (s != STATUS_OK || bulk->category_count == bulk_categories_max)
        return s;
    struct str copy = arena_copy(&bulk->arena, name);
    if (!copy.data)
        return STATUS_NO_MEMORY;
    bulk->categories[bulk->category_count].name = copy;
    bulk->categories[bulk->category_count++].id = *out;
    return STATUS_OK;
}

static enum status write_values(struct bulk_index *bulk, struct shop_ctx *ctx) {
    return bulk->values_block < 0 ? STATUS_OK : doc_block_write(ctx, bulk->values_block, &bulk->values);
}

/* Sets the document's values in the current block. When it is the first of another block, writes the one that
 * is done. */
static enum status add_values(struct bulk_index *bulk, struct shop_ctx *ctx, int64_t seq,
                              const struct doc_value *value) {
    int64_t block = seq >> doc_block_bits;
    enum status s = STATUS_OK;
    if (block != bulk->values_block) {
        s = write_values(bulk, ctx);
        bulk->values_block = block;
        if (s == STATUS_OK)
            s = doc_block_read(ctx, block, &bulk->values);
    }
    doc_block_set(&bulk->values, seq, value);
    return s;
}

/* Makes room for one more document, by packing or by a flush. */
static enum status bulk_make_room(struct bulk_index *bulk, struct shop_ctx *ctx, int64_t seq) {
    enum status s = STATUS_OK;
    if (bulk->arena.bytes > bulk->bytes_flush)
        s = bulk_index_flush(bulk, ctx);
    if (s != STATUS_OK || bulk->count == 0)
        return s == STATUS_OK ? bulk_index_start(bulk, ctx, seq) : s;
    if (seq >> posting_block_bits != bulk->block || !collector_has_room(&bulk->collector))
        s = pack_entries(bulk);
    bulk->block = seq >> posting_block_bits;
    return s;
}

enum status bulk_index_add(struct bulk_index *bulk, struct shop_ctx *ctx, const struct index_document *d) {
    int64_t category = 0;
    TRY(bulk_make_room(bulk, ctx, d->seq));
    TRY(find_category(bulk, ctx, d->category, &category));
    if (!d->is_withdrawn)
        TRY(collector_add(&bulk->collector, (uint32_t)(d->seq & (posting_block_documents - 1)), d));
    struct doc_value value = doc_value_of(d, category);
    bulk->count++;
    return add_values(bulk, ctx, d->seq, &value);
}

/* A term with the first eight bytes of its text as a number, so that a sort seldom reads the terms
 * themselves. */
struct sorted_term {
    uint64_t head;
    const struct collected_term *term;
};

static int sorted_term_order(const void *a, const void *b) {
    const struct sorted_term *x = a, *y = b;
    if (x->head != y->head)
        return x->head < y->head ? -1 : 1;
    return collected_term_order(&x->term, &y->term);
}

/* Lists the collector's terms in the order of their texts; NULL without memory. */
static struct sorted_term *sort_terms(struct bulk_index *bulk) {
    const struct collector *c = &bulk->collector;
    struct sorted_term *sorted = arena_grow(&bulk->arena, NULL, 0, c->term_count * sizeof *sorted);
    for (size_t i = 0; sorted && i < c->term_count; i++) {
        sorted[i].term = &c->terms[i];
        memcpy(&sorted[i].head, c->terms[i].head, sizeof sorted[i].head);
        sorted[i].head = be64toh(sorted[i].head);
    }
    if (sorted)
        qsort(sorted, c->term_count, sizeof *sorted, sorted_term_order);
    return sorted;
}

/* The term that a flush is writing. */
struct term_writer {
    struct str text;
    int64_t id;
    int64_t next_id;           /* of a new term; stored at the end of each slice */
    bool is_new;               /* it has no row yet */
    struct term_counts counts; /* of the entries written, but not added to its row */
};

/* Appends the chunks of one block, from *chunk on, to the row that there may be. *chunk becomes the one after
 * them. */
static enum status write_row(struct term_writer *w, struct shop_ctx *ctx, int64_t last_block,
                             const struct chunk **chunk) {
    char data[posting_bytes_max];
    size_t before = 0, size;
    uint32_t block = (*chunk)->block;
    int64_t key = posting_key(w->id, (int64_t)block << posting_block_bits);
    enum status s = block <= last_block ? postings_read(ctx, key, data, &before) : STATUS_OK;
    for (size = before; *chunk && (*chunk)->block == block && s == STATUS_OK; *chunk = (*chunk)->next) {
        size_t more = (size_t)(*chunk)->count * 2;
        assert(size + more <= posting_bytes_max); /* 4096 different documents */
        memcpy(data + size, (*chunk)->data, more);
        size += more;
    }
    term_counts_add(&w->counts, entries_count((struct str){data + before, size - before}));
    return s == STATUS_OK ? postings_write(ctx, key, before == 0, (struct str){data, size}) : s;
}

static enum status write_counts(struct term_writer *w, struct shop_ctx *ctx) {
    if (w->counts.documents == 0)
        return STATUS_OK;
    enum status s = term_add_counts(ctx, w->text, w->id, w->is_new, &w->counts);
    w->is_new = false;
    w->counts = (struct term_counts){0};
    return s;
}

/* Ends the slice if it is over. Other transactions may take ids before the next one begins. */
static enum status end_slice(struct bulk_index *bulk, struct term_writer *w, struct shop_ctx *ctx) {
    if (!bulk->sliced_tx || !slice_is_over(bulk->sliced_tx, ctx))
        return STATUS_OK;
    TRY(write_counts(w, ctx));
    TRY(index_set_next_term(ctx, w->next_id));
    TRY(sliced_tx_next(bulk->sliced_tx, ctx));
    struct index_state state;
    TRY(index_lock(ctx, &state));
    w->next_id = state.next_term;
    return STATUS_OK;
}

/* Writes one term: all its rows of postings, and its counts. */
static enum status write_term(struct bulk_index *bulk, struct term_writer *w, struct shop_ctx *ctx,
                              const struct collected_term *term) {
    const struct chunk *chunk = bulk->terms[term - bulk->collector.terms].first;
    w->text = term->text;
    enum status s = term_find_id(ctx, w->text, &w->id);
    w->is_new = w->id == 0;
    if (w->is_new)
        w->id = w->next_id++;
    while (chunk && s == STATUS_OK) {
        s = write_row(w, ctx, bulk->last_block, &chunk);
        if (s == STATUS_OK)
            s = end_slice(bulk, w, ctx);
    }
    return s == STATUS_OK ? write_counts(w, ctx) : s;
}

static enum status write_terms(struct bulk_index *bulk, struct shop_ctx *ctx) {
    struct term_writer w = {0};
    struct sorted_term *sorted = sort_terms(bulk);
    struct index_state state = {0};
    enum status s = sorted ? index_lock(ctx, &state) : STATUS_NO_MEMORY;
    w.next_id = state.next_term;
    for (size_t i = 0; i < bulk->collector.term_count && s == STATUS_OK; i++)
        s = write_term(bulk, &w, ctx, sorted[i].term);
    return s == STATUS_OK ? index_set_next_term(ctx, w.next_id) : s;
}

enum status bulk_index_flush(struct bulk_index *bulk, struct shop_ctx *ctx) {
    if (bulk->count == 0)
        return STATUS_OK;
    enum status s = pack_entries(bulk);
    if (s == STATUS_OK)
        s = write_terms(bulk, ctx);
    if (s == STATUS_OK)
        s = write_values(bulk, ctx);
    arena_free(&bulk->arena);
    bulk->count = bulk->category_count = 0;
    bulk->values_block = -1;
    return s;
}
