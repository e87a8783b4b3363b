#include "lab_provider.h"

#include <stdio.h>
#include <string.h>

static struct lab_provider *lab_provider_of(struct provider *base) {
    return (struct lab_provider *)base;
}

/* Counts a call. Returns whether it does not come as far as the provider. */
static bool provider_is_unreached(struct lab_provider *p) {
    p->calls++;
    p->fails = p->fail_at && (p->calls == p->fail_at || (p->fails_forever && p->calls > p->fail_at));
    return p->fails && p->is_unreached;
}

static struct lab_intent *intent_find(struct lab_provider *p, struct str id) {
    for (size_t i = 0; i < p->count; i++)
        if (str_equal(str_from(p->intents[i].id), id))
            return &p->intents[i];
    return NULL;
}

static struct intent intent_show(const struct lab_intent *i) {
    return (struct intent){
        .id = str_from(i->id),
        .client_secret = str_from(i->id),
        .payment = i->payment,
        .status = i->status,
        .amount = i->amount,
        .received = i->status == INTENT_SUCCEEDED ? i->amount : 0,
        .refunded = i->refunded,
        .currency = STR("usd"),
    };
}

/* Shows the intent after the call, unless the call is one that fails: then it has happened, and the answer is lost. */
static enum status intent_answer(struct lab_provider *p, const struct lab_intent *i, struct intent *out) {
    if (p->fails)
        return STATUS_PROVIDER_UNAVAILABLE;
    if (!i)
        return STATUS_PAYMENT_REFUSED;
    *out = intent_show(i);
    return STATUS_OK;
}

static enum status lab_create(struct provider *base, struct arena *arena, const struct intent_new *wanted,
                              struct intent *out) {
    struct lab_provider *p = lab_provider_of(base);
    struct lab_intent *found = NULL;
    (void)arena;
    if (provider_is_unreached(p))
        return STATUS_PROVIDER_UNAVAILABLE;
    for (size_t i = 0; i < p->count; i++)
        if (uuid_equal(&p->intents[i].payment, &wanted->payment))
            found = &p->intents[i];
    if (!found && p->count < lab_intents_max) {
        char id[uuid_text_size + 1] = "";
        found = &p->intents[p->count++];
        *found = (struct lab_intent){.payment = wanted->payment, .amount = wanted->amount};
        uuid_format(&wanted->payment, id);
        snprintf(found->id, sizeof found->id, "pi_%s", id);
    }
    return intent_answer(p, found, out);
}

static enum status lab_confirm(struct provider *base, struct arena *arena, const struct uuid *payment,
                               struct str intent, struct str method, int64_t attempt, struct intent *out) {
    struct lab_provider *p = lab_provider_of(base);
    struct lab_intent *i = intent_find(p, intent);
    (void)arena, (void)payment, (void)method, (void)attempt;
    if (provider_is_unreached(p))
        return STATUS_PROVIDER_UNAVAILABLE;
    if (i && i->status != INTENT_CANCELED)
        i->status = INTENT_SUCCEEDED;
    return intent_answer(p, i, out);
}

static enum status lab_retrieve(struct provider *base, struct arena *arena, struct str intent,
                                struct intent *out) {
    struct lab_provider *p = lab_provider_of(base);
    (void)arena;
    if (provider_is_unreached(p))
        return STATUS_PROVIDER_UNAVAILABLE;
    return intent_answer(p, intent_find(p, intent), out);
}

static enum status lab_cancel(struct provider *base, struct arena *arena, struct str intent,
                              struct intent *out) {
    struct lab_provider *p = lab_provider_of(base);
    struct lab_intent *i = intent_find(p, intent);
    (void)arena;
    if (provider_is_unreached(p))
        return STATUS_PROVIDER_UNAVAILABLE;
    if (i && i->status != INTENT_SUCCEEDED)
        i->status = INTENT_CANCELED;
    return intent_answer(p, i, out);
}

static enum status lab_refund(struct provider *base, struct arena *arena, const struct refund_new *wanted,
                              struct str *reason) {
    struct lab_provider *p = lab_provider_of(base);
    struct lab_intent *i = intent_find(p, wanted->intent);
    bool is_known = false;
    (void)arena, (void)reason;
    if (provider_is_unreached(p))
        return STATUS_PROVIDER_UNAVAILABLE;
    for (size_t k = 0; i && k < i->refund_count; k++)
        is_known |= uuid_equal(&i->refunds[k].refund, &wanted->refund);
    if (i && !is_known && i->refund_count < lab_refunds_max && i->refunded + wanted->amount <= i->amount) {
        char *id = i->refund_ids[i->refund_count];
        snprintf(id, sizeof i->refund_ids[0], "re_%zu_%td", i->refund_count, i - p->intents);
        i->refunds[i->refund_count++] =
            (struct provider_refund){.id = str_from(id), .refund = wanted->refund, .amount = wanted->amount};
        i->refunded += wanted->amount;
    }
    return p->fails ? STATUS_PROVIDER_UNAVAILABLE : STATUS_OK;
}

static enum status lab_refunds(struct provider *base, struct arena *arena, struct str intent,
                               struct list *out) {
    struct lab_provider *p = lab_provider_of(base);
    struct lab_intent *i = intent_find(p, intent);
    (void)arena;
    if (provider_is_unreached(p))
        return STATUS_PROVIDER_UNAVAILABLE;
    if (p->fails)
        return STATUS_PROVIDER_UNAVAILABLE;
    *out = (struct list){i ? i->refunds : NULL, i ? i->refund_count : 0};
    return STATUS_OK;
}

/* An event's body is the intent's id: it has succeeded. */
static enum status lab_event(struct provider *base, struct arena *arena, struct str signature,
                             struct str body, int64_t now_us, struct payment_event *out) {
    struct lab_provider *p = lab_provider_of(base);
    struct lab_intent *i = intent_find(p, body);
    (void)arena, (void)signature;
    if (!i)
        return STATUS_BAD_EVENT;
    i->status = INTENT_SUCCEEDED;
    *out = (struct payment_event){.id = STR("evt_1"),
                                  .type = STR("payment_intent.succeeded"),
                                  .about_intent = true,
                                  .created_at = now_us};
    out->intent = intent_show(i);
    return STATUS_OK;
}

static void provider_stays(struct provider *base) {
    (void)base;
}

const struct provider_calls lab_provider_functions = {
    .create = lab_create,
    .confirm = lab_confirm,
    .retrieve = lab_retrieve,
    .cancel = lab_cancel,
    .refund = lab_refund,
    .refunds = lab_refunds,
    .event = lab_event,
    .close = provider_stays,
};
