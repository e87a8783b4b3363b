#include "shop/chores/chores.h"

#include "shop/alerts/stock_digest.h"
#include "shop/cart/cart.h"
#include "shop/guests/order_access.h"
#include "shop/idempotency.h"
#include "shop/imports/import_work.h"
#include "shop/media/media.h"
#include "shop/outbox/audience.h"
#include "shop/outbox/delivery.h"
#include "shop/outbox/event.h"
#include "shop/outbox/mail.h"
#include "shop/outbox/mail_proof.h"
#include "shop/payments/event.h"
#include "shop/payments/unpaid.h"
#include "shop/staff/audit_log.h"
#include "shop/staff/sessions.h"
#include "shop/staff/throttle.h"

enum { batch = 100 }; /* orders have a few lines each, so a batch takes some milliseconds */
enum { media_batch = 4, parts_batch = 4 }; /* of up to 1 MiB each, whose pages are all touched */

/* Rows of which an update changes the time when they are due: 10 ms. */
enum { due_batch = 1000 };

/* What is due so soon waits for its turn as it is. So a lease that a sender has just taken stays: no lease is longer. */
#define due_soon_us (INT64_C(120) * 1000000)
_Static_assert(due_soon_us > mail_lease_us && due_soon_us > delivery_lease_us, "longer than a lease");

/* 30 days, and as much as the written last use may lag behind the real one. */
#define cart_keep_us (INT64_C(30) * 24 * 3600 * 1000000 + cart_touch_us)

enum status chores_run(struct shop_ctx *ctx, struct chores_rest *rest) {
    int64_t orders = 0, carts = 0, keys = 0, payment_events = 0, events = 0, entries = 0, mails = 0;
    int64_t sessions = 0, throttles = 0, proofs = 0, accesses = 0, pictures = 0;
    bool swept_import = false;
    /* Pictures first: their lock comes before those of products, as where the staff changes them. */
    enum status s = media_sweep(ctx, media_batch, &pictures);
    if (s == STATUS_OK)
        s = unpaid_orders_expire(ctx, batch, &orders);
    if (s == STATUS_OK)
        s = cart_store_touches(ctx);
    if (s == STATUS_OK)
        s = cart_sweep(ctx, clock_now_us(ctx->clock) - cart_keep_us, batch, &carts);
    if (s == STATUS_OK)
        s = idempotency_sweep(ctx, batch, &keys);
    if (s == STATUS_OK)
        s = payment_events_sweep(ctx, batch, &payment_events);
    if (s == STATUS_OK)
        s = events_sweep(ctx, batch, &events);
    if (s == STATUS_OK)
        s = audit_log_sweep(ctx, batch, &entries);
    if (s == STATUS_OK)
        s = mails_sweep(ctx, batch, &mails);
    if (s == STATUS_OK)
        s = staff_sessions_sweep(ctx, batch, &sessions);
    if (s == STATUS_OK)
        s = throttle_sweep(ctx, batch, &throttles);
    if (s == STATUS_OK)
        s = mail_proofs_sweep(ctx, batch, &proofs);
    if (s == STATUS_OK)
        s = order_access_sweep(ctx, batch, &accesses);
    if (s == STATUS_OK)
        s = stock_digest_run(ctx);
    if (s == STATUS_OK)
        s = import_work_sweep(ctx, parts_batch, &swept_import);
    if (s == STATUS_OK)
        s = import_work_is_due(ctx, &rest->import_is_due);
    if (s == STATUS_OK)
        s = unpaid_orders_next(ctx, &rest->next_us);
    rest->more = orders == batch || carts == batch || keys == batch || payment_events == batch ||
                 events == batch || entries == batch || mails == batch || sessions == batch ||
                 throttles == batch || proofs == batch || accesses == batch || pictures == media_batch ||
                 swept_import;
    return s;
}

enum status chores_clock_was_set_back(struct shop_ctx *ctx, bool *more) {
#define MAKE_DUE(table)                                                                                      \
    SQL("UPDATE " table " SET due_at = $1 WHERE seq IN (SELECT seq FROM " table                              \
        " WHERE due_at > $2 ORDER BY due_at LIMIT $3)")
    static const struct sql sqls[] = {MAKE_DUE("webhook_deliveries"), MAKE_DUE("mails"),
                                      MAKE_DUE("payments")};
#undef MAKE_DUE
    int64_t now = clock_now_us(ctx->clock);
    *more = false;
    TRY(audience_clock_was_set_back(ctx));
    for (size_t i = 0; i < sizeof sqls / sizeof *sqls; i++) {
        int64_t changed = 0;
        TRY(db_exec(ctx->db, &sqls[i], ARGS(db_int(now), db_int(now + due_soon_us), db_int(due_batch)),
                    &changed));
        *more |= changed == due_batch;
    }
    return STATUS_OK;
}
