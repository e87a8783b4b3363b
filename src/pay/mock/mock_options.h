/* How the mock is opened. Private to mock.h and webhook_sender.h. */
#pragma once

#include "base/clock.h"
#include "base/random.h"
#include "base/str.h"

struct mock_options {
    const char *ledger;          /* the file of its books (books.h); NULL: memory only */
    const struct clock *clock;   /* these outlive it */
    const struct random *random; /* safe from any thread */
    const char *faults;          /* faults.h; may be NULL */
    /* Where events are POSTed, and the secret of their signatures (`whsec_…`). Without an address no
     * event is sent. Without a secret a random one is used, so that no event can be signed from outside. */
    const char *webhook_url;
    struct str webhook_secret;
    const char *api_version; /* of Stripe's API, in events; NULL: the one that Till asks Stripe for */
};
