/* The threads that reconcile payments with the provider (shop/payments/reconcile.h): those that a crash or a
 * lost reply left in the middle, whose order ended before they did, or whose money has to go back. */
#pragma once

#include "base/clock.h"
#include "db/exec/executor.h"

struct mail_settings;
struct provider;
struct reconciler;
struct settings_memory;

struct reconciler_options {
    struct executor *executor;
    struct provider *provider;
    const struct clock *clock;
    struct event_interest *interest;
    struct settings_memory *settings_memory;
    const struct mail_settings *mails; /* how mails about refunds and late payments are written */
    struct metrics_shard *shard;       /* only these threads' */
    int poll_ms;                       /* how often it looks for due payments */
};

/* Starts the threads, which look for due payments at once and then every poll_ms. Returns NULL if memory is
 * short. All that the options point at outlives it. */
struct reconciler *reconciler_start(const struct reconciler_options *options);

/* Waits for the payments under way, then frees; NULL is fine. */
void reconciler_stop(struct reconciler *reconciler);
