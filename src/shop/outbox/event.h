/* What happened in the shop, for the webhooks that want to know it and for the desk's live streams (EXTENSIONS: "one
 * outbox").
 *
 *     transaction of the cause                      sender's thread (serve/outbox/outbox_sender.h)
 *     ┌────────────────────────────────────────┐    ┌───────────────────────────────────────────┐
 *     │ order → paid · stock sold · events row │ →  │ take a due delivery │ POST │ write result │
 *     │ · a webhook_deliveries row for each    │    └───────────────────────────────────────────┘
 *     │   webhook that asks for the type       │
 *     └────────────────────────────────────────┘
 *
 * A cause and its event are one transaction, so an event is neither lost nor told of something that was undone. It says
 * ids, states and amounts, and no name or address: whoever may know more reads it from the API.
 *
 * Nothing is written, and no statement is run, while no webhook asks for a type and no stream is open (audience.h). */
#pragma once

#include "shop/shop_ctx.h"

#include <stdatomic.h>

/* Bits of webhooks.types, so a number here is never given to another type. */
enum event_type {
    EVENT_ORDER_CREATED,
    EVENT_ORDER_PAID,
    EVENT_ORDER_CANCELLED,
    EVENT_ORDER_EXPIRED,
    EVENT_ORDER_REFUNDED,
    EVENT_PRODUCT_CREATED,
    EVENT_PRODUCT_UPDATED,
    EVENT_PRODUCT_DELETED,
    EVENT_ORDER_SHIPPED,         /* a parcel left: the order's status says whether all of it has */
    EVENT_ORDER_DELIVERED,       /* a parcel arrived */
    EVENT_PRODUCT_LOW_STOCK,     /* its stock fell to the shop's threshold (shop/alerts/stock_alerts.h) */
    EVENT_PRODUCT_BACK_IN_STOCK, /* it was sold out, and can be bought again */
    EVENT_REFUND_SUCCEEDED, /* of an order, which the event is about: some of its money has gone back, or all */
    EVENT_WEBHOOK_TEST,     /* asked for by POST /admin/webhooks/{id}/test; sent to that one alone */
    EVENT_TYPE_COUNT
};

#define event_types_all INT64_MAX /* also those that later versions bring */

/* The names of those that a webhook can ask for, in the order of enum event_type. */
#define EVENT_TYPE_NAMES                                                                                     \
    "order.created", "order.paid", "order.cancelled", "order.expired", "order.refunded", "product.created",  \
        "product.updated", "product.deleted", "order.shipped", "order.delivered", "product.low_stock",       \
        "product.back_in_stock", "refund.succeeded"

/* `order.paid`, in the order of enum event_type; NULL ends them. */
extern const char *const event_type_names[];

/* The types that some active webhook asks for, as this process knows it. It may know of a new webhook a moment late on
 * another node, and of a deleted one too: event_record looks at the table itself. */
struct event_interest {
    _Atomic int64_t types; /* bits of enum event_type, as the table had them when it was read last */
    _Atomic int64_t
        fresh; /* those that this process has added since, perhaps in a transaction that still runs */
    _Atomic int64_t fresh_us; /* when, by the monotonic clock */
    _Atomic int64_t
        audience_until; /* by the shop's clock: until then all types are wanted for streams; 0: never */
};

/* Notes that streams are open until then; never sooner than it was noted before. `interest` may be NULL here and below. */
void event_interest_note_audience(struct event_interest *interest, int64_t until);

/* Notes that streams are not open for longer than that. */
void event_interest_end_audience(struct event_interest *interest, int64_t until);

/* Adds types, before the transaction that asks for them commits. */
void event_interest_add(struct event_interest *interest, int64_t types);

/* Sets what the table has. What was added a short time ago stays, because the table may have been read before that was
 * committed. */
void event_interest_set(struct event_interest *interest, int64_t types);

/* Returns whether some webhook or stream asks for a type, so that what costs a statement to find out may be left out. */
bool event_is_wanted(const struct shop_ctx *ctx, enum event_type type);

/* Writes what happened to an order, or to a product, beside the transaction's other changes. */
MUST_CHECK enum status event_record_order(struct shop_ctx *ctx, enum event_type type, int64_t order_seq);
MUST_CHECK enum status event_record_product(struct shop_ctx *ctx, enum event_type type,
                                            const struct uuid *product);

/* Writes what happened to a product's stock, if shoppers see the product. */
MUST_CHECK enum status event_record_stock(struct shop_ctx *ctx, enum event_type type,
                                          const struct uuid *product);

/* Deletes up to `limit` events, with their deliveries, that are older than 30 days; `removed` gets how many. */
MUST_CHECK enum status events_sweep(struct shop_ctx *ctx, int64_t limit, int64_t *removed);
