/* Stripe, over its API.
 *
 * Stripe forgets an idempotency key after a day at the earliest. What is asked again later than that can
 * still not charge twice: an intent is charged once, and no more can go back than came. */
#pragma once

#include "base/random.h"
#include "pay/provider.h"

/* What this was written against; Stripe keeps answering in a version's shapes. */
#define STRIPE_VERSION "2025-08-27.basil"
#define STRIPE_URL "https://api.stripe.com"

enum {
    stripe_why_size = 320,
    stripe_try_ms_max = 12000, /* of one try; provider_call_ms_max bounds them together */
    stripe_tries_max = 6,
    stripe_wait_ms_first = 500, /* between tries; doubled each time, less up to half of it by chance */
    stripe_wait_ms_max = 8000,
};

/* The secrets are copied into a page of their own (vault.h). They come from the environment or a file, never
 * from the command line, which others on the machine can read. */
struct stripe_options {
    struct str key;              /* sk_… or rk_… */
    struct str webhook_secret;   /* whsec_…; absent: no event is one of ours */
    const char *url;             /* NULL: STRIPE_URL. http:// to this very machine alone */
    const char *ca_file;         /* NULL: the system's authorities */
    const struct random *random; /* safe from any thread; outlives the provider */
    int64_t try_ms, wait_ms;     /* 0: stripe_try_ms_max and stripe_wait_ms_first; for tests */
};

/* `why` (stripe_why_size) is filled where it cannot be opened: STATUS_USAGE, STATUS_NO_MEMORY. Stripe is not
 * called yet. */
MUST_CHECK enum status stripe_open(const struct stripe_options *options, struct provider **out, char *why);
