#include "shop/settings.h"

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
