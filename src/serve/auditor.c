/* An audit reads the whole database, which can take minutes, in one read transaction. So it has a thread and
 * a connection of its own, and the thread runs only while no other wants its core.
 *
 *      every hour ──> auditor_claim (of several nodes, one) ──> open ──> audit_database ──> close
 *
 * To stop it, the connection is interrupted (db_interrupt), which ends the statement that is running. An
 * interrupt between two statements has no effect. So auditor_stop repeats it every interrupt_ms, until the
 * thread has ended. `db`, under the lock, is the connection as long as it may be interrupted: it is set
 * behind db_open, and taken away ahead of db_close. */
#include "serve/auditor.h"

#include "base/log.h"
#include "base/thread/thread.h"
#include "base/thread/waiter.h"
#include "shop/schema/schema.h"
#include "shop/settings.h"

#include <stdlib.h>

enum { interrupt_ms = 5 };

#define every_us (INT64_C(3600) * 1000000)
#define clock_skew_us (INT64_C(60) * 1000000) /* the most by which the clocks of two nodes may differ */

/* ---- One audit. */

/* Counts what db_check reports, and passes it on. */
struct audit_tally {
    audit_report *report;
    void *context;
    int64_t count;
};

static void audit_tally_report(void *context, const char *line) {
    struct audit_tally *tally = context;
    tally->count++;
    tally->report(tally->context, line);
}

enum status audit_database(struct db *db, audit_report *report, void *context, struct audit *out) {
    struct audit_tally tally = {report, context, 0};
    struct arena arena;
    *out = (struct audit){0};
    arena_init(&arena, audit_arena_bytes_max);
    struct shop_ctx ctx = {.db = db, .arena = &arena, .clock = &clock_system, .random = &random_system};
    enum status s = db_begin(db, false);
    if (s == STATUS_OK)
        s = db_check(db, audit_tally_report, &tally);
    if (s == STATUS_OK)
        s = audit_run(&ctx, report, context, out);
    out->breaches += tally.count;
    db_rollback(db);
    arena_free(&arena);
    return s;
}

/* ---- The server's thread. */

struct auditor_thread {
    const char *url;
    const struct clock *clock;
    int poll_ms;
    struct metrics_shard *shard;
    int64_t breaches; /* of the latest audit, which is what the gauge shows; used by the thread only */
    pthread_t thread;
    struct waiter waiter;
    struct waiter ended; /* stopped by the thread when it ends: auditor_stop waits for that */
    pthread_mutex_t lock;
    struct db *db; /* NULL unless an audit runs; under the lock */
};

static void auditor_log_breach(void *context, const char *line) {
    (void)context;
    log_warning("audit: %s", line);
}

/* Sets the connection that may be interrupted. False if the thread is to end. */
static bool auditor_set_db(struct auditor_thread *a, struct db *db) {
    pthread_mutex_lock(&a->lock);
    a->db = db;
    pthread_mutex_unlock(&a->lock);
    return !waiter_is_stopping(&a->waiter);
}

/* Whether this server is the one that audits now: a file has only one server; of the nodes that share a
 * database, the first to claim this hour's audit does it. */
static bool auditor_claim(struct auditor_thread *a) {
    char error[db_error_size];
    struct db *db;
    bool claimed = false;
    if (!db_is_shared(a->url))
        return true;
    if (shop_db_open(a->url, DB_WRITE, &db, error) != STATUS_OK)
        return false; /* another node may do it, or the next hour's audit will */
    struct shop_ctx ctx = {.db = db, .clock = a->clock, .random = &random_system};
    enum status s =
        round_claim(&ctx, ROUND_AUDIT, clock_now_us(a->clock) - every_us + clock_skew_us, &claimed);
    db_close(db);
    return s == STATUS_OK && claimed;
}

/* Audits, logs the breaches, and counts. The gauge is a counter that every audit sets by adding the
 * difference to the one before. */
static void auditor_run(struct auditor_thread *a) {
    char error[db_error_size];
    struct db *db;
    struct audit found = {0};
    if (!auditor_claim(a))
        return;
    if (shop_db_open(a->url, DB_READ, &db, error) != STATUS_OK) {
        log_warning("audit: %s", error);
        return;
    }
    enum status s = STATUS_STOPPING;
    if (auditor_set_db(a, db))
        s = audit_database(db, auditor_log_breach, NULL, &found);
    auditor_set_db(a, NULL);
    db_close(db);
    if (s == STATUS_STOPPING)
        return;
    if (s != STATUS_OK)
        log_warning("audit: it could not be finished: %s", status_text(s));
    else
        metric_add(a->shard, METRIC_AUDIT_RUNS, 1);
    metric_add(a->shard, METRIC_AUDIT_BREACHES, found.breaches - a->breaches);
    a->breaches = found.breaches;
}

static void *auditor_main(void *context) {
    struct auditor_thread *a = context;
    int64_t last = clock_now_us(a->clock);
    thread_set_background();
    while (waiter_sleep(&a->waiter, a->poll_ms)) {
        int64_t now = clock_now_us(a->clock);
        if (now - last < every_us)
            continue;
        last = now;
        auditor_run(a);
    }
    waiter_stop(&a->ended);
    return NULL;
}

static void auditor_free(struct auditor_thread *a) {
    waiter_free(&a->ended);
    waiter_free(&a->waiter);
    pthread_mutex_destroy(&a->lock);
    free(a);
}

struct auditor_thread *auditor_start(const char *url, const struct clock *clock, int poll_ms,
                                     struct metrics_shard *shard) {
    struct auditor_thread *a = calloc(1, sizeof *a);
    if (!a)
        return NULL;
    *a = (struct auditor_thread){.url = url, .clock = clock, .poll_ms = poll_ms, .shard = shard};
    pthread_mutex_init(&a->lock, NULL);
    waiter_init(&a->waiter);
    waiter_init(&a->ended);
    if (db_is_private(url) || pthread_create(&a->thread, NULL, auditor_main, a) == 0)
        return a;
    auditor_free(a);
    return NULL;
}

static void auditor_interrupt(struct auditor_thread *a) {
    pthread_mutex_lock(&a->lock);
    if (a->db)
        db_interrupt(a->db);
    pthread_mutex_unlock(&a->lock);
}

void auditor_stop(struct auditor_thread *a) {
    if (!a)
        return;
    if (!db_is_private(a->url)) {
        waiter_stop(&a->waiter);
        do
            auditor_interrupt(a);
        while (waiter_sleep(&a->ended, interrupt_ms));
        pthread_join(a->thread, NULL);
    }
    auditor_free(a);
}
