/* The mock: a provider inside this process that behaves as Stripe does with a key for tests. It is the
 * default, so that a shop can be tried out whole; no money moves. */
#pragma once

#include "pay/faults.h"
#include "pay/mock_account.h"

enum { pay_why_size = 320 };

struct mock_options {
    const char *ledger;          /* a file that keeps its books (mock_account.h); NULL: memory only */
    const struct clock *clock;   /* these outlive it */
    const struct random *random; /* safe from any thread */
    const char *faults;          /* switches (faults.h); NULL: none */
    /* Where events are POSTed, and what they are signed with and checked against (`whsec_…`). Without an
     * address none are sent; without a secret one is made up that nobody knows. */
    const char *webhook_url;
    struct str webhook_secret;
    /* Many calls share one wait for the disk, behind provider_calls.sync. Without faults and events alone: a
     * call that is late must not hold up the others, and no event is sent of what the disk does not have. */
    bool answers_early;
};

/* A payment method that is absent in `confirm` is pm_card_visa: the shortest flow, which names none, pays.
 * STATUS_USAGE, STATUS_STORAGE or STATUS_NO_MEMORY, with `why` (pay_why_size) filled, where it cannot open.
 */
MUST_CHECK enum status mock_open(const struct mock_options *options, struct provider **out, char *why);

/* The account and the faults of a mock, for its Stripe-shaped port. */
struct mock_account *mock_account_of(struct provider *mock);
struct faults *mock_faults_of(struct provider *mock);
