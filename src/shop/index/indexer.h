/* Keeps the search index in step with the products, one change at a time. For many new products see
 * bulk.h. */
#pragma once

#include "shop/index/doc_values.h"
#include "shop/index/postings.h"

/* Brings the index up to one product's change, in the transaction of the change. `before` and `after` are the
 * product as it was and as it is. NULL if it is new, or is no longer there. Both have the same seq.
 *
 * The index has a product's name, category, description and price, and whether it is withdrawn. It writes nothing if
 * these are the same, so a change of stock or picture need not come here. */
MUST_CHECK enum status index_update(struct shop_ctx *ctx, const struct index_document *before,
                                    const struct index_document *after);

/* The same for many products that were there before and still are, in the order of their seqs: it writes each block of doc
 * values once. */
MUST_CHECK enum status index_update_all(struct shop_ctx *ctx, const struct index_document *before,
                                        const struct index_document *after, size_t count);
