/* How documents are ranked.
 *
 * Each document that passes the filter becomes a candidate: two 64-bit keys that compare as the sort demands,
 * the smaller first. The document's seq decides between equal keys, the newest first, so that the order is
 * total: no two candidates are equal, and pages have no gap and no overlap.
 *
 *     sort         major                                   minor
 *     relevance    (65535 - score) << 8 | name's length    0
 *     price        price; ~price for descending            0
 *     name         bytes 0-7 of the name key               bytes 8-14;   both ~ for descending
 *     newest       0                                       0
 *
 * So by relevance the best score wins (query.c), then the shorter name: of two products that match alike, the
 * one whose name says little else is more likely meant. A length above 255 code points counts as 255.
 *
 * A page needs the first offset + limit candidates of perhaps a million. They are kept in a heap with the worst
 * of them on top: one comparison rejects a candidate that is worse, and a better one replaces the top and
 * sinks. After the scan the heap is sorted once. A deep page costs a larger heap and nothing else; the API
 * bounds offset + limit at 10,500 candidates, 250 KB.
 *
 * Once the heap is full, hardly any document is better: a query of a million products visits 39,000 on average, and 215
 * enter the heap. So all documents of a block are counted, and then those of a worse score or price than the top's are
 * taken out of it in vector code, before they become candidates.
 *
 * Whole names. The name key holds 15 bytes, and many names share them: 100,000 made-up products have 27,000
 * keys, and 1,295 products have the commonest one. Sorts by name are exact only because groups of equal keys
 * are then ordered by their whole names, read from the products.
 *
 *     heap, sorted     a  b | c1 c2 d1 d2 |           page: c1 c2 d1 d2 (offset 2, limit 4)
 *     ties                                 d3 d4      equal to the worst of the heap, but without room
 *
 * Group c is ordered with all its members, because they are in the heap; so is one that starts on an earlier
 * page. Group d goes on past the page's end: which of its members belong on the page depends on those without
 * room. So those are kept aside while they tie with the worst of the heap, up to name_ties_max of them.
 *
 * If they are few, the rows of all of c and d are read, as those of the page would be, and put in order after that. It
 * saves a round trip to PostgreSQL. Otherwise the names are read first, and the rows of the page alone. */
#include "shop/search/rank.h"

#include "shop/catalogue/catalogue.h"

#include <assert.h>
#include <endian.h>
#include <stdlib.h>
#include <string.h>

/* ---- Candidates. */

struct candidate {
    uint64_t major, minor;
    int64_t seq;
};

static bool candidate_precedes(const struct candidate *a, const struct candidate *b) {
    if (a->major != b->major)
        return a->major < b->major;
    if (a->minor != b->minor)
        return a->minor < b->minor;
    return a->seq > b->seq;
}

static int candidate_compare(const void *a, const void *b) {
    return candidate_precedes(a, b) ? -1 : 1; /* no two have the same seq */
}

static bool candidates_tie(const struct candidate *a, const struct candidate *b) {
    return a->major == b->major && a->minor == b->minor;
}

/* Reads eight bytes as a number that orders as they do. */
static uint64_t big_endian(const char *bytes) {
    uint64_t number;
    memcpy(&number, bytes, sizeof number);
    return be64toh(number);
}

/* Sets both keys to the name's. Bytes 8-14 are loaded as 8 bytes, so byte 7 is in both: mask it out here. */
static void candidate_set_name(struct candidate *c, const struct filtered_block *block, size_t slot) {
    _Static_assert(name_key_bytes == 15, "two loads of eight bytes share one byte");
    assert(block->names);
    const char *name = block->names + slot * name_key_bytes;
    c->major = big_endian(name);
    c->minor = big_endian(name + 7) & (UINT64_MAX >> 8);
}

static struct candidate candidate_of(enum search_sort sort, const struct filtered_block *block, size_t slot) {
    struct candidate c = {.seq = block->first + (int64_t)slot};
    switch (sort) {
    case SORT_RELEVANCE:
        if (block->scores)
            c.major = (uint64_t)(UINT16_MAX - block->scores[slot]) << 8 | block->lengths[slot];
        break;
    case SORT_PRICE_ASC:
        c.major = (uint64_t)doc_packed_at(block->prices, slot);
        break;
    case SORT_PRICE_DESC:
        c.major = ~(uint64_t)doc_packed_at(block->prices, slot);
        break;
    case SORT_NAME_ASC:
        candidate_set_name(&c, block, slot);
        break;
    case SORT_NAME_DESC:
        candidate_set_name(&c, block, slot);
        c.major = ~c.major, c.minor = ~c.minor;
        break;
    case SORT_NEWEST:
        break;
    }
    return c;
}

/* ---- The first candidates of all. */

struct ranking {
    struct candidate *data; /* a heap of the best `room` candidates so far, the worst on top */
    size_t count, room;
    struct candidate *ties; /* those without room that tie with the worst; NULL unless sorted by name */
    size_t tie_count;       /* keeps counting past name_ties_max */
    enum search_sort sort;
    int64_t before;        /* those from here on are counted and left out */
    int64_t leading, tail; /* how many documents have passed */
};

static void ranking_sink_top(struct ranking *r) {
    struct candidate c = r->data[0];
    size_t at = 0;
    for (size_t child; (child = 2 * at + 1) < r->count; at = child) {
        if (child + 1 < r->count && candidate_precedes(&r->data[child], &r->data[child + 1]))
            child++;
        if (!candidate_precedes(&c, &r->data[child]))
            break;
        r->data[at] = r->data[child];
    }
    r->data[at] = c;
}

/* Takes note of a candidate without room. If it does not tie with the worst one now, it never will: the
 * worst only gets better. */
static void ranking_leave_out(struct ranking *r, const struct candidate *c) {
    if (!r->ties || !candidates_tie(c, &r->data[0]))
        return;
    if (r->tie_count < name_ties_max)
        r->ties[r->tie_count] = *c;
    r->tie_count++;
}

static void ranking_put(struct ranking *r, const struct candidate *c) {
    if (r->count == r->room) {
        struct candidate worst = r->data[0];
        if (!candidate_precedes(c, &worst)) {
            ranking_leave_out(r, c);
            return;
        }
        r->data[0] = *c;
        ranking_sink_top(r);
        if (!candidates_tie(&worst, &r->data[0]))
            r->tie_count = 0;
        ranking_leave_out(r, &worst);
        return;
    }
    size_t at = r->count++;
    for (; at > 0 && candidate_precedes(&r->data[(at - 1) / 2], c); at = (at - 1) / 2)
        r->data[at] = r->data[(at - 1) / 2];
    r->data[at] = *c;
}

/* Counts a block's documents. By relevance all are candidates, and the tail's scores put it behind. Other sorts would mix
 * the two: there the first documents that lead take out the tail. */
static void ranking_count(struct ranking *r, struct filtered_block *block) {
    bool mixes = r->sort != SORT_RELEVANCE;
    size_t leading = block->count;
    uint8_t leads[doc_block_documents];
    if (block->has_tail) {
        for (size_t i = 0; i < doc_block_documents; i++)
            leads[i] = block->passes[i] & ((block->scores[i] & hit_leads) != 0);
        leading = passes_count(leads);
    }
    if (mixes && leading > 0 && r->leading == 0)
        r->count = r->tie_count = 0;
    r->leading += (int64_t)leading;
    r->tail += (int64_t)(block->count - leading);
    if (mixes && block->has_tail && r->leading > 0)
        memcpy(block->passes, leads, sizeof leads);
}

/* Takes out the documents that are worse than the worst of a full heap. If the seq alone decides, these are all, because the
 * blocks come newest first. */
static void ranking_narrow(const struct ranking *r, struct filtered_block *block) {
    uint64_t worst = r->data[0].major;
    uint16_t score = (uint16_t)(UINT16_MAX - (worst >> 8));
    uint8_t stays[doc_block_documents] = {0};
    switch (r->sort) {
    case SORT_RELEVANCE:
        for (size_t i = 0; block->scores && i < doc_block_documents; i++)
            stays[i] = block->scores[i] >= score;
        break;
    case SORT_PRICE_ASC:
        doc_packed_find(block->prices, 0, worst, stays);
        break;
    case SORT_PRICE_DESC:
        doc_packed_find(block->prices, ~worst, UINT64_MAX, stays);
        break;
    case SORT_NAME_ASC:
    case SORT_NAME_DESC:
        return;
    case SORT_NEWEST:
        break;
    }
    for (size_t i = 0; i < doc_block_documents; i++)
        block->passes[i] &= stays[i];
}

static void ranking_visit(void *context, struct filtered_block *block) {
    struct ranking *r = context;
    uint8_t slots[doc_block_documents];
    ranking_count(r, block);
    if (r->count == r->room)
        ranking_narrow(r, block);
    size_t count = passes_list(block->passes, slots);
    for (size_t i = 0; i < count; i++) {
        struct candidate c = candidate_of(r->sort, block, slots[i]);
        if (c.seq < r->before)
            ranking_put(r, &c);
    }
}

/* ---- Whole names. */

struct named_candidate {
    struct str name; /* folded */
    size_t index;    /* in the page */
    struct candidate candidate;
};

static int named_compare_asc(const void *a, const void *b) {
    const struct named_candidate *x = a, *y = b;
    int order = str_compare(x->name, y->name);
    return order ? order : candidate_compare(&x->candidate, &y->candidate);
}

static int named_compare_desc(const void *a, const void *b) {
    const struct named_candidate *x = a, *y = b;
    int order = str_compare(y->name, x->name);
    return order ? order : candidate_compare(&x->candidate, &y->candidate);
}

static int (*named_compare(enum search_sort sort))(const void *, const void *) {
    return sort == SORT_NAME_ASC ? named_compare_asc : named_compare_desc;
}

struct named_candidates {
    struct arena *arena;
    struct named_candidate *data;
    size_t count;
    bool no_memory;
};

/* Keeps a product's name, folded. Nearly all letters fold to fewer bytes than twice their own; a name that does not is
 * cut, and ordered by what is left. */
static void named_set(void *context, size_t i, struct str name) {
    struct named_candidates *named = context;
    size_t room = name.size * 2 + fold_bytes_max;
    char *folded = arena_grow(named->arena, NULL, 0, room);
    if (folded)
        named->data[i].name = (struct str){folded, text_fold(name, folded, room)};
    else
        named->no_memory = true;
}

/* Reads the names of all of them, in one statement. */
static enum status named_read(struct shop_ctx *ctx, struct named_candidates *named) {
    int64_t *seqs = arena_array(ctx->arena, named->count, sizeof *seqs);
    if (!seqs)
        return STATUS_NO_MEMORY;
    for (size_t i = 0; i < named->count; i++) {
        seqs[i] = named->data[i].candidate.seq;
        named->data[i].name = STR("");
    }
    TRY(product_names_by_seqs(ctx, seqs, named->count, named_set, named));
    return named->no_memory ? STATUS_NO_MEMORY : STATUS_OK;
}

/* Finds the end of the group that starts at `first`. */
static size_t group_end(const struct ranking *r, size_t first) {
    size_t end = first + 1;
    while (end < r->count && candidates_tie(&r->data[first], &r->data[end]))
        end++;
    return end;
}

/* Whether a group is ordered by whole names. `whole`: all ties were kept.
 *
 * Every page must decide the same about a group, or pages would not fit together. So the decision depends on
 * the group's size alone: more than name_ties_max members stay newest first, on whichever page. If there are
 * more ties than were kept, the last group is larger than that. */
static bool group_is_ordered(const struct ranking *r, size_t first, size_t end, bool whole) {
    return end - first > 1 && end - first <= name_ties_max && (whole || end < r->count);
}

/* Appends the ties to `data`, which is sorted by the keys and has room for them. False if they were too many. */
static bool ranking_append_ties(struct ranking *r) {
    if (r->tie_count > name_ties_max)
        return false;
    memcpy(r->data + r->count, r->ties, r->tie_count * sizeof *r->data);
    r->count += r->tie_count;
    return true;
}

/* Finds the start of the group that `at` is in. */
static size_t group_start(const struct ranking *r, size_t at) {
    while (at > 0 && at < r->count && candidates_tie(&r->data[at - 1], &r->data[at]))
        at--;
    return at;
}

/* Orders the groups of equal name keys from `start` on. `whole`: the ties are among them. The members of all groups lie
 * in `named` one after the other. */
static enum status sort_groups(struct shop_ctx *ctx, struct ranking *r, size_t start, bool whole) {
    struct named_candidates named = {.arena = ctx->arena};
    if (start >= r->count)
        return STATUS_OK;
    named.data = arena_array(ctx->arena, r->count - start, sizeof *named.data);
    if (!named.data)
        return STATUS_NO_MEMORY;
    for (size_t first = start, end; first < r->count; first = end) {
        end = group_end(r, first);
        for (size_t i = first; i < end && group_is_ordered(r, first, end, whole); i++)
            named.data[named.count++].candidate = r->data[i];
    }
    TRY(named_read(ctx, &named));
    struct named_candidate *group = named.data;
    for (size_t first = start, end; first < r->count; first = end) {
        end = group_end(r, first);
        if (!group_is_ordered(r, first, end, whole))
            continue;
        qsort(group, end - first, sizeof *group, named_compare(r->sort));
        for (size_t i = first; i < end; i++)
            r->data[i] = (group++)->candidate;
    }
    return STATUS_OK;
}

/* Leaves the order of the groups from `start` on to rank_order_products(). */
static enum status leave_groups(struct shop_ctx *ctx, const struct ranking *r, size_t start, size_t offset,
                                struct ranked_page *out) {
    out->skip = offset - start;
    out->ties = arena_array(ctx->arena, r->count - start, sizeof *out->ties);
    out->seqs = arena_array(ctx->arena, r->count - start, sizeof *out->seqs);
    if (!out->ties || !out->seqs)
        return STATUS_NO_MEMORY;
    for (size_t i = start; i < r->count; i++) {
        out->ties[out->count] = i > start && candidates_tie(&r->data[i - 1], &r->data[i]);
        out->seqs[out->count++] = r->data[i].seq;
    }
    return STATUS_OK;
}

enum status rank_order_products(struct shop_ctx *ctx, enum search_sort sort, const struct ranked_page *page,
                                struct product *products) {
    struct named_candidates named = {.arena = ctx->arena, .count = page->count};
    struct product *unordered = arena_array(ctx->arena, page->count, sizeof *unordered);
    named.data = arena_array(ctx->arena, page->count, sizeof *named.data);
    if (!unordered || !named.data)
        return STATUS_NO_MEMORY;
    for (size_t i = 0; i < page->count; i++) {
        unordered[i] = products[i];
        named.data[i] = (struct named_candidate){.index = i, .candidate.seq = page->seqs[i]};
        named_set(&named, i, products[i].name);
    }
    if (named.no_memory)
        return STATUS_NO_MEMORY;
    for (size_t first = 0, end; first < page->count; first = end) {
        for (end = first + 1; end < page->count && page->ties[end];)
            end++;
        qsort(named.data + first, end - first, sizeof *named.data, named_compare(sort));
    }
    for (size_t i = 0; i < page->count; i++)
        products[i] = unordered[named.data[i].index];
    return STATUS_OK;
}

/* Whether the rows of so many candidates may be read to show `limit` of them. */
static bool rows_are_few(size_t count, size_t limit) {
    enum { further_max = 100 };
    return count <= limit + further_max;
}

/* Puts the candidates in order. By name, may leave that to rank_order_products(). */
static enum status ranking_order(struct shop_ctx *ctx, struct ranking *r, size_t offset, size_t limit,
                                 struct ranked_page *out) {
    qsort(r->data, r->count, sizeof *r->data, candidate_compare);
    if (!sort_is_by_name(r->sort) || offset >= r->count)
        return STATUS_OK;
    size_t start = group_start(r, offset);
    bool whole = ranking_append_ties(r);
    if (whole && rows_are_few(r->count - start, limit))
        return leave_groups(ctx, r, start, offset, out);
    return sort_groups(ctx, r, start, whole);
}

enum status rank_page(struct shop_ctx *ctx, const struct filter *filter, const struct ranking_wish *wish,
                      struct ranked_page *out) {
    enum search_sort sort = wish->sort;
    int64_t limit = wish->limit, offset = wish->offset;
    bool by_name = sort_is_by_name(sort);
    struct ranking r = {.room = (size_t)(limit + offset), .sort = sort};
    r.before = wish->before ? wish->before : INT64_MAX;
    r.data = arena_array(ctx->arena, r.room + (by_name ? name_ties_max : 0), sizeof *r.data);
    r.ties = by_name ? arena_array(ctx->arena, name_ties_max, sizeof *r.ties) : NULL;
    *out = (struct ranked_page){.seqs = arena_array(ctx->arena, (size_t)limit, sizeof *out->seqs)};
    out->scores = arena_array(ctx->arena, (size_t)limit, sizeof *out->scores);
    if (!r.data || !out->seqs || !out->scores || (by_name && !r.ties))
        return STATUS_NO_MEMORY;
    TRY(filter_blocks(ctx, filter, ranking_visit, &r));
    TRY(ranking_order(ctx, &r, (size_t)offset, (size_t)limit, out));
    for (size_t i = (size_t)offset; !out->ties && i < r.count && out->count < (size_t)limit; i++) {
        out->scores[out->count] = (uint16_t)(UINT16_MAX - (r.data[i].major >> 8));
        out->seqs[out->count++] = r.data[i].seq;
    }
    out->total = r.leading ? r.leading : r.tail;
    out->further = r.leading && sort == SORT_RELEVANCE ? r.tail : 0;
    return STATUS_OK;
}
