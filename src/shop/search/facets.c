/* How facets are counted.
 *
 * One scan over the documents that pass counts each of them twice: by its category's id, and by its price in
 * one of 48 fixed bands, which end below
 *
 *     10  25  50  100  250  500  1000  …      minor units, three to a power of ten
 *
 * 48 of them reach 5 × 10^16, more than any price (money_max). At most price_bands_max bands are returned: the
 * two neighbours with the fewest products together become one band, until there are no more than that. So the
 * bands stay narrow at the prices that most products have.
 *
 * A price's band is found by its number of bits: first_band[bits] is the first band that a price of so many
 * bits can be in. Ends are at least a factor of 2 apart, so it is that band or the next one.
 *
 * The documents that lead and those of the tail (match.h) are counted apart: if any document leads, the tail's counts
 * are dropped, as a search's total leaves it out. */
#include "shop/search/facets.h"

#include <stdlib.h>
#include <string.h>

enum { bands_all = 48 };

struct facet_counts {
    int64_t *by_category; /* by its id */
    int64_t by_band[bands_all];
    int64_t total;
};

struct facet_counter {
    struct facet_counts leading, tail;
    size_t category_count;
    int64_t band_ends[bands_all]; /* exclusive */
    size_t first_band[65];        /* by the number of bits of a price, 0 to 64 */
};

static void facet_bands_init(struct facet_counter *counter) {
    static const int64_t steps[] = {10, 25, 50};
    int64_t ten = 1;
    for (size_t i = 0; i < bands_all; i++) {
        if (i > 0 && i % 3 == 0)
            ten *= 10;
        counter->band_ends[i] = steps[i % 3] * ten;
    }
    for (size_t bits = 1; bits <= 64; bits++) {
        size_t band = counter->first_band[bits - 1];
        while (band + 1 < bands_all && (uint64_t)counter->band_ends[band] <= UINT64_C(1) << (bits - 1))
            band++;
        counter->first_band[bits] = band;
    }
}

static size_t facet_band_of(const struct facet_counter *counter, int64_t price) {
    size_t band = price ? counter->first_band[64 - __builtin_clzll((uint64_t)price)] : 0;
    while (band + 1 < bands_all && price >= counter->band_ends[band])
        band++;
    return band;
}

static void facets_visit(void *context, struct filtered_block *block) {
    struct facet_counter *counter = context;
    uint8_t slots[doc_block_documents];
    size_t count = passes_list(block->passes, slots);
    for (size_t i = 0; i < count; i++) {
        size_t slot = slots[i];
        int64_t price = doc_packed_at(block->prices, slot), category = doc_packed_at(block->categories, slot);
        struct facet_counts *counts = filtered_block_leads(block, slot) ? &counter->leading : &counter->tail;
        counts->by_band[facet_band_of(counter, price)]++;
        if ((size_t)category < counter->category_count)
            counts->by_category[category]++;
        counts->total++;
    }
}

static int category_compare(const void *a, const void *b) {
    const struct category *x = a, *y = b;
    if (x->product_count != y->product_count)
        return x->product_count < y->product_count ? 1 : -1;
    return str_compare(x->category, y->category);
}

static const struct sql names_sql = SQL("SELECT id, name FROM search_categories");
static const struct sql count_sql = SQL("SELECT coalesce(max(id), 0) + 1 FROM search_categories");

/* Lists the categories that something was found in, by their names. */
static enum status facets_list_categories(struct shop_ctx *ctx, const struct facet_counts *counts,
                                          size_t category_count, struct list *out) {
    struct category *categories = arena_array(ctx->arena, category_count, sizeof *categories);
    if (!categories)
        return STATUS_NO_MEMORY;
    size_t count = 0;
    struct db_rows *rows = db_query(ctx->db, &names_sql, NO_ARGS);
    while (db_step(rows)) {
        int64_t id = db_column_int(rows, 0);
        if ((size_t)id < category_count && counts->by_category[id] > 0)
            categories[count++] =
                (struct category){db_column_text(rows, 1, ctx->arena), counts->by_category[id]};
    }
    if (count > 1)
        qsort(categories, count, sizeof *categories, category_compare);
    *out = (struct list){categories, count};
    return db_finish(rows);
}

/* Makes one band of the two neighbours that have the fewest products together. */
static void facet_bands_merge(struct price_band *bands, size_t *count) {
    size_t at = 0;
    for (size_t i = 1; i + 1 < *count; i++)
        if (bands[i].product_count + bands[i + 1].product_count <
            bands[at].product_count + bands[at + 1].product_count)
            at = i;
    bands[at].max_price = bands[at + 1].max_price;
    bands[at].product_count += bands[at + 1].product_count;
    memmove(&bands[at + 1], &bands[at + 2], (*count - at - 2) * sizeof *bands);
    --*count;
}

static enum status facets_list_bands(struct shop_ctx *ctx, const struct facet_counter *counter,
                                     const struct facet_counts *counts, struct list *out) {
    struct price_band *bands = arena_array(ctx->arena, bands_all, sizeof *bands);
    if (!bands)
        return STATUS_NO_MEMORY;
    size_t count = 0;
    for (size_t i = 0; i < bands_all; i++) {
        int64_t end = counter->band_ends[i] - 1;
        if (counts->by_band[i] > 0)
            bands[count++] = (struct price_band){i ? counter->band_ends[i - 1] : 0,
                                                 end < money_max ? end : money_max, counts->by_band[i]};
    }
    while (count > price_bands_max)
        facet_bands_merge(bands, &count);
    *out = (struct list){bands, count};
    return STATUS_OK;
}

/* Makes two counters for each category id: ids are small, because they are given one after the other and never
 * again. */
static enum status facets_open_categories(struct shop_ctx *ctx, struct facet_counter *counter) {
    struct db_rows *rows = db_query(ctx->db, &count_sql, NO_ARGS);
    if (db_step(rows))
        counter->category_count = (size_t)db_column_int(rows, 0);
    TRY(db_finish(rows));
    int64_t *counts = arena_array(ctx->arena, 2 * counter->category_count, sizeof *counts);
    if (!counts)
        return STATUS_NO_MEMORY;
    counter->leading.by_category = counts;
    counter->tail.by_category = counts + counter->category_count;
    return STATUS_OK;
}

enum status product_facets(struct shop_ctx *ctx, const struct search *search, struct facets *out) {
    struct facet_counter counter = {.category_count = 0};
    struct filter filter;
    struct match match;
    bool any;
    facet_bands_init(&counter);
    db_prefetch(ctx->db, &count_sql, NO_ARGS);
    db_prefetch(ctx->db, &names_sql, NO_ARGS);
    TRY(search_read_filter(ctx, search, (struct doc_columns){DOC_CATEGORIES, false}, &filter, &match, &any));
    TRY(facets_open_categories(ctx, &counter));
    if (any)
        TRY(filter_blocks(ctx, &filter, facets_visit, &counter));
    const struct facet_counts *counts = counter.leading.total ? &counter.leading : &counter.tail;
    TRY(facets_list_categories(ctx, counts, counter.category_count, &out->categories));
    out->total = counts->total;
    return facets_list_bands(ctx, &counter, counts, &out->price_bands);
}
