/* Deliveries: one event on its way to one webhook.
 *
 *     queued ──2xx──→ sent
 *       │ └──no answer, or another one: due again later (hooks/schedule.h)
 *       ├──the last try failed──→ failed
 *       └──its webhook was switched off──→ dropped
 *
 * A delivery is sent by one node at a time: whoever takes it puts it off by delivery_lease_us. If that node dies before
 * it has written the result, the delivery is due again after that, and the receiver gets it once more with the same
 * `webhook-id`. */
#pragma once

#include "shop/outbox/webhook.h"

#define delivery_lease_us (INT64_C(60) * 1000000)

enum delivery_state { DELIVERY_QUEUED, DELIVERY_SENT, DELIVERY_FAILED, DELIVERY_DROPPED };
extern const char *const delivery_state_names[];

/* A delivery that is about to be sent. */
struct delivery {
    int64_t seq, attempts; /* attempts: the one about to be made included */
    int64_t webhook;       /* its seq */
    struct uuid webhook_id;
    struct str url, secret, secret_before; /* secret_before is absent if it no longer counts */
    int64_t failing_since;                 /* when its webhook began to fail; 0: it does not */
    struct uuid event;
    int64_t sequence; /* of the event */
    struct str type;
    struct uuid subject;
    struct str status, currency; /* of an order; absent otherwise */
    int64_t amount, created_at;
};

enum { busy_webhooks_max = 8, deliveries_counted_max = 100 * 1000 };

/* Takes the delivery that is due longest, but none to a webhook in `busy`. STATUS_NOT_FOUND if none is due. */
MUST_CHECK enum status delivery_take(struct shop_ctx *ctx, const int64_t busy[static busy_webhooks_max],
                                     struct delivery *out);

/* Finds when a delivery is due next, or a mail if this process sends them; INT64_MAX: nothing waits. */
MUST_CHECK enum status outbox_next_due(struct shop_ctx *ctx, int64_t *out);

/* Reads which types are asked for into ctx->interest. */
MUST_CHECK enum status delivery_read_interest(struct shop_ctx *ctx);

/* Puts back a delivery whose try was ended before its answer: it is due at once, and the try does not count. The
 * receiver may have it, and then gets it once more with the same `webhook-id`. */
MUST_CHECK enum status delivery_put_back(struct shop_ctx *ctx, const struct delivery *delivery);

struct delivery_result {
    int http_status;              /* 0: no answer */
    struct str answer, problem;   /* texts for the owner; either may be absent */
    struct maybe_int next_try_us; /* how long until the next try; absent: there is none */
    bool is_gone;                 /* the receiver says that it wants no more (410) */
};

/* Writes down what came of a try. A webhook that is gone, or that has failed for five days without one success, is
 * switched off: `disabled` says so. The staff are mailed then, and after a day of failures. Nothing is written if another
 * node has taken the delivery meanwhile. */
MUST_CHECK enum status delivery_finish(struct shop_ctx *ctx, const struct delivery *delivery,
                                       const struct delivery_result *result, bool *disabled);

/* A delivery as the owner sees it. */
struct delivery_view {
    struct uuid event_id;
    int64_t sequence;
    struct str type;
    int state; /* enum delivery_state */
    int64_t attempts;
    struct maybe_int due_at, last_status, done_at;
    struct str last_error, answer; /* absent: none */
    int64_t created_at;            /* of the event */
};

/* Reads a page of a webhook's deliveries, newest event first; `total` gets how many there are, up to deliveries_counted_max.
 * STATUS_WEBHOOK_NOT_FOUND. */
MUST_CHECK enum status delivery_list(struct shop_ctx *ctx, const struct uuid *webhook, int64_t limit,
                                     int64_t offset, struct list *out, int64_t *total);
