/* Through which other threads give exchanges back to their event loop. Private to src/http.
 *
 * In place of libuv's uv_async_t, with which a loop that wakes on the core of the thread that woke it spins
 * until that thread has returned from its system call, which it cannot while the loop spins: 8 % of a
 * search's processor. */
#pragma once

#include <stdatomic.h>
#include <uv.h>

struct exchange;

struct inbox {
    uv_poll_t bell;                    /* the loop's handle, closed with the others */
    uv_file ends[2];                   /* of a pipe: to read, to write */
    _Atomic(struct exchange *) latest; /* linked to those before it */
    _Atomic unsigned givers;           /* threads that are not done with the inbox yet */
};

/* `on_ring` is called on the loop's thread soon after the inbox was rung, and takes what is in it. A libuv
 * error, and then there is nothing to close. */
int inbox_open(struct inbox *inbox, uv_loop_t *loop, uv_poll_cb on_ring);

/* Gives an exchange; from any thread, whose it is no longer. The loop may be gone when this returns. */
void inbox_put(struct inbox *inbox, struct exchange *exchange);

/* Wakes the loop; from any thread. */
void inbox_ring(struct inbox *inbox);

/* All that was given, oldest first, linked by `next`; NULL where nothing was. On the loop's thread. */
struct exchange *inbox_take(struct inbox *inbox);

/* Once the loop has ended, has all its exchanges and has closed its handles: waits for those who gave the
 * last. */
void inbox_close(struct inbox *inbox);
