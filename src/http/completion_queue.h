/* The queue through which other threads hand finished work back to an event loop. Private to src/http.
 *
 *     writer ──────────────┐                          ┌────────┐   ┌────────┐
 *     searcher ────────────┼─ completion_queue_put ──►│ latest │──►│ before │──► NULL   (lock-free stack)
 *     provider's thread ───┘         │                └────────┘   └────────┘
 *                                    └─ only into an empty stack: one byte into a pipe ──► wakes the loop
 *
 *     the loop's thread:  on_ready ── completion_queue_take ──► the whole stack, turned around: oldest first
 *
 * It takes the place of libuv's uv_async_t. A loop that wakes on the core of the thread that woke it spins in
 * uv_async_t until that thread has returned from its system call, which it cannot do while the loop spins: 8
 * % of a search's processor time. */
#pragma once

#include <stdatomic.h>
#include <uv.h>

/* Inside of what is handed back. */
struct completion {
    struct completion *next;
};

struct completion_queue {
    uv_poll_t readable; /* the loop's handle for the pipe, closed with the loop's other handles */
    uv_file pipe[2];    /* to read, to write */
    _Atomic(struct completion *) latest;
    _Atomic unsigned putting; /* threads inside completion_queue_put: the queue may not be freed yet */
};

/* Opens an empty queue. `on_ready` is called on the loop's thread soon after a put or a notify; it is to take
 * what is there. Returns 0, or an error of libuv, after which there is nothing to close. */
int completion_queue_open(struct completion_queue *queue, uv_loop_t *loop, uv_poll_cb on_ready);

/* Hands work to the loop. From any thread, which no longer owns it; the loop may be gone when this
 * returns. */
void completion_queue_put(struct completion_queue *queue, struct completion *completion);

/* Wakes the loop without any work. From any thread. */
void completion_queue_notify(struct completion_queue *queue);

/* Takes everything that was put, oldest first; NULL if there is nothing. On the loop's thread. */
struct completion *completion_queue_take(struct completion_queue *queue);

/* Waits for the threads that are still inside completion_queue_put, and closes the pipe. Call it after the
 * loop has ended, has all its work back, and has closed its handles. */
void completion_queue_close(struct completion_queue *queue);
