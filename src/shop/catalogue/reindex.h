/* Making the search index anew, after a change of how it is made. */
#pragma once

#include "shop/index/language.h"
#include "shop/shop_ctx.h"

/* Finds out whether the index was not made as this program makes it (INDEX_VERSION) in this language; NULL: in any.
 * `now` gets the language that the index has. */
MUST_CHECK enum status reindex_is_due(struct shop_ctx *ctx, const struct language *wanted,
                                      const struct language **now, bool *out);

/* Gives an index its language if the shop has no products yet: then nothing needs to be made anew. */
MUST_CHECK enum status reindex_begin_in(struct shop_ctx *ctx, const struct language *language);

struct reindex {
    const struct language *language; /* to make it in */
    /* Called with `context` now and then: how many products of how many are indexed. NULL: nobody looks. */
    void (*show)(void *context, int64_t done, int64_t all);
    void *context;
};

/* Makes the index anew from the products, in one transaction of its own. Readers have the old index until it commits;
 * changes of products wait. `ctx` needs no arena. STATUS_CONFLICT, and nothing is done, if an import is under way, or
 * another program does the same. After the work of a broken import it cleans up first. */
MUST_CHECK enum status reindex_run(struct shop_ctx *ctx, const struct reindex *reindex);
