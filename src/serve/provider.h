/* Opens the payment provider that a server's flags ask for. */
#pragma once

#include "base/clock.h"
#include "pay/provider.h"

struct provider_options {
    bool stripe;        /* else the mock */
    size_t connections; /* calls at once */
    /* Files with the secrets; NULL: the environment's TILL_STRIPE_KEY and TILL_WEBHOOK_SECRET are taken. */
    const char *stripe_key_file;
    const char *webhook_secret_file;
    const char *stripe_url;  /* NULL: Stripe's own */
    const char *mock_ledger; /* NULL: beside the database, or in memory if the database is */
    const char *mock_faults, *mock_webhook_url, *mock_api_version;
    const char *db;
    const struct clock *clock; /* outlives the provider */
};

/* Opens the provider. If it fails the error has been printed. The caller closes the provider. */
MUST_CHECK enum status provider_open(const struct provider_options *options, struct provider **out);
