#include "shop/search/sold_out.h"

enum { block_bytes = doc_block_documents / 8 };

/* The newest first, so that the first row says how many bits there are. */
static const struct sql sold_out_sql = SQL("SELECT seq FROM sold_out ORDER BY seq DESC");

void sold_out_announce(struct shop_ctx *ctx) {
    db_prefetch(ctx->db, &sold_out_sql, NO_ARGS);
}

/* Reads the seqs of a statement, of which the first is the largest, into bits, and finishes it. */
static enum status seq_bits_read(struct shop_ctx *ctx, struct db_rows *rows, struct sold_out *out) {
    uint8_t *bits = NULL;
    *out = (struct sold_out){.block_count = 0};
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

enum status sold_out_read(struct shop_ctx *ctx, struct sold_out *out) {
    return seq_bits_read(ctx, db_query(ctx->db, &sold_out_sql, NO_ARGS), out);
}

/* The stock is looked up by a subquery: PostgreSQL might read all products in order to join them. */
enum status scarce_read(struct shop_ctx *ctx, int64_t below, struct sold_out *out, bool *are_few) {
    static const struct sql count_sql = SQL("SELECT count(*) FROM (SELECT seq FROM scarce LIMIT $1) AS s");
    static const struct sql sql =
        SQL("SELECT s.seq FROM scarce AS s WHERE"
            " (SELECT p.stock_quantity FROM products AS p WHERE p.seq = s.seq) < $1 ORDER BY s.seq DESC");
    int64_t count = 0;
    TRY(db_get_int(ctx->db, &count_sql, ARGS(db_int(scarce_rows_max + 1)), &count));
    *are_few = count <= scarce_rows_max;
    return *are_few ? seq_bits_read(ctx, db_query(ctx->db, &sql, ARGS(db_int(below))), out) : STATUS_OK;
}

void sold_out_filter(const struct sold_out *sold_out, int64_t block, bool wanted,
                     uint8_t passes[static doc_block_documents]) {
    static const uint8_t none[block_bytes];
    const uint8_t *bits = block < sold_out->block_count ? sold_out->bits + block * block_bytes : none;
    for (size_t i = 0; i < doc_block_documents; i++)
        passes[i] = (uint8_t)(passes[i] & ((bits[i / 8] >> i % 8 & 1) == wanted));
}
