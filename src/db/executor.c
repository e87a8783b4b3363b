#include "db/executor.h"

#include "base/thread.h"
#include "base/wake.h"
#include "db/team.h"

#include <assert.h>
#include <stdlib.h>

enum {
    watch_ms = 100,          /* how late another process's commit may be noticed */
    searcher_wait_ms = 1000, /* nothing hangs on it: a searcher just looks again */
};

struct reader {
    struct db *db;
    bool snapshot;
    uint64_t commits; /* counted when the snapshot was opened */
    unsigned reopened;
};

struct searcher {
    struct executor *executor;
    struct db *db;
    unsigned reopened;
    pthread_t thread;
};

struct executor {
    struct job_queue writes, searches;
    const char *url;
    struct db *writer;
    _Atomic unsigned reopened; /* how often every connection had to be opened anew */
    pthread_t thread;
    struct metrics_shard *shard;
    int64_t foreign_version; /* the writer's thread's own */
    struct team *team;       /* where the database is a server's: instead of all the others */
    struct commits commits;
    struct searcher searchers[searchers_max];
    size_t searcher_count;
    size_t reader_count;
    struct reader readers[];
};

/* Runs one job under its savepoint. False where the whole transaction is lost. */
static bool run_job(struct executor *ex, struct job *job) {
    if (db_savepoint(ex->writer) != STATUS_OK)
        return false;
    job->changes = CHANGES_NOTHING;
    thread_make_way(); /* a batch of hundreds takes tens of milliseconds */
    job->status = job->run(job, ex->writer);
    if (!db_in_transaction(ex->writer))
        return false; /* the engine rolled everything back: a full disk, an I/O error */
    enum status s = job->status == STATUS_OK ? db_release(ex->writer) : db_rollback_to(ex->writer);
    return s == STATUS_OK;
}

/* So that an import takes short turns. That nobody can be told, because the folder is read-only, is no reason
 * not to serve. */
static void claim(struct db *writer) {
    if (!db_claim(writer, DB_SERVING))
        return;
}

/* A file that was read-only when it was opened may be writable by now, and then every connection is opened
 * anew: what a reader of a read-only file sees may not change. */
static void try_reopen(struct executor *ex) {
    char why[db_why_size];
    struct db *writer;
    if (db_open(ex->url, DB_WRITE, &writer, why) != STATUS_OK)
        return;
    if (db_writable(writer)) {
        claim(writer);
        db_close(ex->writer);
        ex->writer = writer;
        atomic_fetch_add_explicit(&ex->reopened, 1, memory_order_release);
    } else {
        db_close(writer);
    }
}

/* Follows the writer where it was opened anew. */
static void follow(struct executor *ex, struct db **db, unsigned *reopened) {
    char why[db_why_size];
    struct db *fresh;
    unsigned now = atomic_load_explicit(&ex->reopened, memory_order_acquire);
    if (now == *reopened || db_open(ex->url, DB_READ, &fresh, why) != STATUS_OK)
        return;
    db_close(*db);
    *db = fresh;
    *reopened = now;
}

static bool run_batch(struct executor *ex, struct job *batch) {
    if (!db_writable(ex->writer))
        try_reopen(ex);
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

static void publish(struct executor *ex, const struct job *batch) {
    unsigned changes = 0;
    for (const struct job *job = batch; job; job = job->next)
        changes |= job->status == STATUS_OK ? job->changes : 0;
    commits_publish(&ex->commits, changes);
}

static void finish_jobs(struct job *batch, bool committed, uint64_t commits) {
    wake_hold();
    for (struct job *job = batch, *next; job; job = next) {
        next = job->next; /* done() may free the job */
        job->commits = commits;
        job->done(job, committed ? job->status : STATUS_STORAGE);
    }
    wake_release();
}

/* Runs a batch and lets it be answered. */
static void write_batch(struct executor *ex, struct job *batch, size_t count) {
    uint64_t commits = commits_now(&ex->commits);
    bool committed = run_batch(ex, batch);
    if (committed)
        publish(ex, batch);
    if (ex->shard && committed)
        metric_batch(ex->shard, count);
    else if (ex->shard)
        metric_add(ex->shard, METRIC_COMMITS_FAILED, 1);
    job_queue_ran(&ex->writes, count);
    finish_jobs(batch, committed, commits);
}

/* Counts what another process committed (an import into a served shop) as a commit that changed everything.
 */
static void watch_others(struct executor *ex) {
    int64_t version = db_foreign_version(ex->writer);
    if (version == ex->foreign_version)
        return;
    ex->foreign_version = version;
    commits_publish(&ex->commits, CHANGES_CATALOGUE | CHANGES_STOCK);
}

static void *writer_main(void *context) {
    struct executor *ex = context;
    size_t count;
    while (!job_queue_ended(&ex->writes)) {
        struct job *batch = job_queue_take(&ex->writes, batch_jobs_max, watch_ms, &count);
        watch_others(ex);
        if (batch)
            write_batch(ex, batch, count);
    }
    return NULL;
}

static void *searcher_main(void *context) {
    struct searcher *s = context;
    size_t count;
    while (!job_queue_ended(&s->executor->searches)) {
        struct job *job = job_queue_take(&s->executor->searches, 1, searcher_wait_ms, &count);
        if (!job)
            continue;
        follow(s->executor, &s->db, &s->reopened);
        uint64_t commits = commits_now(&s->executor->commits);
        enum status status = db_begin(s->db, false);
        if (status == STATUS_OK) {
            status = job->run(job, s->db);
            db_rollback(s->db);
        }
        job_queue_ran(&s->executor->searches, count);
        job->commits = commits;
        job->done(job, status);
    }
    return NULL;
}

enum status executor_write(struct executor *ex, struct job *job) {
    return ex->team ? team_put(ex->team, job, JOB_WRITE) : job_queue_put(&ex->writes, job);
}

enum status executor_read(struct executor *ex, struct job *job) {
    return ex->team ? team_put(ex->team, job, JOB_READ) : job_queue_put(&ex->writes, job);
}

enum status executor_write_on(struct executor *ex, struct job *job) {
    return ex->team ? team_put_over(ex->team, job) : job_queue_put_over(&ex->writes, job);
}

enum status executor_search(struct executor *ex, struct job *job) {
    if (ex->team)
        return team_put(ex->team, job, JOB_SEARCH);
    return job_queue_put(ex->searcher_count ? &ex->searches : &ex->writes, job);
}

struct waiting_call {
    struct job job;
    executor_function *run;
    void *context;
    pthread_mutex_t lock;
    pthread_cond_t done;
    bool finished;
    enum status status;
};

static enum status call_run(struct job *job, struct db *db) {
    struct waiting_call *call = (struct waiting_call *)job;
    return call->run(call->context, db, &job->changes);
}

static void call_done(struct job *job, enum status status) {
    struct waiting_call *call = (struct waiting_call *)job;
    pthread_mutex_lock(&call->lock);
    call->status = status;
    call->finished = true;
    pthread_cond_signal(&call->done);
    pthread_mutex_unlock(&call->lock);
}

enum status executor_call(struct executor *ex, executor_function *run, void *context) {
    struct waiting_call call = {
        .job = {.run = call_run, .done = call_done},
        .run = run,
        .context = context,
        .lock = PTHREAD_MUTEX_INITIALIZER,
        .done = PTHREAD_COND_INITIALIZER,
    };
    enum status s = executor_write(ex, &call.job);
    if (s != STATUS_OK)
        return s;
    pthread_mutex_lock(&call.lock);
    while (!call.finished)
        pthread_cond_wait(&call.done, &call.lock);
    pthread_mutex_unlock(&call.lock);
    return call.status;
}

struct db *executor_reader(struct executor *ex, size_t i, uint64_t *commits, enum status *status) {
    *status = STATUS_OK;
    if (ex->reader_count == 0)
        return NULL;
    assert(i < ex->reader_count);
    struct reader *r = &ex->readers[i];
    *commits = commits_now(&ex->commits);
    if (r->snapshot && r->commits == *commits)
        return r->db;
    executor_reader_rest(ex, i);
    follow(ex, &r->db, &r->reopened);
    *status = db_begin(r->db, false);
    if (*status != STATUS_OK)
        return NULL;
    r->snapshot = true;
    r->commits = *commits;
    return r->db;
}

void executor_reader_rest(struct executor *ex, size_t i) {
    if (i >= ex->reader_count || !ex->readers[i].snapshot)
        return;
    ex->readers[i].snapshot = false;
    if (db_commit(ex->readers[i].db) != STATUS_OK)
        db_rollback(ex->readers[i].db);
}

uint64_t executor_changed(const struct executor *ex, unsigned changes) {
    const struct commits *c = &ex->commits;
    uint64_t catalogue = atomic_load_explicit(&c->catalogue_changed, memory_order_acquire);
    uint64_t stock = atomic_load_explicit(&c->stock_changed, memory_order_acquire);
    if (atomic_load_explicit(&c->deaf, memory_order_acquire))
        return UINT64_MAX;
    uint64_t latest = changes & CHANGES_CATALOGUE ? catalogue : 0;
    return changes & CHANGES_STOCK && stock > latest ? stock : latest;
}

static void close_all(struct executor *ex) {
    for (size_t i = 0; i < ex->reader_count; i++)
        db_close(ex->readers[i].db);
    for (size_t i = 0; i < searchers_max; i++)
        db_close(ex->searchers[i].db);
    db_close(ex->writer); /* last, so that it checkpoints what is left in the WAL */
    job_queue_free(&ex->writes);
    job_queue_free(&ex->searches);
    free(ex);
}

static enum status open_team(struct executor *ex, const struct executor_options *o, char *why) {
    struct team_options options = {
        .url = o->url,
        .standby_url = o->standby_url,
        .standby_lag_ms = o->standby_lag_ms,
        .connections = o->connections,
        .jobs_max = queue_jobs_max,
        .searches_max = searches_held_max,
        .shard = o->shard,
        .commits = &ex->commits,
    };
    return team_open(&options, &ex->team, why);
}

static enum status open_connections(struct executor *ex, const struct executor_options *o, char *why) {
    enum status s = db_open(o->url, DB_CREATE, &ex->writer, why);
    if (s != STATUS_OK || db_is_private(o->url))
        return s;
    claim(ex->writer);
    while (s == STATUS_OK && ex->reader_count < o->readers) {
        s = db_open(o->url, DB_READ, &ex->readers[ex->reader_count].db, why);
        ex->reader_count += s == STATUS_OK;
    }
    for (size_t i = 0; i < o->searchers && s == STATUS_OK; i++)
        s = db_open(o->url, DB_READ, &ex->searchers[i].db, why);
    return s;
}

static void stop_threads(struct executor *ex) {
    job_queue_stop(&ex->searches);
    for (size_t i = 0; i < ex->searcher_count; i++)
        pthread_join(ex->searchers[i].thread, NULL);
    job_queue_stop(&ex->writes);
    pthread_join(ex->thread, NULL);
}

static enum status start_threads(struct executor *ex, const struct executor_options *o) {
    if (pthread_create(&ex->thread, NULL, writer_main, ex) != 0)
        return STATUS_NO_MEMORY;
    for (size_t i = 0; i < o->searchers && !db_is_private(o->url); i++) {
        ex->searchers[i].executor = ex;
        if (pthread_create(&ex->searchers[i].thread, NULL, searcher_main, &ex->searchers[i]) != 0) {
            stop_threads(ex);
            return STATUS_NO_MEMORY;
        }
        ex->searcher_count++;
    }
    return STATUS_OK;
}

enum status executor_open(const struct executor_options *o, struct executor **out,
                          char why[static db_why_size]) {
    assert(o->searchers >= 1 && o->searchers <= searchers_max);
    struct executor *ex = calloc(1, sizeof *ex + o->readers * sizeof ex->readers[0]);
    if (!ex)
        return STATUS_NO_MEMORY;
    ex->url = o->url;
    ex->shard = o->shard;
    job_queue_init(&ex->writes, queue_jobs_max, o->shard, METRIC_QUEUE_DEPTH);
    job_queue_init(&ex->searches, searches_held_max, o->shard, METRIC_SEARCH_DEPTH);
    enum status s = db_is_shared(o->url) ? open_team(ex, o, why) : open_connections(ex, o, why);
    if (s == STATUS_OK && !ex->team) {
        ex->foreign_version = db_foreign_version(ex->writer);
        s = start_threads(ex, o);
    }
    if (s != STATUS_OK) {
        close_all(ex);
        return s;
    }
    *out = ex;
    return STATUS_OK;
}

void executor_close(struct executor *ex) {
    if (ex->team)
        team_close(ex->team);
    else
        stop_threads(ex);
    close_all(ex);
}
