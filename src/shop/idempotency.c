/* How a key protects a request.
 *
 * A request of one transaction (an order): find, effect and keep are in it, so after a crash either all of
 * them are there or nothing is. Two requests of one key at the same time run one after the other, because
 * idempotency_find locks a number made of the key. The second finds the first one's answer.
 *
 * A request of several transactions (a payment) holds its key as running in between:
 *
 *     prepare   find → STATUS_NOT_FOUND, effect, keep(running)     commit     key: running, created_at = now
 *     call      (no transaction)                                              others get STATUS_KEY_RUNNING
 *     apply     effect, complete(answer) or release                commit     key: the answer, or no key
 *
 * A crash in between would leave the key running for ever, so running is a lease. After idempotency_lease_us,
 * or when the server starts (idempotency_release_all), a retry may take the key over. Should the first
 * request still run after all, no harm is done: what takes a key may be repeated (shop/payments/flow.h). */
#include "shop/idempotency.h"

#include <string.h>

static struct db_value request_hash_value(const uint8_t request[static request_hash_size]) {
    return db_blob((struct str){(const char *)request, request_hash_size});
}

/* Makes a number of the key to lock. If two keys share one, they only wait for each other. */
static int64_t idempotency_lock_number(const struct uuid *session, struct str key) {
    uint64_t hash;
    memcpy(&hash, session->bytes, sizeof hash);
    for (size_t i = 0; i < key.size; i++)
        hash = (hash ^ (unsigned char)key.data[i]) * UINT64_C(0x100000001b3); /* FNV-1a */
    return (int64_t)hash;
}

enum status idempotency_find(struct shop_ctx *ctx, const struct uuid *session, struct str key,
                             const uint8_t request[static request_hash_size], struct stored_answer *out) {
    static const struct sql sql =
        SQL("SELECT request, http_status, body, created_at FROM idempotency_keys"
            " WHERE session = $1 AND key = $2");
    struct str hash = {0};
    int64_t created_at = 0;
    TRY(db_lock(ctx->db, idempotency_lock_number(session, key)));
    struct db_rows *rows = db_query(ctx->db, &sql, ARGS(db_uuid(session), db_text(key)));
    if (db_step(rows)) {
        hash = db_column_text(rows, 0, ctx->arena);
        *out = (struct stored_answer){db_column_int(rows, 1), db_column_text(rows, 2, ctx->arena)};
        created_at = db_column_int(rows, 3);
    }
    enum status s = db_finish(rows);
    if (s != STATUS_OK || !hash.data)
        return s == STATUS_OK ? STATUS_NOT_FOUND : s;
    if (!str_equal(hash, request_hash_value(request).bytes))
        return STATUS_KEY_REUSED;
    if (out->http_status != answer_running)
        return STATUS_OK;
    return clock_now_us(ctx->clock) - created_at < idempotency_lease_us ? STATUS_KEY_RUNNING
                                                                        : STATUS_NOT_FOUND;
}

enum status idempotency_keep(struct shop_ctx *ctx, const struct uuid *session, struct str key,
                             const uint8_t request[static request_hash_size],
                             const struct stored_answer *answer) {
    static const struct sql sql =
        SQL("INSERT INTO idempotency_keys (session, key, request, http_status, body, created_at)"
            " VALUES ($1, $2, $3, $4, $5, $6)"
            " ON CONFLICT (session, key) DO UPDATE SET http_status = excluded.http_status,"
            " body = excluded.body, created_at = excluded.created_at"
            " WHERE idempotency_keys.http_status = 0");
    return db_exec_deferred(ctx->db, &sql,
                            ARGS(db_uuid(session), db_text(key), request_hash_value(request),
                                 db_int(answer->http_status), db_blob(answer->body),
                                 db_int(clock_now_us(ctx->clock))));
}

enum status idempotency_complete(struct shop_ctx *ctx, const struct uuid *session, struct str key,
                                 const struct stored_answer *answer) {
    static const struct sql sql =
        SQL("UPDATE idempotency_keys SET http_status = $1, body = $2"
            " WHERE session = $3 AND key = $4 AND http_status = 0");
    return db_exec_deferred(
        ctx->db, &sql,
        ARGS(db_int(answer->http_status), db_blob(answer->body), db_uuid(session), db_text(key)));
}

enum status idempotency_release(struct shop_ctx *ctx, const struct uuid *session, struct str key) {
    static const struct sql sql =
        SQL("DELETE FROM idempotency_keys WHERE session = $1 AND key = $2 AND http_status = 0");
    return db_exec_deferred(ctx->db, &sql, ARGS(db_uuid(session), db_text(key)));
}

enum status idempotency_release_all(struct shop_ctx *ctx) {
    static const struct sql sql =
        SQL("DELETE FROM idempotency_keys WHERE created_at > $1 AND http_status = 0");
    return db_exec(ctx->db, &sql, ARGS(db_int(clock_now_us(ctx->clock) - idempotency_lease_us)), NULL);
}

enum status idempotency_sweep(struct shop_ctx *ctx, int64_t limit, int64_t *removed) {
    static const struct sql sql = {
        "DELETE FROM idempotency_keys WHERE (session, key) IN (SELECT session, key"
        " FROM idempotency_keys WHERE created_at < $1 ORDER BY created_at LIMIT $2)",
        "DELETE FROM idempotency_keys WHERE (session, key) IN (SELECT session, key FROM idempotency_keys"
        " WHERE created_at < $1 ORDER BY created_at LIMIT $2 FOR UPDATE SKIP LOCKED)"};
    return db_exec(ctx->db, &sql, ARGS(db_int(clock_now_us(ctx->clock) - idempotency_keep_us), db_int(limit)),
                   removed);
}
