#include "shop/payments/flow.h"

#include "shop/payments/apply.h"
#include "shop/payments/refund_rows.h"

static enum status flow_call_create(struct provider *provider, struct arena *arena,
                                    struct payment_flow *flow) {
    const struct payment *p = &flow->payment;
    struct intent_new wanted = {.payment = p->id,
                                .order = p->order_id,
                                .amount = p->amount,
                                .currency = p->currency,
                                .contact = p->contact};
    return provider->calls->create(provider, arena, &wanted, &flow->intent);
}

/* A confirm may be refused because it was done before: a reply was lost, or the page confirmed by itself. So
 * the intent is looked up, and if it is final that is the answer. */
static enum status flow_call_confirm(struct provider *provider, struct arena *arena, struct str id,
                                     struct payment_flow *flow) {
    const struct payment *p = &flow->payment;
    struct intent *out = &flow->intent;
    enum status s = provider->calls->confirm(provider, arena, &p->id, id, flow->method, p->attempts, out);
    if (s != STATUS_PAYMENT_REFUSED)
        return s;
    enum status looked = provider->calls->retrieve(provider, arena, id, out);
    bool is_final =
        looked == STATUS_OK && (out->status == INTENT_SUCCEEDED || out->status == INTENT_CANCELED);
    return looked == STATUS_OK && !is_final ? STATUS_PAYMENT_REFUSED : looked;
}

/* Asks for each refund, until the provider does not answer, then lists all that it has. */
static enum status flow_call_refunds(struct provider *provider, struct arena *arena, struct str id,
                                     struct payment_flow *flow) {
    struct refund_ask *asked = (struct refund_ask *)flow->asked.data;
    enum status s = STATUS_OK;
    for (size_t i = 0; i < flow->asked.count && s == STATUS_OK; i++) {
        struct refund_new wanted = {.refund = asked[i].id, .intent = id, .amount = asked[i].amount};
        asked[i].result = provider->calls->refund(provider, arena, &wanted, &asked[i].reason);
        s = asked[i].result == STATUS_PAYMENT_REFUSED ? STATUS_OK : asked[i].result;
    }
    enum status listed = provider->calls->refunds(provider, arena, id, &flow->refunds);
    if (listed == STATUS_OK)
        flow->answer = ANSWER_REFUNDS;
    return listed == STATUS_OK ? s : listed;
}

static enum status flow_call_op(struct provider *provider, struct arena *arena, struct str id,
                                struct payment_flow *flow) {
    switch (flow->op) {
    case PROVIDER_OP_CONFIRM:
        return flow_call_confirm(provider, arena, id, flow);
    case PROVIDER_OP_CANCEL:
        return provider->calls->cancel(provider, arena, id, &flow->intent);
    case PROVIDER_OP_REFUND:
        return flow_call_refunds(provider, arena, id, flow);
    default:
        return provider->calls->retrieve(provider, arena, id, &flow->intent);
    }
}

/* A payment of nothing never reaches the provider; this is what it would have. */
static struct intent intent_of_nothing(const struct payment *p, enum provider_op op) {
    return (struct intent){
        .status = op == PROVIDER_OP_CANCEL ? INTENT_CANCELED : INTENT_REQUIRES_CONFIRMATION,
        .payment = p->id,
        .currency = p->currency,
    };
}

/* Creates the intent; then, if more is asked than that, asks for it with the new id. */
static enum status flow_call_new(struct provider *provider, struct arena *arena, struct payment_flow *flow) {
    enum status s = flow_call_create(provider, arena, flow);
    if (s == STATUS_PAYMENT_REFUSED)
        flow->answer = ANSWER_NO_INTENT;
    if (s != STATUS_OK || flow->op == PROVIDER_OP_CREATE || flow->op == PROVIDER_OP_RETRIEVE)
        return s;
    return flow_call_op(provider, arena, flow->intent.id, flow);
}

enum status payment_flow_call(struct provider *provider, struct arena *arena, struct payment_flow *flow) {
    struct str id = flow->payment.provider_payment_id;
    flow->answer = ANSWER_UNKNOWN;
    flow->intent = (struct intent){0};
    if (flow->payment.amount == 0) {
        flow->intent = intent_of_nothing(&flow->payment, flow->op);
        flow->answer = ANSWER_INTENT;
        return STATUS_OK;
    }
    enum status s = id.data ? flow_call_op(provider, arena, id, flow) : flow_call_new(provider, arena, flow);
    bool has_intent = s == STATUS_OK || (s == STATUS_PAYMENT_REFUSED && flow->intent.id.data);
    if (has_intent && flow->op != PROVIDER_OP_REFUND)
        flow->answer = ANSWER_INTENT;
    return s;
}

enum status payment_flow_apply(struct shop_ctx *ctx, struct payment_flow *flow) {
    struct payment *p = &flow->payment;
    flow->is_ended = false;
    flow->failure = STATUS_OK;
    TRY(payment_load(ctx, &p->id, p));
    if (flow->answer == ANSWER_INTENT)
        return payment_apply(ctx, p, &flow->intent);
    return flow->answer == ANSWER_NO_INTENT ? payment_refuse(ctx, p, flow->intent.failure_message)
                                            : STATUS_OK;
}

void payment_flow_end(struct payment_flow *flow, enum status failure) {
    flow->is_ended = true;
    flow->failure = failure;
}

enum status payment_flow_fail(struct shop_ctx *ctx, enum status called, struct payment_flow *flow) {
    bool not_made = called == STATUS_QUEUE_FULL, refused = called == STATUS_PAYMENT_REFUSED;
    payment_flow_end(flow, not_made || refused ? called : STATUS_PROVIDER_UNAVAILABLE);
    return refused ? STATUS_OK : payment_postpone(ctx, &flow->payment);
}
