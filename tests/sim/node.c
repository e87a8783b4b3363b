/* The process under test: what serve/serve.c opens, without sockets and threads. The executor is stepped, so that the
 * simulator decides when a batch of the writer runs; everything else is the server's own.
 *
 *     crash    the disk loses power; what the process held in memory is dropped; the disk keeps what it had synced, and
 *              of the rest what its model says; the process starts anew
 *
 * What ends a server by itself is taken for a crash too: _exit() and a sync that the disk refused. */
#include "sim.h"

#include "disk.h"
#include "serve/startup.h"
#include "shop/outbox/delivery.h"
#include "shop/schema/schema.h"
#include "shop/settings.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

static struct sim *simulated; /* for the functions of libraries that stand in for the machine's */

static const struct shop_settings shop_settings = {
    .currency = "usd",
    .reserve_us = 30 * minute_us,
    .hold_us = 10 * minute_us,
    .order_quantity_max = 8,
    .hold_max = 12,
};

/* ---- In place of the machine. The linker's --wrap leads here. */

int64_t __wrap_monotonic_us(void);
_Noreturn void __wrap__exit(int code);
__attribute__((format(printf, 1, 2))) void __wrap_log_warning(const char *format, ...);

/* The log is a part of the story. */
void __wrap_log_warning(const char *format, ...) {
    char line[500];
    va_list args;
    va_start(args, format);
    vsnprintf(line, sizeof line, format, args);
    va_end(args);
    tell(simulated, "log: %s", line);
}

int64_t __wrap_monotonic_us(void) {
    return simulated->now_us;
}

/* The writer ends the process if it cannot know whether a commit is on the disk. */
void __wrap__exit(int code) {
    tell(simulated, "the process ends by itself (%d)", code);
    longjmp(simulated->ended, 1);
}

static int64_t node_now_us(void *context) {
    return ((const struct sim *)context)->now_us;
}

/* ---- Once. */

static void node_open_api(struct sim *sim) {
    struct api_options options = {
        .groups = shop_endpoints,
        .clock = &sim->clock,
        .random = &sim->random,
        .metrics = sim->metrics,
        .settings = &shop_settings,
        .cart_touches = &sim->touches,
        .mails = &sim->mails,
        .interest = &sim->interest,
        .settings_memory = &sim->memory,
        .summaries = &sim->summaries,
        .lost_keys = &sim->lost_keys,
        .provider = &sim->bank.provider,
    };
    token_hash(STR(SIM_ADMIN_TOKEN), options.access.admin_hash);
    sim->api = api_open(&options);
}

void node_open(struct sim *sim) {
    simulated = sim;
    sim->clock = (struct clock){.now_us = node_now_us, .context = sim};
    sim->random = random_seeded(&sim->random_state);
    sim->metrics = metrics_new(1);
    sim->mails = (struct mail_settings){.is_sent = true,
                                        .per_hour = 100000,
                                        .shop = STR("The simulated shop"),
                                        .shop_url = STR("https://shop.example.com")};
    node_open_api(sim);
    for (size_t i = 0; i < visits_max; i++)
        arena_init(&sim->visits[i].arena, 4 * 1024 * 1024);
    arena_init(&sim->probe.arena, 16 * 1024 * 1024);
    for (size_t i = 0; i < flows_max; i++)
        arena_init(&sim->flows[i].arena, flow_arena_bytes_max);
    if (!sim->api || !sim->metrics)
        abort();
}

/* ---- Start. */

static uint64_t node_changed(const void *context, unsigned topics) {
    return executor_changed(((const struct sim *)context)->executor, topics);
}

/* The disk has refused a sync: a server ends, and the next one starts from the log. */
static void node_must_end(void *context) {
    ((struct sim *)context)->must_restart = true;
}

static enum status node_read_interest(void *context, struct db *db, unsigned *changes) {
    struct sim *sim = context;
    struct shop_ctx ctx = node_ctx(sim, db, &sim->probe.arena);
    (void)changes;
    return delivery_read_interest(&ctx);
}

/* The disk may fail, or lose power, while the shop starts: then it is started once more, when the fault is over. */
static void node_mend_disk(struct sim *sim, const char *error) {
    if (!disk_is_cut() && !disk_has_failed())
        breach(sim, "the shop does not start: %s", error);
    tell(sim, "the shop does not start: %s", error);
    disk_fail_never();
    if (disk_is_cut())
        disk_restart(DISK_SECTORS, dice_mix(sim->seed, sim->step));
}

void node_start(struct sim *sim) {
    char error[db_error_size] = "";
    struct executor_options options = {.url = SIM_DATABASE,
                                       .schema = &shop_schema,
                                       .readers = 1,
                                       .searchers = 1,
                                       .is_stepped = true,
                                       .on_failing_disk = node_must_end,
                                       .context = sim};
    struct serve_options serve = {
        .db = SIM_DATABASE, .admin_token = STR(SIM_ADMIN_TOKEN), .clock = sim->clock};
    struct startup startup = {.options = &serve};
    sim->interest = (struct event_interest){0};
    while (executor_open(&options, &sim->executor, error) != STATUS_OK)
        node_mend_disk(sim, error);
    cart_touches_init(&sim->touches);
    lost_keys_init(&sim->lost_keys);
    settings_memory_init(&sim->memory, node_changed, sim);
    summary_memory_init(&sim->summaries);
    sim->is_up = true;
    sim->must_restart = false;
    if (startup_run(&startup, sim->executor) != STATUS_OK ||
        node_call(sim, node_read_interest, sim) != STATUS_OK) {
        node_stop(sim);
        node_mend_disk(sim, startup.error);
        node_start(sim);
    }
}

/* ---- Crash. */

/* What an actor's request was about, for recovery.c. */
static void node_cut_off(struct sim *sim, struct visit *v) {
    if (v->cut_off)
        v->cut_off(sim, v);
    tell(sim, "%s gets no answer to %s", shopper_names[v->actor], v->path);
    arena_reset(&v->arena);
    v->phase = VISIT_FREE;
}

static void node_drop_work(struct sim *sim) {
    for (size_t i = 0; i < visits_max; i++)
        if (sim->visits[i].phase != VISIT_FREE)
            node_cut_off(sim, &sim->visits[i]);
    for (size_t i = 0; i < actor_count; i++)
        sim->actors[i].busy = 0;
    for (size_t i = 0; i < flows_max; i++) {
        arena_reset(&sim->flows[i].arena);
        sim->flows[i].is_busy = false;
    }
}

void node_stop(struct sim *sim) {
    executor_close(sim->executor);
    settings_memory_free(&sim->memory);
    summary_memory_free(&sim->summaries);
    cart_touches_free(&sim->touches);
    lost_keys_free(&sim->lost_keys);
    sim->is_up = false;
    node_drop_work(sim);
}

void node_crash(struct sim *sim) {
    static const char *const models[] = {"nothing", "some", "torn parts"};
    struct dice dice = {dice_mix(sim->seed, sim->step ^ 0xC4A54)};
    enum disk_model model = (enum disk_model)dice_below(&dice, DISK_MODELS);
    tell(sim, "the process ends; of what was not synced the disk keeps %s", models[model]);
    sim->counts.crashes++;
    if (sim->is_up) {
        disk_cut_at(1); /* the first write of closing is the last */
        node_stop(sim);
    }
    disk_fail_never();
    size_t open = disk_restart(model, dice_roll(&dice));
    disk_cut_at(0);
    if (open > 0)
        breach(sim, "%zu files of the database are still open after it was closed", open);
    node_start(sim);
}

/* A stop in good order: the writer's connection checkpoints its log. Requests that are under way get no answer. */
void node_restarts(struct sim *sim) {
    tell(sim, "the server is stopped and started");
    if (dice_percent(&sim->dice, 50)) {
        sim->must_restart = true; /* a crash between two steps */
        return;
    }
    node_stop(sim);
    sim->counts.crashes++;
    if (disk_is_cut()) /* in the checkpoint: a crash follows */
        return;
    node_start(sim);
    recover(sim);
}

/* ---- Work. */

struct shop_ctx node_ctx(struct sim *sim, struct db *db, struct arena *arena) {
    return (struct shop_ctx){.db = db,
                             .arena = arena,
                             .clock = &sim->clock,
                             .random = &sim->random,
                             .settings = &shop_settings,
                             .cart_touches = &sim->touches,
                             .interest = &sim->interest,
                             .settings_memory = &sim->memory,
                             .mails = &sim->mails,
                             .settings_commits = settings_memory_commits(&sim->memory)};
}

/* Nothing goes on without power: SQLite would wait for ten seconds for a lock that it cannot have. */
void node_check_power(struct sim *sim) {
    if (disk_is_cut())
        longjmp(sim->ended, 1);
}

void node_drain(struct sim *sim) {
    do
        node_check_power(sim);
    while (executor_step(sim->executor));
}

enum status node_call(struct sim *sim, executor_function *run, void *context) {
    node_drain(sim);
    sim->counts.operations++;
    node_check_power(sim);
    return executor_call(sim->executor, run, context);
}

void writer_runs(struct sim *sim) {
    node_drain(sim);
}

/* ---- Faults of the disk. */

void disk_is_cut_soon(struct sim *sim) {
    uint64_t k = 1 + (uint64_t)dice_below(&sim->dice, dice_percent(&sim->dice, 50) ? 8 : 60);
    sim->counts.cuts++;
    tell(sim, "the power fails at the %llu. write or sync from now on", (unsigned long long)k);
    disk_cut_at(k);
}

void disk_fails_soon(struct sim *sim) {
    static const enum disk_fault kinds[] = {DISK_FULL, DISK_SYNC, DISK_WRITE, DISK_READ, DISK_WRITE_SHORT};
    static const char *const words[] = {"is full", "refuses a sync", "refuses a write", "refuses a read",
                                        "writes half"};
    int which = dice_below(&sim->dice, (int)(sizeof kinds / sizeof *kinds));
    uint64_t k = 1 + (uint64_t)dice_below(&sim->dice, 20);
    sim->counts.faults++;
    tell(sim, "at the %llu. such call from now on the disk %s", (unsigned long long)k, words[which]);
    disk_fail_at(kinds[which], k, false);
}
