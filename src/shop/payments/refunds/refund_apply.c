/* The provider's list of refunds and our rows, brought together:
 *
 *     the provider's refund           our row                       what follows
 *     ------------------------------  ----------------------------  ------------------------------------------------
 *     with our id                     pending                       succeeded, or failed
 *     failed                          succeeded                     failed; the order stays as it is
 *     without an id of ours           none                          a row is made: somebody else gave money back
 *     none, and it refused to make it pending                       failed, unless the shop must give the money back
 *
 * Each row succeeds for the first time once. Then its units can be bought again and are not sent any more, the timeline has
 * an entry, and receivers of webhooks an event. If with it all of the money has gone back, the order is refunded: the units
 * that were not sent then go into this refund too.
 *
 * Sums are added up from the rows each time, so that they cannot drift. `refund_reserved` counts what is pending as well. It
 * stops at the amount: if somebody refunds at the provider what we have reserved, one of the two is refused there. */
#include "shop/payments/refunds/refund_apply.h"

#include "shop/alerts/stock_alerts.h"
#include "shop/orders/order_events.h"
#include "shop/orders/order_mail.h"
#include "shop/outbox/event.h"
#include "shop/payments/refund_rows.h"
#include "shop/payments/reversal.h"
#include "shop/stock.h"

#include <string.h>

#define SENT_BACK_MESSAGE "The bank sent the refund back."
#define NOTHING_LEFT_MESSAGE "All of the money had gone back already."

/* The rows of a payment on their way to what the provider has. */
struct refund_books {
    struct refund *rows;
    bool *succeeds; /* by row: for the first time, with this call */
    size_t count, room;
};

/* Reads our rows, with room for one more of each that the provider has. */
static enum status books_read(struct shop_ctx *ctx, const struct payment_flow *flow,
                              struct refund_books *out) {
    struct list ours;
    TRY(refunds_of_payment(ctx, flow->payment.seq, &ours));
    out->count = ours.count;
    out->room = ours.count + flow->refunds.count;
    out->rows = arena_array(ctx->arena, out->room, sizeof *out->rows);
    out->succeeds = arena_array(ctx->arena, out->room, sizeof *out->succeeds);
    if (!out->rows || !out->succeeds)
        return STATUS_NO_MEMORY;
    if (ours.count > 0)
        memcpy(out->rows, ours.data, ours.count * sizeof *out->rows);
    return STATUS_OK;
}

/* Finds our row of a refund at the provider; NULL if somebody else made it. A refund from before refunds had rows has no id
 * of ours at the provider: its row has the payment's id, and it is of all the money. */
static struct refund *books_find(const struct refund_books *books, const struct payment *p,
                                 const struct provider_refund *known) {
    static const struct uuid zero;
    for (size_t i = 0; i < books->count; i++) {
        struct refund *row = &books->rows[i];
        bool has_id = row->provider_refund_id.data != NULL;
        if (has_id ? str_equal(row->provider_refund_id, known->id) : uuid_equal(&row->id, &known->refund))
            return row;
        if (!has_id && uuid_equal(&row->id, &p->id) && uuid_equal(&known->refund, &zero) &&
            row->amount == known->amount)
            return row;
    }
    return NULL;
}

/* ---- What became of a row. */

/* To be called for a row that never succeeded before. */
static enum status row_succeed(struct shop_ctx *ctx, struct refund_books *books, struct refund *row) {
    books->succeeds[row - books->rows] = true;
    row->succeeded_at = (struct maybe_int){true, clock_now_us(ctx->clock)};
    row->status = REFUND_SUCCEEDED;
    row->failure_message = (struct str){0};
    return refund_write(ctx, row);
}

/* What it had claimed is owed again, so the order may have more to be sent. */
static enum status row_fail(struct shop_ctx *ctx, struct refund *row, struct str message) {
    row->status = REFUND_FAILED;
    row->failure_message = message;
    TRY(refund_write(ctx, row));
    return order_update_shipping(ctx, row->order_seq);
}

/* The bank sent back what had been given. */
static enum status row_fail_later(struct shop_ctx *ctx, const struct payment *p, struct refund *row,
                                  const struct provider_refund *known) {
    struct order_event_new event = {
        .kind = ORDER_EVENT_REFUND_FAILED, .subject = &row->id, .amount = {true, row->amount}};
    struct reversal reversal = {
        .id = known->id, .amount = row->amount, .currency = p->currency, .reason = known->failure};
    TRY(row_fail(ctx, row, STR(SENT_BACK_MESSAGE)));
    TRY(order_event_add(ctx, p->order_seq, &event));
    return refund_failure_write(ctx, p, &reversal, clock_now_us(ctx->clock));
}

/* Makes a row of a refund that somebody made at the provider. */
static enum status books_add(struct shop_ctx *ctx, const struct payment *p, struct refund_books *books,
                             const struct provider_refund *known) {
    struct refund *row = &books->rows[books->count++];
    int64_t now = clock_now_us(ctx->clock);
    *row = (struct refund){
        .id = uuid_new(ctx->clock, ctx->random),
        .order_seq = p->order_seq,
        .payment = p->seq,
        .amount = known->amount,
        .status = known->is_failed ? REFUND_FAILED : REFUND_SUCCEEDED,
        .origin = REFUND_BY_PROVIDER,
        .failure_message = known->is_failed ? STR(SENT_BACK_MESSAGE) : (struct str){0},
        .provider_refund_id = known->id,
        .succeeded_at = {!known->is_failed, now},
        .created_at = now,
    };
    books->succeeds[books->count - 1] = !known->is_failed;
    return refund_insert(ctx, row);
}

static enum status books_take_known(struct shop_ctx *ctx, const struct payment *p, struct refund_books *books,
                                    const struct provider_refund *known) {
    struct refund *row = books_find(books, p, known);
    if (!row)
        return books_add(ctx, p, books, known);
    bool is_new = !row->provider_refund_id.data, was_failed = row->status == REFUND_FAILED;
    row->provider_refund_id = known->id;
    if (known->is_failed && row->status == REFUND_SUCCEEDED)
        return row_fail_later(ctx, p, row, known);
    if (known->is_failed && row->status == REFUND_PENDING)
        return row_fail(ctx, row, STR(SENT_BACK_MESSAGE));
    if (!known->is_failed && row->status != REFUND_SUCCEEDED && !(was_failed && row->succeeded_at.is_set))
        return row_succeed(ctx, books, row);
    return is_new ? refund_write(ctx, row) : STATUS_OK;
}

/* Fails the rows that the provider refused to make, and does not have. */
static enum status books_take_refusals(struct shop_ctx *ctx, const struct payment_flow *flow,
                                       struct refund_books *books) {
    const struct refund_ask *asked = flow->asked.data;
    for (size_t i = 0; i < flow->asked.count; i++)
        for (size_t n = 0; n < books->count; n++) {
            struct refund *row = &books->rows[n];
            bool is_refused = asked[i].result == STATUS_PAYMENT_REFUSED && row->status == REFUND_PENDING &&
                              uuid_equal(&row->id, &asked[i].id);
            if (is_refused && !flow->payment.overpaid)
                TRY(row_fail(ctx, row, asked[i].reason));
        }
    return STATUS_OK;
}

/* ---- What follows from the sums. */

/* Adds up. If all of the money has gone back, what is still pending can never succeed. */
static enum status books_sum(struct shop_ctx *ctx, struct refund_books *books, struct payment *p) {
    int64_t pending = 0;
    p->refunded_amount = 0;
    for (size_t i = 0; i < books->count; i++)
        if (books->rows[i].status == REFUND_SUCCEEDED)
            p->refunded_amount += books->rows[i].amount;
    for (size_t i = 0; i < books->count; i++) {
        struct refund *row = &books->rows[i];
        if (row->status == REFUND_PENDING && p->refunded_amount >= p->amount && row->amount > 0)
            TRY(row_fail(ctx, row, STR(NOTHING_LEFT_MESSAGE)));
        pending += row->status == REFUND_PENDING ? row->amount : 0;
    }
    if (p->refunded_amount > p->amount) /* no provider does that */
        p->refunded_amount = p->amount;
    int64_t reserved = p->refunded_amount + pending;
    p->refund_reserved = reserved < p->amount ? reserved : p->amount;
    return STATUS_OK;
}

static enum refund_state refund_state_of(const struct payment *p) {
    if (p->refund == REFUND_DONE || p->refunded_amount == p->amount)
        return REFUND_DONE;
    return p->overpaid || p->refund_reserved == p->amount ? REFUND_WANTED : REFUND_NONE;
}

static enum status payment_write_refunds(struct shop_ctx *ctx, const struct payment *p) {
    static const struct sql sql =
        SQL("UPDATE payments SET refund_reserved = $1, refunded_amount = $2, refund = $3,"
            " changed_at = $4 WHERE seq = $5");
    return db_exec_deferred(ctx->db, &sql,
                            ARGS(db_int(p->refund_reserved), db_int(p->refunded_amount),
                                 db_text(str_from(refund_state_names[p->refund])),
                                 db_int(clock_now_us(ctx->clock)), db_int(p->seq)));
}

/* The member of the staff who asked for a refund; false if nobody of ours did. */
static bool refund_actor(const struct refund *row, struct actor *out) {
    *out = (struct actor){0};
    for (int kind = 0; kind < ACTOR_COUNT; kind++)
        if (row->actor_kind.data && str_equal(row->actor_kind, str_from(actor_kind_names[kind]))) {
            out->kind = (enum actor_kind)kind;
            return !row->actor.data || uuid_parse(row->actor, &out->id, NULL);
        }
    return false;
}

static const struct sql shopper_sql =
    SQL("SELECT o.id, c.email FROM orders AS o JOIN order_contacts AS c"
        " ON c.order_seq = o.seq WHERE o.seq = $1");

/* Mails the shopper that money is on its way back. */
static enum status refund_mail(struct shop_ctx *ctx, const struct payment *p, const struct refund *row) {
    struct order_mail mail = {.kind = MAIL_ORDER_REFUNDED,
                              .order_seq = p->order_seq,
                              .notify = {true, row->notify},
                              .amount = row->amount,
                              .currency = p->currency};
    struct uuid order = {0};
    if (!row->notify || row->amount == 0)
        return STATUS_OK;
    struct db_rows *rows = db_query(ctx->db, &shopper_sql, ARGS(db_int(p->order_seq)));
    if (db_step(rows)) {
        order = db_column_uuid(rows, 0);
        mail.to = db_column_text(rows, 1, ctx->arena);
    }
    TRY(db_finish(rows));
    mail.order = &order;
    return order_mail_queue(ctx, &mail);
}

/* What follows from a refund that succeeds. `is_last`: with it all of the money has gone back. */
static enum status refund_take_effect(struct shop_ctx *ctx, const struct payment *p, const struct refund *row,
                                      bool is_last) {
    struct actor actor;
    struct order_event_new event = {.kind = ORDER_EVENT_PARTLY_REFUNDED,
                                    .actor = refund_actor(row, &actor) ? &actor : NULL,
                                    .subject = &row->id,
                                    .amount = {true, row->amount}};
    struct reversal made = {.id = row->provider_refund_id, .amount = row->amount};
    ctx->outcomes |= OUTCOME_REFUNDED;
    TRY(refund_failures_make_up(ctx, p, &made, clock_now_us(ctx->clock)));
    if (p->overpaid)
        return STATUS_OK;
    if (is_last)
        TRY(refund_claim_unsent(ctx, &row->id));
    TRY(stock_restock(ctx, &row->id));
    TRY(stock_alert_restocked(ctx, &row->id));
    if (is_last) {
        TRY(order_refund(ctx, p->order_seq));
    } else {
        TRY(order_event_add(ctx, p->order_seq, &event));
        TRY(order_update_shipping(ctx, p->order_seq));
    }
    TRY(refund_mail(ctx, p, row));
    return event_record_order(ctx, EVENT_REFUND_SUCCEEDED, p->order_seq);
}

/* Writes the sums, and lets the refunds that succeed take effect, the last of them as the one that gave the rest. */
static enum status books_close(struct shop_ctx *ctx, struct refund_books *books, struct payment *p) {
    enum refund_state was = (enum refund_state)p->refund;
    size_t last = books->count;
    TRY(books_sum(ctx, books, p));
    p->refund = (int)refund_state_of(p);
    TRY(payment_write_refunds(ctx, p));
    for (size_t i = 0; i < books->count; i++)
        last = books->succeeds[i] ? i : last;
    for (size_t i = 0; i < books->count; i++)
        if (books->succeeds[i])
            TRY(refund_take_effect(ctx, p, &books->rows[i],
                                   i == last && was != REFUND_DONE && p->refund == REFUND_DONE));
    if (!p->overpaid && was != REFUND_DONE && p->refund == REFUND_DONE)
        p->order_status = ORDER_REFUNDED;
    return STATUS_OK;
}

enum status refunds_apply(struct shop_ctx *ctx, struct payment_flow *flow) {
    struct payment *p = &flow->payment;
    const struct provider_refund *known = flow->refunds.data;
    struct refund_books books = {0};
    flow->refund_status = REFUND_PENDING;
    TRY(payment_lock(ctx, &p->id)); /* what is prefetched is read after that */
    refunds_of_payment_prefetch(ctx, p->seq);
    if (flow->asked.count > 0)
        db_prefetch(ctx->db, &shopper_sql, ARGS(db_int(p->order_seq)));
    TRY(payment_load(ctx, &p->id, p));
    if (flow->answer != ANSWER_REFUNDS)
        return STATUS_OK;
    TRY(books_read(ctx, flow, &books));
    for (size_t i = 0; i < flow->refunds.count; i++)
        TRY(books_take_known(ctx, p, &books, &known[i]));
    TRY(books_take_refusals(ctx, flow, &books));
    TRY(books_close(ctx, &books, p));
    for (size_t i = 0; i < books.count; i++)
        if (uuid_equal(&books.rows[i].id, &flow->refund))
            flow->refund_status = books.rows[i].status;
    return STATUS_OK;
}

enum status refund_apply_alone(struct shop_ctx *ctx, struct payment *p) {
    struct payment_flow flow = {.payment = *p};
    struct refund_books books = {0};
    TRY(books_read(ctx, &flow, &books));
    bool is_by_hand = payment_is_by_hand(p);
    for (size_t i = 0; i < books.count; i++)
        if (books.rows[i].status == REFUND_PENDING && (is_by_hand || books.rows[i].amount == 0))
            TRY(row_succeed(ctx, &books, &books.rows[i]));
    return books_close(ctx, &books, p);
}
