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
 * Searchers: threads with a read-only connection each, for reads that may take long enough to hold a loop up.
 *
 * Commits are counted, the count going up before any job of a commit is done. What was read carries the count
 * that its snapshot has at least, and by that a cache knows whether it still holds.
 *
 * Where the database is a server's (PostgreSQL), all of them are a team of threads that read and write side
 * by side (team.h).
 *
 * A private database (`:memory:`) has no second connection: there, every read is a job of the writer. */
#pragma once

#include "db/queue.h"

enum {
    queue_jobs_max = 4096, /* for the writer; at 5,000 commits/s of one job each this is under a second */
    batch_jobs_max =
        512, /* in one transaction: what is gained by more is little, and the first waits for the last */
    searches_held_max = 512, /* for the searchers; at 5 ms each and two threads, just over a second */
    searchers_max = 16,
};

struct executor;

struct executor_options {
    const char *url;         /* outlives the executor */
    const char *standby_url; /* NULL: there is none; outlives the executor */
    int standby_lag_ms;      /* how old what is read there may be */
    size_t readers;          /* event loops */
    size_t searchers;        /* 1 to searchers_max */
    size_t connections;      /* to a database that is a server's: team_connections_min to team_connections_max
                                (team.h) */
    struct metrics_shard *shard; /* the executor's own; NULL: nothing is counted */
};

/* Opens (and creates) the database and starts its threads. On failure `why` says what is wrong. */
MUST_CHECK enum status executor_open(const struct executor_options *options, struct executor **out,
                                     char why[static db_why_size]);

/* Queues a job: one that writes, one that reads where executor_reader gave no connection, or one for the
 * searchers. From any thread. STATUS_QUEUE_FULL or STATUS_STOPPING where it was not taken. */
MUST_CHECK enum status executor_write(struct executor *ex, struct job *job);
MUST_CHECK enum status executor_read(struct executor *ex, struct job *job);
MUST_CHECK enum status executor_search(struct executor *ex, struct job *job);

/* Queues the rest of a work that has begun, and whose number something else bounds: taken also where the
 * queue is full, since what was begun must be brought to its end. STATUS_STOPPING. */
MUST_CHECK enum status executor_write_on(struct executor *ex, struct job *job);

/* Runs a function as a job of the writer and waits for it to be durable; not for an event loop's thread. The
 * function says in `changes` what it changed (a union of enum changes), which is nothing at first. */
typedef enum status executor_function(void *context, struct db *db, unsigned *changes);
MUST_CHECK enum status executor_call(struct executor *ex, executor_function *run, void *context);

/* Connection number i with a snapshot that has every commit answered so far, for the thread that owns i;
 * `commits` gets its count. NULL where reads must be written as jobs, or with `status` set where the database
 * cannot be read. */
struct db *executor_reader(struct executor *ex, size_t i, uint64_t *commits, enum status *status);

/* Lets the snapshot of connection i go; called before its thread sleeps, so that checkpoints are not held up.
 */
void executor_reader_rest(struct executor *ex, size_t i);

/* The count of the latest commit that changed any of `changes` (a union of enum changes). */
uint64_t executor_changed(const struct executor *ex, unsigned changes);

/* Finishes every job that was taken, then closes. */
void executor_close(struct executor *ex);
