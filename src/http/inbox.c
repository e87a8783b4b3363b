#include "http/inbox.h"

#include "base/wake.h"
#include "http/loop.h"

#include <assert.h>
#include <errno.h>
#include <sched.h>
#include <unistd.h>

int inbox_open(struct inbox *inbox, uv_loop_t *loop, uv_poll_cb on_ring) {
    int error = uv_pipe(inbox->ends, UV_NONBLOCK_PIPE, UV_NONBLOCK_PIPE);
    if (error)
        return error;
    error = uv_poll_init(loop, &inbox->bell, inbox->ends[0]);
    if (error) {
        inbox_close(inbox);
        return error;
    }
    error = uv_poll_start(&inbox->bell, UV_READABLE, on_ring);
    assert(error == 0); /* it fails for a handle that is closing */
    return error;
}

void inbox_ring(struct inbox *inbox) {
    /* A pipe that is full has been rung often enough. */
    while (write(inbox->ends[1], "", 1) < 0 && errno == EINTR)
        ;
}

static void ring_and_leave(void *context) {
    struct inbox *inbox = context;
    inbox_ring(inbox);
    atomic_fetch_sub(&inbox->givers, 1);
}

void inbox_put(struct inbox *inbox, struct exchange *exchange) {
    struct exchange *before = atomic_load(&inbox->latest);
    atomic_fetch_add(&inbox->givers, 1);
    do
        exchange->next = before;
    while (!atomic_compare_exchange_weak(&inbox->latest, &before, exchange));
    if (!before)
        wake(ring_and_leave, inbox);
    else /* whoever gave that rings */
        atomic_fetch_sub(&inbox->givers, 1);
}

struct exchange *inbox_take(struct inbox *inbox) {
    char rings[64];
    while (read(inbox->ends[0], rings, sizeof rings) == sizeof rings)
        ;
    struct exchange *oldest = NULL;
    for (struct exchange *x = atomic_exchange(&inbox->latest, NULL), *before; x; x = before) {
        before = x->next;
        x->next = oldest;
        oldest = x;
    }
    return oldest;
}

void inbox_close(struct inbox *inbox) {
    while (atomic_load(&inbox->givers) > 0)
        sched_yield();
    close(inbox->ends[0]);
    close(inbox->ends[1]);
}
