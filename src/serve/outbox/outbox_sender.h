/* The threads that send what is in the outbox: events to webhooks (shop/outbox/delivery.h), and mails. */
#pragma once

#include "base/clock.h"
#include "db/exec/executor.h"

struct event_interest;
struct mail_sender;
struct mail_settings;
struct outbox_sender;

struct outbox_sender_options {
    struct executor *executor;
    struct event_interest *interest; /* kept up to date */
    const struct clock *clock;
    struct metrics_shard *shard; /* only these threads' */
    const struct mail_settings *mails;
    const struct mail_sender *mail_sender; /* not looked at if mails->is_sent is false */
    bool insecure;                         /* as in hooks/webhook_call.h */
    int poll_ms;                           /* how often it looks for due deliveries */
};

/* Starts the threads. Returns NULL if memory is short. All that the options point at outlives it. */
struct outbox_sender *outbox_sender_start(const struct outbox_sender_options *options);

/* Ends the deliveries under way within a second, so that they are due again at once, then frees; NULL is fine. */
void outbox_sender_stop(struct outbox_sender *sender);
