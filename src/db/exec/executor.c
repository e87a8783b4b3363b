#include "db/exec/executor_ops.h"

enum status executor_open(const struct executor_options *o, struct executor **out,
                          char error[static db_error_size]) {
    return db_is_shared(o->url) ? pg_pool_open(o, out, error) : single_writer_open(o, out, error);
}

void executor_close(struct executor *ex) {
    ex->ops->close(ex);
}

enum status executor_write(struct executor *ex, struct job *job) {
    return ex->ops->put(ex, job, JOB_WRITE, false);
}

enum status executor_read(struct executor *ex, struct job *job) {
    return ex->ops->put(ex, job, JOB_READ, false);
}

enum status executor_search(struct executor *ex, struct job *job) {
    return ex->ops->put(ex, job, JOB_SEARCH, false);
}

enum status executor_continue(struct executor *ex, struct job *job) {
    return ex->ops->put(ex, job, JOB_WRITE, true);
}

struct db *executor_reader(struct executor *ex, size_t i, uint64_t *commits, enum status *status) {
    *status = STATUS_OK;
    return ex->ops->reader ? ex->ops->reader(ex, i, commits, status) : NULL;
}

void executor_reader_release(struct executor *ex, size_t i) {
    if (ex->ops->reader_release)
        ex->ops->reader_release(ex, i);
}

void executor_job_done(struct executor *ex, struct job *job, enum status status) {
    if (job->kind == JOB_WRITE && !job->is_background)
        executor_note_activity(ex);
    job->done(job, status);
}

void executor_note_activity(struct executor *ex) {
    atomic_fetch_add(&ex->activity, 1);
}

uint64_t executor_activity(struct executor *ex, unsigned topics) {
    uint64_t changed = change_clock_latest(&ex->clock, topics);
    if (changed == UINT64_MAX)
        executor_note_activity(ex);
    return atomic_load(&ex->activity) + changed;
}

uint64_t executor_changed(const struct executor *ex, unsigned topics) {
    return change_clock_latest(&ex->clock, topics);
}

bool executor_step(struct executor *ex) {
    return ex->ops->step(ex);
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

/* Queues a function by `put`, and waits until it is done. */
static enum status executor_wait(struct executor *ex, enum status (*put)(struct executor *, struct job *),
                                 executor_function *run, void *context) {
    struct waiting_call call = {
        .job = {.run = call_run, .done = call_done, .is_background = true},
        .run = run,
        .context = context,
        .lock = PTHREAD_MUTEX_INITIALIZER,
        .done = PTHREAD_COND_INITIALIZER,
    };
    TRY(put(ex, &call.job));
    while (ex->ops->step && !call.finished && executor_step(ex))
        ;
    pthread_mutex_lock(&call.lock);
    while (!call.finished)
        pthread_cond_wait(&call.done, &call.lock);
    pthread_mutex_unlock(&call.lock);
    return call.status;
}

enum status executor_call(struct executor *ex, executor_function *run, void *context) {
    return executor_wait(ex, executor_write, run, context);
}

enum status executor_look(struct executor *ex, executor_function *run, void *context) {
    return executor_wait(ex, executor_search, run, context);
}
