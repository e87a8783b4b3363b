/* The payment provider, as pay/provider.h promises it, with books of its own in memory. It is another machine: a crash of the
 * shop does not touch it. So its books are the second opinion on every order's money.
 *
 *     a call   works, or fails before anything is done, or is done and its answer is lost
 *
 * A key (our payment, or our refund, or the number of an attempt) has its effect once. */
#include "sim.h"

#include "pay/event.h"

#include <string.h>

enum bank_trouble { TROUBLE_NONE, TROUBLE_BEFORE, TROUBLE_AFTER };

static struct bank *bank_of(struct provider *p) {
    return (struct bank *)(void *)p;
}

/* Draws how the call under way goes. */
static enum bank_trouble bank_draw(struct bank *bank) {
    bool fails = dice_percent(&bank->sim->dice, bank->trouble);
    bank->sim->counts.operations++;
    bank->was_silent |= fails;
    return !fails ? TROUBLE_NONE : dice_percent(&bank->sim->dice, 50) ? TROUBLE_BEFORE : TROUBLE_AFTER;
}

/* ---- Books. */

static struct book_intent *bank_find(struct bank *bank, struct str id) {
    for (int i = bank->intent_count - 1; i >= 0; i--)
        if (str_equal(id, str_from(bank->intents[i].id)))
            return &bank->intents[i];
    return NULL;
}

struct book_intent *bank_find_payment(struct bank *bank, const struct uuid *payment) {
    for (int i = bank->intent_count - 1; i >= 0; i--)
        if (uuid_equal(payment, &bank->intents[i].payment))
            return &bank->intents[i];
    return NULL;
}

static bool intent_is_of(const struct book_intent *i, const char *order) {
    char text[uuid_text_size];
    uuid_format(&i->order, text);
    return memcmp(text, order, uuid_text_size) == 0;
}

int64_t bank_kept(const struct bank *bank, const char *order) {
    int64_t kept = 0;
    for (int i = 0; i < bank->intent_count; i++)
        if (intent_is_of(&bank->intents[i], order))
            kept += bank->intents[i].received - bank->intents[i].refunded;
    return kept;
}

bool bank_has_paid(const struct sim *sim, const struct model_order *order) {
    for (int i = sim->bank.intent_count - 1; i >= 0; i--) {
        const struct book_intent *intent = &sim->bank.intents[i];
        if (intent->status == INTENT_SUCCEEDED && intent->received == order->total &&
            intent_is_of(intent, order->id))
            return true;
    }
    return false;
}

void bank_add_event(struct bank *bank, const struct book_intent *i, const char *type) {
    if (bank->event_count == bank_events_max)
        breach(bank->sim, "the simulator has no room for another event");
    bank->events[bank->event_count++] = (struct bank_event){.intent = (int)(i - bank->intents),
                                                            .type = type,
                                                            .status = i->status,
                                                            .received = i->received,
                                                            .refunded = i->refunded,
                                                            .is_declined = i->is_declined,
                                                            .created_s = bank->sim->now_us / second_us};
}

void bank_charge(struct bank *bank, struct book_intent *i) {
    i->status = INTENT_SUCCEEDED;
    i->received = i->amount;
    i->is_declined = false;
    bank_add_event(bank, i, "payment_intent.succeeded");
}

void bank_decline(struct bank *bank, struct book_intent *i) {
    i->status = INTENT_REQUIRES_PAYMENT_METHOD;
    i->is_declined = true;
    bank_add_event(bank, i, "payment_intent.payment_failed");
}

void bank_give_back(struct bank *bank, struct book_intent *i, const struct uuid *refund, int64_t amount) {
    if (i->refund_count == intent_refunds_max)
        breach(bank->sim, "the simulator has no room for another refund");
    struct book_refund *r = &i->refunds[i->refund_count];
    *r = (struct book_refund){.refund = *refund, .amount = amount};
    snprintf(r->id, sizeof r->id, "re_sim%d_%d", (int)(i - bank->intents), ++i->refund_count);
    i->refunded += amount;
    bank_add_event(bank, i, "charge.refunded");
}

/* ---- Answers. */

static struct str text_in(struct arena *arena, const char *text) {
    return arena_copy(arena, str_from(text));
}

static enum status bank_answer(struct arena *arena, const struct book_intent *i, struct intent *out) {
    *out = (struct intent){.id = text_in(arena, i->id),
                           .client_secret = text_in(arena, i->id),
                           .payment = i->payment,
                           .status = i->status,
                           .amount = i->amount,
                           .received = i->received,
                           .refunded = i->refunded,
                           .currency = STR("usd")};
    if (i->is_declined) {
        out->failure_code = STR("card_declined");
        out->failure_message = STR("Your card was declined.");
    }
    return STATUS_OK;
}

static enum status bank_refuse(struct arena *arena, const struct book_intent *i, struct intent *out) {
    *out = (struct intent){0};
    if (i)
        (void)!bank_answer(arena, i, out);
    out->failure_code = STR("payment_intent_unexpected_state");
    out->failure_message = STR("This cannot be done any more.");
    return STATUS_PAYMENT_REFUSED;
}

/* ---- Calls. */

static struct book_intent *bank_make_intent(struct bank *bank, const struct intent_new *wanted) {
    if (bank->intent_count == intents_max)
        breach(bank->sim, "the simulator has no room for another intent");
    struct book_intent *i = &bank->intents[bank->intent_count++];
    *i = (struct book_intent){.payment = wanted->payment,
                              .order = wanted->order,
                              .amount = wanted->amount,
                              .created_s = bank->sim->now_us / second_us};
    snprintf(i->id, sizeof i->id, "pi_sim%d", bank->intent_count);
    return i;
}

static enum status bank_create(struct provider *p, struct arena *arena, const struct intent_new *wanted,
                               struct intent *out) {
    struct bank *bank = bank_of(p);
    enum bank_trouble trouble = bank_draw(bank);
    *out = (struct intent){0};
    if (trouble == TROUBLE_BEFORE)
        return STATUS_PROVIDER_UNAVAILABLE;
    struct book_intent *i = bank_find_payment(bank, &wanted->payment);
    if (i && i->amount != wanted->amount)
        breach(bank->sim, "the intent %s is created again with another amount", i->id);
    if (!i)
        i = bank_make_intent(bank, wanted);
    return trouble == TROUBLE_AFTER ? STATUS_PROVIDER_UNAVAILABLE : bank_answer(arena, i, out);
}

static void bank_attempt(struct bank *bank, struct book_intent *i, struct str method) {
    i->is_declined = false;
    if (str_equal(method, STR("pm_card_chargeDeclined"))) {
        bank_decline(bank, i);
    } else if (str_equal(method, STR("pm_card_authenticationRequired"))) {
        i->status = INTENT_REQUIRES_ACTION;
    } else if (str_equal(method, STR("pm_card_processing"))) {
        i->status = INTENT_PROCESSING;
    } else {
        bank_charge(bank, i);
    }
}

static enum status bank_confirm(struct provider *p, struct arena *arena, const struct uuid *payment,
                                struct str id, struct str method, int64_t attempt, struct intent *out) {
    struct bank *bank = bank_of(p);
    enum bank_trouble trouble = bank_draw(bank);
    struct book_intent *i = bank_find(bank, id);
    *out = (struct intent){0};
    if (trouble == TROUBLE_BEFORE)
        return STATUS_PROVIDER_UNAVAILABLE;
    if (!i || !uuid_equal(&i->payment, payment))
        breach(bank->sim, "the shop confirms an intent that is another payment's");
    int64_t bit = INT64_C(1) << (attempt & 62);
    bool is_open = i->status == INTENT_REQUIRES_PAYMENT_METHOD || i->status == INTENT_REQUIRES_CONFIRMATION ||
                   i->status == INTENT_REQUIRES_ACTION;
    if (!(i->attempts & bit) && is_open)
        bank_attempt(bank, i, method);
    i->attempts |= bit;
    if (trouble == TROUBLE_AFTER)
        return STATUS_PROVIDER_UNAVAILABLE;
    return i->status == INTENT_CANCELED ? bank_refuse(arena, i, out) : bank_answer(arena, i, out);
}

static enum status bank_retrieve(struct provider *p, struct arena *arena, struct str id, struct intent *out) {
    struct bank *bank = bank_of(p);
    struct book_intent *i = bank_find(bank, id);
    *out = (struct intent){0};
    if (bank_draw(bank) != TROUBLE_NONE)
        return STATUS_PROVIDER_UNAVAILABLE;
    return i ? bank_answer(arena, i, out) : bank_refuse(arena, NULL, out);
}

static enum status bank_cancel(struct provider *p, struct arena *arena, struct str id, struct intent *out) {
    struct bank *bank = bank_of(p);
    enum bank_trouble trouble = bank_draw(bank);
    struct book_intent *i = bank_find(bank, id);
    *out = (struct intent){0};
    if (trouble == TROUBLE_BEFORE)
        return STATUS_PROVIDER_UNAVAILABLE;
    if (!i || i->status == INTENT_PROCESSING)
        return bank_refuse(arena, i, out);
    if (i->status != INTENT_SUCCEEDED && i->status != INTENT_CANCELED) {
        i->status = INTENT_CANCELED;
        bank_add_event(bank, i, "payment_intent.canceled");
    }
    return trouble == TROUBLE_AFTER ? STATUS_PROVIDER_UNAVAILABLE : bank_answer(arena, i, out);
}

static bool bank_has_refund(const struct book_intent *i, const struct uuid *refund) {
    for (int k = 0; k < i->refund_count; k++)
        if (uuid_equal(&i->refunds[k].refund, refund))
            return true;
    return false;
}

static enum status bank_refund(struct provider *p, struct arena *arena, const struct refund_new *wanted,
                               struct str *reason) {
    struct bank *bank = bank_of(p);
    enum bank_trouble trouble = bank_draw(bank);
    struct book_intent *i = bank_find(bank, wanted->intent);
    (void)arena;
    if (trouble == TROUBLE_BEFORE)
        return STATUS_PROVIDER_UNAVAILABLE;
    if (!i)
        breach(bank->sim, "the shop gives back money of an intent that is not there");
    bool is_done = bank_has_refund(i, &wanted->refund);
    *reason = STR("There is not that much left.");
    if (!is_done && wanted->amount > i->received - i->refunded)
        return trouble ? STATUS_PROVIDER_UNAVAILABLE : STATUS_PAYMENT_REFUSED;
    if (!is_done)
        bank_give_back(bank, i, &wanted->refund, wanted->amount);
    return trouble ? STATUS_PROVIDER_UNAVAILABLE : STATUS_OK;
}

static enum status bank_refunds(struct provider *p, struct arena *arena, struct str id, struct list *out) {
    struct bank *bank = bank_of(p);
    const struct book_intent *i = bank_find(bank, id);
    if (bank_draw(bank) != TROUBLE_NONE)
        return STATUS_PROVIDER_UNAVAILABLE;
    if (!i)
        return STATUS_PAYMENT_REFUSED;
    struct provider_refund *all = arena_array(arena, (size_t)i->refund_count, sizeof *all);
    if (!all)
        return STATUS_NO_MEMORY;
    for (int k = 0; k < i->refund_count; k++)
        all[k] = (struct provider_refund){
            text_in(arena, i->refunds[k].id), i->refunds[k].refund, i->refunds[k].amount, false, {NULL, 0}};
    *out = (struct list){all, (size_t)i->refund_count};
    return STATUS_OK;
}

static enum status bank_event_read(struct provider *p, struct arena *arena, struct str signature,
                                   struct str body, int64_t now_us, struct payment_event *out) {
    (void)p;
    return event_read(arena, signature, body, STR(SIM_EVENT_SECRET), now_us, out);
}

static void bank_close(struct provider *p) {
    (void)p;
}

void bank_open(struct sim *sim) {
    static const struct provider_calls calls = {bank_create, bank_confirm, bank_retrieve,   bank_cancel,
                                                bank_refund, bank_refunds, bank_event_read, bank_close};
    sim->bank.provider = (struct provider){&calls, "stripe"};
    sim->bank.sim = sim;
}
