/* Stripe as a provider, over its API.
 *
 * Stripe keeps an idempotency key for a day at least. A call made again later than that still cannot charge
 * twice: an intent is charged once, and no more can go back than came. */
#pragma once

#include "base/random.h"
#include "pay/provider.h"

#define STRIPE_URL "https://api.stripe.com"

enum { stripe_error_size = 320 };

/* The secrets are copied into a vault (vault.h). They come from the environment or a file, never from the
 * command line, which others on the machine can read. */
struct stripe_options {
    struct str key;              /* sk_… or rk_… */
    struct str webhook_secret;   /* whsec_…; absent: every event is refused */
    const char *url;             /* NULL: STRIPE_URL. http:// only to this very machine */
    const char *ca_file;         /* NULL: the system's authorities */
    const struct random *random; /* safe from any thread; outlives the provider */
    int64_t try_ms, wait_ms;     /* of stripe_client.h; 0: its usual values; for tests */
};

/* Opens the provider without calling Stripe yet. STATUS_USAGE or STATUS_NO_MEMORY, and then `error` (at least
 * stripe_error_size) holds a sentence about it. */
MUST_CHECK enum status stripe_open(const struct stripe_options *options, struct provider **out, char *error);
