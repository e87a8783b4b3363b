/* What works beside the requests of a server: the steps of serve/chores.c, serve/reconciler.c and serve/outbox_sender.c, with
 * the same functions of the shop in the same transactions. The simulator lets time pass between the steps. */
#include "sim.h"

#include "base/buf.h"
#include "disk.h"
#include "hooks/schedule.h"
#include "shop/chores/chores.h"
#include "shop/desk/daily_totals.h"
#include "shop/outbox/delivery.h"
#include "shop/payments/reconcile.h"
#include "shop/payments/refunds/refund.h"

#include <string.h>

enum { arena_bytes = 1024 * 1024 };

/* A piece of work and what it gets. */
struct work {
    struct sim *sim;
    struct arena arena;
    struct chores_rest rest;
    size_t released, flows;
    struct reconciliation *reconciliation;
    struct list totals;
    bool more, has_mail;
    struct delivery delivery;
    struct delivery_result result;
    struct mail_due mail;
    struct mail_result mail_result;
};

static struct work work_begin(struct sim *sim) {
    struct work work = {.sim = sim};
    arena_init(&work.arena, arena_bytes);
    return work;
}

/* Reports a failure that a fault of the disk does not explain. */
static bool work_is_done(struct sim *sim, enum status s, const char *what) {
    if (s != STATUS_OK && s != STATUS_NOT_FOUND && !disk_has_failed() && !disk_is_cut())
        breach(sim, "%s: %s", what, status_text(s));
    return s == STATUS_OK;
}

/* ---- Chores. */

static enum status chores_job(void *context, struct db *db, unsigned *changes) {
    struct work *work = context;
    struct shop_ctx ctx = node_ctx(work->sim, db, &work->arena);
    TRY(lost_keys_release(&work->sim->lost_keys, &ctx, &work->released));
    TRY(chores_run(&ctx, &work->rest));
    *changes = ctx.changes;
    return STATUS_OK;
}

static enum status totals_find_job(void *context, struct db *db, unsigned *changes) {
    struct work *work = context;
    struct daily_progress progress = {0};
    struct shop_ctx ctx = node_ctx(work->sim, db, &work->arena);
    *changes = 0;
    return daily_totals_find(&ctx, &progress, &work->totals, &work->more);
}

static enum status totals_write_job(void *context, struct db *db, unsigned *changes) {
    struct work *work = context;
    struct shop_ctx ctx = node_ctx(work->sim, db, &work->arena);
    *changes = 0;
    return daily_totals_write(&ctx, &work->totals);
}

/* A crash leaves open whether what was due has expired. */
static void chores_doubt(struct sim *sim) {
    for (int i = 0; i < sim->order_count; i++)
        sim->orders[i].doubts |= DOUBT_EXPIRE;
}

static void chores_forget_doubt(struct sim *sim) {
    for (int i = 0; i < sim->order_count; i++)
        sim->orders[i].doubts &= ~(unsigned)DOUBT_EXPIRE;
}

static void chores_add_up(struct sim *sim, struct work *work) {
    node_check_power(sim);
    enum status s = executor_look(sim->executor, totals_find_job, work);
    if (s == STATUS_OK && work->totals.count > 0)
        s = node_call(sim, totals_write_job, work);
    work_is_done(sim, s, "the days cannot be added up");
}

static bool chores_round(struct sim *sim) {
    struct work work = work_begin(sim);
    node_drain(sim);
    chores_doubt(sim);
    enum status s = node_call(sim, chores_job, &work);
    bool done = work_is_done(sim, s, "the chores fail");
    if (!disk_is_cut()) {
        chores_forget_doubt(sim);
        if (done)
            model_expire(sim);
        lost_keys_forget(&sim->lost_keys, done ? work.released : 0);
        chores_add_up(sim, &work);
    }
    arena_free(&work.arena);
    return done && work.rest.more;
}

void workers_do_chores(struct sim *sim) {
    tell(sim, "the chores are done");
    chores_round(sim);
}

/* ---- Reconciliation. */

static enum status reconcile_prepare_job(void *context, struct db *db, unsigned *changes) {
    struct work *work = context;
    struct reconcile_backlog backlog;
    struct shop_ctx ctx = node_ctx(work->sim, db, &work->reconciliation->arena);
    (void)changes;
    return reconcile_prepare(&ctx, &work->reconciliation->flow, 1, &work->flows, &backlog);
}

static enum status reconcile_apply_job(void *context, struct db *db, unsigned *changes) {
    struct work *work = context;
    struct reconciliation *r = work->reconciliation;
    struct shop_ctx ctx = node_ctx(work->sim, db, &r->arena);
    enum status s = r->flow.op == PROVIDER_OP_REFUND ? refund_reconcile(&ctx, r->called, &r->flow)
                                                     : reconcile_apply(&ctx, r->called, &r->flow);
    *changes = ctx.changes;
    return s;
}

static bool reconcile_begin(struct sim *sim, struct reconciliation *r) {
    struct work work = {.sim = sim, .reconciliation = r};
    arena_reset(&r->arena);
    enum status s = node_call(sim, reconcile_prepare_job, &work);
    *r = (struct reconciliation){.arena = r->arena, .flow = r->flow};
    r->is_busy = work_is_done(sim, s, "reconciliation cannot begin") && work.flows > 0 && !disk_is_cut();
    return r->is_busy;
}

static int reconcile_order(const struct sim *sim, const struct reconciliation *r) {
    char id[uuid_text_size];
    uuid_format(&r->flow.payment.order_id, id);
    return model_order_by_id(sim, (struct str){id, sizeof id});
}

static void reconcile_end(struct sim *sim, struct reconciliation *r) {
    struct work work = {.sim = sim, .reconciliation = r};
    int order = reconcile_order(sim, r);
    enum status s = node_call(sim, reconcile_apply_job, &work);
    if (disk_is_cut())
        return;
    work_is_done(sim, s, "reconciliation fails");
    tell(sim, "reconciliation has asked the provider about order %d", order + 1);
    if (order >= 0)
        model_look_at_order(sim, order);
    if (order >= 0 && r->flow.op == PROVIDER_OP_REFUND)
        model_look_at_refunds(sim, order);
    arena_reset(&r->arena);
    r->is_busy = false;
}

/* Takes a payment one step on. Returns false if none is under way or due. */
static bool reconcile_step(struct sim *sim, struct reconciliation *r) {
    if (!r->is_busy)
        return reconcile_begin(sim, r);
    if (!r->is_called) {
        sim->bank.was_silent = false;
        r->called = payment_flow_call(&sim->bank.provider, &r->arena, &r->flow);
        r->is_called = true;
    } else {
        reconcile_end(sim, r);
    }
    return true;
}

void workers_reconcile(struct sim *sim) {
    reconcile_step(sim, &sim->flows[dice_below(&sim->dice, flows_max)]);
}

/* ---- Webhooks and mails. */

static enum status outbox_take_job(void *context, struct db *db, unsigned *changes) {
    struct work *work = context;
    int64_t busy[busy_webhooks_max] = {0};
    struct shop_ctx ctx = node_ctx(work->sim, db, &work->arena);
    (void)changes;
    TRY(delivery_read_interest(&ctx));
    enum status s = mail_take(&ctx, &work->mail);
    work->has_mail = s == STATUS_OK;
    return s == STATUS_NOT_FOUND ? delivery_take(&ctx, busy, &work->delivery) : s;
}

static enum status outbox_finish_job(void *context, struct db *db, unsigned *changes) {
    struct work *work = context;
    bool disabled = false;
    struct shop_ctx ctx = node_ctx(work->sim, db, &work->arena);
    (void)changes;
    return work->has_mail ? mail_finish(&ctx, &work->mail, &work->mail_result)
                          : delivery_finish(&ctx, &work->delivery, &work->result, &disabled);
}

/* The receiver of events notes what it got. An event about an order that the shop has never answered is of one whose answer was
 * cut off, and recover() has found that by now. */
static void receiver_take(struct sim *sim, const struct delivery *d) {
    char id[uuid_text_size];
    uuid_format(&d->subject, id);
    sim_note(sim, id, sizeof id);
    if (!str_starts(d->type, STR("order.")))
        return;
    int order = model_order_by_id(sim, (struct str){id, sizeof id});
    if (order < 0)
        breach(sim, "a webhook is told %.*s of an order that is not there", (int)d->type.size, d->type.data);
    for (int type = 0; event_type_names[type]; type++)
        if (str_equal(d->type, str_from(event_type_names[type])))
            sim->orders[order].events |= 1u << type;
}

/* Sends it, and decides how the other side answers. Returns whether the result is written down at all. */
static bool outbox_send(struct sim *sim, struct work *work) {
    bool arrives = sim->is_settling || dice_percent(&sim->dice, 90);
    uint32_t jitter = (uint32_t)dice_roll(&sim->dice);
    int64_t tries = work->has_mail ? work->mail.attempts : work->delivery.attempts;
    struct maybe_int next = {0};
    next.is_set = !arrives && schedule_wait(work->has_mail ? &mail_schedule : &webhook_schedule, tries, -1,
                                            jitter, &next.value);
    if (work->has_mail)
        work->mail_result = (struct mail_result){.is_sent = arrives, .next_try_us = next};
    else
        work->result = (struct delivery_result){.http_status = arrives ? 200 : 500, .next_try_us = next};
    if (work->has_mail)
        tell(sim, "a mail %s", arrives ? "is sent" : "is not taken");
    else
        tell(sim, "a webhook %s %.*s", arrives ? "takes" : "does not take", (int)work->delivery.type.size,
             work->delivery.type.data);
    if (arrives && work->has_mail)
        sim->mails_sent++;
    else if (arrives)
        receiver_take(sim, &work->delivery);
    return sim->is_settling || dice_percent(&sim->dice, 97);
}

static bool outbox_round(struct sim *sim) {
    struct work work = work_begin(sim);
    enum status s = node_call(sim, outbox_take_job, &work);
    bool found = work_is_done(sim, s, "the outbox cannot be read") && !disk_is_cut();
    if (found && outbox_send(sim, &work)) {
        s = node_call(sim, outbox_finish_job, &work);
        work_is_done(sim, s, "the outbox cannot be written");
    }
    arena_free(&work.arena);
    return found;
}

void workers_send(struct sim *sim) {
    outbox_round(sim);
}

bool workers_step(struct sim *sim) {
    bool did = chores_round(sim);
    for (size_t i = 0; i < flows_max; i++)
        while (reconcile_step(sim, &sim->flows[i]))
            did = true;
    while (outbox_round(sim))
        did = true;
    return did;
}
