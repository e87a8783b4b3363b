#include "shop/chores.h"

#include "shop/cart.h"
#include "shop/idempotency.h"
#include "shop/order.h"
#include "shop/payment.h"

enum { batch = 100 }; /* of orders with a few lines each: some milliseconds */

/* 30 days, and as much as a cart's last use may be later than was noted. */
#define cart_keep_us (INT64_C(30) * 24 * 3600 * 1000000 + cart_seen_us)

enum status chores_run(struct tx *tx, bool *more) {
    int64_t orders = 0, carts = 0, keys = 0, events = 0;
    enum status s = order_sweep(tx, batch, &orders);
    if (s == STATUS_OK)
        s = cart_note_seen(tx);
    if (s == STATUS_OK)
        s = cart_sweep(tx, clock_now_us(tx->clock) - cart_keep_us, batch, &carts);
    if (s == STATUS_OK)
        s = idempotency_sweep(tx, batch, &keys);
    if (s == STATUS_OK)
        s = payment_events_sweep(tx, batch, &events);
    *more = orders == batch || carts == batch || keys == batch || events == batch;
    return s;
}
