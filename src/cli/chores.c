#include "cli/chores.h"

#include "base/log.h"
#include "base/nap.h"
#include "shop/chores.h"
#include "shop/stage.h"

#include <stdlib.h>

enum { arena_bytes_max = 1024 * 1024 };

struct chores {
    struct executor *executor;
    const char *url;
    const struct clock *clock;
    struct carts_seen *carts_seen;
    int every_ms;
    pthread_t thread;
    struct nap nap;
    bool more, staged; /* set by the writer's thread, read once the batch is done */
};

static enum status run_batch(void *context, struct db *db, unsigned *changes) {
    struct chores *c = context;
    struct arena arena;
    arena_init(&arena, arena_bytes_max);
    struct tx tx = {
        .db = db, .arena = &arena, .clock = c->clock, .random = &random_system, .carts_seen = c->carts_seen};
    enum status s = chores_run(&tx, &c->more);
    if (s == STATUS_OK)
        s = stage_left(&tx, &c->staged);
    *changes = tx.changes;
    arena_free(&arena);
    return s;
}

static bool go_on(void *context) {
    struct chores *c = context;
    return !nap_stopping(&c->nap);
}

/* Removes what a broken import left, if it is not one that is under way; on a connection of its own, since
 * its deletes are trusted (db_trust_deletes). */
static void sweep(struct chores *c) {
    char why[db_why_size];
    struct db *db;
    if (db_open(c->url, DB_WRITE, &db, why) != STATUS_OK) {
        log_warning("chores: %s", why);
        return;
    }
    if (db_claim(db, DB_IMPORTING)) {
        struct tx tx = {.db = db, .clock = c->clock, .random = &random_system};
        struct turns turns = {.go_on = go_on, .context = c};
        enum status s = stage_sweep(&turns, &tx);
        if (s == STATUS_OK)
            log_info("removed what a broken import had left");
        else if (s != STATUS_STOPPING)
            log_warning("chores: %s", status_text(s));
    }
    db_close(db);
}

static void *chores_main(void *context) {
    struct chores *c = context;
    enum status s;
    do {
        s = executor_call(c->executor, run_batch, c);
        if (s != STATUS_OK)
            log_warning("chores: %s", status_text(s));
        else if (c->staged)
            sweep(c);
    } while (nap(&c->nap, s == STATUS_OK && c->more ? 0 : c->every_ms));
    return NULL;
}

struct chores *chores_start(struct executor *executor, const char *url, const struct clock *clock,
                            struct carts_seen *carts_seen, int every_ms) {
    struct chores *c = calloc(1, sizeof *c);
    if (!c)
        return NULL;
    c->executor = executor;
    c->url = url;
    c->clock = clock;
    c->carts_seen = carts_seen;
    c->every_ms = every_ms;
    nap_init(&c->nap);
    if (pthread_create(&c->thread, NULL, chores_main, c) == 0)
        return c;
    nap_free(&c->nap);
    free(c);
    return NULL;
}

void chores_stop(struct chores *c) {
    if (!c)
        return;
    nap_stop(&c->nap);
    pthread_join(c->thread, NULL);
    nap_free(&c->nap);
    free(c);
}
