/* Who runs what on which connection.
 *
 * One writer: a thread with the only connection that writes and checkpoints. It drains its queue into one
 * transaction, each job under its own savepoint, then one COMMIT and so one fsync for all, and only then are
 * the jobs done: group commit. The more wait, the more a commit carries; nothing waits for company.
 *
 * Readers: one read-only connection for each event loop, used on that loop's own thread. A loop keeps one
 * snapshot open while it handles what its sockets brought, unless a commit came in between, so that whoever
 * was answered sees what was answered.
 *
 * A private database (`:memory:`) has no second connection: there, reads are jobs too. */
#pragma once

#include "base/metrics.h"
#include "db/db.h"

enum {
    queue_jobs_max = 4096, /* waiting or running; at 5,000 commits/s of one job each this is under a second */
    batch_jobs_max =
        512, /* in one transaction: what is gained by more is little, and the first waits for the last */
};

/* A unit of work for the writer; inside of what its owner allocates, and the owner's again once `done` is
 * called. */
struct job {
    /* On the writer's thread, inside a savepoint that is kept if it returns STATUS_OK and undone otherwise.
     */
    enum status (*run)(struct job *job, struct db *db);
    /* On the writer's thread, once what was run is durable: what run returned, or STATUS_STORAGE where the
     * transaction could not be committed, and then nothing happened. */
    void (*done)(struct job *job, enum status status);
    enum status status; /* the executor's own */
    struct job *next;
};

struct executor;

/* Opens (and creates) the database and starts the writer's thread. `shard` is the writer's. On failure `why`
 * says what is wrong. */
MUST_CHECK enum status executor_open(const char *url, size_t readers, struct metrics_shard *shard,
                                     struct executor **out, char why[static db_why_size]);

/* Queues a job; from any thread. STATUS_QUEUE_FULL or STATUS_STOPPING where it was not taken. */
MUST_CHECK enum status executor_submit(struct executor *ex, struct job *job);

/* Runs a function as a job and waits for it to be durable; not for an event loop's thread. */
MUST_CHECK enum status executor_call(struct executor *ex, enum status (*run)(void *context, struct db *db),
                                     void *context);

/* Connection number i with a snapshot that has every commit answered so far, for the thread that owns i; NULL
 * where reads must be submitted as jobs, or with `status` set where the database cannot be read. */
struct db *executor_reader(struct executor *ex, size_t i, enum status *status);

/* Lets the snapshot of connection i go; called before its thread sleeps, so that checkpoints are not held up.
 */
void executor_reader_rest(struct executor *ex, size_t i);

/* Finishes every job that was taken, then closes. */
void executor_close(struct executor *ex);
