/* Runs jobs on connections, each on the kind of thread that it needs.
 *
 * A job that writes is one transaction, and it is answered when that is durable. Reads are snapshots. Commits
 * are counted (change_clock.h): the count goes up before any job of a commit is done, and what was read
 * carries the count that its snapshot has at least, so that a cache knows whether it still holds.
 *
 * There are two executors behind this header: single_writer.c for a file, pg_pool.c for PostgreSQL. */
#pragma once

#include "db/exec/queue.h"

enum {
    queue_jobs_max = 4096,   /* for the writer; at 5,000 commits/s of one job each this is under a second */
    batch_jobs_max = 512,    /* in one transaction: more gains little, and the first job waits for the last */
    searches_held_max = 512, /* for the searchers; at 5 ms each and two threads, just over a second */
    searchers_max = 16,
    pg_connections_min = 3, /* one of each kind of job */
    pg_connections_max = 256,
    transaction_ms_max = 5000, /* of one statement on PostgreSQL; a silent server is given up 2 s later */
};

struct executor;

struct executor_options {
    const struct db_schema *schema; /* these three outlive the executor */
    const char *url;
    const char *standby_url;     /* NULL: there is no standby */
    int standby_lag_ms;          /* how old what is read there may be */
    size_t readers;              /* event loops */
    size_t searchers;            /* at most searchers_max; 0: searches are jobs of the writer */
    size_t connections;          /* to PostgreSQL: pg_connections_min to pg_connections_max */
    bool is_stepped;             /* a file only: no thread is started, and executor_step runs the jobs */
    struct metrics_shard *shard; /* the executor's own; NULL: nothing is counted */
    /* NULL, or called once, from the writer's thread, when the disk has refused a sync: what is answered
     * is still kept, but the process should end soon, with a failure, so that the next one starts from the
     * log. */
    void (*on_failing_disk)(void *context);
    void *context;
};

/* Opens the database, which is created if it is missing, and starts the threads. On failure `error` says
 * what is wrong. */
MUST_CHECK enum status executor_open(const struct executor_options *options, struct executor **out,
                                     char error[static db_error_size]);

/* Queues a job: one that writes; one that reads, if executor_reader has no connection for it; or one for the
 * searchers. From any thread. STATUS_QUEUE_FULL or STATUS_STOPPING: it was not taken. */
MUST_CHECK enum status executor_write(struct executor *ex, struct job *job);
MUST_CHECK enum status executor_read(struct executor *ex, struct job *job);
MUST_CHECK enum status executor_search(struct executor *ex, struct job *job);

/* Queues the next write of a request that has begun, even if the queue is full, because what has begun
 * must come to its end. The caller bounds the number of such requests. STATUS_STOPPING. */
MUST_CHECK enum status executor_continue(struct executor *ex, struct job *job);

/* Runs a function as a job that writes and waits until it is durable; not for an event loop's thread. The
 * function adds the topics that it changed to `changes`, which is empty at first. */
typedef enum status executor_function(void *context, struct db *db, unsigned *changes);
MUST_CHECK enum status executor_call(struct executor *ex, executor_function *run, void *context);

/* The same for a function that only reads, on a searcher: for what would hold the writer up. */
MUST_CHECK enum status executor_look(struct executor *ex, executor_function *run, void *context);

/* Counts what this process has written, or may have, for requests, and what executor_note_activity adds, as of a time
 * when it is durable; and changes of `topics`, other nodes' too. While other nodes cannot be heard of, each call gives
 * another number. */
uint64_t executor_activity(struct executor *ex, unsigned topics);

/* Counts what a background worker has done, so that the others look for what follows from it. From any thread. */
void executor_note_activity(struct executor *ex);

/* Connection number i, with a snapshot that has every commit answered so far, for the thread that owns i;
 * `commits` gets the clock's count. NULL: reads must be queued as jobs, or, if `status` is set, the
 * database cannot be read. */
struct db *executor_reader(struct executor *ex, size_t i, uint64_t *commits, enum status *status);

/* Ends the snapshot of connection i: before its thread sleeps, so that it does not hold up checkpoints. */
void executor_reader_release(struct executor *ex, size_t i);

/* The count of the latest commit that changed any of `topics`. */
uint64_t executor_changed(const struct executor *ex, unsigned topics);

/* Runs what is queued on the calling thread, as the threads of an executor that is not stepped would: a batch of writes in
 * one transaction, or a search. Returns whether there was anything. With it a simulator decides what runs when. */
bool executor_step(struct executor *ex);

/* Finishes every job that was taken, then closes. A stepped executor drops the jobs that are queued, as a crash would. */
void executor_close(struct executor *ex);
