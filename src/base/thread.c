#include "base/thread.h"

#include "base/clock.h"

#include <sched.h>

enum { way_us = 1000 };

void thread_make_way(void) {
    static _Thread_local int64_t made_us;
    int64_t now = monotonic_us();
    if (now - made_us < way_us)
        return;
    made_us = now;
    sched_yield();
}

#ifdef __linux__

#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

enum {
    turn_ns = 300 * 1000, /* some thirty requests; the kernel takes 0.1 to 100 ms */
    keep_policy = 0x08,   /* SCHED_FLAG_KEEP_POLICY */
    niceness = 10,
};

/* For sched_setattr(2): Debian 12's C library has neither the function nor this. */
struct scheduling {
    uint32_t size, policy;
    uint64_t flags;
    int32_t nice;
    uint32_t priority;
    uint64_t runtime, deadline, period;
};

void thread_is_prompt(void) {
    struct scheduling wanted = {.size = sizeof wanted, .flags = keep_policy, .runtime = turn_ns};
    wanted.nice = getpriority(PRIO_PROCESS, 0); /* of this thread: it keeps what it has */
    syscall(SYS_sched_setattr, 0, &wanted, 0);
}

void thread_is_patient(void) {
    setpriority(PRIO_PROCESS, 0, niceness); /* of this thread alone, on Linux */
}

#else

void thread_is_prompt(void) {
}
void thread_is_patient(void) {
}

#endif
