/* What the shop keeps about itself: the hash of the admin's token, and when it was last audited. */
#pragma once

#include "shop/tx.h"

enum { token_hash_size = 32, token_text_size = 43 };

/* A new token: 256 random bits as 43 URL-safe characters and a NUL. */
void token_mint(const struct random *random, char out[static token_text_size + 1]);

/* SHA-256. A token is random, so a slow hash would add nothing. */
void token_hash(struct str token, uint8_t out[static token_hash_size]);

/* Whether token hashes to `hash`, in a time that does not depend on either. */
bool token_matches(struct str token, const uint8_t hash[static token_hash_size]);

/* The stored hash; STATUS_NOT_FOUND where none was stored yet. */
MUST_CHECK enum status token_load(struct tx *tx, uint8_t out[static token_hash_size]);

/* Stores a hash in place of the one there was. */
MUST_CHECK enum status token_store(struct tx *tx, const uint8_t hash[static token_hash_size]);

/* Whether an audit is due that nobody has begun in the last `every_us`; if so it is the caller's, and no
 * other node's. */
MUST_CHECK enum status audit_claim(struct tx *tx, int64_t every_us, bool *claimed);
