#include "shop/outbox/audience.h"

#include "shop/schema/schema.h"

enum status audience_read(struct shop_ctx *ctx, struct audience *out) {
    static const struct sql sql = SQL("SELECT since, until FROM event_audience WHERE n = 1");
    *out = (struct audience){0};
    struct db_rows *rows = db_query(ctx->db, &sql, NO_ARGS);
    while (db_step(rows))
        *out = (struct audience){.since = db_column_int(rows, 0), .until = db_column_int(rows, 1)};
    TRY(db_finish(rows));
    event_interest_note_audience(ctx->interest, out->until);
    return STATUS_OK;
}

enum status audience_clock_was_set_back(struct shop_ctx *ctx) {
    static const struct sql sql = SQL("UPDATE event_audience SET until = $1 WHERE until > $1");
    int64_t until = clock_now_us(ctx->clock) + audience_us;
    event_interest_end_audience(ctx->interest, until);
    return db_exec(ctx->db, &sql, ARGS(db_int(until)), NULL);
}

/* Two nodes may do this at once: the later one then finds an audience that has begun. */
enum status audience_keep(struct shop_ctx *ctx, struct audience *out) {
    static const struct sql sql =
        SQL("INSERT INTO event_audience AS a (n, since, until) VALUES (1, $1, $2)"
            " ON CONFLICT (n) DO UPDATE SET"
            " since = CASE WHEN a.until <= excluded.since THEN excluded.since ELSE a.since END,"
            " until = CASE WHEN a.until > excluded.until THEN a.until ELSE excluded.until END");
    int64_t now = clock_now_us(ctx->clock);
    TRY(audience_read(ctx, out));
    if (out->until - now >= audience_renew_us)
        return STATUS_OK;
    int64_t since = out->since;
    TRY(db_exec_deferred(ctx->db, &sql, ARGS(db_int(now), db_int(now + audience_us))));
    TRY(audience_read(ctx, out));
    if (out->since != since)
        ctx->changes |= TOPIC_SETTINGS; /* so that other nodes know it at once */
    return STATUS_OK;
}
