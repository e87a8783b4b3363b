/* Which documents are sold out.
 *
 * Stock is not a doc value: it changes with every order, and a change of a doc value writes a block of 256
 * documents. Triggers keep a table of the products whose stock is 0. They write only when a stock becomes 0 or is
 * no longer, so an order costs nothing more. A search that filters by stock reads the table into bits. Its cost
 * grows with how many products are sold out. */
#pragma once

#include "shop/index/doc_values.h"

struct sold_out {
    const uint8_t *bits; /* by seq, lowest bit first */
    int64_t block_count; /* of doc blocks that have bits; in later ones nothing is sold out */
};

/* Reads the table. Announcing it before lets PostgreSQL answer together with the statement in between. */
void sold_out_announce(struct shop_ctx *ctx);
MUST_CHECK enum status sold_out_read(struct shop_ctx *ctx, struct sold_out *out);

/* Reads which products have less than `below` units, which is at most SCARCE_BELOW_NUMBER. `are_few` is false, and
 * nothing is read, if more than scarce_rows_max products are scarce: one in thirty of a million. */
enum { scarce_rows_max = 30000 };
MUST_CHECK enum status scarce_read(struct shop_ctx *ctx, int64_t below, struct sold_out *out, bool *are_few);

/* Clears those of a doc block's documents in `passes` that are sold out, or if `wanted`, those that are not. */
void sold_out_filter(const struct sold_out *sold_out, int64_t block, bool wanted,
                     uint8_t passes[static doc_block_documents]);
