/* What the shop keeps about itself: the hash of the admin's token, and when its rounds were last done. */
#pragma once

#include "shop/shop_ctx.h"

enum { token_hash_size = 32, token_text_size = 43 };

/* Makes a new token: 256 random bits as 43 URL-safe characters and a NUL. */
void token_mint(const struct random *random, char out[static token_text_size + 1]);

/* Whether a text has the form of such a token, as also those of sessions have. */
bool token_has_form(struct str text);

/* Hashes a token with SHA-256. A slow hash would add nothing, because a token is random. */
void token_hash(struct str token, uint8_t out[static token_hash_size]);

/* Returns whether a token hashes to `hash`, in a time that depends on neither. */
bool token_matches(struct str token, const uint8_t hash[static token_hash_size]);

/* Reads the stored hash. STATUS_NOT_FOUND if the shop has no token yet. */
MUST_CHECK enum status token_load(struct shop_ctx *ctx, uint8_t out[static token_hash_size]);

/* Whether a token is the admin's, as it is stored now: STATUS_OK or STATUS_WRONG_TOKEN. */
MUST_CHECK enum status token_check(struct shop_ctx *ctx, struct str token);

/* Stores a hash in place of the earlier one. */
MUST_CHECK enum status token_store(struct shop_ctx *ctx, const uint8_t hash[static token_hash_size]);

/* What is done again and again, by one of several nodes. */
enum shop_round { ROUND_AUDIT, ROUND_STOCK_DIGEST };

/* Claims a round if the last one began at `last_us` (microseconds since 1970) or earlier, or there was none. `claimed` gets
 * whether the caller is to do it; of several nodes, only one is. */
MUST_CHECK enum status round_claim(struct shop_ctx *ctx, enum shop_round round, int64_t last_us,
                                   bool *claimed);
