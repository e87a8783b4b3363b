/* How documents are filtered.
 *
 * What filters and sorts need of a document lies in doc values: for each block of 256 documents one row with
 * an array of prices, one of category ids and one of name lengths (shop/index/doc_values.h). A filter reads
 * these rows from the newest to the oldest and touches no row of a product.
 *
 *     posting block   4096 documents  |0   |1   |2   | … |15  |     16 doc blocks each
 *     hits->blocks[b]->score          [..............…........]
 *     doc block 16 b + 2                        [....]              256 scores, prices, categories, lengths
 *
 * Without a text it reads all rows. With one, it reads those of the doc blocks that have a score other than 0:
 * a rare word costs a few rows, a frequent one the whole scan. */
#include "shop/search/filter.h"

#include "base/buf.h"
#include "base/thread/thread.h"

#include <endian.h>
#include <string.h>

enum { doc_blocks_bits = posting_block_bits - doc_block_bits }; /* of the doc blocks in a posting block */

/* The scores of a doc block; NULL if nothing in its posting block matches. */
static const uint16_t *hits_scores(const struct hits *hits, int64_t block) {
    const struct hit_block *hit = hits->blocks[block >> doc_blocks_bits];
    return hit ? hit->score + ((size_t)(block & ((1 << doc_blocks_bits) - 1)) << doc_block_bits) : NULL;
}

/* The sum is 16 bits wide, because all 256 may pass, and no wider, so that a vector adds eight at once. */
size_t passes_count(const uint8_t passes[static doc_block_documents]) {
    uint16_t count = 0;
    for (size_t i = 0; i < doc_block_documents; i++)
        count = (uint16_t)(count + passes[i]);
    return count;
}

/* Eight bytes at a time become the bits of a byte: the product has the lowest bit of each in its highest byte. */
size_t passes_list(const uint8_t passes[static doc_block_documents],
                   uint8_t out[static doc_block_documents]) {
    const uint64_t gather = 0x0102040810204080;
    size_t count = 0;
    for (size_t first = doc_block_documents; (first -= 8) < doc_block_documents;) {
        uint64_t eight;
        memcpy(&eight, passes + first, sizeof eight);
        if (!eight)
            continue;
        for (unsigned bits = (unsigned)(le64toh(eight) * gather >> 56), top; bits; bits ^= 1U << top) {
            top = 31 - (unsigned)__builtin_clz(bits);
            out[count++] = (uint8_t)(first + top);
        }
    }
    return count;
}

/* Sets 1 for each document of a side. `withdrawn` may be absent. */
static void filter_side(enum shelf_side side, const struct doc_scan *scan,
                        uint8_t passes[static doc_block_documents]) {
    static const uint8_t none[doc_block_documents];
    const uint8_t *withdrawn = side != SIDE_ACTIVE && scan->withdrawn ? scan->withdrawn : none;
    const uint8_t *active = side != SIDE_WITHDRAWN ? scan->lengths : none;
    for (size_t i = 0; i < doc_block_documents; i++)
        passes[i] = (uint8_t)((active[i] | withdrawn[i]) != 0);
}

/* Finds out which documents of a block pass. It uses single bits in place of && and ||, and has no branch for
 * a document: which ones pass cannot be predicted, so branches would cost more than all the rest. Whatever has a score is
 * active, because only active documents have words. */
static void filter_block(const struct filter *filter, const struct doc_scan *scan, const uint16_t *scores,
                         struct filtered_block *out) {
    uint8_t *passes = out->passes, found[doc_block_documents] = {0};
    const int64_t *categories = filter->categories.data;
    if (scores)
        for (size_t i = 0; i < doc_block_documents; i++)
            passes[i] = scores[i] != 0;
    else
        filter_side(filter->side, scan, passes);
    for (size_t c = 0; c < filter->categories.count; c++)
        doc_packed_find(scan->categories, (uint64_t)categories[c], (uint64_t)categories[c], found);
    if (filter->categories.count > 0)
        for (size_t i = 0; i < doc_block_documents; i++)
            passes[i] &= found[i];
    if (filter_has_prices(filter)) {
        memset(found, 0, sizeof found);
        doc_packed_find(scan->prices, (uint64_t)filter->min_price, (uint64_t)filter->max_price, found);
        for (size_t i = 0; i < doc_block_documents; i++)
            passes[i] &= found[i];
    }
    if (filter->in_stock.is_set)
        sold_out_filter(&filter->sold_out, scan->block, !filter->in_stock.value, passes);
    if (filter->low)
        sold_out_filter(filter->low, scan->block, true, passes);
    out->count = passes_count(passes);
    out->prices = scan->prices;
    out->categories = scan->categories;
    out->scores = scores;
    out->has_tail = filter->hits && filter->hits->has_tail;
    out->lengths = scan->lengths;
    out->names = scan->names;
    out->first = scan->block << doc_block_bits;
}

/* Goes through a scan that was begun. */
static enum status filter_scan(const struct filter *filter, struct doc_scan *scan, filter_visitor *visit,
                               void *context) {
    struct filtered_block block;
    while (doc_scan_next(scan)) {
        thread_yield_if_due();
        const uint16_t *scores = filter->hits ? hits_scores(filter->hits, scan->block) : NULL;
        if ((filter->hits && !scores) || scan->block > filter->last >> doc_block_bits)
            continue;
        filter_block(filter, scan, scores, &block);
        if (block.count > 0)
            visit(context, &block);
    }
    return doc_scan_end(scan);
}

static enum status filter_range(struct shop_ctx *ctx, const struct filter *filter, int64_t first,
                                int64_t last, filter_visitor *visit, void *context) {
    struct doc_scan scan;
    doc_scan_begin(&scan, ctx, first, last, filter->columns);
    return filter_scan(filter, &scan, visit, context);
}

static enum status filter_choice(struct shop_ctx *ctx, const struct filter *filter, filter_visitor *visit,
                                 void *context) {
    struct doc_scan scan;
    doc_scan_begin_choice(&scan, ctx, &filter->choice, filter->columns);
    return filter_scan(filter, &scan, visit, context);
}

/* A few ranges of doc blocks, newest first. */
struct block_ranges {
    struct {
        int64_t first, last;
    } data[64];
    size_t count;
};

static enum status filter_ranges(struct shop_ctx *ctx, const struct filter *filter,
                                 struct block_ranges *ranges, filter_visitor *visit, void *context) {
    enum status s = STATUS_OK;
    for (size_t i = 0; i < ranges->count && ranges->count > 1; i++)
        (void)doc_scan_announce(ctx, ranges->data[i].first, ranges->data[i].last, filter->columns);
    for (size_t i = 0; i < ranges->count && s == STATUS_OK; i++)
        s = filter_range(ctx, filter, ranges->data[i].first, ranges->data[i].last, visit, context);
    ranges->count = 0;
    return s;
}

/* Goes through the doc blocks in which something matches, in as few statements as pay off: a gap of up to
 * gap_max blocks is read and passed over, because that costs less than another statement. */
static enum status filter_hits(struct shop_ctx *ctx, const struct filter *filter, filter_visitor *visit,
                               void *context) {
    enum { gap_max = 3 };
    struct block_ranges ranges = {.count = 0};
    for (int64_t b = ((int64_t)filter->hits->block_count << doc_blocks_bits) - 1; b >= 0; b--) {
        const struct hit_block *hit = filter->hits->blocks[b >> doc_blocks_bits];
        if (!hit || !(hit->filled >> (b & ((1 << doc_blocks_bits) - 1)) & 1))
            continue;
        if (ranges.count > 0 && ranges.data[ranges.count - 1].first - b <= gap_max) {
            ranges.data[ranges.count - 1].first = b;
            continue;
        }
        if (ranges.count == sizeof ranges.data / sizeof ranges.data[0])
            TRY(filter_ranges(ctx, filter, &ranges, visit, context));
        ranges.data[ranges.count].first = ranges.data[ranges.count].last = b;
        ranges.count++;
    }
    return filter_ranges(ctx, filter, &ranges, visit, context);
}

void filter_announce_all(struct shop_ctx *ctx, struct filter *filter, int64_t last_block) {
    filter->last_block = last_block;
    if (doc_scan_announce(ctx, 0, last_block, filter->columns))
        filter->announced = FILTER_ALL;
}

/* Which blocks a text needs is known only when its postings are there, and waiting for them costs a round trip.
 * - All blocks are sent along if they are few (64 are 120 KB, with names 360 KB), or if the text is one word that needs
 *   most of them.
 * - If the rarest word is in few documents, only their blocks are: no hit is anywhere else. */
enum status filter_announce(struct shop_ctx *ctx, struct filter *filter, const struct match *match) {
    enum { few_blocks = 64, few_documents = 1024 };
    int64_t last = filter->last >> doc_block_bits;
    size_t words;
    const struct query_word *rarest = match_rarest(match, &words);
    int64_t documents = rarest ? query_documents(rarest, MATCH_SPELLING) : 0;
    if (last < few_blocks || (words == 1 && documents > few_documents && documents > last / 2)) {
        filter_announce_all(ctx, filter, last);
    } else if (rarest && documents <= few_documents && !query_has_phrase(rarest)) {
        struct buf terms = buf_new(ctx->arena);
        for (size_t i = 0; i < rarest->count; i++) {
            buf_put_char(&terms, i ? ',' : '[');
            buf_put_int(&terms, rarest->terms[i].id);
        }
        buf_put_char(&terms, ']');
        if (!buf_ok(&terms))
            return STATUS_NO_MEMORY;
        filter->choice = (struct doc_choice){buf_str(&terms), 0, filter->last >> posting_block_bits};
        if (doc_scan_announce_choice(ctx, &filter->choice, filter->columns))
            filter->announced = FILTER_CHOICE;
    }
    return STATUS_OK;
}

void filter_forget_choice(struct filter *filter) {
    if (filter->announced == FILTER_CHOICE)
        filter->announced = FILTER_NOTHING;
}

enum status filter_blocks(struct shop_ctx *ctx, const struct filter *filter, filter_visitor *visit,
                          void *context) {
    if (filter->announced == FILTER_CHOICE)
        return filter_choice(ctx, filter, visit, context);
    if (filter->hits && filter->announced == FILTER_NOTHING)
        return filter_hits(ctx, filter, visit, context);
    return filter_range(ctx, filter, 0,
                        filter->announced == FILTER_ALL ? filter->last_block : filter->last >> doc_block_bits,
                        visit, context);
}
