#include "shop/search/sold_out.h"

enum { block_bytes = doc_block_documents / 8 };

/* The newest first, so that the first row says how many bits there are. */
static const struct sql sold_out_sql = SQL("SELECT seq FROM sold_out ORDER BY seq DESC");

void sold_out_announce(struct shop_ctx *ctx) {
    db_prefetch(ctx->db, &sold_out_sql, NO_ARGS);
}

enum status sold_out_read(struct shop_ctx *ctx, struct sold_out *out) {
    uint8_t *bits = NULL;
    *out = (struct sold_out){.block_count = 0};
    struct db_rows *rows = db_query(ctx->db, &sold_out_sql, NO_ARGS);
    while (db_step(rows)) {
        int64_t seq = db_column_int(rows, 0);
        if (!bits) {
            out->block_count = (seq >> doc_block_bits) + 1;
            out->bits = bits = arena_array(ctx->arena, (size_t)out->block_count, block_bytes);
        }
        if (!bits)
            break;
        bits[seq / 8] |= (uint8_t)(1 << seq % 8);
    }
    enum status s = db_finish(rows);
    return s == STATUS_OK && out->block_count > 0 && !bits ? STATUS_NO_MEMORY : s;
}

void sold_out_filter(const struct sold_out *sold_out, int64_t block, bool wanted,
                     uint8_t passes[static doc_block_documents]) {
    static const uint8_t none[block_bytes];
    const uint8_t *bits = block < sold_out->block_count ? sold_out->bits + block * block_bytes : none;
    for (size_t i = 0; i < doc_block_documents; i++)
        passes[i] = (uint8_t)(passes[i] & ((bits[i / 8] >> i % 8 & 1) == wanted));
}
