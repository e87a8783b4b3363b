/* Stripe's signatures of webhooks: `Stripe-Signature: t=1492774577,v1=5257a8…,v0=…`.
 *
 * `t` is the time of signing, in seconds since 1970. Each `v1` is an HMAC-SHA256 in hexadecimal over the
 * digits of `t`, a full stop and the body's raw bytes. The key is the endpoint's secret, `whsec_` included.
 * While a secret is being changed there are several `v1`; one that matches is enough. Other schemes are
 * ignored, as Stripe demands: to accept v0 would be a downgrade.
 *
 *     t=1492774577 , v1=5257a869e7… , v0=6ffbb59b22…
 *       │               │              └─ ignored
 *       │               └─ HMAC-SHA256(secret, "1492774577" "." body)
 *       └─ bounds how long a recorded delivery can be replayed
 *
 * Within that time a replay still passes here: the shop keeps each event's id to stop it. */
#pragma once

#include "base/arena.h"
#include "base/status.h"

enum {
    signature_tolerance_s = 300, /* as in Stripe's own libraries */
    signature_digest_size = 64,  /* hexadecimal digits of a v1 */
    signature_count_max = 16,    /* v1 items of one header that are compared; Stripe sends two at most */
    signature_text_size = 96,    /* of a header that signature_make writes, its NUL included */
};

/* Checks that `header` signs `body` with `secret`, at most signature_tolerance_s before now_us (microseconds
 * since 1970). STATUS_OK or STATUS_BAD_SIGNATURE. A time in the future is accepted, as by Stripe's libraries:
 * only the secret's owner can have signed it, so our clock is behind, and that must not lose events. An
 * absent or empty secret matches nothing. The comparison takes the same time wherever two digests differ. */
MUST_CHECK enum status signature_check(struct str header, struct str body, struct str secret, int64_t now_us);

/* Writes the header that signs body at at_us, ended by NUL. */
void signature_make(struct str body, struct str secret, int64_t at_us, char out[static signature_text_size]);
