#include "shop/staff/throttle.h"

enum { tries_free = 5 };
#define wait_us_min (INT64_C(1) * 1000000)
#define wait_us_max (INT64_C(900) * 1000000)
#define forgotten_us (INT64_C(24) * 3600 * 1000000)

/* How long the next try waits after so many. */
static int64_t throttle_wait_us(int64_t tries) {
    int64_t doublings = tries - tries_free;
    if (doublings < 0)
        return 0;
    return doublings < 10 ? wait_us_min << doublings : wait_us_max;
}

/* Counts a try, unless it must wait: then STATUS_NOT_FOUND. One statement counts and looks, because of two transactions
 * that try at once the second waits for the row, and then looks at what the first has written. No wait is longer than
 * wait_us_max: if one is, the clock was set back since, and it is over. */
static enum status throttle_count(struct shop_ctx *ctx, const struct uuid *key, int64_t now_us,
                                  int64_t *tries) {
    static const struct sql sql =
        SQL("INSERT INTO throttles (key, failures, until) VALUES ($1, 1, $2)"
            " ON CONFLICT (key) DO UPDATE SET until = excluded.until,"
            " failures = CASE WHEN throttles.until <= $3 THEN 1 ELSE throttles.failures + 1 END"
            " WHERE throttles.until <= excluded.until OR throttles.failures < $4 OR throttles.until > $5"
            " RETURNING failures");
    struct db_rows *rows = db_query(ctx->db, &sql,
                                    ARGS(db_uuid(key), db_int(now_us), db_int(now_us - forgotten_us),
                                         db_int(tries_free), db_int(now_us + wait_us_max)));
    if (db_step(rows))
        *tries = db_column_int(rows, 0);
    return db_finish_or(rows, STATUS_NOT_FOUND);
}

enum status throttle_try(struct shop_ctx *ctx, const struct uuid *key, int64_t *wait_us) {
    static const struct sql read_sql = SQL("SELECT until FROM throttles WHERE key = $1");
    static const struct sql wait_sql = SQL("UPDATE throttles SET until = $1 WHERE key = $2");
    int64_t now_us = clock_now_us(ctx->clock), tries = 0, until_us = 0;
    enum status s = throttle_count(ctx, key, now_us, &tries);
    *wait_us = 0;
    if (s == STATUS_NOT_FOUND) {
        TRY(db_get_int(ctx->db, &read_sql, ARGS(db_uuid(key)), &until_us));
        *wait_us = until_us > now_us ? until_us - now_us : 1; /* 1: another request has cleared it since */
        return STATUS_OK;
    }
    TRY(s);
    if (tries < tries_free)
        return STATUS_OK;
    return db_exec_deferred(ctx->db, &wait_sql, ARGS(db_int(now_us + throttle_wait_us(tries)), db_uuid(key)));
}

enum status throttle_clear(struct shop_ctx *ctx, const struct uuid *key) {
    static const struct sql sql = SQL("DELETE FROM throttles WHERE key = $1");
    return db_exec_deferred(ctx->db, &sql, ARGS(db_uuid(key)));
}

enum status throttle_sweep(struct shop_ctx *ctx, int64_t limit, int64_t *removed) {
    static const struct sql sql =
        SQL("DELETE FROM throttles WHERE key IN (SELECT key FROM throttles WHERE until < $1"
            " ORDER BY until LIMIT $2)");
    return db_exec(ctx->db, &sql, ARGS(db_int(clock_now_us(ctx->clock) - forgotten_us), db_int(limit)),
                   removed);
}
