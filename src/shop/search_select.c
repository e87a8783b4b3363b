#include "shop/search_select.h"

#include "base/thread.h"

/* Whether any document of a block of columns has a score. */
static bool any_score(const uint16_t *scores) {
    unsigned any = 0;
    for (size_t i = 0; i < column_block_documents; i++)
        any |= scores[i];
    return any != 0;
}

/* Finds out which documents of a block pass. Single bits instead of && and ||, and no branch a document: what
 * passes cannot be predicted, so branches would cost the most of all. */
static void filter(const struct selection *selection, const struct column_scan *scan, const uint16_t *scores,
                   struct selected_block *out) {
    bool passes[column_block_documents], any_category = selection->category == 0;
    column_unpack(scan->prices, out->prices);
    column_unpack(scan->categories, out->categories);
    for (size_t i = 0; i < column_block_documents; i++)
        passes[i] = (scan->lengths[i] != 0) & (any_category | (out->categories[i] == selection->category));
    if (selection->min_price > 0 || selection->max_price < INT64_MAX)
        for (size_t i = 0; i < column_block_documents; i++)
            passes[i] &= (out->prices[i] >= selection->min_price) & (out->prices[i] <= selection->max_price);
    for (size_t i = 0; scores && i < column_block_documents; i++)
        passes[i] &= scores[i] != 0;
    out->count = 0;
    for (size_t i = column_block_documents; i-- > 0; out->count += passes[i])
        out->places[out->count] = (uint8_t)i;
    out->scores = scores;
    out->lengths = scan->lengths;
    out->names = scan->names;
    out->first = scan->block << column_block_bits;
}

/* The scores of the hits in a block of columns; NULL where there are none. */
static const uint16_t *scores_of(const struct hits *hits, int64_t block) {
    enum { ratio_bits = posting_block_bits - column_block_bits };
    const struct hit_block *hit = hits->blocks[block >> ratio_bits];
    size_t at = (size_t)(block & ((1 << ratio_bits) - 1)) << column_block_bits;
    return hit && any_score(hit->score + at) ? hit->score + at : NULL;
}

typedef void (*visitor)(void *context, const struct selected_block *block);

static enum status select_range(struct tx *tx, const struct selection *selection, int64_t first, int64_t last,
                                bool names, visitor visit, void *context) {
    struct selected_block block;
    struct column_scan scan;
    scan_begin(&scan, tx, first, last, names);
    while (scan_next(&scan)) {
        thread_make_way();
        const uint16_t *scores = selection->hits ? scores_of(selection->hits, scan.block) : NULL;
        if (selection->hits && !scores)
            continue;
        filter(selection, &scan, scores, &block);
        if (block.count > 0)
            visit(context, &block);
    }
    return scan_end(&scan);
}

/* Goes through the blocks of columns in which something matches. A gap of a few blocks is read and passed
 * over: that costs less than another statement. */
static enum status select_hits(struct tx *tx, const struct selection *selection, bool names, visitor visit,
                               void *context) {
    enum { ratio_bits = posting_block_bits - column_block_bits, gap_max = 3 };
    int64_t first = -1, last = -1;
    enum status s = STATUS_OK;
    for (int64_t b = ((int64_t)selection->hits->block_count << ratio_bits) - 1; b >= 0 && s == STATUS_OK;
         b--) {
        if (!scores_of(selection->hits, b))
            continue;
        if (last >= 0 && first - b > gap_max) {
            s = select_range(tx, selection, first, last, names, visit, context);
            last = -1;
        }
        last = last < 0 ? b : last;
        first = b;
    }
    return s == STATUS_OK && last >= 0 ? select_range(tx, selection, first, last, names, visit, context) : s;
}

enum status select_blocks(struct tx *tx, const struct selection *selection, bool names, visitor visit,
                          void *context) {
    if (selection->hits)
        return select_hits(tx, selection, names, visit, context);
    return select_range(tx, selection, 0, selection->last >> column_block_bits, names, visit, context);
}
