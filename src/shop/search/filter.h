/* The documents that a text matches and that pass the filters of category, price and stock. */
#pragma once

#include "shop/index/doc_values.h"
#include "shop/search/match.h"
#include "shop/search/sold_out.h"

/* Which doc blocks PostgreSQL sends along with the postings. */
enum filter_announced {
    FILTER_NOTHING, /* those that the hits need are read when the hits are known */
    FILTER_CHOICE,  /* those of the rarest word */
    FILTER_ALL,
};

/* Which documents pass, by whether shoppers see them. Only those that are active have words. */
enum shelf_side { SIDE_ACTIVE, SIDE_WITHDRAWN, SIDE_ANY };

struct filter {
    enum shelf_side side;
    const struct hits *hits;      /* NULL: there is no text, so all documents match */
    int64_t last;                 /* the newest visible document's seq */
    struct list categories;       /* int64_t, ids; empty: any */
    int64_t min_price, max_price; /* minor units, both inclusive */
    struct maybe_bool in_stock;   /* whether there is any stock; not set: either */
    struct sold_out sold_out;     /* filled if in_stock is set */
    const struct sold_out *low;   /* those that may pass; NULL: any */
    struct doc_columns columns;   /* what the filter and its visitors need */
    enum filter_announced announced;
    struct doc_choice choice; /* FILTER_CHOICE */
    int64_t last_block;       /* FILTER_ALL: what was announced; the newer blocks are an import's */
};

/* Whether it leaves out any price. */
static inline bool filter_has_prices(const struct filter *filter) {
    return filter->min_price > 0 || filter->max_price < INT64_MAX;
}

/* One block of doc values, with the documents that pass. A document's slot is its index in the block: all arrays have an
 * element for each. */
struct filtered_block {
    int64_t first;                       /* seq of slot 0 */
    size_t count;                        /* of documents that pass */
    uint8_t passes[doc_block_documents]; /* 0 or 1; a visitor may clear those that it needs no more */
    struct str prices, categories;       /* packed: see doc_packed_at(); absent unless in filter->columns */
    const uint16_t *scores;              /* NULL without hits */
    bool has_tail;                       /* as in struct hits */
    const uint8_t *lengths;              /* of the names, in code points, up to 255 */
    const char *names; /* the first name_key_bytes of each folded name; NULL unless in filter->columns */
};

/* Whether the document of a slot leads, so that it comes before the tail. */
static inline bool filtered_block_leads(const struct filtered_block *block, size_t slot) {
    return !block->has_tail || (block->scores[slot] & hit_leads);
}

/* Counts the ones. */
size_t passes_count(const uint8_t passes[static doc_block_documents]);

/* Lists the slots of the documents that pass, newest first, and returns how many. */
size_t passes_list(const uint8_t passes[static doc_block_documents], uint8_t out[static doc_block_documents]);

typedef void filter_visitor(void *context, struct filtered_block *block);

/* Calls `visit` for every block in which a document passes, newest first. */
MUST_CHECK enum status filter_blocks(struct shop_ctx *ctx, const struct filter *filter, filter_visitor *visit,
                                     void *context);

/* Lets PostgreSQL send the doc values along with the postings of a text, if it is certain that not many more are sent
 * than are needed. filter_blocks() follows; if the hits are not those of the words as they are now, call
 * filter_forget_choice() before. */
MUST_CHECK enum status filter_announce(struct shop_ctx *ctx, struct filter *filter,
                                       const struct match *match);
void filter_forget_choice(struct filter *filter);

/* Announces all doc blocks up to this one. Without a text that is possible before filter->last is known. */
void filter_announce_all(struct shop_ctx *ctx, struct filter *filter, int64_t last_block);
