#include "db/executor.h"

#include <assert.h>
#include <pthread.h>
#include <stdlib.h>

struct reader {
    struct db *db;
    bool snapshot;
    uint64_t commits; /* what had been committed when the snapshot was opened */
};

struct executor {
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t wake;
    struct job *first, **last; /* the queue; under the lock */
    size_t waiting;
    bool stopping;

    struct db *writer;
    _Atomic uint64_t commits; /* counted up before any job of the commit is done */
    struct metrics_shard *shard;
    size_t reader_count;
    struct reader readers[];
};

/* Runs one job under its savepoint. False where the whole transaction is lost. */
static bool run_job(struct executor *ex, struct job *job) {
    if (db_savepoint(ex->writer) != STATUS_OK)
        return false;
    job->status = job->run(job, ex->writer);
    if (!db_in_transaction(ex->writer))
        return false; /* the engine rolled everything back: a full disk, an I/O error */
    enum status s = job->status == STATUS_OK ? db_release(ex->writer) : db_rollback_to(ex->writer);
    return s == STATUS_OK;
}

static bool run_batch(struct executor *ex, struct job *batch) {
    if (db_begin(ex->writer, true) != STATUS_OK)
        return false;
    for (struct job *job = batch; job; job = job->next)
        if (!run_job(ex, job)) {
            db_rollback(ex->writer);
            return false;
        }
    if (db_commit(ex->writer) == STATUS_OK)
        return true;
    db_rollback(ex->writer);
    return false;
}

static void finish_batch(struct executor *ex, struct job *batch, bool committed) {
    if (committed)
        atomic_fetch_add_explicit(&ex->commits, 1, memory_order_release);
    for (struct job *job = batch, *next; job; job = next) {
        next = job->next; /* done() may free the job */
        job->done(job, committed ? job->status : STATUS_STORAGE);
    }
}

/* Takes up to batch_jobs_max jobs off the queue, waiting for the first; NULL when stopping and nothing is
 * left. */
static struct job *take_batch(struct executor *ex, size_t *count) {
    pthread_mutex_lock(&ex->lock);
    while (!ex->first && !ex->stopping)
        pthread_cond_wait(&ex->wake, &ex->lock);
    struct job *batch = ex->first, **end = &ex->first;
    for (*count = 0; *end && *count < batch_jobs_max; ++*count)
        end = &(*end)->next;
    ex->first = *end;
    if (!ex->first)
        ex->last = &ex->first;
    if (batch)
        *end = NULL;
    pthread_mutex_unlock(&ex->lock);
    return batch;
}

static void *writer_main(void *context) {
    struct executor *ex = context;
    struct job *batch;
    size_t count;
    while ((batch = take_batch(ex, &count))) {
        bool committed = run_batch(ex, batch);
        if (committed)
            metric_batch(ex->shard, count);
        else
            metric_add(ex->shard, METRIC_COMMITS_FAILED, 1);
        pthread_mutex_lock(&ex->lock);
        ex->waiting -= count;
        atomic_store_explicit(&ex->shard->counters[METRIC_QUEUE_DEPTH], ex->waiting, memory_order_relaxed);
        pthread_mutex_unlock(&ex->lock);
        finish_batch(ex, batch, committed);
    }
    return NULL;
}

enum status executor_submit(struct executor *ex, struct job *job) {
    enum status s = STATUS_OK;
    job->next = NULL;
    pthread_mutex_lock(&ex->lock);
    if (ex->stopping) {
        s = STATUS_STOPPING;
    } else if (ex->waiting == queue_jobs_max) {
        s = STATUS_QUEUE_FULL;
    } else {
        *ex->last = job;
        ex->last = &job->next;
        ex->waiting++;
        atomic_store_explicit(&ex->shard->counters[METRIC_QUEUE_DEPTH], ex->waiting, memory_order_relaxed);
        pthread_cond_signal(&ex->wake);
    }
    pthread_mutex_unlock(&ex->lock);
    return s;
}

struct waiting_call {
    struct job job;
    enum status (*run)(void *context, struct db *db);
    void *context;
    pthread_mutex_t lock;
    pthread_cond_t done;
    bool finished;
    enum status status;
};

static enum status call_run(struct job *job, struct db *db) {
    struct waiting_call *call = (struct waiting_call *)job;
    return call->run(call->context, db);
}

static void call_done(struct job *job, enum status status) {
    struct waiting_call *call = (struct waiting_call *)job;
    pthread_mutex_lock(&call->lock);
    call->status = status;
    call->finished = true;
    pthread_cond_signal(&call->done);
    pthread_mutex_unlock(&call->lock);
}

enum status executor_call(struct executor *ex, enum status (*run)(void *context, struct db *db),
                          void *context) {
    struct waiting_call call = {
        .job = {.run = call_run, .done = call_done},
        .run = run,
        .context = context,
        .lock = PTHREAD_MUTEX_INITIALIZER,
        .done = PTHREAD_COND_INITIALIZER,
    };
    enum status s = executor_submit(ex, &call.job);
    if (s != STATUS_OK)
        return s;
    pthread_mutex_lock(&call.lock);
    while (!call.finished)
        pthread_cond_wait(&call.done, &call.lock);
    pthread_mutex_unlock(&call.lock);
    return call.status;
}

struct db *executor_reader(struct executor *ex, size_t i, enum status *status) {
    *status = STATUS_OK;
    if (ex->reader_count == 0)
        return NULL;
    assert(i < ex->reader_count);
    struct reader *r = &ex->readers[i];
    uint64_t commits = atomic_load_explicit(&ex->commits, memory_order_acquire);
    if (r->snapshot && r->commits == commits)
        return r->db;
    executor_reader_rest(ex, i);
    *status = db_begin(r->db, false);
    if (*status != STATUS_OK)
        return NULL;
    r->snapshot = true;
    r->commits = commits;
    return r->db;
}

void executor_reader_rest(struct executor *ex, size_t i) {
    if (i >= ex->reader_count || !ex->readers[i].snapshot)
        return;
    ex->readers[i].snapshot = false;
    if (db_commit(ex->readers[i].db) != STATUS_OK)
        db_rollback(ex->readers[i].db);
}

static void close_connections(struct executor *ex) {
    for (size_t i = 0; i < ex->reader_count; i++)
        db_close(ex->readers[i].db);
    db_close(ex->writer); /* last, so that it checkpoints what is left in the WAL */
    pthread_cond_destroy(&ex->wake);
    pthread_mutex_destroy(&ex->lock);
    free(ex);
}

enum status executor_open(const char *url, size_t readers, struct metrics_shard *shard, struct executor **out,
                          char why[static db_why_size]) {
    if (db_is_private(url))
        readers = 0;
    struct executor *ex = calloc(1, sizeof *ex + readers * sizeof ex->readers[0]);
    if (!ex)
        return STATUS_NO_MEMORY;
    ex->shard = shard;
    ex->last = &ex->first;
    pthread_mutex_init(&ex->lock, NULL);
    pthread_cond_init(&ex->wake, NULL);
    enum status s = db_open(url, DB_CREATE, &ex->writer, why);
    while (s == STATUS_OK && ex->reader_count < readers) {
        s = db_open(url, DB_READ, &ex->readers[ex->reader_count].db, why);
        ex->reader_count += s == STATUS_OK;
    }
    if (s == STATUS_OK && pthread_create(&ex->thread, NULL, writer_main, ex) != 0)
        s = STATUS_NO_MEMORY;
    if (s != STATUS_OK) {
        close_connections(ex);
        return s;
    }
    *out = ex;
    return STATUS_OK;
}

void executor_close(struct executor *ex) {
    pthread_mutex_lock(&ex->lock);
    ex->stopping = true;
    pthread_cond_signal(&ex->wake);
    pthread_mutex_unlock(&ex->lock);
    pthread_join(ex->thread, NULL);
    close_connections(ex);
}
