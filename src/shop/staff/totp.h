/* Codes of an authenticator app (RFC 6238, TOTP): HMAC-SHA-1, 6 digits, a new one every 30 s, which is what apps take.
 *
 *     secret (20 random bytes) ──┐
 *                                ├── HMAC-SHA-1 ── 4 of its 20 bytes, modulo 10^6
 *     step (time / 30 s) ────────┘
 *
 * The code of the step before and of the step after is right too, because clocks differ. Each step counts once: the
 * caller keeps the step of the last code that was taken. Recovery codes stand in for a lost phone. */
#pragma once

#include "base/random.h"
#include "base/str.h"

enum {
    totp_secret_size = 20,
    totp_code_size = 6,
    totp_period_s = 30,
    totp_secret_text_size = 32, /* in base 32 */
    recovery_code_count = 10,
    recovery_code_size = 16,      /* characters of 5 random bits each */
    recovery_code_text_size = 19, /* with a hyphen after every 4 */
};

/* Writes the code of a step as digits; no NUL. */
void totp_code(const uint8_t secret[static totp_secret_size], int64_t step, char out[static totp_code_size]);

/* Returns whether `code` is right at a time, and of a later step than `last_step`, which is absent if no code was taken
 * yet. Then `step` gets its step. The time that this takes does not depend on the code's digits. */
bool totp_is_right(const uint8_t secret[static totp_secret_size], struct str code, int64_t now_us,
                   struct maybe_int last_step, int64_t *step);

/* Writes a secret in base 32 (RFC 4648 §6), as people type it and as a URI has it; no NUL. */
void totp_secret_write(const uint8_t secret[static totp_secret_size], char out[static totp_secret_text_size]);

/* Makes a recovery code in Crockford's base 32, `7KQ2-M0XD-…`; no NUL. */
void recovery_code_mint(const struct random *random, char out[static recovery_code_text_size]);

/* Reads a recovery code as people type it: any case, hyphens and blanks anywhere, O for 0, I and L for 1. Writes its
 * recovery_code_size characters; false if text is no such code. */
bool recovery_code_read(struct str text, char out[static recovery_code_size]);
