#include "http/completion_queue.h"

#include "base/thread/notify_batch.h"

#include <assert.h>
#include <errno.h>
#include <sched.h>
#include <unistd.h>

int completion_queue_open(struct completion_queue *queue, uv_loop_t *loop, uv_poll_cb on_ready) {
    int error = uv_pipe(queue->pipe, UV_NONBLOCK_PIPE, UV_NONBLOCK_PIPE);
    if (error)
        return error;
    error = uv_poll_init(loop, &queue->readable, queue->pipe[0]);
    if (error) {
        completion_queue_close(queue);
        return error;
    }
    error = uv_poll_start(&queue->readable, UV_READABLE, on_ready);
    assert(error == 0); /* it fails only for a handle that is closing */
    return error;
}

void completion_queue_notify(struct completion_queue *queue) {
    /* If the pipe is full, the loop has enough wake-ups waiting already. */
    while (write(queue->pipe[1], "", 1) < 0 && errno == EINTR)
        ;
}

static void completion_queue_notify_and_leave(void *context) {
    struct completion_queue *queue = context;
    completion_queue_notify(queue);
    atomic_fetch_sub(&queue->putting, 1);
}

/* `putting` goes up before the completion becomes visible. From then on the loop may take it, be stopped and
 * wait in completion_queue_close: the count keeps the pipe open until the byte is written. notify() may put
 * that write off to the end of the caller's batch, so the count goes down only after it. */
void completion_queue_put(struct completion_queue *queue, struct completion *completion) {
    struct completion *before = atomic_load(&queue->latest);
    atomic_fetch_add(&queue->putting, 1);
    do
        completion->next = before;
    while (!atomic_compare_exchange_weak(&queue->latest, &before, completion));
    if (!before)
        notify(completion_queue_notify_and_leave, queue);
    else /* the stack was not empty: the thread that put the first one wakes the loop */
        atomic_fetch_sub(&queue->putting, 1);
}

struct completion *completion_queue_take(struct completion_queue *queue) {
    char bytes[64];
    /* Empty the pipe before the stack. The other way around, the byte of a put between the two would be
     * lost. */
    while (read(queue->pipe[0], bytes, sizeof bytes) == sizeof bytes)
        ;
    struct completion *oldest = NULL;
    for (struct completion *c = atomic_exchange(&queue->latest, NULL), *before; c; c = before) {
        before = c->next;
        c->next = oldest;
        oldest = c;
    }
    return oldest;
}

void completion_queue_close(struct completion_queue *queue) {
    while (atomic_load(&queue->putting) > 0)
        sched_yield();
    close(queue->pipe[0]);
    close(queue->pipe[1]);
}
