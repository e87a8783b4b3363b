#include "shop/idempotency.h"

#include <string.h>

static struct db_value hash_value(const uint8_t request[static request_hash_size]) {
    return db_blob((struct str){(const char *)request, request_hash_size});
}

/* A number for the key, to be locked by; that two keys share one only makes them wait for each other. */
static int64_t lock_of(const struct uuid *session, struct str key) {
    uint64_t hash;
    memcpy(&hash, session->bytes, sizeof hash);
    for (size_t i = 0; i < key.size; i++)
        hash = (hash ^ (unsigned char)key.at[i]) * UINT64_C(0x100000001b3); /* FNV-1a */
    return (int64_t)hash;
}

enum status idempotency_find(struct tx *tx, const struct uuid *session, struct str key,
                             const uint8_t request[static request_hash_size], struct stored_answer *out) {
    static const struct sql sql = {
        "SELECT request, http_status, body, created_at FROM idempotency_keys"
        " WHERE session = $1 AND key = $2",
        NULL};
    struct str hash = {0};
    int64_t created_at = 0;
    enum status s =
        db_lock(tx->db, lock_of(session, key)); /* who comes second waits for the first one's answer */
    if (s != STATUS_OK)
        return s;
    struct db_rows *rows = db_query(tx->db, &sql, ARGS(db_uuid(session), db_text(key)));
    if (db_step(rows)) {
        hash = db_column_text(rows, 0, tx->arena);
        *out = (struct stored_answer){db_column_int(rows, 1), db_column_text(rows, 2, tx->arena)};
        created_at = db_column_int(rows, 3);
    }
    s = db_finish(rows);
    if (s != STATUS_OK || !hash.at)
        return s == STATUS_OK ? STATUS_NOT_FOUND : s;
    if (!str_equal(hash, hash_value(request).bytes))
        return STATUS_KEY_REUSED;
    if (out->http_status != answer_running)
        return STATUS_OK;
    return clock_now_us(tx->clock) - created_at < idempotency_lease_us ? STATUS_KEY_RUNNING
                                                                       : STATUS_NOT_FOUND;
}

enum status idempotency_keep(struct tx *tx, const struct uuid *session, struct str key,
                             const uint8_t request[static request_hash_size],
                             const struct stored_answer *answer) {
    static const struct sql sql = {
        "INSERT INTO idempotency_keys (session, key, request, http_status, body, created_at)"
        " VALUES ($1, $2, $3, $4, $5, $6)"
        " ON CONFLICT (session, key) DO UPDATE SET http_status = excluded.http_status,"
        " body = excluded.body, created_at = excluded.created_at"
        " WHERE idempotency_keys.http_status = 0",
        NULL};
    return db_exec_later(tx->db, &sql,
                         ARGS(db_uuid(session), db_text(key), hash_value(request),
                              db_int(answer->http_status), db_blob(answer->body),
                              db_int(clock_now_us(tx->clock))));
}

enum status idempotency_settle(struct tx *tx, const struct uuid *session, struct str key,
                               const struct stored_answer *answer) {
    static const struct sql sql = {
        "UPDATE idempotency_keys SET http_status = $1, body = $2"
        " WHERE session = $3 AND key = $4 AND http_status = 0",
        NULL};
    return db_exec(tx->db, &sql,
                   ARGS(db_int(answer->http_status), db_blob(answer->body), db_uuid(session), db_text(key)),
                   NULL);
}

enum status idempotency_release(struct tx *tx, const struct uuid *session, struct str key) {
    static const struct sql sql = {
        "DELETE FROM idempotency_keys WHERE session = $1 AND key = $2 AND http_status = 0", NULL};
    return db_exec(tx->db, &sql, ARGS(db_uuid(session), db_text(key)), NULL);
}

enum status idempotency_release_all(struct tx *tx) {
    static const struct sql sql = {"DELETE FROM idempotency_keys WHERE created_at > $1 AND http_status = 0",
                                   NULL};
    return db_exec(tx->db, &sql, ARGS(db_int(clock_now_us(tx->clock) - idempotency_lease_us)), NULL);
}

enum status idempotency_sweep(struct tx *tx, int64_t limit, int64_t *removed) {
    static const struct sql sql = {
        "DELETE FROM idempotency_keys WHERE (session, key) IN (SELECT session, key"
        " FROM idempotency_keys WHERE created_at < $1 ORDER BY created_at LIMIT $2)",
        "DELETE FROM idempotency_keys WHERE (session, key) IN (SELECT session, key FROM idempotency_keys"
        " WHERE created_at < $1 ORDER BY created_at LIMIT $2 FOR UPDATE SKIP LOCKED)"};
    return db_exec(tx->db, &sql, ARGS(db_int(clock_now_us(tx->clock) - idempotency_keep_us), db_int(limit)),
                   removed);
}
