/* The executor for SQLite: one writer, many snapshots.
 *
 *     loops, workers ──▶ writes ──▶ writer thread     BEGIN IMMEDIATE
 *                                                       SAVEPOINT, job 1, RELEASE
 *                                                       SAVEPOINT, job 2, ROLLBACK TO   (it failed: undone alone)
 *                                                       …  up to batch_jobs_max
 *                                                     COMMIT                            (one fsync for all)
 *                                                     change clock + 1, then the jobs are answered
 *     loops ──▶ searches ──▶ searcher threads, each with a read-only connection
 *     loop i ──▶ its own read-only connection, on its own thread
 *
 * Group commit: the writer takes what waits and does not wait for more. With one client that is a commit for
 * each request; the more clients, the more a commit carries. If the transaction as a whole is lost (a full
 * disk), every job of it gets STATUS_STORAGE and nothing happened.
 *
 * A job that writes much is a batch of its own, without a savepoint: SQLite keeps the pages that a savepoint could need in a
 * list, and walks all of it behind each statement that has triggers.
 *
 * A loop keeps one read transaction open while the clock stands still, because opening one costs two system
 * calls for SQLite's WAL lock. When the clock has moved it takes a new one, so a client that was answered
 * sees its change.
 *
 * A private database (`:memory:`) has no second connection: there every read is a job of the writer. */
#include "base/clock.h"
#include "base/log.h"
#include "base/thread/notify_batch.h"
#include "base/thread/thread.h"
#include "db/exec/executor_ops.h"

#include <assert.h>
#include <stdlib.h>
#include <unistd.h>

enum {
    reopen_us = 10 * 1000 * 1000, /* from one attempt to write a file that was read-only to the next */
    watch_ms = 100,               /* how late another process's commit, or a moved file, may be noticed */
    crowd_jobs = 8,               /* from so many on, searches are answered together, up to so many */
    searcher_wait_ms = 1000,      /* a searcher without a job looks so often whether it should end */
};

/* A loop's connection. */
struct snapshot_reader {
    struct db *db;
    bool is_open;        /* its read transaction */
    uint64_t commits;    /* the clock when that was opened */
    unsigned generation; /* of the connection */
};

struct searcher {
    struct single_writer *owner;
    struct db *db;
    unsigned generation;
    pthread_t thread;
};

struct single_writer {
    struct executor base;
    struct executor_options options;
    struct job_queue writes, searches;
    struct db *db;                 /* the connection that writes */
    _Atomic unsigned generation;   /* of the connections; odd: readers close theirs and do not reopen them */
    int64_t reopen_at_us;          /* no sooner are the connections opened anew */
    _Atomic unsigned open_readers; /* connections that read, while one may be opened or closed */
    pthread_t thread;
    int64_t foreign_version; /* the writer thread's own, as is the fault that it has reported */
    enum db_fault fault;
    struct searcher searchers[searchers_max];
    size_t searcher_count;
    size_t reader_count;
    struct snapshot_reader readers[];
};

static struct single_writer *writer_of(struct executor *base) {
    return (struct single_writer *)base;
}

/* ---- Connections. */

/* Claims DB_SERVING, so that an import takes short slices. A connection that cannot write claims nothing: whoever
 * opens the file to write, this server too, must make its log durable first (durability.h). */
static void writer_claim(struct db *db) {
    if (db_writable(db) && !db_claim(db, DB_SERVING))
        return;
}

/* How a file that was read-only when it was opened becomes writable. Every connection is closed before the first is
 * opened anew: one to a read-only file may assume that it never changes, SQLite maps the log's index once for a whole
 * process, to read only if the first connection could do no more, and a connection without locks ends those of others
 * (db/sqlite/open.c).
 *
 *     generation  writer                                          readers
 *     even        sees that the files are writable:               each closes its connection: a loop at its next
 *                 generation + 1                                  tick, a searcher within searcher_wait_ms. Reads
 *                                                                 are 503 meanwhile
 *     odd         once no reader is open: opens its own anew,     each opens anew
 *                 to write if that can be had: generation + 1 */

static bool generation_is_closing(unsigned generation) {
    return generation % 2 == 1;
}

/* Asks the readers to close their connections, if that may help and was not tried just now. */
static void writer_begin_reopen(struct single_writer *w) {
    int64_t now = monotonic_us();
    if (generation_is_closing(atomic_load(&w->generation)) || now < w->reopen_at_us || !db_could_write(w->db))
        return;
    w->reopen_at_us = now + reopen_us;
    atomic_fetch_add(&w->generation, 1);
}

/* Opens the writer's connection anew when it is the process's only one. */
static void writer_reopen(struct single_writer *w) {
    char error[db_error_size];
    const struct executor_options *o = &w->options;
    if (atomic_load(&w->open_readers) > 0)
        return;
    db_close(w->db);
    if (db_open(o->url, DB_WRITE, o->schema, &w->db, error) != STATUS_OK &&
        db_open(o->url, DB_READ, o->schema, &w->db, error) != STATUS_OK) {
        log_warning("database: %s; the server ends", error);
        _exit(1);
    }
    writer_claim(w->db);
    if (db_writable(w->db))
        log_info("database: %s can be written again", o->url);
    atomic_fetch_add(&w->generation, 1);
}

/* Brings a reader's connection to the writer's generation. False: it has none for now. A reader is counted before it
 * opens, so that the writer never takes itself for the only one. */
static bool reader_follow(struct single_writer *w, struct db **db, unsigned *generation) {
    char error[db_error_size];
    unsigned now = atomic_load_explicit(&w->generation, memory_order_acquire);
    if (now == *generation && *db)
        return true;
    if (*db) {
        db_close(*db);
        *db = NULL;
        atomic_fetch_sub(&w->open_readers, 1);
    }
    if (generation_is_closing(now))
        return false;
    atomic_fetch_add(&w->open_readers, 1);
    if (atomic_load(&w->generation) == now &&
        db_open(w->options.url, DB_READ, w->options.schema, db, error) == STATUS_OK) {
        *generation = now;
        return true;
    }
    *db = NULL;
    atomic_fetch_sub(&w->open_readers, 1);
    return false;
}

/* ---- Faults of the disk. */

/* Looks whether the database's files can still keep what is written, and reports a change. False: not now. */
static bool writer_is_sound(struct single_writer *w) {
    enum db_fault fault = db_fault(w->db);
    if (fault != w->fault && fault == DB_MOVED)
        log_warning(
            "database: %s was removed, renamed or replaced while it is served: writes are refused until it is "
            "back",
            w->options.url);
    if (fault != w->fault && fault == DB_SOUND)
        log_info("database: %s is back", w->options.url);
    if (fault != w->fault && fault == DB_SYNC_FAILED && w->options.on_failing_disk)
        w->options.on_failing_disk(w->options.context);
    w->fault = fault;
    return fault != DB_MOVED;
}

/* Ends the process: the commit failed, but a crash may bring it back, so that any answer could be wrong. */
static _Noreturn void writer_end_without_answer(const struct single_writer *w) {
    log_warning(
        "database: %s: it is not known whether a commit is on the disk; the server ends without an answer, and "
        "the next start finds out",
        w->options.url);
    _exit(1);
}

/* ---- The writer. */

/* Runs one job under its savepoint, if it is not alone. False: the whole transaction is lost. */
static bool writer_run_job(struct single_writer *w, struct job *job) {
    if (!job->is_alone && db_savepoint(w->db) != STATUS_OK)
        return false;
    job->changes = 0;
    thread_yield_if_due(); /* a batch of hundreds takes tens of milliseconds */
    job->status = job->run(job, w->db);
    if (!db_in_transaction(w->db))
        return false; /* the engine rolled everything back: a full disk, an I/O error */
    if (job->is_alone)
        return true;
    enum status s = job->status == STATUS_OK ? db_release(w->db) : db_rollback_to(w->db);
    return s == STATUS_OK;
}

/* Runs a batch in one transaction. False: nothing of it happened. */
static bool writer_run_batch(struct single_writer *w, struct job *batch) {
    if (!db_writable(w->db))
        writer_begin_reopen(w);
    if (!writer_is_sound(w) || !db_writable(w->db) || db_begin(w->db, true) != STATUS_OK)
        return false;
    for (struct job *job = batch; job; job = job->next)
        if (!writer_run_job(w, job)) {
            db_rollback(w->db);
            return false;
        }
    if (batch->is_alone && batch->status != STATUS_OK) {
        db_rollback(w->db);
        return true;
    }
    enum status s = db_commit(w->db);
    if (s == STATUS_UNKNOWN)
        writer_end_without_answer(w);
    if (s != STATUS_OK)
        db_rollback(w->db);
    return s == STATUS_OK;
}

static void batch_publish(struct single_writer *w, const struct job *batch) {
    unsigned changes = 0;
    for (const struct job *job = batch; job; job = job->next)
        changes |= job->status == STATUS_OK ? job->changes : 0;
    change_clock_publish(&w->base.clock, changes);
}

static void batch_answer(struct single_writer *w, struct job *batch, bool committed, uint64_t commits) {
    notify_batch_begin();
    for (struct job *job = batch, *next; job; job = next) {
        next = job->next; /* done() may free the job */
        job->commits = commits;
        executor_job_done(&w->base, job, committed ? job->status : STATUS_STORAGE);
    }
    notify_batch_end();
}

static void writer_take_batch(struct single_writer *w, struct job *batch, size_t count) {
    uint64_t commits = change_clock_now(&w->base.clock);
    struct metrics_shard *shard = w->options.shard;
    bool committed = writer_run_batch(w, batch);
    if (committed)
        batch_publish(w, batch);
    if (shard && committed)
        metric_batch(shard, count);
    else if (shard)
        metric_add(shard, METRIC_COMMITS_FAILED, 1);
    job_queue_ran(&w->writes, count);
    batch_answer(w, batch, committed, commits);
}

/* Cuts off the jobs that make one transaction: up to the next that is alone, or that one. `count` gets how many they are.
 * Returns the others. */
static struct job *batch_cut(struct job *batch, size_t *count) {
    struct job *last = batch;
    for (*count = 1; !batch->is_alone && last->next && !last->next->is_alone; ++*count)
        last = last->next;
    struct job *rest = last->next;
    last->next = NULL;
    return rest;
}

static void writer_take_jobs(struct single_writer *w, struct job *jobs) {
    for (struct job *batch = jobs, *rest; batch; batch = rest) {
        size_t count;
        rest = batch_cut(batch, &count);
        writer_take_batch(w, batch, count);
    }
}

/* Takes a commit of another process (an import into a served shop) for one that changed everything. */
static void writer_watch_others(struct single_writer *w) {
    int64_t version = db_foreign_version(w->db);
    if (version == w->foreign_version)
        return;
    w->foreign_version = version;
    change_clock_publish(&w->base.clock, topics_all);
}

/* Takes what is queued, if anything comes within `wait_ms`. Returns whether there was a job. */
static bool writer_round(struct single_writer *w, int wait_ms) {
    size_t count;
    struct job *jobs = job_queue_take(&w->writes, batch_jobs_max, wait_ms, &count);
    if (generation_is_closing(atomic_load(&w->generation)))
        writer_reopen(w);
    writer_watch_others(w);
    writer_take_jobs(w, jobs);
    writer_is_sound(w);
    return count > 0;
}

static void *writer_main(void *context) {
    struct single_writer *w = context;
    while (!job_queue_ended(&w->writes))
        writer_round(w, watch_ms);
    return NULL;
}

/* ---- Readers. */

/* Takes a job, if one comes within `wait_ms`. Returns whether there was one. */
static bool searcher_run_one(struct searcher *s, int wait_ms) {
    struct job_queue *queue = &s->owner->searches;
    size_t count;
    struct job *job = job_queue_take(queue, 1, wait_ms, &count);
    bool is_open = reader_follow(s->owner, &s->db, &s->generation);
    if (!job)
        return false;
    uint64_t commits = change_clock_now(&s->owner->base.clock);
    enum status status = is_open ? db_begin(s->db, false) : STATUS_STORAGE;
    if (status == STATUS_OK) {
        status = job->run(job, s->db);
        db_rollback(s->db);
    }
    job_queue_ran(queue, count);
    job->commits = commits;
    job->done(job, status);
    return true;
}

/* Takes a job, and in a crowd some more of those that wait. The loops then learn of these together, but within a millisecond
 * (thread_yield_if_due), because on a shared core each wake-up interrupts the next search. */
static bool searcher_round(struct searcher *s, int wait_ms) {
    struct job_queue *queue = &s->owner->searches;
    if (!searcher_run_one(s, wait_ms))
        return false;
    if (job_queue_held(queue) < crowd_jobs)
        return true;
    notify_batch_begin();
    for (int i = 1; i < crowd_jobs && searcher_run_one(s, 0); i++)
        ;
    notify_batch_end();
    return true;
}

static void *searcher_main(void *context) {
    struct searcher *s = context;
    while (!job_queue_ended(&s->owner->searches))
        searcher_round(s, searcher_wait_ms);
    return NULL;
}

static bool single_writer_step(struct executor *base) {
    struct single_writer *w = writer_of(base);
    bool wrote = writer_round(w, 0), searched = w->searcher_count > 0 && searcher_round(&w->searchers[0], 0);
    return wrote || searched;
}

static enum status single_writer_put(struct executor *base, struct job *job, enum job_kind kind, bool force) {
    struct single_writer *w = writer_of(base);
    struct job_queue *queue = kind == JOB_SEARCH && w->searcher_count > 0 ? &w->searches : &w->writes;
    return force ? job_queue_put_force(queue, job) : job_queue_put(queue, job);
}

static void single_writer_reader_release(struct executor *base, size_t i) {
    struct single_writer *w = writer_of(base);
    if (i >= w->reader_count)
        return;
    struct snapshot_reader *r = &w->readers[i];
    if (r->is_open && db_commit(r->db) != STATUS_OK)
        db_rollback(r->db);
    r->is_open = false;
    if (generation_is_closing(atomic_load_explicit(&w->generation, memory_order_relaxed)))
        (void)reader_follow(w, &r->db, &r->generation);
}

static struct db *single_writer_reader(struct executor *base, size_t i, uint64_t *commits,
                                       enum status *status) {
    struct single_writer *w = writer_of(base);
    if (w->reader_count == 0)
        return NULL;
    assert(i < w->reader_count);
    struct snapshot_reader *r = &w->readers[i];
    *commits = change_clock_now(&base->clock);
    if (r->is_open && r->commits == *commits)
        return r->db;
    single_writer_reader_release(base, i);
    *status = reader_follow(w, &r->db, &r->generation) ? db_begin(r->db, false) : STATUS_STORAGE;
    if (*status != STATUS_OK)
        return NULL;
    r->is_open = true;
    r->commits = *commits;
    return r->db;
}

/* ---- Opening and closing. */

static void writer_free(struct single_writer *w) {
    for (size_t i = 0; i < w->reader_count; i++)
        db_close(w->readers[i].db);
    for (size_t i = 0; i < searchers_max; i++)
        db_close(w->searchers[i].db);
    db_close(w->db); /* last, so that it checkpoints what is left in the WAL */
    job_queue_free(&w->writes);
    job_queue_free(&w->searches);
    free(w);
}

static enum status writer_open_connections(struct single_writer *w, char *error) {
    const struct executor_options *o = &w->options;
    enum status s = db_open(o->url, DB_CREATE, o->schema, &w->db, error);
    if (s != STATUS_OK || db_is_private(o->url))
        return s;
    writer_claim(w->db);
    while (s == STATUS_OK && w->reader_count < o->readers) {
        s = db_open(o->url, DB_READ, o->schema, &w->readers[w->reader_count].db, error);
        w->reader_count += s == STATUS_OK;
    }
    for (size_t i = 0; i < o->searchers && s == STATUS_OK; i++)
        s = db_open(o->url, DB_READ, o->schema, &w->searchers[i].db, error);
    w->open_readers = (unsigned)(o->readers + o->searchers);
    return s;
}

/* A stepped executor has the first searcher's connection alone. */
static void writer_start_stepped(struct single_writer *w) {
    bool has_searcher = w->options.searchers > 0 && !db_is_private(w->options.url);
    w->searchers[0].owner = w;
    w->searcher_count = has_searcher ? 1 : 0;
}

static void writer_stop_threads(struct single_writer *w) {
    job_queue_stop(&w->searches);
    for (size_t i = 0; i < w->searcher_count; i++)
        pthread_join(w->searchers[i].thread, NULL);
    job_queue_stop(&w->writes);
    pthread_join(w->thread, NULL);
}

static enum status writer_start_threads(struct single_writer *w) {
    if (pthread_create(&w->thread, NULL, writer_main, w) != 0)
        return STATUS_NO_MEMORY;
    for (size_t i = 0; i < w->options.searchers && !db_is_private(w->options.url); i++) {
        w->searchers[i].owner = w;
        if (pthread_create(&w->searchers[i].thread, NULL, searcher_main, &w->searchers[i]) != 0) {
            writer_stop_threads(w);
            return STATUS_NO_MEMORY;
        }
        w->searcher_count++;
    }
    return STATUS_OK;
}

static void single_writer_close(struct executor *base) {
    if (!writer_of(base)->options.is_stepped)
        writer_stop_threads(writer_of(base));
    writer_free(writer_of(base));
}

enum status single_writer_open(const struct executor_options *o, struct executor **out,
                               char error[static db_error_size]) {
    static const struct executor_ops ops = {
        .put = single_writer_put,
        .reader = single_writer_reader,
        .reader_release = single_writer_reader_release,
        .close = single_writer_close,
    };
    static const struct executor_ops stepped_ops = {
        .put = single_writer_put,
        .reader = single_writer_reader,
        .reader_release = single_writer_reader_release,
        .step = single_writer_step,
        .close = single_writer_close,
    };
    assert(o->searchers <= searchers_max);
    struct single_writer *w = calloc(1, sizeof *w + o->readers * sizeof w->readers[0]);
    if (!w)
        return STATUS_NO_MEMORY;
    w->base.ops = o->is_stepped ? &stepped_ops : &ops;
    w->options = *o;
    job_queue_init(&w->writes, queue_jobs_max, o->shard, METRIC_QUEUE_DEPTH);
    job_queue_init(&w->searches, searches_held_max, o->shard, METRIC_SEARCH_DEPTH);
    enum status s = writer_open_connections(w, error);
    if (s == STATUS_OK) {
        w->foreign_version = db_foreign_version(w->db);
        if (o->is_stepped)
            writer_start_stepped(w);
        else
            s = writer_start_threads(w);
    }
    if (s == STATUS_OK)
        *out = &w->base;
    else
        writer_free(w);
    return s;
}
