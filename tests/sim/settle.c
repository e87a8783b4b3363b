/* Lets everything come to rest, and then compares all of it: every answer that was given with the shop as it is, the orders with
 * the provider's books, the events that webhooks got with what has happened, and the shop's own audit with nothing.
 *
 * It comes to rest once the provider works, banks have answered, every event was delivered, and enough time has passed for the
 * orders to expire and for what was put off to be tried again. */
#include "sim.h"

#include "db/db.h"
#include "disk.h"
#include "shop/audit/audit.h"
#include "shop/outbox/delivery.h"

#include <string.h>

enum { rounds_min = 5, rounds_max = 80, page = 100 };

/* ---- Audit. */

/* Money that an order had no use for must go back in time. But time passes here without reconciliation, so that can be
 * asked for only at rest. */
static void audit_breach(void *context, const char *line) {
    struct sim *sim = context;
    if (sim->is_settling || !strstr(line, "should have gone back"))
        breach(sim, "the audit finds: %s", line);
}

static enum status audit_job(void *context, struct db *db, unsigned *changes) {
    struct sim *sim = context;
    struct arena arena;
    struct audit out = {0};
    arena_init(&arena, audit_arena_bytes_max);
    struct shop_ctx ctx = node_ctx(sim, db, &arena);
    *changes = 0;
    enum status s = db_check(db, audit_breach, sim);
    if (s == STATUS_OK)
        s = audit_run(&ctx, audit_breach, sim, &out);
    arena_free(&arena);
    return s;
}

void audit(struct sim *sim) {
    enum status s = executor_look(sim->executor, audit_job, sim);
    if (s != STATUS_OK)
        breach(sim, "the audit fails: %s", status_text(s));
}

/* ---- Coming to rest. */

static bool visits_step(struct sim *sim) {
    bool did = false;
    node_drain(sim);
    for (size_t i = 0; i < visits_max; i++) {
        struct visit *v = &sim->visits[i];
        did |= v->phase != VISIT_FREE;
        if (v->phase == VISIT_CALL)
            visit_call(v);
        if (v->phase == VISIT_ANSWERED)
            visit_take_answer(v);
    }
    return did;
}

struct next_due {
    struct sim *sim;
    int64_t us;
};

static enum status next_due_job(void *context, struct db *db, unsigned *changes) {
    struct next_due *next = context;
    struct arena arena;
    arena_init(&arena, 65536);
    struct shop_ctx ctx = node_ctx(next->sim, db, &arena);
    *changes = 0;
    enum status s = outbox_next_due(&ctx, &next->us);
    arena_free(&arena);
    return s;
}

/* Turns the clock on: by as much as orders wait, or until the outbox has something to do. Returns whether it has. */
static bool time_step(struct sim *sim) {
    struct next_due next = {sim, INT64_MAX};
    if (executor_look(sim->executor, next_due_job, &next) != STATUS_OK)
        breach(sim, "the outbox cannot be read");
    bool waits = next.us < INT64_MAX;
    sim->now_us += 15 * minute_us;
    if (waits && next.us > sim->now_us)
        sim->now_us = next.us;
    return waits;
}

static void come_to_rest(struct sim *sim) {
    for (int round = 0, still = 0; still < rounds_min; round++) {
        bool did = false;
        while (visits_step(sim))
            did = true;
        bank_finish_all(sim);
        while (bank_deliver_next(sim))
            did = true;
        did |= workers_step(sim);
        did |= time_step(sim);
        still = did ? 0 : still + 1;
        if (round == rounds_max)
            breach(sim, "the shop does not come to rest");
    }
}

/* ---- Comparing. */

static void compare_orders(struct sim *sim, int actor) {
    int at = sim->order_count - 1;
    for (int offset = 0;; offset += page) {
        const struct visit *look = visit_look(sim, actor, "/orders?limit=%d&offset=%d", page, offset);
        const struct json *json = look->json->first;
        bool is_last = look->json->count < page;
        for (; json; json = json->next, at--) {
            while (at >= 0 && sim->orders[at].actor != actor)
                at--;
            if (at < 0)
                breach(sim, "%s has an order that was never answered", shopper_names[actor]);
            model_compare_order(sim, at, json);
        }
        if (is_last)
            break;
    }
    for (; at >= 0; at--)
        if (sim->orders[at].actor == actor)
            breach(sim, "order %d of %s is gone", at + 1, shopper_names[actor]);
}

static void compare_staff_orders(struct sim *sim) {
    for (int i = 0; i < sim->order_count; i++)
        if (sim->orders[i].actor == staff) {
            const struct visit *look = visit_look(sim, staff, "/admin/orders/%s", sim->orders[i].id);
            model_compare_order(sim, i, json_member_object(look->json, "order"));
        }
}

static void compare_products(struct sim *sim) {
    const struct visit *look = visit_look(sim, staff, "/admin/products?limit=50");
    for (const struct json *json = look->json->first; json; json = json->next)
        model_compare_product(sim, model_product_by_id(sim, json_member_text(json, "id")), json);
}

/* What the provider has kept of an order's money, and what it should have. */
static void compare_money(struct sim *sim, int order) {
    const struct model_order *o = &sim->orders[order];
    int64_t kept = bank_kept(&sim->bank, o->id), due = 0;
    if (order_is_sold(o->status) && !o->is_by_hand)
        due = o->total - o->given_back;
    if (kept != due)
        breach(sim,
               "order %d is %s with a total of %lld, of which %lld went back, and the provider has kept %lld",
               order + 1, order_status_names[o->status], (long long)o->total, (long long)o->given_back,
               (long long)kept);
}

static void compare_events(struct sim *sim, int order) {
    const struct model_order *o = &sim->orders[order];
    unsigned wanted = 1u << EVENT_ORDER_CREATED;
    if (o->status == ORDER_CANCELLED)
        wanted |= 1u << EVENT_ORDER_CANCELLED;
    if (o->status == ORDER_EXPIRED)
        wanted |= 1u << EVENT_ORDER_EXPIRED;
    if (order_is_sold(o->status) || o->status == ORDER_REFUNDED)
        wanted |= 1u << EVENT_ORDER_PAID;
    if (o->status == ORDER_REFUNDED)
        wanted |= 1u << EVENT_ORDER_REFUNDED;
    for (int type = 0; type < EVENT_TYPE_COUNT; type++)
        if ((wanted & ~o->events) >> type & 1)
            breach(sim, "order %d is %s, and no webhook was told %s", order + 1,
                   order_status_names[o->status], event_type_names[type]);
}

void settle(struct sim *sim) {
    tell(sim, "everything comes to rest");
    sim->is_settling = true;
    sim->bank.trouble = 0;
    sim->counts.settles++;
    disk_cut_at(0);
    disk_fail_never();
    come_to_rest(sim);
    for (int i = 0; i < sim->order_count; i++)
        if (order_is_sold(sim->orders[i].status) || sim->orders[i].status == ORDER_REFUNDED)
            model_look_at_refunds(sim, i);
    for (int i = 0; i < shopper_count; i++) {
        compare_orders(sim, i);
        model_compare_cart(sim, i, visit_look(sim, i, "/cart")->json);
    }
    compare_staff_orders(sim);
    compare_products(sim);
    for (int i = 0; i < sim->order_count; i++) {
        compare_money(sim, i);
        compare_events(sim, i);
    }
    audit(sim);
    sim->is_settling = false;
}
