#include "shop/payment_ask.h"

enum ask payment_ask_when_due(const struct payment *p) {
    if (p->refund == REFUND_WANTED)
        return ASK_REFUND;
    if (p->status == PAYMENT_SUCCEEDED) /* an event says that money went back */
        return ASK_RETRIEVE;
    if (p->order_status != ORDER_PENDING)
        return ASK_CANCEL;
    return p->provider_payment_id.at ? ASK_RETRIEVE : ASK_CREATE;
}

static enum status create(struct provider *provider, struct arena *arena, const struct payment *p,
                          struct intent *out) {
    struct intent_new wanted = {
        .payment = p->id, .order = p->order_id, .amount = p->amount, .currency = p->currency};
    return provider->calls->create(provider, arena, &wanted, out);
}

/* What is refused may have been done before (a reply that was lost, a page that confirmed by itself), so the
 * intent is looked at. */
static enum status confirm(struct provider *provider, struct arena *arena, const struct payment *p,
                           struct str id, struct str method, struct intent *out) {
    enum status s = provider->calls->confirm(provider, arena, &p->id, id, method, p->attempts, out);
    if (s != STATUS_PAYMENT_REFUSED)
        return s;
    enum status looked = provider->calls->retrieve(provider, arena, id, out);
    bool final = looked == STATUS_OK && (out->status == INTENT_SUCCEEDED || out->status == INTENT_CANCELED);
    return looked == STATUS_OK && !final ? STATUS_PAYMENT_REFUSED : looked;
}

/* A payment of nothing never reaches the provider; this is what it would say. */
static struct intent intent_of_nothing(const struct payment *p, enum ask ask) {
    return (struct intent){
        .status = ask == ASK_CANCEL ? INTENT_CANCELED : INTENT_REQUIRES_CONFIRMATION,
        .payment = p->id,
        .currency = p->currency,
    };
}

static enum status ask_of(struct provider *provider, struct arena *arena, const struct payment *p,
                          struct str id, enum ask ask, struct str method, struct intent *out) {
    switch (ask) {
    case ASK_CONFIRM:
        return confirm(provider, arena, p, id, method, out);
    case ASK_CANCEL:
        return provider->calls->cancel(provider, arena, id, out);
    case ASK_REFUND:
        return provider->calls->refund(provider, arena, &p->id, id, out);
    default:
        return provider->calls->retrieve(provider, arena, id, out);
    }
}

enum status payment_ask(struct provider *provider, struct arena *arena, const struct payment *p, enum ask ask,
                        struct str method, struct intent *out) {
    struct str id = p->provider_payment_id;
    enum status s = STATUS_OK;
    *out = (struct intent){0};
    if (p->amount == 0) {
        *out = intent_of_nothing(p, ask);
        return STATUS_OK;
    }
    if (!id.at) {
        s = create(provider, arena, p, out);
        out->id = id = s == STATUS_OK ? out->id : id;
    }
    if (s == STATUS_OK && (p->provider_payment_id.at || (ask != ASK_CREATE && ask != ASK_RETRIEVE)))
        s = ask_of(provider, arena, p, id, ask, method, out);
    if (s != STATUS_OK && s != STATUS_PAYMENT_REFUSED)
        *out = (struct intent){0}; /* whatever a call that failed has left there is not known */
    return s;
}
