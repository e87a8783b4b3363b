/* The one transition of a payment: (payment, its order, the provider's intent) → (payment, order).
 *
 *     the provider's intent         pending or failed payment             succeeded payment
 *     ---------------------------   ----------------------------------    ----------------------------
 *     succeeded, our amount         succeeded; the order, if it is        refunded > 0: see below
 *                                     pending    → paid
 *                                     expired    → paid, if all of its
 *                                                  stock can be retaken
 *                                     otherwise  → as it is: overpaid,
 *                                                  the money goes back
 *     succeeded, another amount     as it is; reported, nothing is paid   -
 *     canceled                      failed, and never due again           -
 *     declined                      failed, but due: the page may try     -
 *                                   another card at the provider
 *     anything else                 as it is; looked up later             -
 *
 * A succeeded payment only changes by refunds (refunds/refund_apply.h): if more has gone back than we know of, it is due.
 *
 * Nothing here depends on the order in which answers come. A payment goes forward only (pending, failed,
 * succeeded), and each UPDATE names the status that it was read with. If another transaction was faster, it
 * changes no row, and the transaction is run again from its start (STATUS_RETRY).
 *
 * `due_at` is decided here for each state, because a payment that could still be charged must never be
 * forgotten: it stays due until the provider says that it is succeeded or canceled. */
#include "shop/payments/apply.h"

#include "base/log.h"
#include "shop/orders/paid_mail.h"
#include "shop/payments/refund_rows.h"

enum { minute_us = 60 * 1000000 };
#define hour_us (INT64_C(3600) * 1000000)

#define CANCELED_MESSAGE "The payment was cancelled."
#define DECLINED_MESSAGE "The payment was declined."
#define AUTHENTICATE_MESSAGE "The bank wants the card's owner to authenticate this payment."
#define OVERPAID_MESSAGE "The order could no longer be paid, so the money is given back."

/* ---- Writing. */

/* Returns when to look at a payment again: after a minute at first, then after as long as it is old, and
 * never later than after an hour. */
static int64_t payment_next_look(struct shop_ctx *ctx, const struct payment *p) {
    int64_t now = clock_now_us(ctx->clock), age = now - p->created_at;
    return now + (age < minute_us ? minute_us : age < hour_us ? age : hour_us);
}

/* Returns when reconciliation looks at an unpaid payment next; 0 if it cannot be charged any more. `intent`
 * is NULL if the provider has no intent. */
static int64_t payment_due_unpaid(struct shop_ctx *ctx, const struct payment *p,
                                  const struct intent *intent) {
    if (!intent || (p->status == PAYMENT_FAILED && intent->status == INTENT_CANCELED))
        return 0;
    /* The order is over, so the intent must be canceled at once. A bank that is processing it cannot be
     * stopped. */
    if (p->order_status != ORDER_PENDING && intent->status != INTENT_PROCESSING)
        return clock_now_us(ctx->clock);
    return payment_next_look(ctx, p);
}

static enum status payment_write(struct shop_ctx *ctx, const struct payment *p, enum payment_status was,
                                 int64_t due) {
    static const struct sql sql =
        SQL("UPDATE payments SET provider_payment_id = $1, status = $2, failure_message = $3, surplus = $4,"
            " refund = $5, wrong_amount = $6, wrong_currency = $7, changed_at = $8, due_at = $9,"
            " refund_reserved = $10 WHERE seq = $11 AND status = $12");
    struct maybe_int maybe_due = {.is_set = due != 0, .value = due};
    return db_exec_deferred_or(
        ctx->db, &sql,
        ARGS(db_text(p->provider_payment_id), db_text(str_from(payment_status_names[p->status])),
             db_text(p->failure_message), db_int(p->overpaid),
             db_text(str_from(refund_state_names[p->refund])), db_maybe_int(p->amount_mismatch),
             db_text(p->currency_mismatch), db_int(clock_now_us(ctx->clock)), db_maybe_int(maybe_due),
             db_int(p->refund_reserved), db_int(p->seq), db_text(str_from(payment_status_names[was]))),
        STATUS_RETRY);
}

/* ---- Money. */

/* Pays the order if it is pending, or expired and its stock can be retaken. Otherwise marks the payment as
 * overpaid. The order is locked, so one that was read as pending is pending. */
static enum status payment_pay_order(struct shop_ctx *ctx, struct payment *p) {
    enum status s = STATUS_ORDER_NOT_PENDING;
    if (p->order_status == ORDER_PENDING) {
        TRY(order_close(ctx, p->order_seq, ORDER_PAID));
        s = STATUS_OK;
    } else if (p->order_status == ORDER_EXPIRED) {
        s = order_reactivate(ctx, p->order_seq);
        ctx->outcomes |= s == STATUS_OK ? OUTCOME_LATE : 0;
    }
    p->overpaid = s == STATUS_ORDER_NOT_PENDING || s == STATUS_INSUFFICIENT_STOCK;
    if (s == STATUS_OK) {
        p->order_status = ORDER_PAID;
        return order_paid_mail(ctx, p->order_seq, p->email);
    }
    return p->overpaid ? STATUS_OK : s;
}

/* Returns when reconciliation looks at a payment that succeeds now. An event may have reported a refund
 * before we learned of the charge: what is due already stays due. */
static int64_t payment_due_paid(struct shop_ctx *ctx, const struct payment *p) {
    int64_t now = clock_now_us(ctx->clock);
    if (p->overpaid)
        return now;
    return p->due_at <= now ? p->due_at : 0;
}

/* Writes the refund of money that the order has no use for; reconciliation makes it. */
static enum status payment_refund_overpaid(struct shop_ctx *ctx, const struct payment *p) {
    struct refund all = {.id = uuid_new(ctx->clock, ctx->random),
                         .order_seq = p->order_seq,
                         .payment = p->seq,
                         .amount = p->amount,
                         .status = REFUND_PENDING,
                         .origin = REFUND_BY_SHOP,
                         .created_at = clock_now_us(ctx->clock)};
    return refund_insert(ctx, &all);
}

static enum status payment_succeed(struct shop_ctx *ctx, struct payment *p) {
    enum payment_status was = (enum payment_status)p->status;
    TRY(payment_pay_order(ctx, p));
    p->status = PAYMENT_SUCCEEDED;
    p->refund = p->overpaid ? REFUND_WANTED : REFUND_NONE;
    p->refund_reserved = p->overpaid ? p->amount : 0;
    p->failure_message = p->overpaid ? STR(OVERPAID_MESSAGE) : (struct str){0};
    p->amount_mismatch = (struct maybe_int){0};
    p->currency_mismatch = (struct str){0};
    ctx->outcomes |= OUTCOME_SUCCEEDED | (p->overpaid ? OUTCOME_OVERPAID : 0u);
    if (p->overpaid)
        TRY(payment_refund_overpaid(ctx, p));
    enum status s = payment_write(ctx, p, was, payment_due_paid(ctx, p));
    /* After this one had failed, the order may have got another payment: that must be canceled now. */
    return s == STATUS_OK && was == PAYMENT_FAILED ? payments_make_due(ctx, p->order_seq) : s;
}

static bool payment_amount_matches(const struct payment *p, const struct intent *i) {
    return i->amount == p->amount && i->received == p->amount && str_equal(i->currency, p->currency);
}

/* Reports a charge of another amount or currency, which pays nothing. A person must look into it: it is
 * logged and counted once, and the audit shows it until the provider says otherwise. */
static enum status payment_report_mismatch(struct shop_ctx *ctx, struct payment *p, const struct intent *i) {
    int64_t took = i->received == p->amount ? i->amount : i->received;
    char id[uuid_text_size];
    if (p->amount_mismatch.is_set && p->amount_mismatch.value == took &&
        str_equal(p->currency_mismatch, i->currency))
        return STATUS_OK;
    uuid_format(&p->id, id);
    log_warning("payment %.*s asks for %lld %.*s, and the provider says that it took %lld %.*s: look into it",
                uuid_text_size, id, (long long)p->amount, (int)p->currency.size, p->currency.data,
                (long long)took, (int)i->currency.size, i->currency.data);
    p->amount_mismatch = (struct maybe_int){.is_set = true, .value = took};
    p->currency_mismatch = i->currency;
    ctx->outcomes |= OUTCOME_MISMATCH;
    return payment_write(ctx, p, (enum payment_status)p->status, payment_due_unpaid(ctx, p, i));
}

/* ---- No money. */

/* `i` is NULL if the provider has no intent. */
static enum status payment_fail(struct shop_ctx *ctx, struct payment *p, struct str error,
                                const struct intent *i) {
    enum payment_status was = (enum payment_status)p->status;
    p->status = PAYMENT_FAILED;
    p->failure_message = error;
    ctx->outcomes |= was == PAYMENT_PENDING ? OUTCOME_FAILED : 0;
    return payment_write(ctx, p, was, payment_due_unpaid(ctx, p, i));
}

/* Leaves the payment as it is, for another look. */
static enum status payment_keep(struct shop_ctx *ctx, struct payment *p, const struct intent *i) {
    if (p->status == PAYMENT_PENDING && i->status == INTENT_REQUIRES_ACTION)
        p->failure_message = STR(AUTHENTICATE_MESSAGE);
    return payment_write(ctx, p, (enum payment_status)p->status, payment_due_unpaid(ctx, p, i));
}

static enum status payment_apply_unpaid(struct shop_ctx *ctx, struct payment *p, const struct intent *i) {
    bool declined = i->status == INTENT_REQUIRES_PAYMENT_METHOD && i->failure_code.data;
    if (i->status == INTENT_SUCCEEDED)
        return payment_amount_matches(p, i) ? payment_succeed(ctx, p) : payment_report_mismatch(ctx, p, i);
    if (i->status == INTENT_CANCELED)
        return payment_fail(ctx, p, p->status == PAYMENT_FAILED ? p->failure_message : STR(CANCELED_MESSAGE),
                            i);
    if (declined)
        return payment_fail(ctx, p, i->failure_message.data ? i->failure_message : STR(DECLINED_MESSAGE), i);
    return payment_keep(ctx, p, i);
}

/* ---- Refunds. */

/* If more has gone back than we know of, has the refunds looked at: the list of them is what counts. */
static enum status payment_look_at_refunds(struct shop_ctx *ctx, struct payment *p, const struct intent *i) {
    static const struct sql sql = SQL("UPDATE payments SET due_at = $1 WHERE seq = $2");
    if (i->refunded <= p->refunded_amount)
        return STATUS_OK;
    p->due_at = clock_now_us(ctx->clock);
    return db_exec_deferred(ctx->db, &sql, ARGS(db_int(p->due_at), db_int(p->seq)));
}

enum status payment_clear_due(struct shop_ctx *ctx, const struct payment *p) {
    static const struct sql sql =
        SQL("UPDATE payments SET due_at = NULL WHERE seq = $1 AND status = 'succeeded'"
            " AND refund_reserved = refunded_amount AND due_at > $2");
    return db_exec_deferred(ctx->db, &sql, ARGS(db_int(p->seq), db_int(clock_now_us(ctx->clock))));
}

enum status payment_apply(struct shop_ctx *ctx, struct payment *p, const struct intent *intent) {
    if (!p->provider_payment_id.data)
        p->provider_payment_id = intent->id;
    if (!str_equal(p->provider_payment_id, intent->id)) {
        log_warning("the provider tells of %.*s as the payment that is %.*s: ignored", (int)intent->id.size,
                    intent->id.data, (int)p->provider_payment_id.size, p->provider_payment_id.data);
        ctx->outcomes |= OUTCOME_MISMATCH;
        return STATUS_OK;
    }
    enum status s = p->status == PAYMENT_SUCCEEDED ? STATUS_OK : payment_apply_unpaid(ctx, p, intent);
    return s == STATUS_OK && p->status == PAYMENT_SUCCEEDED ? payment_look_at_refunds(ctx, p, intent) : s;
}

enum status payment_refuse(struct shop_ctx *ctx, struct payment *p, struct str error) {
    return p->status == PAYMENT_PENDING ? payment_fail(ctx, p, error, NULL) : STATUS_OK;
}

enum status payment_postpone(struct shop_ctx *ctx, const struct payment *p) {
    static const struct sql sql =
        SQL("UPDATE payments SET due_at = $1 WHERE seq = $2 AND due_at IS NOT NULL");
    return db_exec_deferred(ctx->db, &sql, ARGS(db_int(payment_next_look(ctx, p)), db_int(p->seq)));
}
