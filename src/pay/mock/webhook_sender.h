/* Sends the mock's events to a webhook: a thread POSTs them, signed, and tries again if they are not taken.
 *
 * Events wait in memory alone. Those that are not delivered when the process ends are lost, which a shop must
 * be able to bear: its reconciler asks the provider. */
#pragma once

#include "pay/mock/books.h"
#include "pay/mock/faults.h"
#include "pay/mock/mock_options.h"

enum {
    webhook_events_max = 10000, /* waiting; more are dropped and logged */
    webhook_tries_max = 8,
    webhook_wait_ms_first = 100, /* doubled after each try: 100 × (2^7 - 1) = 12.7 s for all of them */
    webhook_post_ms_max = 10000,
    webhook_reorder_ms = 150, /* every other event is held back so long, for the next to overtake it */
};

struct webhook_sender;

/* Starts to send to the options' address, signed with `secret`, through the faults for webhooks. These all outlive it.
 * STATUS_USAGE or STATUS_NO_MEMORY; `error` (at least http_client_error_size) holds a sentence about the first. */
MUST_CHECK enum status webhook_sender_open(const struct mock_options *options, struct str secret,
                                           const struct faults *faults, struct webhook_sender **out,
                                           char *error);

/* Queues an event about the intent as it is now; from any thread, at once. `type` is such as
 * charge.refunded. */
void webhook_sender_send(struct webhook_sender *s, const char *type, const struct mock_intent *intent);

/* Stops without sending what waits; NULL is fine. */
void webhook_sender_close(struct webhook_sender *s);
