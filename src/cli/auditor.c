#include "cli/auditor.h"

#include "base/log.h"
#include "base/nap.h"
#include "base/thread.h"
#include "shop/settings.h"

#include <stdlib.h>

enum {
    interrupt_ms = 5, /* a statement that began just after the last interrupt gets the next one */
};

#define every_us (INT64_C(3600) * 1000000)
#define shared_slack_us (INT64_C(60) * 1000000) /* by which nodes' clocks may differ */

/* ---- One audit. */

struct tally {
    audit_report *report;
    void *context;
    int64_t told;
};

static void tell(void *context, const char *line) {
    struct tally *tally = context;
    tally->told++;
    tally->report(tally->context, line);
}

enum status audit_database(struct db *db, audit_report *report, void *context, struct audit *out) {
    struct tally tally = {report, context, 0};
    struct arena arena;
    *out = (struct audit){0};
    arena_init(&arena, audit_arena_bytes_max);
    struct tx tx = {.db = db, .arena = &arena, .clock = &clock_system, .random = &random_system};
    enum status s = db_begin(db, false);
    if (s == STATUS_OK)
        s = db_check(db, tell, &tally);
    if (s == STATUS_OK)
        s = audit_run(&tx, report, context, out);
    out->breaches += tally.told;
    db_rollback(db);
    arena_free(&arena);
    return s;
}

/* ---- The server's thread. */

struct auditor_thread {
    const char *url;
    const struct clock *clock;
    int look_ms;
    struct metrics_shard *shard;
    int64_t breaches; /* of the latest audit, as the gauge has it; the thread's own */
    pthread_t thread;
    struct nap nap;
    struct nap ended; /* stopped by the thread, for whoever waits for its end */
    pthread_mutex_t lock;
    struct db *db; /* while an audit runs; under the lock */
};

static void log_breach(void *context, const char *line) {
    (void)context;
    log_warning("audit: %s", line);
}

/* Shows the connection to auditor_stop, or hides it (NULL); false when stopping. */
static bool show(struct auditor_thread *a, struct db *db) {
    pthread_mutex_lock(&a->lock);
    a->db = db;
    pthread_mutex_unlock(&a->lock);
    return !nap_stopping(&a->nap);
}

/* Nodes that share a database share its audits; a file has one server. */
static bool is_ours(struct auditor_thread *a) {
    char why[db_why_size];
    struct db *db;
    bool claimed = false;
    if (!db_is_shared(a->url))
        return true;
    if (db_open(a->url, DB_WRITE, &db, why) != STATUS_OK)
        return false; /* the next hour's look will tell */
    struct tx tx = {.db = db, .clock = a->clock, .random = &random_system};
    enum status s = audit_claim(&tx, every_us - shared_slack_us, &claimed);
    db_close(db);
    return s == STATUS_OK && claimed;
}

static void audit_once(struct auditor_thread *a) {
    char why[db_why_size];
    struct db *db;
    struct audit found = {0};
    if (!is_ours(a))
        return;
    if (db_open(a->url, DB_READ, &db, why) != STATUS_OK) {
        log_warning("audit: %s", why);
        return;
    }
    enum status s = STATUS_STOPPING;
    if (show(a, db))
        s = audit_database(db, log_breach, NULL, &found);
    show(a, NULL);
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
    thread_is_patient();
    while (nap(&a->nap, a->look_ms)) {
        int64_t now = clock_now_us(a->clock);
        if (now - last < every_us)
            continue;
        last = now;
        audit_once(a);
    }
    nap_stop(&a->ended);
    return NULL;
}

static void auditor_free(struct auditor_thread *a) {
    nap_free(&a->ended);
    nap_free(&a->nap);
    pthread_mutex_destroy(&a->lock);
    free(a);
}

struct auditor_thread *auditor_start(const char *url, const struct clock *clock, int look_ms,
                                     struct metrics_shard *shard) {
    struct auditor_thread *a = calloc(1, sizeof *a);
    if (!a)
        return NULL;
    *a = (struct auditor_thread){.url = url, .clock = clock, .look_ms = look_ms, .shard = shard};
    pthread_mutex_init(&a->lock, NULL);
    nap_init(&a->nap);
    nap_init(&a->ended);
    if (db_is_private(url) || pthread_create(&a->thread, NULL, auditor_main, a) == 0)
        return a;
    auditor_free(a);
    return NULL;
}

static void interrupt(struct auditor_thread *a) {
    pthread_mutex_lock(&a->lock);
    if (a->db)
        db_interrupt(a->db);
    pthread_mutex_unlock(&a->lock);
}

void auditor_stop(struct auditor_thread *a) {
    if (!a)
        return;
    if (!db_is_private(a->url)) {
        nap_stop(&a->nap);
        do
            interrupt(a);
        while (nap(&a->ended, interrupt_ms));
        pthread_join(a->thread, NULL);
    }
    auditor_free(a);
}
