/* The timeline of an order: what happened to it, and when.
 *
 *     of the order's own row      created, expired, paid, cancelled, refunded    no row is written for them
 *     of the table order_events   the rest: sent, given back in part, noted      one row each, in the transaction
 *                                                                                of its cause; never changed
 *
 * So an order that is placed, paid and refunded costs no statement for its timeline. A transaction that adds an entry
 * locks the order's row first, because entries of one order are numbered without gaps. */
#pragma once

#include "shop/orders/order.h"
#include "shop/staff/actor.h"

/* X(member, name). A name that was released is never renamed: it is in the table. */
#define ORDER_EVENT_LIST(X)                                                                                  \
    X(CREATED, "created")                                                                                    \
    X(PAID, "paid")                                                                                          \
    X(CANCELLED, "cancelled")                                                                                \
    X(EXPIRED, "expired")                                                                                    \
    X(REFUNDED, "refunded") /* in full; these five are not in the table */                                   \
    X(SHIPPED, "shipped")                                                                                    \
    X(DELIVERED, "delivered")                                                                                \
    X(LOST, "lost")                                                                                          \
    X(SHIPMENT_CANCELLED, "shipment_cancelled")                                                              \
    X(PARTLY_REFUNDED, "partly_refunded")                                                                    \
    X(REFUND_FAILED, "refund_failed")                                                                        \
    X(DISPUTED, "disputed") /* for the staff alone, as notes */                                              \
    X(NOTE, "note")

enum order_event_kind {
#define ORDER_EVENT_ENUM(member, name) ORDER_EVENT_##member,
    ORDER_EVENT_LIST(ORDER_EVENT_ENUM)
#undef ORDER_EVENT_ENUM
        ORDER_EVENT_COUNT
};

/* Names by enum order_event_kind; NULL ends them. */
extern const char *const order_event_names[ORDER_EVENT_COUNT + 1];

/* What order_event_add writes. */
struct order_event_new {
    enum order_event_kind kind;
    const struct actor *actor;  /* NULL: the shop itself, the shopper or the provider */
    const struct uuid *subject; /* the fulfilment or the refund that it is about; NULL: the order */
    struct maybe_int amount;    /* of money, in minor units */
    struct str text;            /* a note, or a reason; may be absent */
};

/* Adds an entry of now to an order's timeline, in the transaction of its cause. Its outcome is that of a later statement
 * or of the commit. */
MUST_CHECK enum status order_event_add(struct shop_ctx *ctx, int64_t order_seq,
                                       const struct order_event_new *event);

/* Adds a note of the staff. STATUS_ORDER_NOT_FOUND. */
MUST_CHECK enum status order_note_add(struct shop_ctx *ctx, const struct uuid *order,
                                      const struct actor *actor, struct str text);

/* An entry. Entries have the order in which they happened. */
struct order_event {
    int64_t at; /* microseconds since 1970 */
    int kind;   /* an enum order_event_kind */
    struct maybe_uuid subject;
    struct maybe_int amount;
    struct str text;
    struct str actor_kind,
        actor; /* a name of actor_kind_names, and an id; absent: not staff, or not for the reader */
};

/* What an order's own row says of its timeline. */
struct order_times {
    int64_t seq, created_at, expires_at;
    struct maybe_int closed_at, refunded_at;
    bool reactivated;
    int status; /* an enum order_status */
};

/* Columns of an order `o` for order_times_read, and their number. */
#define ORDER_TIMES "o.seq, o.created_at, o.expires_at, o.closed_at, o.refunded_at, o.retaken, o.status"
enum { order_times_columns = 7 };

/* Reads these columns of the current row, from this one on. */
struct order_times order_times_read(struct db_rows *rows, int column);

/* Announces order_events_read in this transaction. */
void order_events_prefetch(struct shop_ctx *ctx, int64_t order_seq);

/* Lists an order's timeline, oldest first: of struct order_event. Of the entries in the table, the latest
 * order_events_max. Who did it, and what only the staff may know, is in it if `is_staff`. */
enum { order_events_max = 1000 };
MUST_CHECK enum status order_events_read(struct shop_ctx *ctx, const struct order_times *times, bool is_staff,
                                         struct list *out);

/* The same for an order that the session may read (ORDER_READABLE); NULL: of any, for the staff.
 * STATUS_ORDER_NOT_FOUND. */
MUST_CHECK enum status order_events_get(struct shop_ctx *ctx, const struct uuid *session,
                                        const struct uuid *id, struct list *out);
