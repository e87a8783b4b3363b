/* The payment provider that a server's flags ask for. */
#pragma once

#include "base/clock.h"
#include "pay/provider.h"

struct provider_options {
    bool stripe;                 /* else the mock */
    size_t connections;          /* calls at once */
    const char *stripe_key_file; /* these may be NULL, and then the environment has the secret, or nobody */
    const char *webhook_secret_file;
    const char *stripe_url;  /* NULL: Stripe's own */
    const char *mock_ledger; /* NULL: beside the database; in memory where that is */
    const char *mock_faults, *mock_webhook_url;
    bool may_answer_early; /* the caller syncs (provider_calls.sync) where the provider says answers_early */
    const char *db;
    const struct clock *clock; /* outlives the provider */
};

/* On failure what is wrong has been said. The caller closes what it was given. */
MUST_CHECK enum status provider_open(const struct provider_options *options, struct provider **out);
