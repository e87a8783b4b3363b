/* How passwords are stored: Argon2id with 19 MiB and two passes (OWASP's first choice for it), as a PHC string. With a
 * pepper, what is hashed is the HMAC-SHA-256 of the password, and the pepper's mark comes first:
 *
 *     $argon2id$v=19$m=19456,t=2,p=1$22 characters of salt$43 characters of hash
 *     3f9a01bc$argon2id$v=19$m=19456,t=2,p=1$…
 *
 * A hash takes some 20 ms of a core, so none is made on an event loop, nor while the database waits. */
#pragma once

#include "base/status.h"
#include "base/str.h"

enum { password_hash_size = 128 }; /* with its NUL */

/* A secret that is not in the database, so that a copy of the database alone is of no use to one who guesses. */
enum { pepper_key_size = 32, pepper_mark_size = 8, pepper_bytes_min = 32 };
struct pepper {
    uint8_t key[pepper_key_size];
    char mark[pepper_mark_size + 1]; /* tells peppers apart, and nothing about the key; empty: no pepper */
};

/* Makes a pepper from a secret text; an absent text gives no pepper. */
void pepper_make(struct str secret, struct pepper *out);

/* The hash of no password, with the parameters of today's: what is matched if there is no such account, so that this
 * takes as long. */
extern const char password_no_hash[];

/* Hashes a password as password_prepare made it. STATUS_NO_MEMORY. */
MUST_CHECK enum status password_hash(const struct pepper *pepper, struct str password,
                                     char out[static password_hash_size]);

/* Returns whether the password is the one that was hashed. False also without memory, if `hash` is no hash, and if it was
 * made with another pepper. */
bool password_matches(const struct pepper *pepper, struct str password, struct str hash);

/* Returns whether a hash was made with other parameters, or with another pepper, than those of today. */
bool password_needs_rehash(const struct pepper *pepper, struct str hash);
