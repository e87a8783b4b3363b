/* What happens at the provider without the shop: banks answer late, shoppers pay in the provider's own page, somebody gives
 * money back in its dashboard; and its events, which come twice, late and in any order. */
#include "sim.h"

#include "base/buf.h"
#include "pay/mock/stripe_json.h"
#include "pay/signature.h"

#include <string.h>

/* ---- Calls of requests that are under way. */

static struct visit *visit_at_provider(struct sim *sim) {
    int first = dice_below(&sim->dice, visits_max);
    for (int i = 0; i < visits_max; i++) {
        struct visit *v = &sim->visits[(first + i) % visits_max];
        if (v->phase == VISIT_CALL || v->phase == VISIT_ANSWERED)
            return v;
    }
    return NULL;
}

void provider_acts(struct sim *sim) {
    struct visit *v = visit_at_provider(sim);
    if (!v)
        return;
    if (v->phase == VISIT_CALL)
        visit_call(v);
    if (v->phase == VISIT_ANSWERED && dice_percent(&sim->dice, 70))
        visit_take_answer(v);
}

/* ---- The bank's own will. */

static struct book_intent *intent_draw(struct sim *sim) {
    struct bank *bank = &sim->bank;
    int recent = bank->intent_count < 20 ? bank->intent_count : 20;
    return recent ? &bank->intents[bank->intent_count - 1 - dice_below(&sim->dice, recent)] : NULL;
}

static const struct model_order *order_of(const struct sim *sim, const struct book_intent *i) {
    char id[uuid_text_size];
    uuid_format(&i->order, id);
    int order = model_order_by_id(sim, (struct str){id, sizeof id});
    return order < 0 ? NULL : &sim->orders[order];
}

/* Somebody gives a part back in the dashboard, of money that has paid its order. */
static void bank_refunds_by_itself(struct sim *sim, struct book_intent *i) {
    static const struct uuid nobody;
    const struct model_order *o = order_of(sim, i);
    int64_t left = i->received - i->refunded;
    bool is_only = o && order_is_sold(o->status) && bank_kept(&sim->bank, o->id) == left;
    if (!is_only || left == 0 || i->refund_count > intent_refunds_max / 2)
        return;
    int64_t amount = dice_percent(&sim->dice, 40) ? left : 1 + dice_below(&sim->dice, (int)left);
    bank_give_back(&sim->bank, i, &nobody, amount);
    tell(sim, "in the provider's dashboard %lld of %s is given back", (long long)amount, i->id);
}

void bank_acts(struct sim *sim) {
    struct book_intent *i = intent_draw(sim);
    if (!i)
        return;
    sim->counts.operations++;
    switch (i->status) {
    case INTENT_PROCESSING:
        tell(sim, "the bank has made up its mind about %s", i->id);
        dice_percent(&sim->dice, 70) ? bank_charge(&sim->bank, i) : bank_decline(&sim->bank, i);
        return;
    case INTENT_REQUIRES_ACTION:
    case INTENT_REQUIRES_PAYMENT_METHOD:
    case INTENT_REQUIRES_CONFIRMATION:
        if (dice_percent(&sim->dice, 60)) {
            tell(sim, "a shopper pays %s in the provider's page", i->id);
            bank_charge(&sim->bank, i);
        }
        return;
    case INTENT_SUCCEEDED:
        if (dice_percent(&sim->dice, 15))
            bank_refunds_by_itself(sim, i);
        return;
    default:
        return;
    }
}

void bank_finish_all(struct sim *sim) {
    for (int i = 0; i < sim->bank.intent_count; i++) {
        struct book_intent *intent = &sim->bank.intents[i];
        if (intent->status == INTENT_PROCESSING)
            i % 3 ? bank_charge(&sim->bank, intent) : bank_decline(&sim->bank, intent);
    }
}

void bank_has_trouble(struct sim *sim) {
    static const int shares[] = {0, 5, 20, 60};
    sim->bank.trouble = shares[dice_below(&sim->dice, 4)];
    tell(sim, "of the calls to the provider %d %% fail from now on", sim->bank.trouble);
}

/* ---- Events. */

static void event_write(struct visit *v, int number) {
    const struct bank *bank = &v->sim->bank;
    const struct bank_event *e = &bank->events[number];
    const struct book_intent *i = &bank->intents[e->intent];
    char id[id_text_size];
    struct buf body = buf_new(&v->arena);
    struct mock_intent intent = {.intent = {.id = str_from(i->id),
                                            .client_secret = STR("pi_sim_secret"),
                                            .payment = i->payment,
                                            .status = e->status,
                                            .amount = i->amount,
                                            .received = e->received,
                                            .refunded = e->refunded,
                                            .currency = STR("usd")},
                                 .order = i->order,
                                 .created_s = i->created_s};
    if (e->is_declined)
        intent.method = test_method_find(STR("pm_card_chargeDeclined"));
    else if (e->status == INTENT_SUCCEEDED)
        intent.method = test_method_find(STR("pm_card_visa"));
    snprintf(id, sizeof id, "evt_sim%d", number + 1);
    stripe_json_event(&body, str_from(id), "2024-06-20", e->type, &intent, e->created_s);
    v->event = buf_str(&body);
}

/* The order that an event is about, whatever the event says of it. */
static void event_answered(struct sim *sim, struct visit *v) {
    if (!visit_expect(v, 200))
        return;
    sim->bank.events[v->count].is_taken = true;
    if (v->order >= 0)
        model_look_at_order(sim, v->order);
}

/* An event is a batch of its own, because the order is looked at afterwards. */
static void event_send(struct sim *sim, int number, struct str secret, visit_function *answered) {
    node_drain(sim);
    struct visit *v = visit_new(sim, staff, METHOD_POST, "/payments/webhook");
    if (!v)
        return;
    const struct model_order *o = order_of(sim, &sim->bank.intents[sim->bank.events[number].intent]);
    v->is_bank = true;
    v->count = number;
    v->order = o ? (int)(o - sim->orders) : -1;
    v->answered = answered;
    event_write(v, number);
    signature_make(v->event, secret, sim->now_us, v->signature);
    tell(sim, "the provider tells: %s of order %d", sim->bank.events[number].type, v->order + 1);
    sim->counts.events++;
    visit_send(v, false);
    node_drain(sim);
}

/* The first event that the shop has not taken; event_count if it has them all. */
static int event_first_open(struct bank *bank) {
    while (bank->first_open < bank->event_count && bank->events[bank->first_open].is_taken)
        bank->first_open++;
    return bank->first_open;
}

bool bank_deliver_next(struct sim *sim) {
    int number = event_first_open(&sim->bank);
    if (number == sim->bank.event_count)
        return false;
    event_send(sim, number, STR(SIM_EVENT_SECRET), event_answered);
    return true;
}

void bank_sends_event(struct sim *sim) {
    struct bank *bank = &sim->bank;
    int number = event_first_open(bank), ahead = bank->event_count - number;
    if (ahead == 0)
        return;
    if (dice_percent(&sim->dice, 40))
        number += dice_below(&sim->dice, ahead < 10 ? ahead : 10);
    event_send(sim, number, STR(SIM_EVENT_SECRET), event_answered);
}

void bank_repeats_event(struct sim *sim) {
    int count = sim->bank.event_count, recent = count < 30 ? count : 30;
    if (recent > 0)
        event_send(sim, count - 1 - dice_below(&sim->dice, recent), STR(SIM_EVENT_SECRET), event_answered);
}

static void forged_answered(struct sim *sim, struct visit *v) {
    (void)sim;
    visit_expect(v, 400);
}

void bank_forges_event(struct sim *sim) {
    if (sim->bank.event_count > 0)
        event_send(sim, dice_below(&sim->dice, sim->bank.event_count), STR("whsec_guessed"), forged_answered);
}
