/* How it works: the terms of the product as it was, and as it is, are listed in the order of their texts.
 * Both lists are walked side by side. Only terms that are in one of them, or in other fields than before, are
 * written. Terms are written in one order by every transaction. On PostgreSQL this takes two round trips: the lock
 * with the document's values, and all of the terms with their postings. Writes are deferred. */
#include "shop/index/indexer.h"

#include "base/buf.h"

#include <stdlib.h>
#include <string.h>

enum {
    changes_bytes_flush = 24 * 1024 * 1024, /* gathered of many documents: after some hundreds */
    changes_bytes_max = 64 * 1024 * 1024,
};

/* A document's terms, sorted by their texts. */
struct term_list {
    struct collector collector;
    const struct collected_term **terms;
    size_t count;
};

/* Lists the terms of a document in ctx->arena; the list is empty if `d` is NULL. */
static enum status term_list_read(struct shop_ctx *ctx, struct stemmer *stemmer,
                                  const struct index_document *d, struct term_list *out) {
    *out = (struct term_list){.count = 0};
    if (!d)
        return STATUS_OK;
    TRY(collector_open(&out->collector, ctx->arena, stemmer, document_entries_max));
    TRY(collector_add(&out->collector, 0, d));
    out->terms = arena_array(ctx->arena, out->collector.term_count, sizeof(struct collected_term *));
    if (!out->terms)
        return STATUS_NO_MEMORY;
    for (size_t i = 0; i < out->collector.term_count; i++)
        out->terms[out->count++] = &out->collector.terms[i];
    if (out->count > 1)
        qsort(out->terms, out->count, sizeof *out->terms, collected_term_order);
    return STATUS_OK;
}

/* Returns the field mask of the list's i-th term. */
static uint32_t fields_of(const struct term_list *list, size_t i) {
    uint32_t entry = list->collector.entries[list->terms[i]->latest - 1].document;
    return entry & ((1u << field_mask_bits) - 1);
}

/* Merges both lists and lists what differs; `changes` has room for all terms of both. Returns how many do. */
static size_t list_difference(int64_t seq, const struct term_list *before, const struct term_list *after,
                              struct posting_change *changes) {
    size_t b = 0, a = 0, count = 0;
    while (b < before->count || a < after->count) {
        int order = b == before->count  ? 1
                    : a == after->count ? -1
                                        : collected_term_order(&before->terms[b], &after->terms[a]);
        if (order < 0)
            changes[count++] = (struct posting_change){before->terms[b]->text, seq, 0};
        else if (order > 0 || fields_of(before, b) != fields_of(after, a))
            changes[count++] = (struct posting_change){after->terms[a]->text, seq, fields_of(after, a)};
        b += order <= 0;
        a += order >= 0;
    }
    return count;
}

/* Whether the index has the category of a document already, as it was. */
static bool has_category(const struct index_document *before, const struct index_document *after) {
    return before && after && !before->is_withdrawn && str_equal(before->category, after->category);
}

static enum status write_doc_value(struct shop_ctx *ctx, int64_t seq, const struct index_document *before,
                                   const struct index_document *after) {
    int64_t category = doc_category_kept;
    if (!after)
        return doc_value_write(ctx, seq, NULL);
    if (!has_category(before, after))
        TRY(doc_category_make(ctx, after->category, &category));
    struct doc_value value = doc_value_of(after, category);
    return doc_value_write(ctx, seq, &value);
}

/* The document if it has postings; else NULL. */
static const struct index_document *listed_document(const struct index_document *d) {
    return d && !d->is_withdrawn ? d : NULL;
}

static bool has_same_text(const struct index_document *a, const struct index_document *b) {
    return a && b && str_equal(a->name, b->name) && str_equal(a->category, b->category) &&
           str_equal(a->description, b->description);
}

/* Lists what differs between the terms of two documents in ctx->arena, behind what `changes` has. */
static enum status list_changes(struct shop_ctx *ctx, struct stemmer *stemmer, int64_t seq,
                                const struct index_document *before, const struct index_document *after,
                                struct buf *changes) {
    struct term_list old, new;
    TRY(term_list_read(ctx, stemmer, before, &old));
    TRY(term_list_read(ctx, stemmer, after, &new));
    struct posting_change *list = arena_array(ctx->arena, old.count + new.count, sizeof *list);
    if (!list)
        return STATUS_NO_MEMORY;
    size_t count = list_difference(seq, &old, &new, list);
    buf_put(changes, (struct str){(const char *)list, count * sizeof *list});
    return buf_ok(changes) ? STATUS_OK : STATUS_NO_MEMORY;
}

/* Writes listed changes. `next_term` is the next free id of a term. */
static enum status write_changes(struct shop_ctx *ctx, const struct buf *changes, int64_t *next_term) {
    int64_t first_free = *next_term;
    TRY(postings_set(ctx, (const struct posting_change *)(const void *)changes->data,
                     changes->size / sizeof(struct posting_change), next_term));
    return *next_term > first_free ? index_set_next_term(ctx, *next_term) : STATUS_OK;
}

/* Whether a change of a document changes its doc values. */
static bool has_other_values(const struct index_document *before, const struct index_document *after) {
    return before->price != after->price || before->is_withdrawn != after->is_withdrawn ||
           !str_equal(before->name, after->name) || !str_equal(before->category, after->category);
}

enum status index_update(struct shop_ctx *ctx, const struct index_document *before,
                         const struct index_document *after) {
    const struct index_document *was = listed_document(before), *is = listed_document(after);
    if ((!before && !after) || (has_same_text(before, after) && !has_other_values(before, after)))
        return STATUS_OK;
    int64_t seq = before ? before->seq : after->seq;
    struct index_state state;
    struct stemmer stemmer;
    doc_value_prefetch(ctx, seq, has_category(before, after) ? NULL : after);
    enum status s = index_lock(ctx, &state);
    if (s == STATUS_OK)
        s = write_doc_value(ctx, seq, before, after);
    if (s != STATUS_OK || (!was && !is) || has_same_text(was, is))
        return s;
    TRY(stemmer_open(&stemmer, state.language));
    struct buf changes = buf_new(ctx->arena);
    s = list_changes(ctx, &stemmer, seq, was, is, &changes);
    stemmer_close(&stemmer);
    return s == STATUS_OK ? write_changes(ctx, &changes, &state.next_term) : s;
}

/* Sets the values of those documents of a block that have others now. `category` is an id that was found before, of the
 * category with the name `known`. */
static enum status set_block_values(struct shop_ctx *ctx, const struct index_document *before,
                                    const struct index_document *after, size_t count, struct str *known,
                                    int64_t *category) {
    struct doc_block block;
    bool is_changed = false;
    int64_t number = after[0].seq >> doc_block_bits;
    TRY(doc_block_read(ctx, number, &block));
    for (size_t i = 0; i < count; i++) {
        if (!has_other_values(&before[i], &after[i]))
            continue;
        bool is_kept = has_category(&before[i], &after[i]);
        if (!is_kept && !str_equal(*known, after[i].category)) {
            TRY(doc_category_make(ctx, after[i].category, category));
            *known = after[i].category;
        }
        struct doc_value value = doc_value_of(&after[i], *category);
        if (is_kept)
            value.category = block.categories[after[i].seq & (doc_block_documents - 1)];
        doc_block_set(&block, after[i].seq, &value);
        is_changed = true;
    }
    return is_changed ? doc_block_write(ctx, number, &block) : STATUS_OK;
}

static enum status set_all_values(struct shop_ctx *ctx, const struct index_document *before,
                                  const struct index_document *after, size_t count) {
    struct str known = {0};
    int64_t category = 0;
    for (size_t first = 0, end; first < count; first = end) {
        for (end = first + 1;
             end < count && after[end].seq >> doc_block_bits == after[first].seq >> doc_block_bits;)
            end++;
        TRY(set_block_values(ctx, before + first, after + first, end - first, &known, &category));
    }
    return STATUS_OK;
}

static int change_compare(const void *a, const void *b) {
    const struct posting_change *x = a, *y = b;
    int order = str_compare(x->term, y->term);
    return order ? order : (x->seq > y->seq) - (x->seq < y->seq);
}

/* Writes what was gathered of many documents in the order that postings have. */
static enum status flush_changes(struct shop_ctx *ctx, struct buf *changes, int64_t *next_term) {
    if (changes->size > 0)
        qsort(changes->data, changes->size / sizeof(struct posting_change), sizeof(struct posting_change),
              change_compare);
    TRY(write_changes(ctx, changes, next_term));
    arena_reset(ctx->arena);
    *changes = buf_new(ctx->arena);
    return STATUS_OK;
}

/* Writes the words of those documents that have others now. What is gathered is in an arena of ctx that this empties. */
static enum status set_all_postings(struct shop_ctx *ctx, const struct index_document *before,
                                    const struct index_document *after, size_t count,
                                    struct index_state *state) {
    struct stemmer stemmer;
    struct buf changes = buf_new(ctx->arena);
    enum status s = stemmer_open(&stemmer, state->language);
    if (s != STATUS_OK)
        return s;
    for (size_t i = 0; i < count && s == STATUS_OK; i++) {
        const struct index_document *was = listed_document(&before[i]), *is = listed_document(&after[i]);
        if ((was || is) && !has_same_text(was, is))
            s = list_changes(ctx, &stemmer, after[i].seq, was, is, &changes);
        if (s == STATUS_OK && ctx->arena->bytes > changes_bytes_flush)
            s = flush_changes(ctx, &changes, &state->next_term);
    }
    stemmer_close(&stemmer);
    return s == STATUS_OK ? flush_changes(ctx, &changes, &state->next_term) : s;
}

enum status index_update_all(struct shop_ctx *ctx, const struct index_document *before,
                             const struct index_document *after, size_t count) {
    struct index_state state;
    struct arena arena;
    struct shop_ctx own = *ctx;
    TRY(index_lock(ctx, &state));
    TRY(set_all_values(ctx, before, after, count));
    arena_init(&arena, changes_bytes_max);
    own.arena = &arena;
    enum status s = set_all_postings(&own, before, after, count, &state);
    arena_free(&arena);
    return s;
}
