/* Stripe's signatures of webhooks: `Stripe-Signature: t=1492774577,v1=5257a8…,v0=…`.
 *
 * `t` is when it was signed, in seconds since 1970, and each `v1` an HMAC-SHA256 in hexadecimal over the
 * digits of `t`, a full stop and the body's raw bytes, keyed by the endpoint's secret (`whsec_…` and all).
 * There are several while a secret is being changed; one that matches is enough. Other schemes are passed
 * over, as Stripe demands: to take v0 would be a downgrade. */
#pragma once

#include "base/arena.h"
#include "base/status.h"

enum {
    signature_tolerance_s = 300, /* what Stripe's libraries let pass */
    signature_digest_size = 64,  /* hexadecimal digits of a v1 */
    signature_count_max = 16,    /* v1 of one header that are looked at; Stripe sends two at most */
    signature_text_size = 96,    /* of a header that signature_make writes, its NUL included */
};

/* STATUS_OK where `header` signs `body` with `secret` and was made at most signature_tolerance_s before
 * now_us (microseconds since 1970); otherwise STATUS_BAD_SIGNATURE. A time that is still to come is taken, as
 * Stripe's libraries do: only the secret's owner can have signed it, so it says that our clock is behind,
 * which must not lose events. An absent or empty secret signs nothing. Takes the same time wherever a digest
 * differs. */
MUST_CHECK enum status signature_check(struct str header, struct str body, struct str secret, int64_t now_us);

/* Writes the header, ended by NUL, that signs body at at_us. */
void signature_make(struct str body, struct str secret, int64_t at_us, char out[static signature_text_size]);
