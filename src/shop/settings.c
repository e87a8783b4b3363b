#include "shop/settings.h"

#include <endian.h>
#include <openssl/crypto.h>
#include <openssl/sha.h>
#include <string.h>

void token_mint(const struct random *random, char out[static token_text_size + 1]) {
    random_token(random, out, token_text_size);
    out[token_text_size] = '\0';
}

void token_hash(struct str token, uint8_t out[static token_hash_size]) {
    SHA256((const unsigned char *)token.at, token.size, out);
}

bool token_matches(struct str token, const uint8_t hash[static token_hash_size]) {
    uint8_t given[token_hash_size];
    token_hash(token, given);
    return CRYPTO_memcmp(given, hash, sizeof given) == 0;
}

enum status token_load(struct tx *tx, uint8_t out[static token_hash_size]) {
    static const struct sql sql = {"SELECT value FROM settings WHERE name = 'admin_token_sha256'", NULL};
    struct db_rows *rows = db_query(tx->db, &sql, NO_ARGS);
    struct str hash = {0};
    if (db_step(rows))
        hash = db_column_text(rows, 0, tx->arena);
    enum status s = db_finish(rows);
    if (s != STATUS_OK)
        return s;
    if (hash.size != token_hash_size)
        return STATUS_NOT_FOUND;
    memcpy(out, hash.at, token_hash_size);
    return STATUS_OK;
}

enum status token_store(struct tx *tx, const uint8_t hash[static token_hash_size]) {
    static const struct sql sql = {
        "INSERT INTO settings VALUES ('admin_token_sha256', $1)"
        " ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        NULL};
    return db_exec(tx->db, &sql, ARGS(db_blob((struct str){(const char *)hash, token_hash_size})), NULL);
}

/* A time as bytes that are in the order of times. */
static struct str time_key(int64_t us, char out[static sizeof us]) {
    uint64_t big = htobe64((uint64_t)us);
    memcpy(out, &big, sizeof big);
    return (struct str){out, sizeof big};
}

enum status audit_claim(struct tx *tx, int64_t every_us, bool *claimed) {
    static const struct sql sql = {
        "INSERT INTO settings VALUES ('audited_at', $1)"
        " ON CONFLICT (name) DO UPDATE SET value = excluded.value WHERE settings.value <= $2",
        NULL};
    char now[sizeof(int64_t)], before[sizeof(int64_t)];
    int64_t now_us = clock_now_us(tx->clock), changed = 0;
    enum status s =
        db_exec(tx->db, &sql,
                ARGS(db_blob(time_key(now_us, now)), db_blob(time_key(now_us - every_us, before))), &changed);
    *claimed = changed == 1;
    return s;
}
