/* How an order gets its intent.
 *
 *     the order's payments                       what create_intent does
 *     -----------------------------------------  ------------------------------------------------------
 *     one pending, with the provider's id        retrieves it: same payment, same client_secret
 *     one pending, without                       creates it under the same key as before: same intent
 *     none pending                               writes a new payment, and creates its intent
 *     one failed that can still be charged       cancels that first, so that the shopper cannot pay both
 *
 * The provider may know of an end of the pending payment that we did not: the page confirmed and the card was
 * declined, or a reply was lost. Then apply brings that in, and the request goes on with a second payment. It
 * does so only once, so that a request is at most two rounds of calls. */
#include "shop/payments/create_intent.h"

#include "shop/idempotency.h"
#include "shop/payments/apply.h"

/* A round cancels (and retrieves, if the provider refuses that), then creates or retrieves. Another 40 s are for
 * the lines before the rounds and the writer. */
enum { rounds_max = 2, round_calls_max = 3, rounds_wait_ms = 40000 };
_Static_assert(idempotency_lease_us >=
                   INT64_C(1000) * (rounds_max * round_calls_max * provider_call_ms_max + rounds_wait_ms),
               "a retry must not take the key while the first request still runs");

/* A pending order that is to be paid, and its payments that are not over. */
struct payable_order {
    int64_t seq, total, created_at;
    int status; /* an enum order_status */
    struct str currency;
    struct intent_contact contact;
    struct payment pending, failed; /* seq 0: there is none */
};

static enum status payable_order_read(struct shop_ctx *ctx, const struct uuid *session,
                                      const struct uuid *order, struct payable_order *out) {
    static const struct sql sql = SQL(
        "SELECT " PAYMENT_COLUMNS
        ", o.seq, o.total_amount, o.currency, o.created_at FROM orders AS o"
        " LEFT JOIN payments AS p ON p.order_seq = o.seq AND (p.status = 'pending' OR p.due_at IS NOT NULL)" PAYMENT_CONTACT
        " WHERE o.id = $1 AND o.session = $2 ORDER BY p.seq");
    *out = (struct payable_order){0};
    TRY(order_lock(ctx, order));
    struct db_rows *rows = db_query(ctx->db, &sql, ARGS(db_uuid(order), db_uuid(session)));
    while (db_step(rows)) {
        struct payment p = {0};
        out->seq = db_column_int(rows, payment_column_count);
        out->total = db_column_int(rows, payment_column_count + 1);
        out->currency = db_column_text(rows, payment_column_count + 2, ctx->arena);
        out->created_at = db_column_int(rows, payment_column_count + 3);
        out->status = db_column_enum(rows, payment_column_order_status, order_status_names);
        out->contact = payment_read_contact(ctx, rows);
        if (db_column_int(rows, payment_column_seq) != 0)
            payment_read_row(ctx, rows, &p);
        if (p.seq && p.status == PAYMENT_PENDING)
            out->pending = p;
        else if (p.seq && p.status == PAYMENT_FAILED)
            out->failed = p;
    }
    return db_finish_or(rows, STATUS_ORDER_NOT_FOUND);
}

/* Writes a new payment of the whole order; its seq stays 0 until it is loaded. It is due once the request that makes it must be over. */
static enum status payment_insert(struct shop_ctx *ctx, struct payment *p) {
    static const struct sql sql = SQL(
        "INSERT INTO payments (id, order_seq, provider, amount, currency, status, created_at, changed_at, due_at)"
        " VALUES ($1, $2, $3, $4, $5, 'pending', $6, $7, $8)");
    p->id = uuid_new(ctx->clock, ctx->random);
    p->created_at = clock_now_us(ctx->clock);
    return db_exec_deferred(ctx->db, &sql,
                            ARGS(db_uuid(&p->id), db_int(p->order_seq), db_text(p->provider),
                                 db_int(p->amount), db_text(p->currency), db_int(p->created_at),
                                 db_int(p->created_at), db_int(p->created_at + idempotency_lease_us)));
}

enum status create_intent_prepare(struct shop_ctx *ctx, struct str provider, const struct uuid *session,
                                  const struct uuid *order, struct create_intent *out) {
    struct payable_order payable;
    TRY(payable_order_read(ctx, session, order, &payable));
    if (payable.status != ORDER_PENDING)
        return STATUS_ORDER_NOT_PENDING;
    *out = (struct create_intent){
        .flow.payment = payable.pending,
        .older = {.payment = payable.failed, .op = PROVIDER_OP_CANCEL},
        .provider = provider,
        .session = *session,
        .order = *order,
    };
    struct payment *p = &out->flow.payment;
    if (p->seq == 0) {
        *p = (struct payment){
            .order_id = *order,
            .provider = provider,
            .amount = payable.total,
            .currency = payable.currency,
            .status = PAYMENT_PENDING,
            .order_seq = payable.seq,
            .order_status = payable.status,
            .contact = payable.contact,
        };
        TRY(order_extend_hold(ctx, payable.seq, payable.created_at));
        TRY(payment_insert(ctx, p));
    }
    out->flow.op = p->provider_payment_id.data ? PROVIDER_OP_RETRIEVE : PROVIDER_OP_CREATE;
    out->flow.is_ended = p->amount == 0;
    return STATUS_OK;
}

enum status create_intent_call(struct provider *provider, struct arena *arena, struct create_intent *intent) {
    if (intent->older.payment.seq != 0) {
        enum status s = payment_flow_call(provider, arena, &intent->older);
        if (s != STATUS_OK || intent->older.intent.status != INTENT_CANCELED)
            return s;
    }
    return payment_flow_call(provider, arena, &intent->flow);
}

/* Prepares another payment in place of one that turned out to have failed. It goes into memory of its own,
 * because this transaction may be undone and run again from `intent`. */
static enum status create_intent_again(struct shop_ctx *ctx, struct create_intent *intent) {
    struct create_intent *next = ARENA_NEW(ctx->arena, struct create_intent);
    if (!next)
        return STATUS_NO_MEMORY;
    enum status s = create_intent_prepare(ctx, intent->provider, &intent->session, &intent->order, next);
    next->is_second = true;
    intent->next = next;
    return s;
}

enum status create_intent_apply(struct shop_ctx *ctx, enum status called, struct create_intent *intent) {
    struct payment_flow *flow = &intent->flow;
    struct payment *p = &flow->payment;
    intent->next = NULL;
    TRY(intent->older.payment.seq ? payment_flow_apply(ctx, &intent->older) : STATUS_OK);
    TRY(payment_flow_apply(ctx, flow));
    if (p->order_status != ORDER_PENDING && (p->status != PAYMENT_SUCCEEDED || p->overpaid)) {
        /* It was canceled meanwhile, or the older payment had paid it after all: money that came goes back. */
        payment_flow_end(flow, STATUS_ORDER_NOT_PENDING);
        return p->provider_payment_id.data ? STATUS_OK : payment_refuse(ctx, p, (struct str){0});
    }
    if (p->status == PAYMENT_FAILED && flow->answer != ANSWER_NO_INTENT && !intent->is_second)
        return create_intent_again(ctx, intent);
    if (called != STATUS_OK || flow->answer != ANSWER_INTENT)
        return payment_flow_fail(ctx, called, flow);
    p->client_secret = flow->intent.client_secret;
    payment_flow_end(flow, STATUS_OK);
    return STATUS_OK;
}
