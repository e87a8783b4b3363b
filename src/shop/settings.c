#include "shop/settings.h"

#include "base/crypto/sha.h"

#include <endian.h>
#include <string.h>

void token_mint(const struct random *random, char out[static token_text_size + 1]) {
    random_token(random, out, token_text_size);
    out[token_text_size] = '\0';
}

bool token_has_form(struct str text) {
    return text.size == token_text_size && str_is_alnum(text, "-_");
}

void token_hash(struct str token, uint8_t out[static token_hash_size]) {
    sha256_of(token, out);
}

bool token_matches(struct str token, const uint8_t hash[static token_hash_size]) {
    uint8_t given[token_hash_size];
    token_hash(token, given);
    return secret_equal(given, hash, sizeof given);
}

enum status token_load(struct shop_ctx *ctx, uint8_t out[static token_hash_size]) {
    static const struct sql sql = SQL("SELECT value FROM settings WHERE name = 'admin_token_sha256'");
    struct db_rows *rows = db_query(ctx->db, &sql, NO_ARGS);
    struct str hash = {0};
    if (db_step(rows))
        hash = db_column_text(rows, 0, ctx->arena);
    TRY(db_finish(rows));
    if (hash.size != token_hash_size)
        return STATUS_NOT_FOUND;
    memcpy(out, hash.data, token_hash_size);
    return STATUS_OK;
}

enum status token_check(struct shop_ctx *ctx, struct str token) {
    uint8_t hash[token_hash_size];
    enum status s = token_load(ctx, hash);
    bool is_wrong = s == STATUS_NOT_FOUND || (s == STATUS_OK && !token_matches(token, hash));
    return is_wrong ? STATUS_WRONG_TOKEN : s;
}

enum status token_store(struct shop_ctx *ctx, const uint8_t hash[static token_hash_size]) {
    static const struct sql sql =
        SQL("INSERT INTO settings VALUES ('admin_token_sha256', $1)"
            " ON CONFLICT (name) DO UPDATE SET value = excluded.value");
    return db_exec(ctx->db, &sql, ARGS(db_blob((struct str){(const char *)hash, token_hash_size})), NULL);
}

/* Writes a time as 8 bytes, big-endian, because the column is a BLOB and those compare bytewise. */
static struct str round_time_bytes(int64_t us, char out[static sizeof us]) {
    uint64_t big = htobe64((uint64_t)us);
    memcpy(out, &big, sizeof big);
    return (struct str){out, sizeof big};
}

enum status round_claim(struct shop_ctx *ctx, enum shop_round round, int64_t last_us, bool *claimed) {
    static const char *const names[] = {[ROUND_AUDIT] = "audited_at", [ROUND_STOCK_DIGEST] = "low_stock_at"};
    static const struct sql sql =
        SQL("INSERT INTO settings VALUES ($1, $2)"
            " ON CONFLICT (name) DO UPDATE SET value = excluded.value WHERE settings.value <= $3");
    char now[sizeof(int64_t)], last[sizeof(int64_t)];
    int64_t changed = 0;
    enum status s = db_exec(ctx->db, &sql,
                            ARGS(db_text(str_from(names[round])),
                                 db_blob(round_time_bytes(clock_now_us(ctx->clock), now)),
                                 db_blob(round_time_bytes(last_us, last))),
                            &changed);
    *claimed = changed == 1;
    return s;
}
