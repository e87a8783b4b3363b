/* A run: a list of steps. What step n does follows from the seed, from n, and from what the shop has become; so a list with
 * some steps left out is a run too, and shrink.c can look for a shorter one that still fails.
 *
 *     step n:  dice = mix(seed, n)   →  the clock goes on  →  draw an action  →  do it  →  if the disk was cut, or the
 *              process has ended: crash, restart, compare
 *
 * At the end, and every few hundred steps, everything comes to rest and all of it is compared (settle.c). */
#include "sim.h"

#include "base/kill_point.h"
#include "disk.h"

#include <string.h>

enum { settle_every = 700 };

static const struct action {
    const char *name;
    int weight; /* of all weights together */
    sim_action *run;
} actions[] = {
    {"adds to the cart", 150, shopper_adds},
    {"changes a line", 25, shopper_sets},
    {"removes a line", 10, shopper_removes},
    {"orders", 150, shopper_orders},
    {"cancels", 25, shopper_cancels},
    {"begins to pay", 90, shopper_begins_to_pay},
    {"pays", 90, shopper_pays},
    {"sends it again", 50, shopper_retries},
    {"uses a key twice", 6, shopper_uses_key_twice},
    {"looks around", 90, shopper_looks},
    {"searches", 12, shopper_searches},
    {"pries", 30, shopper_pries},
    {"staff: stock", 40, staff_changes_stock},
    {"staff: a product", 30, staff_changes_product},
    {"staff: many products", 8, staff_changes_many},
    {"staff: refund", 12, staff_refunds},
    {"staff: refund of a part", 18, staff_refunds_part},
    {"staff: parcel", 20, staff_ships},
    {"staff: parcel moves", 15, staff_moves_parcel},
    {"staff: order by phone", 15, staff_takes_order},
    {"staff: paid by hand", 10, staff_marks_paid},
    {"staff: cancels", 6, staff_cancels},
    {"staff: looks", 20, staff_looks},
    {"staff: settings", 3, staff_sets},
    {"the provider acts", 220, provider_acts},
    {"the bank acts", 25, bank_acts},
    {"an event comes", 120, bank_sends_event},
    {"an event comes again", 15, bank_repeats_event},
    {"a forged event comes", 4, bank_forges_event},
    {"the provider has trouble", 4, bank_has_trouble},
    {"chores", 40, workers_do_chores},
    {"reconciliation", 90, workers_reconcile},
    {"webhooks and mails", 160, workers_send},
    {"the writer runs", 60, writer_runs},
    {"time passes", 20, clock_turns},
    {"the power will fail", 5, disk_is_cut_soon},
    {"the disk will fail", 3, disk_fails_soon},
    {"a restart", 2, node_restarts},
};

static const struct action *action_draw(struct dice *dice) {
    int sum = 0;
    for (size_t i = 0; i < sizeof actions / sizeof *actions; i++)
        sum += actions[i].weight;
    int left = dice_below(dice, sum);
    const struct action *a = actions;
    for (; left >= a->weight; a++)
        left -= a->weight;
    return a;
}

static struct dice step_dice(uint64_t seed, uint32_t step) {
    return (struct dice){dice_mix(seed, step)};
}

void sim_note(struct sim *sim, const void *bytes, size_t size) {
    const unsigned char *from = bytes;
    for (size_t i = 0; i < size; i++)
        sim->digest = (sim->digest ^ from[i]) * UINT64_C(0x100000001b3); /* FNV-1a */
}

/* ---- Time. */

/* When the next order expires, if that is soon; INT64_MAX: none does. */
static int64_t next_expiry(const struct sim *sim) {
    int64_t next = INT64_MAX, soon = sim->now_us + hour_us;
    for (int i = sim->order_count > 200 ? sim->order_count - 200 : 0; i < sim->order_count; i++)
        if (sim->orders[i].status == ORDER_PENDING && sim->orders[i].expires_us > sim->now_us &&
            sim->orders[i].expires_us < soon && sim->orders[i].expires_us < next)
            next = sim->orders[i].expires_us;
    return next;
}

/* Often a moment at which something becomes due: limits are wrong by one there, if anywhere. */
void clock_turns(struct sim *sim) {
    struct dice *dice = &sim->dice;
    int64_t next = next_expiry(sim);
    tell(sim, "time passes");
    if (next < INT64_MAX && dice_percent(dice, 70)) {
        sim->now_us = next - 1 + dice_below(dice, 3);
        if (dice_percent(dice, 60))
            workers_do_chores(sim);
    } else if (dice_percent(dice, 80))
        sim->now_us += dice_below(dice, 40) * minute_us;
    else
        sim->now_us += dice_below(dice, 8) * hour_us;
}

static void clock_advance(struct sim *sim) {
    sim->now_us += 1000 + dice_below(&sim->dice, 4000) * 1000;
}

/* ---- Steps. */

static void step_run(struct sim *sim, const struct action *action) {
    if (setjmp(sim->ended) == 0)
        action->run(sim);
    else
        sim->must_restart = true;
    if (disk_is_cut() || sim->must_restart) {
        node_crash(sim);
        recover(sim);
    }
}

static void step_take(struct sim *sim, uint32_t step) {
    sim->step = step;
    if (disk_has_failed())
        disk_fail_never();
    sim->dice = step_dice(sim->seed, step);
    const struct action *action = action_draw(&sim->dice);
    sim->random_state = dice_roll(&sim->dice);
    clock_advance(sim);
    step_run(sim, action);
}

/* ---- The shop at the start. */

static void prepare_answered(struct sim *sim, struct visit *v) {
    if (v->status != 201)
        breach(sim, "%s is answered with %d: %s", v->path, v->status, v->call.attempt.response.body.data);
    if (v->product >= 0)
        answer_id(sim, v->json, "id", sim->products[v->product].id);
}

static void prepare_product(struct sim *sim, int product) {
    struct model_product *p = &sim->products[product];
    *p = (struct model_product){.price = 300 + 450 * product, .stock = 4 + 5 * product, .is_active = true};
    struct visit *v = visit_new(sim, staff, METHOD_POST, "/products");
    v->product = product;
    v->answered = prepare_answered;
    visit_put(v,
              "{\"name\":\"%s\",\"description\":\"A %s\",\"price\":%lld,\"stock_quantity\":%lld,"
              "\"category\":\"things\",\"image_url\":\"i\"}",
              product_names[product], product_names[product], (long long)p->price, (long long)p->stock);
    visit_send(v, false);
    node_drain(sim);
}

static void prepare_webhook(struct sim *sim) {
    struct visit *v = visit_new(sim, staff, METHOD_POST, "/admin/webhooks");
    v->product = -1;
    v->answered = prepare_answered;
    visit_put(v, "{\"url\":\"https://hooks.example.com/\",\"types\":[\"*\"]}");
    visit_send(v, false);
    node_drain(sim);
}

static void prepare_all(struct sim *sim) {
    node_start(sim);
    for (int i = 0; i < product_count; i++)
        prepare_product(sim, i);
    prepare_webhook(sim);
    node_stop(sim);
}

void sim_prepare(struct sim *sim) {
    sim->now_us = INT64_C(1795399409000000); /* 2026-11-23, 02:03:29 in UTC */
    disk_begin(1);
    bank_open(sim);
    for (int i = 0; i < shopper_count; i++)
        snprintf(sim->actors[i].token, id_text_size, "session-of-%s-0123456789", shopper_names[i]);
    snprintf(sim->actors[staff].token, id_text_size, SIM_ADMIN_TOKEN);
    node_open(sim);
    if (setjmp(sim->broken) == 0)
        prepare_all(sim);
}

/* ---- A run. */

static void run_steps(struct sim *sim, const uint32_t *steps, uint32_t count) {
    node_start(sim);
    for (uint32_t i = 0; i < count; i++) {
        step_take(sim, steps ? steps[i] : i);
        if (i % settle_every == settle_every - 1)
            settle(sim);
    }
    settle(sim);
}

bool sim_run(struct sim *sim, uint64_t seed, const uint32_t *steps, uint32_t count) {
    sim->seed = seed;
    sim->digest = UINT64_C(0xcbf29ce484222325);
    if (sim->breach[0] == '\0' && setjmp(sim->broken) == 0)
        run_steps(sim, steps, count);
    sim_note(sim, sim->breach, strlen(sim->breach));
    return sim->breach[0] == '\0';
}
