/* How it works: the chores see that an import is due and wake this thread, which opens connections of its own.
 *
 *     claim DB_IMPORTING ──> the next import ──┬─ checking ──> import_check ──────────────────────────> checked
 *          (of several                         ├─ started ───> stage ──> publish, with the new state ──> done, or
 *           nodes, one)                        └─ changing ──> (as an update) ──> change the others ───> done
 *
 * The state changes in the transaction that publishes the import. So if the process ends before that, the import is begun
 * anew, after its rows were removed; and if it ends after that, only what is still different is changed, which is what the
 * engine does with an update of the same file. An import of products without ids is never published twice.
 *
 * Progress is written by the way, in the engine's own short transactions, and tells by its outcome whether the import was
 * given up. */
#include "serve/import/importer.h"

#include "base/log.h"
#include "base/thread/waiter.h"
#include "serve/import/import_task.h"
#include "shop/schema/schema.h"

#include <malloc.h>
#include <stdlib.h>

enum { look_ms = 3600 * 1000 };

struct importer {
    struct import_task_options options;
    pthread_t thread;
    struct waiter waiter;
};

/* Gives what an import has freed back to the system, which glibc otherwise keeps for the next one. */
static void memory_give_back(void) {
#ifdef __GLIBC__
    malloc_trim(0);
#endif
}

/* Works on all that is due. One that was given up does not end it. */
static void importer_work(struct importer *importer) {
    char error[db_error_size];
    struct db *db;
    if (shop_db_open(importer->options.url, DB_WRITE, &db, error) != STATUS_OK) {
        log_warning("importer: %s", error);
        return;
    }
    if (db_claim(db, DB_IMPORTING)) {
        enum status s = STATUS_OK;
        while ((s == STATUS_OK || s == STATUS_STOPPING) && !waiter_is_stopping(&importer->waiter))
            s = import_task_next(&importer->options, db);
        if (s != STATUS_OK && s != STATUS_NOT_FOUND && s != STATUS_STOPPING)
            log_warning("importer: %s", status_text(s));
    }
    db_close(db); /* and with it the claim */
    memory_give_back();
}

/* The pause is as good as endless: the chores see each second whether something is due, if there was any activity. */
static void *importer_main(void *context) {
    struct importer *importer = context;
    while (waiter_sleep(&importer->waiter, look_ms))
        importer_work(importer);
    return NULL;
}

struct importer *importer_start(const char *url, const struct clock *clock,
                                const struct shop_settings *settings) {
    struct importer *importer = calloc(1, sizeof *importer);
    if (!importer)
        return NULL;
    importer->options = (struct import_task_options){url, clock, settings, &importer->waiter};
    waiter_init(&importer->waiter);
    if (pthread_create(&importer->thread, NULL, importer_main, importer) == 0)
        return importer;
    waiter_free(&importer->waiter);
    free(importer);
    return NULL;
}

void importer_wake(struct importer *importer) {
    waiter_wake(&importer->waiter);
}

void importer_stop(struct importer *importer) {
    if (!importer)
        return;
    waiter_stop(&importer->waiter);
    pthread_join(importer->thread, NULL);
    waiter_free(&importer->waiter);
    free(importer);
}
