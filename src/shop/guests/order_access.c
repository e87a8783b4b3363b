#include "shop/guests/order_access.h"

#include "shop/orders/order_link.h"

#define order_access_us (order_access_days * INT64_C(24) * 3600 * 1000000)

enum status order_access_open(struct shop_ctx *ctx, const struct uuid *session, struct str token,
                              struct order_access *out) {
    static const struct sql sql =
        SQL("INSERT INTO order_access (session, order_seq, until) VALUES ($1, $2, $3)"
            " ON CONFLICT (session, order_seq) DO UPDATE SET until = excluded.until");
    static const struct sql id_sql = SQL("SELECT id FROM orders WHERE seq = $1");
    char *number = arena_alloc(ctx->arena, order_number_size);
    int64_t seq = 0;
    if (!number)
        return STATUS_NO_MEMORY;
    TRY(order_link_find(ctx, token, &seq));
    *out = (struct order_access){.number = {number, order_number_size},
                                 .until = clock_now_us(ctx->clock) + order_access_us};
    TRY(db_exec_deferred(ctx->db, &sql, ARGS(db_uuid(session), db_int(seq), db_int(out->until))));
    struct db_rows *rows = db_query(ctx->db, &id_sql, ARGS(db_int(seq)));
    if (db_step(rows))
        out->id = db_column_uuid(rows, 0);
    TRY(db_finish_or(rows, STATUS_LINK_OVER));
    order_number_format(&out->id, number);
    return STATUS_OK;
}

enum status order_access_sweep(struct shop_ctx *ctx, int64_t limit, int64_t *removed) {
    static const struct sql sql =
        SQL("DELETE FROM order_access WHERE (session, order_seq) IN"
            " (SELECT session, order_seq FROM order_access WHERE until <= $1 ORDER BY until LIMIT $2)");
    return db_exec(ctx->db, &sql, ARGS(db_int(clock_now_us(ctx->clock)), db_int(limit)), removed);
}
