/* Linux's scheduler (EEVDF) gives each thread a time slice, and runs the thread whose slice should end
 * first. A thread with a short slice is picked earlier when it wakes, and has no larger share of the core
 * in the end. So an event loop asks for the slice that a few requests take. */
#include "base/thread/thread.h"

#include "base/clock.h"
#include "base/thread/notify_batch.h"

#include <sched.h>

enum { yield_us = 1000 };

void thread_yield_if_due(void) {
    static _Thread_local int64_t yielded_us;
    int64_t now = monotonic_us();
    if (now - yielded_us < yield_us)
        return;
    yielded_us = now;
    notify_batch_flush();
    sched_yield();
}

#ifdef __linux__

#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

enum {
    slice_ns = 300 * 1000, /* some thirty requests; the kernel accepts 0.1 to 100 ms */
    keep_policy = 0x08,    /* SCHED_FLAG_KEEP_POLICY */
    niceness = 10,
};

/* As sched_setattr(2) wants it. Debian 12's C library has neither the function nor this struct. */
struct sched_attributes {
    uint32_t size, policy;
    uint64_t flags;
    int32_t nice;
    uint32_t priority;
    uint64_t runtime, deadline, period;
};

#endif

void thread_set_latency_sensitive(void) {
#ifdef __linux__
    struct sched_attributes wanted = {.size = sizeof wanted, .flags = keep_policy, .runtime = slice_ns};
    wanted.nice = getpriority(PRIO_PROCESS, 0); /* sched_setattr sets it too: keep this thread's own */
    syscall(SYS_sched_setattr, 0, &wanted, 0);
#endif
}

void thread_set_background(void) {
#ifdef __linux__
    setpriority(PRIO_PROCESS, 0, niceness); /* on Linux, 0 means the calling thread alone */
#endif
}
