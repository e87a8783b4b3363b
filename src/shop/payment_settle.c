/* How a payment changes: the one transition function, and what leads to it from an event. */
#include "shop/payment.h"

#include "base/log.h"

#include <assert.h>

enum { minute_us = 60 * 1000000 };
#define hour_us (INT64_C(3600) * 1000000)

#define CANCELED_MESSAGE "The payment was cancelled."
#define DECLINED_MESSAGE "The payment was declined."
#define AUTHENTICATE_MESSAGE "The bank wants the card's owner to authenticate this payment."
#define SURPLUS_MESSAGE "The order could no longer be paid, so the money is given back."

void payment_count(unsigned outcomes, struct metrics_shard *shard) {
    static const enum metric metrics[] = {
        METRIC_PAYMENTS_SUCCEEDED, METRIC_PAYMENTS_FAILED, METRIC_PAYMENTS_LATE, METRIC_PAYMENTS_SURPLUS,
        METRIC_PAYMENTS_WRONG,     METRIC_REFUNDS,         METRIC_EVENTS,        METRIC_EVENTS_REPEATED};
    for (size_t i = 0; i < sizeof metrics / sizeof *metrics; i++)
        if (outcomes & 1u << i)
            metric_add(shard, metrics[i], 1);
}

/* ---- Writing. */

/* Soon at first, and ever more seldom: a payment that was left alone a day ago is looked at every hour. */
static int64_t next_look(struct tx *tx, const struct payment *p) {
    int64_t now = clock_now_us(tx->clock), age = now - p->created_at;
    return now + (age < minute_us ? minute_us : age < hour_us ? age : hour_us);
}

/* When reconciliation is to look at the payment as it is now; 0 where nothing can happen to it any more. */
static int64_t due_at(struct tx *tx, const struct payment *p, const struct intent *intent) {
    if (p->status == PAYMENT_SUCCEEDED)
        return p->refund == REFUND_WANTED ? next_look(tx, p) : 0;
    if (p->status == PAYMENT_FAILED && (!intent || intent->status == INTENT_CANCELED))
        return 0;
    /* Nobody may pay for an order that is over: what is still open is to be cancelled. */
    if (p->order_status != ORDER_PENDING && intent->status != INTENT_PROCESSING)
        return clock_now_us(tx->clock);
    return next_look(tx, p);
}

static enum status write_payment(struct tx *tx, const struct payment *p, enum payment_status was,
                                 int64_t due) {
    static const struct sql sql = {
        "UPDATE payments SET provider_payment_id = $1, status = $2, failure_message = $3, surplus = $4,"
        " refund = $5, wrong_amount = $6, wrong_currency = $7, changed_at = $8, due_at = $9"
        " WHERE seq = $10 AND status = $11",
        NULL};
    static const char *const refunds[] = {"none", "wanted", "done"};
    int64_t changed = 0;
    struct maybe_int maybe_due = {.given = due != 0, .value = due};
    enum status s = db_exec(
        tx->db, &sql,
        ARGS(db_text(p->provider_payment_id), db_text(str_from(payment_status_names[p->status])),
             db_text(p->failure_message), db_int(p->surplus), db_text(str_from(refunds[p->refund])),
             db_maybe_int(p->wrong_amount), db_text(p->wrong_currency), db_int(clock_now_us(tx->clock)),
             db_maybe_int(maybe_due), db_int(p->seq), db_text(str_from(payment_status_names[was]))),
        &changed);
    /* Another transaction was faster, on an engine that runs several: this one is taken anew. */
    return s == STATUS_OK && changed == 0 ? STATUS_RETRY : s;
}

/* ---- Money. */

/* What an order does with money: it is paid where it waits for it, or has just expired and can have its stock
 * again; else the money is surplus. */
static enum status pay_order(struct tx *tx, struct payment *p) {
    enum status s = STATUS_ORDER_NOT_PENDING;
    if (p->order_status == ORDER_PENDING) {
        s = order_close(tx, p->order_seq, ORDER_PAID);
    } else if (p->order_status == ORDER_EXPIRED) {
        s = order_retake(tx, p->order_seq);
        tx->outcomes |= s == STATUS_OK ? OUTCOME_LATE : 0;
    }
    p->surplus = s == STATUS_ORDER_NOT_PENDING || s == STATUS_INSUFFICIENT_STOCK;
    if (s == STATUS_OK)
        p->order_status = ORDER_PAID;
    return p->surplus ? STATUS_OK : s;
}

/* An event may have told of a refund before the charge was heard of: what is due stays so. */
static int64_t due_once_paid(struct tx *tx, const struct payment *p) {
    int64_t now = clock_now_us(tx->clock);
    if (p->surplus)
        return now;
    return p->due_at <= now ? p->due_at : 0;
}

static enum status take_money(struct tx *tx, struct payment *p) {
    enum payment_status was = (enum payment_status)p->status;
    enum status s = pay_order(tx, p);
    if (s != STATUS_OK)
        return s;
    p->status = PAYMENT_SUCCEEDED;
    p->refund = p->surplus ? REFUND_WANTED : REFUND_NONE;
    p->failure_message = p->surplus ? STR(SURPLUS_MESSAGE) : (struct str){0};
    p->wrong_amount = (struct maybe_int){0};
    p->wrong_currency = (struct str){0};
    tx->outcomes |= OUTCOME_SUCCEEDED | (p->surplus ? OUTCOME_SURPLUS : 0u);
    s = write_payment(tx, p, was, due_once_paid(tx, p));
    /* The order may have gone on to another payment after this one had failed. */
    return s == STATUS_OK && was == PAYMENT_FAILED ? payments_order_closed(tx, p->order_seq) : s;
}

static bool right_money(const struct payment *p, const struct intent *i) {
    return i->amount == p->amount && i->received == p->amount && str_equal(i->currency, p->currency);
}

/* Nothing is paid by it. A person must look: it is told, counted, and shown by the audit until the provider
 * says otherwise. */
static enum status report_wrong(struct tx *tx, struct payment *p, const struct intent *i) {
    int64_t took = i->received == p->amount ? i->amount : i->received;
    char id[uuid_text_size];
    if (p->wrong_amount.given && p->wrong_amount.value == took && str_equal(p->wrong_currency, i->currency))
        return STATUS_OK;
    uuid_format(&p->id, id);
    log_warning("payment %.*s asks for %lld %.*s, and the provider says that it took %lld %.*s: look into it",
                uuid_text_size, id, (long long)p->amount, (int)p->currency.size, p->currency.at,
                (long long)took, (int)i->currency.size, i->currency.at);
    p->wrong_amount = (struct maybe_int){.given = true, .value = took};
    p->wrong_currency = i->currency;
    tx->outcomes |= OUTCOME_WRONG;
    return write_payment(tx, p, (enum payment_status)p->status, due_at(tx, p, i));
}

/* ---- Everything else. */

/* `i` is NULL where there is no intent at all. */
static enum status fail_payment(struct tx *tx, struct payment *p, struct str why, const struct intent *i) {
    enum payment_status was = (enum payment_status)p->status;
    p->status = PAYMENT_FAILED;
    p->failure_message = why;
    tx->outcomes |= was == PAYMENT_PENDING ? OUTCOME_FAILED : 0;
    return write_payment(tx, p, was, due_at(tx, p, i));
}

/* The payment goes on as it was. */
static enum status look_again(struct tx *tx, struct payment *p, const struct intent *i) {
    if (p->status == PAYMENT_PENDING && i->status == INTENT_REQUIRES_ACTION)
        p->failure_message = STR(AUTHENTICATE_MESSAGE);
    return write_payment(tx, p, (enum payment_status)p->status, due_at(tx, p, i));
}

static enum status settle_unpaid(struct tx *tx, struct payment *p, const struct intent *i) {
    bool declined = i->status == INTENT_REQUIRES_PAYMENT_METHOD && i->failure_code.at;
    if (i->status == INTENT_SUCCEEDED)
        return right_money(p, i) ? take_money(tx, p) : report_wrong(tx, p, i);
    if (i->status == INTENT_CANCELED)
        return fail_payment(tx, p, p->status == PAYMENT_FAILED ? p->failure_message : STR(CANCELED_MESSAGE),
                            i);
    if (declined)
        return fail_payment(tx, p, i->failure_message.at ? i->failure_message : STR(DECLINED_MESSAGE), i);
    return look_again(tx, p, i);
}

/* A part of the money is a matter between whoever gave it back and the shopper: the order stays paid. */
static void tell_part(const struct payment *p, const struct intent *i) {
    char id[uuid_text_size];
    uuid_format(&p->id, id);
    log_warning("payment %.*s: %lld of its %lld %.*s were given back at the provider; its order stays paid",
                uuid_text_size, id, (long long)i->refunded, (long long)p->amount, (int)p->currency.size,
                p->currency.at);
}

/* Whether we wanted it or somebody else did it at the provider. */
static enum status settle_refund(struct tx *tx, struct payment *p, const struct intent *i) {
    bool part = i->refunded < p->amount, wanted = p->refund == REFUND_WANTED;
    if (p->refund == REFUND_DONE || (!wanted && i->refunded == 0))
        return STATUS_OK;
    if (part && !wanted)
        tell_part(p, i);
    if (part)
        return STATUS_OK;
    p->refund = REFUND_DONE;
    tx->outcomes |= OUTCOME_REFUNDED;
    enum status s = p->surplus ? STATUS_OK : order_refund(tx, p->order_seq);
    return s == STATUS_OK ? write_payment(tx, p, PAYMENT_SUCCEEDED, 0) : s;
}

enum status payment_settle(struct tx *tx, struct payment *p, const struct intent *intent) {
    if (!p->provider_payment_id.at)
        p->provider_payment_id = intent->id;
    if (!str_equal(p->provider_payment_id, intent->id)) {
        log_warning("the provider tells of %.*s as the payment that is %.*s: ignored", (int)intent->id.size,
                    intent->id.at, (int)p->provider_payment_id.size, p->provider_payment_id.at);
        tx->outcomes |= OUTCOME_WRONG;
        return STATUS_OK;
    }
    enum status s = p->status == PAYMENT_SUCCEEDED ? STATUS_OK : settle_unpaid(tx, p, intent);
    return s == STATUS_OK && p->status == PAYMENT_SUCCEEDED ? settle_refund(tx, p, intent) : s;
}

enum status payment_refused(struct tx *tx, struct payment *p, struct str why) {
    return p->status == PAYMENT_PENDING ? fail_payment(tx, p, why, NULL) : STATUS_OK;
}

enum status payment_unanswered(struct tx *tx, const struct payment *p) {
    static const struct sql sql = {"UPDATE payments SET due_at = $1 WHERE seq = $2 AND due_at IS NOT NULL",
                                   NULL};
    return db_exec(tx->db, &sql, ARGS(db_int(next_look(tx, p)), db_int(p->seq)), NULL);
}

enum status payment_looked_at(struct tx *tx, const struct payment *p) {
    static const struct sql sql = {
        "UPDATE payments SET due_at = NULL WHERE seq = $1 AND status = 'succeeded'"
        " AND refund <> 'wanted' AND due_at > $2",
        NULL};
    return db_exec(tx->db, &sql, ARGS(db_int(p->seq), db_int(clock_now_us(tx->clock))), NULL);
}

/* ---- Events. */

static enum status take_event(struct tx *tx, struct str id, bool *fresh) {
    static const struct sql sql = {
        "INSERT INTO payment_events (id, taken_at) VALUES ($1, $2) ON CONFLICT (id) DO NOTHING", NULL};
    int64_t changed = 0;
    enum status s = db_exec(tx->db, &sql, ARGS(db_text(id), db_int(clock_now_us(tx->clock))), &changed);
    *fresh = changed == 1;
    tx->outcomes |= s != STATUS_OK ? 0u : *fresh ? OUTCOME_EVENT : OUTCOME_EVENT_REPEATED;
    return s;
}

/* By the provider's id; or by ours, which it was told, where its own has not been written down yet. */
static enum status find_payment(struct tx *tx, const struct intent *intent, int64_t *seq) {
    static const struct sql by_theirs = {"SELECT seq FROM payments WHERE provider_payment_id = $1", NULL};
    static const struct sql by_ours = {"SELECT seq FROM payments WHERE id = $1", NULL};
    *seq = 0;
    struct db_rows *rows = db_query(tx->db, &by_theirs, ARGS(db_text(intent->id)));
    while (db_step(rows))
        *seq = db_column_int(rows, 0);
    enum status s = db_finish(rows);
    if (s != STATUS_OK || *seq != 0)
        return s;
    rows = db_query(tx->db, &by_ours, ARGS(db_uuid(&intent->payment)));
    while (db_step(rows))
        *seq = db_column_int(rows, 0);
    return db_finish(rows);
}

/* Our own refunds are told too: they are looked after by whoever wanted them. A payment that failed and can
 * never be charged has nothing to give back. */
static enum status look_now(struct tx *tx, const struct payment *p) {
    static const struct sql sql = {
        "UPDATE payments SET due_at = $1 WHERE seq = $2 AND refund = 'none'"
        " AND (status = 'succeeded' OR due_at IS NOT NULL)",
        NULL};
    return db_exec(tx->db, &sql, ARGS(db_int(clock_now_us(tx->clock)), db_int(p->seq)), NULL);
}

enum status payment_event(struct tx *tx, const struct payment_event *event) {
    struct payment p;
    int64_t seq = 0;
    bool fresh = false;
    enum status s = take_event(tx, event->id, &fresh);
    if (s == STATUS_OK && fresh && (event->about_intent || event->about_refund))
        s = find_payment(tx, &event->intent, &seq);
    if (s != STATUS_OK || seq == 0)
        return s;
    s = payment_load(tx, seq, &p);
    if (s != STATUS_OK)
        return s;
    return event->about_intent ? payment_settle(tx, &p, &event->intent) : look_now(tx, &p);
}
