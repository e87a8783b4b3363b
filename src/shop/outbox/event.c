#include "shop/outbox/event.h"

#include "shop/schema/schema.h"

#define event_keep_us (INT64_C(30) * 24 * 3600 * 1000000)
#define transaction_us_max (INT64_C(60) * 1000000) /* none takes longer */

const char *const event_type_names[] = {EVENT_TYPE_NAMES, "webhook.test", NULL};
_Static_assert(sizeof event_type_names / sizeof *event_type_names == EVENT_TYPE_COUNT + 1,
               "a name for each type");

void event_interest_add(struct event_interest *interest, int64_t types) {
    if (!interest)
        return;
    atomic_store(&interest->fresh_us, monotonic_us());
    atomic_fetch_or(&interest->fresh, types);
}

void event_interest_set(struct event_interest *interest, int64_t types) {
    atomic_store(&interest->types, types);
    if (monotonic_us() - atomic_load(&interest->fresh_us) > transaction_us_max)
        atomic_store(&interest->fresh, 0);
}

void event_interest_note_audience(struct event_interest *interest, int64_t until) {
    int64_t before = interest ? atomic_load(&interest->audience_until) : INT64_MAX;
    while (before < until && !atomic_compare_exchange_weak(&interest->audience_until, &before, until))
        ;
}

void event_interest_end_audience(struct event_interest *interest, int64_t until) {
    int64_t before = interest ? atomic_load(&interest->audience_until) : 0;
    while (before > until && !atomic_compare_exchange_weak(&interest->audience_until, &before, until))
        ;
}

static bool event_has_audience(const struct shop_ctx *ctx) {
    int64_t until =
        ctx->interest ? atomic_load_explicit(&ctx->interest->audience_until, memory_order_relaxed) : 0;
    return until != 0 && clock_now_us(ctx->clock) < until;
}

static bool event_is_subscribed(const struct shop_ctx *ctx, enum event_type type) {
    const struct event_interest *interest = ctx->interest;
    return interest && (atomic_load_explicit(&interest->types, memory_order_relaxed) |
                        atomic_load_explicit(&interest->fresh, memory_order_relaxed)) >>
                               type &
                           1;
}

bool event_is_wanted(const struct shop_ctx *ctx, enum event_type type) {
    return event_is_subscribed(ctx, type) || event_has_audience(ctx);
}

/* Queues an event for each webhook that asks for it. */
static enum status event_queue(struct shop_ctx *ctx, const struct uuid *event, enum event_type type,
                               int64_t now) {
    static const struct sql sql =
        SQL("INSERT INTO webhook_deliveries (event, webhook, state, attempts, due_at)"
            " SELECT e.seq, w.seq, 'queued', 0, $1 FROM events AS e CROSS JOIN webhooks AS w"
            " WHERE e.id = $2 AND w.is_active = 1 AND w.types & $3 <> 0");
    return db_exec_deferred(ctx->db, &sql, ARGS(db_int(now), db_uuid(event), db_int(INT64_C(1) << type)));
}

/* Runs a statement that makes an event out of its subject's row, if there is a webhook or a stream for it, and queues it
 * for the webhooks. */
static enum status event_write(struct shop_ctx *ctx, const struct sql *sql, enum event_type type,
                               struct db_value subject) {
    if (!event_is_wanted(ctx, type))
        return STATUS_OK;
    struct uuid id = uuid_new(ctx->clock, ctx->random);
    int64_t now = clock_now_us(ctx->clock);
    TRY(db_exec_deferred(ctx->db, sql,
                         ARGS(db_uuid(&id), db_text(str_from(event_type_names[type])), db_int(now), subject,
                              db_int(INT64_C(1) << type))));
    if (event_has_audience(ctx))
        ctx->changes |= TOPIC_EVENTS;
    return event_is_subscribed(ctx, type) ? event_queue(ctx, &id, type, now) : STATUS_OK;
}

#define IF_WANTED                                                                                            \
    " AND (EXISTS (SELECT 1 FROM webhooks WHERE is_active = 1 AND types & $5 <> 0)"                          \
    " OR EXISTS (SELECT 1 FROM event_audience WHERE until > $3))"

enum status event_record_order(struct shop_ctx *ctx, enum event_type type, int64_t order_seq) {
    static const struct sql sql =
        SQL("INSERT INTO events (id, type, subject, status, amount, currency, created_at)"
            " SELECT $1, $2, id, status, total_amount, currency, $3 FROM orders WHERE seq = $4" IF_WANTED);
    return event_write(ctx, &sql, type, db_int(order_seq));
}

enum status event_record_product(struct shop_ctx *ctx, enum event_type type, const struct uuid *product) {
    static const struct sql sql =
        SQL("INSERT INTO events (id, type, subject, created_at)"
            " SELECT $1, $2, id, $3 FROM products WHERE id = $4" IF_WANTED);
    return event_write(ctx, &sql, type, db_uuid(product));
}

enum status event_record_stock(struct shop_ctx *ctx, enum event_type type, const struct uuid *product) {
    static const struct sql sql =
        SQL("INSERT INTO events (id, type, subject, created_at)"
            " SELECT $1, $2, id, $3 FROM products WHERE id = $4 AND is_active = 1" IF_WANTED);
    return event_write(ctx, &sql, type, db_uuid(product));
}

enum status events_sweep(struct shop_ctx *ctx, int64_t limit, int64_t *removed) {
    static const struct sql deliveries_sql =
        SQL("DELETE FROM webhook_deliveries WHERE event IN"
            " (SELECT seq FROM events WHERE created_at < $1 ORDER BY created_at, seq LIMIT $2)");
    static const struct sql sql =
        SQL("DELETE FROM events WHERE seq IN"
            " (SELECT seq FROM events WHERE created_at < $1 ORDER BY created_at, seq LIMIT $2)");
    int64_t before = clock_now_us(ctx->clock) - event_keep_us;
    TRY(db_exec_deferred(ctx->db, &deliveries_sql, ARGS(db_int(before), db_int(limit))));
    return db_exec(ctx->db, &sql, ARGS(db_int(before), db_int(limit)), removed);
}
