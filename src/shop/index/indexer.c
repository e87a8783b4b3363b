/* How it works: the terms of the product as it was, and as it is, are listed in the order of their texts.
 * Both lists are walked side by side. Only terms that are in one of them, or in other fields than before, are
 * written. Terms are written in one order by every transaction. On PostgreSQL this takes two round trips: the lock
 * with the document's values, and all of the terms with their postings. Writes are deferred. */
#include "shop/index/indexer.h"

#include <stdlib.h>
#include <string.h>

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
static size_t list_difference(const struct term_list *before, const struct term_list *after,
                              struct posting_change *changes) {
    size_t b = 0, a = 0, count = 0;
    while (b < before->count || a < after->count) {
        int order = b == before->count  ? 1
                    : a == after->count ? -1
                                        : collected_term_order(&before->terms[b], &after->terms[a]);
        if (order < 0)
            changes[count++] = (struct posting_change){before->terms[b]->text, 0};
        else if (order > 0 || fields_of(before, b) != fields_of(after, a))
            changes[count++] = (struct posting_change){after->terms[a]->text, fields_of(after, a)};
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

static enum status update_postings(struct shop_ctx *ctx, struct stemmer *stemmer, int64_t seq,
                                   const struct index_document *before, const struct index_document *after,
                                   int64_t next_term) {
    struct term_list old, new;
    int64_t first_free = next_term;
    TRY(term_list_read(ctx, stemmer, before, &old));
    TRY(term_list_read(ctx, stemmer, after, &new));
    struct posting_change *changes = arena_array(ctx->arena, old.count + new.count, sizeof *changes);
    if (!changes)
        return STATUS_NO_MEMORY;
    TRY(postings_set(ctx, changes, list_difference(&old, &new, changes), seq, &next_term));
    return next_term > first_free ? index_set_next_term(ctx, next_term) : STATUS_OK;
}

enum status index_update(struct shop_ctx *ctx, const struct index_document *before,
                         const struct index_document *after) {
    const struct index_document *was = listed_document(before), *is = listed_document(after);
    if ((!before && !after) || (has_same_text(before, after) && before->price == after->price &&
                                before->is_withdrawn == after->is_withdrawn))
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
    s = update_postings(ctx, &stemmer, seq, was, is, state.next_term);
    stemmer_close(&stemmer);
    return s;
}
