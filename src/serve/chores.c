/* A round of the chores is one job of the writer, with a bounded number of rows. If it did not get through
 * all that was due, the next round follows at once, but as a new job: requests that wait for the writer go in
 * between.
 *
 * A broken import is removed outside of the writer, since it may be a million rows: on a connection of this
 * thread, in slices (shop/sliced_tx.h). Whether an import is broken is decided by its claim, which the system
 * gives back when a process ends: if DB_IMPORTING can be claimed while something staged is there, no import
 * is running. */
#include "serve/chores.h"

#include "base/log.h"
#include "base/thread/idle_gate.h"
#include "base/thread/waiter.h"
#include "serve/import/importer.h"
#include "shop/catalogue/import.h"
#include "shop/chores/chores.h"
#include "shop/desk/daily_totals.h"
#include "shop/schema/schema.h"

#include <stdlib.h>

enum { arena_bytes_max = 1024 * 1024 };

/* A clock that is set back by less is left alone: what waits too long for it waits no longer than that. */
#define back_us_min (INT64_C(60) * 1000000)

struct chores {
    struct chores_options options;
    size_t released; /* by the latest job */
    int64_t last_us; /* the time of the latest round */
    pthread_t thread;
    struct waiter waiter;
    struct idle_gate gate;
    struct chores_rest
        rest; /* set by the job on the writer's thread, as is `staged`; read after executor_call */
    bool staged, did_something;
    bool more_waits;    /* for a time that a wrong clock gave it; set as `rest` is */
    struct arena arena; /* of these, while days are added up */
    struct list totals;
    bool more_totals;
    struct daily_progress progress;
};

static enum status chores_job(void *context, struct db *db, unsigned *changes) {
    struct chores *c = context;
    struct arena arena;
    arena_init(&arena, arena_bytes_max);
    struct shop_ctx ctx = {.db = db,
                           .arena = &arena,
                           .clock = c->options.clock,
                           .random = &random_system,
                           .cart_touches = c->options.cart_touches,
                           .interest = c->options.interest,
                           .mails = c->options.mails};
    enum status s = lost_keys_release(c->options.lost_keys, &ctx, &c->released);
    if (s == STATUS_OK)
        s = chores_run(&ctx, &c->rest);
    if (s == STATUS_OK)
        s = import_has_leftovers(&ctx, &c->staged);
    *changes = ctx.changes;
    if (ctx.changes) /* expired orders: their payments and events are due once this is committed */
        c->did_something = true;
    arena_free(&arena);
    return s;
}

/* Asked between two slices. */
static bool chores_go_on(void *context) {
    struct chores *c = context;
    return !waiter_is_stopping(&c->waiter);
}

/* Removes what a broken import has staged, unless the import is running. It also needs a connection of its
 * own because it deletes rows without a look for rows that refer to them (db_trust_deletes). */
static void chores_remove_import(struct chores *c) {
    char error[db_error_size];
    struct db *db;
    if (shop_db_open(c->options.url, DB_WRITE, &db, error) != STATUS_OK) {
        log_warning("chores: %s", error);
        return;
    }
    if (db_claim(db, DB_IMPORTING)) {
        struct shop_ctx ctx = {.db = db, .clock = c->options.clock, .random = &random_system};
        struct sliced_tx sliced_tx = {.should_continue = chores_go_on, .context = c};
        enum status s = import_cleanup(&sliced_tx, &ctx);
        if (s == STATUS_OK)
            log_info("removed what a broken import had left");
        else if (s != STATUS_STOPPING)
            log_warning("chores: %s", status_text(s));
    }
    db_close(db);
}

static enum status chores_find_totals(void *context, struct db *db, unsigned *changes) {
    struct chores *c = context;
    struct shop_ctx ctx = {.db = db, .arena = &c->arena, .clock = c->options.clock};
    *changes = 0;
    return daily_totals_find(&ctx, &c->progress, &c->totals, &c->more_totals);
}

static enum status chores_write_totals(void *context, struct db *db, unsigned *changes) {
    struct chores *c = context;
    struct shop_ctx ctx = {.db = db, .arena = &c->arena};
    *changes = 0;
    return daily_totals_write(&ctx, &c->totals);
}

/* Adds up days that are over. They are read beside the writer, because a busy day has many orders. */
static void chores_add_up_days(struct chores *c) {
    arena_init(&c->arena, arena_bytes_max);
    enum status s = executor_look(c->options.executor, chores_find_totals, c);
    if (s == STATUS_OK && c->totals.count > 0)
        s = executor_call(c->options.executor, chores_write_totals, c);
    if (s != STATUS_OK)
        log_warning("chores: %s", status_text(s));
    c->rest.more |= s == STATUS_OK && c->more_totals;
    arena_free(&c->arena);
}

static enum status chores_job_of_clock(void *context, struct db *db, unsigned *changes) {
    struct chores *c = context;
    struct shop_ctx ctx = {.db = db, .clock = c->options.clock, .interest = c->options.interest};
    *changes = 0;
    return chores_clock_was_set_back(&ctx, &c->more_waits);
}

/* Looks whether the clock was set back since the latest round. */
static void chores_watch_clock(struct chores *c, int64_t now_us) {
    int64_t back_us = c->last_us - now_us;
    c->last_us = now_us;
    if (back_us < back_us_min)
        return;
    log_warning("the clock was set back by %lld s: webhooks and mails that wait are tried now",
                (long long)(back_us / 1000000));
    enum status s;
    do
        s = executor_call(c->options.executor, chores_job_of_clock, c);
    while (s == STATUS_OK && c->more_waits && chores_go_on(c));
    if (s == STATUS_OK)
        executor_note_activity(c->options.executor);
    else
        c->last_us = now_us + back_us; /* the next round tries again */
}

/* Does a round. Returns how long to wait for the next one, ms. */
static int chores_round(struct chores *c) {
    int64_t now_us = clock_now_us(c->options.clock);
    chores_watch_clock(c, now_us);
    uint64_t activity = executor_activity(c->options.executor, 0);
    if (!idle_gate_opens(&c->gate, activity, now_us) && !cart_touches_wait(c->options.cart_touches) &&
        !lost_keys_wait(c->options.lost_keys))
        return c->options.every_ms;
    c->gate.is_closed = false;
    enum status s = executor_call(c->options.executor, chores_job, c);
    if (s != STATUS_OK) {
        log_warning("chores: %s", status_text(s));
        return c->options.every_ms;
    }
    lost_keys_forget(c->options.lost_keys, c->released);
    if (c->did_something)
        executor_note_activity(c->options.executor);
    c->did_something = false;
    if (c->staged)
        chores_remove_import(c);
    if (c->rest.import_is_due && c->options.importer)
        importer_wake(c->options.importer);
    chores_add_up_days(c);
    if (c->rest.more)
        return 0;
    if (!c->staged && !c->rest.import_is_due) /* an import runs, or has broken off */
        idle_gate_close(&c->gate, activity, now_us, c->rest.next_us);
    return c->options.every_ms;
}

static void *chores_main(void *context) {
    struct chores *c = context;
    while (waiter_sleep(&c->waiter, chores_round(c)))
        ;
    return NULL;
}

struct chores *chores_start(const struct chores_options *options) {
    struct chores *c = calloc(1, sizeof *c);
    if (!c)
        return NULL;
    c->options = *options;
    waiter_init(&c->waiter);
    if (pthread_create(&c->thread, NULL, chores_main, c) == 0)
        return c;
    waiter_free(&c->waiter);
    free(c);
    return NULL;
}

void chores_stop(struct chores *c) {
    if (!c)
        return;
    waiter_stop(&c->waiter);
    pthread_join(c->thread, NULL);
    waiter_free(&c->waiter);
    free(c);
}
