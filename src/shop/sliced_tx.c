#include "shop/sliced_tx.h"

enum { rest_us = 100 };

enum status sliced_tx_begin(struct sliced_tx *sliced_tx, struct shop_ctx *ctx) {
    /* The lock of an engine with one writer is not fair: without a pause this thread would take it again at
     * once. */
    int64_t until = monotonic_us() + slice_yield_us_max;
    while (db_is_claimed(ctx->db, DB_WAITING) && monotonic_us() < until)
        sleep_us(rest_us);
    enum status s = db_begin(ctx->db, true);
    int64_t now = monotonic_us();
    sliced_tx->end_us = now + (db_is_claimed(ctx->db, DB_SERVING) ? slice_served_us : slice_alone_us);
    sliced_tx->poll_us = now + slice_poll_us;
    return s;
}

bool slice_is_over(struct sliced_tx *sliced_tx, struct shop_ctx *ctx) {
    int64_t now = monotonic_us();
    if (now < sliced_tx->poll_us)
        return false;
    sliced_tx->poll_us = now + slice_poll_us;
    return now >= sliced_tx->end_us || db_is_claimed(ctx->db, DB_WAITING);
}

enum status sliced_tx_next(struct sliced_tx *sliced_tx, struct shop_ctx *ctx) {
    TRY(sliced_tx_end(sliced_tx, ctx));
    if (sliced_tx->should_continue && !sliced_tx->should_continue(sliced_tx->context))
        return STATUS_STOPPING;
    return sliced_tx_begin(sliced_tx, ctx);
}

enum status slice_yield(struct sliced_tx *sliced_tx, struct shop_ctx *ctx) {
    return slice_is_over(sliced_tx, ctx) ? sliced_tx_next(sliced_tx, ctx) : STATUS_OK;
}

enum status sliced_tx_end(struct sliced_tx *sliced_tx, struct shop_ctx *ctx) {
    (void)sliced_tx;
    enum status s = db_commit(ctx->db);
    if (s != STATUS_OK)
        db_rollback(ctx->db);
    return s;
}
