/* A linked list under a lock, with a condition to wait on.
 *
 * A thread that puts a job signals after it has released the lock, and perhaps only when its batch of
 * notifications ends (base/thread/notify_batch.h). By then another thread may have run the job, and the
 * owner may want to free the queue. `putting` counts such threads, and job_queue_free() waits for them: a
 * few instructions each. */
#include "db/exec/queue.h"

#include "base/clock.h"
#include "base/thread/notify_batch.h"

#include <sched.h>

void job_queue_init(struct job_queue *q, size_t held_max, struct metrics_shard *shard, enum metric depth) {
    *q = (struct job_queue){.held_max = held_max, .shard = shard, .depth = depth};
    q->last = &q->first;
    pthread_mutex_init(&q->lock, NULL);
    cond_init_monotonic(&q->wake);
}

void job_queue_free(struct job_queue *q) {
    while (atomic_load(&q->putting) > 0)
        sched_yield();
    pthread_cond_destroy(&q->wake);
    pthread_mutex_destroy(&q->lock);
}

static void queue_set_depth(struct job_queue *q) {
    if (q->shard)
        atomic_store_explicit(&q->shard->counters[q->depth], q->held, memory_order_relaxed);
}

static void queue_signal(void *context) {
    struct job_queue *q = context;
    pthread_cond_signal(&q->wake);
    atomic_fetch_sub(&q->putting, 1);
}

static enum status queue_append(struct job_queue *q, struct job *job, bool force) {
    enum status s = STATUS_OK;
    job->next = NULL;
    atomic_fetch_add(&q->putting, 1);
    pthread_mutex_lock(&q->lock);
    if (q->stopping) {
        s = STATUS_STOPPING;
    } else if (q->held >= q->held_max && !force) {
        s = STATUS_QUEUE_FULL;
    } else {
        *q->last = job;
        q->last = &job->next;
        q->held++;
        queue_set_depth(q);
    }
    pthread_mutex_unlock(&q->lock);
    if (s == STATUS_OK) /* without the lock, for which the thread that wakes would wait again */
        notify(queue_signal, q);
    else
        atomic_fetch_sub(&q->putting, 1);
    return s;
}

enum status job_queue_put(struct job_queue *q, struct job *job) {
    return queue_append(q, job, false);
}

enum status job_queue_put_force(struct job_queue *q, struct job *job) {
    return queue_append(q, job, true);
}

struct job *job_queue_take(struct job_queue *q, size_t most, int wait_ms, size_t *count) {
    struct timespec until = monotonic_in_ms(wait_ms);
    pthread_mutex_lock(&q->lock);
    while (!q->first && !q->stopping && wait_ms > 0 &&
           pthread_cond_timedwait(&q->wake, &q->lock, &until) == 0)
        ;
    struct job *batch = q->first, **end = &q->first;
    for (*count = 0; *end && *count < most; ++*count)
        end = &(*end)->next;
    q->first = *end;
    if (!q->first)
        q->last = &q->first;
    if (batch)
        *end = NULL;
    pthread_mutex_unlock(&q->lock);
    return batch;
}

bool job_queue_ended(struct job_queue *q) {
    pthread_mutex_lock(&q->lock);
    bool ended = q->stopping && !q->first;
    pthread_mutex_unlock(&q->lock);
    return ended;
}

void job_queue_ran(struct job_queue *q, size_t count) {
    pthread_mutex_lock(&q->lock);
    q->held -= count;
    queue_set_depth(q);
    pthread_mutex_unlock(&q->lock);
}

size_t job_queue_held(struct job_queue *q) {
    pthread_mutex_lock(&q->lock);
    size_t held = q->held;
    pthread_mutex_unlock(&q->lock);
    return held;
}

void job_queue_stop(struct job_queue *q) {
    pthread_mutex_lock(&q->lock);
    q->stopping = true;
    pthread_cond_broadcast(&q->wake);
    pthread_mutex_unlock(&q->lock);
}
