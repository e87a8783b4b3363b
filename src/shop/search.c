#include "shop/search.h"

#include <stdlib.h>
#include <string.h>

static bool is_blank(struct str text) {
    for (size_t i = 0; i < text.size; i++)
        if (text.at[i] != ' ' && (text.at[i] < '\t' || text.at[i] > '\r'))
            return false;
    return true;
}

static enum status resolve(struct tx *tx, const struct search *search, struct selection *out,
                           struct hits *hits, bool *any) {
    *out = (struct selection){
        .min_price = search->min_price.given ? search->min_price.value : 0,
        .max_price = search->max_price.given ? search->max_price.value : INT64_MAX,
    };
    *any = out->min_price <= out->max_price;
    enum status s = search_last(tx, &out->last);
    if (s == STATUS_OK && *any && search->category.at) {
        s = column_category_find(tx, search->category, &out->category);
        *any = out->category != 0;
    }
    if (s == STATUS_OK && *any && !is_blank(search->q)) {
        s = search_match(tx, search->q, MATCH_THOROUGH, hits, any);
        out->hits = hits;
    }
    return s;
}

static enum status read_products(struct tx *tx, const int64_t *seqs, size_t count, struct list *out) {
    struct product *products = arena_array(tx->arena, count, sizeof *products);
    enum status s = products ? STATUS_OK : STATUS_NO_MEMORY;
    for (size_t i = 0; i < count && s == STATUS_OK; i++)
        s = product_at(tx, seqs[i], &products[i]);
    *out = (struct list){products, count};
    return s;
}

/* Nothing is filtered and the order is the list's own. */
static bool is_plain_list(const struct search *search) {
    return is_blank(search->q) && !search->category.at && !search->min_price.given &&
           !search->max_price.given && (search->sort == SORT_RELEVANCE || search->sort == SORT_NEWEST);
}

enum status product_search(struct tx *tx, const struct search *search, struct search_found *out) {
    struct selection selection;
    struct hits hits = {.truncated = false};
    bool any;
    *out = (struct search_found){.total = 0};
    if (is_plain_list(search)) {
        struct product_page page = {INT64_MAX, search->limit, search->offset};
        int64_t next;
        return product_list(tx, &page, &out->products, &next, &out->total);
    }
    enum status s = resolve(tx, search, &selection, &hits, &any);
    if (s != STATUS_OK || !any)
        return s;
    int64_t *seqs;
    size_t count;
    s = select_page(tx, &selection, (enum search_sort)search->sort, search->limit, search->offset, &seqs,
                    &count, &out->total);
    out->at_least = hits.truncated;
    return s == STATUS_OK ? read_products(tx, seqs, count, &out->products) : s;
}

/* Bands end below 10, 25, 50, 100, 250, … minor units, up to what money can be. */
enum { bands_all = 48 };

struct counting {
    int64_t *by_category;
    size_t category_count;
    int64_t by_band[bands_all], band_ends[bands_all]; /* the ends are exclusive */
    size_t first_band[65];                            /* of the prices of so many bits */
    int64_t total;
};

static void set_bands(struct counting *counting) {
    static const int64_t steps[] = {10, 25, 50};
    int64_t ten = 1;
    for (size_t i = 0; i < bands_all; i++) {
        if (i > 0 && i % 3 == 0)
            ten *= 10;
        counting->band_ends[i] = steps[i % 3] * ten;
    }
    for (size_t bits = 1; bits <= 64; bits++) {
        size_t band = counting->first_band[bits - 1];
        while (band + 1 < bands_all && (uint64_t)counting->band_ends[band] <= UINT64_C(1) << (bits - 1))
            band++;
        counting->first_band[bits] = band;
    }
}

static size_t band_of(const struct counting *counting, int64_t price) {
    size_t band = price ? counting->first_band[64 - __builtin_clzll((uint64_t)price)] : 0;
    while (band + 1 < bands_all && price >= counting->band_ends[band])
        band++;
    return band;
}

static void visit_counts(void *context, const struct selected_block *block) {
    struct counting *counting = context;
    for (size_t i = 0; i < block->count; i++) {
        int64_t price = block->prices[block->places[i]], category = block->categories[block->places[i]];
        counting->by_band[band_of(counting, price)]++;
        if ((size_t)category < counting->category_count)
            counting->by_category[category]++;
    }
    counting->total += (int64_t)block->count;
}

static int compare_categories(const void *a, const void *b) {
    const struct category *x = a, *y = b;
    if (x->product_count != y->product_count)
        return x->product_count < y->product_count ? 1 : -1;
    size_t size = x->category.size < y->category.size ? x->category.size : y->category.size;
    int order = memcmp(x->category.at, y->category.at, size);
    return order ? order : (x->category.size > y->category.size) - (x->category.size < y->category.size);
}

/* Names the categories that were counted. */
static enum status list_categories(struct tx *tx, const struct counting *counting, struct list *out) {
    static const struct sql sql = {"SELECT id, name FROM search_categories", NULL};
    struct category *categories = arena_array(tx->arena, counting->category_count, sizeof *categories);
    if (!categories)
        return STATUS_NO_MEMORY;
    size_t count = 0;
    struct db_rows *rows = db_query(tx->db, &sql, NO_ARGS);
    while (db_step(rows)) {
        int64_t id = db_column_int(rows, 0);
        if ((size_t)id < counting->category_count && counting->by_category[id] > 0)
            categories[count++] =
                (struct category){db_column_text(rows, 1, tx->arena), counting->by_category[id]};
    }
    if (count > 1)
        qsort(categories, count, sizeof *categories, compare_categories);
    *out = (struct list){categories, count};
    return db_finish(rows);
}

/* Makes one band of the two neighbours that have the fewest products together. */
static void merge_bands(struct price_band *bands, size_t *count) {
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

static enum status list_bands(struct tx *tx, const struct counting *counting, struct list *out) {
    struct price_band *bands = arena_array(tx->arena, bands_all, sizeof *bands);
    if (!bands)
        return STATUS_NO_MEMORY;
    size_t count = 0;
    for (size_t i = 0; i < bands_all; i++) {
        int64_t end = counting->band_ends[i] - 1;
        if (counting->by_band[i] > 0)
            bands[count++] = (struct price_band){i ? counting->band_ends[i - 1] : 0,
                                                 end < money_max ? end : money_max, counting->by_band[i]};
    }
    while (count > price_bands_max)
        merge_bands(bands, &count);
    *out = (struct list){bands, count};
    return STATUS_OK;
}

static enum status count_categories(struct tx *tx, struct counting *counting) {
    static const struct sql sql = {"SELECT coalesce(max(id), 0) + 1 FROM search_categories", NULL};
    struct db_rows *rows = db_query(tx->db, &sql, NO_ARGS);
    if (db_step(rows))
        counting->category_count = (size_t)db_column_int(rows, 0);
    enum status s = db_finish(rows);
    counting->by_category = arena_array(tx->arena, counting->category_count, sizeof *counting->by_category);
    return s == STATUS_OK && !counting->by_category ? STATUS_NO_MEMORY : s;
}

enum status product_facets(struct tx *tx, const struct search *search, struct facets *out) {
    struct counting counting = {.total = 0};
    struct selection selection;
    struct hits hits = {.truncated = false};
    bool any;
    set_bands(&counting);
    enum status s = resolve(tx, search, &selection, &hits, &any);
    if (s == STATUS_OK)
        s = count_categories(tx, &counting);
    if (s == STATUS_OK && any)
        s = select_blocks(tx, &selection, false, visit_counts, &counting);
    if (s == STATUS_OK)
        s = list_categories(tx, &counting, &out->categories);
    if (s == STATUS_OK)
        s = list_bands(tx, &counting, &out->price_bands);
    out->total = counting.total;
    return s;
}
