/* One product's change; for many at once see search_bulk.c. */
#include "shop/search_index.h"

#include <stdlib.h>
#include <string.h>

/* A document's terms in their order, with the places of each. */
struct term_list {
    struct collector collector;
    const struct collected_term **terms;
    size_t count;
};

static enum status list_terms(struct tx *tx, struct stemmer *stemmer, const struct search_document *d,
                              struct term_list *out) {
    *out = (struct term_list){.count = 0};
    if (!d)
        return STATUS_OK;
    enum status s = collector_open(&out->collector, tx->arena, stemmer, document_entries_max);
    if (s == STATUS_OK)
        s = collector_add(&out->collector, 0, d);
    if (s != STATUS_OK)
        return s;
    out->terms = arena_array(tx->arena, out->collector.term_count, sizeof(struct collected_term *));
    if (!out->terms)
        return STATUS_NO_MEMORY;
    for (size_t i = 0; i < out->collector.term_count; i++)
        out->terms[out->count++] = &out->collector.terms[i];
    if (out->count > 1)
        qsort(out->terms, out->count, sizeof *out->terms, collected_term_order);
    return STATUS_OK;
}

/* Where the i-th term of the list stands. */
static uint32_t place_of(const struct term_list *list, size_t i) {
    uint32_t entry = list->collector.entries[list->terms[i]->latest - 1].document;
    return entry & ((1u << term_place_bits) - 1);
}

/* Goes through both lists side by side and writes what differs. */
static enum status write_difference(struct tx *tx, int64_t seq, const struct term_list *before,
                                    const struct term_list *after) {
    enum status s = STATUS_OK;
    size_t b = 0, a = 0;
    while (s == STATUS_OK && (b < before->count || a < after->count)) {
        int order = b == before->count  ? 1
                    : a == after->count ? -1
                                        : collected_term_order(&before->terms[b], &after->terms[a]);
        if (order < 0)
            s = store_place(tx, before->terms[b]->text, seq, 0);
        else if (order > 0 || place_of(before, b) != place_of(after, a))
            s = store_place(tx, after->terms[a]->text, seq, place_of(after, a));
        b += order <= 0;
        a += order >= 0;
    }
    return s;
}

static enum status write_columns(struct tx *tx, int64_t seq, const struct search_document *d) {
    if (!d)
        return column_set(tx, seq, NULL);
    int64_t category;
    enum status s = column_category(tx, d->category, &category);
    struct column_value value = column_value_of(d, category);
    return s == STATUS_OK ? column_set(tx, seq, &value) : s;
}

static bool same_text(const struct search_document *a, const struct search_document *b) {
    return str_equal(a->name, b->name) && str_equal(a->category, b->category) &&
           str_equal(a->description, b->description);
}

enum status search_index_change(struct tx *tx, const struct search_document *before,
                                const struct search_document *after) {
    if ((!before && !after) || (before && after && same_text(before, after) && before->price == after->price))
        return STATUS_OK;
    int64_t seq = before ? before->seq : after->seq, next_term;
    enum status s = store_lock(tx, &next_term);
    if (s == STATUS_OK)
        s = write_columns(tx, seq, after);
    if (s != STATUS_OK || (before && after && same_text(before, after)))
        return s;
    struct stemmer *stemmer = stemmer_open();
    if (!stemmer)
        return STATUS_NO_MEMORY;
    struct term_list old, new;
    s = list_terms(tx, stemmer, before, &old);
    if (s == STATUS_OK)
        s = list_terms(tx, stemmer, after, &new);
    if (s == STATUS_OK)
        s = write_difference(tx, seq, &old, &new);
    stemmer_close(stemmer);
    return s;
}
