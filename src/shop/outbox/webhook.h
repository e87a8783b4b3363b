/* Webhooks: the URLs that the shop's owner wants to be told of events at. */
#pragma once

#include "shop/outbox/event.h"

enum { webhook_secret_bytes = 32, webhooks_max = 50 };

struct webhook {
    struct uuid id;
    int64_t seq;
    struct str url;
    int64_t types; /* bits of enum event_type, or event_types_all */
    struct maybe_bool is_active;
    struct str disabled_reason; /* why the shop itself has switched it off; absent otherwise */
    int64_t created_at;         /* microseconds since 1970 */
};

/* What is absent, and `types` of 0, stays as it is. */
struct webhook_change {
    struct str url;
    int64_t types;
    struct maybe_bool is_active;
};

/* Adds a webhook with a new secret, of which `secret` gets the bytes. STATUS_WEBHOOKS_FULL if there are webhooks_max. */
MUST_CHECK enum status webhook_add(struct shop_ctx *ctx, struct str url, int64_t types, struct webhook *out,
                                   char secret[static webhook_secret_bytes]);

/* Lists all of them, oldest first. */
MUST_CHECK enum status webhook_list(struct shop_ctx *ctx, struct list *out);

/* The functions that take an id return STATUS_WEBHOOK_NOT_FOUND if there is no such webhook. */
MUST_CHECK enum status webhook_get(struct shop_ctx *ctx, const struct uuid *id, struct webhook *out);

/* Changes a webhook. One that is switched on again starts without its history of failures. */
MUST_CHECK enum status webhook_change(struct shop_ctx *ctx, const struct uuid *id,
                                      const struct webhook_change *change, struct webhook *out);
MUST_CHECK enum status webhook_delete(struct shop_ctx *ctx, const struct uuid *id);

/* Gives it a new secret. The one before signs too for another day, so that the receiver can be changed meanwhile. */
MUST_CHECK enum status webhook_rotate(struct shop_ctx *ctx, const struct uuid *id,
                                      char secret[static webhook_secret_bytes]);

/* Queues all kept events from `first` (an event's sequence) on that it asks for, whether they were delivered or not.
 * `queued` gets how many. STATUS_WEBHOOK_INACTIVE. */
MUST_CHECK enum status webhook_replay(struct shop_ctx *ctx, const struct uuid *id, int64_t first,
                                      int64_t *queued);

/* Queues an event of type webhook.test for it alone. STATUS_WEBHOOK_INACTIVE. */
MUST_CHECK enum status webhook_test(struct shop_ctx *ctx, const struct uuid *id);

/* Switches a webhook off, and drops what waits for it. `reason` is what the owner is told. */
MUST_CHECK enum status webhook_disable(struct shop_ctx *ctx, int64_t seq, struct str reason);
